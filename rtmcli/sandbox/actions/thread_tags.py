"""Chapter "thread tags"."""

from rtmcli.sandbox.call import Call
from rtmcli.sandbox.seam import Outcome, Payload


def tag_chat_thread(call: Call, payload: Payload) -> Outcome:
    """Add a tag to a thread; one that it has already stays."""
    chat = call.chat(payload["chat_id"])
    thread, tag = call.thread(chat, payload["thread_id"]), payload["tag"]
    if tag not in thread.tags:
        thread.tags = (*thread.tags, tag)
    told = {"chat_id": chat.id, "thread_id": thread.id, "tag": tag}
    return Outcome({}, [call.state.push(chat, "chat_thread_tagged", told)])


def untag_chat_thread(call: Call, payload: Payload) -> Outcome:
    """Remove a tag from a thread."""
    chat = call.chat(payload["chat_id"])
    thread, tag = call.thread(chat, payload["thread_id"]), payload["tag"]
    if tag in thread.tags:
        thread.tags = tuple(each for each in thread.tags if each != tag)
    told = {"chat_id": chat.id, "thread_id": thread.id, "tag": tag}
    return Outcome({}, [call.state.push(chat, "chat_thread_untagged", told)])
