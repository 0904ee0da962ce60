"""Everything that a session needs to know before it begins."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from rtmcli.protocol.retry_policy import Backoff
from rtmcli.session.dial import Route
from rtmcli.session.endpoint import Endpoint, Proxy

MAX_SIZE = 64 * 1024 * 1024  # bytes of one message


def _no_proxy(_: Endpoint) -> None:
    pass


def _noop(_: str) -> None:
    pass


def _no_token(_: float) -> str | None:
    return None


class Credentials(NamedTuple):
    """Who logs in, and with what in the login's payload beside the token."""

    token: str  # with its scheme, as it goes on the wire
    # Asks the token's source once again, and takes so many seconds at the most.
    refresh: Callable[[float], str | None] = _no_token
    login_fields: Mapping[str, Any] = {}  # further members of the login's payload
    author_id: str | None = None  # the bot that calls are made as


class Timers(NamedTuple):
    """How long things may take, in seconds."""

    response_timeout: float = 20.0  # from a request to its answer; also for all of the connecting
    close_timeout: float = 2.0  # the closing handshake
    ping_interval: float = 10.0  # between pings
    ping_timeout: float = 10.0  # silence after a ping, until the link counts as dead
    backoff: Backoff = Backoff()


class ConnectOptions(NamedTuple):
    """How to get to the server, as whom, and how patiently."""

    route: Route
    credentials: Credentials
    timers: Timers = Timers()
    regions: Mapping[str, Endpoint] = {}  # where a hop may lead
    proxy_for: Callable[[Endpoint], Proxy | None] = _no_proxy  # the proxy on the way there
    max_size: int = MAX_SIZE
    on_status: Callable[[str], None] = _noop  # is told in a line what happens, such as a new try
