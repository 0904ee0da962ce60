"""The documented defaults of the connection options."""

from rtmcli.catalogue.service import PING_INTERVAL, REQUEST_TIMEOUT
from rtmcli.catalogue.v3_0 import API
from rtmcli.session.dial import Route
from rtmcli.session.endpoint import region_endpoint
from rtmcli.session.options import ConnectOptions, Credentials, Timers

OPTIONS = ConnectOptions(API, Route(region_endpoint("dal")), Credentials("Bearer x"))


def test_the_timers_fit_those_of_the_server() -> None:
    """T30: the response timeout exceeds the server's, and pings are as frequent as it asks."""
    timers = OPTIONS.timers
    assert timers == Timers(
        response_timeout=20.0, close_timeout=2.0, ping_interval=10.0, ping_timeout=10.0
    )
    assert timers.response_timeout > REQUEST_TIMEOUT
    assert timers.ping_interval < PING_INTERVAL
    assert timers.ping_interval + timers.ping_timeout <= 25
    assert (timers.backoff.base_delay, timers.backoff.max_delay) == (0.5, 20.0)


def test_credentials_are_only_a_token_by_default() -> None:
    """There is no new token, no further login field, no other region and no proxy."""
    assert OPTIONS.credentials.refresh(60.0) is None
    assert OPTIONS.credentials.login_fields == {}
    assert OPTIONS.regions == {}
    assert OPTIONS.route.proxy is None


def test_a_message_may_be_64_mebibytes_long() -> None:
    """The largest responses fit, and no server can exhaust the memory."""
    assert OPTIONS.max_size == 64 * 1024 * 1024


def test_the_status_callback_is_optional() -> None:
    """By default, status messages are ignored."""
    OPTIONS.on_status("connecting")
