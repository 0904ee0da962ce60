"""Chapter "other"."""

from rtmcli.sandbox import scopes
from rtmcli.sandbox.domain.chats import annotations, threads
from rtmcli.sandbox.domain.errors import reject
from rtmcli.sandbox.domain.facts import MarkedAsSeen, MulticastSent, Typing
from rtmcli.sandbox.domain.timestamps import MICROSECONDS
from rtmcli.sandbox.interface import ActionResult, Payload
from rtmcli.sandbox.request_context import RequestContext
from rtmcli.sandbox.v3_0 import filters, pagination, views

_DEFAULT_ARCHIVES_LIMIT = 25


def get_archives(context: RequestContext, payload: Payload) -> ActionResult:
    """List accessible threads, newest first."""
    predicates = filters.archive_predicates(context.state, payload.get("filters", {}))
    page_request = payload.get("pagination", {})
    page, limit = page_request.get("page", 1), page_request.get("limit", _DEFAULT_ARCHIVES_LIMIT)
    matching = [
        (chat, thread)
        for chat in context.state.chats.values()
        if context.scope_level != scopes.NONE
        for thread in chat.threads
        if context.can_access_thread(chat, thread)
        and all(predicate(chat, thread) for predicate in predicates)
    ]
    matching.sort(key=lambda pair: (pair[1].created, pair[1].number), reverse=True)
    chats = [
        {"chat": views.render_chat(context.state, chat, thread=views.render_thread(thread))}
        for chat, thread in matching[(page - 1) * limit : page * limit]
    ]
    return ActionResult({"chats": chats, "pagination": {"page": page, "total": len(matching)}}, [])


def get_chat_threads(context: RequestContext, payload: Payload) -> ActionResult:
    """Return a chat with a list of its threads, and the threads in `thread_ids` in full."""
    chat = context.chat(payload["chat_id"])
    thread_fields = {}
    if "thread_ids" in payload:
        requested = [context.state.thread(chat, each) for each in payload["thread_ids"]]
        thread_fields["threads"] = [
            views.render_thread(each, is_accessible=context.can_access_thread(chat, each))
            for each in requested
        ]
    thread_fields["threads_summary"] = [
        {"thread_id": each.id, "order": each.number} for each in chat.threads
    ]
    response = {
        **views.render_chat(context.state, chat, **thread_fields),
        "is_followed": context.agent.id in chat.followers,
    }
    return ActionResult({"chat": response}, [])


def get_chat_threads_summary(context: RequestContext, payload: Payload) -> ActionResult:
    """List a chat's threads without their events."""
    chat = context.chat(payload["chat_id"])
    page = pagination.page_by_number(chat.threads, payload)
    summaries = [
        {"id": each.id, "order": each.number, "events_count": len(views.shown_events(each))}
        for each in page.items
    ]
    return ActionResult(
        {"threads_summary": summaries, "found_threads": len(chat.threads), **page.page_ids}, []
    )


def send_rich_message_postback(context: RequestContext, payload: Payload) -> ActionResult:
    """Press or release the buttons of a postback; push it if the thread is active."""
    chat = context.chat(payload["chat_id"])
    thread = context.thread(chat, payload["thread_id"])
    event = context.state.event(thread, payload["event_id"])
    postback = {name: payload["postback"][name] for name in ("id", "toggled")}
    facts = annotations.send_postback(chat, thread, event, context.user_id, postback)
    return ActionResult({}, facts)


def multicast(context: RequestContext, payload: Payload) -> ActionResult:
    """Send any JSON to agents or customers."""
    state, agents = context.state, payload["scopes"].get("agents", {})
    agent_ids = {state.agent(each).id for each in agents.get("ids", ())}
    group_ids = {state.group(each) for each in agents.get("groups", ())}
    for each in payload["scopes"].get("customers", {}).get("ids", ()):
        state.customer(each)
    addressed = frozenset(
        each.id
        for each in state.agents.values()
        if agents.get("all") or each.id in agent_ids or not group_ids.isdisjoint(each.group_ids)
    )
    fact = MulticastSent(payload["content"], context.user_id, payload.get("type"), addressed)
    return ActionResult({}, [fact])


def send_typing_indicator(context: RequestContext, payload: Payload) -> ActionResult:
    """Send a typing indicator to the other agents if a thread is active."""
    chat = context.chat(payload["chat_id"])
    thread = chat.active_thread
    if not thread:
        return ActionResult({}, [])
    visibility, is_typing = payload.get("recipients", "all"), payload["is_typing"]
    author_id, sender_id = context.user_id, context.agent.id
    fact = Typing(chat, thread, chat.audience, author_id, visibility, is_typing, sender_id)
    return ActionResult({}, [fact])


def close_thread(context: RequestContext, payload: Payload) -> ActionResult:
    """Close the active thread, if any."""
    state, chat = context.state, context.chat(payload["chat_id"])
    if payload.get("require_requester_presence", False) and not chat.is_present(context.user_id):
        reject(f"{context.user_id} is not present in chat {chat.id}")
    if not chat.active_thread:
        return ActionResult({}, [])
    name = context.user.name
    return ActionResult(
        {},
        threads.close_thread(
            state, chat, "manual_archived_agent", user_id=context.user_id, agent=name
        ),
    )


def change_push_notifications(context: RequestContext, payload: Payload) -> ActionResult:
    """Enable or disable notifications for a device."""
    device = (context.agent.id, payload["firebase_token"])
    if payload["enabled"]:
        context.state.devices[device] = payload["platform"]
    else:
        context.state.devices.pop(device, None)
    return ActionResult({}, [])


def update_last_seen_timestamp(context: RequestContext, payload: Payload) -> ActionResult:
    """Set when the requester last saw a chat; the default is now."""
    chat = context.chat(payload["chat_id"])
    timestamp = payload.get("timestamp", context.state.timestamp)
    seen_up_to = timestamp * MICROSECONDS
    membership = chat.users.get(context.user_id)
    if membership:
        membership.seen_up_to = seen_up_to
    fact = MarkedAsSeen(chat, chat.audience, context.user_id, seen_up_to)
    return ActionResult({"timestamp": timestamp}, [fact])
