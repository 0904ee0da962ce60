"""The byte stream of one connection, with or without TLS, and every way to end it."""

import contextlib
import select
import socket
import ssl
import threading
from collections.abc import Callable
from typing import NoReturn

from support.fault_server.listener import (
    ConnectionEnded,
    Listener,
    reset_on_close,
    shutdown_quietly,
)

CHUNK_SIZE = 1 << 16


class SocketStream:
    """A stream that one thread reads; any thread may write or end it, only the reader closes it.

    `requested_end` is how the server is to end it, `actual_end` how it ended: "rst" or "fin" by
    the server, "reset" or "eof" by the client.
    """

    def __init__(
        self, listener: Listener, client: socket.socket, on_bytes: Callable[[int], None]
    ) -> None:
        self.write_lock = threading.RLock()  # held during writes that belong together
        self.requested_end = ""
        self.actual_end = ""
        self._listener = listener
        self._on_bytes = on_bytes
        self._socket = client
        self._tls_lock = threading.Lock()  # OpenSSL allows one call at a time per connection
        self._buffer = bytearray()

    def start_tls(self, context: ssl.SSLContext) -> None:
        """Perform the TLS handshake as the server; raise OSError if it fails."""
        plain = self._socket
        wrapped = context.wrap_socket(plain, server_side=True, do_handshake_on_connect=False)
        self._socket = wrapped
        self._listener.track_socket(wrapped)
        self._listener.close_socket(plain)  # the wrapper has taken over the descriptor
        wrapped.do_handshake()
        wrapped.setblocking(False)  # so that no call blocks while it holds the lock

    def read_exactly(self, count: int) -> bytes:
        """Read exactly `count` bytes; raise EOFError or ConnectionEnded if the stream ends."""
        while len(self._buffer) < count:
            self._buffer += self.receive()
        data = bytes(self._buffer[:count])
        del self._buffer[:count]
        return data

    def read_until(self, separator: bytes) -> bytes:
        """Read up to a separator; return the bytes before it."""
        while separator not in self._buffer:
            self._buffer += self.receive()
        return self.read_exactly(self._buffer.index(separator) + len(separator)).removesuffix(
            separator
        )

    def receive(self) -> bytes:
        """Read the available bytes, at least one."""
        self._raise_if_ended()
        data = self._recv()
        self._raise_if_ended()
        if not data:
            raise EOFError
        self._on_bytes(len(data))
        return data

    def write(self, data: bytes) -> None:
        """Write all bytes; raise ConnectionEnded if the connection has ended."""
        with self.write_lock:
            if self.actual_end:
                raise ConnectionEnded
            if isinstance(self._socket, ssl.SSLSocket):
                self._send_tls(memoryview(data))
            else:
                self._socket.sendall(data)

    def request_end(self, how: str) -> NoReturn:
        """Request the end of the connection by "rst" or "fin"; every user gets ConnectionEnded."""
        with self._listener.condition:
            self.requested_end = self.requested_end or how
            self._listener.condition.notify_all()
        shutdown_quietly(self._socket, socket.SHUT_RD)  # wakes the reading thread; sends nothing
        raise ConnectionEnded

    def close(self, actual_end: str) -> None:
        """Close the socket by an RST or, after all written bytes, by a FIN."""
        if actual_end == "rst":
            reset_on_close(self._socket)
        else:
            shutdown_quietly(self._socket, socket.SHUT_WR)
            with contextlib.suppress(OSError):  # unread bytes would turn the FIN into an RST
                while socket.socket.recv(self._socket, CHUNK_SIZE, socket.MSG_DONTWAIT):
                    pass
        if not self.write_lock.acquire(timeout=0.5):
            shutdown_quietly(self._socket, socket.SHUT_RDWR)  # a writer is blocked: wake it
            self.write_lock.acquire()
        self.actual_end = actual_end
        self._listener.close_socket(self._socket)
        self.write_lock.release()

    def _raise_if_ended(self) -> None:
        if self.requested_end or self._listener.closing:
            raise ConnectionEnded

    def _recv(self) -> bytes:
        if not isinstance(self._socket, ssl.SSLSocket):
            return self._socket.recv(CHUNK_SIZE)
        while True:
            with contextlib.suppress(ssl.SSLWantReadError, ssl.SSLWantWriteError), self._tls_lock:
                return self._socket.recv(CHUNK_SIZE)
            select.select([self._socket], [], [])

    def _send_tls(self, data: memoryview) -> None:
        while data:
            count = 0
            with contextlib.suppress(ssl.SSLWantReadError, ssl.SSLWantWriteError), self._tls_lock:
                count = self._socket.send(data[:CHUNK_SIZE])
            data = data[count:]
            if not count:
                select.select([], [self._socket], [])
