"""Test the chapter "chats"."""

import pytest

from rtmcli.catalogue.model import Method, ParamType
from rtmcli.catalogue.v3_0.chats import CHAPTER
from rtmcli.protocol.validation import PayloadValidator

METHODS = {method.action: method for method in CHAPTER.methods}
every_opening_method = pytest.mark.parametrize(
    "method", [METHODS["activate_chat"], METHODS["start_chat"]], ids=lambda method: method.action
)


def problem_paths(action: str, **payload: object) -> list[str]:
    """Check a payload of one of the chapter's methods."""
    return [problem.path for problem in PayloadValidator(METHODS[action]).validate(payload)]


@every_opening_method
def test_a_chat_begins_with_the_same_parts(method: Method) -> None:
    """Starting and activating take the same rows, but for the chat's id and the details."""
    kinds = {param.path: param.type for param in method.params if param.path != "chat.id"}
    assert kinds == {
        "chat": ParamType.OBJECT,
        "chat.access": ParamType.OBJECT,
        "chat.access.group_ids": ParamType.INTEGERS,
        "chat.properties": ParamType.PROPERTIES,
        "chat.users": ParamType.OBJECTS,
        "chat.thread": ParamType.OBJECT,
        "chat.thread.events": ParamType.OBJECTS,
        "chat.thread.properties": ParamType.PROPERTIES,
        "chat.thread.tags": ParamType.STRINGS,
        "chat.is_followed": ParamType.BOOLEAN,
        "continuous": ParamType.BOOLEAN,
    }


def test_only_activating_names_a_chat() -> None:
    """An empty payload starts a chat, while activating one takes its id."""
    assert problem_paths("start_chat") == []
    assert problem_paths("activate_chat") == ["chat.id"]


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
    assert problem_paths("transfer_chat", chat_id="PJ0MRSHTDG", target=target) == missing


def test_a_transfer_needs_no_target() -> None:
    """Without a target a chat is transferred within its group."""
    assert problem_paths("transfer_chat", chat_id="PJ0MRSHTDG") == []


def test_following_is_told_once_and_unfollowing_never() -> None:
    """The push of follow_chat has a condition; unfollow_chat has no push and needs no scope."""
    follow, unfollow = METHODS["follow_chat"], METHODS["unfollow_chat"]
    assert follow.push_condition
    assert follow.push_keys == {"chat_id": "chat.id"}
    assert (unfollow.push, unfollow.scopes) == ("", ())


def test_summaries_are_filtered_by_activity_and_properties() -> None:
    """The method that the reference lost takes the filters of another document, no pagination."""
    method = METHODS["get_chats_summary"]
    defaults = {param.path: param.default for param in method.params if param.default}
    assert defaults == {"limit": "10", "order": "desc", "filters.include_active": "true"}
    assert problem_paths("get_chats_summary", limit=101) == ["limit"]
    assert problem_paths("get_chats_summary", filters={"properties": {"ns": {"name": {}}}}) == [
        "filters.properties"
    ]


def test_a_repeat_of_what_begins_or_moves_a_chat_is_explained() -> None:
    """Each of the methods that must not be repeated says what a repeat would do."""
    assert [
        action
        for action in ("activate_chat", "start_chat", "transfer_chat")
        if METHODS[action].retry_note
    ] == ["activate_chat", "start_chat", "transfer_chat"]
