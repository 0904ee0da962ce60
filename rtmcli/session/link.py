"""One WebSocket on one socket, in one thread: whole text messages out and in.

This file moves bytes, never blocks past a deadline, and keeps reading while it writes. What is
plain (text frames, a goodbye and its answer) is handled here; the rest is the protocol core's.
"""

import os
import select
import socket
from collections import deque
from typing import TYPE_CHECKING

from rtmcli.protocol import framing
from rtmcli.protocol.cutting import Cutter
from rtmcli.protocol.framing import Closing
from rtmcli.session.deadline import Deadline
from rtmcli.session.dial import Route, dial
from rtmcli.session.failure import Failed
from rtmcli.session.opening import Handshake

if TYPE_CHECKING:
    from rtmcli.session.core import Core

_CHUNK = 64 * 1024  # bytes read at once: what fits the caches is handled fastest


class Link:
    """An open WebSocket. `messages` holds what has come and was not taken yet."""

    def __init__(self, sock: socket.socket, max_size: int) -> None:
        self.messages: deque[bytes] = deque()
        self.closing: Closing | None = None
        self.bytes_in = 0  # everything that came, control frames too
        self._sock = sock
        self._max_size = max_size
        self._cutter = Cutter(max_size, self.messages.append, self._pass)
        self._core: Core | None = None
        self._is_leaving = False
        self._is_cut = False  # nobody knows how much of what was sent has left
        self._unsent = bytearray()
        self._poll = select.poll()
        self._poll.register(sock, select.POLLIN)

    @classmethod
    def open(cls, route: Route, max_size: int, deadline: Deadline) -> "Link":
        """Connect and shake hands; raise `Failed` or `AuthError` where that fails."""
        link = cls(dial(route, deadline), max_size)
        try:
            link._shake_hands(Handshake(route.endpoint), route.endpoint.address, deadline)
        except BaseException:
            link.abandon()
            raise
        return link

    def fileno(self) -> int:
        """Return the socket's descriptor, to be polled beside others."""
        return self._sock.fileno()

    @property
    def is_sending(self) -> bool:
        """Tell whether something is to be done as soon as the socket may be written to."""
        return bool(self._unsent) or (self._is_cut and self.closing is None)

    def send(self, text: bytes) -> bool:
        """Queue a text message and write what the socket takes; False where it is too late."""
        queued = self.queue(text)
        self.flush()
        return queued

    def queue(self, text: bytes) -> bool:
        """Queue a text message that `flush` will write; return False where it is too late."""
        if self.closing is not None:
            return False
        self._put(framing.TEXT, text)
        return True

    def flush(self) -> None:
        """Write what the socket takes of what is queued."""
        if self._is_cut:
            self._unsent.clear()
        while self._unsent:
            # An error, or a signal that is raised amid this, leaves it unknown how much has left:
            # then nothing may follow, least of all the same again.
            self._is_cut = True
            try:
                sent = self._sock.send(self._unsent)
            except (BlockingIOError, InterruptedError):
                sent = 0
            except OSError as error:
                if type(error).__name__ not in ("SSLWantReadError", "SSLWantWriteError"):
                    self._unsent.clear()  # what has come may still be read
                    return
                sent = 0
            del self._unsent[:sent]
            self._is_cut = False
            if not sent:
                return

    def ping(self) -> None:
        """Send a ping control frame, unless it is too late."""
        if self.closing is None:
            self._put(framing.PING, b"")
            self.flush()

    def turn(self, deadline: Deadline) -> None:
        """Wait until the socket is ready, or the deadline; then read and write what it can."""
        self.flush()
        if self._wait(deadline):
            self.absorb()

    def absorb(self) -> None:
        """Read what has come and write what waits, without blocking; no more than a chunk.

        What a server sends without end must leave room for what is to be done with it. A chunk
        is larger than a record of TLS, so none is left decrypted where no poll would show it.
        """
        self.flush()
        data = self._read() if self.closing is None else None
        if data is not None:
            self._feed(data)
            self.flush()

    def leave(self, deadline: Deadline) -> None:
        """Say goodbye and wait for the answer, but not past the deadline."""
        if self._sock.fileno() < 0:
            return  # it was abandoned
        awaits = self.closing is None or bool(self.closing.fault)
        if self.closing is None:
            self._put(framing.CLOSE, framing.NORMAL.to_bytes(2))
        self._is_leaving = True
        try:
            self.flush()
            while awaits and not self._is_cut and not deadline.over and self._wait(deadline):
                data = self._read()
                if data == b"":
                    break
                if data and not self.closing:  # behind a fault there is nothing to understand
                    self._cutter.feed(data)
                    self.messages.clear()
                    awaits = self._cutter.passed != framing.CLOSE
                self.flush()
        finally:
            self.abandon()

    def abandon(self, why: str = "") -> None:
        """Close the socket without a word."""
        self._sock.close()
        self.closing = self.closing or Closing(1006, why)

    def fail(self, code: int, why: str) -> None:
        """Tell the server what it did wrong, and end."""
        if self.closing is None:
            self.closing = Closing(1006, "", why)
            self._put(framing.CLOSE, code.to_bytes(2))
            self.flush()

    def _put(self, opcode: int, payload: bytes) -> None:
        self._unsent += framing.frame(opcode, payload, os.urandom(4))

    def _wait(self, deadline: Deadline) -> bool:
        self._poll.modify(self._sock, select.POLLIN | (select.POLLOUT if self.is_sending else 0))
        return bool(self._poll.poll(deadline.milliseconds()))

    def _read(self) -> bytes | None:
        """Return what there is: b"" at the end of the stream, None where nothing has come yet."""
        try:
            data = self._sock.recv(_CHUNK)
        except (BlockingIOError, InterruptedError):
            data = None
        except OSError as error:
            # ssl.SSLWantReadError is an OSError; ssl itself may not be loaded.
            wants = type(error).__name__ in ("SSLWantReadError", "SSLWantWriteError")
            data = None if wants else b""
        if data is None:
            return b"" if self._is_cut else None  # where nothing can be said, nobody will answer
        self.bytes_in += len(data)
        return data

    def _shake_hands(self, handshake: Handshake, address: str, deadline: Deadline) -> None:
        self._unsent += handshake.request
        agreed = False
        while not agreed:
            if deadline.over:
                raise Failed(f"{address}: no WebSocket handshake in time", passing=True)
            self.flush()
            data = self._read() if self._wait(deadline) else None
            agreed = data is not None and handshake.feed(data)
        if handshake.rest:
            self._feed(handshake.rest)

    def _feed(self, data: bytes) -> None:
        if data:
            self._cutter.feed(data)
        else:
            self.closing = self.closing or Closing(1006, "")

    def _pass(self, data: bytes) -> bool:
        """Let the protocol core see what the cutter leaves to it; tell whether to go on."""
        if self._is_leaving:
            return self._cutter.passed != framing.CLOSE
        if not self._core:
            from rtmcli.session.core import Core  # noqa: PLC0415  # loads websockets

            self._core = Core(self._max_size, self.messages.append)
        self.closing = self._core.feed(data)
        self._unsent += self._core.replies()
        return self.closing is None
