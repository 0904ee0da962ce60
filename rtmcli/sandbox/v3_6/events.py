"""Read events of requests, and render events: the fields of each type and their constraints.

Fields that do not belong to the event's type are dropped. The catalogue validates single fields;
this module validates what its rows cannot express.
"""

import mimetypes
from collections.abc import Mapping
from typing import Any

from rtmcli.catalogue.model import Severity
from rtmcli.catalogue.versions import load
from rtmcli.protocol import json_codec
from rtmcli.protocol.validation import PayloadValidator
from rtmcli.sandbox.domain import properties
from rtmcli.sandbox.domain.errors import reject
from rtmcli.sandbox.domain.model import Event, JSONObject
from rtmcli.sandbox.domain.timestamps import format_datetime

_SEND_EVENT_VALIDATOR = PayloadValidator(load("3.6").methods["send_event"])
FIELDS_BY_TYPE: dict[str, tuple[str, ...]] = {
    "message": ("text", "postback"),
    "file": ("url", "alternative_text"),
    "rich_message": ("template_id", "elements"),
    "form": ("form_id", "fields"),
    "filled_form": ("form_id", "fields"),
    "custom": ("content",),
    "system_message": ("system_message_type", "text", "text_vars"),
}
_HIDDEN_TYPES = frozenset({"annotation"})  # of v3.0 only


def validate_initial_events(events: list[Mapping[str, Any]]) -> None:
    """Reject a thread's initial events if send_event would reject any of them."""
    for index, event in enumerate(events):
        problems = _SEND_EVENT_VALIDATOR.validate({"chat_id": "new", "event": event})
        errors = [each for each in problems if each.severity is not Severity.NOTE]
        if errors:
            reject("; ".join(f"events[{index}]: {each.path} {each.message}" for each in errors))
        if event.get("visibility", "all") != "all":
            reject(f"events[{index}]: the visibility of an initial event is all")


def build_event(raw_event: Mapping[str, Any], author_id: str) -> Event:
    """Build the draft of an event; reject it if its type does not allow it."""
    event_type = raw_event["type"]
    fields = {field: raw_event[field] for field in FIELDS_BY_TYPE[event_type] if field in raw_event}
    if event_type == "rich_message" and "elements" in fields:
        fields["elements"] = [_build_element(each) for each in fields["elements"]]
    if event_type == "file":
        fields |= _file_fields(fields["url"])
    if event_type == "custom" and not isinstance(fields.get("content", {}), dict):
        reject("event.content must be an object")
    return Event(
        event_type,
        "" if event_type == "system_message" else author_id,
        raw_event.get("visibility", "all"),
        raw_event.get("custom_id"),
        fields,
        properties.validate(raw_event.get("properties") or {}, "event"),
    )


def _build_element(element: JSONObject) -> JSONObject:
    """Mark the buttons of an element as not pressed."""
    if "buttons" not in element:
        return element
    buttons = element["buttons"]
    if any(("type" in button) is not ("value" in button) for button in buttons):
        reject("a button must have both type and value, or neither")
    return {**element, "buttons": [{**button, "user_ids": []} for button in buttons]}


def _file_fields(url: str) -> JSONObject:
    """Return what the server knows of a file."""
    name = url.rstrip("/").rpartition("/")[2]
    content_type = mimetypes.guess_type(name)[0] or "application/octet-stream"
    return {"name": name, "content_type": content_type, "size": 1024}


def is_shown(event: Event) -> bool:
    """Return whether v3.6 has events of this type."""
    return event.type not in _HIDDEN_TYPES


def render_event(event: Event) -> JSONObject:
    """Render an event."""
    result: JSONObject = {
        "id": event.id,
        "type": event.type,
        "created_at": format_datetime(event.created),
        "visibility": event.visibility,
    }
    if event.author_id:
        result["author_id"] = event.author_id
    if event.custom_id is not None:
        result["custom_id"] = event.custom_id
    if event.properties:
        result["properties"] = event.properties
    result |= event.fields
    if event.type == "system":
        result["details"] = json_codec.dumps(event.fields["details"]).decode()
    return result
