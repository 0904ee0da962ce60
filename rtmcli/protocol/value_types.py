"""Which values each type and format of the catalogue accepts."""

import re
from collections.abc import Callable
from typing import Any

from rtmcli.catalogue.model import Format, ParamType
from rtmcli.protocol import json_codec


def _is_integer(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_id(value: Any) -> bool:
    return _is_integer(value) or isinstance(value, str)


def _is_number(value: Any) -> bool:
    return _is_integer(value) or isinstance(value, float | json_codec.RawNumber)


def _is_pair(value: Any) -> bool:
    return isinstance(value, dict) and len(value) == 1


def _array_of(is_valid: Callable[[Any], bool]) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, list) and all(map(is_valid, value))


def _object_of(is_valid: Callable[[Any], bool]) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, dict) and all(map(is_valid, value.values()))


def _is_string(value: Any) -> bool:
    return isinstance(value, str)


def _is_object(value: Any) -> bool:
    return isinstance(value, dict)


def day_exists(text: str) -> bool:
    """Return whether the calendar has the day of a text in one of the `DATE_FORMATS`."""
    from datetime import date  # only for dates

    try:
        date.fromisoformat(text[:_DATE_LENGTH])
    except ValueError:
        return False
    return True


def _is_property_filter(value: Any) -> bool:
    if not isinstance(value, dict) or len(value) != 1:
        return False
    [(name, operand)] = value.items()
    if name == "exists":
        return isinstance(operand, bool)
    return name in ("values", "exclude_values") and isinstance(operand, list)


# What the type accepts in words, and the check.
TYPE_CHECKS: dict[ParamType, tuple[str, Callable[[Any], bool]]] = {
    ParamType.STRING: ("a string", _is_string),
    ParamType.INTEGER: ("an integer", _is_integer),
    ParamType.NUMBER: ("a number", _is_number),
    ParamType.BOOLEAN: ("true or false", lambda value: isinstance(value, bool)),
    ParamType.OPTIONAL_BOOLEAN: (
        "true, false or null",
        lambda value: value is None or isinstance(value, bool),
    ),
    ParamType.OBJECT: ("an object", _is_object),
    ParamType.ANY: ("any value", lambda _: True),
    ParamType.ID: ("an integer or a string", _is_id),
    ParamType.STRINGS: ("an array of strings", _array_of(_is_string)),
    ParamType.INTEGERS: ("an array of integers", _array_of(_is_integer)),
    ParamType.IDS: ("an array of integers or strings", _array_of(_is_id)),
    ParamType.OBJECTS: ("an array of objects", _array_of(_is_object)),
    ParamType.PAIRS: ("an array of objects with one member each", _array_of(_is_pair)),
    ParamType.STRING_MAP: ("an object of strings", _object_of(_is_string)),
    ParamType.INTEGER_MAP: ("an object of integers", _object_of(_is_integer)),
    ParamType.PROPERTIES: ("{namespace: {name: value}}", _object_of(_is_object)),
    ParamType.PROPERTY_NAMES: ("{namespace: [name, …]}", _object_of(_array_of(_is_string))),
    ParamType.PROPERTY_FILTERS: (
        "{namespace: {name: {exists, values or exclude_values}}}",
        _object_of(_object_of(_is_property_filter)),
    ),
    ParamType.PUSH_NAMES: (
        "{API version: [push, …]}",
        lambda value: value != {} and _object_of(_array_of(_is_string))(value),
    ),
}

DATE_FORMATS = frozenset({Format.DATE, Format.DATE_TIME})
_DATE_LENGTH = 10  # characters
_DATE = r"[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
_DATE_TIME = (
    _DATE + r"[Tt]([01][0-9]|2[0-3]):[0-5][0-9]:([0-5][0-9]|60)(\.[0-9]+)?"
    r"([Zz]|[+-]([01][0-9]|2[0-3]):[0-5][0-9])"
)
# Customer ids have a version nibble of 4, but any variant nibble: check the form only.
_UUID = r"[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}"

# Python and JavaScript read them alike, for JSON Schema.
FORMAT_PATTERNS: dict[Format, str] = {
    Format.DATE: _DATE,
    Format.DATE_TIME: _DATE_TIME,
    Format.CUSTOMER_ID: _UUID,
    Format.PHONE_NUMBER: r"\+[1-9][0-9]{1,14}",
}


def has_format(text: str, expected: Format) -> bool:
    """Return whether a text has a format."""
    return bool(re.fullmatch(FORMAT_PATTERNS[expected], text))
