"""Deadlines: the remaining time, and the timeout for `poll`."""

from math import inf
from time import monotonic

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rtmcli.session.deadline import NEVER, Deadline

future_seconds = st.floats(1, 1e300)


@given(future_seconds)
def test_a_future_deadline_has_not_expired(seconds: float) -> None:
    """Its remaining time is not more than what was given."""
    deadline = Deadline.after(seconds)
    assert not deadline.expired
    assert 0 < deadline.remaining() <= seconds


@given(st.floats(0, 1e300))
def test_a_past_deadline_has_expired(seconds: float) -> None:
    """Nothing remains, and `poll` returns at once."""
    deadline = Deadline(monotonic() - seconds)
    assert deadline.expired
    assert (deadline.remaining(), deadline.poll_timeout()) == (0.0, 0)


@given(st.floats(0.000_001, 1e300))
def test_a_poll_does_not_end_before_the_deadline(seconds: float) -> None:
    """Milliseconds are rounded up, so that no loop is busy until then."""
    deadline = Deadline.after(seconds)
    waited = deadline.poll_timeout()
    assert waited is not None
    assert (
        min(deadline.remaining() * 1000, 2**31 - 1) <= waited <= min(seconds * 1000 + 1, 2**31 - 1)
    )


def test_never_does_not_expire() -> None:
    """For `poll`, it is None."""
    assert (NEVER.remaining(), NEVER.expired, NEVER.poll_timeout()) == (inf, False, None)


@pytest.mark.parametrize("seconds", [0.0, 5.0, 100.0, inf])
def test_sooner_returns_the_earlier_deadline(seconds: float) -> None:
    """A part never takes longer than the whole."""
    whole = Deadline.after(50)
    part = whole.sooner(seconds)
    assert part.at <= whole.at
    assert part.remaining() <= seconds
    assert (part.at == whole.at) == (seconds > 50)
    assert NEVER.sooner(5).remaining() <= 5
