"""Test the chapter "events"."""

from typing import Any

import pytest

from rtmcli.catalogue.model import Severity
from rtmcli.catalogue.v3_0.events import CHAPTER
from rtmcli.protocol.validation import PayloadValidator

[SEND_EVENT] = CHAPTER.methods
PARAMS = {param.path: param for param in SEND_EVENT.params}


def check_event(event: dict[str, Any], **other_fields: object) -> list[tuple[str, Severity]]:
    """Validate an event; return the message and severity of each problem."""
    problems = PayloadValidator(SEND_EVENT).validate(
        {"chat_id": "PJ0MRSHTDG", "event": event, **other_fields}
    )
    return [(problem.message, problem.severity) for problem in problems]


@pytest.mark.parametrize(
    ("event_type", "required_fields"),
    [
        ("message", {"text": "hello"}),
        ("rich_message", {"template_id": "cards"}),
        ("file", {"url": "https://cdn.example.com/a.png"}),
        ("filled_form", {"form_id": "1", "fields": []}),
        ("custom", {}),
        ("system_message", {"text": "hello", "system_message_type": "routing.idle"}),
        ("annotation", {"annotation_type": "rating"}),
    ],
)
def test_each_type_of_event_has_required_fields(
    event_type: str, required_fields: dict[str, Any]
) -> None:
    """Each missing field is reported, but not as an error."""
    assert check_event({"type": event_type, **required_fields}) == []
    problems = check_event({"type": event_type})
    assert len(problems) == len(required_fields)
    assert Severity.ERROR not in {severity for _, severity in problems}
    assert all(any(name in message for message, _ in problems) for name in required_fields)


def test_an_unknown_type_causes_a_warning() -> None:
    """Seven types are documented."""
    assert PARAMS["event.type"].choices == (
        "message",
        "rich_message",
        "file",
        "filled_form",
        "custom",
        "system_message",
        "annotation",
    )
    assert [severity for _, severity in check_event({"type": "poll"})] == [Severity.WARNING]


def test_a_missing_type_causes_a_warning() -> None:
    """The server rejects the event."""
    assert check_event({"text": "hello"}) == [("an event requires a type", Severity.WARNING)]


def test_a_missing_system_message_type_causes_a_note() -> None:
    """The reference's samples omit it, so the server accepts it."""
    assert [
        severity for _, severity in check_event({"type": "system_message", "text": "hello"})
    ] == [Severity.NOTE]


@pytest.mark.parametrize(
    ("text", "severities"),
    [
        ("a" * 16384, []),
        ("a" * 16385, [Severity.ERROR]),
        ("é" * 8192, []),
        ("é" * 8193, [Severity.ERROR]),
    ],
)
def test_the_limit_of_text_is_in_bytes(text: str, severities: list[Severity]) -> None:
    """The limit is 16 KB of UTF-8."""
    assert [
        severity for _, severity in check_event({"type": "message", "text": text})
    ] == severities


@pytest.mark.parametrize(
    ("postback", "count"),
    [
        ({"id": "yes", "thread_id": "K600PKZON8", "event_id": "K600PKZON8_1"}, 0),
        ({"id": "yes"}, 1),
        ({"id": "yes", "thread_id": "K600PKZON8", "event_id": "K600PKZON8_1", "type": "url"}, 1),
        (
            {
                "id": "yes",
                "thread_id": "K600PKZON8",
                "event_id": "K600PKZON8_1",
                "type": "url",
                "value": "https://example.com",
            },
            0,
        ),
    ],
)
def test_a_postback_must_be_complete(postback: dict[str, str], count: int) -> None:
    """It requires three ids, and both type and value or neither."""
    problems = check_event({"type": "message", "text": "yes", "postback": postback})
    assert [severity for _, severity in problems] == [Severity.WARNING] * count


def test_combining_the_two_thread_parameters_causes_a_note() -> None:
    """The combination is not documented."""
    event = {"type": "message", "text": "hello"}
    both = check_event(event, attach_to_last_thread=True, require_active_thread=True)
    one = check_event(event, attach_to_last_thread=True, require_active_thread=False)
    assert ([severity for _, severity in both], one) == ([Severity.NOTE], [])


def test_the_short_flag_of_text_implies_a_message() -> None:
    """No other parameter has a short flag."""
    assert [
        (param.path, param.alias, param.implies) for param in SEND_EVENT.params if param.alias
    ] == [("event.text", "--text", ("event.type", "message"))]


def test_send_event_has_two_possible_pushes() -> None:
    """Each of them is matched by its own keys."""
    assert (SEND_EVENT.push, SEND_EVENT.alternative_push) == (
        "incoming_event",
        "incoming_chat_thread",
    )
    assert SEND_EVENT.push_keys == {
        "chat_id": "chat_id",
        "thread_id": "thread_id",
        "event.id": "event.id",
    }
    assert SEND_EVENT.alternative_push_keys == {"chat_id": "chat.id", "thread_id": "chat.thread.id"}
