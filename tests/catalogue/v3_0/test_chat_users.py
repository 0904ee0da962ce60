"""Test the chapter "chat users"."""

import pytest

from rtmcli.catalogue.model import Severity
from rtmcli.catalogue.v3_0.chat_users import CHAPTER
from rtmcli.protocol.validation import PayloadValidator

METHODS = {method.action: method for method in CHAPTER.methods}


def user_payload(user_type: str) -> dict[str, str]:
    """Return a payload for one user of a chat."""
    return {"chat_id": "PJ0MRSHTDG", "user_id": "someone", "user_type": user_type}


@pytest.mark.parametrize("user_type", ["agent", "customer"])
def test_agents_and_customers_can_be_added(user_type: str) -> None:
    """Both types of users are valid."""
    assert PayloadValidator(METHODS["add_user_to_chat"]).validate(user_payload(user_type)) == []


@pytest.mark.parametrize(
    ("user_type", "severities"), [("agent", []), ("customer", [Severity.WARNING])]
)
def test_removing_a_customer_causes_a_warning(user_type: str, severities: list[Severity]) -> None:
    """The reference lists the value, but forbids to remove a customer."""
    problems = PayloadValidator(METHODS["remove_user_from_chat"]).validate(user_payload(user_type))
    assert [problem.severity for problem in problems] == severities


@pytest.mark.parametrize("action", ["add_user_to_chat", "remove_user_from_chat"])
def test_a_user_is_an_agent_or_a_customer(action: str) -> None:
    """Another type of user is invalid."""
    assert [
        problem.path for problem in PayloadValidator(METHODS[action]).validate(user_payload("bot"))
    ] == ["user_type"]


def test_adding_and_removing_have_different_pushes() -> None:
    """The push has the user object after adding, and the user's id after removing."""
    added, removed = METHODS["add_user_to_chat"], METHODS["remove_user_from_chat"]
    assert (added.push, added.push_keys["user_id"]) == ("chat_user_added", "user.id")
    assert (removed.push, removed.push_keys["user_id"]) == ("chat_user_removed", "user_id")


@pytest.mark.parametrize("payload", [{}, {"agent_id": "agent1@example.com"}])
def test_an_update_without_effect_causes_a_note(payload: dict[str, str]) -> None:
    """Without a routing status the call is valid."""
    [problem] = PayloadValidator(METHODS["update_agent"]).validate(payload)
    assert problem.severity is Severity.NOTE


def test_the_away_status_is_a_bool_and_not_in_the_web_api() -> None:
    """The status applies to a connection."""
    method = METHODS["set_away_status"]
    assert not method.in_web_api
    assert [str(problem) for problem in PayloadValidator(method).validate({"away": "yes"})] == [
        'away must be true or false, not "yes" (--away)'
    ]
