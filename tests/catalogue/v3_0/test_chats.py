"""Test the chapter "chats"."""

import pytest

from rtmcli.catalogue.model import Method, ParamType
from rtmcli.catalogue.v3_0.chats import CHAPTER
from rtmcli.protocol.validation import PayloadValidator

METHODS = {method.action: method for method in CHAPTER.methods}
both_methods_with_a_chat = pytest.mark.parametrize(
    "method", [METHODS["activate_chat"], METHODS["start_chat"]], ids=lambda method: method.action
)


def problem_paths(action: str, **payload: object) -> list[str]:
    """Return the paths of a payload's problems."""
    return [problem.path for problem in PayloadValidator(METHODS[action]).validate(payload)]


@both_methods_with_a_chat
def test_start_and_activate_take_the_same_parameters(method: Method) -> None:
    """Only the chat's id is an exception."""
    types = {param.path: param.type for param in method.params if param.path != "chat.id"}
    assert types == {
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


def test_only_activate_requires_an_id() -> None:
    """An empty payload starts a chat."""
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
def test_a_target_requires_type_and_ids(target: dict[str, object], missing: list[str]) -> None:
    """Ids of groups are integers, ids of agents e-mail addresses."""
    assert problem_paths("transfer_chat", chat_id="PJ0MRSHTDG", target=target) == missing


def test_a_transfer_target_is_optional() -> None:
    """Without a target the chat is transferred within its group."""
    assert problem_paths("transfer_chat", chat_id="PJ0MRSHTDG") == []


def test_follow_has_a_conditional_push_and_unfollow_none() -> None:
    """Also, unfollow_chat requires no scope."""
    follow, unfollow = METHODS["follow_chat"], METHODS["unfollow_chat"]
    assert follow.push_condition
    assert follow.push_keys == {"chat_id": "chat.id"}
    assert (unfollow.push, unfollow.scopes) == ("", ())


def test_summaries_have_filters_and_defaults() -> None:
    """The reference lacks this method's section; another v3.0 document has it."""
    method = METHODS["get_chats_summary"]
    defaults = {param.path: param.default for param in method.params if param.default}
    assert defaults == {"limit": "10", "order": "desc", "filters.include_active": "true"}
    assert problem_paths("get_chats_summary", limit=101) == ["limit"]
    assert problem_paths("get_chats_summary", filters={"properties": {"ns": {"name": {}}}}) == [
        "filters.properties"
    ]


def test_methods_that_must_not_be_repeated_explain_why() -> None:
    """Each of them has a note on the effect of a second call."""
    assert [
        action
        for action in ("activate_chat", "start_chat", "transfer_chat")
        if METHODS[action].retry_note
    ] == ["activate_chat", "start_chat", "transfer_chat"]
