"""Dial: from a host name to a connected socket (DNS, TCP, proxy, TLS) under one deadline."""

import errno
import os
import select
import socket
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import zip_longest
from typing import Any, NamedTuple

from rtmcli import signals
from rtmcli.errors import ConnectFailed, os_error_text
from rtmcli.session.deadline import Deadline
from rtmcli.session.endpoint import Endpoint, Proxy

_USER_TIMEOUT_MS = 15_000  # milliseconds that sent data may stay unacknowledged
_ATTEMPT_DELAY = 0.25  # seconds until the next address is tried as well

AddressInfo = tuple[int, int, int, str, tuple[str, int]]
# Called after each step with its name and its result.
StepCallback = Callable[[str, Any], None]

_running_lookup: "_Lookup | None" = None  # it may be late already


def noop(*_: object) -> None:
    """Do nothing: the default of every callback."""


class Route(NamedTuple):
    """How to reach an endpoint."""

    endpoint: Endpoint
    proxy: Proxy | None = None
    ca_file: str | None = None
    on_step: StepCallback = noop
    ca_file_source: str = "--ca-file"  # the flag, variable or profile, for errors


def dial(route: Route, deadline: Deadline) -> socket.socket:
    """Connect to an endpoint; return a non-blocking socket.

    Raises:
        ConnectFailed: a step failed, or the deadline passed.
        UsageError: the CA file cannot be used.

    """
    endpoint, proxy = route.endpoint, None if route.endpoint.is_loopback else route.proxy
    on_step, context = route.on_step, None
    if endpoint.secure:
        from rtmcli.session import tls  # loads ssl; ws:// does without

        context = tls.create_context(route.ca_file, route.ca_file_source)
        on_step("authorities", context)
    target = proxy or endpoint
    target_name = f"the proxy {target.address}" if proxy else target.address
    addresses = resolve_host(target.host, target.port, deadline)
    on_step("dns", addresses)
    sock = connect(addresses, target_name, deadline)
    try:
        if not endpoint.secure and not _peer_is_loopback(sock, target_name):
            raise ConnectFailed(f"{endpoint.address} is not this machine; use wss://")
        on_step("tcp", sock)
        if proxy:
            from rtmcli.session.proxy import connect_through  # not for most

            connect_through(sock, endpoint, proxy, deadline)
            on_step("proxy", proxy)
        if context:
            sock = tls.wrap(sock, context, endpoint, deadline)
            on_step("tls", sock)
    except BaseException:
        sock.close()
        raise
    return sock


def resolve_host(host: str, port: int, deadline: Deadline) -> list[AddressInfo]:
    """Look up a host; an IP address needs no lookup.

    Raises:
        ConnectFailed: the host is unknown, or the deadline passed.

    """
    try:
        return _getaddrinfo(host, port, socket.AI_NUMERICHOST)
    except socket.gaierror:
        pass
    try:
        addresses = _look_up(host, port, deadline)
    except (OSError, RuntimeError) as error:  # RuntimeError: the system has no thread left
        detail = os_error_text(error) if isinstance(error, OSError) else str(error)
        raise ConnectFailed(f"cannot find {host}: {detail}", transient=True) from None
    if not addresses:
        raise ConnectFailed(f"cannot find {host}: the lookup timed out", transient=True)
    return addresses


class _Lookup:
    """A lookup in a thread of its own, because a lookup cannot be ended."""

    def __init__(self, host: str, port: int) -> None:
        """Start the thread; raise `RuntimeError` if the system has none left."""
        self.host, self.port = host, port
        self.addresses: list[AddressInfo] = []
        self.error: BaseException | None = None
        self._reader, self._writer = os.pipe()
        try:
            signals.start_thread(self._run)
        except RuntimeError:
            os.close(self._writer)
            os.close(self._reader)
            raise

    def wait(self, deadline: Deadline) -> bool:
        """Wait for the end of the thread; return whether it has ended."""
        if not signals.wait_for(self._reader, select.POLLIN, deadline.poll_timeout()):
            return False
        os.close(self._reader)
        return True

    def _run(self) -> None:
        try:
            self.addresses = _getaddrinfo(self.host, self.port, 0)
        except BaseException as error:  # noqa: BLE001  # raised by the thread that waits
            self.error = error
        finally:
            os.close(self._writer)  # which ends the wait


