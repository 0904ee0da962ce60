"""Test the chapter "Customers"."""

from typing import Any

import pytest

from rtmcli.catalogue.model import Retry, Severity
from rtmcli.catalogue.v3_6.customers import CHAPTER
from rtmcli.protocol.validation import PayloadValidator

METHODS = {method.action: method for method in CHAPTER.methods}
ID = "3f6c2f0e-8a51-4b7e-9d20-6c1f5a7b8e94"


def problems(action: str, **payload: object) -> list[str]:
    """Return a payload's problems: the path, or the message of a rule."""
    found = PayloadValidator(METHODS[action]).validate(payload)
    return [problem.path or problem.message for problem in found]


def severities(action: str, **payload: object) -> list[Severity]:
    """Return the severities of a payload's problems."""
    found = PayloadValidator(METHODS[action]).validate(payload)
    return [problem.severity for problem in found]


def test_an_update_changes_something() -> None:
    """The id alone does not suffice."""
    assert problems("update_customer", id=ID) == ["at least one parameter besides id is required"]
    for name in ("name", "email", "avatar"):
        assert problems("update_customer", id=ID, **{name: "x"}) == []
    assert problems("update_customer", id=ID, address={"city": "Gdansk"}) == []


@pytest.mark.parametrize(
    ("fields", "is_valid"),
    [
        ([{"plan": "gold"}, {"score": "7"}], True),
        ([], True),
        ({"plan": "gold"}, False),
        ([{"plan": "gold", "score": "7"}], False),
        ([{}], False),
    ],
)
def test_a_session_field_is_one_pair(fields: Any, is_valid: bool) -> None:
    """The fields are an array, as their order matters."""
    paths = [] if is_valid else ["session_fields"]
    assert problems("update_customer", id=ID, session_fields=fields) == paths


def test_accounts_on_other_channels_have_required_members() -> None:
    """They are required only with their object."""
    assert problems("update_customer", id=ID, omnichannel={}) == []
    assert problems("update_customer", id=ID, omnichannel={"fbmessenger": {}, "twilio": {}}) == [
        "omnichannel.fbmessenger.id",
        "omnichannel.twilio.phone_number",
    ]


def test_the_forms_of_ids_and_numbers_cause_warnings() -> None:
    """The server decides."""
    assert severities("update_customer", id="x", phone_number="123") == [Severity.WARNING] * 2
    assert severities("update_customer", id=ID, phone_number="+48123456789") == []


@pytest.mark.parametrize(
    ("action", "payload"),
    [
        ("ban_customer", {"id": ID, "ban": {"days": 0}}),
        ("subscribe_customers", {"limit": 0}),
    ],
)
def test_undocumented_ranges_cause_warnings(action: str, payload: dict[str, Any]) -> None:
    """Neither the days of a ban nor the limit of a subscription have one."""
    assert severities(action, **payload) == [Severity.WARNING]


def test_subscriptions_belong_to_a_connection() -> None:
    """They are not in the Web API."""
    for action in ("subscribe_customers", "unsubscribe_customers"):
        assert METHODS[action].retry is Retry.CONNECTION
        assert not METHODS[action].in_web_api


def test_a_ban_also_closes_a_chat() -> None:
    """Two further pushes may come."""
    assert list(METHODS["ban_customer"].other_pushes) == ["incoming_event", "chat_deactivated"]
