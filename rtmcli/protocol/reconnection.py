"""Decide when to try again: the backoff of one operation, and the schedule of a lasting client.

A client that reconnects for weeks, beside many others, keeps to these rules:

- The delay after a failed attempt is drawn from 0 s to a ceiling that doubles, 0.5 s to 30 s (full
  jitter). It counts from the start of the attempt, so a hanging attempt delays nothing.
- The ceiling is reset only by a session that stayed logged in for 60 s. The first attempt after
  such a session is spread over twenty times the first ceiling: a server that restarts loses all
  its clients at one instant, and they must not all return at one instant.
- Two logins are at least 1 s apart.
- Any ten minutes contain at most 60 attempts, whatever the random draws and the reasons.

Time and randomness are arguments; time is in seconds of a clock that never goes back.
"""

from collections.abc import Callable
from math import inf
from typing import NamedTuple

_SPREAD_FACTOR = 20  # times the first ceiling
_BURST = 9  # attempts that may follow each other freely
_INTERVAL_FACTOR = 0.4  # of the longest delay: the mean distance of all other attempts
_SLOW_MIN_FACTOR = 1 / 3  # of the longest delay: the shortest one if the server asks for patience


class Backoff(NamedTuple):
    """Delays with full jitter: up to `base_delay` seconds, doubling up to `max_delay`."""

    base_delay: float = 0.5
    max_delay: float = 20.0

    def delay(
        self, attempt: int, random_fraction: Callable[[], float], min_delay: float = 0.0
    ) -> float:
        """Return the seconds to wait after attempt number `attempt` (from 1) failed."""
        ceiling = min(self.max_delay, self.base_delay * 2.0 ** min(attempt - 1, 30))
        return max(min_delay, ceiling * random_fraction())


class ReconnectPolicy(NamedTuple):
    """The parameters of reconnecting, in seconds."""

    backoff: Backoff = Backoff(0.5, 30.0)
    stable_after: float = 60.0  # how long a session must last to reset the backoff
    min_login_interval: float = 1.0


class ReconnectScheduler:
    """Schedules the attempts of one client."""

    def __init__(self, policy: ReconnectPolicy) -> None:
        self._policy = policy
        self._failures = 0
        self._last_attempt_at = -inf
        self._connected_at: float | None = None  # of the current session
        self._theoretical_arrival = -inf  # as in the generic cell rate algorithm

    def attempt_started(self, now: float) -> None:
        """Note that an attempt starts."""
        self._last_attempt_at = now
        self._theoretical_arrival = max(self._theoretical_arrival, now) + self._attempt_interval

    def connected(self, now: float) -> None:
        """Note that the attempt led to a session."""
        self._connected_at = now

    def is_stable(self, now: float) -> bool:
        """Return whether the current session, or the one just lost, has lasted long enough."""
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
        """Return when to try again after a failed attempt or a lost session.

        Set `slowly` if the server asked for a longer delay. `min_delay` counts from now.
        """
        was_stable = self.is_stable(now)
        since = self._last_attempt_at if self._connected_at is None else now
        self._failures = 1 if was_stable else self._failures + 1
        self._connected_at = None
        delay = self._delay(random_fraction, spread=was_stable, slowly=slowly)
        return max(now + min_delay, since + delay, self._earliest_attempt)

    def next_immediate(self, now: float) -> float:
        """Return when to try again with a new token or at another region: without backoff."""
        self._connected_at = None
        return max(now, self._earliest_attempt)

    @property
    def _attempt_interval(self) -> float:
        return self._policy.backoff.max_delay * _INTERVAL_FACTOR

    @property
    def _earliest_attempt(self) -> float:
        """Return when the limits on logins and attempts allow the next attempt."""
        return max(
            self._last_attempt_at + self._policy.min_login_interval,
            self._theoretical_arrival - _BURST * self._attempt_interval,
        )

    def _delay(self, random_fraction: Callable[[], float], *, spread: bool, slowly: bool) -> float:
        backoff = self._policy.backoff
        if slowly:
            fraction = _SLOW_MIN_FACTOR + (1 - _SLOW_MIN_FACTOR) * random_fraction()
            return backoff.max_delay * fraction
        if spread:
            return min(backoff.max_delay, _SPREAD_FACTOR * backoff.base_delay) * random_fraction()
        return backoff.delay(self._failures, random_fraction)
