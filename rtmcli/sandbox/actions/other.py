"""Chapter "other"."""

from rtmcli.sandbox import events, filters, pages, scopes, threads, views
from rtmcli.sandbox.call import Call
from rtmcli.sandbox.model import Chat, Thread, Wire
from rtmcli.sandbox.seam import Delivery, Outcome, Payload
from rtmcli.sandbox.state import State, refuse

_ARCHIVES_LIMIT = 25


def get_archives(call: Call, payload: Payload) -> Outcome:
    """List threads within reach, the newest first."""
    tests = filters.of_archives(call.state, payload.get("filters", {}))
    pagination = payload.get("pagination", {})
    page, limit = pagination.get("page", 1), pagination.get("limit", _ARCHIVES_LIMIT)
    found = [
        (chat, thread)
        for chat in call.state.chats.values()
        if call.reach != scopes.NOWHERE
        for thread in chat.threads
        if call.sees(chat, thread) and all(passes(chat, thread) for passes in tests)
    ]
    found.sort(key=lambda pair: (pair[1].timestamp, pair[1].order), reverse=True)
    shown = [
        {"chat": views.chat(call.state, chat, thread=views.thread(thread))}
        for chat, thread in found[(page - 1) * limit : page * limit]
    ]
    return Outcome({"chats": shown, "pagination": {"page": page, "total": len(found)}}, [])


def get_chat_threads(call: Call, payload: Payload) -> Outcome:
    """Show a chat with its threads' order, and those threads that are named."""
    chat = call.chat(payload["chat_id"])
    shown = {}
    if "thread_ids" in payload:
        named = [call.state.thread(chat, each) for each in payload["thread_ids"]]
        shown["threads"] = [views.thread(each, is_open=call.sees(chat, each)) for each in named]
    shown["threads_summary"] = [
        {"thread_id": each.id, "order": each.order} for each in chat.threads
    ]
    answer = views.chat(call.state, chat, **shown)
    return Outcome({"chat": {**answer, "is_followed": call.agent.id in chat.followers}}, [])


def get_chat_threads_summary(call: Call, payload: Payload) -> Outcome:
    """List a chat's threads without their events."""
    chat = call.chat(payload["chat_id"])
    part = pages.numbered(chat.threads, payload)
    shown = [
        {"id": each.id, "order": each.order, "events_count": len(each.events)}
        for each in part.items
    ]
    return Outcome({"threads_summary": shown, "found_threads": len(chat.threads), **part.links}, [])


def send_rich_message_postback(call: Call, payload: Payload) -> Outcome:
    """Press or release a button of a rich message; tell of it in active threads."""
    chat = call.chat(payload["chat_id"])
    thread = call.thread(chat, payload["thread_id"])
    event = call.state.event(thread, payload["event_id"])
    return Outcome(
        {},
        press(call.state, chat, thread, event, user_id=call.user_id, postback=payload["postback"]),
    )


def press(
    state: State, chat: Chat, thread: Thread, event: Wire, *, user_id: str, postback: Wire
) -> list[Delivery]:
    """Press or release all buttons of a postback for a user."""
    postback_id, on = postback["id"], postback["toggled"]
    changed = events.toggled(event, postback_id, user_id, on=on)
    if changed is None:
        refuse(f"button {postback_id} not found in event {event['id']}")
    thread.replace(changed)
    if not thread.active:
        return []
    ids = {"chat_id": chat.id, "thread_id": thread.id}
    told = {
        "user_id": user_id,
        **ids,
        "event_id": event["id"],
        "postback": {"id": postback_id, "toggled": on},
    }
    deliveries = [state.push(chat, "incoming_rich_message_postback", told)]
    if changed != event:
        deliveries.append(state.push(chat, "event_updated", {**ids, "event": changed}))
    return deliveries


def multicast(call: Call, payload: Payload) -> Outcome:
    """Send any JSON to agents and customers."""
    state, agents = call.state, payload["scopes"].get("agents", {})
    ids = {state.agent(each).id for each in agents.get("ids", ())}
    groups = {state.group(each) for each in agents.get("groups", ())}
    for each in payload["scopes"].get("customers", {}).get("ids", ()):
        state.customer(each)
    told: Wire = {"content": payload["content"], "author_id": call.user_id}
    if "type" in payload:
        told["type"] = payload["type"]
    named = {
        each.id
        for each in state.agents.values()
        if agents.get("all") or each.id in ids or not groups.isdisjoint(each.groups)
    }
    listening = state.multicast_listeners & named
    return Outcome({}, [Delivery("incoming_multicast", told, listening, requester=False)])


def send_typing_indicator(call: Call, payload: Payload) -> Outcome:
    """Show that the requester is typing; the others are told, where a thread is active."""
    state, chat = call.state, call.chat(payload["chat_id"])
    thread = chat.active_thread
    if not thread:
        return Outcome({}, [])
    told = typing(
        state,
        chat,
        call.user_id,
        recipients=payload.get("recipients", "all"),
        is_typing=payload["is_typing"],
    )
    return Outcome({}, [told._replace(agents=told.agents - {call.agent.id})])


def typing(
    state: State, chat: Chat, author_id: str, *, recipients: str, is_typing: bool
) -> Delivery:
    """Tell that somebody is typing in the active thread."""
    payload = {
        "chat_id": chat.id,
        "thread_id": chat.last_thread.id,
        "typing_indicator": {
            "author_id": author_id,
            "recipients": recipients,
            "timestamp": state.seconds,
            "is_typing": is_typing,
        },
    }
    return state.push(chat, "incoming_typing_indicator", payload, requester=False)


def close_thread(call: Call, payload: Payload) -> Outcome:
    """Close the active thread; without one there is nothing to do."""
    state, chat = call.state, call.chat(payload["chat_id"])
    if payload.get("require_requester_presence", False) and not chat.has(call.user_id):
        refuse(f"{call.user_id} does not take part in chat {chat.id}")
    if not chat.active_thread:
        return Outcome({}, [])
    name = state.agents[call.user_id].name
    return Outcome(
        {}, threads.close(state, chat, "manual_archived_agent", user_id=call.user_id, agent=name)
    )


def change_push_notifications(call: Call, payload: Payload) -> Outcome:
    """Remember whether a device is notified."""
    device = (call.agent.id, payload["firebase_token"])
    if payload["enabled"]:
        call.state.devices[device] = payload["platform"]
    else:
        call.state.devices.pop(device, None)
    return Outcome({}, [])


def update_last_seen_timestamp(call: Call, payload: Payload) -> Outcome:
    """Record when the requester last saw a chat: at a given time, or now."""
    chat = call.chat(payload["chat_id"])
    timestamp = payload.get("timestamp", call.state.seconds)
    seat = chat.users.get(call.user_id)
    if seat:
        seat.last_seen = timestamp
    told = {"user_id": call.user_id, "chat_id": chat.id, "timestamp": timestamp}
    delivery = call.state.push(chat, "last_seen_timestamp_updated", told)
    return Outcome({"timestamp": timestamp}, [delivery])
