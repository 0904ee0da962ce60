"""Parsing and formatting of durations."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rtmcli.protocol.durations import format_seconds, parse, parse_positive


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("500ms", 0.5),
        ("10s", 10.0),
        ("5m", 300.0),
        ("1h", 3600.0),
        ("2d", 172800.0),
        ("7", 7.0),
        ("0.25", 0.25),
        (" 1.5s ", 1.5),
        ("0.30000000000000004", 0.30000000000000004),
    ],
)
def test_a_duration_has_a_unit_or_is_in_seconds(text: str, seconds: float) -> None:
    """The units are `ms`, `s`, `m`, `h` and `d`."""
    assert parse(text) == seconds


@pytest.mark.parametrize("text", ["", "s", "-1s", "1 s", "1S", "1e3", "nan", "inf", "1,5", "٣s"])
def test_an_invalid_duration_is_an_error(text: str) -> None:
    """The message gives examples; it does not quote the value."""
    with pytest.raises(ValueError, match=r"^must be a duration such as 500ms, 10s, 5m or 1h$"):
        parse_positive(text)


@pytest.mark.parametrize("text", ["0", "0s", "0.000ms"])
def test_a_zero_duration_is_invalid_for_options(text: str) -> None:
    """`parse` accepts it, as a delay may be zero."""
    assert parse(text) == 0.0
    with pytest.raises(ValueError, match=r"^must be more than zero$"):
        parse_positive(text)


def test_a_duration_is_at_most_a_year() -> None:
    """Longer ones would exceed the range of system timeouts."""
    assert parse("366d") == 366 * 86400
    with pytest.raises(ValueError, match="at most a year"):
        parse("367d")


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(20.0, "20s"), (60.0, "1m"), (3600.0, "1h"), (90.0, "90s"), (0.5, "500ms"), (1.5, "1.5s")],
)
def test_a_duration_is_formatted_in_the_largest_unit(seconds: float, text: str) -> None:
    """The largest unit without a fraction, but not days."""
    assert format_seconds(seconds) == text


@given(st.integers(1, 10**7), st.sampled_from(["ms", "s", "m", "h", "d"]))
def test_a_formatted_duration_parses_to_the_same_value(count: int, unit: str) -> None:
    """Up to six digits are kept."""
    try:
        seconds = parse(f"{count}{unit}")
    except ValueError:
        return
    assert parse(format_seconds(seconds)) == pytest.approx(seconds, rel=1e-5)
