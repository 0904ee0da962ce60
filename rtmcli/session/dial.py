"""From a host name to a connected socket: DNS, TCP, proxy and TLS, all under one deadline."""

import binascii
import re
import select
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any, NamedTuple

from rtmcli.errors import NotConnected, UsageError
from rtmcli.session.deadline import Deadline
from rtmcli.session.endpoint import Endpoint, Proxy

if TYPE_CHECKING:
    import ssl

_STUCK_AFTER = 15_000  # milliseconds that sent data may stay unacknowledged
_PROXY_REPLY_LIMIT = 16 * 1024  # bytes
HTTP_REPLY = rb"HTTP/1\.[01] ([0-9]{3})[ \r]"  # begins so
_PROXY_AUTHENTICATION_REQUIRED = 407

Address = tuple[int, int, int, str, tuple[str, int]]
# Is told of each step of the way that is done, by its name, with what it yielded.
Passed = Callable[[str, Any], None]


def unobserved(_: str, __: Any) -> None:
    """Be told of a step, and do nothing."""


class Route(NamedTuple):
    """How to get to an endpoint."""

    endpoint: Endpoint
    proxy: Proxy | None = None
    ca_file: str | None = None
    passed: Passed = unobserved


class Failed(NotConnected):
    """The way to the server is not there; `passing` tells whether another try may find it."""

    def __init__(self, message: str, *, passing: bool = False) -> None:
        super().__init__(message)
        self.passing = passing


def dial(route: Route, deadline: Deadline) -> socket.socket:
    """Connect to an endpoint; the socket that comes back does not block.

    Raises:
        Failed: within the deadline no connection came about.
        UsageError: the CA file is none.

    """
    endpoint, proxy = route.endpoint, None if route.endpoint.is_loopback else route.proxy
    passed, context = route.passed, None
    if endpoint.secure:
        context = _trust(route.ca_file)
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
            _tunnel(sock, endpoint, proxy, deadline)
            passed("proxy", proxy)
        if context:
            sock = _secure(sock, context, endpoint, deadline)
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
            errors.append(_cause(error))

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
    raise Failed(f"cannot connect to {name}: {_cause(error)}", passing=True)


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


def _trust(ca_file: str | None) -> "ssl.SSLContext":
    """Make what verifies a server: by the authorities of a file, else by those of the system."""
    import ssl  # noqa: PLC0415  # takes 10 ms to load, and ws:// does without

    try:
        context = ssl.create_default_context(cafile=ca_file)
    except OSError as error:
        why = "holds no certificate in PEM" if isinstance(error, ssl.SSLError) else _cause(error)
        raise UsageError(f"--ca-file {ca_file}: {why}") from None
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def _secure(
    sock: socket.socket, context: "ssl.SSLContext", endpoint: Endpoint, deadline: Deadline
) -> "ssl.SSLSocket":
    wrapped = None
    try:
        wrapped = context.wrap_socket(
            sock, server_hostname=endpoint.host, do_handshake_on_connect=False
        )
        _shake_hands(wrapped, endpoint.address, deadline)
    except BaseException as error:
        (wrapped or sock).close()
        if isinstance(error, OSError):
            raise _tls_failure(endpoint.address, error) from None
        raise
    return wrapped


def _shake_hands(wrapped: "ssl.SSLSocket", name: str, deadline: Deadline) -> None:
    import ssl  # noqa: PLC0415  # loaded by the caller

    while True:
        try:
            return wrapped.do_handshake()
        except (ssl.SSLWantReadError, ssl.SSLWantWriteError) as wants:
            reads = isinstance(wants, ssl.SSLWantReadError)
            event = select.POLLIN if reads else select.POLLOUT
        poll = select.poll()
        poll.register(wrapped, event)
        if not poll.poll(deadline.milliseconds()):
            raise Failed(f"TLS to {name}: no answer in time", passing=True)


def _tls_failure(name: str, error: OSError) -> Failed:
    import ssl  # noqa: PLC0415  # loaded by the caller

    if isinstance(error, ssl.SSLCertVerificationError):
        return Failed(f"TLS to {name}: certificate not accepted: {error.verify_message}")
    if isinstance(error, ssl.SSLEOFError):
        return Failed(f"TLS to {name}: the connection was closed", passing=True)
    if isinstance(error, ssl.SSLError):
        return Failed(f"TLS to {name}: {(error.reason or str(error)).lower().replace('_', ' ')}")
    return Failed(f"TLS to {name}: {_cause(error)}", passing=True)


def _tunnel(sock: socket.socket, endpoint: Endpoint, proxy: Proxy, deadline: Deadline) -> None:
    lines = [f"CONNECT {endpoint.address} HTTP/1.1", f"Host: {endpoint.address}"]
    if proxy.user is not None:
        credentials = f"{proxy.user}:{proxy.password or ''}".encode()
        encoded = binascii.b2a_base64(credentials, newline=False).decode()
        lines.append(f"Proxy-Authorization: Basic {encoded}")
    request = "\r\n".join([*lines, "", ""]).encode()
    try:
        code = _ask_proxy(sock, request, deadline)
    except OSError as error:
        raise Failed(f"the proxy {proxy.address}: {_cause(error)}", passing=True) from None
    finally:
        sock.setblocking(False)
    if code == _PROXY_AUTHENTICATION_REQUIRED:
        what = "wants a user and a password" if proxy.user is None else "refused the password"
        raise Failed(
            f"the proxy {proxy.address} {what} (HTTP 407): "
            "set RTM_PROXY=http://USER:PASSWORD@HOST:PORT"
        )
    if code // 100 != 2:  # noqa: PLR2004  # 2xx
        what = f"refused the tunnel with HTTP {code}" if code else "sent no HTTP reply"
        raise Failed(f"the proxy {proxy.address} {what}", passing=code // 100 == 5)  # noqa: PLR2004  # 5xx


def _ask_proxy(sock: socket.socket, request: bytes, deadline: Deadline) -> int:
    """Return the status that the proxy replies with, 0 where it is no reply."""
    sock.settimeout(max(deadline.left(), 0.001))
    sock.sendall(request)
    reply = b""
    while not reply.endswith(b"\r\n\r\n") and len(reply) < _PROXY_REPLY_LIMIT:
        # Byte by byte: what follows the reply belongs to the tunnel.
        sock.settimeout(max(deadline.left(), 0.001))
        byte = sock.recv(1)
        if not byte:
            break
        reply += byte
    found = re.match(HTTP_REPLY, reply)
    return int(found[1]) if found and reply.endswith(b"\r\n\r\n") else 0


def _cause(error: OSError) -> str:
    if isinstance(error, TimeoutError):
        return "no answer in time"
    return (error.strerror or str(error) or type(error).__name__).lower()
