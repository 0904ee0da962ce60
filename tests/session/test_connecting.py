"""Getting connected: how often, how long, where to, and with which token."""

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from faults import (
    CONNECT,
    HANDSHAKE,
    Behaviour,
    FaultServer,
    answer,
    close,
    drop,
    normal,
    refuse,
    silence,
    status,
)
from reaching import TOKEN, access_to, soon

from rtmcli.errors import AuthError, Busy, NotConnected, RtmError, UsageError
from rtmcli.protocol.conversation import Backoff
from rtmcli.session.access import Identity
from rtmcli.session.connecting import Connector
from rtmcli.session.deadline import Deadline
from rtmcli.session.endpoint import Endpoint, Proxy, parse_proxy, parse_url
from rtmcli.session.failure import Failed
from rtmcli.session.judging import Misdirected
from rtmcli.session.session import Session

WRONG = refuse("misdirected_request", data={"region": "fra"})


class Connecting:
    """A connector that does not wait between its tries, but notes how long it would."""

    def __init__(self, server: FaultServer, *, jitter: float = 0.5, **access: Any) -> None:
        self.pauses: list[float] = []
        self.said: list[str] = []
        way = access_to(server, **{"answer": 5.0, "close": 0.05, "backoff": Backoff(), **access})
        self.connector = Connector(
            way._replace(notice=self.said.append),
            jitter=lambda: jitter,
            sleep=self.pauses.append,
        )

    def outcome(self, deadline: Deadline | None = None) -> Session | RtmError:
        """Connect, and close; return the session or the error."""
        try:
            session = self.connector.connect(deadline or soon())
        except RtmError as error:
            return error
        session.close()
        return session


@pytest.fixture
def server() -> Iterator[FaultServer]:
    """Serve; a client that breaks the protocol fails the test."""
    with FaultServer() as serving:
        yield serving


# What befalls the first try, while the second would succeed; what comes of it.
TRIES: dict[str, tuple[Any, Behaviour, type[RtmError] | None]] = {
    "reset": (CONNECT, drop("rst"), None),
    "end of stream": (CONNECT, drop("fin"), None),
    "HTTP 503": (HANDSHAKE, status(503), None),
    "HTTP 404": (HANDSHAKE, status(404), Failed),
    "HTTP 401": (HANDSHAKE, status(401), AuthError),
    "closed before the login": ("login", close(1012), None),
    "too_many_requests": ("login", refuse("too_many_requests"), None),
    "internal": ("login", refuse("internal"), None),
    "validation": ("login", refuse("validation"), AuthError),
    "authentication": ("login", refuse("authentication"), AuthError),
}


@pytest.mark.parametrize("what", TRIES)
def test_what_may_pass_is_tried_again(server: FaultServer, what: str) -> None:
    """No call has left, so another try harms nobody; what will not pass is told at once."""
    moment, behaviour, error = TRIES[what]
    server.on(moment, behaviour, normal())
    connecting = Connecting(server)
    assert type(connecting.outcome()) is (error or Session)
    assert (server.connections, len(connecting.pauses)) == ((1, 0) if error else (2, 1))


@pytest.mark.parametrize(
    ("moment", "behaviour", "kind"),
    [(CONNECT, drop("rst"), Failed), ("login", refuse("service_unavailable"), Busy)],
)
def test_three_tries_are_enough(
    server: FaultServer, moment: Any, behaviour: Behaviour, kind: type[RtmError]
) -> None:
    """After the third the last cause is told; the pauses between have full jitter."""
    server.on(moment, behaviour)
    connecting = Connecting(server, jitter=1.0)
    assert type(connecting.outcome()) is kind
    assert (server.connections, connecting.pauses) == (3, [0.5, 1.0])


def test_a_stalled_try_leaves_time_for_the_next(server: FaultServer) -> None:
    """A first connection that hangs takes half of the time, and the next one succeeds."""
    server.on(CONNECT, silence(), normal())
    connecting = Connecting(server, answer=1.6)
    started = time.monotonic()
    assert isinstance(connecting.outcome(), Session)
    assert 0.75 < time.monotonic() - started < 5


