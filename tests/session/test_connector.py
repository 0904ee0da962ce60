"""Getting connected: how often, how long, where to, and with which token."""

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from support.connect import TOKEN, connect_options, short_deadline
from support.fault_server import (
    CONNECT,
    HANDSHAKE,
    Behavior,
    FaultServer,
    close,
    drop,
    http_response,
    ignore,
    normal,
    respond,
    respond_error,
)

from rtmcli.errors import AuthError, Busy, ConnectFailed, NotConnected, RtmError, UsageError
from rtmcli.protocol.reconnection import Backoff
from rtmcli.session.connector import Connector
from rtmcli.session.deadline import Deadline
from rtmcli.session.endpoint import Endpoint, Proxy, parse_proxy, parse_url
from rtmcli.session.options import Credentials
from rtmcli.session.recovery import Misdirected
from rtmcli.session.session import Session

MISDIRECTED = respond_error("misdirected_request", data={"region": "fra"})


class RecordingConnector:
    """A connector that does not wait between its tries, but notes how long it would."""

    def __init__(self, server: FaultServer, *, jitter: float = 0.5, **overrides: Any) -> None:
        self.delays: list[float] = []
        self.statuses: list[str] = []
        options = connect_options(
            server,
            **{"response_timeout": 5.0, "close_timeout": 0.05, "backoff": Backoff(), **overrides},
        )
        self.connector = Connector(
            options._replace(on_status=self.statuses.append),
            jitter=lambda: jitter,
            sleep=self.delays.append,
        )

    def outcome(self, deadline: Deadline | None = None) -> Session | RtmError:
        """Connect, and close; return the session or the error."""
        try:
            session = self.connector.connect(deadline or short_deadline())
        except RtmError as error:
            return error
        session.close()
        return session


@pytest.fixture
def server() -> Iterator[FaultServer]:
    """Serve; a client that breaks the protocol fails the test."""
    with FaultServer() as fault_server:
        yield fault_server


# What befalls the first try, while the second would succeed; what comes of it.
FIRST_ATTEMPTS: dict[str, tuple[Any, Behavior, type[RtmError] | None]] = {
    "reset": (CONNECT, drop("rst"), None),
    "end of stream": (CONNECT, drop("fin"), None),
    "HTTP 503": (HANDSHAKE, http_response(503), None),
    "HTTP 404": (HANDSHAKE, http_response(404), ConnectFailed),
    "HTTP 401": (HANDSHAKE, http_response(401), None),
    "HTTP 403": (HANDSHAKE, http_response(403), None),
    "closed before the login": ("login", close(1012), None),
    "too_many_requests": ("login", respond_error("too_many_requests"), None),
    "internal": ("login", respond_error("internal"), None),
    "validation": ("login", respond_error("validation"), AuthError),
    "authentication": ("login", respond_error("authentication"), AuthError),
}


@pytest.mark.parametrize("what", FIRST_ATTEMPTS)
def test_what_may_pass_is_tried_again(server: FaultServer, what: str) -> None:
    """No call has left, so another try harms nobody; what will not pass is told at once."""
    moment, behaviour, error = FIRST_ATTEMPTS[what]
    server.on(moment, behaviour, normal())
    recorder = RecordingConnector(server)
    assert type(recorder.outcome()) is (error or Session)
    assert (server.connection_count, len(recorder.delays)) == ((1, 0) if error else (2, 1))


@pytest.mark.parametrize(
    ("moment", "behaviour", "kind"),
    [(CONNECT, drop("rst"), ConnectFailed), ("login", respond_error("service_unavailable"), Busy)],
)
def test_three_tries_are_enough(
    server: FaultServer, moment: Any, behaviour: Behavior, kind: type[RtmError]
) -> None:
    """After the third the last cause is told; the pauses between have full jitter."""
    server.on(moment, behaviour)
    recorder = RecordingConnector(server, jitter=1.0)
    assert type(recorder.outcome()) is kind
    assert (server.connection_count, recorder.delays) == (3, [0.5, 1.0])


def test_a_stalled_try_leaves_time_for_the_next(server: FaultServer) -> None:
    """A first connection that hangs takes half of the time, and the next one succeeds."""
    server.on(CONNECT, ignore(), normal())
    recorder = RecordingConnector(server, response_timeout=1.6)
    started = time.monotonic()
    assert isinstance(recorder.outcome(), Session)
    assert 0.75 < time.monotonic() - started < 5


