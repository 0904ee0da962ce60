"""What a session knows before it begins: the defaults that are promised."""

from rtmcli.catalogue import API
from rtmcli.session.access import Access, Identity, Timers
from rtmcli.session.dial import Route
from rtmcli.session.endpoint import region_endpoint

ACCESS = Access(Route(region_endpoint("dal")), Identity("Bearer x"))


def test_the_timers_fit_the_servers() -> None:
    """T30: an answer is awaited longer than the server works on it; pings come as it wants."""
    timers = ACCESS.timers
    assert timers == Timers(answer=20.0, close=2.0, ping=10.0, pong=10.0)
    assert timers.answer > API.request_timeout
    assert timers.ping < API.ping_every
    assert timers.ping + timers.pong <= 25
    assert (timers.backoff.first, timers.backoff.cap) == (0.5, 20.0)


def test_nothing_is_assumed_of_who_logs_in() -> None:
    """Without more words there is one token, no bot, no member beside it and nowhere to hop."""
    assert ACCESS.identity.renew(60.0) is None
    assert (ACCESS.identity.login, ACCESS.identity.author_id) == ({}, None)
    assert ACCESS.regions == {}
    assert ACCESS.route.proxy is None


def test_a_message_may_be_64_mebibytes_long() -> None:
    """The largest answers fit, and no server can fill the memory."""
    assert ACCESS.max_size == 64 * 1024 * 1024


def test_nobody_has_to_listen() -> None:
    """What happens is told to whoever asked for it, else to nobody."""
    ACCESS.notice("connecting")
