"""Render chats, threads and users as the API's JSON objects."""

from typing import Any

from rtmcli.sandbox.model import Agent, Chat, JSONObject, Membership, Thread
from rtmcli.sandbox.request_context import RequestContext
from rtmcli.sandbox.state import State

_RESTRICTED_ACCESS: JSONObject = {"restricted_access": True}


def render_agent(agent: Agent) -> JSONObject:
    """Render an agent or a bot; bots have no email, and only online agents a routing status."""
    result: JSONObject = {"id": agent.id, "type": "agent", "name": agent.name}
    if agent.email:
        result["email"] = agent.email
    result["avatar"] = agent.avatar
    if agent.is_online:
        result["routing_status"] = agent.routing_status
    return result


def render_profile(agent: Agent, timestamp: int) -> JSONObject:
    """Render an agent's own profile."""
    return {
        **render_agent(agent),
        "present": True,
        "last_seen_timestamp": timestamp,
        "permission": agent.permission,
    }


def render_user(state: State, chat: Chat, user_id: str, membership: Membership) -> JSONObject:
    """Render a user of a chat; a customer's `fields` only while the chat is active."""
    if membership.user_type == "agent":
        result = render_agent(state.agents[user_id])
    else:
        result = dict(state.customers[user_id].data)
        if not chat.active_thread:
            result.pop("fields", None)
    result["present"] = membership.is_present
    result["last_seen_timestamp"] = membership.last_seen
    return result


def render_users(state: State, chat: Chat) -> list[JSONObject]:
    """Render all users of a chat, including former ones."""
    return [
        render_user(state, chat, user_id, membership) for user_id, membership in chat.users.items()
    ]


def render_thread(thread: Thread, *, is_accessible: bool = True) -> JSONObject:
    """Render a thread; without its events if the caller has no access to it."""
    result: JSONObject = {
        "id": thread.id,
        "timestamp": thread.timestamp,
        "active": thread.active,
        "user_ids": list(thread.user_ids),
        "order": thread.order,
    }
    if is_accessible:
        result["events"] = list(thread.events)
    else:
        result["restricted_access"] = True
    if thread.properties:
        result["properties"] = thread.properties
    result["access"] = thread.access.to_json()
    if thread.tags:
        result["tags"] = list(thread.tags)
    return result


def render_chat(state: State, chat: Chat, **thread_fields: Any) -> JSONObject:
    """Render a chat with the given fields about its threads."""
    return {
        "id": chat.id,
        "users": render_users(state, chat),
        "properties": chat.properties,
        "access": chat.access.to_json(),
        **thread_fields,
    }


def render_summary(context: RequestContext, chat: Chat) -> JSONObject:
    """Render a chat's summary: the last event of each type and the last thread."""
    return {
        "id": chat.id,
        "users": render_users(context.state, chat),
        "last_event_per_type": {
            event_type: {
                "thread_id": thread.id,
                "thread_order": thread.order,
                "event": thread.events[index]
                if context.can_access_thread(chat, thread)
                else _RESTRICTED_ACCESS,
            }
            for event_type, (thread, index) in chat.latest_events.items()
        },
        "last_thread_summary": _render_last_thread(chat.last_thread),
        "properties": chat.properties,
        "access": chat.access.to_json(),
        "is_followed": context.agent.id in chat.followers,
        "order": chat.order,
    }


def _render_last_thread(thread: Thread) -> JSONObject:
    result: JSONObject = {
        "id": thread.id,
        "timestamp": thread.timestamp,
        "user_ids": list(thread.user_ids),
        "order": thread.order,
        "properties": thread.properties,
    }
    if thread.tags:
        result["tags"] = list(thread.tags)
    return result
