"""Connecting: attempts, delays, regions and tokens."""

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

from rtmcli.errors import (
    AuthError,
    Busy,
    ConnectFailed,
    NotConnected,
    RtmError,
    UsageError,
    VersionNotServed,
)
from rtmcli.protocol.reconnection import Backoff
from rtmcli.session.connector import Connector
from rtmcli.session.deadline import Deadline
from rtmcli.session.endpoint import Endpoint, Proxy, parse_proxy, parse_url
from rtmcli.session.options import Credentials
from rtmcli.session.recovery import Misdirected
from rtmcli.session.session import Session

MISDIRECTED = respond_error("misdirected_request", data={"region": "fra"})


class RecordingConnector:
    """A connector that records its delays instead of sleeping."""

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
    """Run a server that fails the test if the client breaks the protocol."""
    with FaultServer() as fault_server:
        yield fault_server


# What happens to the first attempt, if the second would succeed; the error, or None.
FIRST_ATTEMPTS: dict[str, tuple[Any, Behavior, type[RtmError] | None]] = {
    "reset": (CONNECT, drop("rst"), None),
    "end of stream": (CONNECT, drop("fin"), None),
    "HTTP 503": (HANDSHAKE, http_response(503), None),
    "HTTP 404": (HANDSHAKE, http_response(404), VersionNotServed),
    "HTTP 401": (HANDSHAKE, http_response(401), None),
    "HTTP 403": (HANDSHAKE, http_response(403), None),
    "closed before the login": ("login", close(1012), None),
    "too_many_requests": ("login", respond_error("too_many_requests"), None),
    "internal": ("login", respond_error("internal"), None),
    "validation": ("login", respond_error("validation"), AuthError),
    "authentication": ("login", respond_error("authentication"), AuthError),
}


@pytest.mark.parametrize("what", FIRST_ATTEMPTS)
def test_transient_errors_are_retried(server: FaultServer, what: str) -> None:
    """No call was sent, so a retry is safe; other errors are raised at once."""
    moment, behavior, error = FIRST_ATTEMPTS[what]
    server.on(moment, behavior, normal())
    recorder = RecordingConnector(server)
    assert type(recorder.outcome()) is (error or Session)
    assert (server.connection_count, len(recorder.delays)) == ((1, 0) if error else (2, 1))


@pytest.mark.parametrize(
    ("moment", "behavior", "kind"),
    [(CONNECT, drop("rst"), ConnectFailed), ("login", respond_error("service_unavailable"), Busy)],
)
def test_there_are_three_attempts(
    server: FaultServer, moment: Any, behavior: Behavior, kind: type[RtmError]
) -> None:
    """Then the last error is raised; the delays have full jitter."""
    server.on(moment, behavior)
    recorder = RecordingConnector(server, jitter=1.0)
    assert type(recorder.outcome()) is kind
    assert (server.connection_count, recorder.delays) == (3, [0.5, 1.0])


def test_retry_after_is_honored_within_the_time_limit(server: FaultServer) -> None:
    """T147: the next attempt waits as long as the server asks, or is not made."""
    later = http_response(503, headers=[("Retry-After", "3")])
    much_later = http_response(429, headers=[("retry-after", "3600")])
    server.on(HANDSHAKE, later, much_later)
    recorder = RecordingConnector(server)
    error = recorder.outcome()
    assert isinstance(error, ConnectFailed)
    assert error.message.endswith("with HTTP 429 (Retry-After: 3600 s)")
    assert (server.connection_count, recorder.delays) == (2, [3.0])


def test_a_stalled_attempt_leaves_time_for_the_next(server: FaultServer) -> None:
    """It takes half of the time."""
    server.on(CONNECT, ignore(), normal())
    recorder = RecordingConnector(server, response_timeout=1.6)
    started = time.monotonic()
    assert isinstance(recorder.outcome(), Session)
    assert 0.75 < time.monotonic() - started < 5


@pytest.mark.parametrize("deadline", [0.3, 60.0])
def test_all_attempts_end_at_the_deadline(server: FaultServer, deadline: float) -> None:
    """Or at the response timeout, if that is shorter."""
    server.on(CONNECT, ignore())
    recorder = RecordingConnector(server, response_timeout=0.4, jitter=0.0)
    started = time.monotonic()
    error = recorder.outcome(Deadline.after(deadline))
    assert isinstance(error, ConnectFailed)
    assert min(deadline, 0.4) * 0.9 < time.monotonic() - started < 5


def test_a_delay_beyond_the_deadline_is_not_started(server: FaultServer) -> None:
    """The error is raised at once."""
    server.on(CONNECT, drop("rst"))
    recorder = RecordingConnector(server, jitter=1.0, response_timeout=0.4)
    assert isinstance(recorder.outcome(), ConnectFailed)
    assert (server.connection_count, recorder.delays) == (1, [])


def test_each_step_is_reported(server: FaultServer) -> None:
    """The destination, the reason of a retry, and the agent."""
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
    """Only the address of the proxy is reported."""
    recorder = RecordingConnector(server)
    options = recorder.connector.options
    proxy = parse_proxy("http://user:sesame@proxy.example.com:3128")
    recorder.connector.options = options._replace(route=options.route._replace(proxy=proxy))
    recorder.outcome()
    assert "through the proxy proxy.example.com:3128" in recorder.statuses[0]
    assert "sesame" not in "".join(recorder.statuses)


