"""Test the chapter "Chat users"."""

import pytest

from rtmcli.catalogue.v3_6.chat_users import CHAPTER
from rtmcli.protocol.validation import PayloadValidator

ADD, REMOVE = CHAPTER.methods
USER = {"chat_id": "QCH4N1AB2C", "user_id": "x"}


@pytest.mark.parametrize(
    ("user_type", "visibility", "messages"),
    [
        ("agent", "all", []),
        ("agent", "agents", []),
        ("customer", "all", []),
        ("customer", "agents", ["a customer requires the visibility all"]),
    ],
)
def test_a_customer_is_visible_to_all(user_type: str, visibility: str, messages: list[str]) -> None:
    """An agent may be visible to agents only."""
    payload = {**USER, "user_type": user_type, "visibility": visibility}
    assert [problem.message for problem in PayloadValidator(ADD).validate(payload)] == messages


def test_visibility_is_required() -> None:
    """It was added in a later version."""
    problems = PayloadValidator(ADD).validate({**USER, "user_type": "agent"})
    assert [str(problem) for problem in problems] == ["visibility is required (--visibility)"]


def test_a_customer_cannot_be_removed() -> None:
    """The only type of user is agent."""
    problems = PayloadValidator(REMOVE).validate({**USER, "user_type": "customer"})
    assert [problem.path for problem in problems] == ["user_type"]


def test_the_pushes_name_the_user_differently() -> None:
    """One contains the user, the other the user's id."""
    assert (ADD.push_keys["user_id"], REMOVE.push_keys["user_id"]) == ("user.id", "user_id")