@pytest.mark.parametrize("deadline", [0.3, 60.0])
def test_all_tries_together_end_in_time(server: FaultServer, deadline: float) -> None:
    """Where everything hangs, the end comes at the deadline, or at the limit of an answer."""
    server.on(CONNECT, silence())
    connecting = Connecting(server, answer=0.4, jitter=0.0)
    started = time.monotonic()
    error = connecting.outcome(Deadline.after(deadline))
    assert isinstance(error, Failed)
    assert min(deadline, 0.4) * 0.9 < time.monotonic() - started < 5


def test_a_pause_beyond_the_deadline_is_not_begun(server: FaultServer) -> None:
    """Who would sleep past the end tells the cause at once."""
    server.on(CONNECT, drop("rst"))
    connecting = Connecting(server, jitter=1.0, answer=0.4)
    assert isinstance(connecting.outcome(), Failed)
    assert (server.connections, connecting.pauses) == (1, [])


def test_each_step_is_told(server: FaultServer) -> None:
    """Who listens hears where it goes, why it is tried again, and who logged in."""
    server.on("login", refuse("too_many_requests", "Slow down"), answer())
    connecting = Connecting(server)
    connecting.outcome()
    way = f"connecting to 127.0.0.1:{server.port}"
    assert connecting.said == [
        way,
        "Slow down; trying again in 0.2 s",
        way,
        "logged in as agent@example.com",
    ]


def test_a_proxy_is_named_and_its_password_is_not(server: FaultServer) -> None:
    """The way is told with the proxy's address only."""
    connecting = Connecting(server)
    access = connecting.connector.access
    proxy = parse_proxy("http://user:sesame@proxy.example.com:3128")
    connecting.connector.access = access._replace(route=access.route._replace(proxy=proxy))
    connecting.outcome()
    assert "through the proxy proxy.example.com:3128" in connecting.said[0]
    assert "sesame" not in "".join(connecting.said)


def test_a_pause_without_a_cause_is_told_too(server: FaultServer) -> None:
    """Callers may pause for reasons of their own, and for no less than they wish."""
    connecting = Connecting(server)
    assert connecting.connector.pause(1, soon(), least=2.0)
    assert (connecting.pauses, connecting.said) == ([2.0], ["failed; trying again in 2.0 s"])


# --- regions ---


def test_the_region_that_is_named_is_gone_to(server: FaultServer) -> None:
    """T19: one hop, one login at each; the region is kept for the next connection."""
    server.on("login", WRONG)
    with FaultServer() as fra:
        connecting = Connecting(server, regions={"fra": fra})
        assert isinstance(connecting.outcome(), Session)
        assert isinstance(connecting.outcome(), Session)
        assert (len(server.logins), len(fra.logins)) == (1, 2)
    assert "another region serves this licence: turning to fra" in connecting.said
    assert connecting.pauses == []


def test_two_regions_that_blame_each_other_are_left_alone(server: FaultServer) -> None:
    """T21: no second hop."""
    server.on("login", WRONG)
    with FaultServer() as fra:
        fra.on("login", refuse("misdirected_request", data={"region": "dal"}))
        connecting = Connecting(server, regions={"fra": fra, "dal": server})
        error = connecting.outcome()
        assert (type(error), str(error)) == (
            NotConnected,
            "each region says that the other serves it",
        )
        assert (server.connections, fra.connections) == (1, 1)


@pytest.mark.parametrize("region", ["mars", "", "fra.example.com"])
def test_a_region_that_nobody_knows_is_an_error(server: FaultServer, region: str) -> None:
    """What the server names is looked up and never becomes an address."""
    server.on("login", refuse("misdirected_request", data={"region": region}))
    with FaultServer() as fra:
        error = Connecting(server, regions={"fra": fra}).outcome()
        assert (type(error), fra.connections) == (NotConnected, 0)
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

    connector = Connecting(server).connector
    route = connector.access.route._replace(proxy=parse_proxy("http://first:1"))
    connector.access = connector.access._replace(
        route=route, regions={"fra": fra}, proxy_to=proxy_to
    )
    connector.hop("fra")
    assert (connector.access.route[:2], asked) == ((fra, proxy), [fra])


