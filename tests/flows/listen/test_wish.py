"""What is left of a wish, and with what it ends."""

from math import inf

import pytest

from rtmcli.errors import NotConfirmed, NotConnected
from rtmcli.flows.listen.wish import Rest, Wish

PUSHES = [b"1", b"2", b"3"]


def test_without_a_wish_there_is_no_end() -> None:
    """All that comes is taken, for ever."""
    rest = Rest(Wish())
    assert (rest.take(PUSHES), rest.is_over(), rest.deadline.at) == (PUSHES, False, inf)


def test_no_more_is_taken_than_was_wanted() -> None:
    """The first ones count."""
    rest = Rest(Wish(pushes=4))
    assert (rest.take(PUSHES), rest.take(PUSHES), rest.is_over()) == (PUSHES, [b"1"], True)


@pytest.mark.parametrize("wish", [Wish(length=0.0), Wish(idle=0.0)])
def test_the_end_of_the_time_is_the_end(wish: Wish) -> None:
    """Where nothing else was wanted it is a good one."""
    rest = Rest(wish)
    rest.begin()
    assert rest.is_over()


def test_idle_time_begins_with_the_first_session_only() -> None:
    """Before it nobody can know that nothing comes; a second session does not set it back."""
    rest = Rest(Wish(idle=60.0))
    before = rest.deadline.at
    rest.begin()
    begun = rest.deadline.at
    rest.begin()
    assert (before, rest.deadline.at) == (inf, begun)


def test_a_push_sets_the_idle_time_back() -> None:
    """It counts from when the last one was told."""
    rest = Rest(Wish(idle=60.0))
    rest.begin()
    begun = rest.deadline.at
    rest.take(PUSHES)
    rest.taken()
    assert rest.deadline.at > begun


def test_a_missing_push_is_not_confirmed() -> None:
    """The number that came, and that there is no connection where there is none."""
    rest = Rest(Wish(pushes=4, length=0.0))
    rest.take(PUSHES)
    with pytest.raises(NotConfirmed, match="3 of 4 pushes came in time; there is no connection: x"):
        rest.is_over("x")


def test_the_time_that_ends_without_a_connection_is_no_good_end() -> None:
    """Nobody knows what was missed."""
    with pytest.raises(NotConnected, match="the time is over, and there is no connection: x"):
        Rest(Wish(length=0.0)).is_over("x")
