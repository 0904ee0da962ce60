"""Render chats, threads and users as the JSON objects of v3.6."""

from typing import Any

from rtmcli.sandbox.domain.agents import OFFLINE
from rtmcli.sandbox.domain.chats import queues
from rtmcli.sandbox.domain.model import (
    Access,
    Agent,
    Chat,
    Customer,
    JSONObject,
    Membership,
    Page,
    Profile,
    Queue,
    Summary,
    Thread,
    Visit,
)
from rtmcli.sandbox.domain.state import State
from rtmcli.sandbox.domain.timestamps import format_datetime
from rtmcli.sandbox.request_context import RequestContext
from rtmcli.sandbox.v3_6.events import is_shown, render_event

RESTRICTED = "no access to the groups of the thread"


def render_access(access: Access) -> JSONObject:
    """Render an access: its groups only."""
    return {"group_ids": list(access.group_ids)}


def render_agent(agent: Agent) -> JSONObject:
    """Render an agent or a bot; bots have no email."""
    result: JSONObject = {"id": agent.id, "type": "agent", "name": agent.name}
    if agent.email:
        result["email"] = agent.email
    result["avatar"] = agent.avatar
    return result


def render_my_profile(agent: Agent, now: int) -> JSONObject:
    """Render an agent's own profile."""
    return {
        **render_agent(agent),
        "present": True,
        "events_seen_up_to": format_datetime(now),
        "routing_status": agent.routing_status,
        "permission": agent.permission,
    }


def render_page(page: Page) -> JSONObject:
    """Render a page that a customer opened."""
    return {"opened_at": format_datetime(page.opened), "url": page.url, "title": page.title}


def _render_visit(visit: Visit) -> JSONObject:
    result: JSONObject = {"started_at": format_datetime(visit.started)}
    if visit.ended:
        result["ended_at"] = format_datetime(visit.ended)
    return {
        **result,
        "ip": visit.ip,
        "user_agent": visit.user_agent,
        "geolocation": visit.geolocation,
        "last_pages": [render_page(page) for page in visit.pages],
    }


def render_profile(profile: Profile) -> JSONObject:
    """Render what is set of a customer's profile."""
    result: JSONObject = {}
    for name in ("name", "email", "avatar", "phone_number", "address"):
        value = getattr(profile, name)
        if value is not None:
            result[name] = value
    if profile.session_fields is not None:
        result["session_fields"] = [{name: value} for name, value in profile.session_fields]
    accounts = {"fb_messenger": profile.messenger_accounts, "twilio": profile.text_numbers}
    omnichannel = {name: list(each) for name, each in accounts.items() if each is not None}
    if omnichannel:
        result["omnichannel"] = omnichannel
    return result


def render_customer(customer: Customer) -> JSONObject:
    """Render a customer."""
    result = {"id": customer.id, "type": "customer", **render_profile(customer.profile)}
    result["created_at"] = format_datetime(customer.created)
    result["statistics"] = customer.statistics
    if customer.visit:
        result["visit"] = _render_visit(customer.visit)
    if customer.agent_last_event:
        result["agent_last_event_created_at"] = format_datetime(customer.agent_last_event)
    if customer.customer_last_event:
        result["customer_last_event_created_at"] = format_datetime(customer.customer_last_event)
    return result


def render_visitor(state: State, customer: Customer) -> JSONObject:
    """Render a customer with what matters on the website: online, groups and state."""
    return {
        **render_customer(customer),
        "online": customer.id in state.visits,
        "group_ids": list(customer.access.group_ids),
        "state": "chatting" if state.active_chat(customer) else "browsing",
        "followed": False,
    }


def render_user(state: State, chat: Chat, user_id: str, membership: Membership) -> JSONObject:
    """Render a user of a chat; a customer's session fields only while the chat is active."""
    if membership.user_type == "agent":
        result = render_agent(state.agents[user_id])
    else:
        result = render_customer(state.customers[user_id])
        if not chat.active_thread:
            result.pop("session_fields", None)
    result["present"] = membership.is_present
    if membership.seen_up_to:
        result["events_seen_up_to"] = format_datetime(membership.seen_up_to)
    result["visibility"] = membership.visibility
    return result


