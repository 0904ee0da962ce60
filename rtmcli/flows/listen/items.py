"""What listening yields: pushes, gaps between them, and notices about the connection."""

import time
from datetime import UTC, datetime
from typing import Any, NamedTuple

_BOOT_CLOCK = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)


def clock() -> float:
    """Return the seconds of a clock that is never set and also counts during a suspension."""
    return time.clock_gettime(_BOOT_CLOCK)


class Gap(NamedTuple):
    """A period in which pushes may have been lost; times are seconds since the epoch."""

    start: float  # when the last frame before it was received
    end: float
    reason: str
    lost_count: int | None = None  # how many pushes were lost, if known

    @classmethod
    def since(cls, start: float, reason: str, lost_count: int | None = None) -> "Gap":
        """Return the gap from `start`, a time of `clock`, until now.

        Its length is true, and it ends at the current time, if the wall clock was set meanwhile.
        """
        now = time.time()
        return cls(now - (clock() - start), now, reason, lost_count)

    def to_record(self) -> dict[str, Any]:
        """Return the JSON object that is printed among the pushes."""
        record: dict[str, Any] = {
            "type": "rtm.gap",
            "from": _format_rfc3339(self.start),
            "to": _format_rfc3339(self.end),
            "reason": self.reason,
        }
        if self.lost_count is not None:
            record["count"] = self.lost_count
        return record


class Notice(NamedTuple):
    """A change of the connection that the user should know about."""

    kind: str  # disconnected, reconnected, not_connected or unreadable
    message: str


ListenItem = list[bytes] | Gap | Notice  # a list holds pushes as they were received


def _format_rfc3339(timestamp: float) -> str:
    text = datetime.fromtimestamp(timestamp, UTC).isoformat(timespec="milliseconds")
    return text.replace("+00:00", "Z")
