"""Chapter "thread tags"."""

from rtmcli.sandbox.interface import ActionResult, Payload
from rtmcli.sandbox.request_context import RequestContext


def tag_chat_thread(context: RequestContext, payload: Payload) -> ActionResult:
    """Add a tag to a thread unless it has the tag."""
    chat = context.chat(payload["chat_id"])
    thread, tag = context.thread(chat, payload["thread_id"]), payload["tag"]
    if tag not in thread.tags:
        thread.tags = (*thread.tags, tag)
    push_payload = {"chat_id": chat.id, "thread_id": thread.id, "tag": tag}
    return ActionResult({}, [context.state.chat_push(chat, "chat_thread_tagged", push_payload)])


def untag_chat_thread(context: RequestContext, payload: Payload) -> ActionResult:
    """Remove a tag from a thread."""
    chat = context.chat(payload["chat_id"])
    thread, tag = context.thread(chat, payload["thread_id"]), payload["tag"]
    if tag in thread.tags:
        thread.tags = tuple(each for each in thread.tags if each != tag)
    push_payload = {"chat_id": chat.id, "thread_id": thread.id, "tag": tag}
    return ActionResult({}, [context.state.chat_push(chat, "chat_thread_untagged", push_payload)])
