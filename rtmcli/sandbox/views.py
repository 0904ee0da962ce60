"""Chats, threads and users as the API shows them."""

from typing import Any

from rtmcli.sandbox.call import Call
from rtmcli.sandbox.model import Agent, Chat, Seat, Thread, Wire
from rtmcli.sandbox.state import State

_RESTRICTED: Wire = {"restricted_access": True}


def agent(who: Agent) -> Wire:
    """Show an agent; a bot has no e-mail, and only who is logged in has a routing status."""
    shown: Wire = {"id": who.id, "type": "agent", "name": who.name}
    if who.email:
        shown["email"] = who.email
    shown["avatar"] = who.avatar
    if who.online:
        shown["routing_status"] = who.routing_status
    return shown


def profile(who: Agent, seconds: int) -> Wire:
    """Show an agent's own profile."""
    return {
        **agent(who),
        "present": True,
        "last_seen_timestamp": seconds,
        "permission": who.permission,
    }


def user(state: State, chat: Chat, user_id: str, seat: Seat) -> Wire:
    """Show a user of a chat; a customer's fields only while the chat is active."""
    if seat.type == "agent":
        shown = agent(state.agents[user_id])
    else:
        shown = dict(state.customers[user_id].facts)
        if not chat.active_thread:
            shown.pop("fields", None)
    shown["present"] = seat.present
    shown["last_seen_timestamp"] = seat.last_seen
    return shown


def users(state: State, chat: Chat) -> list[Wire]:
    """Show all users of a chat, former ones too."""
    return [user(state, chat, user_id, seat) for user_id, seat in chat.users.items()]


def thread(each: Thread, *, is_open: bool = True) -> Wire:
    """Show a thread; without its events where it is not open to the caller."""
    shown: Wire = {
        "id": each.id,
        "timestamp": each.timestamp,
        "active": each.active,
        "user_ids": list(each.user_ids),
        "order": each.order,
    }
    if is_open:
        shown["events"] = list(each.events)
    else:
        shown["restricted_access"] = True
    if each.properties:
        shown["properties"] = each.properties
    shown["access"] = each.access.wire()
    if each.tags:
        shown["tags"] = list(each.tags)
    return shown


def chat(state: State, each: Chat, **threads: Any) -> Wire:
    """Show a chat with what is given of its threads."""
    return {
        "id": each.id,
        "users": users(state, each),
        "properties": each.properties,
        "access": each.access.wire(),
        **threads,
    }


def summary(call: Call, each: Chat) -> Wire:
    """Show a chat's summary: the last event of each type and the last thread."""
    return {
        "id": each.id,
        "users": users(call.state, each),
        "last_event_per_type": {
            kind: {
                "thread_id": place.id,
                "thread_order": place.order,
                "event": place.events[position] if call.sees(each, place) else _RESTRICTED,
            }
            for kind, (place, position) in each.latest.items()
        },
        "last_thread_summary": _last_thread(each.last_thread),
        "properties": each.properties,
        "access": each.access.wire(),
        "is_followed": call.agent.id in each.followers,
        "order": each.order,
    }


def _last_thread(each: Thread) -> Wire:
    shown: Wire = {
        "id": each.id,
        "timestamp": each.timestamp,
        "user_ids": list(each.user_ids),
        "order": each.order,
        "properties": each.properties,
    }
    if each.tags:
        shown["tags"] = list(each.tags)
    return shown
