"""From a host name to a connected socket: DNS, TCP, proxy and TLS, all under one deadline."""

import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from rtmcli.row import Row
from rtmcli.session.deadline import Deadline
from rtmcli.session.endpoint import Endpoint, Proxy
from rtmcli.session.failure import Failed, cause_of

_STUCK_AFTER = 15_000  # milliseconds that sent data may stay unacknowledged

Address = tuple[int, int, int, str, tuple[str, int]]
# Is told of each step of the way that is done, by its name, with what it yielded.
Passed = Callable[[str, Any], None]


def unobserved(_: str, __: Any) -> None:
    """Be told of a step, and do nothing."""


class Route(Row):
    """How to get to an endpoint."""

    endpoint: Endpoint
    proxy: Proxy | None = None
    ca_file: str | None = None
    passed: Passed = unobserved


def dial(route: Route, deadline: Deadline) -> socket.socket:
    """Connect to an endpoint; the socket that comes back does not block.

    Raises:
        Failed: within the deadline no connection came about.
        UsageError: the CA file is none.

    """
    endpoint, proxy = route.endpoint, None if route.endpoint.is_loopback else route.proxy
    passed, context = route.passed, None
    if endpoint.secure:
        from rtmcli.session import tls  # noqa: PLC0415  # loads ssl; ws:// does without

        context = tls.trust(route.ca_file)
        passed("authorities", context)
    hop = proxy or endpoint
    name = f"the proxy {hop.address}" if proxy else hop.address
    addresses = look_up(hop.host, hop.port, deadline)
    passed("dns", addresses)
    sock = connect(addresses, name, deadline)
    try:
        if not endpoint.secure and not _is_loopback(sock, name):
            raise Failed(f"{endpoint.address} is not this machine; use wss://")
        passed("tcp", sock)
        if proxy:
            from rtmcli.session.tunnel import tunnel  # noqa: PLC0415  # few have a proxy

            tunnel(sock, endpoint, proxy, deadline)
            passed("proxy", proxy)
        if context:
            sock = tls.secure(sock, context, endpoint, deadline)
            passed("tls", sock)
    except BaseException:
        sock.close()
        raise
    return sock


def look_up(host: str, port: int, deadline: Deadline) -> list[Address]:
    """Look a host up; numbers need no look-up, and names never block past the deadline.

    Raises:
        Failed: there is no such host, or nobody said so in time.

    """
    try:
        return _look_up(host, port, socket.AI_NUMERICHOST)
    except socket.gaierror:
        pass
    found: list[Address] = []
    errors: list[str] = []

    def look_up_name() -> None:
        try:
            found.extend(_look_up(host, port, 0))
        except OSError as error:
            errors.append(cause_of(error))

    if not deadline.over:
        # In a thread of its own, as nothing else can end a look-up that hangs.
        thread = threading.Thread(target=look_up_name, daemon=True)
        try:
            thread.start()
        except RuntimeError as error:  # the system has no thread left
            raise Failed(f"cannot find {host}: {error}", passing=True) from None
        thread.join(deadline.left())
    if errors:
        raise Failed(f"cannot find {host}: {errors[0]}", passing=True)
    if not found:
        raise Failed(f"cannot find {host}: the look-up took too long", passing=True)
    return found


def _look_up(host: str, port: int, flags: int) -> list[Address]:
    # As bytes: a host is ASCII, and for text the codec of IDNA would be loaded.
    return socket.getaddrinfo(  # type: ignore[return-value]  # TCP yields no other shape
        host.encode(), port, type=socket.SOCK_STREAM, flags=flags
    )


def connect(addresses: list[Address], name: str, deadline: Deadline) -> socket.socket:
    """Connect to the first address that answers; `name` is what an error calls them all."""
    error: OSError = TimeoutError()
    for tried, (family, kind, number, _, address) in enumerate(addresses):
        # Each address gets its share of what is left, so that a dead one never eats it all.
        limit = deadline.within(deadline.left() / (len(addresses) - tried))
        try:
            sock = socket.socket(family, kind, number)
        except OSError as problem:  # such as IPv6 where the system has none
            error = problem
            continue
        try:
            sock.settimeout(max(limit.left(), 0.001))
            sock.connect(address)
        except OSError as problem:
            sock.close()
            error = problem
        except BaseException:
            sock.close()
            raise
        else:
            sock.setblocking(False)
            _tune(sock)
            return sock
    raise Failed(f"cannot connect to {name}: {cause_of(error)}", passing=True)


def _tune(sock: socket.socket) -> None:
    """Have all sent at once, and what nobody acknowledges given up, where the system can."""
    with suppress(OSError):
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    if hasattr(socket, "TCP_USER_TIMEOUT"):
        with suppress(OSError):
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, _STUCK_AFTER)


def _is_loopback(sock: socket.socket, name: str) -> bool:
    try:
        peer = str(sock.getpeername()[0])
    except OSError:  # reset already
        raise Failed(f"{name} closed the connection at once", passing=True) from None
    return peer.startswith("127.") or peer == "::1"
