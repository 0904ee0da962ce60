"""Open a tunnel through an HTTP proxy: one CONNECT request and its response."""

import binascii
import re
import select
import socket

from rtmcli import signals
from rtmcli.errors import ConnectFailed, os_error_text
from rtmcli.session.deadline import Deadline
from rtmcli.session.endpoint import Endpoint, Proxy
from rtmcli.websocket.handshake import HTTP_STATUS_LINE, retry_after

_MAX_RESPONSE_SIZE = 16 * 1024  # bytes
_PROXY_AUTH_REQUIRED = 407
_SUCCESS, _SERVER_ERROR = 2, 5  # classes of HTTP status codes


def connect_through(
    sock: socket.socket, endpoint: Endpoint, proxy: Proxy, deadline: Deadline
) -> None:
    """Ask the proxy at the other end of a non-blocking socket for a tunnel to an endpoint.

    Raises:
        ConnectFailed: the proxy refused, did not answer in time, or does not speak HTTP.

    """
    lines = [f"CONNECT {endpoint.address} HTTP/1.1", f"Host: {endpoint.address}"]
    if proxy.user is not None:
        credentials = f"{proxy.user}:{proxy.password or ''}".encode()
        encoded = binascii.b2a_base64(credentials, newline=False).decode()
        lines.append(f"Proxy-Authorization: Basic {encoded}")
    request = "\r\n".join([*lines, "", ""]).encode()
    try:
        status, min_delay = _send_connect(sock, request, deadline)
    except OSError as error:
        raise ConnectFailed(
            f"the proxy {proxy.address}: {os_error_text(error)}", transient=True
        ) from None
    if status == _PROXY_AUTH_REQUIRED:
        detail = "requires a user and password" if proxy.user is None else "refused the password"
        raise ConnectFailed(
            f"the proxy {proxy.address} {detail} (HTTP 407): "
            "set RTM_PROXY=http://USER:PASSWORD@HOST:PORT"
        )
    status_class = status // 100
    if status_class != _SUCCESS:
        detail = f"refused the tunnel with HTTP {status}" if status else "sent no HTTP response"
        raise ConnectFailed(
            f"the proxy {proxy.address} {detail}",
            transient=status_class == _SERVER_ERROR,
            min_delay=min_delay,
        )


def _send_connect(sock: socket.socket, request: bytes, deadline: Deadline) -> tuple[int, float]:
    """Return the status of the response, 0 if it is not HTTP, and its `Retry-After` in seconds."""
    while request:
        _wait_for(sock, select.POLLOUT, deadline)
        request = request[sock.send(request) :]
    response = b""
    while not response.endswith(b"\r\n\r\n") and len(response) < _MAX_RESPONSE_SIZE:
        _wait_for(sock, select.POLLIN, deadline)
        # Byte by byte: what follows the response belongs to the tunnel.
        byte = sock.recv(1)
        if not byte:
            break
        response += byte
    match = re.match(HTTP_STATUS_LINE, response)
    status = int(match[1]) if match and response.endswith(b"\r\n\r\n") else 0
    return status, retry_after(response)


def _wait_for(sock: socket.socket, event: int, deadline: Deadline) -> None:
    if not signals.wait_for(sock, event, deadline.poll_timeout()):
        raise TimeoutError
