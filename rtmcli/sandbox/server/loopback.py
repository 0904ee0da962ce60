"""The listening socket, on the loopback interface only."""

import ipaddress
import re
import socket

LOOPBACK = "127.0.0.1"
_BACKLOG = 1024
_AUTHORITY = re.compile(r"(?:\[([0-9A-Fa-f:.]+)\]|([^\[\]:@/\s]+))(?::[0-9]*)?")


def create_listener(port: int = 0) -> socket.socket:
    """Listen on a loopback port, by default on any free one; raise OSError if it is in use."""
    return socket.create_server((LOOPBACK, port), backlog=_BACKLOG)


def listener_url(listener: socket.socket, path: str) -> str:
    """Return the WebSocket URL of a path of a listening socket."""
    return f"ws://{LOOPBACK}:{listener.getsockname()[1]}{path}"


def is_loopback_authority(authority: str) -> bool:
    """Return whether `host` or `host:port` of a header certainly names this machine."""
    match = _AUTHORITY.fullmatch(authority)
    if match is None:
        return False
    host = match[1] or match[2]
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return f".{host.lower()}".endswith(".localhost")  # RFC 6761, 6.3
