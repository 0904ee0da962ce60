"""Test the chapter "chat access"."""

import pytest

from rtmcli.catalogue.model import Method, Severity
from rtmcli.catalogue.v3_0.chat_access import CHAPTER
from rtmcli.protocol.validation import PayloadValidator

every_method = pytest.mark.parametrize(
    "method", CHAPTER.methods, ids=[method.action for method in CHAPTER.methods]
)


def access_payload(access_type: str, access_id: object) -> dict[str, object]:
    """Make a payload that names who gets access."""
    return {
        "resource": "chat",
        "id": "PJ0MRSHTDG",
        "access": {"type": access_type, "id": access_id},
    }


@every_method
def test_a_group_is_a_number(method: Method) -> None:
    """Access of a group passes without a word."""
    assert PayloadValidator(method).validate(access_payload("group", 0)) == []


@every_method
def test_an_agent_passes_with_a_note(method: Method) -> None:
    """Ids are typed as numbers, but agents are e-mails: a string passes, and a note says why."""
    [problem] = PayloadValidator(method).validate(access_payload("agent", "agent1@example.com"))
    assert problem.severity is Severity.NOTE


@every_method
def test_only_chats_and_customers_have_access(method: Method) -> None:
    """Another resource is refused."""
    payload = {**access_payload("group", 1), "resource": "thread"}
    assert [problem.path for problem in PayloadValidator(method).validate(payload)] == ["resource"]


def test_the_three_take_the_same_and_tell_of_different_things() -> None:
    """Granting, revoking and setting share their parameters; each has its own push."""
    assert len({method.params for method in CHAPTER.methods}) == 1
    assert {method.action: method.push for method in CHAPTER.methods} == {
        "grant_access": "access_granted",
        "revoke_access": "access_revoked",
        "set_access": "access_set",
    }
