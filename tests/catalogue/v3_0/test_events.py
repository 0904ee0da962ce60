"""Test the chapter "events"."""

from typing import Any

import pytest

from rtmcli.catalogue.model import Severity
from rtmcli.catalogue.v3_0.events import CHAPTER
from rtmcli.protocol.validation import PayloadValidator

[SEND_EVENT] = CHAPTER.methods
PARAMS = {param.path: param for param in SEND_EVENT.params}


def check_event(event: dict[str, Any], **other_fields: object) -> list[tuple[str, Severity]]:
    """Check an event; tell of each problem what it says and how bad it is."""
    problems = PayloadValidator(SEND_EVENT).validate(
        {"chat_id": "PJ0MRSHTDG", "event": event, **other_fields}
    )
    return [(problem.message, problem.severity) for problem in problems]


@pytest.mark.parametrize(
    ("event_type", "least"),
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
def test_each_type_of_event_has_its_needs(event_type: str, least: dict[str, Any]) -> None:
    """With what its type needs an event passes; each missing piece is told, and none blocks."""
    assert check_event({"type": event_type, **least}) == []
    bare = check_event({"type": event_type})
    assert len(bare) == len(least)
    assert Severity.ERROR not in {severity for _, severity in bare}
    assert all(any(name in message for message, _ in bare) for name in least)


def test_the_seven_types_are_known_and_another_is_only_warned_of() -> None:
    """A type that the documents do not name goes out with a warning."""
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


def test_an_event_without_a_type_is_warned_of() -> None:
    """The server refuses it; the client says so and sends."""
    assert check_event({"text": "hello"}) == [("an event needs a type", Severity.WARNING)]


def test_a_system_message_without_its_type_is_only_noted() -> None:
    """The reference's own samples leave it out, so that the server accepts it."""
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
def test_text_is_limited_in_bytes(text: str, severities: list[Severity]) -> None:
    """16 KB of UTF-8 is the most, however few characters that is."""
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
def test_a_postback_comes_whole(postback: dict[str, str], count: int) -> None:
    """Its three ids belong together, and so do its type and value."""
    problems = check_event({"type": "message", "text": "yes", "postback": postback})
    assert [severity for _, severity in problems] == [Severity.WARNING] * count


def test_the_two_flags_about_closed_threads_do_not_go_together() -> None:
    """What both mean is undefined: the client notes it."""
    event = {"type": "message", "text": "hello"}
    both = check_event(event, attach_to_last_thread=True, require_active_thread=True)
    one = check_event(event, attach_to_last_thread=True, require_active_thread=False)
    assert ([severity for _, severity in both], one) == ([Severity.NOTE], [])


def test_text_has_a_short_flag_that_makes_a_message() -> None:
    """--text alone is enough to send a message; no other parameter has such a flag."""
    assert [
        (param.path, param.alias, param.implies) for param in SEND_EVENT.params if param.alias
    ] == [("event.text", "--text", ("event.type", "message"))]


def test_an_event_is_told_as_such_or_as_the_thread_that_it_opens() -> None:
    """Each of the two pushes is found by its own keys."""
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
