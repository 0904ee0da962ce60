"""JSON read the slow and simple way, to compare with: each number as its digits."""

import json
from decimal import Decimal
from typing import Any, NamedTuple

from rtmcli.protocol import values


class Digits(NamedTuple):
    """A number as it was written."""

    text: str


class NoValue(ValueError):
    """This is no JSON value."""


def _refuse(name: str) -> Any:
    raise NoValue(name)


_DECODER = json.JSONDecoder(parse_int=Digits, parse_float=Digits, parse_constant=_refuse)


def read(text: bytes) -> Any:
    """Read one value; lone surrogates pass, and the last of two members of one name counts."""
    try:
        return _DECODER.decode(text.decode())
    except (ValueError, RecursionError) as error:
        raise NoValue(str(error)) from None


def read_at(text: str, at: int) -> tuple[Any, int]:
    """Read the value that begins at an index; return it and the index behind it."""
    try:
        return _DECODER.raw_decode(text, at)
    except (ValueError, RecursionError) as error:
        raise NoValue(str(error)) from None


def is_same(value: Any, wanted: Any) -> bool:
    """Tell whether a value is what the reference read, no digit changed."""
    if isinstance(wanted, Digits):
        if isinstance(value, bool) or not isinstance(value, int | float | values.Number):
            return False
        text = values.dump(value).decode()
        # A decimal has no room for every exponent, but then it is written as it came.
        return text == wanted.text or Decimal(text) == Decimal(wanted.text)
    if isinstance(wanted, dict):
        return (
            isinstance(value, dict)
            and value.keys() == wanted.keys()
            and all(is_same(value[key], wanted[key]) for key in wanted)
        )
    if isinstance(wanted, list):
        return (
            isinstance(value, list)
            and len(value) == len(wanted)
            and all(map(is_same, value, wanted))
        )
    return type(value) is type(wanted) and bool(value == wanted)


def has_surrogates(value: Any) -> bool:
    """Tell whether some text in a value holds half of a surrogate pair."""
    if isinstance(value, str):
        return not values.is_unicode(value)
    if isinstance(value, dict):
        return any(map(has_surrogates, (*value, *value.values())))
    return isinstance(value, list) and any(map(has_surrogates, value))
