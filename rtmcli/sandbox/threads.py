"""Change chats: open and close threads, add events, add and remove users.

These functions do not validate anything; their callers do.
"""

from rtmcli.sandbox import customers, system_messages, views
from rtmcli.sandbox.interface import PushDelivery
from rtmcli.sandbox.model import Chat, Customer, JSONObject, Membership, Thread
from rtmcli.sandbox.properties import get_value, merge
from rtmcli.sandbox.state import State


def open_thread(state: State, chat: Chat, thread_id: str = "") -> Thread:
    """Open a new thread in a chat without an active one; the chat's followers are removed."""
    thread = Thread(
        thread_id or state.new_id(), len(chat.threads) + 1, state.timestamp, chat.access
    )
    thread.user_ids = [
        user_id for user_id, membership in chat.users.items() if membership.is_present
    ]
    chat.threads.append(thread)
    chat.threads_by_id[thread.id] = thread
    state.active_chats[chat.id] = chat
    chat.followers.clear()
    chat.invalidate_recipients()
    customer = state.customers.get(chat.customer_id)
    if customer:
        customers.increment_statistics(customer, threads_count=1)
    return thread


def add_event(state: State, chat: Chat, thread: Thread, event_fields: JSONObject) -> JSONObject:
    """Give an event its ID, order and time and add it to a thread; return the whole event."""
    order = len(thread.events) + 1
    event = {
        "id": f"{thread.id}_{order}",
        "order": order,
        "timestamp": state.timestamp,
        **event_fields,
    }
    append_event(chat, thread, event)
    chat.order = max(chat.order + 1, int(state.now * 1_000_000))
    author = event_fields.get("author_id")
    if author in state.agents:
        _update_last_event_time(state, chat, "agent_last_event_created_at")
    elif author:
        _update_last_event_time(state, chat, "customer_last_event_created_at")
    return event


def append_event(chat: Chat, thread: Thread, event: JSONObject) -> None:
    """Append an event that already has all its fields to a thread."""
    thread.append_event(event)
    if event.get("author_id"):
        thread.add_user(event["author_id"])
    latest = chat.latest_events.get(event["type"])
    if latest is None or latest[0].order <= thread.order:
        chat.latest_events[event["type"]] = (thread, len(thread.events) - 1)


def _update_last_event_time(state: State, chat: Chat, field: str) -> None:
    customer = state.customers.get(chat.customer_id)
    if customer:
        customer.update(**{field: state.date_time})


def incoming_event(state: State, chat: Chat, thread: Thread, event: JSONObject) -> PushDelivery:
    """Return the push `incoming_event`."""
    payload = {"chat_id": chat.id, "thread_id": thread.id, "event": event}
    return state.chat_push(chat, "incoming_event", payload)


def incoming_typing_indicator(
    state: State, chat: Chat, author_id: str, *, recipients: str, is_typing: bool
) -> PushDelivery:
    """Return the push `incoming_typing_indicator` for the active thread."""
    payload = {
        "chat_id": chat.id,
        "thread_id": chat.last_thread.id,
        "typing_indicator": {
            "author_id": author_id,
            "recipients": recipients,
            "timestamp": state.timestamp,
            "is_typing": is_typing,
        },
    }
    return state.chat_push(chat, "incoming_typing_indicator", payload, requester=False)


def add_system_message(
    state: State, chat: Chat, message_type: str, **variables: str
) -> list[PushDelivery]:
    """Add a system message to the active thread, if any; return its push."""
    thread = chat.active_thread
    if not thread:
        return []
    event = add_event(state, chat, thread, system_messages.build_event(message_type, variables))
    return [incoming_event(state, chat, thread, event)]


