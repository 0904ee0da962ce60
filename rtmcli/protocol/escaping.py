r"""Escape untrusted text, so that it cannot control a terminal.

JSON may contain characters that a terminal interprets: DEL, C1 controls, and marks that change the
direction of text. On standard output they are escaped as `\uXXXX`, which keeps the JSON value; on
standard error all control characters are.
"""

import re

# DEL, C1, and the bidirectional and line-breaking marks (U+061C, U+200E-F, U+2028-E, U+2066-9).
_UNSAFE_IN_JSON = rb"\x7f|\xc2[\x80-\x9f]|\xd8\x9c|\xe2\x80[\x8e\x8f\xa8-\xae]|\xe2\x81[\xa6-\xa9]"
_UNSAFE_IN_TEXT = "[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]"
_UNSAFE_IN_CELL = "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]"
_FORMULA = r"[=+\-@\t\r]"
_GUARDED_FORMULA = "'+" + _FORMULA
_NUMBER = r"[+-]?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?"


def escape_json(data: bytes) -> bytes:
    """Escape control characters in JSON text; its value stays the same."""
    if data.isascii() and b"\x7f" not in data:
        return data
    return re.sub(_UNSAFE_IN_JSON, lambda match: b"\\u%04x" % ord(match[0].decode()), data)


def escape_text(text: str) -> str:
    """Escape all control characters of a text, including line ends."""
    return re.sub(_UNSAFE_IN_TEXT, _escape_character, text)


def escape_line(text: str) -> str:
    """Put a text on one line, and escape its control characters."""
    return escape_text(" ".join(text.split()))


def escape_cell(text: str) -> str:
    """Escape the control characters of a text except tabs and line ends."""
    return re.sub(_UNSAFE_IN_CELL, _escape_character, text)


def guard_formula(text: str) -> str:
    """Put an apostrophe before a text that a spreadsheet would execute; a number stays as it is.

    A text that looks guarded gets one more, so that `unguard_formula` returns any text unchanged.
    """
    is_formula = re.match(_FORMULA, text) and not re.fullmatch(_NUMBER, text)
    return f"'{text}" if is_formula or re.match(_GUARDED_FORMULA, text) else text


def unguard_formula(text: str) -> str:
    """Remove the apostrophe that `guard_formula` puts before a text."""
    return text[1:] if re.match(_GUARDED_FORMULA, text) else text


def truncate(text: str, max_length: int = 100) -> str:
    """Shorten a text for use in a message; an empty text becomes two quotes."""
    return (text if len(text) <= max_length else f"{text[:max_length]}…") or "''"


def excerpt(data: bytes, max_bytes: int = 200) -> str:
    """Return the first bytes of arbitrary data as escaped text."""
    text = escape_text(data[:max_bytes].decode("utf-8", "backslashreplace"))
    return text + "…" if len(data) > max_bytes else text


def _escape_character(match: re.Match[str]) -> str:
    return f"\\u{ord(match[0]):04x}"
