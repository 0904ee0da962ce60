"""Changes of chats: threads, events, members and their pushes."""

from support.license_client import (
    AGENT1,
    AGENT2,
    CHAT,
    CLOSED_CHAT,
    THREAD,
    LicenseClient,
)

from rtmcli.sandbox.domain.chats import threads
from rtmcli.sandbox.domain.facts import EventAdded, ThreadClosed
from rtmcli.sandbox.domain.model import Event
from rtmcli.sandbox.domain.properties import get_value


def test_system_messages_are_added_to_active_threads_only() -> None:
    """Without an active thread a system message is neither added nor pushed."""
    state = LicenseClient().license.state
    active, closed = state.chats[CHAT], state.chats[CLOSED_CHAT]
    [fact] = threads.add_system_message(state, active, "agent_joined", agent="A")

    assert isinstance(fact, EventAdded)
    assert fact.event == active.last_thread.events[-1]
    assert threads.add_system_message(state, closed, "agent_joined", agent="A") == []


def test_event_ids_contain_thread_and_order() -> None:
    """The ID is THREAD_ORDER; the order increases with each event."""
    state = LicenseClient().license.state
    chat = state.chats[CHAT]
    event = threads.add_event(state, chat, chat.last_thread, Event("custom"))

    assert (event.id, event.number) == (f"{THREAD}_5", 5)
    assert chat.latest_events["custom"] == (chat.last_thread, 4)


def test_an_event_in_an_old_thread_is_not_the_latest() -> None:
    """The latest event of a type is that of the newest thread."""
    state = LicenseClient().license.state
    chat = state.chats[CHAT]
    latest = chat.latest_events["message"]
    threads.add_event(state, chat, chat.threads[0], Event("message", fields={"text": "late"}))

    assert chat.latest_events["message"] == latest


def test_a_new_thread_has_the_users_present_and_no_followers() -> None:
    """Present users are users of the new thread; followers are removed."""
    state = LicenseClient().license.state
    chat = state.chats[CLOSED_CHAT]
    chat.followers.add(AGENT2)
    thread = threads.open_thread(state, chat)

    assert AGENT1 in thread.user_ids
    assert chat.followers == set()
    assert chat.active_thread is thread
    assert CLOSED_CHAT in state.active_chats


def test_a_membership_outlasts_removal() -> None:
    """A removed user stays a member, not present; adding it again makes it present."""
    state = LicenseClient().license.state
    chat = state.chats[CHAT]
    threads.remove_user(chat, AGENT1)
    removed = chat.users[AGENT1].is_present
    threads.add_member(state, chat, AGENT1, "agent", is_present=False)
    added_absent = chat.users[AGENT1].is_present
    threads.add_member(state, chat, AGENT1, "agent")

    assert (removed, added_absent, chat.users[AGENT1].is_present) == (False, False, True)


def test_a_chat_without_agent_is_unassigned() -> None:
    """routing.unassigned of an active chat is true while no agent is present."""
    state = LicenseClient().license.state
    chat = state.chats[CHAT]

    def unassigned_values() -> list[object]:
        targets = (chat, chat.last_thread)
        return [get_value(each.properties, "routing", "unassigned") for each in targets]

    before = unassigned_values()
    threads.remove_user(chat, AGENT1)
    without_agent = unassigned_values()
    threads.add_user(state, chat, AGENT2, "agent")

    assert before == [None, None]
    assert without_agent == [True, True]
    assert unassigned_values() == [False, False]


def test_closing_pushes_the_system_message_first() -> None:
    """The system message is the last event of the thread; its push precedes thread_closed."""
    state = LicenseClient().license.state
    chat = state.chats[CHAT]
    added, closed = threads.close_thread(
        state, chat, "archived_customer_disconnected", customer="Ada"
    )

    assert isinstance(added, EventAdded)
    assert isinstance(closed, ThreadClosed)
    assert chat.last_thread.events[-1] == added.event
    assert CHAT not in state.active_chats
