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
from typing import Any, NamedTuple

from rtmcli.protocol.retry_policy import Backoff

_SPREAD_FACTOR = 20  # times the first ceiling
_BURST = 9  # attempts that may follow each other freely
_INTERVAL_FACTOR = 0.4  # of the cap: how far apart the others are, in the long run
_SLOW_MIN_FACTOR = 1 / 3  # of the cap: the least pause where the server wants a longer one


class ReconnectPolicy(NamedTuple):
    """How patiently to reconnect, in seconds."""

    backoff: Backoff = Backoff(0.5, 30.0)
    stable_after: float = 60.0
    min_login_interval: float = 1.0  # between two logins


class ReconnectScheduler:
    """The attempts of one client, past and next."""

    def __init__(self, policy: ReconnectPolicy) -> None:
        self._policy = policy
        self._failures = 0
        self._last_attempt_at = -inf  # the last attempt
        self._connected_at: float | None = None  # the present session
        self._theoretical_arrival = -inf  # the moment up to which attempts are paid for

    def attempt_started(self, now: float) -> None:
        """Note that an attempt begins."""
        self._last_attempt_at = now
        self._theoretical_arrival = max(self._theoretical_arrival, now) + self._attempt_interval

    def connected(self, now: float) -> None:
        """Note that the attempt led to a session."""
        self._connected_at = now

    def is_stable(self, now: float) -> bool:
        """Tell whether the present session, or the one just lost, has lasted long enough."""
        return (
            self._connected_at is not None and now - self._connected_at >= self._policy.stable_after
        )

    def next_attempt(
        self,
        now: float,
        random_fraction: Callable[[], float],
        *,
        slowly: bool = False,
        min_delay: float = 0.0,
    ) -> float:
        """Return the moment of the next attempt, after one that failed or a session that ended.

        `slowly` where the server asked for a longer pause; `least` seconds from now at least.
        """
        was_stable = self.is_stable(now)
        since = self._last_attempt_at if self._connected_at is None else now
        self._failures = 1 if was_stable else self._failures + 1
        self._connected_at = None
        delay = self._delay(random_fraction, spread=was_stable, slowly=slowly)
        return max(
            now + min_delay,
            since + delay,
            self._last_attempt_at + self._policy.min_login_interval,
            self._theoretical_arrival - _BURST * self._attempt_interval,
        )

    def next_immediate(self, now: float) -> float:
        """Return the moment of an attempt that has its reason: another region, a new token."""
        self._connected_at = None
        allowed_at = self._theoretical_arrival - _BURST * self._attempt_interval
        return max(now, self._last_attempt_at + self._policy.min_login_interval, allowed_at)

    @property
    def _attempt_interval(self) -> float:
        return self._policy.backoff.max_delay * _INTERVAL_FACTOR

    def _delay(self, random_fraction: Callable[[], float], *, spread: bool, slowly: bool) -> float:
        backoff = self._policy.backoff
        if slowly:
            return backoff.max_delay * (
                _SLOW_MIN_FACTOR + (1 - _SLOW_MIN_FACTOR) * random_fraction()
            )
        if spread:
            return min(backoff.max_delay, _SPREAD_FACTOR * backoff.base_delay) * random_fraction()
        return backoff.delay(self._failures, random_fraction)


class Gap(NamedTuple):
    """A stretch of time in which pushes may have been lost; times are seconds of the epoch."""

    start: float  # the last frame before it
    end: float
    reason: str
    lost_count: int | None = None  # how many pushes, where that is known

    def to_record(self) -> dict[str, Any]:
        """Lay it out as the line that stands among the pushes."""
        record: dict[str, Any] = {
            "type": "rtm.gap",
            "from": _format_rfc3339(self.start),
            "to": _format_rfc3339(self.end),
            "reason": self.reason,
        }
        if self.lost_count is not None:
            record["count"] = self.lost_count
        return record


def _format_rfc3339(timestamp: float) -> str:
    text = datetime.fromtimestamp(timestamp, UTC).isoformat(timespec="milliseconds")
    return text.replace("+00:00", "Z")
