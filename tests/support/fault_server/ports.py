"""Addresses where nobody answers."""

import contextlib
import socket
from collections.abc import Iterator

from support.fault_server.listener import bound_socket


@contextlib.contextmanager
def refusing_port(host: str = "127.0.0.1") -> Iterator[int]:
    """Hold a port that refuses every connection: bound, so nobody else takes it, not listening."""
    with bound_socket(host) as sock:
        yield sock.getsockname()[1]


@contextlib.contextmanager
def hanging_port(host: str = "127.0.0.1") -> Iterator[int]:
    """Hold a port where connects hang: Linux drops what a full backlog cannot take."""
    with contextlib.ExitStack() as stack:
        sock = stack.enter_context(bound_socket(host))
        sock.listen(0)
        for _ in range(2):  # the backlog of 0 holds one; the other is for good measure
            filler = stack.enter_context(socket.socket(sock.family, socket.SOCK_STREAM))
            filler.setblocking(False)
            filler.connect_ex(sock.getsockname())
        yield sock.getsockname()[1]
