"""Test the chapter "chat users"."""

import pytest

from rtmcli.catalogue.model import Severity
from rtmcli.catalogue.v3_0.chat_users import CHAPTER
from rtmcli.protocol.validation import PayloadValidator

METHODS = {method.action: method for method in CHAPTER.methods}


def user_payload(user_type: str) -> dict[str, str]:
    """Make a payload that names a user of a chat."""
    return {"chat_id": "PJ0MRSHTDG", "user_id": "someone", "user_type": user_type}


@pytest.mark.parametrize("kind", ["agent", "customer"])
def test_agents_and_customers_are_added(kind: str) -> None:
    """Both types of users may be added."""
    assert PayloadValidator(METHODS["add_user_to_chat"]).validate(user_payload(kind)) == []


@pytest.mark.parametrize(("kind", "severities"), [("agent", []), ("customer", [Severity.WARNING])])
def test_customers_are_not_removed(kind: str, severities: list[Severity]) -> None:
    """Removing a customer is documented as a value and forbidden in words: a warning."""
    found = PayloadValidator(METHODS["remove_user_from_chat"]).validate(user_payload(kind))
    assert [problem.severity for problem in found] == severities


@pytest.mark.parametrize("action", ["add_user_to_chat", "remove_user_from_chat"])
def test_a_user_is_an_agent_or_a_customer(action: str) -> None:
    """Another type of user is refused."""
    assert [
        problem.path for problem in PayloadValidator(METHODS[action]).validate(user_payload("bot"))
    ] == ["user_type"]


def test_each_change_of_users_has_its_own_push() -> None:
    """The pushes name the user differently: a whole user on joining, an id on leaving."""
    added, removed = METHODS["add_user_to_chat"], METHODS["remove_user_from_chat"]
    assert (added.push, added.push_keys["user_id"]) == ("chat_user_added", "user.id")
    assert (removed.push, removed.push_keys["user_id"]) == ("chat_user_removed", "user_id")


@pytest.mark.parametrize("payload", [{}, {"agent_id": "agent1@example.com"}])
def test_an_update_that_changes_nothing_is_noted(payload: dict[str, str]) -> None:
    """Without a routing status the call is legal and idle."""
    [problem] = PayloadValidator(METHODS["update_agent"]).validate(payload)
    assert problem.severity is Severity.NOTE


def test_the_away_status_belongs_to_its_connection() -> None:
    """The one method here that the Web API lacks, and that asks for a bool."""
    method = METHODS["set_away_status"]
    assert not method.in_web_api
    assert [str(problem) for problem in PayloadValidator(method).validate({"away": "yes"})] == [
        'away must be true or false, not "yes" (--away)'
    ]
