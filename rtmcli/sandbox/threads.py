"""The life of a chat: threads open and close, events arrive, users come and go.

Every function here acts; whoever calls it has checked all there is to check.
"""

from rtmcli.sandbox import system_messages, views
from rtmcli.sandbox.model import Chat, Customer, Seat, Thread, Wire
from rtmcli.sandbox.properties import merged, value_of
from rtmcli.sandbox.seam import Delivery
from rtmcli.sandbox.state import State


def open_thread(state: State, chat: Chat, thread_id: str = "") -> Thread:
    """Open a new thread in a chat that has no active one; nobody follows the chat any longer."""
    thread = Thread(thread_id or state.new_id(), len(chat.threads) + 1, state.seconds, chat.access)
    thread.user_ids = [user_id for user_id, seat in chat.users.items() if seat.present]
    chat.threads.append(thread)
    state.active[chat.id] = chat
    chat.index[thread.id] = thread
    chat.followers.clear()
    chat.regroup()
    customer = state.customers.get(chat.customer_id)
    if customer:
        count(customer, threads_count=1)
    return thread


def add_event(state: State, chat: Chat, thread: Thread, composed: Wire) -> Wire:
    """Add an event to a thread: it gets its id, order and time."""
    order = len(thread.events) + 1
    event = {
        "id": f"{thread.id}_{order}",
        "order": order,
        "timestamp": state.seconds,
        **composed,
    }
    settle(chat, thread, event)
    chat.order = max(chat.order + 1, int(state.now * 1_000_000))
    author = composed.get("author_id")
    if author in state.agents:
        _note_writing(state, chat, "agent_last_event_created_at")
    elif author:
        _note_writing(state, chat, "customer_last_event_created_at")
    return event


def settle(chat: Chat, thread: Thread, event: Wire) -> None:
    """Put an event that has all its fields into a thread."""
    thread.append(event)
    if event.get("author_id"):
        thread.note_user(event["author_id"])
    known = chat.latest.get(event["type"])
    if known is None or known[0].order <= thread.order:
        chat.latest[event["type"]] = (thread, len(thread.events) - 1)


def _note_writing(state: State, chat: Chat, fact: str) -> None:
    customer = state.customers.get(chat.customer_id)
    if customer:
        customer.change(**{fact: state.date_time})


def count(customer: Customer, **more: int) -> None:
    """Add to a customer's statistics."""
    statistics = dict(customer.facts.get("statistics", {}))
    for name, number in more.items():
        statistics[name] = statistics.get(name, 0) + number
    customer.change(statistics=statistics)


def incoming_event(state: State, chat: Chat, thread: Thread, event: Wire) -> Delivery:
    """Tell of an event."""
    payload = {"chat_id": chat.id, "thread_id": thread.id, "event": event}
    return state.push(chat, "incoming_event", payload)


def say(state: State, chat: Chat, kind: str, **variables: str) -> list[Delivery]:
    """Write a system message into the active thread, where there is one; tell of it."""
    thread = chat.active_thread
    if not thread:
        return []
    event = add_event(state, chat, thread, system_messages.compose(kind, variables))
    return [incoming_event(state, chat, thread, event)]


def incoming_chat_thread(
    state: State,
    chat: Chat,
    *,
    also: frozenset[str] = frozenset(),
    only: str = "",
    requester: str = "",
) -> list[Delivery]:
    """Tell of a chat with its newest thread; each is told whether it follows the chat itself.

    A chat that has no agent is told of to everybody with access to it.
    """
    if only:
        told = frozenset({only})
    else:
        told = state.told(chat) | also
        if not chat.agents():
            told |= state.with_access(chat.access)
    shown = views.chat(state, chat, thread=views.thread(chat.last_thread))
    following = told & chat.followers
    deliveries = []
    for group, is_followed in ((told - following, False), (following, True)):
        mine = bool(requester) and is_followed is (requester in chat.followers)
        if group or mine:
            payload = {"chat": {**shown, "is_followed": is_followed}}
            deliveries.append(Delivery("incoming_chat_thread", payload, group, requester=mine))
    return deliveries


def close(
    state: State, chat: Chat, kind: str, *, user_id: str = "", **variables: str
) -> list[Delivery]:
    """Close the active thread with a system message of its kind; tell of both.

    Without `user_id` the server itself closes it.
    """
    thread = chat.last_thread
    deliveries = say(state, chat, kind, **variables)
    thread.active = False
    del state.active[chat.id]
    payload: Wire = {"chat_id": chat.id, "thread_id": thread.id}
    if user_id:
        payload["user_id"] = user_id
    deliveries.append(state.push(chat, "thread_closed", payload))
    customer = state.customers.get(chat.customer_id)
    if customer and customer.later:
        changes, customer.later = customer.later, {}
        deliveries.append(change_customer(state, customer, changes))
    return deliveries


def change_customer(state: State, customer: Customer, changes: Wire) -> Delivery:
    """Change a customer; tell of it."""
    customer.change(**changes)
    facts = customer.facts
    known: Wire = {name: facts[name] for name in ("name", "email", "avatar") if name in facts}
    payload = {
        "id": customer.id,
        **known,
        "type": "customer",
        "present": customer.id in state.visits,
        "banned": customer.banned_until > state.now,
        "fields": facts.get("fields", {}),
    }
    return Delivery("customer_updated", payload, state.customer_watchers)


def seat(state: State, chat: Chat, user_id: str, user_type: str, *, present: bool = True) -> None:
    """Give a user a place in a chat, in silence."""
    known = chat.users.get(user_id)
    if known:
        known.present = known.present or present
    else:
        chat.users[user_id] = Seat(user_type, present=present, last_seen=state.seconds)
    if user_type == "customer" and not chat.customer_id:
        chat.customer_id = user_id
        customer = state.customers[user_id]
        customer.chat_id = chat.id
        count(customer, chats_count=1)
    if present and chat.threads and chat.last_thread.active:
        chat.last_thread.note_user(user_id)
        note_routing(chat)
    chat.regroup()


def join(
    state: State, chat: Chat, user_id: str, user_type: str, *, present: bool = True
) -> Delivery:
    """Add a user to a chat; tell of it, the user too."""
    seat(state, chat, user_id, user_type, present=present)
    payload = {
        "chat_id": chat.id,
        "thread_id": chat.last_thread.id,
        "user": views.user(state, chat, user_id, chat.users[user_id]),
        "user_type": user_type,
    }
    return state.push(chat, "chat_user_added", payload)


def part(state: State, chat: Chat, user_id: str) -> Delivery:
    """Take an agent out of a chat; tell of it, the agent too."""
    payload: Wire = {"chat_id": chat.id}
    if chat.active_thread:
        payload["thread_id"] = chat.active_thread.id
    payload |= {"user_id": user_id, "user_type": "agent"}
    delivery = state.push(chat, "chat_user_removed", payload)
    place = chat.users.get(user_id)
    if place:
        place.present = False
        note_routing(chat)
    chat.regroup()
    return delivery


def note_routing(chat: Chat) -> None:
    """Keep the property routing.unassigned of an active chat true to whether it has an agent."""
    if not chat.active_thread:
        return
    unassigned = not chat.agents()
    for place in (chat, chat.active_thread):
        known = value_of(place.properties, "routing", "unassigned") or False
        if known is not unassigned:
            new = {"routing": {"unassigned": {"value": unassigned}}}
            place.properties = merged(place.properties, new)


def see_off(chat: Chat, customer: Customer) -> None:
    """Note that a customer is no longer present in a chat."""
    place = chat.users.get(customer.id)
    if place:
        place.present = False
