"""Everything that a session needs to know before it begins."""

from collections.abc import Callable, Mapping
from typing import Any

from rtmcli.protocol.conversation import Backoff
from rtmcli.row import Row
from rtmcli.session.dial import Route
from rtmcli.session.endpoint import Endpoint, Proxy

MAX_SIZE = 64 * 1024 * 1024  # bytes of one message


def _directly(_: Endpoint) -> None:
    pass


def _unheard(_: str) -> None:
    pass


def _no_other_token(_: float) -> str | None:
    return None


class Identity(Row):
    """Who logs in, and with what in the login's payload beside the token."""

    token: str  # with its scheme, as it goes on the wire
    # Asks the token's source once again, and takes so many seconds at the most.
    renew: Callable[[float], str | None] = _no_other_token
    login: Mapping[str, Any] = {}  # further members of the login's payload
    author_id: str | None = None  # the bot that calls are made as


class Timers(Row):
    """How long things may take, in seconds."""

    answer: float = 20.0  # from a request to its answer; also for all of the connecting
    close: float = 2.0  # the closing handshake
    ping: float = 10.0  # between pings
    pong: float = 10.0  # silence after a ping, until the link counts as dead
    backoff: Backoff = Backoff()


class Access(Row):
    """How to get to the server, as whom, and how patiently."""

    route: Route
    identity: Identity
    timers: Timers = Timers()
    regions: Mapping[str, Endpoint] = {}  # where a hop may lead
    proxy_to: Callable[[Endpoint], Proxy | None] = _directly  # the proxy on the way there
    max_size: int = MAX_SIZE
    notice: Callable[[str], None] = _unheard  # is told in a line what happens, such as a new try
