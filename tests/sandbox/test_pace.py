"""Acts at a pace."""

from collections.abc import Callable

import pytest

from rtmcli.sandbox.pace import Pace


class Clock:
    """Time that passes when it is told to, and one timer."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.due = 0.0
        self.callback: Callable[[], None] | None = None

    def time(self) -> float:
        """Tell the time."""
        return self.now

    def call_later(self, delay: float, callback: Callable[[], None], /) -> "Clock":
        """Keep the latest timer."""
        self.due, self.callback = self.now + delay, callback
        return self

    def cancel(self) -> None:
        """Call the timer off."""
        self.callback = None

    def pass_until(self, moment: float, late: float = 0.0) -> None:
        """Let time pass, and each timer wake a little late."""
        while self.callback and self.due + late <= moment:
            self.now = self.due + late
            self.callback()
        self.now = moment


@pytest.mark.parametrize(("rate", "acts"), [(0.5, 5), (1, 10), (30, 300), (2000, 20000)])
def test_acts_come_at_the_rate_asked_for(rate: float, acts: int) -> None:
    """Within ten seconds there are ten times the rate, also where timers wake late."""
    clock, done = Clock(), []
    Pace(clock, rate, lambda: done.append(clock.now))
    clock.pass_until(1010.03, late=0.03)
    assert acts <= len(done) <= acts + rate * 0.03


def test_a_pace_that_is_stopped_acts_no_more() -> None:
    """Nothing happens after the stop."""
    clock, done = Clock(), []
    pace = Pace(clock, 10, lambda: done.append(clock.now))
    clock.pass_until(1000.55)
    pace.stop()
    clock.pass_until(1010)
    assert len(done) == 5


def test_an_act_that_fails_does_not_end_the_pace() -> None:
    """The next turn is due before the act of this one."""
    clock, done = Clock(), []

    def act() -> None:
        done.append(clock.now)
        raise ZeroDivisionError

    Pace(clock, 1, act)
    for _ in range(3):
        with pytest.raises(ZeroDivisionError):
            clock.pass_until(1010)
    assert done == [1001, 1002, 1003]