def test_a_delay_without_a_cause_is_reported_too(server: FaultServer) -> None:
    """Callers may back off for their own reasons, with a minimum delay."""
    recorder = RecordingConnector(server)
    assert recorder.connector.back_off(1, short_deadline(), min_delay=2.0)
    assert (recorder.delays, recorder.statuses) == ([2.0], ["failed; trying again in 2.0 s"])


# --- regions ---


def test_the_named_region_is_used(server: FaultServer) -> None:
    """T19: one switch, one login at each; the next connection uses the same region."""
    server.on("login", MISDIRECTED)
    with FaultServer() as fra:
        recorder = RecordingConnector(server, regions={"fra": fra})
        assert isinstance(recorder.outcome(), Session)
        assert isinstance(recorder.outcome(), Session)
        assert (len(server.logins), len(fra.logins)) == (1, 2)
    assert "another region serves this license; switching to fra" in recorder.statuses
    assert recorder.delays == []


def test_two_regions_that_name_each_other_are_an_error(server: FaultServer) -> None:
    """T21: there is no second switch."""
    server.on("login", MISDIRECTED)
    with FaultServer() as fra:
        fra.on("login", respond_error("misdirected_request", data={"region": "dal"}))
        recorder = RecordingConnector(server, regions={"fra": fra, "dal": server})
        error = recorder.outcome()
        assert (type(error), str(error)) == (
            NotConnected,
            "each region names the other as the right one",
        )
        assert (server.connection_count, fra.connection_count) == (1, 1)


@pytest.mark.parametrize("region", ["mars", "", "fra.example.com"])
def test_an_unknown_region_is_an_error(server: FaultServer, region: str) -> None:
    """The name is looked up, and never becomes a host name."""
    server.on("login", respond_error("misdirected_request", data={"region": region}))
    with FaultServer() as fra:
        error = RecordingConnector(server, regions={"fra": fra}).outcome()
        assert (type(error), fra.connection_count) == (NotConnected, 0)
    assert region == "" or region not in str(error)


@pytest.mark.parametrize(
    ("source", "reason"),
    [("", "rtm does not know it"), ("RTM_URL", "RTM_URL rules it out; set the region instead")],
)
def test_the_error_of_a_region_names_what_rules_it_out(
    server: FaultServer, source: str, reason: str
) -> None:
    """T118: a variable or a profile may have set the URL, not the flag."""
    connector = RecordingConnector(server).connector
    connector.options = connector.options._replace(regions={}, url_source=source)
    with pytest.raises(NotConnected) as caught:
        connector.switch_region("fra")
    assert caught.value.message == f"another region serves this license, but {reason}"


@pytest.mark.parametrize("proxy", [None, parse_proxy("http://other:1")])
def test_another_region_gets_its_own_proxy(server: FaultServer, proxy: Proxy | None) -> None:
    """The proxy of the first host is not kept."""
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


def test_a_region_behind_an_invalid_proxy_is_not_used(server: FaultServer) -> None:
    """The first host needed no proxy, so it was not checked before."""

    def proxy_to(_: Endpoint) -> Proxy | None:
        raise UsageError("HTTPS_PROXY names a SOCKS proxy")

    connector = RecordingConnector(server).connector
    elsewhere = parse_url("wss://fra.example.com")
    connector.options = connector.options._replace(regions={"fra": elsewhere}, proxy_for=proxy_to)
    with pytest.raises(NotConnected, match="names a SOCKS proxy"):
        connector.switch_region("fra")


# --- tokens ---


def token_source(*tokens: str | None) -> Callable[[float], str | None]:
    """Return a source that gives each token once."""
    remaining = list(tokens)
    return lambda _: remaining.pop(0)


@pytest.mark.parametrize("kind", ["authentication", "access_token_expired"])
def test_a_refused_token_is_replaced(server: FaultServer, kind: str) -> None:
    """The source is read again, and the new token is kept."""
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
def test_without_another_token_the_refusal_is_raised(
    server: FaultServer, token: str | None
) -> None:
    """If the source has the same token or none, after one login."""
    server.on("login", respond_error("authentication"))
    recorder = RecordingConnector(
        server, credentials=Credentials(TOKEN, refresh=token_source(token))
    )
    assert isinstance(recorder.outcome(), AuthError)
    assert len(server.logins) == 1


def test_the_token_is_refreshed_once(server: FaultServer) -> None:
    """If the second is refused, too, there is no third, unless one has worked."""
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


def test_a_token_source_has_the_remaining_time(server: FaultServer) -> None:
    """A token command is not awaited beyond the deadline."""
    asked: list[float] = []

    def renew(patience: float) -> None:
        asked.append(patience)

    server.on("login", respond_error("authentication"))
    recorder = RecordingConnector(server, credentials=Credentials(TOKEN, refresh=renew))
    recorder.outcome(Deadline.after(3.0))
    [patience] = asked
    assert 0 < patience <= 3.0


def test_other_refusals_do_not_refresh_the_token(server: FaultServer) -> None:
    """If the license is the problem, the source is not read."""
    server.on("login", respond_error("license_expired"))
    recorder = RecordingConnector(server, credentials=Credentials(TOKEN, refresh=token_source()))
    assert isinstance(recorder.outcome(), AuthError)


def test_attempt_makes_one_attempt(server: FaultServer) -> None:
    """For callers with their own retry policy."""
    server.on("login", MISDIRECTED)
    recorder = RecordingConnector(server)
    with pytest.raises(Misdirected):
        recorder.connector.attempt(short_deadline(), short_deadline())
    assert (server.connection_count, recorder.delays) == (1, [])
