"""Chapter "properties (chat/thread/event)"."""

from rtmcli.sandbox import properties
from rtmcli.sandbox.interface import ActionResult, Payload
from rtmcli.sandbox.model import Chat, JSONObject, Thread
from rtmcli.sandbox.request_context import RequestContext


def update_chat_properties(context: RequestContext, payload: Payload) -> ActionResult:
    """Set properties of a chat."""
    chat = context.chat(payload["chat_id"])
    update = properties.validate_and_wrap(payload["properties"], "chat")
    chat.properties = properties.merge(chat.properties, update)
    return _push_result(context, chat, "chat_properties_updated", properties=update)


def delete_chat_properties(context: RequestContext, payload: Payload) -> ActionResult:
    """Delete properties of a chat."""
    chat, names = context.chat(payload["chat_id"]), payload["properties"]
    properties.validate_names(names, "chat")
    chat.properties = properties.remove(chat.properties, names)
    return _push_result(context, chat, "chat_properties_deleted", properties=names)


def update_chat_thread_properties(context: RequestContext, payload: Payload) -> ActionResult:
    """Set properties of a thread."""
    chat, thread = _find_thread(context, payload)
    update = properties.validate_and_wrap(payload["properties"], "thread")
    thread.properties = properties.merge(thread.properties, update)
    return _push_result(
        context, chat, "chat_thread_properties_updated", thread_id=thread.id, properties=update
    )


def delete_chat_thread_properties(context: RequestContext, payload: Payload) -> ActionResult:
    """Delete properties of a thread."""
    (chat, thread), names = _find_thread(context, payload), payload["properties"]
    properties.validate_names(names, "thread")
    thread.properties = properties.remove(thread.properties, names)
    return _push_result(
        context, chat, "chat_thread_properties_deleted", thread_id=thread.id, properties=names
    )


def update_event_properties(context: RequestContext, payload: Payload) -> ActionResult:
    """Set properties of an event."""
    chat, thread = _find_thread(context, payload)
    event = context.state.event(thread, payload["event_id"])
    update = properties.validate_and_wrap(payload["properties"], "event")
    merged = properties.merge(event.get("properties", {}), update)
    thread.replace_event({**event, "properties": merged})
    ids = {"thread_id": thread.id, "event_id": event["id"]}
    return _push_result(context, chat, "event_properties_updated", **ids, properties=update)


def delete_event_properties(context: RequestContext, payload: Payload) -> ActionResult:
    """Delete properties of an event."""
    (chat, thread), names = _find_thread(context, payload), payload["properties"]
    event = context.state.event(thread, payload["event_id"])
    properties.validate_names(names, "event")
    remaining = properties.remove(event.get("properties", {}), names)
    other_fields = {field: value for field, value in event.items() if field != "properties"}
    thread.replace_event({**other_fields, "properties": remaining} if remaining else other_fields)
    ids = {"thread_id": thread.id, "event_id": event["id"]}
    return _push_result(context, chat, "event_properties_deleted", **ids, properties=names)


def _find_thread(context: RequestContext, payload: Payload) -> tuple[Chat, Thread]:
    chat = context.chat(payload["chat_id"])
    return chat, context.thread(chat, payload["thread_id"])


def _push_result(context: RequestContext, chat: Chat, push: str, **fields: object) -> ActionResult:
    payload: JSONObject = {"chat_id": chat.id, **fields}
    return ActionResult({}, [context.state.chat_push(chat, push, payload)])
