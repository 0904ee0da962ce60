"""Acts at a pace."""

from collections.abc import Callable

import pytest

from rtmcli.sandbox.ticker import Ticker


class FakeEventLoop:
    """Time that passes when it is told to, and one timer."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.deadline = 0.0
        self.callback: Callable[[], None] | None = None

    def time(self) -> float:
        """Tell the time."""
        return self.now

    def call_later(self, delay: float, callback: Callable[[], None], /) -> "FakeEventLoop":
        """Keep the latest timer."""
        self.deadline, self.callback = self.now + delay, callback
        return self

    def cancel(self) -> None:
        """Call the timer off."""
        self.callback = None

    def advance_to(self, end: float, delay: float = 0.0) -> None:
        """Let time pass, and each timer wake a little late."""
        while self.callback and self.deadline + delay <= end:
            self.now = self.deadline + delay
            self.callback()
        self.now = end


@pytest.mark.parametrize(("rate", "acts"), [(0.5, 5), (1, 10), (30, 300), (2000, 20000)])
def test_acts_come_at_the_rate_asked_for(rate: float, acts: int) -> None:
    """Within ten seconds there are ten times the rate, also where timers wake late."""
    clock, result = FakeEventLoop(), []
    Ticker(clock, rate, lambda: result.append(clock.now))
    clock.advance_to(1010.03, delay=0.03)
    assert acts <= len(result) <= acts + rate * 0.03


def test_a_pace_that_is_stopped_acts_no_more() -> None:
    """Nothing happens after the stop."""
    clock, result = FakeEventLoop(), []
    pace = Ticker(clock, 10, lambda: result.append(clock.now))
    clock.advance_to(1000.55)
    pace.stop()
    clock.advance_to(1010)
    assert len(result) == 5


def test_an_act_that_fails_does_not_end_the_pace() -> None:
    """The next turn is due before the act of this one."""
    clock, result = FakeEventLoop(), []

    def act() -> None:
        result.append(clock.now)
        raise ZeroDivisionError

    Ticker(clock, 1, act)
    for _ in range(3):
        with pytest.raises(ZeroDivisionError):
            clock.advance_to(1010)
    assert result == [1001, 1002, 1003]
