"""The values and origins of settings, as a table and as JSON, without secrets."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from rtmcli.cli.io.stderr import redactor
from rtmcli.protocol import escaping
from rtmcli.settings.definitions import BY_NAME
from rtmcli.settings.resolve import DEFAULT, PROFILE, Resolved


def settings_as_json(settings: Mapping[str, Resolved]) -> dict[str, dict[str, Any]]:
    """Return the settings as JSON; hidden ones only if they are set."""
    record_by_name = {}
    for name, value in settings.items():
        setting = BY_NAME[name]
        if setting.hidden and value.origin == DEFAULT:
            continue
        json_value = None if value.value is None else setting.type.to_json(value.value)
        record_by_name[name] = {"value": json_value, "origin": value.origin}
        if value.source_name:
            record_by_name[name]["source"] = value.source_name
    return record_by_name


def format_value(name: str, value: Resolved) -> str:
    """Format the value of a setting; an absent value is empty."""
    return "" if value.value is None else BY_NAME[name].type.format(value.value)


def format_table(settings: Mapping[str, Resolved], *, only_set: bool = False) -> list[str]:
    """Format the settings as lines: name, value, origin."""
    profile = settings["profile"].value
    rows = []
    for name in settings_as_json(settings):
        value = settings[name]
        if only_set and value.origin == DEFAULT:
            continue
        origin = (
            f"profile {profile}" if value.origin == PROFILE else value.source_name or value.origin
        )
        rows.append((name, format_value(name, value) or "-", origin))
    return align_columns(rows)


def align_columns(rows: Sequence[Sequence[str]]) -> list[str]:
    """Format rows in columns; the last column is not padded."""
    if not rows:
        return []
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    widths[-1] = 0
    return ["  ".join(map(str.ljust, row, widths)).rstrip() for row in rows]


def join_details(details: Mapping[str, Any]) -> str:
    """Format details in one line; None is left out."""
    parts = []
    for name, value in details.items():
        if value is not None:
            text = " ".join(map(str, value)) if isinstance(value, list) else value
            parts.append(f"{name} {text}")
    return ", ".join(parts)


def encode_lines(text_lines: Iterable[str]) -> bytes:
    """Encode lines for standard output, escaped and without secrets."""
    return b"".join(
        redactor.redact_text(escaping.escape_text(text).encode("utf-8", "backslashreplace")) + b"\n"
        for text in text_lines
    )
