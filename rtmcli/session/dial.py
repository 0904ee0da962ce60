"""From a host name to a connected socket: DNS, TCP, proxy and TLS, all under one deadline."""

import base64
import select
import socket
import threading
from typing import TYPE_CHECKING, NamedTuple

from rtmcli.errors import NotConnected
from rtmcli.session.deadline import Deadline
from rtmcli.session.endpoint import Endpoint, Proxy

if TYPE_CHECKING:
    import ssl

_STUCK_AFTER = 15_000  # milliseconds that sent data may stay unacknowledged
_PROXY_REPLY_LIMIT = 16 * 1024  # bytes
_OK = 200
_PROXY_AUTHENTICATION_REQUIRED = 407

Address = tuple[int, int, int, str, tuple[str, int]]


class Route(NamedTuple):
    """How to get to an endpoint."""

    endpoint: Endpoint
    proxy: Proxy | None = None
    ca_file: str | None = None


class Failed(NotConnected):
    """The way to the server is not there; `passing` tells whether another try may find it."""

    def __init__(self, message: str, *, passing: bool = False) -> None:
        super().__init__(message)
        self.passing = passing


def dial(route: Route, deadline: Deadline) -> socket.socket:
    """Connect to an endpoint; the socket that comes back does not block.

    Raises:
        Failed: within the deadline no connection came about.

    """
    endpoint, proxy = route.endpoint, None if route.endpoint.is_loopback else route.proxy
    hop = proxy or endpoint
    sock = _connect(hop.host, hop.port, hop.address, deadline)
    try:
        if not endpoint.secure and not _is_loopback(sock):
            raise Failed(f"{endpoint.address} is not this machine; use wss://")
        if proxy:
            if proxy.secure:
                sock = _secure(sock, proxy.host, proxy.address, None, deadline)
            _tunnel(sock, endpoint, proxy, deadline)
        if endpoint.secure:
            sock = _secure(sock, endpoint.host, endpoint.address, route.ca_file, deadline)
    except BaseException:
        sock.close()
        raise
    return sock


def resolve(host: str, port: int, deadline: Deadline) -> list[Address]:
    """Look a host up; numbers need no look-up, and names never block past the deadline."""
    try:
        return _lookup(host, port, socket.AI_NUMERICHOST)
    except socket.gaierror:
        pass
    found: list[Address] = []
    errors: list[OSError] = []

    def look_up() -> None:
        try:
            found.extend(_lookup(host, port, 0))
        except (OSError, UnicodeError) as error:
            errors.append(error if isinstance(error, OSError) else OSError(str(error)))

    # In a thread of its own, as nothing else can end a look-up that hangs.
    thread = threading.Thread(target=look_up, daemon=True)
    thread.start()
    thread.join(deadline.left())
    if errors:
        raise Failed(f"cannot find {host}: {_cause(errors[0])}", passing=True)
    if thread.is_alive() or not found:
        raise Failed(f"cannot find {host}: the look-up took too long", passing=True)
    return found


def _lookup(host: str, port: int, flags: int) -> list[Address]:
    return socket.getaddrinfo(  # type: ignore[return-value]  # TCP yields no other shape
        host, port, type=socket.SOCK_STREAM, flags=flags
    )


def _connect(host: str, port: int, name: str, deadline: Deadline) -> socket.socket:
    addresses = resolve(host, port, deadline)
    error: OSError = TimeoutError()
    for tried, (family, kind, number, _, address) in enumerate(addresses):
        # Each address gets its share of what is left, so that a dead one never eats it all.
        limit = deadline.within(deadline.left() / (len(addresses) - tried))
        sock = socket.socket(family, kind, number)
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
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if hasattr(socket, "TCP_USER_TIMEOUT"):
                sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, _STUCK_AFTER)
            return sock
    raise Failed(f"cannot connect to {name}: {_cause(error)}", passing=True)


def _is_loopback(sock: socket.socket) -> bool:
    peer = str(sock.getpeername()[0])
    return peer.startswith("127.") or peer == "::1"


def _secure(
    sock: socket.socket, host: str, name: str, ca_file: str | None, deadline: Deadline
) -> "ssl.SSLSocket":
    import ssl  # noqa: PLC0415  # takes 10 ms to load, and ws:// does without

    try:
        context = ssl.create_default_context(cafile=ca_file)
    except OSError as error:
        raise Failed(f"cannot read the CA file {ca_file}: {_cause(error)}") from None
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    wrapped = context.wrap_socket(sock, server_hostname=host, do_handshake_on_connect=False)
    try:
        _shake_hands(wrapped, name, deadline)
    except BaseException as error:
        wrapped.close()
        if isinstance(error, OSError):
            raise _tls_failure(name, error) from None
        raise
    return wrapped


def _shake_hands(wrapped: "ssl.SSLSocket", name: str, deadline: Deadline) -> None:
    import ssl  # noqa: PLC0415  # loaded by the caller

    while True:
        try:
            return wrapped.do_handshake()
        except ssl.SSLWantReadError:
            event = select.POLLIN
        except ssl.SSLWantWriteError:
            event = select.POLLOUT
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
        lines.append(f"Proxy-Authorization: Basic {base64.b64encode(credentials).decode()}")
    sock.settimeout(max(deadline.left(), 0.001))
    reply = b""
    try:
        sock.sendall("\r\n".join([*lines, "", ""]).encode())
        while not reply.endswith(b"\r\n\r\n") and len(reply) < _PROXY_REPLY_LIMIT:
            # Byte by byte: what follows the reply belongs to the tunnel.
            sock.settimeout(max(deadline.left(), 0.001))
            byte = sock.recv(1)
            if not byte:
                break
            reply += byte
    except OSError as error:
        raise Failed(f"proxy {proxy.address}: {_cause(error)}", passing=True) from None
    sock.setblocking(False)
    status = reply.split(b" ", 2)[1:2]
    code = int(status[0]) if status and status[0].isdigit() else 0
    if code == _PROXY_AUTHENTICATION_REQUIRED:
        raise Failed(
            f"proxy {proxy.address} wants a user and password (HTTP 407): "
            "--proxy http://USER:PASSWORD@HOST:PORT, best by the variable RTM_PROXY",
        )
    if code != _OK:
        what = f"refused the tunnel with HTTP {code}" if code else "sent no HTTP reply"
        raise Failed(f"proxy {proxy.address} {what}", passing=code >= 500)  # noqa: PLR2004  # 5xx


def _cause(error: OSError) -> str:
    if isinstance(error, TimeoutError):
        return "no answer in time"
    return (error.strerror or str(error) or type(error).__name__).lower()
