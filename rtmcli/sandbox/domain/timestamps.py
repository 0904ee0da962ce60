"""Times: a deterministic clock for seeds, and conversions from and to texts.

Times are microseconds since 1970; a clock reads seconds since 1970.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import count

MICROSECONDS = 1_000_000  # per second
_CLOCK_START = 1_567_411_200  # 2019-09-02T08:00:00Z, about the release of v3.0
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FIRST_TIME = (datetime(1, 1, 1, tzinfo=UTC) - _EPOCH) // timedelta(microseconds=1)
_LAST_TIME = (datetime.max.replace(tzinfo=UTC) - _EPOCH) // timedelta(microseconds=1)


def deterministic_clock() -> Callable[[], float]:
    """Return a clock that starts at a fixed time and advances 1 ms with each reading."""
    ticks = count()
    return lambda: _CLOCK_START + next(ticks) / 1000


def from_seconds(seconds: float) -> int:
    """Convert seconds since 1970 to microseconds."""
    return round(seconds * MICROSECONDS)


def to_seconds(time: int) -> int:
    """Convert microseconds to whole seconds since 1970."""
    return time // MICROSECONDS


@lru_cache(maxsize=4096)
def format_datetime(time: int) -> str:
    """Format a time as RFC 3339 with microseconds, in UTC; clients may have sent odd times."""
    utc_time = _EPOCH + timedelta(microseconds=min(max(time, _FIRST_TIME), _LAST_TIME))
    return utc_time.isoformat(timespec="microseconds").replace("+00:00", "Z")


def parse_datetime(text: str) -> int:
    """Parse an RFC 3339 date and time, or a date as its midnight UTC; raise ValueError."""
    parsed = datetime.fromisoformat(text.replace("z", "Z").replace("t", "T"))
    aware = parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)
    return (aware - _EPOCH) // timedelta(microseconds=1)


def format_date(time: int) -> str:
    """Format the UTC day of a time as YYYY-MM-DD."""
    return format_datetime(time)[:10]
