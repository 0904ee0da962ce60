"""The values that each type and format accepts."""

from typing import Any

import pytest

from rtmcli.catalogue.model import Format, ParamType
from rtmcli.protocol.json_codec import loads_strict
from rtmcli.protocol.value_types import DATE_FORMATS, TYPE_CHECKS, day_exists, has_format

# JSON text of values, and the types besides ANY that accept it.
ACCEPTED_BY: dict[str, set[ParamType]] = {
    '"a"': {ParamType.STRING, ParamType.ID},
    "1": {ParamType.INTEGER, ParamType.NUMBER, ParamType.ID},
    "1.5": {ParamType.NUMBER},
    "1e400": {ParamType.NUMBER},
    "true": {ParamType.BOOLEAN, ParamType.OPTIONAL_BOOLEAN},
    "null": {ParamType.OPTIONAL_BOOLEAN},
    '["a"]': {ParamType.STRINGS, ParamType.IDS},
    "[1]": {ParamType.INTEGERS, ParamType.IDS},
    '["a", 1]': {ParamType.IDS},
    "[true]": set(),
    '[{"a": 1}]': {ParamType.OBJECTS, ParamType.PAIRS},
    '[{"a": 1, "b": 2}]': {ParamType.OBJECTS},
    '{"a": "b"}': {ParamType.OBJECT, ParamType.STRING_MAP},
    '{"a": 1}': {ParamType.OBJECT, ParamType.INTEGER_MAP},
    '{"a": {"b": 1}}': {ParamType.OBJECT, ParamType.PROPERTIES},
    '{"a": ["b"]}': {ParamType.OBJECT, ParamType.PROPERTY_NAMES, ParamType.PUSH_NAMES},
    '{"a": {"b": {"exists": true}}}': {
        ParamType.OBJECT,
        ParamType.PROPERTIES,
        ParamType.PROPERTY_FILTERS,
    },
    '{"a": {"b": {"exists": 1}}}': {ParamType.OBJECT, ParamType.PROPERTIES},
    '{"a": {"b": {"values": [1], "exists": true}}}': {ParamType.OBJECT, ParamType.PROPERTIES},
}


def test_every_type_has_a_check() -> None:
    """A parameter of any type can be validated."""
    assert set(TYPE_CHECKS) == set(ParamType)


@pytest.mark.parametrize("text", ACCEPTED_BY)
def test_each_value_is_accepted_by_its_types_only(text: str) -> None:
    """Booleans are no integers, and numbers that no double represents are numbers."""
    value: Any = loads_strict(text.encode())
    accepting = {each for each, (_, is_valid) in TYPE_CHECKS.items() if is_valid(value)}
    assert accepting == ACCEPTED_BY[text] | {ParamType.ANY}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2019-02-28", {Format.DATE}),
        ("2019-02-28T13:56:16Z", {Format.DATE_TIME}),
        ("2019-02-28T13:56:16.123456+02:00", {Format.DATE_TIME}),
        ("2019-02-28T13:56:16", set()),
        ("2019-13-01", set()),
        ("b7eff798-f8df-4364-8059-649c35c9ed0c", {Format.CUSTOMER_ID}),
        ("+48123456789", {Format.PHONE_NUMBER}),
        ("48123456789", set()),
    ],
)
def test_a_text_has_its_format_only(text: str, expected: set[Format]) -> None:
    """The whole text must match."""
    assert {each for each in Format if has_format(text, each)} == expected
    assert not any(has_format(f"{text}\n", each) for each in Format)


def test_a_day_must_be_in_the_calendar() -> None:
    """A date may have the right format and not exist."""
    assert {Format.DATE, Format.DATE_TIME} == DATE_FORMATS
    assert day_exists("2020-02-29")
    assert not day_exists("2019-02-29T00:00:00Z")
