"""Chapter "properties (chat/thread/event)"."""

from rtmcli.sandbox.domain.chats import annotations
from rtmcli.sandbox.domain.model import Chat, Thread
from rtmcli.sandbox.interface import ActionResult, Payload
from rtmcli.sandbox.request_context import RequestContext
from rtmcli.sandbox.v3_0 import properties


def update_chat_properties(context: RequestContext, payload: Payload) -> ActionResult:
    """Set properties of a chat."""
    chat = context.chat(payload["chat_id"])
    update = properties.parse(payload["properties"], "chat")
    return ActionResult({}, annotations.update_chat_properties(chat, update))


def delete_chat_properties(context: RequestContext, payload: Payload) -> ActionResult:
    """Delete properties of a chat."""
    chat = context.chat(payload["chat_id"])
    return ActionResult({}, annotations.delete_chat_properties(chat, payload["properties"]))


def update_chat_thread_properties(context: RequestContext, payload: Payload) -> ActionResult:
    """Set properties of a thread."""
    chat, thread = _find_thread(context, payload)
    update = properties.parse(payload["properties"], "thread")
    return ActionResult({}, annotations.update_thread_properties(chat, thread, update))


def delete_chat_thread_properties(context: RequestContext, payload: Payload) -> ActionResult:
    """Delete properties of a thread."""
    (chat, thread), names = _find_thread(context, payload), payload["properties"]
    return ActionResult({}, annotations.delete_thread_properties(chat, thread, names))


def update_event_properties(context: RequestContext, payload: Payload) -> ActionResult:
    """Set properties of an event."""
    chat, thread = _find_thread(context, payload)
    event = context.state.event(thread, payload["event_id"])
    update = properties.parse(payload["properties"], "event")
    return ActionResult({}, annotations.update_event_properties(chat, thread, event, update))


def delete_event_properties(context: RequestContext, payload: Payload) -> ActionResult:
    """Delete properties of an event."""
    (chat, thread), names = _find_thread(context, payload), payload["properties"]
    event = context.state.event(thread, payload["event_id"])
    return ActionResult({}, annotations.delete_event_properties(chat, thread, event, names))


def _find_thread(context: RequestContext, payload: Payload) -> tuple[Chat, Thread]:
    chat = context.chat(payload["chat_id"])
    return chat, context.thread(chat, payload["thread_id"])
