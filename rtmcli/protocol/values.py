"""JSON values in and out, with no digit changed.

Two ways in: `load` for what the server sent (fast, last key wins) and `parse` for what a user
wrote (strict: a duplicate key, NaN or broken Unicode is an error). One way out: `dump`. A number
that no 64-bit integer or double holds travels as `Number`, its digits untouched.
"""

import json
import re
from typing import Any

import orjson

_BOM = "\ufeff"
# A number in a JSON text that a double might not hold: many digits, or an exponent. It never
# looks twice at a digit: a message of nothing but digits must not cost more than another.
_WIDE = rb"(?:(?<![0-9.])[0-9.]{16,}+|[0-9][eE][-+]?[0-9]++)(?=[\s,\]}]|$)"
# Where neither of these is in a text, such a number is not either; to look for them is far faster.
_OUTLINE = bytes(
    ord("0") if byte in b"0123456789." else ord("e") if byte in b"eE" else ord(" ")
    for byte in range(256)
)
_MANY_DIGITS, _EXPONENT = b"0" * 16, b"0e"

_LEAST, _MOST = -(1 << 63), (1 << 64) - 1  # the integers that orjson writes
_LONGEST = 20  # characters of such an integer


class BadJson(ValueError):
    """Text that is no JSON value, or none that may be sent on; the text says where and why."""


class Unsendable(BadJson):
    """Text that is JSON, but its value must not be sent on."""


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
    outline = text.translate(_OUTLINE)
    wide = (_MANY_DIGITS in outline or _EXPONENT in outline) and re.search(_WIDE, text)
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        if not wide:
            raise BadJson(f"{error.msg}: byte {error.pos + 1}") from None
    else:
        if not wide:
            return value
    try:
        value = _SERVER.decode(text.decode())
        dump(value)  # the standard library takes broken Unicode, which nobody could send on
    except RecursionError:
        raise BadJson("nested too deeply") from None
    except (ValueError, TypeError) as error:
        raise BadJson(str(error)) from None
    return value


def parse(text: bytes) -> Any:
    """Read one value that a user wrote; raise `BadJson` with the position of what is wrong."""
    try:
        value = _STRICT.decode(text.decode().removeprefix(_BOM))
    except UnicodeDecodeError as error:
        raise BadJson(f"not UTF-8: byte {error.start + 1}") from None
    except json.JSONDecodeError as error:
        why = "something follows the value" if error.msg == "Extra data" else error.msg
        raise BadJson(f"{why}: line {error.lineno} column {error.colno}") from None
    except RecursionError:
        raise Unsendable("nested too deeply") from None
    try:
        orjson.dumps(value, default=_digits)
    except TypeError as error:
        why = "nested too deeply" if "ecursion" in str(error) else "broken Unicode in a string"
        raise Unsendable(why) from None
    return value


def is_unicode(text: str) -> bool:
    """Tell whether a text can be written as UTF-8: lone surrogates cannot.

    They stand for broken Unicode, in JSON as in the arguments of a command line.
    """
    return not any("\ud800" <= character <= "\udfff" for character in text)


def dump(value: Any) -> bytes:
    """Write a value as compact JSON on one line; raise TypeError for broken Unicode."""
    try:
        return orjson.dumps(value, default=_digits)
    except TypeError:
        return _dump_deep(value)


def dump_indented(value: Any) -> bytes:
    """Write a value over several lines, two spaces a level; a very deep one stays on one."""
    try:
        return orjson.dumps(value, default=_digits, option=orjson.OPT_INDENT_2)
    except TypeError:
        return dump(value)


def _digits(value: Any) -> orjson.Fragment:
    if isinstance(value, Number):
        return orjson.Fragment(value.digits)
    raise TypeError


def _dump_deep(value: Any) -> bytes:
    """Write a value that is deeper than the 254 levels that orjson writes, without recursion."""
    written: list[bytes] = []
    left = [value]  # values to be written, the next one last, and bytes to stand between them
    while left:
        item = left.pop()
        if isinstance(item, bytes):
            written.append(item)
        elif isinstance(item, dict):
            inner = [part for key in item for part in (b",", orjson.dumps(key), b":", item[key])]
            left += [b"}", *reversed(inner[1:]), b"{"]
        elif isinstance(item, list):
            inner = [part for member in item for part in (b",", member)]
            left += [b"]", *reversed(inner[1:]), b"["]
        else:
            written.append(orjson.dumps(item, default=_digits))
    return b"".join(written)


def _integer(digits: str) -> int | Number:
    value = int(digits[:_LONGEST])
    return value if len(digits) <= _LONGEST and _LEAST <= value <= _MOST else Number(digits)


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
        raise Unsendable(f"duplicate key {dump(twice).decode() if is_unicode(twice) else '?'}")
    return value


_SERVER = json.JSONDecoder(parse_int=_integer, parse_float=_real, parse_constant=_no_constant)
_STRICT = json.JSONDecoder(
    parse_int=_integer,
    parse_float=_real,
    parse_constant=_no_constant,
    object_pairs_hook=_no_duplicate,
)
