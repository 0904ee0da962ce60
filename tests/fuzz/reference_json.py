"""A slow and simple JSON parser as a reference; numbers keep their digits."""

import json
from decimal import Decimal
from typing import Any, NamedTuple

from rtmcli.protocol import json_codec


class RawNumber(NamedTuple):
    """A number as written."""

    text: str


class InvalidJSON(ValueError):
    """The text is not a valid JSON value."""


def _refuse(name: str) -> Any:
    raise InvalidJSON(name)


_DECODER = json.JSONDecoder(parse_int=RawNumber, parse_float=RawNumber, parse_constant=_refuse)


def parse(text: bytes) -> Any:
    """Parse one value; lone surrogates are accepted, and the last of duplicate keys counts."""
    try:
        return _DECODER.decode(text.decode())
    except (ValueError, RecursionError) as error:
        raise InvalidJSON(str(error)) from None


def parse_at(text: str, position: int) -> tuple[Any, int]:
    """Parse the value at an index; return it and the index after it."""
    try:
        return _DECODER.raw_decode(text, position)
    except (ValueError, RecursionError) as error:
        raise InvalidJSON(str(error)) from None


def matches(value: Any, expected: Any) -> bool:
    """Return whether a value equals that of the reference, with all digits."""
    if isinstance(expected, RawNumber):
        if isinstance(value, bool) or not isinstance(value, int | float | json_codec.RawNumber):
            return False
        text = json_codec.dumps(value).decode()
        # Decimal cannot represent every exponent, but then the text is unchanged.
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
    """Return whether a string in a value contains a lone surrogate."""
    if isinstance(value, str):
        return not json_codec.is_encodable(value)
    if isinstance(value, dict):
        return any(map(has_surrogates, (*value, *value.values())))
    return isinstance(value, list) and any(map(has_surrogates, value))
