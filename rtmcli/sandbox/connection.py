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

from rtmcli.sandbox.frame_log import FrameLog
from rtmcli.sandbox.interface import Caller
from rtmcli.sandbox.limits import Limits
from rtmcli.sandbox.server_websocket import ServerWebSocket

NORMAL_CLOSURE = 1000
GOING_AWAY = 1001
INVALID_DATA = 1007
_DATA_OPCODES = (Opcode.TEXT, Opcode.BINARY, Opcode.CONT)
_LINGER_RESET = struct.pack("ii", 1, 0)  # SO_LINGER: reset the connection instead of ending it


class ServerCallbacks(Protocol):
    """What a connection needs of its server."""

    limits: Limits
    frame_log: FrameLog | None
    read_buffer: memoryview  # what has come is read into it, and taken out at once

    def connection_made(self, connection: "Connection") -> None:
        """Note the connection."""

    def message_received(self, connection: "Connection", message: bytes, *, binary: bool) -> None:
        """Take a message."""

    def output_queued(self, connection: "Connection") -> None:
        """Note that something waits to be written."""

    def connection_timed_out(self, connection: "Connection") -> None:
        """Take leave of a client that did not log in, or sent no ping, in time."""

    def logged_out(self, connection: "Connection") -> None:
        """Forget who was logged in; may be called again."""

    def connection_lost(self, connection: "Connection") -> None:
        """Forget the connection."""

    def flush_all(self) -> None:
        """Write what waits."""


class Connection(asyncio.BufferedProtocol):
    """A connection that hands each message to its host.

    It reads into a buffer: the one that asyncio would make for each reading costs more than all
    the rest of the reading.
    """

    transport: asyncio.Transport

    def __init__(self, server: ServerCallbacks, connection_id: int) -> None:
        """Wait for the client; `number` counts the connections."""
        self.server = server
        self.id = connection_id
        self.caller: Caller | None = None  # who logged in
        self.pending_requests = 0  # requests; an answer counts from the end of the turn
        self.answered_since_flush = 0  # of them, in this turn
        self._websocket = ServerWebSocket(
            server.limits.max_message_size, self._on_text, self._on_frame
        )
        self._fragments = bytearray()
        self._is_binary = False
        self._last_ping = 0.0
        self._queued_since = 0.0
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
        self.server.connection_made(self)
        self._set_timer(self.server.limits.login_timeout, self._on_login_timeout)

    def get_buffer(self, sizehint: int) -> memoryview:  # noqa: ARG002  # asyncio's signature
        """Say where what the client sends is to be put."""
        return self.server.read_buffer

    def buffer_updated(self, nbytes: int) -> None:
        """Take what the client sent: any part of any number of messages."""
        self._websocket.receive_data(bytes(self.server.read_buffer[:nbytes]))
        self.flush()
        self.server.flush_all()

    def eof_received(self) -> None:
        """Note that the client sends nothing more; the transport then closes by itself."""
        self._websocket.receive_eof()
        self.flush()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002  # asyncio's signature
        """Forget the connection."""
        self._cancel_timer()
        self.server.connection_lost(self)

    def pause_writing(self) -> None:
        """Take no more requests of a client that does not read its answers."""
        self.transport.pause_reading()

    def resume_writing(self) -> None:
        """Go on when it has read."""
        if not self.transport.is_closing():
            self.transport.resume_reading()

    def _on_text(self, content: bytes) -> None:
        if self.server.frame_log:
            self.server.frame_log.log_received(self.id, Opcode.TEXT, content, fin=True)
        self._is_binary = False
        self._on_message(content)

    def _on_frame(self, frame: Frame) -> None:
        content = bytes(frame.data)
        if frame.opcode is Opcode.CONT:
            self._fragments += content
            content = bytes(self._fragments) if frame.fin else content
        if self.server.frame_log:
            self.server.frame_log.log_received(self.id, frame.opcode, content, fin=frame.fin)
        if frame.opcode is Opcode.PING:
            self.ping_received()
        elif frame.opcode in _DATA_OPCODES:
            if frame.opcode is not Opcode.CONT:
                self._is_binary = frame.opcode is Opcode.BINARY
                self._fragments = bytearray(b"" if frame.fin else content)
            if frame.fin:
                self._on_message(content)

    def _on_message(self, message: bytes) -> None:
        if not self.is_open:
            return
        try:
            if not self._is_binary:
                message.decode()
        except UnicodeDecodeError:
            self.close(INVALID_DATA)
        else:
            self.server.message_received(self, message, binary=self._is_binary)

    def send(self, message: bytes, *, binary: bool = False) -> None:
        """Send a message, at the end of this turn or soon."""
        if self._websocket.is_open:
            queued_frames = self._websocket.send(message, Opcode.BINARY if binary else Opcode.TEXT)
            now = perf_counter()
            if queued_frames == 1:
                self._queued_since = now
                self.server.output_queued(self)
            elif now - self._queued_since > self.server.limits.max_write_delay:
                self._write()

    def flush(self) -> None:
        """Write what waits; drop a client for which too much piles up."""
        self.pending_requests -= self.answered_since_flush
        self.answered_since_flush = 0
        self._write()

    def _write(self) -> None:
        frames = self._websocket.data_to_send()
        if not frames or self.transport.is_closing():
            return
        if self.server.frame_log:
            self.server.frame_log.log_sent(self.id, frames)
        self.transport.write(b"".join(frames))
        if not frames[-1]:  # the core's mark for the end of what we send
            self.transport.write_eof()
            self._start_closing()
        if self.transport.get_write_buffer_size() > self.server.limits.max_write_buffer:
            self.transport.abort()

    def close(self, code: int = NORMAL_CLOSURE) -> None:
        """Begin the closing handshake, after what was sent before."""
        if self.is_open:
            self._websocket.close(code)
            self.flush()
            self._start_closing()
        elif self._websocket.state is State.CONNECTING:
            self.transport.abort()

    def _start_closing(self) -> None:
        self._set_timer(self.server.limits.close_timeout, self.transport.abort)
        self.server.logged_out(self)

    def reset(self) -> None:
        """Reset the connection, after what was sent before."""
        self.flush()
        if not self.transport.is_closing():
            raw_socket = self.transport.get_extra_info("socket")
            raw_socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_RESET)
        self.transport.abort()

    def login_succeeded(self, caller: Caller) -> None:
        """Expect pings from here on."""
        self.caller = caller
        self.ping_received()
        self._set_timer(self.server.limits.idle_timeout, self._check_idle)

    def ping_received(self) -> None:
        """Note a ping: the control frame or the action."""
        self._last_ping = asyncio.get_running_loop().time()

    def _set_timer(self, delay: float, callback: Callable[[], None]) -> None:
        self._cancel_timer()
        self._timer = asyncio.get_running_loop().call_later(delay, callback)

    def _cancel_timer(self) -> None:
        if self._timer:
            self._timer.cancel()

    def _on_login_timeout(self) -> None:
        self.server.connection_timed_out(self)

    def _check_idle(self) -> None:
        idle_time = asyncio.get_running_loop().time() - self._last_ping
        if idle_time < self.server.limits.idle_timeout:
            self._set_timer(self.server.limits.idle_timeout - idle_time, self._check_idle)
        else:
            self.server.connection_timed_out(self)
