"""The method list_archives: threads with their chats."""

import re
from typing import Any

from rtmcli.sandbox.domain.model import Chat, JSONObject, Thread
from rtmcli.sandbox.interface import ActionResult, Payload
from rtmcli.sandbox.request_context import RequestContext
from rtmcli.sandbox.v3_6 import filters, pagination, views

_LIMIT = 10
_MAX_THREAD_IDS = 20


def list_archives(context: RequestContext, payload: Payload) -> ActionResult:
    """List accessible threads, active ones too, sorted by their creation."""
    state = context.state
    request = pagination.read_request("list_archives", payload, state.now)
    criteria = request.payload.get("filters", {})
    predicates = filters.archive_predicates(state, criteria)
    matching = sorted(
        (
            (chat, thread)
            for chat in state.chats.values()
            for thread in chat.threads
            if context.can_access_thread(chat, thread)
            and all(predicate(chat, thread) for predicate in predicates)
        ),
        key=_key,
    )
    limit = _MAX_THREAD_IDS if "thread_ids" in criteria else _LIMIT
    page = pagination.paginate(matching, request, _key, default_limit=limit, now=state.now)
    chats = [_render(context, chat, thread, request.payload) for chat, thread in page.items]
    return ActionResult({"chats": chats, "found_chats": len(matching), **page.page_ids})


def _key(pair: tuple[Chat, Thread]) -> pagination.Key:
    _, thread = pair
    return thread.created, thread.id


def _render(context: RequestContext, chat: Chat, thread: Thread, payload: Payload) -> JSONObject:
    """Render a chat with the thread, and the threads before and after it that are accessible."""
    state = context.state
    rendered = views.render_thread(state, chat, thread)
    before, after = chat.threads[: thread.number - 1], chat.threads[thread.number :]
    for name, threads in (("previous", reversed(before)), ("next", after)):
        accessible = (each.id for each in threads if context.can_access_thread(chat, each))
        thread_id = next(iter(accessible), None)
        if thread_id:
            rendered[f"{name}_accessible_thread_id"] = thread_id
    query = payload.get("filters", {}).get("query")
    if "highlights" in payload and query:
        rendered["events"] = [
            _highlight(event, query, payload["highlights"]) for event in rendered["events"]
        ]
    is_followed = context.agent.id in chat.followers
    return views.render_chat(state, chat, rendered, is_followed=is_followed)


def _highlight(event: JSONObject, query: str, highlights: dict[str, Any]) -> JSONObject:
    """Put tags around the matches in an event's text."""
    if "text" not in event:
        return event
    before, after = highlights.get("pre_tag", "<em>"), highlights.get("post_tag", "</em>")
    pattern = re.compile(re.escape(query), re.IGNORECASE)
    text = pattern.sub(lambda match: f"{before}{match[0]}{after}", event["text"])
    return {**event, "text": text}
