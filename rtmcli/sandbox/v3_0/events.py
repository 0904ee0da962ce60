"""Read events of requests, and render events: the fields of each type and their constraints.

Fields that do not belong to the event's type are dropped. The catalogue's entry for send_event
validates single fields; this module validates what that entry cannot express.
"""

from collections.abc import Mapping
from typing import Any

from rtmcli.catalogue.model import Severity
from rtmcli.catalogue.versions import load
from rtmcli.protocol.validation import PayloadValidator
from rtmcli.sandbox.domain.errors import reject
from rtmcli.sandbox.domain.model import Event, JSONObject
from rtmcli.sandbox.domain.timestamps import to_seconds
from rtmcli.sandbox.v3_0 import properties

_SEND_EVENT_VALIDATOR = PayloadValidator(load("3.0").methods["send_event"])
_FILE_FIELDS = ("name", "url", "content_type", "size", "width", "height")
_THUMBNAIL_FIELDS = ("thumbnail_url", "thumbnail2x_url")
FIELDS_BY_TYPE: dict[str, tuple[str, ...]] = {
    "message": ("text", "postback"),
    "rich_message": ("template_id", "elements"),
    "file": _FILE_FIELDS + _THUMBNAIL_FIELDS,
    "filled_form": ("form_id", "fields"),
    "custom": ("content",),
    "system_message": ("text", "system_message_type", "text_vars"),
    "annotation": ("annotation_type", "text"),
}
_MAX_ELEMENTS = 10
_MAX_BUTTONS = 11
_REQUIRED_BUTTON_FIELDS = ("text", "postback_id")
# The types of the members of elements, buttons and form fields (protocol reference, events).
_ELEMENT_FIELD_TYPES = {"title": str, "subtitle": str, "image": dict}
_BUTTON_FIELD_TYPES = {"type": str, "value": str, "webview_height": str}
_FORM_FIELD_TYPES = {"type": str, "id": str, "label": str}
_TEXT_ANSWER = {"answer": str}
_SINGLE_CHOICE = {"answer": dict}
_MULTIPLE_CHOICE = {"answers": list}
_ANSWER_TYPES: dict[str, Mapping[str, type]] = {  # by the type of the form field
    "name": _TEXT_ANSWER,
    "email": _TEXT_ANSWER,
    "question": _TEXT_ANSWER,
    "textarea": _TEXT_ANSWER,
    "radio": _SINGLE_CHOICE,
    "select": _SINGLE_CHOICE,
    "group_chooser": _SINGLE_CHOICE,
    "checkbox": _MULTIPLE_CHOICE,
}
_TYPE_NAMES: dict[type, str] = {str: "a string", dict: "an object", list: "an array"}


def validate_initial_events(events: list[Mapping[str, Any]]) -> None:
    """Reject a thread's initial events if send_event would reject any of them."""
    for index, event in enumerate(events):
        problems = _SEND_EVENT_VALIDATOR.validate({"chat_id": "new", "event": event})
        errors = [each for each in problems if each.severity is not Severity.NOTE]
        if errors:
            reject("; ".join(f"events[{index}]: {each.path} {each.message}" for each in errors))


def build_event(raw_event: Mapping[str, Any], author_id: str) -> Event:
    """Build the draft of an event; reject it if its type does not allow it."""
    event_type = raw_event["type"]
    fields = {field: raw_event[field] for field in FIELDS_BY_TYPE[event_type] if field in raw_event}
    if event_type == "rich_message":
        fields["elements"] = _build_elements(raw_event.get("elements", []))
    if event_type == "filled_form":
        for each in raw_event.get("fields", ()):
            _validate_field_types("a form field", each, _FORM_FIELD_TYPES)
            answer_types = _ANSWER_TYPES.get(each.get("type", ""), {})
            _validate_field_types("a form field", each, answer_types)
    return Event(
        event_type,
        "" if event_type == "system_message" else author_id,
        raw_event.get("recipients", "all"),
        raw_event.get("custom_id"),
        fields,
        properties.parse(raw_event.get("properties") or {}, "event"),
    )


def is_shown(event: Event) -> bool:
    """Return whether v3.0 has events of this type."""
    return event.type in FIELDS_BY_TYPE


def render_event(event: Event) -> JSONObject:
    """Render an event."""
    result: JSONObject = {
        "id": event.id,
        "order": event.number,
        "timestamp": to_seconds(event.created),
        "type": event.type,
    }
    if event.author_id:
        result["author_id"] = event.author_id
    result["recipients"] = event.visibility
    if event.custom_id is not None:
        result["custom_id"] = event.custom_id
    result |= event.fields
    if event.properties:
        result["properties"] = properties.wrap(event.properties)
    return result


def _build_elements(raw_elements: list[JSONObject]) -> list[JSONObject]:
    """Validate the elements of a rich message and mark their buttons as not pressed."""
    if not 1 <= len(raw_elements) <= _MAX_ELEMENTS:
        reject(f"event.elements must have 1 to {_MAX_ELEMENTS} items, not {len(raw_elements)}")
    for element in raw_elements:
        _validate_field_types("an element", element, _ELEMENT_FIELD_TYPES)
    return [
        {**element, "buttons": _build_buttons(element["buttons"])}
        if "buttons" in element
        else element
        for element in raw_elements
    ]


def _build_buttons(raw_buttons: Any) -> list[JSONObject]:
    if not isinstance(raw_buttons, list) or not 1 <= len(raw_buttons) <= _MAX_BUTTONS:
        reject(f"buttons of an element must be an array of 1 to {_MAX_BUTTONS} items")
    for button in raw_buttons:
        if not isinstance(button, dict) or not all(
            isinstance(button.get(each), str) for each in _REQUIRED_BUTTON_FIELDS
        ):
            reject("a button must have the strings text and postback_id")
        _validate_field_types("a button", button, _BUTTON_FIELD_TYPES)
    return [{**button, "user_ids": []} for button in raw_buttons]


def _validate_field_types(owner: str, obj: JSONObject, field_types: Mapping[str, type]) -> None:
    """Reject an object if a known member has another type."""
    for name, expected in field_types.items():
        if name in obj and not isinstance(obj[name], expected):
            reject(f"{name} of {owner} must be {_TYPE_NAMES[expected]}")