def _look_up(host: str, port: int, deadline: Deadline) -> list[AddressInfo]:
    """Look up a name; return nothing if the response is late.

    There is at most one thread, however long a lookup takes and however often it is tried: a
    lookup that was late is waited for again; one of another name must end first.
    """
    global _running_lookup  # noqa: PLW0603  # at most one for the process
    if deadline.expired:
        return []
    while True:
        lookup, is_new = _running_lookup, _running_lookup is None
        if lookup is None:
            lookup = _running_lookup = _Lookup(host, port)
        if not lookup.wait(deadline):
            return []
        _running_lookup = None
        if (lookup.host, lookup.port) == (host, port) and (is_new or lookup.addresses):
            break
    if lookup.error:
        raise lookup.error
    return lookup.addresses


def _getaddrinfo(host: str, port: int, flags: int) -> list[AddressInfo]:
    # As bytes: a host is ASCII, and a string would load the IDNA codec.
    return socket.getaddrinfo(  # type: ignore[return-value]  # the shape for TCP
        host.encode(), port, type=socket.SOCK_STREAM, flags=flags
    )


def connect(addresses: list[AddressInfo], name: str, deadline: Deadline) -> socket.socket:
    """Connect to the first address that responds; `name` is what an error calls them all.

    As in RFC 8305: the next attempt starts if one fails, or after 250 ms, and those that were
    started before go on.
    """
    waiting = deque(_alternate_families(addresses))
    pending: dict[int, socket.socket] = {}
    next_start, poller = Deadline(0.0), signals.Poller()
    error: OSError = TimeoutError()
    try:
        while waiting or pending:
            if waiting and next_start.expired:
                try:
                    sock = _start_connecting(waiting.popleft())
                except OSError as os_error:  # such as IPv6 where the system has none
                    error = os_error
                    continue
                pending[sock.fileno()] = sock
                poller.register(sock, select.POLLOUT)
                next_start = Deadline.after(_ATTEMPT_DELAY)
            wakeup = min(deadline.at, next_start.at) if waiting else deadline.at
            for fd, _ in poller.poll(Deadline(wakeup).poll_timeout()):
                sock = pending.pop(fd)
                poller.unregister(fd)
                if not (code := sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)):
                    _set_socket_options(sock)
                    return sock
                sock.close()
                error, next_start = OSError(code, os.strerror(code)), Deadline(0.0)
            if deadline.expired:
                error = TimeoutError() if pending else error
                break
    finally:
        for sock in pending.values():
            sock.close()
    raise ConnectFailed(f"cannot connect to {name}: {os_error_text(error)}", transient=True)


def _alternate_families(addresses: list[AddressInfo]) -> Iterator[AddressInfo]:
    """Yield the addresses, IPv6 and IPv4 in turn, beginning with the family of the first."""
    first = [each for each in addresses if each[0] == addresses[0][0]]
    others = [each for each in addresses if each[0] != addresses[0][0]]
    for pair in zip_longest(first, others):
        yield from filter(None, pair)


def _start_connecting(address_info: AddressInfo) -> socket.socket:
    family, socket_type, proto, _, address = address_info
    sock = socket.socket(family, socket_type, proto)
    try:
        sock.setblocking(False)
        if (code := sock.connect_ex(address)) not in (0, errno.EINPROGRESS):
            raise OSError(code, os.strerror(code))
    except BaseException:
        sock.close()
        raise
    return sock


def _set_socket_options(sock: socket.socket) -> None:
    """Send small packets at once, and give up on data that is not acknowledged (Linux)."""
    with suppress(OSError):
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    if hasattr(socket, "TCP_USER_TIMEOUT"):
        with suppress(OSError):
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, _USER_TIMEOUT_MS)


def _peer_is_loopback(sock: socket.socket, name: str) -> bool:
    try:
        peer = str(sock.getpeername()[0])
    except OSError:  # it was reset
        raise ConnectFailed(f"{name} closed the connection immediately", transient=True) from None
    return peer.startswith("127.") or peer == "::1"
