"""Time as a licence tells it: a clock of its own for seeds, and moments in the API's formats."""

from collections.abc import Callable
from datetime import UTC, datetime
from itertools import count

_EPOCH = 1_567_411_200  # 2019-09-02T08:00:00Z: when the documents of v3.0 were new


def deterministic_clock() -> Callable[[], float]:
    """Make a clock that counts a millisecond each time it is read, always from the same moment."""
    ticks = count()
    return lambda: _EPOCH + next(ticks) / 1000


def format_datetime(seconds: float) -> str:
    """Write a moment as RFC 3339 with microseconds, in UTC."""
    utc_time = datetime.fromtimestamp(seconds, UTC)
    return utc_time.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def parse_datetime(text: str) -> float:
    """Read an RFC 3339 date and time (or a date, at midnight UTC); return seconds since 1970."""
    parsed = datetime.fromisoformat(text.replace("z", "Z").replace("t", "T"))
    return (parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)).timestamp()


def format_date(seconds: float) -> str:
    """Write the day of a moment, in UTC, as YYYY-MM-DD."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d")
