"""What it takes to open sessions: route, credentials, timers."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from rtmcli.catalogue.api import Api
from rtmcli.protocol.reconnection import Backoff
from rtmcli.session.dial import Route, noop
from rtmcli.session.endpoint import Endpoint, Proxy

MAX_SIZE = 64 * 1024 * 1024  # bytes of one message
CLOSE_GRACE_PERIOD = 0.4  # seconds for the closing handshake once a command ends


class Token(str):
    """A token as it is sent, whose source says how long it is valid."""

    __slots__ = ("lifetime", "read_at")
    lifetime: float  # seconds, from when the source was read
    read_at: float  # on the monotonic clock


class Credentials(NamedTuple):
    """Who logs in, and the login's further parameters."""

    token: str  # with its scheme, as it is sent
    # Read the token source again, for this many seconds at most; None if there is no token.
    refresh: Callable[[float], str | None] = noop
    login_fields: Mapping[str, Any] = {}  # further members of the login's payload


class Timers(NamedTuple):
    """Timeouts and intervals, in seconds."""

    response_timeout: float = 20.0  # for each response, and for connecting with all its attempts
    close_timeout: float = 2.0  # for the closing handshake
    ping_interval: float = 10.0
    ping_timeout: float = 10.0  # without any data after a ping, until the connection counts as lost
    backoff: Backoff = Backoff()


class ConnectOptions(NamedTuple):
    """How to connect, and as whom."""

    api: Api
    route: Route
    credentials: Credentials
    timers: Timers = Timers()
    regions: Mapping[str, Endpoint] = {}  # the regions that a redirect may lead to
    proxy_for: Callable[[Endpoint], Proxy | None] = noop
    max_size: int = MAX_SIZE
    on_status: Callable[[str], None] = noop  # receives one line per event, such as a retry
    url_source: str = ""  # the flag, variable or profile with the URL, for errors
