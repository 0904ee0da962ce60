"""The deterministic clock and the API's date formats."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rtmcli.sandbox.domain import timestamps


def test_the_clock_is_deterministic() -> None:
    """Each reading is 1 ms later, from a fixed start."""
    first, second = timestamps.deterministic_clock(), timestamps.deterministic_clock()

    assert [first(), first()] == [second(), second()]
    assert first() - second() == 0
    assert round(first() - 1_567_411_200, 3) == 0.003


def test_times_are_formatted_in_utc() -> None:
    """Date and time are RFC 3339 with microseconds."""
    assert timestamps.format_datetime(1_567_411_200_250_000) == "2019-09-02T08:00:00.250000Z"
    assert timestamps.format_date((1_567_411_199 + 57_601) * 1_000_000) == "2019-09-03"


@pytest.mark.parametrize(
    "text",
    [
        "2017-10-12T15:19:21.010200+01:00",
        "2017-10-12T14:19:21.010200Z",
        "2017-10-12t14:19:21.0102z",
    ],
)
def test_times_are_parsed_with_any_offset(text: str) -> None:
    """The same time has the same value."""
    assert timestamps.parse_datetime(text) == 1_507_817_961_010_200


def test_a_date_is_parsed_as_midnight() -> None:
    """Midnight is in UTC."""
    assert timestamps.parse_datetime("2019-09-02") == 1_567_382_400_000_000


@pytest.mark.parametrize(
    ("time", "text"),
    [
        (10**30, "9999-12-31T23:59:59.999999Z"),
        (-(10**30), "0001-01-01T00:00:00.000000Z"),
        (timestamps.parse_datetime("0001-01-01T00:00:00+14:00"), "0001-01-01T00:00:00.000000Z"),
    ],
)
def test_times_that_do_not_exist_are_replaced_by_the_nearest(time: int, text: str) -> None:
    """A client may say that it has seen events up to the year 30000."""
    assert timestamps.format_datetime(time) == text


@given(st.integers(min_value=0, max_value=4_000_000_000_000_000))
def test_times_survive_a_round_trip(microseconds: int) -> None:
    """Formatting and parsing are exact to the microsecond."""
    written = timestamps.format_datetime(microseconds)

    assert timestamps.parse_datetime(written) == microseconds
