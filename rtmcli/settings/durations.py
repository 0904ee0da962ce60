"""Durations as people write them: `500ms`, `10s`, `5m`, `1h`; a bare number is seconds."""

import re

from rtmcli.errors import UsageError

_UNITS = {"ms": 0.001, "s": 1.0, "": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_DURATION = re.compile(r"([0-9]{1,9}(?:\.[0-9]{1,9})?)(ms|s|m|h|d|)")


def seconds(text: str, name: str) -> float:
    """Return the seconds that a text spells; raise `UsageError` that names the option."""
    found = _DURATION.fullmatch(text.strip())
    if not found:
        raise UsageError(f"{name} must be a duration such as 500ms, 10s, 5m or 1h")
    return float(found[1]) * _UNITS[found[2]]
