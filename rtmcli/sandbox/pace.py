"""Do something so many times a second, in an event loop."""

import asyncio
from collections.abc import Callable

_SHORTEST = 0.01  # seconds between turns; faster paces do several acts in one


class Pace:
    """Repeats an act until it is stopped."""

    def __init__(self, rate: float, act: Callable[[], None]) -> None:
        """Start; `rate` is acts a second."""
        self._loop = asyncio.get_running_loop()
        self._rate = rate
        self._act = act
        self._done = 0
        self._began = self._loop.time()
        self._schedule()

    def stop(self) -> None:
        """Stop."""
        self._timer.cancel()

    def _schedule(self) -> None:
        self._timer = self._loop.call_later(max(1 / self._rate, _SHORTEST), self._turn)

    def _turn(self) -> None:
        self._schedule()
        due = int((self._loop.time() - self._began) * self._rate)
        while self._done < due:
            self._done += 1
            self._act()
