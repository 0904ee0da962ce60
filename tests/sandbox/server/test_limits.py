"""The server's limits."""

from rtmcli.sandbox.server.limits import Limits


def test_the_defaults_are_the_documented_limits() -> None:
    """30 s to log in, 30 s without a ping, 15 s per request, 10 pending requests."""
    assert Limits()[:4] == (30, 30, 15, 10)
