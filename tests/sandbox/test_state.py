"""The state: IDs, lookups and push recipients."""

import re

import pytest
from support.license_client import (
    AGENT1,
    AGENT2,
    AGENT3,
    AGENT4,
    BOT,
    CHAT,
    GROUP2_CHAT,
    GROUP3_CHAT,
    SUPERVISOR,
    THREAD,
    UNASSIGNED_CHAT,
    LicenseClient,
)

from rtmcli.sandbox.interface import RequestError
from rtmcli.sandbox.license import License
from rtmcli.sandbox.state import State


def test_generated_ids_have_the_documented_formats() -> None:
    """Chat and thread IDs have ten letters or digits, customers UUIDs, tokens a region prefix."""
    state = State(1, lambda: 0.0)

    assert re.fullmatch("[A-Z0-9]{10}", state.new_id())
    assert re.fullmatch(
        "[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", state.new_uuid()
    )
    assert re.fullmatch("dal:[A-Za-z0-9_-]{32}", state.new_token())
    assert len({state.new_uuid() for _ in range(100)}) == 100


@pytest.mark.parametrize("resource", ["chat", "customer", "agent", "group"])
def test_an_unknown_id_is_rejected(resource: str) -> None:
    """An unknown ID is rejected with validation; the message names it."""
    with pytest.raises(RequestError, match=f"validation: {resource} X not found"):
        getattr(License(seed=1).state, resource)("X")


def test_threads_and_events_are_found_in_their_parent_only() -> None:
    """A thread is looked up in its chat, an event in its thread."""
    state = License(seed=1).state
    chat = state.chat(CHAT)

    assert state.event(state.thread(chat, THREAD), "2_EW2WQSA8")["order"] == 1
    with pytest.raises(
        RequestError, match=f"event 2_EW2WQSA8 not found in thread {chat.threads[0].id}"
    ):
        state.event(chat.threads[0], "2_EW2WQSA8")
    with pytest.raises(RequestError, match=f"thread {THREAD} not found in chat {GROUP2_CHAT}"):
        state.thread(state.chat(GROUP2_CHAT), THREAD)


@pytest.mark.parametrize(
    ("chat_id", "recipients", "key_change_recipients"),
    [
        (CHAT, {AGENT1}, {AGENT1, AGENT2, AGENT3, AGENT4, SUPERVISOR, BOT}),
        (GROUP2_CHAT, {AGENT3}, {AGENT1, AGENT3, SUPERVISOR, BOT}),
        (GROUP3_CHAT, {AGENT4}, {AGENT4, SUPERVISOR}),
        (UNASSIGNED_CHAT, set(), {AGENT1, AGENT2, SUPERVISOR, BOT}),
    ],
)
def test_members_get_all_pushes_and_agents_with_access_key_changes(
    chat_id: str, recipients: set[str], key_change_recipients: set[str]
) -> None:
    """Members get every push about a chat; other agents with access only key changes."""
    state = License(seed=1).state
    chat = state.chats[chat_id]

    assert state.chat_push(chat, "incoming_event", {}).agent_ids == recipients
    assert state.chat_push(chat, "thread_closed", {}).agent_ids == key_change_recipients
    assert state.chat_push(chat, "chat_transferred", {}).agent_ids == key_change_recipients


@pytest.mark.parametrize(
    ("scope", "chats"),
    [
        ("customers:ro", set()),
        ("chats--my:ro", {CHAT}),
        ("chats--access:ro", {CHAT, GROUP2_CHAT}),
    ],
)
def test_pushes_require_a_scope(scope: str, chats: set[str]) -> None:
    """Without a scope to read a chat even a member gets no pushes about it."""
    client = LicenseClient(License(seed=1, scopes=[scope]))
    state = client.license.state
    state.chats[GROUP2_CHAT].followers.add(AGENT1)
    state.chats[GROUP2_CHAT].invalidate_recipients()

    received = {each.id for each in state.chats.values() if AGENT1 in state.recipients(each)}
    assert received & {CHAT, GROUP2_CHAT} == chats


def test_recipients_follow_changes_of_users_and_access() -> None:
    """Joining, leaving, following and access changes update the recipients."""
    client = LicenseClient()
    state = client.license.state
    chat = state.chats[CHAT]
    assert state.recipients(chat) == {AGENT1}

    client.call("add_user_to_chat", chat_id=CHAT, user_id=AGENT2, user_type="agent")
    assert state.recipients(chat) == {AGENT1, AGENT2}
    client.call("remove_user_from_chat", chat_id=CHAT, user_id=AGENT1, user_type="agent")
    assert state.recipients(chat) == {AGENT2}
    client.call("follow_chat", chat_id=CHAT)
    assert state.recipients(chat) == {AGENT1, AGENT2}
    client.call("set_access", resource="chat", id=CHAT, access={"type": "group", "id": 3})
    assert state.key_change_recipients(chat) == {AGENT1, AGENT2, AGENT4, SUPERVISOR}
