"""What is left of a wish, and with what it ends."""

from math import inf

import pytest

from rtmcli.errors import NotConfirmed, NotConnected
from rtmcli.flows.listen.criteria import ListenOptions, StopCondition

PUSHES = [b"1", b"2", b"3"]


def test_without_a_wish_there_is_no_end() -> None:
    """All that comes is taken, for ever."""
    stop_condition = StopCondition(ListenOptions())
    assert (
        stop_condition.accept(PUSHES),
        stop_condition.should_stop(),
        stop_condition.deadline.at,
    ) == (PUSHES, False, inf)


def test_no_more_is_taken_than_was_wanted() -> None:
    """The first ones count."""
    stop_condition = StopCondition(ListenOptions(max_pushes=4))
    assert (
        stop_condition.accept(PUSHES),
        stop_condition.accept(PUSHES),
        stop_condition.should_stop(),
    ) == (PUSHES, [b"1"], True)


@pytest.mark.parametrize("wish", [ListenOptions(max_duration=0.0), ListenOptions(idle_timeout=0.0)])
def test_the_end_of_the_time_is_the_end(wish: ListenOptions) -> None:
    """Where nothing else was wanted it is a good one."""
    stop_condition = StopCondition(wish)
    stop_condition.start_idle()
    assert stop_condition.should_stop()


def test_idle_time_begins_with_the_first_session_only() -> None:
    """Before it nobody can know that nothing comes; a second session does not set it back."""
    stop_condition = StopCondition(ListenOptions(idle_timeout=60.0))
    before = stop_condition.deadline.at
    stop_condition.start_idle()
    begun = stop_condition.deadline.at
    stop_condition.start_idle()
    assert (before, stop_condition.deadline.at) == (inf, begun)


def test_a_push_sets_the_idle_time_back() -> None:
    """It counts from when the last one was told."""
    stop_condition = StopCondition(ListenOptions(idle_timeout=60.0))
    stop_condition.start_idle()
    begun = stop_condition.deadline.at
    stop_condition.accept(PUSHES)
    stop_condition.restart_idle()
    assert stop_condition.deadline.at > begun


def test_a_missing_push_is_not_confirmed() -> None:
    """The number that came, and that there is no connection where there is none."""
    stop_condition = StopCondition(ListenOptions(max_pushes=4, max_duration=0.0))
    stop_condition.accept(PUSHES)
    with pytest.raises(NotConfirmed, match="3 of 4 pushes came in time; there is no connection: x"):
        stop_condition.should_stop("x")


def test_the_time_that_ends_without_a_connection_is_no_good_end() -> None:
    """Nobody knows what was missed."""
    with pytest.raises(NotConnected, match="the time is over, and there is no connection: x"):
        StopCondition(ListenOptions(max_duration=0.0)).should_stop("x")
