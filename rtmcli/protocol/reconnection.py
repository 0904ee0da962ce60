"""When a lost connection is tried again, for weeks and by many clients at once.

- The pause after an attempt is drawn from 0 s to a ceiling that doubles, 0.5 s to 30 s (full
  jitter). It counts from the beginning of the attempt, so that one that hangs delays nothing.
- The ceiling falls back only after a session that was logged in and healthy for 60 s. The first
  try after such a session is spread over twenty times the first ceiling: a server that restarts
  loses all its clients in one instant, and they must not come back in one.
- Two logins are never less than 1 s apart.
- There are never more than 60 attempts in any ten minutes, whatever the draws and the reasons.

Time and chance are arguments; time is in seconds of a clock that never goes back.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from math import inf
from typing import Any

from rtmcli.protocol.conversation import Backoff
from rtmcli.row import Row

_SPREAD = 20  # times the first ceiling
_BURST = 9  # attempts that may follow each other freely
_RATE = 0.4  # of the cap: how far apart the others are, in the long run
_SLOW = 1 / 3  # of the cap: the least pause where the server wants a longer one


class Pacing(Row):
    """How patiently to reconnect, in seconds."""

    backoff: Backoff = Backoff(0.5, 30.0)
    healthy_after: float = 60.0
    apart: float = 1.0  # between two logins


class Reconnection:
    """The attempts of one client, past and next."""

    def __init__(self, pacing: Pacing) -> None:
        self._pacing = pacing
        self._failures = 0
        self._began = -inf  # the last attempt
        self._opened: float | None = None  # the present session
        self._credit = -inf  # the moment up to which attempts are paid for

    def begin(self, now: float) -> None:
        """Note that an attempt begins."""
        self._began = now
        self._credit = max(self._credit, now) + self._interval

    def opened(self, now: float) -> None:
        """Note that the attempt led to a session."""
        self._opened = now

    def is_healthy(self, now: float) -> bool:
        """Tell whether the present session, or the one just lost, has lasted long enough."""
        return self._opened is not None and now - self._opened >= self._pacing.healthy_after

    def next(
        self, now: float, random: Callable[[], float], *, slowly: bool = False, least: float = 0.0
    ) -> float:
        """Return the moment of the next attempt, after one that failed or a session that ended.

        `slowly` where the server asked for a longer pause; `least` seconds from now at least.
        """
        was_healthy = self.is_healthy(now)
        since = self._began if self._opened is None else now
        self._failures = 1 if was_healthy else self._failures + 1
        self._opened = None
        pause = self._pause(random, spread=was_healthy, slowly=slowly)
        return max(
            now + least,
            since + pause,
            self._began + self._pacing.apart,
            self._credit - _BURST * self._interval,
        )

    def soon(self, now: float) -> float:
        """Return the moment of an attempt that has its reason: another region, a new token."""
        self._opened = None
        allowed = self._credit - _BURST * self._interval
        return max(now, self._began + self._pacing.apart, allowed)

    @property
    def _interval(self) -> float:
        return self._pacing.backoff.cap * _RATE

    def _pause(self, random: Callable[[], float], *, spread: bool, slowly: bool) -> float:
        backoff = self._pacing.backoff
        if slowly:
            return backoff.cap * (_SLOW + (1 - _SLOW) * random())
        if spread:
            return min(backoff.cap, _SPREAD * backoff.first) * random()
        return backoff.pause(self._failures, random)


class Gap(Row):
    """A stretch of time in which pushes may have been lost; times are seconds of the epoch."""

    start: float  # the last frame before it
    end: float
    reason: str
    lost: int | None = None  # how many pushes, where that is known

    def record(self) -> dict[str, Any]:
        """Lay it out as the line that stands among the pushes."""
        record: dict[str, Any] = {
            "type": "rtm.gap",
            "from": _rfc3339(self.start),
            "to": _rfc3339(self.end),
            "reason": self.reason,
        }
        if self.lost is not None:
            record["count"] = self.lost
        return record


def _rfc3339(moment: float) -> str:
    text = datetime.fromtimestamp(moment, UTC).isoformat(timespec="milliseconds")
    return text.replace("+00:00", "Z")
