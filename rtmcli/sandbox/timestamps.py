"""Timestamps of a license: a deterministic clock for seeds, and the API's date formats."""

from collections.abc import Callable
from datetime import UTC, datetime
from itertools import count

_EPOCH = 1_567_411_200  # 2019-09-02T08:00:00Z, about the release of v3.0


def deterministic_clock() -> Callable[[], float]:
    """Return a clock that starts at a fixed time and advances 1 ms with each reading."""
    ticks = count()
    return lambda: _EPOCH + next(ticks) / 1000


def format_datetime(seconds: float) -> str:
    """Format seconds since 1970 as RFC 3339 with microseconds, in UTC."""
    utc_time = datetime.fromtimestamp(seconds, UTC)
    return utc_time.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def parse_datetime(text: str) -> float:
    """Parse an RFC 3339 date and time, or a date as its midnight UTC, to seconds since 1970."""
    parsed = datetime.fromisoformat(text.replace("z", "Z").replace("t", "T"))
    return (parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)).timestamp()


def format_date(seconds: float) -> str:
    """Format the UTC day of a time as YYYY-MM-DD."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d")
