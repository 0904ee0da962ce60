"""The listening socket, on the loopback interface only."""

import socket

from rtmcli.catalogue import API

LOOPBACK = "127.0.0.1"
_BACKLOG = 1024


def create_listener(port: int = 0) -> socket.socket:
    """Listen on a loopback port, by default on any free one; raise OSError if it is in use."""
    return socket.create_server((LOOPBACK, port), backlog=_BACKLOG)


def listener_url(listener: socket.socket) -> str:
    """Return the WebSocket URL of a listening socket."""
    return f"ws://{LOOPBACK}:{listener.getsockname()[1]}{API.path}"
