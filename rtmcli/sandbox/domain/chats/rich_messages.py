"""Rich messages: their buttons, and who pressed them.

`elements` has the form of the API, which is the same in all versions: `[{"buttons":
[{"postback_id", "user_ids", …}], …}]`.
"""

from typing import Any

from rtmcli.sandbox.domain.model import Event, JSONObject


def toggle_buttons(event: Event, postback_id: str, user_id: str, *, pressed: bool) -> Event | None:
    """Press or release all buttons of a postback; return the new event, or None without any."""
    elements = event.fields.get("elements", [])
    if not any(postback_id == each["postback_id"] for each in _all_buttons(elements)):
        return None
    updated_elements = [
        {
            **element,
            "buttons": [
                _toggle_button(each, postback_id, user_id, pressed=pressed) for each in buttons
            ],
        }
        if (buttons := element.get("buttons"))
        else element
        for element in elements
    ]
    return event._replace(fields={**event.fields, "elements": updated_elements})


def _all_buttons(elements: list[JSONObject]) -> list[Any]:
    return [button for element in elements for button in element.get("buttons", ())]


def _toggle_button(
    button: JSONObject, postback_id: str, user_id: str, *, pressed: bool
) -> JSONObject:
    if button["postback_id"] != postback_id:
        return button
    other_user_ids = [each for each in button["user_ids"] if each != user_id]
    return {**button, "user_ids": [*other_user_ids, user_id] if pressed else other_user_ids}
