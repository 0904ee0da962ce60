"""From a host name to a connected socket: DNS, TCP, proxy and TLS, all under one deadline."""

import errno
import os
import select
import socket
from collections.abc import Callable
from contextlib import suppress
from typing import Any, NamedTuple

from rtmcli import signals
from rtmcli.errors import ConnectFailed, os_error_text
from rtmcli.session.deadline import Deadline
from rtmcli.session.endpoint import Endpoint, Proxy

_USER_TIMEOUT_MS = 15_000  # milliseconds that sent data may stay unacknowledged

AddressInfo = tuple[int, int, int, str, tuple[str, int]]
# Is told of each step of the way that is done, by its name, with what it yielded.
StepCallback = Callable[[str, Any], None]


def noop(*_: object) -> None:
    """Do nothing: the default of every callback."""


class Route(NamedTuple):
    """How to get to an endpoint."""

    endpoint: Endpoint
    proxy: Proxy | None = None
    ca_file: str | None = None
    on_step: StepCallback = noop


def dial(route: Route, deadline: Deadline) -> socket.socket:
    """Connect to an endpoint; the socket that comes back does not block.

    Raises:
        Failed: within the deadline no connection came about.
        UsageError: the CA file is none.

    """
    endpoint, proxy = route.endpoint, None if route.endpoint.is_loopback else route.proxy
    on_step, context = route.on_step, None
    if endpoint.secure:
        from rtmcli.session import tls  # loads ssl; ws:// does without

        context = tls.create_context(route.ca_file)
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
            from rtmcli.session.proxy import connect_through  # few have a proxy

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
    """Look a host up; numbers need no look-up, and names never block past the deadline.

    Raises:
        Failed: there is no such host, or nobody said so in time.

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
        raise ConnectFailed(f"cannot find {host}: the lookup took too long", transient=True)
    return addresses


def _look_up(host: str, port: int, deadline: Deadline) -> list[AddressInfo]:
    """Look up a name in a thread, as nothing can end a lookup; return nothing if it is late."""
    found: list[AddressInfo] = []
    errors: list[BaseException] = []
    if deadline.expired:
        return found
    reader, writer = os.pipe()

    def call_getaddrinfo() -> None:
        try:
            found.extend(_getaddrinfo(host, port, 0))
        except BaseException as error:  # noqa: BLE001  # raised by the thread that waits
            errors.append(error)
        finally:
            os.close(writer)  # which ends the wait

    try:
        try:
            signals.start_thread(call_getaddrinfo)
        except RuntimeError:
            os.close(writer)
            raise
        signals.wait_for(reader, select.POLLIN, deadline.poll_timeout())
    finally:
        os.close(reader)
    if errors:
        raise errors[0]
    return found


def _getaddrinfo(host: str, port: int, flags: int) -> list[AddressInfo]:
    # As bytes: a host is ASCII, and for text the codec of IDNA would be loaded.
    return socket.getaddrinfo(  # type: ignore[return-value]  # TCP yields no other shape
        host.encode(), port, type=socket.SOCK_STREAM, flags=flags
    )


def connect(addresses: list[AddressInfo], name: str, deadline: Deadline) -> socket.socket:
    """Connect to the first address that answers; `name` is what an error calls them all."""
    error: OSError = TimeoutError()
    for attempted, (family, socket_type, proto, _, address) in enumerate(addresses):
        # Each address gets its share of what is left, so that a dead one never eats it all.
        attempt_deadline = deadline.sooner(deadline.remaining() / (len(addresses) - attempted))
        try:
            sock = socket.socket(family, socket_type, proto)
        except OSError as os_error:  # such as IPv6 where the system has none
            error = os_error
            continue
        try:
            _connect_socket(sock, address, attempt_deadline)
        except OSError as os_error:
            sock.close()
            error = os_error
        except BaseException:
            sock.close()
            raise
        else:
            _set_socket_options(sock)
            return sock
    raise ConnectFailed(f"cannot connect to {name}: {os_error_text(error)}", transient=True)


def _connect_socket(sock: socket.socket, address: tuple[str, int], deadline: Deadline) -> None:
    sock.setblocking(False)
    code = sock.connect_ex(address)
    if code == errno.EINPROGRESS:
        if not signals.wait_for(sock, select.POLLOUT, deadline.poll_timeout()):
            raise TimeoutError
        code = sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
    if code:
        raise OSError(code, os.strerror(code))


def _set_socket_options(sock: socket.socket) -> None:
    """Have all sent at once, and what nobody acknowledges given up, where the system can."""
    with suppress(OSError):
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    if hasattr(socket, "TCP_USER_TIMEOUT"):
        with suppress(OSError):
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, _USER_TIMEOUT_MS)


def _peer_is_loopback(sock: socket.socket, name: str) -> bool:
    try:
        peer = str(sock.getpeername()[0])
    except OSError:  # reset already
        raise ConnectFailed(f"{name} closed the connection at once", transient=True) from None
    return peer.startswith("127.") or peer == "::1"
