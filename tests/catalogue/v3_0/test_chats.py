"""Test the chapter "chats"."""

import pytest

from rtmcli.catalogue.model import Kind, Method
from rtmcli.catalogue.v3_0.chats import CHAPTER
from rtmcli.protocol.validation import Checker

METHODS = {method.action: method for method in CHAPTER.methods}
BEGINNINGS = pytest.mark.parametrize(
    "method", [METHODS["activate_chat"], METHODS["start_chat"]], ids=lambda method: method.action
)


def problems(action: str, **payload: object) -> list[str]:
    """Check a payload of one of the chapter's methods."""
    return [problem.path for problem in Checker(METHODS[action]).check(payload)]


@BEGINNINGS
def test_a_chat_begins_with_the_same_parts(method: Method) -> None:
    """Starting and activating take the same rows, but for the chat's id and the details."""
    kinds = {param.path: param.kind for param in method.params if param.path != "chat.id"}
    assert kinds == {
        "chat": Kind.OBJECT,
        "chat.access": Kind.OBJECT,
        "chat.access.group_ids": Kind.INTEGERS,
        "chat.properties": Kind.PROPERTIES,
        "chat.users": Kind.OBJECTS,
        "chat.thread": Kind.OBJECT,
        "chat.thread.events": Kind.OBJECTS,
        "chat.thread.properties": Kind.PROPERTIES,
        "chat.thread.tags": Kind.STRINGS,
        "chat.is_followed": Kind.BOOL,
        "continuous": Kind.BOOL,
    }


def test_only_activating_names_a_chat() -> None:
    """An empty payload starts a chat, while activating one takes its id."""
    assert problems("start_chat") == []
    assert problems("activate_chat") == ["chat.id"]


@pytest.mark.parametrize(
    ("target", "missing"),
    [
        ({}, ["target.type", "target.ids"]),
        ({"type": "group"}, ["target.ids"]),
        ({"ids": [1]}, ["target.type"]),
        ({"type": "group", "ids": [1, 2]}, []),
        ({"type": "agent", "ids": ["agent1@example.com"]}, []),
        ({"type": "bot", "ids": [1]}, ["target.type"]),
    ],
)
def test_a_target_is_whole(target: dict[str, object], missing: list[str]) -> None:
    """Type and ids are required where there is a target: groups by number, agents by e-mail."""
    assert problems("transfer_chat", chat_id="PJ0MRSHTDG", target=target) == missing


def test_a_transfer_needs_no_target() -> None:
    """Without a target a chat is transferred within its group."""
    assert problems("transfer_chat", chat_id="PJ0MRSHTDG") == []


def test_following_is_told_once_and_unfollowing_never() -> None:
    """The push of follow_chat has a condition; unfollow_chat has no push and needs no scope."""
    follow, unfollow = METHODS["follow_chat"], METHODS["unfollow_chat"]
    assert follow.push_when
    assert follow.push_keys == {"chat_id": "chat.id"}
    assert (unfollow.push, unfollow.scopes) == ("", ())


def test_summaries_are_filtered_by_activity_and_properties() -> None:
    """The method that the reference lost takes the filters of another document, no pagination."""
    method = METHODS["get_chats_summary"]
    defaults = {param.path: param.default for param in method.params if param.default}
    assert defaults == {"limit": "10", "order": "desc", "filters.include_active": "true"}
    assert problems("get_chats_summary", limit=101) == ["limit"]
    assert problems("get_chats_summary", filters={"properties": {"ns": {"name": {}}}}) == [
        "filters.properties"
    ]


def test_a_repeat_of_what_begins_or_moves_a_chat_is_explained() -> None:
    """Each of the methods that must not be repeated says what a repeat would do."""
    assert [
        action
        for action in ("activate_chat", "start_chat", "transfer_chat")
        if METHODS[action].retry_note
    ] == ["activate_chat", "start_chat", "transfer_chat"]
