"""Render chats, threads and users as the JSON objects of v3.0."""

from typing import Any

from rtmcli.sandbox.domain.agents import OFFLINE
from rtmcli.sandbox.domain.model import (
    Access,
    Agent,
    Chat,
    Customer,
    Event,
    JSONObject,
    Membership,
    Page,
    Thread,
    Visit,
)
from rtmcli.sandbox.domain.state import State
from rtmcli.sandbox.domain.timestamps import format_datetime, to_seconds
from rtmcli.sandbox.request_context import RequestContext
from rtmcli.sandbox.v3_0.events import is_shown, render_event
from rtmcli.sandbox.v3_0.properties import wrap

_RESTRICTED_ACCESS: JSONObject = {"restricted_access": True}


def render_access(access: Access) -> JSONObject:
    """Render the groups and agents with access; `agent_ids` is left out if empty."""
    result: JSONObject = {"group_ids": list(access.group_ids)}
    if access.agent_ids:
        result["agent_ids"] = list(access.agent_ids)
    return result


def render_agent(agent: Agent) -> JSONObject:
    """Render an agent or a bot; bots have no email, and only online agents a routing status."""
    result: JSONObject = {"id": agent.id, "type": "agent", "name": agent.name}
    if agent.email:
        result["email"] = agent.email
    result["avatar"] = agent.avatar
    if agent.is_online and agent.routing_status != OFFLINE:
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


def render_customer(customer: Customer, changes: dict[str, Any] | None = None) -> JSONObject:
    """Render a customer, with changes of the profile that are not yet in effect if given."""
    profile = customer.profile._replace(**(changes or {}))
    result: JSONObject = {"id": customer.id, "type": "customer"}
    for name in ("name", "email", "avatar"):
        value = getattr(profile, name)
        if value is not None:
            result[name] = value
    if profile.session_fields is not None:
        result["fields"] = dict(profile.session_fields)
    if customer.visit:
        result["last_visit"] = {
            **render_visit(customer.visit),
            "last_pages": [render_page(page) for page in customer.visit.pages],
        }
    result["statistics"] = customer.statistics
    result["created_at"] = format_datetime(customer.created)
    if customer.agent_last_event:
        result["agent_last_event_created_at"] = format_datetime(customer.agent_last_event)
    if customer.customer_last_event:
        result["customer_last_event_created_at"] = format_datetime(customer.customer_last_event)
    return result


def render_visit(visit: Visit) -> JSONObject:
    """Render a visit without its ID and pages."""
    return {
        "started_at": format_datetime(visit.started),
        "ip": visit.ip,
        "user_agent": visit.user_agent,
        "geolocation": visit.geolocation,
    }


def render_page(page: Page) -> JSONObject:
    """Render a page that a customer opened."""
    return {"opened_at": format_datetime(page.opened), "url": page.url, "title": page.title}


def render_user(state: State, chat: Chat, user_id: str, membership: Membership) -> JSONObject:
    """Render a user of a chat; a customer's `fields` only while the chat is active."""
    if membership.user_type == "agent":
        result = render_agent(state.agents[user_id])
    else:
        result = render_customer(state.customers[user_id])
        if not chat.active_thread:
            result.pop("fields", None)
    result["present"] = membership.is_present
    result["last_seen_timestamp"] = to_seconds(membership.seen_up_to)
    return result


def render_users(state: State, chat: Chat) -> list[JSONObject]:
    """Render all users of a chat, including former ones."""
    return [
        render_user(state, chat, user_id, membership) for user_id, membership in chat.users.items()
    ]


def shown_events(thread: Thread) -> list[Event]:
    """List the events of a thread that v3.0 has."""
    return [event for event in thread.events if is_shown(event)]


def render_thread(thread: Thread, *, is_accessible: bool = True) -> JSONObject:
    """Render a thread; without its events if the caller has no access to it."""
    result: JSONObject = {
        "id": thread.id,
        "timestamp": to_seconds(thread.created),
        "active": thread.active,
        "user_ids": list(thread.user_ids),
        "order": thread.number,
    }
    if is_accessible:
        result["events"] = [render_event(event) for event in shown_events(thread)]
    else:
        result["restricted_access"] = True
    if thread.properties:
        result["properties"] = wrap(thread.properties)
    result["access"] = render_access(thread.access)
    if thread.tags:
        result["tags"] = list(thread.tags)
    return result


def render_chat(state: State, chat: Chat, **thread_fields: Any) -> JSONObject:
    """Render a chat with the given fields about its threads."""
    return {
        "id": chat.id,
        "users": render_users(state, chat),
        "properties": wrap(chat.properties),
        "access": render_access(chat.access),
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
                "thread_order": thread.number,
                "event": render_event(thread.events[index])
                if context.can_access_thread(chat, thread)
                else _RESTRICTED_ACCESS,
            }
            for event_type, (thread, index) in chat.latest_events.items()
            if is_shown(thread.events[index])
        },
        "last_thread_summary": _render_last_thread(chat.last_thread),
        "properties": wrap(chat.properties),
        "access": render_access(chat.access),
        "is_followed": context.agent.id in chat.followers,
        "order": chat.updated,
    }


def _render_last_thread(thread: Thread) -> JSONObject:
    result: JSONObject = {
        "id": thread.id,
        "timestamp": to_seconds(thread.created),
        "user_ids": list(thread.user_ids),
        "order": thread.number,
        "properties": wrap(thread.properties),
    }
    if thread.tags:
        result["tags"] = list(thread.tags)
    return result
