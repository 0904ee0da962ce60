"""Chapter "properties (chat/thread/event)"."""

from rtmcli.sandbox import properties
from rtmcli.sandbox.call import Call
from rtmcli.sandbox.model import Chat, Thread, Wire
from rtmcli.sandbox.seam import Outcome, Payload


def update_chat_properties(call: Call, payload: Payload) -> Outcome:
    """Set properties of a chat."""
    chat = call.chat(payload["chat_id"])
    new = properties.wrapped(payload["properties"], "chat")
    chat.properties = properties.merged(chat.properties, new)
    return _told(call, chat, "chat_properties_updated", properties=new)


def delete_chat_properties(call: Call, payload: Payload) -> Outcome:
    """Delete properties of a chat."""
    chat, names = call.chat(payload["chat_id"]), payload["properties"]
    properties.check_names(names, "chat")
    chat.properties = properties.without(chat.properties, names)
    return _told(call, chat, "chat_properties_deleted", properties=names)


def update_chat_thread_properties(call: Call, payload: Payload) -> Outcome:
    """Set properties of a thread."""
    chat, thread = _thread(call, payload)
    new = properties.wrapped(payload["properties"], "thread")
    thread.properties = properties.merged(thread.properties, new)
    return _told(call, chat, "chat_thread_properties_updated", thread_id=thread.id, properties=new)


def delete_chat_thread_properties(call: Call, payload: Payload) -> Outcome:
    """Delete properties of a thread."""
    (chat, thread), names = _thread(call, payload), payload["properties"]
    properties.check_names(names, "thread")
    thread.properties = properties.without(thread.properties, names)
    return _told(
        call, chat, "chat_thread_properties_deleted", thread_id=thread.id, properties=names
    )


def update_event_properties(call: Call, payload: Payload) -> Outcome:
    """Set properties of an event."""
    chat, thread = _thread(call, payload)
    event = call.state.event(thread, payload["event_id"])
    new = properties.wrapped(payload["properties"], "event")
    merged = properties.merged(event.get("properties", {}), new)
    thread.replace({**event, "properties": merged})
    ids = {"thread_id": thread.id, "event_id": event["id"]}
    return _told(call, chat, "event_properties_updated", **ids, properties=new)


def delete_event_properties(call: Call, payload: Payload) -> Outcome:
    """Delete properties of an event."""
    (chat, thread), names = _thread(call, payload), payload["properties"]
    event = call.state.event(thread, payload["event_id"])
    properties.check_names(names, "event")
    left = properties.without(event.get("properties", {}), names)
    bare = {field: value for field, value in event.items() if field != "properties"}
    thread.replace({**bare, "properties": left} if left else bare)
    ids = {"thread_id": thread.id, "event_id": event["id"]}
    return _told(call, chat, "event_properties_deleted", **ids, properties=names)


def _thread(call: Call, payload: Payload) -> tuple[Chat, Thread]:
    chat = call.chat(payload["chat_id"])
    return chat, call.thread(chat, payload["thread_id"])


def _told(call: Call, chat: Chat, push: str, **told: object) -> Outcome:
    payload: Wire = {"chat_id": chat.id, **told}
    return Outcome({}, [call.state.push(chat, push, payload)])
