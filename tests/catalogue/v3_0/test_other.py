"""Test the chapter "other"."""

from typing import Any

import pytest

from rtmcli.catalogue.v3_0.other import CHAPTER
from rtmcli.protocol.validation import PayloadValidator

METHODS = {method.action: method for method in CHAPTER.methods}


def problem_paths(action: str, payload: dict[str, Any]) -> list[str]:
    """Check a payload of one of the chapter's methods."""
    return [problem.path for problem in PayloadValidator(METHODS[action]).validate(payload)]


@pytest.mark.parametrize(
    ("pagination", "wrong"),
    [
        ({"page": 1, "limit": 0}, []),
        ({"page": 1000, "limit": 100}, []),
        ({"page": 0}, ["pagination.page"]),
        ({"page": 1001, "limit": 101}, ["pagination.page", "pagination.limit"]),
        ({"limit": -1}, ["pagination.limit"]),
    ],
)
def test_archives_have_a_thousand_pages(pagination: dict[str, int], wrong: list[str]) -> None:
    """Pages count from 1 to 1000 and hold 0 to 100 items."""
    assert problem_paths("get_archives", {"pagination": pagination}) == wrong


def test_archives_are_filtered_by_day() -> None:
    """A day is YYYY-MM-DD, not a moment."""
    assert problem_paths("get_archives", {"filters": {"date_from": "2016-09-01"}}) == []
    assert problem_paths("get_archives", {"filters": {"date_to": "2016-10-01T00:00:00Z"}}) == [
        "filters.date_to"
    ]


@pytest.mark.parametrize(
    ("wanted", "wrong"),
    [
        ({"exists": True}, []),
        ({"values": [1, "a", True]}, []),
        ({"exclude_values": [1]}, []),
        ({"values": [1], "exists": True}, ["filters.properties"]),
        ({"values": 1}, ["filters.properties"]),
        ({"is": 1}, ["filters.properties"]),
    ],
)
def test_a_property_has_one_filter(wanted: dict[str, Any], wrong: list[str]) -> None:
    """Exactly one of exists, values and exclude_values is given for a property."""
    payload = {"filters": {"properties": {"rating": {"score": wanted}}}}
    assert problem_paths("get_archives", payload) == wrong


@pytest.mark.parametrize(
    ("scopes", "count"),
    [
        ({"agents": {"all": True}}, 0),
        ({"agents": {"ids": ["agent1@example.com"]}}, 0),
        ({"agents": {"groups": [1]}}, 0),
        ({"customers": {"ids": ["b7eff798-f8df-4364-8059-649c35c9ed0c"]}}, 0),
        ({"agents": {}}, 1),
        ({}, 1),
        ({"agents": {"groups": ["1"]}}, 1),
    ],
)
def test_a_multicast_goes_to_somebody(scopes: dict[str, Any], count: int) -> None:
    """One of four kinds of recipients is given, groups by number."""
    assert len(problem_paths("multicast", {"scopes": scopes, "content": None})) == count


def test_a_multicast_carries_any_json() -> None:
    """The content is required, but it may be null."""
    everybody = {"agents": {"all": True}}
    assert problem_paths("multicast", {"scopes": everybody}) == ["content"]
    assert problem_paths("multicast", {"scopes": everybody, "content": None}) == []


def test_a_postback_reads_like_its_sample() -> None:
    """The ids go from the chat down to the button, as in the sample."""
    assert [param.path for param in METHODS["send_rich_message_postback"].params] == [
        "chat_id",
        "thread_id",
        "event_id",
        "postback",
        "postback.id",
        "postback.toggled",
    ]


def test_a_typing_indicator_has_no_push_for_its_sender() -> None:
    """Nothing comes back, so nothing can be awaited; it goes to all unless agents are named."""
    method = METHODS["send_typing_indicator"]
    assert method.push == ""
    assert {p.path: (p.choices, p.default) for p in method.params if p.choices} == {
        "recipients": (("all", "agents"), "all")
    }


def test_closing_warns_of_a_late_repeat() -> None:
    """The payload names no thread, so that a repeat may close the next one."""
    method = METHODS["close_thread"]
    assert "next thread" in method.retry_note
    assert method.push_condition
    assert [param.path for param in method.params] == ["chat_id", "require_requester_presence"]


def test_the_timestamp_is_answered() -> None:
    """Without a timestamp the server takes its own, and the answer tells which."""
    method = METHODS["update_last_seen_timestamp"]
    assert method.response_fields == ("timestamp",)
    assert method.push_keys["timestamp"] == "timestamp"


@pytest.mark.parametrize("platform", ["ios", "android"])
def test_push_notifications_know_two_platforms(platform: str) -> None:
    """The platforms ios and android are all there is."""
    payload = {"firebase_token": "x", "enabled": True}
    assert problem_paths("change_push_notifications", {**payload, "platform": platform}) == []
    assert problem_paths("change_push_notifications", {**payload, "platform": "web"}) == [
        "platform"
    ]


def test_own_chats_do_not_suffice_for_two_methods() -> None:
    """get_chat_threads and update_last_seen_timestamp leave out the scope of one's own chats."""
    for action in ("get_chat_threads", "update_last_seen_timestamp"):
        assert sorted(METHODS[action].scopes) == ["chats--access:ro", "chats--all:ro"]
        assert "chats--my:ro" in METHODS[action].scopes_note
