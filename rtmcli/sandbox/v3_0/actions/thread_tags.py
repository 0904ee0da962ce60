"""Chapter "thread tags"."""

from rtmcli.sandbox.domain.chats import annotations
from rtmcli.sandbox.interface import ActionResult, Payload
from rtmcli.sandbox.request_context import RequestContext


def tag_chat_thread(context: RequestContext, payload: Payload) -> ActionResult:
    """Add a tag to a thread."""
    chat = context.chat(payload["chat_id"])
    thread = context.thread(chat, payload["thread_id"])
    return ActionResult({}, annotations.tag(chat, thread, payload["tag"]))


def untag_chat_thread(context: RequestContext, payload: Payload) -> ActionResult:
    """Remove a tag from a thread."""
    chat = context.chat(payload["chat_id"])
    thread = context.thread(chat, payload["thread_id"])
    return ActionResult({}, annotations.untag(chat, thread, payload["tag"]))