def test_a_region_behind_a_proxy_that_cannot_be_used_is_not_gone_to(server: FaultServer) -> None:
    """The first host needed none, so nobody looked at it."""

    def proxy_to(_: Endpoint) -> Proxy | None:
        raise UsageError("HTTPS_PROXY names a SOCKS proxy")

    connector = Connecting(server).connector
    elsewhere = parse_url("wss://fra.example.com")
    connector.access = connector.access._replace(regions={"fra": elsewhere}, proxy_to=proxy_to)
    with pytest.raises(NotConnected, match="names a SOCKS proxy"):
        connector.hop("fra")


# --- tokens ---


def renewing(*tokens: str | None) -> Callable[[float], str | None]:
    """Make a source of tokens, of which each is given once."""
    left = list(tokens)
    return lambda _: left.pop(0)


@pytest.mark.parametrize("kind", ["authentication", "access_token_expired"])
def test_a_refused_token_is_replaced(server: FaultServer, kind: str) -> None:
    """The source is asked once more, and the new token is kept."""
    server.on("login", refuse(kind), answer())
    connecting = Connecting(server, identity=Identity(TOKEN, renew=renewing("Bearer new")))
    if kind == "authentication":
        assert isinstance(connecting.outcome(), Session)
        assert [each.payload["token"] for each in server.logins] == [TOKEN, "Bearer new"]
    else:
        assert connecting.connector.renew(AuthError("expired", type=kind), soon())
    assert connecting.connector.access.identity.token == "Bearer new"


@pytest.mark.parametrize("token", [None, "", TOKEN])
def test_a_source_without_another_token_is_no_help(server: FaultServer, token: str | None) -> None:
    """The same token, or none: the refusal stands, after one login."""
    server.on("login", refuse("authentication"))
    connecting = Connecting(server, identity=Identity(TOKEN, renew=renewing(token)))
    assert isinstance(connecting.outcome(), AuthError)
    assert len(server.logins) == 1


def test_a_source_is_asked_once(server: FaultServer) -> None:
    """The second token is refused too: no third, until one has served well."""
    server.on("login", refuse("authentication"))
    source = renewing("Bearer second", "Bearer third")
    connecting = Connecting(server, identity=Identity(TOKEN, renew=source))
    assert isinstance(connecting.outcome(), AuthError)
    assert isinstance(connecting.outcome(), AuthError)
    assert [each.payload["token"] for each in server.logins] == [
        TOKEN,
        "Bearer second",
        "Bearer second",
    ]
    connecting.connector.trust()
    connecting.outcome()
    assert server.logins[-1].payload["token"] == "Bearer third"


def test_a_source_has_no_more_time_than_is_left(server: FaultServer) -> None:
    """A command that prints a token is not awaited beyond the end of connecting."""
    asked: list[float] = []

    def renew(patience: float) -> None:
        asked.append(patience)

    server.on("login", refuse("authentication"))
    connecting = Connecting(server, identity=Identity(TOKEN, renew=renew))
    connecting.outcome(Deadline.after(3.0))
    [patience] = asked
    assert 0 < patience <= 3.0


def test_another_refusal_is_not_about_the_token(server: FaultServer) -> None:
    """Its source is not asked where the licence, not the token, is the trouble."""
    server.on("login", refuse("license_expired"))
    connecting = Connecting(server, identity=Identity(TOKEN, renew=renewing()))
    assert isinstance(connecting.outcome(), AuthError)


def test_one_attempt_is_one_attempt(server: FaultServer) -> None:
    """`open` tries once, for callers who have a policy of their own."""
    server.on("login", WRONG)
    connecting = Connecting(server)
    with pytest.raises(Misdirected):
        connecting.connector.open(soon(), soon())
    assert (server.connections, connecting.pauses) == (1, [])
