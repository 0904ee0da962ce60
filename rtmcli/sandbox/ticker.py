"""Do something so many times a second, in an event loop."""

from collections.abc import Callable
from typing import Protocol

_MIN_INTERVAL = 0.01  # seconds between turns; faster paces do several acts in one
_ROUNDING_TOLERANCE = 1e-6


class TimerHandle(Protocol):
    """What may be called off."""

    def cancel(self) -> None:
        """Call it off."""


class EventLoop(Protocol):
    """What tells the time and wakes: an event loop."""

    def time(self) -> float:
        """Tell the time in seconds, from any beginning."""

    def call_later(self, delay: float, callback: Callable[[], None], /) -> TimerHandle:
        """Wake after so many seconds."""


class Ticker:
    """Repeats an act until it is stopped."""

    def __init__(self, loop: EventLoop, rate: float, callback: Callable[[], None]) -> None:
        """Start; `rate` is acts a second."""
        self._loop = loop
        self._rate = rate
        self._callback = callback
        self._ticks = 0
        self._start_time = loop.time()
        self._schedule(1)

    def stop(self) -> None:
        """Stop."""
        self._timer.cancel()

    def _schedule(self, tick: int) -> None:
        delay = self._start_time + tick / self._rate - self._loop.time()
        self._timer = self._loop.call_later(max(delay, _MIN_INTERVAL), self._run_due)

    def _run_due(self) -> None:
        # A clock's last digit must not cost a turn.
        due_ticks = int((self._loop.time() - self._start_time) * self._rate + _ROUNDING_TOLERANCE)
        self._schedule(due_ticks + 1)
        while self._ticks < due_ticks:
            self._ticks += 1
            self._callback()
