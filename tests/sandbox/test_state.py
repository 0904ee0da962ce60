"""The state: ids, lookups, and recipients of pushes."""

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


def test_ids_have_the_documented_forms() -> None:
    """Chats and threads have ten letters and digits, customers UUIDs, tokens a region."""
    state = State(1, lambda: 0.0)

    assert re.fullmatch("[A-Z0-9]{10}", state.new_id())
    assert re.fullmatch(
        "[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", state.new_uuid()
    )
    assert re.fullmatch("dal:[A-Za-z0-9_-]{32}", state.new_token())
    assert len({state.new_uuid() for _ in range(100)}) == 100


@pytest.mark.parametrize("kind", ["chat", "customer", "agent", "group"])
def test_unknown_ids_are_rejected(kind: str) -> None:
    """The error is validation and names the id."""
    with pytest.raises(RequestError, match=f"validation: {kind} X not found"):
        getattr(License(seed=1).state, kind)("X")


def test_threads_belong_to_chats_and_events_to_threads() -> None:
    """Elsewhere they are not found."""
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
    ("chat_id", "recipients", "key_changes"),
    [
        (CHAT, {AGENT1}, {AGENT1, AGENT2, AGENT3, AGENT4, SUPERVISOR, BOT}),
        (GROUP2_CHAT, {AGENT3}, {AGENT1, AGENT3, SUPERVISOR, BOT}),
        (GROUP3_CHAT, {AGENT4}, {AGENT4, SUPERVISOR}),
        (UNASSIGNED_CHAT, set(), {AGENT1, AGENT2, SUPERVISOR, BOT}),
    ],
)
def test_recipients_of_pushes(chat_id: str, recipients: set[str], key_changes: set[str]) -> None:
    """Members get every push of a chat; agents with access only transfers and closings."""
    state = License(seed=1).state
    chat = state.chats[chat_id]

    assert state.chat_push(chat, "incoming_event", {}).agent_ids == recipients
    assert state.chat_push(chat, "thread_closed", {}).agent_ids == key_changes
    assert state.chat_push(chat, "chat_transferred", {}).agent_ids == key_changes


@pytest.mark.parametrize(
    ("scope", "chats"),
    [
        ("customers:ro", set()),
        ("chats--my:ro", {CHAT}),
        ("chats--access:ro", {CHAT, GROUP2_CHAT}),
    ],
)
def test_pushes_need_a_scope(scope: str, chats: set[str]) -> None:
    """Without a scope to read its chats, even a member gets no pushes."""
    client = LicenseClient(License(seed=1, scopes=[scope]))
    state = client.license.state
    state.chats[GROUP2_CHAT].followers.add(AGENT1)
    state.chats[GROUP2_CHAT].invalidate_recipients()

    received = {each.id for each in state.chats.values() if AGENT1 in state.recipients(each)}
    assert received & {CHAT, GROUP2_CHAT} == chats


def test_recipients_are_updated() -> None:
    """Joining, leaving, following and access change the recipients."""
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
