"""Each setting's value and where it comes from, as a table and as JSON; never a token."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from rtmcli.cli.report import HIDDEN
from rtmcli.protocol import escaping
from rtmcli.settings.resolve import DEFAULT, PROFILE, Value
from rtmcli.settings.rows import NAMES


def records(settings: Mapping[str, Value]) -> dict[str, dict[str, Any]]:
    """Lay the settings out as JSON; a rare one only where it is set."""
    found = {}
    for name, value in settings.items():
        setting = NAMES[name]
        if setting.hidden and value.origin == DEFAULT:
            continue
        hides = setting.kind.hides and value.value is not None
        shown = setting.kind.show(value.value) if hides else value.value
        found[name] = {"value": shown, "origin": value.origin}
        if value.source:
            found[name]["source"] = value.source
    return found


def shown(name: str, value: Value) -> str:
    """Write a setting's value as text; nothing for none."""
    return "" if value.value is None else NAMES[name].kind.show(value.value)


def table(settings: Mapping[str, Value], *, only_set: bool = False) -> list[str]:
    """Lay the settings out as lines: name, value, origin."""
    profile = settings["profile"].value
    rows = []
    for name in records(settings):
        value = settings[name]
        if only_set and value.origin == DEFAULT:
            continue
        where = f"profile {profile}" if value.origin == PROFILE else value.source or value.origin
        rows.append((name, shown(name, value) or "-", where))
    return columns(rows)


def columns(rows: Sequence[Sequence[str]]) -> list[str]:
    """Lay rows out in columns; the last one needs no width."""
    if not rows:
        return []
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    widths[-1] = 0
    return ["  ".join(map(str.ljust, row, widths)).rstrip() for row in rows]


def listed(facts: Mapping[str, Any]) -> str:
    """Write facts in a line; those that nobody knows are left out."""
    texts = []
    for name, value in facts.items():
        if value is not None:
            text = " ".join(map(str, value)) if isinstance(value, list) else value
            texts.append(f"{name} {text}")
    return ", ".join(texts)


def lines(texts: Iterable[str]) -> bytes:
    """Write lines of text for standard output: harmless, and without secrets."""
    return b"".join(
        HIDDEN.hide_in_text(escaping.in_text(text).encode("utf-8", "backslashreplace")) + b"\n"
        for text in texts
    )
