"""JSON read the slow and simple way, to compare with: each number as its digits."""

import json
from decimal import Decimal
from typing import Any, NamedTuple

from rtmcli.protocol import json_codec


class RawNumber(NamedTuple):
    """A number as it was written."""

    text: str


class InvalidJSON(ValueError):
    """This is no JSON value."""


def _refuse(name: str) -> Any:
    raise InvalidJSON(name)


_DECODER = json.JSONDecoder(parse_int=RawNumber, parse_float=RawNumber, parse_constant=_refuse)


def parse(text: bytes) -> Any:
    """Read one value; lone surrogates pass, and the last of two members of one name counts."""
    try:
        return _DECODER.decode(text.decode())
    except (ValueError, RecursionError) as error:
        raise InvalidJSON(str(error)) from None


def parse_at(text: str, position: int) -> tuple[Any, int]:
    """Read the value that begins at an index; return it and the index behind it."""
    try:
        return _DECODER.raw_decode(text, position)
    except (ValueError, RecursionError) as error:
        raise InvalidJSON(str(error)) from None


def matches(value: Any, expected: Any) -> bool:
    """Tell whether a value is what the reference read, no digit changed."""
    if isinstance(expected, RawNumber):
        if isinstance(value, bool) or not isinstance(value, int | float | json_codec.RawNumber):
            return False
        text = json_codec.dumps(value).decode()
        # A decimal has no room for every exponent, but then it is written as it came.
        return text == expected.text or Decimal(text) == Decimal(expected.text)
    if isinstance(expected, dict):
        return (
            isinstance(value, dict)
            and value.keys() == expected.keys()
            and all(matches(value[key], expected[key]) for key in expected)
        )
    if isinstance(expected, list):
        return (
            isinstance(value, list)
            and len(value) == len(expected)
            and all(map(matches, value, expected))
        )
    return type(value) is type(expected) and bool(value == expected)


def has_surrogates(value: Any) -> bool:
    """Tell whether some text in a value holds half of a surrogate pair."""
    if isinstance(value, str):
        return not json_codec.is_encodable(value)
    if isinstance(value, dict):
        return any(map(has_surrogates, (*value, *value.values())))
    return isinstance(value, list) and any(map(has_surrogates, value))
