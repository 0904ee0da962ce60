"""Calls at a rate."""

from collections.abc import Callable

import pytest

from rtmcli.sandbox.server.ticker import Ticker


class FakeEventLoop:
    """A clock that advances on demand, and one timer."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.deadline = 0.0
        self.callback: Callable[[], None] | None = None

    def time(self) -> float:
        """Return the time."""
        return self.now

    def call_later(self, delay: float, callback: Callable[[], None], /) -> "FakeEventLoop":
        """Store the timer, replacing the previous one."""
        self.deadline, self.callback = self.now + delay, callback
        return self

    def cancel(self) -> None:
        """Cancel the timer."""
        self.callback = None

    def advance_to(self, end: float, delay: float = 0.0) -> None:
        """Advance the time; each timer fires `delay` seconds late."""
        while self.callback and self.deadline + delay <= end:
            self.now = self.deadline + delay
            self.callback()
        self.now = end


@pytest.mark.parametrize(("rate", "calls"), [(0.5, 5), (1, 10), (30, 300), (2000, 20000)])
def test_calls_are_made_at_the_rate(rate: float, calls: int) -> None:
    """Ten seconds contain ten times the rate, even if timers are late."""
    clock, called_at = FakeEventLoop(), []
    Ticker(clock, rate, lambda: called_at.append(clock.now))
    clock.advance_to(1010.03, delay=0.03)
    assert calls <= len(called_at) <= calls + rate * 0.03


def test_stop() -> None:
    """No call is made after it."""
    clock, called_at = FakeEventLoop(), []
    ticker = Ticker(clock, 10, lambda: called_at.append(clock.now))
    clock.advance_to(1000.55)
    ticker.stop()
    clock.advance_to(1010)
    assert len(called_at) == 5


def test_an_exception_does_not_stop_the_ticker() -> None:
    """The next call is scheduled before the callback runs."""
    clock, called_at = FakeEventLoop(), []

    def fail() -> None:
        called_at.append(clock.now)
        raise ZeroDivisionError

    Ticker(clock, 1, fail)
    for _ in range(3):
        with pytest.raises(ZeroDivisionError):
            clock.advance_to(1010)
    assert called_at == [1001, 1002, 1003]
