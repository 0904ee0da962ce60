"""Chapters "Properties" and "Thread tags"."""

from rtmcli.sandbox.domain import properties
from rtmcli.sandbox.domain.chats import annotations
from rtmcli.sandbox.domain.model import Chat, Thread
from rtmcli.sandbox.interface import ActionResult, Payload
from rtmcli.sandbox.request_context import RequestContext


def update_chat_properties(context: RequestContext, payload: Payload) -> ActionResult:
    """Set properties of a chat."""
    chat = context.chat(payload["id"])
    update = properties.validate(payload["properties"], "chat")
    return ActionResult({}, annotations.update_chat_properties(chat, update))


def delete_chat_properties(context: RequestContext, payload: Payload) -> ActionResult:
    """Delete properties of a chat."""
    chat = context.chat(payload["id"])
    return ActionResult({}, annotations.delete_chat_properties(chat, payload["properties"]))


def update_thread_properties(context: RequestContext, payload: Payload) -> ActionResult:
    """Set properties of a thread."""
    chat, thread = _find_thread(context, payload)
    update = properties.validate(payload["properties"], "thread")
    return ActionResult({}, annotations.update_thread_properties(chat, thread, update))


def delete_thread_properties(context: RequestContext, payload: Payload) -> ActionResult:
    """Delete properties of a thread."""
    (chat, thread), names = _find_thread(context, payload), payload["properties"]
    return ActionResult({}, annotations.delete_thread_properties(chat, thread, names))


def update_event_properties(context: RequestContext, payload: Payload) -> ActionResult:
    """Set properties of an event."""
    chat, thread = _find_thread(context, payload)
    event = context.state.event(thread, payload["event_id"])
    update = properties.validate(payload["properties"], "event")
    return ActionResult({}, annotations.update_event_properties(chat, thread, event, update))


def delete_event_properties(context: RequestContext, payload: Payload) -> ActionResult:
    """Delete properties of an event."""
    (chat, thread), names = _find_thread(context, payload), payload["properties"]
    event = context.state.event(thread, payload["event_id"])
    return ActionResult({}, annotations.delete_event_properties(chat, thread, event, names))


def tag_thread(context: RequestContext, payload: Payload) -> ActionResult:
    """Add a tag to a thread."""
    chat, thread = _find_thread(context, payload)
    return ActionResult({}, annotations.tag(chat, thread, payload["tag"]))


def untag_thread(context: RequestContext, payload: Payload) -> ActionResult:
    """Remove a tag from a thread; nothing happens if the thread does not have it."""
    chat, thread = _find_thread(context, payload)
    if payload["tag"] not in thread.tags:
        return ActionResult({})
    return ActionResult({}, annotations.untag(chat, thread, payload["tag"]))


def _find_thread(context: RequestContext, payload: Payload) -> tuple[Chat, Thread]:
    chat = context.chat(payload["chat_id"])
    return chat, context.thread(chat, payload["thread_id"])
