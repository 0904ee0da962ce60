"""Test the structures of requests."""

from typing import Any

import pytest

from rtmcli.catalogue.model import Method, Param, ParamType, Severity
from rtmcli.catalogue.v3_6.structures import EVENT_FIELDS, EVENT_TYPES, prefixed
from rtmcli.protocol.validation import PayloadValidator

METHOD = Method(
    "a", "", params=(Param("event", ParamType.OBJECT), *prefixed("event", EVENT_FIELDS))
)


def rich_message(**element: Any) -> dict[str, Any]:
    """Return a rich message with one element."""
    return {"event": {"type": "rich_message", "template_id": "cards", "elements": [element]}}


def test_seven_types_of_events_can_be_sent() -> None:
    """The server alone makes events of the eighth, `system`."""
    assert len(EVENT_TYPES) == 7
    assert "system" not in EVENT_TYPES


def test_a_prefix_is_prepended_to_the_paths() -> None:
    """The rest of the parameter is unchanged."""
    field = EVENT_FIELDS[0]
    assert prefixed("a.b", (field,)) == (field._replace(path="a.b.type"),)


@pytest.mark.parametrize(
    ("element", "paths"),
    [
        ({"title": "x", "buttons": [{"text": "x", "postback_id": "y"}]}, []),
        ({"buttons": [{"text": "x"}]}, ["event.elements[0].buttons[0].postback_id"]),
        ({"image": {}}, ["event.elements[0].image.url"]),
        (
            {"ecommerce": {"view_type": "list"}},
            ["event.elements[0].ecommerce.view_type", "event.elements[0].ecommerce.product_id"],
        ),
    ],
)
def test_the_elements_of_a_rich_message(element: dict[str, Any], paths: list[str]) -> None:
    """A button needs neither type nor value."""
    problems = PayloadValidator(METHOD).validate(rich_message(**element))
    assert [problem.path for problem in problems] == paths


def test_more_than_13_buttons_cause_a_warning() -> None:
    """An older text says 11."""
    buttons = [{"text": "x", "postback_id": "y"}] * 14
    assert PayloadValidator(METHOD).validate(rich_message(buttons=buttons[:13])) == []
    [problem] = PayloadValidator(METHOD).validate(rich_message(buttons=buttons))
    assert problem.severity is Severity.WARNING
