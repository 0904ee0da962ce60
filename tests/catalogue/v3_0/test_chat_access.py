"""Test the chapter "chat access"."""

import pytest

from rtmcli.catalogue.model import Method, Severity
from rtmcli.catalogue.v3_0.chat_access import CHAPTER
from rtmcli.protocol.validation import PayloadValidator

every_method = pytest.mark.parametrize(
    "method", CHAPTER.methods, ids=[method.action for method in CHAPTER.methods]
)


def access_payload(access_type: str, access_id: object) -> dict[str, object]:
    """Return a payload for one group or agent."""
    return {
        "resource": "chat",
        "id": "PJ0MRSHTDG",
        "access": {"type": access_type, "id": access_id},
    }


@every_method
def test_a_groups_id_is_a_number(method: Method) -> None:
    """Access of a group is valid without a note."""
    assert PayloadValidator(method).validate(access_payload("group", 0)) == []


@every_method
def test_an_agent_causes_a_note(method: Method) -> None:
    """Ids are documented as numbers, but an agent's is an e-mail address: the client notes it."""
    [problem] = PayloadValidator(method).validate(access_payload("agent", "agent1@example.com"))
    assert problem.severity is Severity.NOTE


@every_method
def test_only_chats_and_customers_have_access(method: Method) -> None:
    """Another resource is invalid."""
    payload = {**access_payload("group", 1), "resource": "thread"}
    assert [problem.path for problem in PayloadValidator(method).validate(payload)] == ["resource"]


def test_the_methods_share_parameters_but_not_pushes() -> None:
    """Granting, revoking and setting access take the same payload."""
    assert len({method.params for method in CHAPTER.methods}) == 1
    assert {method.action: method.push for method in CHAPTER.methods} == {
        "grant_access": "access_granted",
        "revoke_access": "access_revoked",
        "set_access": "access_set",
    }
