"""Reach a fault server from within a test: the way there, who asks, and how patiently."""

import contextlib
import socket
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from faults import FaultServer

from rtmcli.protocol.conversation import Backoff
from rtmcli.session.access import Access, Identity, Timers
from rtmcli.session.deadline import Deadline
from rtmcli.session.dial import Route, dial
from rtmcli.session.endpoint import Endpoint, parse_url
from rtmcli.session.failure import Failed

TOKEN = "Bearer dal:test-token-Zx81_Qy42"


def soon(seconds: float = 10.0) -> Deadline:
    """Return a deadline that no test waits for, unless something hangs or it is made shorter."""
    return Deadline.after(seconds)


def access_to(
    server: FaultServer,
    *,
    regions: Mapping[str, FaultServer] | None = None,
    ca_file: str | None = None,
    identity: Identity | None = None,
    **timers: Any,
) -> Access:
    """Lay out the access to a server, with other timers than the usual ones where given."""
    return Access(
        Route(endpoint_of(server), ca_file=ca_file),
        identity or Identity(TOKEN),
        Timers(**{"backoff": Backoff(0.001), **timers}),
        {region: endpoint_of(other) for region, other in (regions or {}).items()},
    )


def endpoint_of(server: FaultServer) -> Endpoint:
    """Return where a server listens."""
    return parse_url(server.url)


def failure(route: Route, seconds: float = 10.0) -> Failed:
    """Dial in vain; return the error."""
    with pytest.raises(Failed) as caught:
        dial(route, soon(seconds))
    return caught.value


@contextlib.contextmanager
def dialled(route: Route) -> Iterator[socket.socket]:
    """Dial, and close in the end."""
    with contextlib.closing(dial(route, soon())) as sock:
        yield sock
