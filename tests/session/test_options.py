"""What a session knows before it begins: the defaults that are promised."""

from rtmcli.catalogue import API
from rtmcli.session.dial import Route
from rtmcli.session.endpoint import region_endpoint
from rtmcli.session.options import ConnectOptions, Credentials, Timers

OPTIONS = ConnectOptions(Route(region_endpoint("dal")), Credentials("Bearer x"))


def test_the_timers_fit_the_servers() -> None:
    """T30: an answer is awaited longer than the server works on it; pings come as it wants."""
    timers = OPTIONS.timers
    assert timers == Timers(
        response_timeout=20.0, close_timeout=2.0, ping_interval=10.0, ping_timeout=10.0
    )
    assert timers.response_timeout > API.request_timeout
    assert timers.ping_interval < API.ping_interval
    assert timers.ping_interval + timers.ping_timeout <= 25
    assert (timers.backoff.base_delay, timers.backoff.max_delay) == (0.5, 20.0)


def test_nothing_is_assumed_of_who_logs_in() -> None:
    """Without more words there is one token, no bot, no member beside it and nowhere to hop."""
    assert OPTIONS.credentials.refresh(60.0) is None
    assert (OPTIONS.credentials.login_fields, OPTIONS.credentials.author_id) == ({}, None)
    assert OPTIONS.regions == {}
    assert OPTIONS.route.proxy is None


def test_a_message_may_be_64_mebibytes_long() -> None:
    """The largest answers fit, and no server can fill the memory."""
    assert OPTIONS.max_size == 64 * 1024 * 1024


def test_nobody_has_to_listen() -> None:
    """What happens is told to whoever asked for it, else to nobody."""
    OPTIONS.on_status("connecting")
