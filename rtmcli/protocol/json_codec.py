"""Decode and encode JSON without changing a digit.

`loads` decodes what the server sent: anything that follows the grammar, half of a surrogate pair
and deep nesting included; the last of duplicate keys wins. `loads_strict` decodes what a user wrote
(a duplicate key, NaN or invalid Unicode is an error). A number that neither a 64-bit integer nor a
double represents exactly is decoded as `RawNumber`.
"""

import codecs
import json
import re
from typing import Any

import orjson

from rtmcli.protocol.json_scanner import JSONSyntaxError, Scanner

_BOM = "\ufeff"
_RECORD_SEPARATOR = "\x1e"  # before each value of a JSON text sequence (RFC 7464)
_FIRST_CHARACTERS = [bytes((byte,)) for byte in b'{["-0123456789tfn \t\r\n']  # of JSON
UTF_16_ERROR = "it is UTF-16; convert it to UTF-8, as with iconv -f UTF-16 -t UTF-8"
# A number that a double may not represent: many digits, or an exponent. The possessive quantifiers
# prevent backtracking, which would be quadratic in a message that consists of digits.
_WIDE_NUMBER = rb"(?:(?<![0-9.])[0-9.]{16,}+|[0-9][eE][-+]?[0-9]++)(?=[\s,\]}]|$)"
# A text contains such a number only if, with each byte replaced by its character class, it contains
# one of two substrings; searching for those is much faster.
_CHARACTER_CLASSES = bytes(
    ord("0") if byte in b"0123456789." else ord("e") if byte in b"eE" else ord(" ")
    for byte in range(256)
)
_MANY_DIGITS, _EXPONENT = b"0" * 16, b"0e"

# The memory that values take besides their text, by a character that each of them needs, in bytes.
_VALUE_SIZES = {b"{": 232, b"[": 56, b",": 72}
_MAX_VALUES_SIZE = 400 * 1024 * 1024  # bytes
_TOKEN = re.compile(r'"(?:[^"\\]++|\\.)*+"|[][{}]|[^][{}",:\s]++')  # of valid JSON
_MAX_DEEP_VALUES = 500_000  # objects and arrays of a text that takes the slow way
MAX_UNCHECKED_SIZE = 3 * 1024 * 1024  # bytes of JSON whose values fit in any case

_MIN_INT, _MAX_INT = -(1 << 63), (1 << 64) - 1  # the integers that orjson encodes
_MAX_INT_LENGTH = 20  # characters of the longest of them


class JSONError(ValueError):
    """Text that is not a valid JSON value; the message says why, and where."""


class StrictJSONError(JSONError):
    """Text that is JSON, but whose value must not be sent."""


class RawNumber:
    """A number that is kept as its literal."""

    __slots__ = ("literal",)

    def __init__(self, literal: str) -> None:
        self.literal = literal

    def __eq__(self, other: object) -> bool:
        return isinstance(other, RawNumber) and other.literal == self.literal

    def __hash__(self) -> int:
        return hash(self.literal)

    def __repr__(self) -> str:
        return self.literal


def loads(data: bytes) -> Any:
    """Decode a value that the server sent; raise `JSONError`.

    Memory is bounded: a text of more values than its size suggests is an error.
    """
    if len(data) > MAX_UNCHECKED_SIZE:
        values_size = sum(data.count(byte) * size for byte, size in _VALUE_SIZES.items())
        if values_size > _MAX_VALUES_SIZE:
            raise JSONError("too many values")
    classes = data.translate(_CHARACTER_CLASSES)
    has_wide_number = (_MANY_DIGITS in classes or _EXPONENT in classes) and re.search(
        _WIDE_NUMBER, data
    )
    try:
        value = orjson.loads(data)
    except orjson.JSONDecodeError:
        pass  # half of a surrogate pair, deep nesting, a large exponent; or not JSON
    else:
        if not has_wide_number:
            return value
    try:
        text = data.decode()
        try:
            return _LENIENT.decode(text)
        except RecursionError:
            return _loads_deep(text)
    except UnicodeDecodeError as error:
        raise JSONError(f"not UTF-8: byte {error.start + 1}") from None
    except json.JSONDecodeError as error:
        position = len(error.doc[: error.pos].encode()) + 1
        raise JSONError(f"{error.msg}: byte {position}") from None


def loads_strict(data: bytes) -> Any:
    """Decode a value that a user wrote; raise `JSONError` with the position of the error."""
    if is_utf_16(data):
        raise JSONError(UTF_16_ERROR)
    try:
        text = data.decode().removeprefix(_BOM).removeprefix(_RECORD_SEPARATOR)
        value = _STRICT.decode(text)
    except UnicodeDecodeError as error:
        raise JSONError(f"not UTF-8: byte {error.start + 1}") from None
    except json.JSONDecodeError as error:
        message = "unexpected text after the value" if error.msg == "Extra data" else error.msg
        raise JSONError(f"{message}: line {error.lineno} column {error.colno}") from None
    except RecursionError:
        raise StrictJSONError("nested too deeply") from None
    try:
        orjson.dumps(value, default=_default)
    except TypeError as error:
        message = "nested too deeply" if "ecursion" in str(error) else "invalid Unicode in a string"
        raise StrictJSONError(message) from None
    return value


