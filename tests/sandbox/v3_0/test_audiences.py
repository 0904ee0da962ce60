"""The recipients of pushes about chats."""

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
    UNASSIGNED_CHAT,
    LicenseClient,
    render,
)

from rtmcli.sandbox.domain.facts import ThreadOpened
from rtmcli.sandbox.domain.license import License
from rtmcli.sandbox.v3_0.audiences import chat_agents, key_change_agents


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

    assert chat_agents(state, chat.audience) == recipients
    assert key_change_agents(state, chat.audience) == key_change_recipients


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
    state.chats[GROUP2_CHAT].invalidate_audience()

    received = {
        each.id for each in state.chats.values() if AGENT1 in chat_agents(state, each.audience)
    }
    assert received & {CHAT, GROUP2_CHAT} == chats


def test_recipients_follow_changes_of_users_and_access() -> None:
    """Joining, leaving, following and access changes update the recipients."""
    client = LicenseClient()
    state = client.license.state
    chat = state.chats[CHAT]
    assert chat_agents(state, chat.audience) == {AGENT1}

    client.call("add_user_to_chat", chat_id=CHAT, user_id=AGENT2, user_type="agent")
    assert chat_agents(state, chat.audience) == {AGENT1, AGENT2}
    client.call("remove_user_from_chat", chat_id=CHAT, user_id=AGENT1, user_type="agent")
    assert chat_agents(state, chat.audience) == {AGENT2}
    client.call("follow_chat", chat_id=CHAT)
    assert chat_agents(state, chat.audience) == {AGENT1, AGENT2}
    client.call("set_access", resource="chat", id=CHAT, access={"type": "group", "id": 3})
    assert key_change_agents(state, chat.audience) == {AGENT1, AGENT2, AGENT4, SUPERVISOR}


def test_followers_get_a_separate_push() -> None:
    """A chat is sent in a push to its followers and another to the other recipients."""
    client = LicenseClient()
    state = client.license.state
    chat = state.chats[GROUP2_CHAT]
    chat.followers.add(AGENT1)
    chat.invalidate_audience()
    opened = ThreadOpened(chat, chat.last_thread, chat.audience, requester_id=AGENT1)
    others, followers = render(client.license, [opened])

    assert [each.payload["chat"]["is_followed"] for each in (others, followers)] == [False, True]
    assert (followers.agent_ids, followers.to_requester) == (frozenset({AGENT1}), True)
    assert (AGENT1 in others.agent_ids, others.to_requester) == (False, False)
