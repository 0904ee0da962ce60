"""A client's connection: its transport, timers, pending requests and queued output.

Frames that are queued during one iteration of the event loop are written together at its end. If
the iteration takes longer than `max_write_delay`, they are written in several batches, so that the
client can process the first responses while the server is busy with the rest.
"""

import asyncio
import socket
import struct
from collections.abc import Callable, Mapping
from math import inf
from time import perf_counter
from typing import Protocol

from websockets.frames import Frame, Opcode
from websockets.protocol import State

from rtmcli.sandbox.interface import Caller, Dialect
from rtmcli.sandbox.server.frame_log import FrameLog
from rtmcli.sandbox.server.limits import Limits
from rtmcli.sandbox.server.rate_limit import TokenBucket
from rtmcli.sandbox.server.websocket import ServerWebSocket

NORMAL_CLOSURE = 1000
GOING_AWAY = 1001
INVALID_DATA = 1007
_DATA_OPCODES = (Opcode.TEXT, Opcode.BINARY, Opcode.CONT)
_LINGER_RESET = struct.pack("ii", 1, 0)  # SO_LINGER: close with RST instead of FIN


class ServerCallbacks(Protocol):
    """The interface through which a connection calls its server."""

    limits: Limits
    dialects: Mapping[str, Dialect]  # by the path of the URL
    frame_log: FrameLog | None
    read_buffer: memoryview  # shared by all connections; copied at once after each read

    def connection_made(self, connection: "Connection") -> None:
        """Register the connection."""

    def bad_request(self, dialect: Dialect, query: str) -> str:
        """Return why to refuse the query of a URL with HTTP 400; empty: accept it."""

    def opened(self, connection: "Connection", query: str) -> None:
        """Handle the end of the handshake; `query` is that of the URL."""

    def message_received(self, connection: "Connection", message: bytes, *, binary: bool) -> None:
        """Handle a message."""

    def output_queued(self, connection: "Connection") -> None:
        """Schedule the connection for flushing."""

    def connection_timed_out(self, connection: "Connection") -> None:
        """Disconnect a client that did not log in, or send a ping, in time."""

    def logged_out(self, connection: "Connection") -> None:
        """Dissociate the connection from its agent; idempotent."""

    def connection_lost(self, connection: "Connection") -> None:
        """Unregister the connection."""

    def flush_all(self) -> None:
        """Write all queued output."""


class Connection(asyncio.BufferedProtocol):
    """A connection that passes each message to its server.

    It is a BufferedProtocol because the buffer that asyncio otherwise allocates for each read
    costs more than the rest of the read.
    """

    transport: asyncio.Transport
    dialect: Dialect  # after the handshake

    def __init__(self, server: ServerCallbacks, connection_id: int) -> None:
        """Prepare for the handshake."""
        self.server = server
        self.id = connection_id
        self.caller: Caller | None = None  # after login
        self._pending_requests = 0  # including those answered since the last flush
        self._answered_since_flush = 0
        self._websocket = ServerWebSocket(
            server.limits.max_message_size,
            server.dialects,
            self._on_text,
            self._on_frame,
            self._on_open,
            get_bad_request=lambda path, query: server.bad_request(server.dialects[path], query),
        )
        max_rate = server.limits.max_request_rate
        self._rate_limit = TokenBucket(max_rate, perf_counter()) if max_rate < inf else None
        self._fragments = bytearray()
        self._is_binary = False
        self._last_ping = 0.0
        self._queued_since = 0.0
        self._timer: asyncio.TimerHandle | None = None

    @property
    def is_open(self) -> bool:
        """Return whether messages can be sent."""
        return self._websocket.is_open

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Start the login timeout."""
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        # A response must not wait for the acknowledgment of the previous one. asyncio sets
        # TCP_NODELAY only on sockets with proto=IPPROTO_TCP, which this listener's do not have.
        transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.server.connection_made(self)
        self._set_timer(self.server.limits.login_timeout, self._on_login_timeout)

    def get_buffer(self, sizehint: int) -> memoryview:  # noqa: ARG002  # asyncio's signature
        """Return the shared read buffer."""
        return self.server.read_buffer

    def buffer_updated(self, nbytes: int) -> None:
        """Process received data: any part of any number of frames."""
        self._websocket.receive_data(bytes(self.server.read_buffer[:nbytes]))
        self.flush()
        self.server.flush_all()

    def eof_received(self) -> None:
        """Process the end of the client's data; the transport then closes itself."""
        self._websocket.receive_eof()
        self.flush()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002  # asyncio's signature
        """Cancel the timer and unregister."""
        self._cancel_timer()
        self.server.connection_lost(self)

    def pause_writing(self) -> None:
        """Stop reading requests while the client does not read its responses."""
        self.transport.pause_reading()

    def resume_writing(self) -> None:
        """Read requests again."""
        if not self.transport.is_closing():
            self.transport.resume_reading()

    def _on_open(self, path: str, query: str) -> None:
        self.dialect = self.server.dialects[path]
        self.server.opened(self, query)

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
        """Queue a message; it is written at the next flush or after `max_write_delay`."""
        if self._websocket.is_open:
            queued_frames = self._websocket.send(message, Opcode.BINARY if binary else Opcode.TEXT)
            now = perf_counter()
            if queued_frames == 1:
                self._queued_since = now
                self.server.output_queued(self)
            elif now - self._queued_since > self.server.limits.max_write_delay:
                self._write()

    def flush(self) -> None:
        """Write queued output; abort the connection if its write buffer is too large."""
        self._pending_requests -= self._answered_since_flush
        self._answered_since_flush = 0
        self._write()

    def request_started(self) -> str:
        """Count a pending request; if a limit is already reached, return the error type."""
        if self._pending_requests >= self.server.limits.max_pending_requests:
            return "pending_requests_limit_reached"
        if self._rate_limit and not self._rate_limit.take(perf_counter()):
            return "too_many_requests"
        self._pending_requests += 1
        return ""

    def request_answered(self) -> None:
        """Count a pending request as answered, effective at the next flush.

        Requests that arrive together therefore count together, however fast the responses are.
        """
        self._answered_since_flush += 1

    def _write(self) -> None:
        frames = self._websocket.data_to_send()
        if not frames or self.transport.is_closing():
            return
        if self.server.frame_log:
            self.server.frame_log.log_sent(self.id, frames)
        self.transport.write(b"".join(frames))
        if not frames[-1]:  # the Sans-I/O core's marker for the end of output
            self.transport.write_eof()
            self._start_closing()
        if self.transport.get_write_buffer_size() > self.server.limits.max_write_buffer:
            self.transport.abort()

    def close(self, code: int = NORMAL_CLOSURE) -> None:
        """Start the closing handshake after flushing queued output."""
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
        """Reset the connection after flushing queued output."""
        self.flush()
        if not self.transport.is_closing():
            raw_socket = self.transport.get_extra_info("socket")
            raw_socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_RESET)
        self.transport.abort()

    def login_succeeded(self, caller: Caller) -> None:
        """Set the caller and start the idle timeout."""
        self.caller = caller
        self.ping_received()
        self._set_timer(self.server.limits.idle_timeout, self._check_idle)

    def ping_received(self) -> None:
        """Record a ping: the control frame or the action."""
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
