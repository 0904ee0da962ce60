"""The options of a server."""

import pytest

from rtmcli.sandbox.server.options import DEFAULT, Latency, parse_latency


def test_defaults() -> None:
    """No faults, no latency, no traffic, tokens that do not expire."""
    assert (DEFAULT.limits, (), Latency(0, 0), 0, 0, None) == DEFAULT


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
def test_latency_has_a_mean_and_jitter(text: str, expected: Latency) -> None:
    """The unit of the jitter defaults to that of the mean."""
    assert parse_latency(text) == expected


@pytest.mark.parametrize("text", ["", "±5", "50ms±", "50 ms", "-50ms", "50ms-20", "fast", "1.2.3"])
def test_an_invalid_latency_is_rejected(text: str) -> None:
    """The error continues a sentence that begins with the option, and shows the syntax."""
    with pytest.raises(ValueError, match=r"^(must|holds a)"):
        parse_latency(text)