@pytest.mark.parametrize("deadline", [0.3, 60.0])
def test_all_tries_together_end_in_time(server: FaultServer, deadline: float) -> None:
    """Where everything hangs, the end comes at the deadline, or at the limit of an answer."""
    server.on(CONNECT, ignore())
    recorder = RecordingConnector(server, response_timeout=0.4, jitter=0.0)
    started = time.monotonic()
    error = recorder.outcome(Deadline.after(deadline))
    assert isinstance(error, ConnectFailed)
    assert min(deadline, 0.4) * 0.9 < time.monotonic() - started < 5


def test_a_pause_beyond_the_deadline_is_not_begun(server: FaultServer) -> None:
    """Who would sleep past the end tells the cause at once."""
    server.on(CONNECT, drop("rst"))
    recorder = RecordingConnector(server, jitter=1.0, response_timeout=0.4)
    assert isinstance(recorder.outcome(), ConnectFailed)
    assert (server.connection_count, recorder.delays) == (1, [])


def test_each_step_is_told(server: FaultServer) -> None:
    """Who listens hears where it goes, why it is tried again, and who logged in."""
    server.on("login", respond_error("too_many_requests", "Slow down"), respond())
    recorder = RecordingConnector(server)
    recorder.outcome()
    way = f"connecting to 127.0.0.1:{server.port}"
    assert recorder.statuses == [
        way,
        "Slow down; trying again in 0.2 s",
        way,
        "logged in as agent@example.com",
    ]


def test_a_proxy_is_named_and_its_password_is_not(server: FaultServer) -> None:
    """The way is told with the proxy's address only."""
    recorder = RecordingConnector(server)
    options = recorder.connector.options
    proxy = parse_proxy("http://user:sesame@proxy.example.com:3128")
    recorder.connector.options = options._replace(route=options.route._replace(proxy=proxy))
    recorder.outcome()
    assert "through the proxy proxy.example.com:3128" in recorder.statuses[0]
    assert "sesame" not in "".join(recorder.statuses)


def test_a_pause_without_a_cause_is_told_too(server: FaultServer) -> None:
    """Callers may pause for reasons of their own, and for no less than they wish."""
    recorder = RecordingConnector(server)
    assert recorder.connector.back_off(1, short_deadline(), min_delay=2.0)
    assert (recorder.delays, recorder.statuses) == ([2.0], ["failed; trying again in 2.0 s"])


# --- regions ---


def test_the_region_that_is_named_is_gone_to(server: FaultServer) -> None:
    """T19: one hop, one login at each; the region is kept for the next connection."""
    server.on("login", MISDIRECTED)
    with FaultServer() as fra:
        recorder = RecordingConnector(server, regions={"fra": fra})
        assert isinstance(recorder.outcome(), Session)
        assert isinstance(recorder.outcome(), Session)
        assert (len(server.logins), len(fra.logins)) == (1, 2)
    assert "another region serves this licence: turning to fra" in recorder.statuses
    assert recorder.delays == []


def test_two_regions_that_blame_each_other_are_left_alone(server: FaultServer) -> None:
    """T21: no second hop."""
    server.on("login", MISDIRECTED)
    with FaultServer() as fra:
        fra.on("login", respond_error("misdirected_request", data={"region": "dal"}))
        recorder = RecordingConnector(server, regions={"fra": fra, "dal": server})
        error = recorder.outcome()
        assert (type(error), str(error)) == (
            NotConnected,
            "each region says that the other serves it",
        )
        assert (server.connection_count, fra.connection_count) == (1, 1)


@pytest.mark.parametrize("region", ["mars", "", "fra.example.com"])
def test_a_region_that_nobody_knows_is_an_error(server: FaultServer, region: str) -> None:
    """What the server names is looked up and never becomes an address."""
    server.on("login", respond_error("misdirected_request", data={"region": region}))
    with FaultServer() as fra:
        error = RecordingConnector(server, regions={"fra": fra}).outcome()
        assert (type(error), fra.connection_count) == (NotConnected, 0)
    assert region == "" or region not in str(error)


