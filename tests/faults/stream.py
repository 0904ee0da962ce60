"""The bytes of one connection, with or without TLS, and every way to end them."""

import contextlib
import select
import socket
import ssl
import threading
from collections.abc import Callable
from typing import NoReturn

from faults.listener import Listener, Over, reset_on_close, shut

CHUNK = 1 << 16


class Stream:
    """Read in one thread, write in any, end from any: the reading thread alone closes.

    `ending` is how we are to end it, `ended` how it did end: "rst" or "fin" by us, "reset" or
    "eof" by the client.
    """

    def __init__(self, owner: Listener, client: socket.socket, note: Callable[[int], None]) -> None:
        self.speaking = threading.RLock()  # held while what is written belongs together
        self.ending = ""
        self.ended = ""
        self._owner = owner
        self._note = note
        self._socket = client
        self._tls = threading.Lock()  # OpenSSL bears one call at a time on one connection
        self._buffer = bytearray()

    def secure(self, context: ssl.SSLContext) -> None:
        """Shake hands as the TLS server; raise OSError where that fails."""
        plain = self._socket
        wrapped = context.wrap_socket(plain, server_side=True, do_handshake_on_connect=False)
        self._socket = wrapped
        self._owner.hold(wrapped)
        self._owner.release(plain)  # an empty shell: the wrapper took the descriptor
        wrapped.do_handshake()
        wrapped.setblocking(False)  # so that no call holds the lock and waits

    def exactly(self, count: int) -> bytes:
        """Read so many bytes; raise EOFError or Over where they do not come."""
        while len(self._buffer) < count:
            self._buffer += self.receive()
        taken = bytes(self._buffer[:count])
        del self._buffer[:count]
        return taken

    def up_to(self, mark: bytes) -> bytes:
        """Read up to a mark, and return what stands before it."""
        while mark not in self._buffer:
            self._buffer += self.receive()
        return self.exactly(self._buffer.index(mark) + len(mark)).removesuffix(mark)

    def receive(self) -> bytes:
        """Read what has come, at least a byte."""
        self._check()
        data = self._recv()
        self._check()
        if not data:
            raise EOFError
        self._note(len(data))
        return data

    def write(self, data: bytes) -> None:
        """Write all of the bytes; raise Over where the connection has ended."""
        with self.speaking:
            if self.ended:
                raise Over
            if isinstance(self._socket, ssl.SSLSocket):
                self._send_secure(memoryview(data))
            else:
                self._socket.sendall(data)

    def end(self, how: str) -> NoReturn:
        """Have the connection end by "rst" or "fin"; whoever uses it gets Over."""
        with self._owner.changed:
            self.ending = self.ending or how
            self._owner.changed.notify_all()
        shut(self._socket, socket.SHUT_RD)  # wakes the reading thread, puts nothing on the wire
        raise Over

    def hang_up(self, ended: str) -> None:
        """Close the socket, by an RST or, after all that was written, a FIN."""
        if ended == "rst":
            reset_on_close(self._socket)
        else:
            shut(self._socket, socket.SHUT_WR)
            with contextlib.suppress(OSError):  # unread bytes would turn the FIN into an RST
                while socket.socket.recv(self._socket, CHUNK, socket.MSG_DONTWAIT):
                    pass
        if not self.speaking.acquire(timeout=0.5):
            shut(self._socket, socket.SHUT_RDWR)  # a writer is blocked: wake it
            self.speaking.acquire()
        self.ended = ended
        self._owner.release(self._socket)
        self.speaking.release()

    def _check(self) -> None:
        if self.ending or self._owner.closing:
            raise Over

    def _recv(self) -> bytes:
        if not isinstance(self._socket, ssl.SSLSocket):
            return self._socket.recv(CHUNK)
        while True:
            with contextlib.suppress(ssl.SSLWantReadError, ssl.SSLWantWriteError), self._tls:
                return self._socket.recv(CHUNK)
            select.select([self._socket], [], [])

    def _send_secure(self, data: memoryview) -> None:
        while data:
            count = 0
            with contextlib.suppress(ssl.SSLWantReadError, ssl.SSLWantWriteError), self._tls:
                count = self._socket.send(data[:CHUNK])
            data = data[count:]
            if not count:
                select.select([], [self._socket], [])
