"""Deadlines: how much time is left, as whoever waits wants to be told."""

from math import inf
from time import monotonic

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rtmcli.session.deadline import NEVER, Deadline

future_seconds = st.floats(1, 1e300)


@given(future_seconds)
def test_what_is_ahead_is_not_over(seconds: float) -> None:
    """A deadline ahead has time left, no more than was given, and is not over."""
    deadline = Deadline.after(seconds)
    assert not deadline.expired
    assert 0 < deadline.remaining() <= seconds


@given(st.floats(0, 1e300))
def test_what_has_passed_is_over(seconds: float) -> None:
    """A deadline that has come is over: nothing is left, and a poll returns at once."""
    deadline = Deadline(monotonic() - seconds)
    assert deadline.expired
    assert (deadline.remaining(), deadline.poll_timeout()) == (0.0, 0)


@given(st.floats(0.000_001, 1e300))
def test_a_poll_waits_no_shorter_than_the_deadline(seconds: float) -> None:
    """Milliseconds are rounded up, so that nobody wakes too early and turns in circles."""
    deadline = Deadline.after(seconds)
    waited = deadline.poll_timeout()
    assert waited is not None
    assert (
        min(deadline.remaining() * 1000, 2**31 - 1) <= waited <= min(seconds * 1000 + 1, 2**31 - 1)
    )


def test_never_never_comes() -> None:
    """`NEVER` leaves time without end, which `poll` knows as None."""
    assert (NEVER.remaining(), NEVER.expired, NEVER.poll_timeout()) == (inf, False, None)


@pytest.mark.parametrize("seconds", [0.0, 5.0, 100.0, inf])
def test_the_earlier_deadline_counts(seconds: float) -> None:
    """A part of what takes long never lasts longer than the whole."""
    whole = Deadline.after(50)
    part = whole.sooner(seconds)
    assert part.at <= whole.at
    assert part.remaining() <= seconds
    assert (part.at == whole.at) == (seconds > 50)
    assert NEVER.sooner(5).remaining() <= 5
