"""Test the chapter "Other"."""

from typing import Any

import pytest

from rtmcli.catalogue.model import ParamType
from rtmcli.catalogue.v3_6.other import CHAPTER
from rtmcli.protocol.validation import PayloadValidator

METHODS = {method.action: method for method in CHAPTER.methods}


def problems(action: str, **payload: object) -> list[str]:
    """Return a payload's problems: the path, or the message of a rule."""
    found = PayloadValidator(METHODS[action]).validate(payload)
    return [problem.path or problem.message for problem in found]


@pytest.mark.parametrize(
    ("agents", "is_valid"),
    [
        ({"all": True}, True),
        ({"ids": ["smith@example.com"]}, True),
        ({"groups": [0]}, True),
        ({}, False),
    ],
)
def test_a_multicast_has_recipients(agents: dict[str, Any], is_valid: bool) -> None:
    """At least one of three members is required."""
    found = problems("multicast", recipients={"agents": agents}, content=1)
    assert found == (
        [] if is_valid else ["recipients requires agents.all, agents.ids or agents.groups"]
    )


def test_a_multicast_without_anything_lacks_recipients_and_content() -> None:
    """The rule is reported, too."""
    assert problems("multicast")[:2] == ["recipients", "content"]


def test_events_are_seen_up_to_a_time() -> None:
    """Unix time, as in older versions, is invalid."""
    payload = {"chat_id": "QCH4N1AB2C"}
    assert problems("mark_events_as_seen", **payload, seen_up_to="2026-05-04T09:31:00Z") == []
    assert problems("mark_events_as_seen", **payload, seen_up_to=123456789) == ["seen_up_to"]
    assert problems("mark_events_as_seen", **payload) == ["seen_up_to"]


def test_the_typing_indicator_has_no_push_for_its_sender() -> None:
    """The other members of the chat receive one."""
    method = METHODS["send_typing_indicator"]
    assert (method.push, list(method.other_pushes)) == ("", ["incoming_typing_indicator"])


def test_agents_for_a_transfer_are_an_array() -> None:
    """The number of chats has two names."""
    method = METHODS["list_agents_for_transfer"]
    assert method.response_type is ParamType.OBJECTS
    assert method.columns == ("agent_id", "active_chats", "total_active_chats")


def test_a_summary_is_pushed_or_fails() -> None:
    """Both are identified by chat and thread."""
    method = METHODS["request_thread_summary"]
    assert method.push == "thread_summary_set"
    assert list(method.other_pushes) == ["incoming_event", "incoming_error"]
    assert method.push_keys == {"chat_id": "chat_id", "thread_id": "thread_id"}
