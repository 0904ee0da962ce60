"""When listening stops, and with which error."""

from math import inf

import pytest

from rtmcli.errors import NotConfirmed, NotConnected
from rtmcli.flows.listen.criteria import ListenOptions, StopCondition

PUSHES = [b"1", b"2", b"3"]


def test_without_options_listening_does_not_stop() -> None:
    """All pushes are accepted."""
    stop_condition = StopCondition(ListenOptions())
    assert (
        stop_condition.accept(PUSHES),
        stop_condition.should_stop(),
        stop_condition.deadline.at,
    ) == (PUSHES, False, inf)


def test_no_more_than_the_wanted_number_is_accepted() -> None:
    """The first pushes count."""
    stop_condition = StopCondition(ListenOptions(max_pushes=4))
    assert (
        stop_condition.accept(PUSHES),
        stop_condition.accept(PUSHES),
        stop_condition.should_stop(),
    ) == (PUSHES, [b"1"], True)


@pytest.mark.parametrize(
    "options", [ListenOptions(max_duration=0.0), ListenOptions(idle_timeout=0.0)]
)
def test_the_time_limit_stops_without_an_error(options: ListenOptions) -> None:
    """If no number of pushes was asked for."""
    assert StopCondition(options).should_stop()


def test_the_idle_timeout_counts_without_a_session_too() -> None:
    """If no connection is ever established, it ends with an error."""
    stop_condition = StopCondition(ListenOptions(idle_timeout=0.0))
    with pytest.raises(NotConnected, match="timed out while disconnected: no route"):
        stop_condition.should_stop("no route")


def test_a_push_restarts_the_idle_timeout() -> None:
    """It counts from when the last push was handled."""
    stop_condition = StopCondition(ListenOptions(idle_timeout=60.0))
    started = stop_condition.deadline.at
    stop_condition.accept(PUSHES)
    stop_condition.restart_idle()
    assert stop_condition.deadline.at > started


def test_too_few_pushes_are_an_error() -> None:
    """It says how many came, and whether there is no connection."""
    stop_condition = StopCondition(ListenOptions(max_pushes=4, max_duration=0.0))
    stop_condition.accept(PUSHES)
    with pytest.raises(NotConfirmed, match="3 of 4 pushes came in time; there is no connection: x"):
        stop_condition.should_stop("x")


def test_the_time_limit_is_an_error_while_disconnected() -> None:
    """Pushes may have been missed."""
    with pytest.raises(NotConnected, match="timed out while disconnected: x"):
        StopCondition(ListenOptions(max_duration=0.0)).should_stop("x")
