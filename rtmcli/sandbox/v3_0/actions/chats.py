"""Chapter "chats"."""

from typing import Any

from rtmcli.sandbox.domain.chats import memberships, starting, transfers
from rtmcli.sandbox.domain.chats.starting import InitialChat
from rtmcli.sandbox.domain.errors import reject
from rtmcli.sandbox.domain.model import Access, Chat, Customer, JSONObject
from rtmcli.sandbox.domain.properties import matches, merge, validate_filters
from rtmcli.sandbox.domain.state import State
from rtmcli.sandbox.interface import ActionResult, Payload
from rtmcli.sandbox.request_context import RequestContext
from rtmcli.sandbox.v3_0 import events, pagination, properties, views


def _parse_initial_chat(context: RequestContext, payload: Payload) -> InitialChat:
    """Validate the initial data of a chat."""
    chat_fields = payload.get("chat", {})
    thread_fields = chat_fields.get("thread", {})
    access = _parse_access(context.state, chat_fields)
    chat_properties = properties.parse(chat_fields.get("properties", {}), "chat")
    thread_properties = properties.parse(thread_fields.get("properties", {}), "thread")
    raw_events = thread_fields.get("events", [])
    events.validate_initial_events(raw_events)
    drafts = [events.build_event(each, context.user_id) for each in raw_events]
    customer = _find_customer(context.state, chat_fields.get("users", []))
    if "continuous" in payload:
        continuous = {"routing": {"continuous": payload["continuous"]}}
        chat_properties = merge(chat_properties, continuous)
    return InitialChat(
        access,
        chat_properties,
        thread_properties,
        tuple(dict.fromkeys(thread_fields.get("tags", ()))),
        tuple(drafts),
        customer,
        is_followed=chat_fields.get("is_followed", False),
    )


def _parse_access(state: State, chat_fields: JSONObject) -> Access | None:
    if "access" not in chat_fields:
        return None
    group_ids = chat_fields["access"]["group_ids"]
    return Access(tuple(dict.fromkeys(state.group(each) for each in group_ids)))


def _find_customer(state: State, users: list[JSONObject]) -> Customer | None:
    """Return the initial customer; no other users are allowed."""
    if not users:
        return None
    if len(users) > 1 or users[0].get("type", "customer") != "customer":
        reject("chat.users must have at most one user, of type customer")
    customer = state.customer(str(users[0].get("id", "without id")))
    state.reject_if_banned(customer)
    return customer


def activate_chat(context: RequestContext, payload: Payload) -> ActionResult:
    """Open a new thread in a chat that has no active one."""
    state, chat = context.state, context.chat(payload["chat"]["id"])
    if chat.active_thread:
        reject(f"chat {chat.id} is already active: thread {chat.last_thread.id}")
    initial = _parse_initial_chat(context, payload)
    facts = starting.resume(state, chat, initial, context.user_id, context.agent.id)
    rendered = _render_started(context, chat, threads=[views.render_thread(chat.last_thread)])
    return ActionResult({"chat": rendered}, facts)


def start_chat(context: RequestContext, payload: Payload) -> ActionResult:
    """Start a chat."""
    initial = _parse_initial_chat(context, payload)
    if initial.customer:
        starting.reject_second_chat(initial.customer, "activate")
    [opened] = starting.start(context.state, initial, context.user_id, context.agent.id)
    thread = views.render_thread(opened.thread)
    return ActionResult({"chat": _render_started(context, opened.chat, thread=thread)}, [opened])


def _render_started(context: RequestContext, chat: Chat, **thread_fields: Any) -> JSONObject:
    return {
        **views.render_chat(context.state, chat, **thread_fields),
        "is_followed": context.agent.id in chat.followers,
    }


def follow_chat(context: RequestContext, payload: Payload) -> ActionResult:
    """Follow a chat; if the agent follows it or is present already, do nothing."""
    chat = context.chat(payload["chat_id"])
    return ActionResult({}, memberships.follow(chat, context.agent.id))


def unfollow_chat(context: RequestContext, payload: Payload) -> ActionResult:
    """Stop following a chat."""
    chat = context.chat(payload["chat_id"])
    return ActionResult({}, memberships.unfollow(chat, context.agent.id))


def get_chats_summary(context: RequestContext, payload: Payload) -> ActionResult:
    """List summaries of the accessible chats, sorted by their last event."""
    if "pagination" in payload:
        reject("pagination is not supported: use page_id, limit, order and filters")
    filters = payload.get("filters", {})
    property_filters = filters.get("properties", {})
    validate_filters(property_filters)
    include_active = filters.get("include_active", True)
    matching = [
        chat
        for chat in context.state.chats.values()
        if context.can_access(chat)
        and (include_active or not chat.active_thread)
        and matches(chat.properties, property_filters)
    ]
    matching.sort(key=lambda chat: chat.updated)
    page = pagination.page_by_number(matching, payload)
    summaries = [views.render_summary(context, chat) for chat in page.items]
    return ActionResult(
        {"chats_summary": summaries, "found_chats": len(matching), **page.page_ids}, []
    )


def transfer_chat(context: RequestContext, payload: Payload) -> ActionResult:
    """Transfer an active chat to agents or groups; by default, to the chat's own groups."""
    chat = context.chat(payload["chat_id"])
    facts = transfers.transfer(
        context.state,
        chat,
        payload.get("target"),
        context.user,
        force=payload.get("force", False),
    )
    return ActionResult({}, facts)