def incoming_chat_thread(
    state: State,
    chat: Chat,
    *,
    extra_recipients: frozenset[str] = frozenset(),
    only_recipient: str = "",
    requester_id: str = "",
) -> list[PushDelivery]:
    """Return the pushes that show a chat with its newest thread.

    `is_followed` depends on the recipient, so followers get their own push. If no agent is present
    in the chat, all agents with access to it are recipients.
    """
    if only_recipient:
        recipients = frozenset({only_recipient})
    else:
        recipients = state.recipients(chat) | extra_recipients
        if not chat.present_agents():
            recipients |= state.agents_with_access(chat.access)
    rendered_chat = views.render_chat(state, chat, thread=views.render_thread(chat.last_thread))
    followers = recipients & chat.followers
    deliveries = []
    for agents, is_followed in ((recipients - followers, False), (followers, True)):
        to_requester = bool(requester_id) and is_followed is (requester_id in chat.followers)
        if agents or to_requester:
            payload = {"chat": {**rendered_chat, "is_followed": is_followed}}
            deliveries.append(
                PushDelivery("incoming_chat_thread", payload, agents, to_requester=to_requester)
            )
    return deliveries


def close_thread(
    state: State, chat: Chat, message_type: str, *, user_id: str = "", **variables: str
) -> list[PushDelivery]:
    """Add a system message to the active thread and close it; return the pushes.

    Without `user_id` the server itself closes the thread.
    """
    thread = chat.last_thread
    deliveries = add_system_message(state, chat, message_type, **variables)
    thread.active = False
    del state.active_chats[chat.id]
    payload: JSONObject = {"chat_id": chat.id, "thread_id": thread.id}
    if user_id:
        payload["user_id"] = user_id
    deliveries.append(state.chat_push(chat, "thread_closed", payload))
    customer = state.customers.get(chat.customer_id)
    if customer and customer.pending_changes:
        changes, customer.pending_changes = customer.pending_changes, {}
        deliveries.append(customers.update_customer(state, customer, changes))
    return deliveries


def add_member(
    state: State, chat: Chat, user_id: str, user_type: str, *, is_present: bool = True
) -> None:
    """Add a user to a chat without a push."""
    membership = chat.users.get(user_id)
    if membership:
        membership.is_present = membership.is_present or is_present
    else:
        chat.users[user_id] = Membership(
            user_type, is_present=is_present, last_seen=state.timestamp
        )
    if user_type == "customer" and not chat.customer_id:
        chat.customer_id = user_id
        customer = state.customers[user_id]
        customer.chat_id = chat.id
        customers.increment_statistics(customer, chats_count=1)
    if is_present and chat.threads and chat.last_thread.active:
        chat.last_thread.add_user(user_id)
        update_unassigned_property(chat)
    chat.invalidate_recipients()


def add_user(
    state: State, chat: Chat, user_id: str, user_type: str, *, is_present: bool = True
) -> PushDelivery:
    """Add a user to a chat; return the push, which the user gets, too."""
    add_member(state, chat, user_id, user_type, is_present=is_present)
    payload = {
        "chat_id": chat.id,
        "thread_id": chat.last_thread.id,
        "user": views.render_user(state, chat, user_id, chat.users[user_id]),
        "user_type": user_type,
    }
    return state.chat_push(chat, "chat_user_added", payload)


def remove_user(state: State, chat: Chat, user_id: str) -> PushDelivery:
    """Remove an agent from a chat; return the push, which the agent gets, too."""
    payload: JSONObject = {"chat_id": chat.id}
    if chat.active_thread:
        payload["thread_id"] = chat.active_thread.id
    payload |= {"user_id": user_id, "user_type": "agent"}
    delivery = state.chat_push(chat, "chat_user_removed", payload)
    membership = chat.users.get(user_id)
    if membership:
        membership.is_present = False
        update_unassigned_property(chat)
    chat.invalidate_recipients()
    return delivery


def update_unassigned_property(chat: Chat) -> None:
    """Set routing.unassigned of an active chat to whether no agent is present."""
    if not chat.active_thread:
        return
    unassigned = not chat.present_agents()
    for target in (chat, chat.active_thread):
        current = get_value(target.properties, "routing", "unassigned") or False
        if current is not unassigned:
            update = {"routing": {"unassigned": {"value": unassigned}}}
            target.properties = merge(target.properties, update)


def mark_absent(chat: Chat, customer: Customer) -> None:
    """Mark a customer as no longer present in a chat."""
    membership = chat.users.get(customer.id)
    if membership:
        membership.is_present = False
