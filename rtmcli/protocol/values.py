"""JSON values in and out, with no digit changed.

Three ways in: `load` for what the server sent (fast, last key wins), `parse` for what a user
wrote (strict: a duplicate key, NaN or broken Unicode is an error), `split` for a stream of
values. One way out: `dump`. A number that no 64-bit integer or double holds travels as `Number`,
its digits untouched.
"""

import json
import re
from typing import Any

import orjson

_BOM = b"\xef\xbb\xbf"
# A number in a JSON text that a double might not hold: many digits, or an exponent.
_WIDE = re.compile(rb"(?:[0-9.]{16,}|[0-9][eE][-+]?[0-9]+)(?=[\s,\]}]|$)")
_DEEPEST = 250  # levels; orjson writes no more than 254


class BadJson(ValueError):
    """Text that is no JSON value, or none that may be sent on; the text says where and why."""


class Number:
    """A number kept as its digits."""

    __slots__ = ("digits",)

    def __init__(self, digits: str) -> None:
        self.digits = digits

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Number) and other.digits == self.digits

    def __hash__(self) -> int:
        return hash(self.digits)

    def __repr__(self) -> str:
        return self.digits


def load(text: bytes) -> Any:
    """Read one value from bytes that the server sent; raise `BadJson`."""
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        if not _WIDE.search(text):
            raise BadJson(f"{error.msg}: byte {error.pos + 1}") from None
    else:
        if not _WIDE.search(text):
            return value
    return _exactly(text.decode(), _SERVER)


def parse(text: bytes) -> Any:
    """Read one value that a user wrote; raise `BadJson` with the position of what is wrong."""
    decoded = decode(text)
    value, end = scan(decoded, skip_blank(decoded, 0))
    if skip_blank(decoded, end) != len(decoded):
        raise BadJson(f"something follows the value: {_position(decoded, end)}")
    return value


def decode(text: bytes) -> str:
    """Read bytes as UTF-8, with or without a byte order mark; raise `BadJson`."""
    try:
        return text.removeprefix(_BOM).decode()
    except UnicodeDecodeError as error:
        raise BadJson(f"not UTF-8: byte {error.start + 1}") from None


def skip_blank(text: str, start: int) -> int:
    """Return the index of the first character from `start` on that is no white space."""
    while start < len(text) and text[start] in " \t\r\n":
        start += 1
    return start


def scan(text: str, start: int) -> tuple[Any, int]:
    """Read the value that begins at `start`; return it and the index behind it."""
    try:
        value, end = _STRICT.raw_decode(text, start)
    except json.JSONDecodeError as error:
        raise BadJson(f"{error.msg}: {_position(text, error.pos)}") from None
    except RecursionError:
        raise BadJson("nested too deeply") from None
    try:
        orjson.dumps(value, default=_digits)
    except TypeError as error:
        why = "nested too deeply" if "ecursion" in str(error) else "broken Unicode in a string"
        raise BadJson(why) from None
    return value, end


def dump(value: Any) -> bytes:
    """Write a value as compact JSON on one line."""
    try:
        return orjson.dumps(value, default=_digits)
    except TypeError:
        return orjson.dumps(_flattened(value, _DEEPEST), default=_digits)


def dump_indented(value: Any) -> bytes:
    """Write a value over several lines, two spaces a level."""
    try:
        return orjson.dumps(value, default=_digits, option=orjson.OPT_INDENT_2)
    except TypeError:
        return dump(value)


def _digits(value: Any) -> orjson.Fragment:
    if isinstance(value, Number):
        return orjson.Fragment(value.digits)
    raise TypeError


def _flattened(value: Any, levels: int) -> Any:
    """Replace what lies deeper than `levels` by its text, as orjson writes no deeper value."""
    if not isinstance(value, dict | list):
        return value
    if levels == 0:
        return orjson.Fragment(dump(value))
    if isinstance(value, list):
        return [_flattened(item, levels - 1) for item in value]
    return {key: _flattened(item, levels - 1) for key, item in value.items()}


def _exactly(text: str, decoder: json.JSONDecoder) -> Any:
    try:
        value = decoder.decode(text)
        dump(value)
    except (ValueError, RecursionError, TypeError) as error:
        raise BadJson(str(error)) from None
    return value


def _position(text: str, index: int) -> str:
    line = text.count("\n", 0, index) + 1
    return f"line {line} column {index - text.rfind(chr(10), 0, index)}"


def _integer(digits: str) -> int | Number:
    return int(digits) if len(digits) < 19 else Number(digits)  # noqa: PLR2004  # 64 bits


def _real(digits: str) -> float | Number:
    wide = len(digits) > 16 or "e" in digits or "E" in digits  # noqa: PLR2004  # a double's digits
    return Number(digits) if wide else float(digits)


def _no_constant(name: str) -> Any:
    raise BadJson(f"{name} is no JSON value")


def _no_duplicate(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise BadJson(f"duplicate key {dump(twice).decode() if _is_text(twice) else '?'}")
    return value


def _is_text(key: str) -> bool:
    return not any("\ud800" <= character <= "\udfff" for character in key)


_SERVER = json.JSONDecoder(parse_int=_integer, parse_float=_real, parse_constant=_no_constant)
_STRICT = json.JSONDecoder(
    parse_int=_integer,
    parse_float=_real,
    parse_constant=_no_constant,
    object_pairs_hook=_no_duplicate,
)
