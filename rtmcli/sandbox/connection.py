"""One client's connection: its socket, its clocks and what waits to be written.

Asyncio moves the bytes of a WebSocket. What is sent during a turn of the event loop leaves at the
end of the turn, in one write; where the turn takes longer, in several, so that a client can go on
with the first answers while the server is busy with the rest.
"""

import asyncio
import socket
import struct
from collections.abc import Callable
from time import perf_counter
from typing import Protocol

from websockets.frames import Frame, Opcode
from websockets.protocol import State

from rtmcli.sandbox.framelog import FrameLog
from rtmcli.sandbox.limits import Limits
from rtmcli.sandbox.seam import Caller
from rtmcli.sandbox.websocket import WebSocket

NORMAL = 1000
GOING_AWAY = 1001
INVALID_TEXT = 1007
_DATA = (Opcode.TEXT, Opcode.BINARY, Opcode.CONT)
_RESET = struct.pack("ii", 1, 0)  # SO_LINGER: reset the connection instead of ending it


class Host(Protocol):
    """What a connection needs of its server."""

    limits: Limits
    log: FrameLog | None
    buffer: memoryview  # what has come is read into it, and taken out at once

    def came(self, connection: "Connection") -> None:
        """Note the connection."""

    def received(self, connection: "Connection", message: bytes, *, binary: bool) -> None:
        """Take a message."""

    def sent(self, connection: "Connection") -> None:
        """Note that something waits to be written."""

    def timed_out(self, connection: "Connection") -> None:
        """Take leave of a client that did not log in, or sent no ping, in time."""

    def left(self, connection: "Connection") -> None:
        """Forget who was logged in; may be called again."""

    def lost(self, connection: "Connection") -> None:
        """Forget the connection."""

    def turn_ended(self) -> None:
        """Write what waits."""


class Connection(asyncio.BufferedProtocol):
    """A connection that hands each message to its host.

    It reads into a buffer: the one that asyncio would make for each reading costs more than all
    the rest of the reading.
    """

    transport: asyncio.Transport

    def __init__(self, host: Host, number: int) -> None:
        """Wait for the client; `number` counts the connections."""
        self.host = host
        self.number = number
        self.caller: Caller | None = None  # who logged in
        self.unanswered = 0  # requests; an answer counts from the end of the turn
        self.answered = 0  # of them, in this turn
        self._websocket = WebSocket(host.limits.message, self._take_text, self._take_frame)
        self._fragments = bytearray()
        self._binary = False
        self._last_ping = 0.0
        self._waiting_since = 0.0
        self._timer: asyncio.TimerHandle | None = None

    @property
    def is_open(self) -> bool:
        """Tell whether messages may still be sent."""
        return self._websocket.is_open

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Start the time in which the client must log in."""
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        # An answer must not wait until the client has acknowledged the one before: asyncio sees
        # to that only where a socket names its protocol, which those of this listener do not.
        transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.host.came(self)
        self._wait(self.host.limits.login_within, self._login_is_due)

    def get_buffer(self, sizehint: int) -> memoryview:  # noqa: ARG002  # asyncio's signature
        """Say where what the client sends is to be put."""
        return self.host.buffer

    def buffer_updated(self, nbytes: int) -> None:
        """Take what the client sent: any part of any number of messages."""
        self._websocket.receive(bytes(self.host.buffer[:nbytes]))
        self.flush()
        self.host.turn_ended()

    def eof_received(self) -> None:
        """Note that the client sends nothing more; the transport then closes by itself."""
        self._websocket.receive_eof()
        self.flush()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002  # asyncio's signature
        """Forget the connection."""
        self._stop_clock()
        self.host.lost(self)

    def pause_writing(self) -> None:
        """Take no more requests of a client that does not read its answers."""
        self.transport.pause_reading()

    def resume_writing(self) -> None:
        """Go on when it has read."""
        if not self.transport.is_closing():
            self.transport.resume_reading()

    def _take_text(self, content: bytes) -> None:
        if self.host.log:
            self.host.log.came(self.number, Opcode.TEXT, content, fin=True)
        self._binary = False
        self._take_message(content)

    def _take_frame(self, frame: Frame) -> None:
        content = bytes(frame.data)
        if frame.opcode is Opcode.CONT:
            self._fragments += content
            content = bytes(self._fragments) if frame.fin else content
        if self.host.log:
            self.host.log.came(self.number, frame.opcode, content, fin=frame.fin)
        if frame.opcode is Opcode.PING:
            self.pinged()
        elif frame.opcode in _DATA:
            if frame.opcode is not Opcode.CONT:
                self._binary = frame.opcode is Opcode.BINARY
                self._fragments = bytearray(b"" if frame.fin else content)
            if frame.fin:
                self._take_message(content)

    def _take_message(self, message: bytes) -> None:
        if not self.is_open:
            return
        try:
            if not self._binary:
                message.decode()
        except UnicodeDecodeError:
            self.close(INVALID_TEXT)
        else:
            self.host.received(self, message, binary=self._binary)

    def send(self, message: bytes, *, binary: bool = False) -> None:
        """Send a message, at the end of this turn or soon."""
        if self._websocket.is_open:
            waiting = self._websocket.send(message, Opcode.BINARY if binary else Opcode.TEXT)
            now = perf_counter()
            if waiting == 1:
                self._waiting_since = now
                self.host.sent(self)
            elif now - self._waiting_since > self.host.limits.gather:
                self._write()

    def flush(self) -> None:
        """Write what waits; drop a client for which too much piles up."""
        self.unanswered -= self.answered
        self.answered = 0
        self._write()

    def _write(self) -> None:
        writes = self._websocket.writes()
        if not writes or self.transport.is_closing():
            return
        if self.host.log:
            self.host.log.went(self.number, writes)
        self.transport.write(b"".join(writes))
        if not writes[-1]:  # the core's mark for the end of what we send
            self.transport.write_eof()
            self._leave()
        if self.transport.get_write_buffer_size() > self.host.limits.backlog:
            self.transport.abort()

    def close(self, code: int = NORMAL) -> None:
        """Begin the closing handshake, after what was sent before."""
        if self.is_open:
            self._websocket.close(code)
            self.flush()
            self._leave()
        elif self._websocket.state is State.CONNECTING:
            self.transport.abort()

    def _leave(self) -> None:
        self._wait(self.host.limits.close_within, self.transport.abort)
        self.host.left(self)

    def drop(self) -> None:
        """Reset the connection, after what was sent before."""
        self.flush()
        if not self.transport.is_closing():
            raw = self.transport.get_extra_info("socket")
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
        self.transport.abort()

    def logged_in(self, caller: Caller) -> None:
        """Expect pings from here on."""
        self.caller = caller
        self.pinged()
        self._wait(self.host.limits.drop_after, self._ping_is_due)

    def pinged(self) -> None:
        """Note a ping: the control frame or the action."""
        self._last_ping = asyncio.get_running_loop().time()

    def _wait(self, seconds: float, then: Callable[[], None]) -> None:
        self._stop_clock()
        self._timer = asyncio.get_running_loop().call_later(seconds, then)

    def _stop_clock(self) -> None:
        if self._timer:
            self._timer.cancel()

    def _login_is_due(self) -> None:
        self.host.timed_out(self)

    def _ping_is_due(self) -> None:
        quiet = asyncio.get_running_loop().time() - self._last_ping
        if quiet < self.host.limits.drop_after:
            self._wait(self.host.limits.drop_after - quiet, self._ping_is_due)
        else:
            self.host.timed_out(self)
