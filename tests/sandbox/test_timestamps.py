"""The clock: deterministic time, and moments in the API's formats."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rtmcli.sandbox import timestamps


def test_a_stepping_clock_always_counts_the_same() -> None:
    """Each reading is a millisecond later, from the same moment on."""
    one, other = timestamps.deterministic_clock(), timestamps.deterministic_clock()

    assert [one(), one()] == [other(), other()]
    assert one() - other() == 0
    assert round(one() - 1_567_411_200, 3) == 0.003


def test_moments_are_written_with_microseconds_in_utc() -> None:
    """A date and time is RFC 3339; a date is its day in UTC."""
    assert timestamps.format_datetime(1_567_411_200.25) == "2019-09-02T08:00:00.250000Z"
    assert timestamps.format_date(1_567_411_199 + 57_601) == "2019-09-03"


@pytest.mark.parametrize(
    "text",
    [
        "2017-10-12T15:19:21.010200+01:00",
        "2017-10-12T14:19:21.010200Z",
        "2017-10-12t14:19:21.0102z",
    ],
)
def test_moments_are_read_in_any_time_zone(text: str) -> None:
    """The same moment reads the same, whatever its offset."""
    assert timestamps.parse_datetime(text) == 1_507_817_961.0102


def test_a_date_is_its_midnight() -> None:
    """A day alone means its beginning in UTC."""
    assert timestamps.parse_datetime("2019-09-02") == 1_567_382_400


@given(st.integers(min_value=0, max_value=4_000_000_000_000_000))
def test_what_was_written_reads_the_same(microseconds: int) -> None:
    """A moment survives being written and read, to the microsecond."""
    written = timestamps.format_datetime(microseconds / 1_000_000)

    assert abs(timestamps.parse_datetime(written) * 1_000_000 - microseconds) <= 1
