"""Addresses that do not respond."""

import contextlib
import socket
from collections.abc import Iterator

from support.fault_server.listener import bound_socket


@contextlib.contextmanager
def refusing_port(host: str = "127.0.0.1") -> Iterator[int]:
    """Reserve a port that refuses connections: it is bound but does not listen."""
    with bound_socket(host) as sock:
        yield sock.getsockname()[1]


@contextlib.contextmanager
def hanging_port(host: str = "127.0.0.1") -> Iterator[int]:
    """Reserve a port where connecting hangs: Linux drops SYNs when the backlog is full."""
    with contextlib.ExitStack() as stack:
        sock = stack.enter_context(bound_socket(host))
        sock.listen(0)
        for _ in range(2):  # a backlog of 0 holds one; the second makes sure
            filler = stack.enter_context(socket.socket(sock.family, socket.SOCK_STREAM))
            filler.setblocking(False)
            filler.connect_ex(sock.getsockname())
        yield sock.getsockname()[1]
