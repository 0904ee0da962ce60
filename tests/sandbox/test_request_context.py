"""The chats and threads that the scopes of a request cover."""

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
from rtmcli.sandbox.domain.errors import DomainError
from rtmcli.sandbox.domain.model import Access
from rtmcli.sandbox.request_context import RequestContext


def make_context(scope_level: int) -> RequestContext:
    """Create a context of agent1 with a scope level."""
    client = LicenseClient()
    state = client.license.state
    return RequestContext(state, client.caller, state.agents[AGENT1], AGENT1, scope_level)


@pytest.mark.parametrize(
    ("scope_level", "covered"),
    [
        (scopes.ALL, {CHAT, GROUP2_CHAT, GROUP3_CHAT, CLOSED_CHAT}),
        (scopes.ACCESS, {CHAT, GROUP2_CHAT, CLOSED_CHAT}),
        (scopes.MY, {CHAT, CLOSED_CHAT}),
        (scopes.NONE, set()),
    ],
)
def test_each_scope_level_covers_its_chats(scope_level: int, covered: set[str]) -> None:
    """ALL covers every chat, ACCESS those of the agent's groups, MY those with the agent."""
    context = make_context(scope_level)
    chats = (CHAT, GROUP2_CHAT, GROUP3_CHAT, CLOSED_CHAT)

    assert {each for each in chats if context.can_access(context.state.chats[each])} == covered
    for each in set(chats) - covered:
        with pytest.raises(DomainError, match="do not cover chat"):
            context.chat(each)


def test_a_thread_may_be_restricted_in_an_accessible_chat() -> None:
    """A closed thread has its own access; members can read the active one."""
    context = make_context(scopes.ACCESS)
    chat = context.chat(CHAT)
    chat.threads[1].access = chat.threads[2].access = Access((3,))
    chat.threads[1].user_ids = []

    assert context.thread(chat, THREAD) is chat.threads[2]
    with pytest.raises(DomainError, match="do not cover thread PT039ES4OG"):
        context.thread(chat, "PT039ES4OG")


def test_members_can_read_the_active_thread() -> None:
    """Presence suffices, even without access or events."""
    context = make_context(scopes.ACCESS)
    chat = context.chat(CHAT)
    chat.threads[2].access, chat.threads[2].user_ids = Access((3,)), []

    assert context.thread(chat, THREAD) is chat.threads[2]


def test_former_members_can_read_a_thread() -> None:
    """A thread remains readable for an agent who was its user."""
    context = make_context(scopes.MY)
    chat = context.chat(CHAT)
    chat.threads[0].access = Access((3,))

    assert context.thread(chat, chat.threads[0].id) is chat.threads[0]
