"""Events as requests bring them: what each type keeps, and what it must have.

A field of an event that its type does not know is dropped. The rules for a single event are those
of the catalogue's row for sending one; here is what that row cannot say.
"""

from collections.abc import Mapping
from typing import Any

from rtmcli.catalogue import API
from rtmcli.catalogue.model import Severity
from rtmcli.protocol.validation import Checker
from rtmcli.sandbox import properties
from rtmcli.sandbox.model import Wire
from rtmcli.sandbox.state import refuse

_SEND_EVENT = Checker(API.methods["send_event"])
_FILE = ("name", "url", "content_type", "size", "width", "height")
_THUMBNAILS = ("thumbnail_url", "thumbnail2x_url")
_OWN_FIELDS: dict[str, tuple[str, ...]] = {
    "message": ("text", "postback"),
    "rich_message": ("template_id", "elements"),
    "file": _FILE + _THUMBNAILS,
    "filled_form": ("form_id", "fields"),
    "custom": ("content",),
    "system_message": ("text", "system_message_type", "text_vars"),
    "annotation": ("annotation_type", "text"),
}
_ELEMENTS = 10
_BUTTONS = 11
# The members of what events are made of, and what each has to be (protocol reference, events).
_ELEMENT = {"title": str, "subtitle": str, "image": dict}
_BUTTON = {"type": str, "value": str, "webview_height": str}
_FORM_FIELD = {"type": str, "id": str, "label": str}
_TEXT, _CHOICE, _CHOICES = {"answer": str}, {"answer": dict}, {"answers": list}
_ANSWERS: dict[str, Mapping[str, type]] = {  # by the type of a form's field
    "name": _TEXT,
    "email": _TEXT,
    "question": _TEXT,
    "textarea": _TEXT,
    "radio": _CHOICE,
    "select": _CHOICE,
    "group_chooser": _CHOICE,
    "checkbox": _CHOICES,
}
_SHAPES: dict[type, str] = {str: "a string", dict: "an object", list: "an array"}


def check_first(events: list[Mapping[str, Any]]) -> None:
    """Refuse the first events of a thread where one breaks the rules for sending it."""
    for number, event in enumerate(events):
        problems = _SEND_EVENT.check({"chat_id": "", "event": event})
        wrong = [each for each in problems if each.severity is not Severity.NOTE]
        if wrong:
            refuse("; ".join(f"events[{number}]: {each.path} {each.message}" for each in wrong))


def compose(given: Mapping[str, Any], author_id: str) -> Wire:
    """Make an event without id, order and time; refuse what its type does not allow."""
    kind = given["type"]
    event: Wire = {"type": kind}
    if kind != "system_message":
        event["author_id"] = author_id
    event["recipients"] = given.get("recipients", "all")
    if "custom_id" in given:
        event["custom_id"] = given["custom_id"]
    for field in _OWN_FIELDS[kind]:
        if field in given:
            event[field] = given[field]
    if kind == "rich_message":
        event["elements"] = _elements(given.get("elements", []))
    if kind == "filled_form":
        for each in given.get("fields", ()):
            _check_members("a field of a form", each, _FORM_FIELD)
            _check_members("a field of a form", each, _ANSWERS.get(each.get("type", ""), {}))
    if given.get("properties"):
        event["properties"] = properties.wrapped(given["properties"], "event")
    return event


def _elements(given: list[Wire]) -> list[Wire]:
    """Check the elements of a rich message; their buttons have not been pressed yet."""
    if not 1 <= len(given) <= _ELEMENTS:
        refuse(f"event.elements must be 1 to {_ELEMENTS}, not {len(given)}")
    for element in given:
        _check_members("an element", element, _ELEMENT)
    return [
        {**element, "buttons": _buttons(element["buttons"])} if "buttons" in element else element
        for element in given
    ]


def _buttons(given: Any) -> list[Wire]:
    if not isinstance(given, list) or not 1 <= len(given) <= _BUTTONS:
        refuse(f"the buttons of an element must be an array of 1 to {_BUTTONS}")
    for button in given:
        known = isinstance(button, dict)
        if not known or not all(isinstance(button.get(each), str) for each in _BUTTON_NEEDS):
            refuse("a button needs text and postback_id, both strings")
        _check_members("a button", button, _BUTTON)
    return [{**button, "user_ids": []} for button in given]


_BUTTON_NEEDS = ("text", "postback_id")


def _check_members(what: str, given: Wire, shapes: Mapping[str, type]) -> None:
    """Refuse what has a member of another shape than the known one."""
    for name, shape in shapes.items():
        if name in given and not isinstance(given[name], shape):
            refuse(f"{name} of {what} must be {_SHAPES[shape]}")


def toggled(event: Wire, postback_id: str, user_id: str, *, on: bool) -> Wire | None:
    """Press or release the buttons of a postback; return the event, or None without any."""
    elements = event.get("elements", [])
    if not any(postback_id == each["postback_id"] for each in _all_buttons(elements)):
        return None
    changed = [
        {**element, "buttons": [_switched(each, postback_id, user_id, on=on) for each in buttons]}
        if (buttons := element.get("buttons"))
        else element
        for element in elements
    ]
    return {**event, "elements": changed}


def _all_buttons(elements: list[Wire]) -> list[Wire]:
    return [button for element in elements for button in element.get("buttons", ())]


def _switched(button: Wire, postback_id: str, user_id: str, *, on: bool) -> Wire:
    if button["postback_id"] != postback_id:
        return button
    others = [each for each in button["user_ids"] if each != user_id]
    return {**button, "user_ids": [*others, user_id] if on else others}
