"""How a server behaves."""

import pytest

from rtmcli.sandbox.server_options import DEFAULT, Latency, parse_latency


def test_by_default_a_server_is_faithful_and_quick() -> None:
    """No fault, no latency, no traffic, unless they are asked for."""
    assert (DEFAULT.limits, (), Latency(0, 0), 0, None) == DEFAULT


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("50ms", Latency(0.05, 0)),
        ("50ms±20", Latency(0.05, 0.02)),
        ("50ms±20ms", Latency(0.05, 0.02)),
        ("1s+-500ms", Latency(1, 0.5)),
        ("2", Latency(2, 0)),
        ("0", Latency(0, 0)),
        ("0.5±0.25", Latency(0.5, 0.25)),
    ],
)
def test_latency_has_a_mean_and_a_spread(text: str, expected: Latency) -> None:
    """The spread takes the unit of the mean where it has none."""
    assert parse_latency(text) == expected


@pytest.mark.parametrize("text", ["", "±5", "50ms±", "50 ms", "-50ms", "50ms-20", "fast", "1.2.3"])
def test_what_is_no_latency_is_refused(text: str) -> None:
    """The error continues a sentence that begins with the option, and shows how to write it."""
    with pytest.raises(ValueError, match=r"^(must|holds a)"):
        parse_latency(text)
