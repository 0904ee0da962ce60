"""Call a function at a given rate in an event loop."""

from collections.abc import Callable
from typing import Protocol

_MIN_INTERVAL = 0.01  # seconds; at a higher rate each timer makes several calls
_ROUNDING_TOLERANCE = 1e-6


class TimerHandle(Protocol):
    """A scheduled call."""

    def cancel(self) -> None:
        """Cancel the call."""


class EventLoop(Protocol):
    """The part of an asyncio event loop that a ticker uses."""

    def time(self) -> float:
        """Return the monotonic time in seconds."""

    def call_later(self, delay: float, callback: Callable[[], None], /) -> TimerHandle:
        """Schedule a call in `delay` seconds."""


class Ticker:
    """Calls a function at a given rate until it is stopped."""

    def __init__(self, loop: EventLoop, rate: float, callback: Callable[[], None]) -> None:
        """Start calling `callback` `rate` times per second."""
        self._loop = loop
        self._rate = rate
        self._callback = callback
        self._ticks = 0
        self._start_time = loop.time()
        self._schedule(1)

    def stop(self) -> None:
        """Stop calling."""
        self._timer.cancel()

    def _schedule(self, tick: int) -> None:
        delay = self._start_time + tick / self._rate - self._loop.time()
        self._timer = self._loop.call_later(max(delay, _MIN_INTERVAL), self._run_due)

    def _run_due(self) -> None:
        # Rounding of the clock must not delay a call.
        due_ticks = int((self._loop.time() - self._start_time) * self._rate + _ROUNDING_TOLERANCE)
        self._schedule(due_ticks + 1)
        while self._ticks < due_ticks:
            self._ticks += 1
            self._callback()