def is_utf_16(data: bytes) -> bool:
    """Return whether JSON text begins as in UTF-16: with its byte order mark, or `{` and NUL."""
    first = data[:2]
    is_with_nul = first.count(0) == 1 and first.strip(b"\0") in _FIRST_CHARACTERS
    return first in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE) or is_with_nul


def is_encodable(text: str) -> bool:
    """Return whether a text can be encoded as UTF-8: lone surrogates cannot.

    They result from invalid escapes in JSON, and from invalid UTF-8 in command-line arguments.
    """
    return text.isascii() or not any("\ud800" <= character <= "\udfff" for character in text)


def dumps(value: Any) -> bytes:
    """Encode a value as compact JSON on one line; half of a surrogate pair is escaped."""
    try:
        return orjson.dumps(value, default=_default)
    except TypeError:
        return _dumps_deep(value)


def dumps_pretty(value: Any) -> bytes:
    """Encode a value with an indent of two spaces; a very deep value stays on one line."""
    try:
        return orjson.dumps(value, default=_default, option=orjson.OPT_INDENT_2)
    except TypeError:
        return dumps(value)


def _default(value: Any) -> orjson.Fragment:
    if isinstance(value, RawNumber):
        return orjson.Fragment(value.literal)
    raise TypeError


def _dumps_deep(value: Any) -> bytes:
    """Encode what orjson rejects: a lone surrogate, or nesting deeper than its limit of 254."""
    chunks: list[bytes] = []
    stack = [value]  # pending values and separators, the next one last
    while stack:
        item = stack.pop()
        if isinstance(item, bytes):
            chunks.append(item)
        elif isinstance(item, dict):
            members = [part for key in item for part in (b",", _dumps_scalar(key), b":", item[key])]
            stack += [b"}", *reversed(members[1:]), b"{"]
        elif isinstance(item, list):
            members = [part for member in item for part in (b",", member)]
            stack += [b"]", *reversed(members[1:]), b"["]
        else:
            chunks.append(_dumps_scalar(item))
    return b"".join(chunks)


def _dumps_scalar(value: Any) -> bytes:
    try:
        return orjson.dumps(value, default=_default)
    except TypeError:
        if isinstance(value, str):
            return json.dumps(value).encode()
        raise


def _loads_deep(text: str) -> Any:
    """Decode a value without recursion; raise `ValueError` if it is not JSON.

    The syntax is checked first, so the loop only assembles values.
    """
    if text.count("[") + text.count("{") > _MAX_DEEP_VALUES:
        raise JSONError("nested too deeply")
    data, scanner = bytearray(text, "utf-8"), Scanner()
    try:
        is_complete = scanner.scan(data, final=True)
    except JSONSyntaxError as error:
        raise JSONError(f"{error.message}: byte {error.index + 1}") from None
    if not is_complete or data[scanner.position :].strip(b" \t\r\n"):
        raise JSONError("not one whole value")
    stack: list[list[Any]] = [[]]  # open containers; an object is a list of keys and values
    for part in _TOKEN.findall(text):
        if part in ("[", "{"):
            stack.append([])
            continue
        if part == "]":
            value: Any = stack.pop()
        elif part == "}":
            members = stack.pop()
            value = dict(zip(members[::2], members[1::2], strict=True))
        else:
            value = _LENIENT.decode(part)
        stack[-1].append(value)
    return stack[0][0]


def _parse_int(literal: str) -> int | RawNumber:
    value = int(literal[:_MAX_INT_LENGTH])
    return (
        value
        if len(literal) <= _MAX_INT_LENGTH and _MIN_INT <= value <= _MAX_INT
        else RawNumber(literal)
    )


def _parse_float(literal: str) -> float | RawNumber:
    is_wide = len(literal) > 16 or "e" in literal or "E" in literal  # noqa: PLR2004  # digits of a double
    return RawNumber(literal) if is_wide else float(literal)


def _reject_constant(name: str) -> Any:
    raise JSONError(f"{name} is not a JSON value")


def _reject_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) < len(pairs):
        keys = [key for key, _ in pairs]
        duplicate = next(key for key in keys if keys.count(key) > 1)
        raise StrictJSONError(
            f"duplicate key {dumps(duplicate).decode() if is_encodable(duplicate) else '?'}"
        )
    return value


_LENIENT = json.JSONDecoder(
    parse_int=_parse_int, parse_float=_parse_float, parse_constant=_reject_constant
)
_STRICT = json.JSONDecoder(
    parse_int=_parse_int,
    parse_float=_parse_float,
    parse_constant=_reject_constant,
    object_pairs_hook=_reject_duplicates,
)