@pytest.mark.parametrize("proxy", [None, parse_proxy("http://other:1")])
def test_the_way_to_another_region_is_asked_for_anew(
    server: FaultServer, proxy: Proxy | None
) -> None:
    """The proxy of the first host is not taken along to one that has another, or none."""
    fra, asked = parse_url("wss://fra.example.com"), []

    def proxy_to(endpoint: Endpoint) -> Proxy | None:
        asked.append(endpoint)
        return proxy

    connector = RecordingConnector(server).connector
    route = connector.options.route._replace(proxy=parse_proxy("http://first:1"))
    connector.options = connector.options._replace(
        route=route, regions={"fra": fra}, proxy_for=proxy_to
    )
    connector.switch_region("fra")
    assert (connector.options.route[:2], asked) == ((fra, proxy), [fra])


def test_a_region_behind_a_proxy_that_cannot_be_used_is_not_gone_to(server: FaultServer) -> None:
    """The first host needed none, so nobody looked at it."""

    def proxy_to(_: Endpoint) -> Proxy | None:
        raise UsageError("HTTPS_PROXY names a SOCKS proxy")

    connector = RecordingConnector(server).connector
    elsewhere = parse_url("wss://fra.example.com")
    connector.options = connector.options._replace(regions={"fra": elsewhere}, proxy_for=proxy_to)
    with pytest.raises(NotConnected, match="names a SOCKS proxy"):
        connector.switch_region("fra")


# --- tokens ---


def token_source(*tokens: str | None) -> Callable[[float], str | None]:
    """Make a source of tokens, of which each is given once."""
    remaining = list(tokens)
    return lambda _: remaining.pop(0)


@pytest.mark.parametrize("kind", ["authentication", "access_token_expired"])
def test_a_refused_token_is_replaced(server: FaultServer, kind: str) -> None:
    """The source is asked once more, and the new token is kept."""
    server.on("login", respond_error(kind), respond())
    recorder = RecordingConnector(
        server, credentials=Credentials(TOKEN, refresh=token_source("Bearer new"))
    )
    if kind == "authentication":
        assert isinstance(recorder.outcome(), Session)
        assert [each.payload["token"] for each in server.logins] == [TOKEN, "Bearer new"]
    else:
        assert recorder.connector.refresh_token(AuthError("expired", type=kind), short_deadline())
    assert recorder.connector.options.credentials.token == "Bearer new"


@pytest.mark.parametrize("token", [None, "", TOKEN])
def test_a_source_without_another_token_is_no_help(server: FaultServer, token: str | None) -> None:
    """The same token, or none: the refusal stands, after one login."""
    server.on("login", respond_error("authentication"))
    recorder = RecordingConnector(
        server, credentials=Credentials(TOKEN, refresh=token_source(token))
    )
    assert isinstance(recorder.outcome(), AuthError)
    assert len(server.logins) == 1


def test_a_source_is_asked_once(server: FaultServer) -> None:
    """The second token is refused too: no third, until one has served well."""
    server.on("login", respond_error("authentication"))
    source = token_source("Bearer second", "Bearer third")
    recorder = RecordingConnector(server, credentials=Credentials(TOKEN, refresh=source))
    assert isinstance(recorder.outcome(), AuthError)
    assert isinstance(recorder.outcome(), AuthError)
    assert [each.payload["token"] for each in server.logins] == [
        TOKEN,
        "Bearer second",
        "Bearer second",
    ]
    recorder.connector.reset_limits()
    recorder.outcome()
    assert server.logins[-1].payload["token"] == "Bearer third"


def test_a_source_has_no_more_time_than_is_left(server: FaultServer) -> None:
    """A command that prints a token is not awaited beyond the end of connecting."""
    asked: list[float] = []

    def renew(patience: float) -> None:
        asked.append(patience)

    server.on("login", respond_error("authentication"))
    recorder = RecordingConnector(server, credentials=Credentials(TOKEN, refresh=renew))
    recorder.outcome(Deadline.after(3.0))
    [patience] = asked
    assert 0 < patience <= 3.0


def test_another_refusal_is_not_about_the_token(server: FaultServer) -> None:
    """Its source is not asked where the licence, not the token, is the trouble."""
    server.on("login", respond_error("license_expired"))
    recorder = RecordingConnector(server, credentials=Credentials(TOKEN, refresh=token_source()))
    assert isinstance(recorder.outcome(), AuthError)


def test_one_attempt_is_one_attempt(server: FaultServer) -> None:
    """`open` tries once, for callers who have a policy of their own."""
    server.on("login", MISDIRECTED)
    recorder = RecordingConnector(server)
    with pytest.raises(Misdirected):
        recorder.connector.attempt(short_deadline(), short_deadline())
    assert (server.connection_count, recorder.delays) == (1, [])
