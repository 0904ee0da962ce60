"""Test the chapter "other"."""

from typing import Any

import pytest

from rtmcli.catalogue.v3_0.other import CHAPTER
from rtmcli.protocol.validation import PayloadValidator

METHODS = {method.action: method for method in CHAPTER.methods}


def problem_paths(action: str, payload: dict[str, Any]) -> list[str]:
    """Return the paths of a payload's problems."""
    return [problem.path for problem in PayloadValidator(METHODS[action]).validate(payload)]


@pytest.mark.parametrize(
    ("pagination", "invalid"),
    [
        ({"page": 1, "limit": 0}, []),
        ({"page": 1000, "limit": 100}, []),
        ({"page": 0}, ["pagination.page"]),
        ({"page": 1001, "limit": 101}, ["pagination.page", "pagination.limit"]),
        ({"limit": -1}, ["pagination.limit"]),
    ],
)
def test_archives_have_1000_pages_of_100_items(
    pagination: dict[str, int], invalid: list[str]
) -> None:
    """Page numbers are 1 to 1000, limits 0 to 100."""
    assert problem_paths("get_archives", {"pagination": pagination}) == invalid


def test_archives_are_filtered_by_day() -> None:
    """A date is valid; a date with a time is not."""
    assert problem_paths("get_archives", {"filters": {"date_from": "2016-09-01"}}) == []
    assert problem_paths("get_archives", {"filters": {"date_to": "2016-10-01T00:00:00Z"}}) == [
        "filters.date_to"
    ]


@pytest.mark.parametrize(
    ("property_filter", "invalid"),
    [
        ({"exists": True}, []),
        ({"values": [1, "a", True]}, []),
        ({"exclude_values": [1]}, []),
        ({"values": [1], "exists": True}, ["filters.properties"]),
        ({"values": 1}, ["filters.properties"]),
        ({"is": 1}, ["filters.properties"]),
    ],
)
def test_a_property_filter_has_one_operator(
    property_filter: dict[str, Any], invalid: list[str]
) -> None:
    """It is exactly one of exists, values and exclude_values."""
    payload = {"filters": {"properties": {"rating": {"score": property_filter}}}}
    assert problem_paths("get_archives", payload) == invalid


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
def test_a_multicast_requires_recipients(scopes: dict[str, Any], count: int) -> None:
    """One of four types of recipients is required; ids of groups are integers."""
    assert len(problem_paths("multicast", {"scopes": scopes, "content": None})) == count


def test_the_content_of_a_multicast_is_any_json() -> None:
    """The content is required, but may be null."""
    scopes = {"agents": {"all": True}}
    assert problem_paths("multicast", {"scopes": scopes}) == ["content"]
    assert problem_paths("multicast", {"scopes": scopes, "content": None}) == []


def test_a_postbacks_parameters_are_in_the_order_of_the_sample() -> None:
    """From the chat down to the button."""
    assert [param.path for param in METHODS["send_rich_message_postback"].params] == [
        "chat_id",
        "thread_id",
        "event_id",
        "postback",
        "postback.id",
        "postback.toggled",
    ]


def test_a_typing_indicator_has_no_push_for_its_sender() -> None:
    """By default, all members of the chat receive it."""
    method = METHODS["send_typing_indicator"]
    assert method.push == ""
    assert {p.path: (p.choices, p.default) for p in method.params if p.choices} == {
        "recipients": (("all", "agents"), "all")
    }


def test_close_thread_has_a_note_on_retries() -> None:
    """The payload names no thread, so a second call may close the next one."""
    method = METHODS["close_thread"]
    assert "next thread" in method.retry_note
    assert method.push_condition
    assert [param.path for param in method.params] == ["chat_id", "require_requester_presence"]


def test_the_response_contains_the_timestamp() -> None:
    """Without a timestamp in the request, the server uses the current time."""
    method = METHODS["update_last_seen_timestamp"]
    assert method.response_fields == ("timestamp",)
    assert method.push_keys["timestamp"] == "timestamp"


@pytest.mark.parametrize("platform", ["ios", "android"])
def test_push_notifications_support_two_platforms(platform: str) -> None:
    """Another platform is invalid."""
    payload = {"firebase_token": "x", "enabled": True}
    assert problem_paths("change_push_notifications", {**payload, "platform": platform}) == []
    assert problem_paths("change_push_notifications", {**payload, "platform": "web"}) == [
        "platform"
    ]


def test_two_methods_require_more_than_the_scope_of_own_chats() -> None:
    """get_chat_threads and update_last_seen_timestamp do not accept chats--my:ro."""
    for action in ("get_chat_threads", "update_last_seen_timestamp"):
        assert sorted(METHODS[action].scopes) == ["chats--access:ro", "chats--all:ro"]
        assert "chats--my:ro" in METHODS[action].scopes_note
