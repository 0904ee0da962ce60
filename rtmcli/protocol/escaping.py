r"""Text from elsewhere, made harmless for a terminal.

JSON may hold characters that a terminal obeys: C1 controls, DEL, and the marks that turn the
direction of text. On standard output they are written as `\uXXXX`, which is the same JSON value;
on standard error every control character is.
"""

import re

# DEL, C1, and the bidirectional and line-breaking marks (U+061C, U+200E-F, U+2028-E, U+2066-9).
_UNSAFE_IN_JSON = rb"\x7f|\xc2[\x80-\x9f]|\xd8\x9c|\xe2\x80[\x8e\x8f\xa8-\xae]|\xe2\x81[\xa6-\xa9]"
_UNSAFE_IN_TEXT = "[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]"


def escape_json(data: bytes) -> bytes:
    """Escape within JSON what a terminal would obey; the value stays the same."""
    if data.isascii() and b"\x7f" not in data:
        return data
    return re.sub(_UNSAFE_IN_JSON, lambda found: b"\\u%04x" % ord(found[0].decode()), data)


def escape_text(text: str) -> str:
    """Escape every control character of a text, line ends too."""
    return re.sub(_UNSAFE_IN_TEXT, lambda found: f"\\u{ord(found[0]):04x}", text)


def truncate(text: str, max_length: int = 100) -> str:
    """Cut a text off that a message quotes, so that it can be read; an empty one is seen."""
    return (text if len(text) <= max_length else f"{text[:max_length]}…") or "''"


def excerpt(data: bytes, max_bytes: int = 200) -> str:
    """Quote at most `limit` bytes of data that may be anything."""
    text = escape_text(data[:max_bytes].decode("utf-8", "backslashreplace"))
    return text + "…" if len(data) > max_bytes else text
