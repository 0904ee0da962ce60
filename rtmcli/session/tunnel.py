"""The tunnel through an HTTP proxy: one CONNECT, and its reply; what follows is the server's."""

import binascii
import re
import socket

from rtmcli.session.deadline import Deadline
from rtmcli.session.endpoint import Endpoint, Proxy
from rtmcli.session.failure import Failed, cause_of
from rtmcli.session.opening import HTTP_REPLY

_LIMIT = 16 * 1024  # bytes of a reply
_AUTHENTICATION_REQUIRED = 407


def tunnel(sock: socket.socket, endpoint: Endpoint, proxy: Proxy, deadline: Deadline) -> None:
    """Have a proxy lead a fresh connection on to an endpoint; the socket does not block then.

    Raises:
        Failed: it refused, did not answer in time, or is no proxy.

    """
    lines = [f"CONNECT {endpoint.address} HTTP/1.1", f"Host: {endpoint.address}"]
    if proxy.user is not None:
        credentials = f"{proxy.user}:{proxy.password or ''}".encode()
        encoded = binascii.b2a_base64(credentials, newline=False).decode()
        lines.append(f"Proxy-Authorization: Basic {encoded}")
    request = "\r\n".join([*lines, "", ""]).encode()
    try:
        code = _ask_proxy(sock, request, deadline)
    except OSError as error:
        raise Failed(f"the proxy {proxy.address}: {cause_of(error)}", passing=True) from None
    finally:
        sock.setblocking(False)
    if code == _AUTHENTICATION_REQUIRED:
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
    while not reply.endswith(b"\r\n\r\n") and len(reply) < _LIMIT:
        # Byte by byte: what follows the reply belongs to the tunnel.
        sock.settimeout(max(deadline.left(), 0.001))
        byte = sock.recv(1)
        if not byte:
            break
        reply += byte
    found = re.match(HTTP_REPLY, reply)
    return int(found[1]) if found and reply.endswith(b"\r\n\r\n") else 0
