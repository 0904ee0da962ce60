"""Test the chapter "Events"."""

from typing import Any

import pytest

from rtmcli.catalogue.v3_6.events import CHAPTER
from rtmcli.protocol.payload import build
from rtmcli.protocol.validation import PayloadValidator

METHODS = {method.action: method for method in CHAPTER.methods}
PREVIEW, SEND, POSTBACK = CHAPTER.methods


def problems(action: str, event: dict[str, Any]) -> list[str]:
    """Return the problems of an event: the path, or the message of a rule."""
    payload = {"chat_id": "QCH4N1AB2C", "event": event}
    found = PayloadValidator(METHODS[action]).validate(payload)
    return [problem.path or problem.message for problem in found]


@pytest.mark.parametrize("action", ["send_event", "send_event_preview"])
def test_a_text_is_a_message(action: str) -> None:
    """The short flag sets the type."""
    flags: dict[str, str | bool | list[str]] = {"chat_id": "QCH4N1AB2C", "event.text": "hello"}
    payload, found = build(METHODS[action], {}, flags=flags)
    assert (payload["event"], found) == ({"type": "message", "text": "hello"}, [])
    [param] = [param for param in METHODS[action].params if param.alias]
    assert param.alias == "--text"


@pytest.mark.parametrize("action", ["send_event", "send_event_preview"])
def test_a_text_is_limited_to_16_kb(action: str) -> None:
    """In UTF-8."""
    assert problems(action, {"type": "message", "text": "é" * 8192}) == []
    assert problems(action, {"type": "message", "text": "é" * 8193}) == ["event.text"]


def test_a_preview_is_a_message_to_all() -> None:
    """Other types and visibilities are rejected."""
    assert problems(
        "send_event_preview", {"type": "file", "text": "x", "visibility": "agents"}
    ) == [
        "event.type",
        "event.visibility",
    ]
    assert PREVIEW.push == ""


def test_an_event_type_requires_its_fields() -> None:
    """Custom events require none; a system event cannot be sent."""
    found = {
        event_type: problems("send_event", {"type": event_type, "visibility": "all"})
        for event_type in (
            "message",
            "file",
            "rich_message",
            "form",
            "filled_form",
            "custom",
            "system_message",
            "system",
        )
    }
    required = "an event of type {} requires {}"
    assert found == {
        "message": [required.format("message", "text")],
        "file": [required.format("file", "url")],
        "rich_message": [required.format("rich_message", "template_id")],
        "form": [required.format("form", name) for name in ("form_id", "fields")],
        "filled_form": [required.format("filled_form", name) for name in ("form_id", "fields")],
        "custom": [],
        "system_message": [required.format("system_message", "system_message_type")],
        "system": ["event.type"],
    }


def test_flags_of_older_versions_are_gone() -> None:
    """An event requires an active thread."""
    assert not {"attach_to_last_thread", "require_active_thread"} & {p.path for p in SEND.params}


def test_a_product_has_an_id() -> None:
    """It is listed as optional, but required."""
    payload = {**POSTBACK.example, "postback": {"id": "x", "toggled": True, "ecommerce": {}}}
    assert [problem.path for problem in PayloadValidator(POSTBACK).validate(payload)] == [
        "postback.ecommerce.product_id"
    ]


@pytest.mark.parametrize("quantity", [2, 0.5])
def test_a_quantity_is_any_number(quantity: float) -> None:
    """The reference does not require an integer."""
    ecommerce = {"product_id": "x", "quantity": quantity}
    payload = {
        **POSTBACK.example,
        "postback": {"id": "x", "toggled": True, "ecommerce": ecommerce},
    }
    assert PayloadValidator(POSTBACK).validate(payload) == []
