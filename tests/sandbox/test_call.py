"""A call: what the scopes of a request reach."""

import pytest
from asking import AGENT1, CHAT, CLOSED_CHAT, FOREIGN_CHAT, OTHERS_CHAT, THREAD, Asker

from rtmcli.sandbox import scopes
from rtmcli.sandbox.call import Call
from rtmcli.sandbox.model import Access
from rtmcli.sandbox.seam import Refusal


def call(reach: int) -> Call:
    """Make a call of agent1 with a reach."""
    asker = Asker()
    state = asker.licence.state
    return Call(state, asker.caller, state.agents[AGENT1], AGENT1, reach)


@pytest.mark.parametrize(
    ("reach", "reached"),
    [
        (scopes.ALL, {CHAT, OTHERS_CHAT, FOREIGN_CHAT, CLOSED_CHAT}),
        (scopes.ACCESS, {CHAT, OTHERS_CHAT, CLOSED_CHAT}),
        (scopes.MY, {CHAT, CLOSED_CHAT}),
        (scopes.NOWHERE, set()),
    ],
)
def test_a_reach_covers_its_chats(reach: int, reached: set[str]) -> None:
    """All covers every chat, access those of the agent's groups, my those it takes part in."""
    asked = call(reach)
    chats = (CHAT, OTHERS_CHAT, FOREIGN_CHAT, CLOSED_CHAT)

    assert {each for each in chats if asked.reaches(asked.state.chats[each])} == reached
    for each in set(chats) - reached:
        with pytest.raises(Refusal, match="do not reach chat"):
            asked.chat(each)


def test_a_thread_may_be_out_of_reach_in_a_chat_within() -> None:
    """A closed thread has an access of its own; the active one is open to who takes part."""
    asked = call(scopes.ACCESS)
    chat = asked.chat(CHAT)
    chat.threads[1].access = chat.threads[2].access = Access((3,))
    chat.threads[1].user_ids = []

    assert asked.thread(chat, THREAD) is chat.threads[2]
    with pytest.raises(Refusal, match="do not reach thread PT039ES4OG"):
        asked.thread(chat, "PT039ES4OG")


def test_the_active_thread_is_open_to_who_takes_part() -> None:
    """Being present opens the active thread, even without access and before saying anything."""
    asked = call(scopes.ACCESS)
    chat = asked.chat(CHAT)
    chat.threads[2].access, chat.threads[2].user_ids = Access((3,)), []

    assert asked.thread(chat, THREAD) is chat.threads[2]


def test_who_took_part_in_a_thread_sees_it() -> None:
    """A thread in which the agent took part stays open to it."""
    asked = call(scopes.MY)
    chat = asked.chat(CHAT)
    chat.threads[0].access = Access((3,))

    assert asked.thread(chat, chat.threads[0].id) is chat.threads[0]
