"""Connect to a fault server from within the test process."""

import contextlib
import socket
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from support.fault_server import FaultServer

from rtmcli.catalogue.v3_0 import API
from rtmcli.errors import ConnectFailed
from rtmcli.protocol.reconnection import Backoff
from rtmcli.session.deadline import Deadline
from rtmcli.session.dial import Route, dial
from rtmcli.session.endpoint import Endpoint, parse_url
from rtmcli.session.options import ConnectOptions, Credentials, Timers

TOKEN = "Bearer dal:test-token-Zx81_Qy42"


def short_deadline(seconds: float = 10.0) -> Deadline:
    """Return a deadline that expires only if something hangs, unless it is made shorter."""
    return Deadline.after(seconds)


def connect_options(
    server: FaultServer,
    *,
    regions: Mapping[str, FaultServer] | None = None,
    ca_file: str | None = None,
    credentials: Credentials | None = None,
    **timers: Any,
) -> ConnectOptions:
    """Return the options to connect to a server; `timers` replace the defaults of the tests."""
    return ConnectOptions(
        API,
        Route(endpoint_of(server), ca_file=ca_file),
        credentials or Credentials(TOKEN),
        Timers(**{"backoff": Backoff(0.001), **timers}),
        {region: endpoint_of(other) for region, other in (regions or {}).items()},
    )


def endpoint_of(server: FaultServer) -> Endpoint:
    """Return the endpoint of a server."""
    return parse_url(server.url)


def dial_failure(route: Route, seconds: float = 10.0) -> ConnectFailed:
    """Dial, expect a failure and return the error."""
    with pytest.raises(ConnectFailed) as caught:
        dial(route, short_deadline(seconds))
    return caught.value


@contextlib.contextmanager
def dialed(route: Route) -> Iterator[socket.socket]:
    """Dial, and close the socket at the end."""
    with contextlib.closing(dial(route, short_deadline())) as sock:
        yield sock
