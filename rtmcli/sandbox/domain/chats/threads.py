"""Change chats: open and close threads, add events, add and remove users.

These functions do not validate anything; their callers do.
"""

from rtmcli.sandbox.domain import customers
from rtmcli.sandbox.domain.chats import queues, system_messages
from rtmcli.sandbox.domain.facts import (
    EventAdded,
    Fact,
    ThreadClosed,
    UserAdded,
    UserRemoved,
)
from rtmcli.sandbox.domain.model import Chat, Customer, Event, Membership, Thread
from rtmcli.sandbox.domain.properties import get_value, merge
from rtmcli.sandbox.domain.state import State


def open_thread(state: State, chat: Chat, thread_id: str = "", *, is_active: bool = True) -> Thread:
    """Open a new thread in a chat without an active one; the chat's followers are removed."""
    created = chat.touch(state.now)
    thread = Thread(thread_id or state.new_id(), len(chat.threads) + 1, created, chat.access)
    thread.user_ids = [
        user_id for user_id, membership in chat.users.items() if membership.is_present
    ]
    thread.active = is_active
    chat.threads.append(thread)
    chat.threads_by_id[thread.id] = thread
    if is_active:
        state.active_chats[chat.id] = chat
    chat.followers.clear()
    chat.invalidate_audience()
    customer = state.customers.get(chat.customer_id)
    if customer:
        customer.increment_statistics(threads_count=1)
        thread.visit = customer.visit
    return thread


def add_event(state: State, chat: Chat, thread: Thread, draft: Event) -> Event:
    """Give an event its ID, number and time and add it to a thread; return the whole event."""
    number = len(thread.events) + 1
    event = draft._replace(
        id=draft.id or f"{thread.id}_{number}", number=number, created=chat.touch(state.now)
    )
    thread.append_event(event)
    if event.author_id:
        thread.add_user(event.author_id)
    latest = chat.latest_events.get(event.type)
    if latest is None or latest[0].number <= thread.number:
        chat.latest_events[event.type] = (thread, number - 1)
    customer = state.customers.get(chat.customer_id)
    if customer and event.author_id in state.agents:
        customer.agent_last_event = state.now
    elif customer and event.author_id:
        customer.customer_last_event = state.now
    return event


def add_system_message(state: State, chat: Chat, message_type: str, **variables: str) -> list[Fact]:
    """Add a system message to the active thread, if any."""
    thread = chat.active_thread
    if not thread:
        return []
    event = add_event(state, chat, thread, system_messages.build_event(message_type, variables))
    return [EventAdded(chat, thread, chat.audience, event)]


def close_thread(
    state: State, chat: Chat, message_type: str, *, user_id: str = "", **variables: str
) -> list[Fact]:
    """Add a system message to the active thread and close it.

    Without `user_id` the server itself closes the thread.
    """
    thread = chat.last_thread
    facts = add_system_message(state, chat, message_type, **variables)
    thread.active = False
    del state.active_chats[chat.id]
    facts.append(ThreadClosed(chat, thread, chat.audience, user_id))
    facts += queues.leave(state, chat)
    customer = state.customers.get(chat.customer_id)
    if customer and customer.pending_changes:
        changes, customer.pending_changes = customer.pending_changes, {}
        facts.append(customers.update(customer, changes))
    return facts


def add_member(
    state: State,
    chat: Chat,
    user_id: str,
    user_type: str,
    *,
    is_present: bool = True,
    visibility: str = "all",
) -> None:
    """Add a user to a chat."""
    membership = chat.users.get(user_id)
    if membership:
        membership.is_present = membership.is_present or is_present
        membership.visibility = visibility
    else:
        chat.users[user_id] = Membership(
            user_type, is_present=is_present, seen_up_to=state.now, visibility=visibility
        )
    if user_type == "customer" and not chat.customer_id:
        chat.customer_id = user_id
        customer = state.customers[user_id]
        customer.chat_id = chat.id
        customer.increment_statistics(chats_count=1)
    if is_present and chat.threads and chat.last_thread.active:
        chat.last_thread.add_user(user_id)
        update_unassigned_property(chat)
    chat.invalidate_audience()


def add_user(
    state: State,
    chat: Chat,
    user_id: str,
    user_type: str,
    *,
    is_present: bool = True,
    visibility: str = "all",
    reason: str = "manual",
    requester_id: str = "",
) -> list[Fact]:
    """Add a user to a chat, and take the chat from the queue if it has an agent now."""
    add_member(state, chat, user_id, user_type, is_present=is_present, visibility=visibility)
    added = UserAdded(chat, chat.last_thread, chat.audience, user_id, reason, requester_id)
    return [added, *(queues.leave(state, chat) if chat.audience.present else ())]


def remove_user(
    chat: Chat, user_id: str, *, reason: str = "manual", requester_id: str = ""
) -> Fact:
    """Remove an agent from a chat."""
    removed = UserRemoved(chat, chat.active_thread, chat.audience, user_id, reason, requester_id)
    membership = chat.users.get(user_id)
    if membership:
        membership.is_present = False
        update_unassigned_property(chat)
    chat.invalidate_audience()
    return removed


def update_unassigned_property(chat: Chat) -> None:
    """Set routing.unassigned of an active chat to whether no agent is present."""
    if not chat.active_thread:
        return
    unassigned = not chat.present_agents()
    for target in (chat, chat.active_thread):
        current = get_value(target.properties, "routing", "unassigned") or False
        if current is not unassigned:
            target.properties = merge(target.properties, {"routing": {"unassigned": unassigned}})


def mark_absent(chat: Chat, customer: Customer) -> None:
    """Mark a customer as no longer present in a chat."""
    membership = chat.users.get(customer.id)
    if membership:
        membership.is_present = False
