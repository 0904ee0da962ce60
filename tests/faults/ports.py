"""Addresses where nobody answers."""

import contextlib
import socket
from collections.abc import Iterator

from faults.listener import bound


@contextlib.contextmanager
def refusing_port(host: str = "127.0.0.1") -> Iterator[int]:
    """Hold a port that refuses every connection: bound, so nobody else takes it, not listening."""
    with bound(host) as held:
        yield held.getsockname()[1]


@contextlib.contextmanager
def hanging_port(host: str = "127.0.0.1") -> Iterator[int]:
    """Hold a port where connects hang: Linux drops what a full backlog cannot take."""
    with contextlib.ExitStack() as stack:
        held = stack.enter_context(bound(host))
        held.listen(0)
        for _ in range(2):  # the backlog of 0 holds one; the other is for good measure
            filler = stack.enter_context(socket.socket(held.family, socket.SOCK_STREAM))
            filler.setblocking(False)
            filler.connect_ex(held.getsockname())
        yield held.getsockname()[1]