def render_users(state: State, chat: Chat) -> list[JSONObject]:
    """Render all users of a chat, including former ones."""
    return [
        render_user(state, chat, user_id, membership) for user_id, membership in chat.users.items()
    ]


def render_queue(queue: Queue) -> JSONObject:
    """Render the place of a chat in the queue."""
    return {
        "position": queue.position,
        "wait_time": queue.wait_time,
        "queued_at": format_datetime(queue.queued),
    }


def render_summary_of_thread(summary: Summary) -> JSONObject:
    """Render the generated summary of a thread."""
    return {
        "status": summary.status,
        "text": summary.text,
        "updated_at": format_datetime(summary.updated),
    }


def render_thread(
    state: State, chat: Chat, thread: Thread, *, is_accessible: bool = True
) -> JSONObject:
    """Render a thread; without its events if the caller has no access to it."""
    result: JSONObject = {
        "id": thread.id,
        "active": thread.active,
        "user_ids": list(thread.user_ids),
        "created_at": format_datetime(thread.created),
    }
    if is_accessible:
        result["events"] = [render_event(event) for event in thread.events if is_shown(event)]
    else:
        result["restricted_access"] = RESTRICTED
    result["properties"] = thread.properties
    result["access"] = render_access(thread.access)
    if thread.tags:
        result["tags"] = list(thread.tags)
    queue = queues.place(state, chat) if thread.active else None
    if queue:
        result["queue"] = render_queue(queue)
    if thread.number > 1:
        result["previous_thread_id"] = chat.threads[thread.number - 2].id
    if thread.number < len(chat.threads):
        result["next_thread_id"] = chat.threads[thread.number].id
    if thread.visit:
        visit = thread.visit
        result["customer_visit"] = {
            "ip": visit.ip,
            "user_agent": visit.user_agent,
            "geolocation": visit.geolocation,
        }
    if thread.summary and is_accessible:
        result["summary"] = render_summary_of_thread(thread.summary)
    return result


def render_chat(state: State, chat: Chat, thread: JSONObject, *, is_followed: bool) -> JSONObject:
    """Render a chat with a rendered thread."""
    return {
        "id": chat.id,
        "users": render_users(state, chat),
        "thread": thread,
        "properties": chat.properties,
        "access": render_access(chat.access),
        "is_followed": is_followed,
    }


def render_summary(context: RequestContext, chat: Chat) -> JSONObject:
    """Render a chat's summary: the last event of each type and the last thread."""
    return {
        "id": chat.id,
        "users": render_users(context.state, chat),
        "last_event_per_type": {
            event_type: {
                "thread_id": thread.id,
                "thread_created_at": format_datetime(thread.created),
                "event": render_event(thread.events[index])
                if context.can_access_thread(chat, thread)
                else {"restricted_access": RESTRICTED},
            }
            for event_type, (thread, index) in chat.latest_events.items()
            if is_shown(thread.events[index])
        },
        "last_thread_summary": _render_last_thread(context.state, chat),
        "properties": chat.properties,
        "access": render_access(chat.access),
        "is_followed": context.agent.id in chat.followers,
    }


def _render_last_thread(state: State, chat: Chat) -> JSONObject:
    thread = chat.last_thread
    result: dict[str, Any] = {
        "id": thread.id,
        "created_at": format_datetime(thread.created),
        "user_ids": list(thread.user_ids),
        "active": thread.active,
        "properties": thread.properties,
        "access": render_access(thread.access),
    }
    if thread.tags:
        result["tags"] = list(thread.tags)
    queue = queues.place(state, chat) if thread.active else None
    if queue:
        result["queue"] = render_queue(queue)
    return result


def routing_status_of(agent: Agent) -> str:
    """Return the routing status of an agent or bot; offline if it is logged out."""
    return agent.routing_status if agent.is_online else OFFLINE
