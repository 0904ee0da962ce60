"""A call: what the scopes of a request reach."""

import pytest
from support.license_client import (
    AGENT1,
    CHAT,
    CLOSED_CHAT,
    GROUP2_CHAT,
    GROUP3_CHAT,
    THREAD,
    LicenseClient,
)

from rtmcli.sandbox import scopes
from rtmcli.sandbox.interface import RequestError
from rtmcli.sandbox.model import Access
from rtmcli.sandbox.request_context import RequestContext


def make_context(scope_level: int) -> RequestContext:
    """Make a call of agent1 with a reach."""
    client = LicenseClient()
    state = client.license.state
    return RequestContext(state, client.caller, state.agents[AGENT1], AGENT1, scope_level)


@pytest.mark.parametrize(
    ("reach", "reached"),
    [
        (scopes.ALL, {CHAT, GROUP2_CHAT, GROUP3_CHAT, CLOSED_CHAT}),
        (scopes.ACCESS, {CHAT, GROUP2_CHAT, CLOSED_CHAT}),
        (scopes.MY, {CHAT, CLOSED_CHAT}),
        (scopes.NONE, set()),
    ],
)
def test_a_reach_covers_its_chats(reach: int, reached: set[str]) -> None:
    """All covers every chat, access those of the agent's groups, my those it takes part in."""
    context = make_context(reach)
    chats = (CHAT, GROUP2_CHAT, GROUP3_CHAT, CLOSED_CHAT)

    assert {each for each in chats if context.can_access(context.state.chats[each])} == reached
    for each in set(chats) - reached:
        with pytest.raises(RequestError, match="do not cover chat"):
            context.chat(each)


def test_a_thread_may_be_out_of_reach_in_a_chat_within() -> None:
    """A closed thread has an access of its own; the active one is open to who takes part."""
    context = make_context(scopes.ACCESS)
    chat = context.chat(CHAT)
    chat.threads[1].access = chat.threads[2].access = Access((3,))
    chat.threads[1].user_ids = []

    assert context.thread(chat, THREAD) is chat.threads[2]
    with pytest.raises(RequestError, match="do not cover thread PT039ES4OG"):
        context.thread(chat, "PT039ES4OG")


def test_the_active_thread_is_open_to_who_takes_part() -> None:
    """Being present opens the active thread, even without access and before saying anything."""
    context = make_context(scopes.ACCESS)
    chat = context.chat(CHAT)
    chat.threads[2].access, chat.threads[2].user_ids = Access((3,)), []

    assert context.thread(chat, THREAD) is chat.threads[2]


def test_who_took_part_in_a_thread_sees_it() -> None:
    """A thread in which the agent took part stays open to it."""
    context = make_context(scopes.MY)
    chat = context.chat(CHAT)
    chat.threads[0].access = Access((3,))

    assert context.thread(chat, chat.threads[0].id) is chat.threads[0]
