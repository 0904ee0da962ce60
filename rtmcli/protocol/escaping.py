r"""Escape untrusted text, so that it cannot control a terminal.

JSON may contain characters that a terminal interprets: DEL, C1 controls, and marks that change the
direction of text. On standard output they are escaped as `\uXXXX`, which keeps the JSON value; on
standard error all control characters are.
"""

import re

# DEL, C1, and the bidirectional and line-breaking marks (U+061C, U+200E-F, U+2028-E, U+2066-9).
_UNSAFE_IN_JSON = rb"\x7f|\xc2[\x80-\x9f]|\xd8\x9c|\xe2\x80[\x8e\x8f\xa8-\xae]|\xe2\x81[\xa6-\xa9]"
_UNSAFE_IN_TEXT = "[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]"


def escape_json(data: bytes) -> bytes:
    """Escape control characters in JSON text; its value stays the same."""
    if data.isascii() and b"\x7f" not in data:
        return data
    return re.sub(_UNSAFE_IN_JSON, lambda match: b"\\u%04x" % ord(match[0].decode()), data)


def escape_text(text: str) -> str:
    """Escape all control characters of a text, including line ends."""
    return re.sub(_UNSAFE_IN_TEXT, lambda match: f"\\u{ord(match[0]):04x}", text)


def truncate(text: str, max_length: int = 100) -> str:
    """Shorten a text for use in a message; an empty text becomes two quotes."""
    return (text if len(text) <= max_length else f"{text[:max_length]}…") or "''"


def excerpt(data: bytes, max_bytes: int = 200) -> str:
    """Return the first bytes of arbitrary data as escaped text."""
    text = escape_text(data[:max_bytes].decode("utf-8", "backslashreplace"))
    return text + "…" if len(data) > max_bytes else text
