"""A WebSocket connection in one thread: text messages out and in.

It never blocks past a deadline, and it reads while it writes. It handles plain text frames and the
closing handshake; `websocket.fallback` handles all other frames.
"""

import os
import select
import socket
from collections import deque
from typing import TYPE_CHECKING

from rtmcli import signals
from rtmcli.errors import ConnectFailed
from rtmcli.session.deadline import Deadline
from rtmcli.session.dial import Route, dial
from rtmcli.session.endpoint import Endpoint
from rtmcli.websocket import frames
from rtmcli.websocket.frame_reader import FrameReader
from rtmcli.websocket.frames import Close
from rtmcli.websocket.handshake import Handshake

if TYPE_CHECKING:
    from rtmcli.websocket.fallback import FallbackReader

_READ_SIZE = 64 * 1024  # bytes read at once: what fits into the CPU caches is fastest


class WebSocketTransport:
    """An open WebSocket; `messages` holds the messages received."""

    def __init__(self, sock: socket.socket, max_size: int) -> None:
        self.messages: deque[bytes] = deque()
        self.close_info: Close | None = None
        self.bytes_received = 0  # including control frames
        self._sock = sock
        self._max_size = max_size
        self._frame_reader = FrameReader(max_size, self.messages.append, self._feed_fallback)
        self._fallback: FallbackReader | None = None
        self._closing = False
        self._write_failed = False  # nothing more is sent then
        self._write_buffer = bytearray()
        # The response to the latest ping (RFC 6455, 5.5.3), sent when the buffer is empty, so that
        # pings from a peer that reads nothing take no memory.
        self._pong = b""
        self._poller = signals.Poller()
        self._poller.register(sock, select.POLLIN)
        self.lifecycle: dict[str, str] = {}  # headers that announce the end of the API version

    @classmethod
    def open(cls, route: Route, max_size: int, deadline: Deadline) -> "WebSocketTransport":
        """Connect and do the opening handshake; raise `ConnectFailed` if that fails."""
        transport = cls(dial(route, deadline), max_size)
        try:
            transport._do_handshake(route.endpoint, deadline)
        except BaseException:
            transport.abort()
            raise
        return transport

    def fileno(self) -> int:
        """Return the socket's descriptor, for polling."""
        return self._sock.fileno()

    @property
    def wants_write(self) -> bool:
        """Return whether to poll for writing."""
        has_data = bool(self._write_buffer or self._pong)
        return has_data or (self._write_failed and self.close_info is None)

    def send(self, text: bytes) -> bool:
        """Queue a text message and flush; return False if the connection is closed."""
        accepted = self.enqueue(text)
        self.flush()
        return accepted

    def enqueue(self, text: bytes) -> bool:
        """Queue a text message for `flush`; return False if the connection is closed."""
        if self.close_info is not None:
            return False
        self._enqueue_frame(frames.TEXT, text)
        return True

    def flush(self) -> None:
        """Write as much of the queue as the socket takes."""
        while (self._write_buffer or self._pong) and not self._write_failed:
            if not self._write_buffer:
                self._buffer_pong()
            try:
                sent = self._sock.send(self._write_buffer)
            except OSError as error:
                if _would_block(error):
                    return
                self._write_failed = True  # data that was received may still be read
            else:
                del self._write_buffer[:sent]
        if self._write_failed:
            self._write_buffer.clear()
            self._pong = b""

    def ping(self) -> None:
        """Send a ping frame, unless the connection is closed."""
        if self.close_info is None:
            self._enqueue_frame(frames.PING, b"")
            self.flush()

    def poll(self, deadline: Deadline) -> None:
        """Wait until the socket is ready or the deadline passes, then read and write."""
        self.flush()
        if self._wait_until_ready(deadline):
            self.read_available()

    def read_available(self) -> None:
        """Read one chunk and write the queue, without blocking.

        One chunk, so that messages are handled while a server floods us. It is larger than a TLS
        record, so no decrypted data is left behind that `poll` would not report.
        """
        self.flush()
        data = self._recv() if self.close_info is None else None
        if data is not None:
            self._data_received(data)
            self.flush()

    def close(self, deadline: Deadline) -> None:
        """Do the closing handshake until the deadline, then close the socket."""
        if self._sock.fileno() < 0:
            return
        expects_close = self.close_info is None or bool(self.close_info.protocol_error)
        if self.close_info is None:
            self._enqueue_frame(frames.CLOSE, frames.NORMAL_CLOSURE.to_bytes(2))
        self._closing = True
        try:
            self.flush()
            while (
                expects_close
                and not self._write_failed
                and not deadline.expired
                and self._wait_until_ready(deadline)
            ):
                data = self._recv()
                if data == b"":
                    break
                if data and not self.close_info:  # after a protocol error, frames make no sense
                    self._frame_reader.feed(data)
                    self.messages.clear()
                    expects_close = self._frame_reader.last_opcode != frames.CLOSE
                self.flush()
        except OSError:
            pass  # of the wait; nothing depends on the answer
        finally:
            self.abort()

    def abort(self, reason: str = "") -> None:
        """Close the socket without a closing handshake."""
        self._sock.close()
        self.close_info = self.close_info or Close(1006, reason)

    def fail(self, code: int, reason: str) -> None:
        """Send a close frame for a protocol error of the server."""
        if self.close_info is None:
            self.close_info = Close(1006, "", reason)
            self._enqueue_frame(frames.CLOSE, code.to_bytes(2))
            self.flush()

    def _enqueue_frame(self, opcode: int, payload: bytes) -> None:
        if opcode == frames.CLOSE:
            self._buffer_pong()
        self._write_buffer += frames.encode(opcode, payload, os.urandom(4))

    def _buffer_pong(self) -> None:
        self._write_buffer += self._pong
        self._pong = b""

    def _wait_until_ready(self, deadline: Deadline) -> bool:
        self._poller.modify(self._sock, select.POLLIN | (select.POLLOUT if self.wants_write else 0))
        return bool(self._poller.poll(deadline.poll_timeout()))

    def _recv(self) -> bytes | None:
        """Return the data received: b"" at the end of the stream, None if there is none yet."""
        try:
            data = self._sock.recv(_READ_SIZE)
        except OSError as error:
            # If nothing can be sent, no response will come.
            return None if _would_block(error) and not self._write_failed else b""
        self.bytes_received += len(data)
        return data

    def _do_handshake(self, endpoint: Endpoint, deadline: Deadline) -> None:
        handshake = Handshake(endpoint.resource, endpoint.host_header, endpoint.address)
        self._write_buffer += handshake.request
        accepted = False
        while not accepted:
            if deadline.expired:
                raise ConnectFailed(
                    f"{endpoint.address}: the WebSocket handshake timed out", transient=True
                )
            self.flush()
            data = self._recv() if self._wait_until_ready(deadline) else None
            accepted = data is not None and handshake.feed(data)
        self.lifecycle = handshake.lifecycle
        if handshake.trailing_data:
            self._data_received(handshake.trailing_data)

    def _data_received(self, data: bytes) -> None:
        if data:
            self._frame_reader.feed(data)
        else:
            self.close_info = self.close_info or Close(1006, "")

    def _feed_fallback(self, data: bytes) -> bool:
        """Handle data that the frame reader does not; return whether to go on reading."""
        if self._closing:
            return self._frame_reader.last_opcode != frames.CLOSE
        if not self._fallback:
            from rtmcli.websocket.fallback import FallbackReader  # loads websockets

            self._fallback = FallbackReader(self._max_size, self.messages.append)
        self.close_info = self._fallback.feed(data)
        for frame in self._fallback.frames_to_send():
            if frames.opcode_of(frame) == frames.PONG:
                self._pong = frame
            else:
                self._buffer_pong()  # nothing may follow a close frame
                self._write_buffer += frame
        return self.close_info is None


def _would_block(error: OSError) -> bool:
    # ssl.SSLWantReadError is an OSError; ssl itself may not be loaded.
    return isinstance(error, BlockingIOError) or type(error).__name__ in (
        "SSLWantReadError",
        "SSLWantWriteError",
    )
