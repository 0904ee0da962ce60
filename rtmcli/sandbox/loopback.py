"""Where the server listens: loopback, and nowhere else."""

import socket

from rtmcli.catalogue import API

LOOPBACK = "127.0.0.1"
_BACKLOG = 1024


def create_listener(port: int = 0) -> socket.socket:
    """Listen on a port of loopback, by default on any free one; raise OSError if it is taken."""
    return socket.create_server((LOOPBACK, port), backlog=_BACKLOG)


def listener_url(listener: socket.socket) -> str:
    """Spell the URL that leads to a listening socket."""
    return f"ws://{LOOPBACK}:{listener.getsockname()[1]}{API.path}"
