"""Durations such as `500ms`, `10s`, `5m` and `1h`; a number without a unit is seconds."""

import re

EXPECTED = "must be a duration such as 500ms, 10s, 5m or 1h"
_UNITS = {"ms": 0.001, "s": 1.0, "": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_DURATION = r"([0-9]{1,9}(?:\.[0-9]{1,20})?)(ms|s|m|h|d|)"
_MAX_SECONDS = 366 * 86400.0  # within the range of poll and socket timeouts


def parse(text: str) -> float:
    """Return the seconds of a duration; raise ValueError that says what is expected."""
    match = re.fullmatch(_DURATION, text.strip())
    if not match:
        raise ValueError(EXPECTED)
    seconds = float(match[1]) * _UNITS[match[2]]
    if seconds > _MAX_SECONDS:
        raise ValueError("must be at most a year")
    return seconds


def parse_positive(text: str) -> float:
    """Return the seconds of a duration; raise ValueError also if it is zero."""
    seconds = parse(text)
    if not seconds:
        raise ValueError("must be more than zero")
    return seconds


def format_seconds(seconds: float) -> str:
    """Format seconds in the largest unit without a fraction: `500ms`, `20s`, `5m`."""
    for unit in ("h", "m", "s"):
        count = seconds / _UNITS[unit]
        if seconds and count.is_integer():
            return f"{count:.0f}{unit}"
    return f"{seconds * 1000:g}ms" if seconds < 1 else f"{seconds:g}s"
