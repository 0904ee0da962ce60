"""Durations as people write them: `500ms`, `10s`, `5m`, `1h`; a bare number is seconds."""

import re

from rtmcli.errors import UsageError

WANTED = "must be a duration such as 500ms, 10s, 5m or 1h"
_UNITS = {"ms": 0.001, "s": 1.0, "": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_DURATION = r"([0-9]{1,9}(?:\.[0-9]{1,20})?)(ms|s|m|h|d|)"
_LONGEST = 366 * 86400.0  # what poll and the socket's own timeouts bear


def seconds(text: str, name: str) -> float:
    """Return the seconds that a text spells; raise `UsageError` that names the option."""
    try:
        return positive(text)
    except ValueError as error:
        raise UsageError(f"{name} {error}") from None


def parse(text: str) -> float:
    """Return the seconds that a text spells; raise ValueError that says what is wanted."""
    found = re.fullmatch(_DURATION, text.strip())
    if not found:
        raise ValueError(WANTED)
    length = float(found[1]) * _UNITS[found[2]]
    if length > _LONGEST:
        raise ValueError("must be at most a year")
    return length


def positive(text: str) -> float:
    """Return the seconds that a text spells, as `parse` does; zero raises ValueError too."""
    length = parse(text)
    if not length:
        raise ValueError("must be more than zero")
    return length


def spell(length: float) -> str:
    """Write seconds as a person would: `500ms`, `20s`, `5m`."""
    for unit in ("h", "m", "s"):
        count = length / _UNITS[unit]
        if length and count.is_integer():
            return f"{count:.0f}{unit}"
    return f"{length * 1000:g}ms" if length < 1 else f"{length:g}s"
