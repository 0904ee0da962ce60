"""Do something so many times a second, in an event loop."""

from collections.abc import Callable
from typing import Protocol

_SHORTEST = 0.01  # seconds between turns; faster paces do several acts in one
_ROUNDING = 1e-6


class Timer(Protocol):
    """What may be called off."""

    def cancel(self) -> None:
        """Call it off."""


class Clock(Protocol):
    """What tells the time and wakes: an event loop."""

    def time(self) -> float:
        """Tell the time in seconds, from any beginning."""

    def call_later(self, delay: float, callback: Callable[[], None], /) -> Timer:
        """Wake after so many seconds."""


class Pace:
    """Repeats an act until it is stopped."""

    def __init__(self, clock: Clock, rate: float, act: Callable[[], None]) -> None:
        """Start; `rate` is acts a second."""
        self._clock = clock
        self._rate = rate
        self._act = act
        self._done = 0
        self._began = clock.time()
        self._wake_for(1)

    def stop(self) -> None:
        """Stop."""
        self._timer.cancel()

    def _wake_for(self, number: int) -> None:
        wait = self._began + number / self._rate - self._clock.time()
        self._timer = self._clock.call_later(max(wait, _SHORTEST), self._turn)

    def _turn(self) -> None:
        # A clock's last digit must not cost a turn.
        due = int((self._clock.time() - self._began) * self._rate + _ROUNDING)
        self._wake_for(due + 1)
        while self._done < due:
            self._done += 1
            self._act()
