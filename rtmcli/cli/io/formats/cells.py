"""Cells from the items of a list, and texts from values of any type."""

from collections.abc import Sequence
from typing import Any

from rtmcli.cli.io.stderr import redactor
from rtmcli.protocol import json_codec
from rtmcli.protocol.paths import get_all

_SEPARATOR = ", "  # of several values in one cell


def item_cells(item: Any, columns: Sequence[str]) -> list[str]:
    """Return one text for each column; it is unescaped, and empty if the item lacks the value."""
    return [
        _SEPARATOR.join(to_text(value) for value in get_all(item, path) if value is not None)
        for path in columns
    ]


def to_text(value: Any) -> str:
    """Return a string as it is, nothing for null, and the JSON text of another value."""
    if value is None or isinstance(value, str):
        return value or ""
    return json_codec.dumps(value).decode("utf-8", "backslashreplace")


def redact_value(value: Any) -> Any:
    """Replace the secrets in a value, as in printed JSON."""
    text = json_codec.dumps(value)
    redacted = redactor.redact_json(text)
    return value if redacted == text else json_codec.loads(redacted)
