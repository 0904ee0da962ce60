"""Durations: what people write, in seconds."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rtmcli.protocol.durations import format_seconds, parse, parse_positive


@pytest.mark.parametrize(
    ("text", "length"),
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
def test_a_duration_has_a_unit_or_is_seconds(text: str, length: float) -> None:
    """`ms`, `s`, `m`, `h` and `d` count; without a unit it is seconds."""
    assert parse(text) == length


@pytest.mark.parametrize("text", ["", "s", "-1s", "1 s", "1S", "1e3", "nan", "inf", "1,5", "٣s"])
def test_what_is_no_duration_is_an_error_that_says_what_is_wanted(text: str) -> None:
    """The message has an example, and does not quote the value."""
    with pytest.raises(ValueError, match=r"^must be a duration such as 500ms, 10s, 5m or 1h$"):
        parse_positive(text)


@pytest.mark.parametrize("text", ["0", "0s", "0.000ms"])
def test_what_has_to_last_lasts_longer_than_nothing(text: str) -> None:
    """What is over at once is never meant; a delay alone may be none."""
    assert parse(text) == 0.0
    with pytest.raises(ValueError, match=r"^must be more than zero$"):
        parse_positive(text)


def test_a_duration_lasts_at_most_a_year() -> None:
    """Longer ones would not fit into what the system takes."""
    assert parse("366d") == 366 * 86400
    with pytest.raises(ValueError, match="at most a year"):
        parse("367d")


@pytest.mark.parametrize(
    ("length", "text"),
    [(20.0, "20s"), (60.0, "1m"), (3600.0, "1h"), (90.0, "90s"), (0.5, "500ms"), (1.5, "1.5s")],
)
def test_a_duration_is_shown_in_its_largest_whole_unit(length: float, text: str) -> None:
    """What is shown is short."""
    assert format_seconds(length) == text


@given(st.integers(1, 10**7), st.sampled_from(["ms", "s", "m", "h", "d"]))
def test_what_is_shown_reads_as_the_same(count: int, unit: str) -> None:
    """Showing and reading a duration give the same length, up to six digits."""
    try:
        length = parse(f"{count}{unit}")
    except ValueError:
        return
    assert parse(format_seconds(length)) == pytest.approx(length, rel=1e-5)
