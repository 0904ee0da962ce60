"""The read-only part of chapter "Chats", except list_archives."""

from rtmcli.sandbox.domain.model import Chat, Thread
from rtmcli.sandbox.domain.properties import matches
from rtmcli.sandbox.interface import ActionResult, Payload
from rtmcli.sandbox.request_context import RequestContext
from rtmcli.sandbox.v3_6 import filters, pagination, views
from rtmcli.sandbox.v3_6.events import is_shown

_CHATS_LIMIT = 10
_THREADS_LIMIT = 3


def list_chats(context: RequestContext, payload: Payload) -> ActionResult:
    """List summaries of the accessible chats, sorted by the creation of their last thread."""
    now = context.state.now
    request = pagination.read_request("list_chats", payload, now)
    criteria = request.payload.get("filters", {})
    filters.validate_property_filters(criteria.get("properties", {}))
    matching = sorted(
        (
            chat
            for chat in context.state.chats.values()
            if context.can_access(chat) and _matches(chat, criteria)
        ),
        key=_chat_key,
    )
    page = pagination.paginate(matching, request, _chat_key, default_limit=_CHATS_LIMIT, now=now)
    return ActionResult(
        {
            "chats_summary": [views.render_summary(context, chat) for chat in page.items],
            "found_chats": len(matching),
            **page.page_ids,
        }
    )


def _matches(chat: Chat, criteria: Payload) -> bool:
    is_active, group_ids = criteria.get("active"), criteria.get("group_ids")
    return (
        (is_active is None or (chat.active_thread is not None) is is_active)
        and (group_ids is None or not set(group_ids).isdisjoint(chat.access.group_ids))
        and matches(chat.properties, criteria.get("properties", {}))
    )


def _chat_key(chat: Chat) -> pagination.Key:
    return chat.last_thread.created, chat.id


def list_threads(context: RequestContext, payload: Payload) -> ActionResult:
    """List the accessible threads of a chat with their events."""
    state, chat = context.state, context.chat(payload["chat_id"])
    request = pagination.read_request("list_threads", payload, state.now)
    predicates = filters.archive_predicates(state, request.payload.get("filters", {}))
    matching = [
        thread
        for thread in chat.threads
        if context.can_access_thread(chat, thread)
        and all(predicate(chat, thread) for predicate in predicates)
    ]
    limit = _THREADS_LIMIT
    if "min_events_count" in request.payload:
        limit = _count_threads(matching, request.payload["min_events_count"])
    page = pagination.paginate(
        matching, request, lambda thread: (thread.number,), default_limit=limit, now=state.now
    )
    return ActionResult(
        {
            "threads": [views.render_thread(state, chat, thread) for thread in page.items],
            "found_threads": len(matching),
            **page.page_ids,
        }
    )


def _count_threads(threads: list[Thread], min_events: int) -> int:
    """Return how many of the latest threads together have this many events."""
    events = 0
    for count, thread in enumerate(reversed(threads), start=1):
        events += sum(map(is_shown, thread.events))
        if events >= min_events:
            return count
    return max(len(threads), 1)


def get_chat(context: RequestContext, payload: Payload) -> ActionResult:
    """Return a chat with one of its threads, by default the latest."""
    state, chat = context.state, context.chat(payload["chat_id"])
    thread = context.thread(chat, payload.get("thread_id", chat.last_thread.id))
    is_followed = context.agent.id in chat.followers
    rendered = views.render_thread(state, chat, thread)
    return ActionResult(views.render_chat(state, chat, rendered, is_followed=is_followed))
