"""The server's patience."""

from rtmcli.sandbox.limits import Limits


def test_the_documented_limits_hold_by_default() -> None:
    """30 s to log in, 30 s without a ping, 15 s for a request, 10 unanswered requests."""
    assert Limits()[:4] == (30, 30, 15, 10)
