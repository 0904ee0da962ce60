"""Building events from requests."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rtmcli.sandbox.domain.chats.rich_messages import toggle_buttons
from rtmcli.sandbox.domain.errors import DomainError
from rtmcli.sandbox.domain.model import Event
from rtmcli.sandbox.v3_0 import events

BUTTON = {"text": "Yes", "postback_id": "yes"}

VALID_EVENTS: list[dict[str, Any]] = [
    {"type": "message", "text": "hi"},
    {"type": "message", "text": "hi", "postback": {"id": "a", "thread_id": "b", "event_id": "c"}},
    {"type": "rich_message", "template_id": "cards", "elements": [{"title": "x"}]},
    {"type": "file", "url": "https://cdn.example.com/a.png", "name": "a.png", "size": 1},
    {"type": "filled_form", "form_id": "1", "fields": [{"type": "name", "id": "1", "label": "x"}]},
    {"type": "custom", "content": [{"any": "json"}]},
    {"type": "custom"},
    {"type": "annotation", "annotation_type": "rating"},
]


def build(raw_event: dict[str, Any]) -> dict[str, Any]:
    """Build and render an event; return it without ID, order and time."""
    event = events.render_event(events.build_event(raw_event, "agent"))
    return {
        name: value for name, value in event.items() if name not in ("id", "order", "timestamp")
    }


@pytest.mark.parametrize("event", VALID_EVENTS)
def test_an_event_keeps_the_fields_of_its_type(event: dict[str, Any]) -> None:
    """Fields of the event's type are kept; fields of other types and unknown fields are dropped."""
    raw = {"form_id": "1", **event, "custom_id": "", "unknown": "x", "author_id": "me"}
    kept = build(raw)
    if event["type"] == "filled_form":
        assert kept.pop("form_id") == "1"
        event = {name: value for name, value in event.items() if name != "form_id"}

    assert kept == {**event, "author_id": "agent", "recipients": "all", "custom_id": ""}


def test_a_system_message_has_no_author() -> None:
    """A system message has no author_id, even if an agent sends it."""
    event = {"type": "system_message", "text": "hi", "recipients": "agents"}
    assert build(event) == event


def test_properties_are_wrapped() -> None:
    """The properties of a new event are wrapped."""
    event = {"type": "custom", "properties": {"rating": {"score": 1}}}
    assert build(event)["properties"] == {"rating": {"score": {"value": 1}}}


@pytest.mark.parametrize(
    ("elements", "message"),
    [
        ([], "event.elements must have 1 to 10 items, not 0"),
        ([{}] * 11, "event.elements must have 1 to 10 items, not 11"),
        ([{"buttons": []}], "an array of 1 to 11"),
        ([{"buttons": [BUTTON] * 12}], "an array of 1 to 11"),
        ([{"buttons": BUTTON}], "an array of 1 to 11"),
        ([{"buttons": [{"text": "Yes"}]}], "must have the strings text and postback_id"),
        ([{"buttons": ["Yes"]}], "must have the strings text and postback_id"),
        ([{"buttons": [{**BUTTON, "value": 1}]}], "value of a button must be a string"),
        ([{"title": 1}], "title of an element must be a string"),
        ([{"image": "a.png"}], "image of an element must be an object"),
    ],
)
def test_an_invalid_rich_message_is_rejected(elements: Any, message: str) -> None:
    """It has 1 to 10 elements of 1 to 11 buttons each; a button has text and postback_id."""
    with pytest.raises(DomainError, match=message):
        events.build_event(
            {"type": "rich_message", "template_id": "cards", "elements": elements}, "a"
        )


@pytest.mark.parametrize(
    ("field", "message"),
    [
        ({"id": 1}, "id of a form field must be a string"),
        ({"type": "email", "answer": {}}, "answer of a form field must be a string"),
        ({"type": "select", "answer": "a"}, "answer of a form field must be an object"),
        ({"type": "checkbox", "answers": "a"}, "answers of a form field must be an array"),
    ],
)
def test_a_form_answer_must_match_the_type_of_its_field(
    field: dict[str, Any], message: str
) -> None:
    """Text fields, single choices and multiple choices have different answers."""
    with pytest.raises(DomainError, match=message):
        events.build_event({"type": "filled_form", "form_id": "1", "fields": [field]}, "a")


def test_a_new_button_is_not_pressed() -> None:
    """The server ignores user_ids in the request and sets them itself."""
    elements = [{"buttons": [{**BUTTON, "user_ids": ["me"]}]}]
    event = build({"type": "rich_message", "template_id": "cards", "elements": elements})

    assert event["elements"] == [{"buttons": [{**BUTTON, "user_ids": []}]}]


@given(st.lists(st.tuples(st.sampled_from("ab"), st.booleans()), max_size=8))
def test_all_buttons_of_a_postback_are_pressed_together(presses: list[tuple[str, bool]]) -> None:
    """All buttons with the same postback_id list the same users; other buttons do not change."""
    other = {"text": "No", "postback_id": "no"}
    elements = [{"buttons": [BUTTON, other]}, {"title": "x"}, {"buttons": [BUTTON]}]
    event = events.build_event(
        {"type": "rich_message", "template_id": "cards", "elements": elements}, "a"
    )
    pressed: dict[str, bool] = {}
    for user, on in presses:
        toggled = toggle_buttons(event, "yes", user, pressed=on)
        assert toggled
        event = toggled
        pressed[user] = on

    first, second, third = event.fields["elements"]
    users = {user for user, on in pressed.items() if on}
    assert set(first["buttons"][0]["user_ids"]) == users
    assert len(first["buttons"][0]["user_ids"]) == len(users)
    assert third["buttons"] == [first["buttons"][0]]
    assert (first["buttons"][1]["user_ids"], second) == ([], {"title": "x"})


def test_an_unknown_postback_is_not_found() -> None:
    """The result is None for an unknown postback and for an event without buttons."""
    event = Event("rich_message", fields={"elements": [{"buttons": [BUTTON]}]})

    assert toggle_buttons(event, "no", "a", pressed=True) is None
    assert toggle_buttons(Event("message"), "yes", "a", pressed=True) is None


def test_initial_events_are_validated_like_sent_ones() -> None:
    """Each initial event is validated as for send_event; the error names the index of the event."""
    events.validate_initial_events(
        [{"type": "message", "text": "hi"}, {"type": "system_message", "text": "x"}]
    )
    with pytest.raises(DomainError, match=r"events\[1\]: event.text must be a string"):
        events.validate_initial_events([{"type": "custom"}, {"type": "message", "text": 1}])
