"""One WebSocket on one socket, in one thread: whole text messages out and in.

The protocol itself (framing, masking, close codes) is the Sans-I/O core of `websockets`; this
file moves its bytes, never blocks past a deadline, and keeps reading while it writes.
"""

import select
import socket
from collections import deque
from typing import NamedTuple

from websockets.client import ClientProtocol
from websockets.exceptions import InvalidHandshake, InvalidStatus, PayloadTooBig
from websockets.frames import Frame, Opcode
from websockets.protocol import State
from websockets.uri import WebSocketURI

from rtmcli import __version__
from rtmcli.errors import AuthError
from rtmcli.protocol import escaping
from rtmcli.protocol.cutting import Cutter
from rtmcli.session.deadline import Deadline
from rtmcli.session.dial import Failed, Route, dial

_CHUNK = 64 * 1024  # bytes read at once: what fits the caches is handled fastest
_UNAUTHORIZED = (401, 403)
_PASSING = (429, 500, 502, 503, 504)
_BAD_DATA = 1003
_NORMAL = 1000


class Closing(NamedTuple):
    """How a connection ended: a close code, or 1006 where there was no close frame."""

    code: int
    reason: str
    fault: str = ""  # what the server did wrong, where it did


class Link:
    """An open WebSocket. `messages` holds what has come and was not taken yet."""

    def __init__(self, sock: socket.socket, protocol: ClientProtocol, max_size: int) -> None:
        self.messages: deque[bytes] = deque()
        self.closing: Closing | None = None
        self.bytes_in = 0  # everything that came, control frames too
        self._sock = sock
        self._protocol = protocol
        self._cutter = Cutter(max_size, self.messages.append, self._pass)
        self._parts = bytearray()  # of a message in several frames
        self._unsent = bytearray()
        self._poll = select.poll()
        self._poll.register(sock, select.POLLIN)

    @classmethod
    def open(cls, route: Route, max_size: int, deadline: Deadline) -> "Link":
        """Connect and shake hands; raise `Failed` or `AuthError` where that fails."""
        endpoint = route.endpoint
        path, _, query = endpoint.resource.partition("?")
        uri = WebSocketURI(endpoint.secure, endpoint.host, endpoint.port, path, query)
        protocol = ClientProtocol(uri, max_size=max_size)
        link = cls(dial(route, deadline), protocol, max_size)
        try:
            request = protocol.connect()
            request.headers["User-Agent"] = f"rtm/{__version__}"
            protocol.send_request(request)
            while protocol.state is State.CONNECTING and not protocol.handshake_exc:
                if deadline.over:
                    raise Failed(
                        f"{endpoint.address}: no WebSocket handshake in time", passing=True
                    )
                link.turn(deadline)
            if protocol.handshake_exc:
                raise _refusal(endpoint.address, protocol.handshake_exc)
        except BaseException:
            link.abandon()
            raise
        return link

    def fileno(self) -> int:
        """Return the socket's descriptor, to be polled beside others."""
        return self._sock.fileno()

    @property
    def is_sending(self) -> bool:
        """Tell whether bytes wait for the socket to take them."""
        return bool(self._unsent)

    def send(self, text: bytes) -> bool:
        """Queue a text message and write what the socket takes; False where it is too late."""
        queued = self.queue(text)
        self.flush()
        return queued

    def queue(self, text: bytes) -> bool:
        """Queue a text message that `flush` will write; return False where it is too late."""
        if self.closing is not None:
            return False
        self._protocol.send_text(text)
        return True

    def flush(self) -> None:
        """Write what the socket takes of what is queued."""
        for data in self._protocol.data_to_send():
            self._unsent += data
        while self._unsent:
            try:
                sent = self._sock.send(self._unsent)
            except (BlockingIOError, InterruptedError):
                return
            except OSError as error:
                if type(error).__name__ in ("SSLWantReadError", "SSLWantWriteError"):
                    return
                # What has come may still be read; the end of the stream tells the rest.
                self._unsent.clear()
                return
            del self._unsent[:sent]

    def ping(self) -> None:
        """Send a ping control frame, unless it is too late."""
        if self.closing is None:
            self._protocol.send_ping(b"")
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
        if self.closing is None:
            self._protocol.send_close(_NORMAL)
        # What follows goes to the core alone: the answer to the goodbye is all that counts now.
        data: bytes | None = self._cutter.held()
        try:
            while self._protocol.state is State.CLOSING:
                self.flush()
                if data:
                    self._protocol.receive_data(data)
                    self._protocol.events_received()
                if self._protocol.close_rcvd or deadline.over or not self._wait(deadline):
                    break
                data = self._read()
                if data == b"":
                    break
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
            self._protocol.send_close(code)
            self.flush()

    def _wait(self, deadline: Deadline) -> bool:
        self._poll.modify(self._sock, select.POLLIN | (select.POLLOUT if self._unsent else 0))
        return bool(self._poll.poll(deadline.milliseconds()))

    def _read(self) -> bytes | None:
        """Return what there is: b"" at the end of the stream, None where nothing has come."""
        try:
            return self._sock.recv(_CHUNK)
        except (BlockingIOError, InterruptedError):
            return None
        except OSError as error:
            # ssl.SSLWantReadError is an OSError; ssl itself may not be loaded.
            if type(error).__name__ in ("SSLWantReadError", "SSLWantWriteError"):
                return None
            return b""

    def _feed(self, data: bytes) -> None:
        if not data:
            self._protocol.receive_eof()
            self._heed()
            self.closing = self.closing or Closing(1006, "")
            return
        self.bytes_in += len(data)
        at = 0
        while at < len(data) and self._protocol.state is State.CONNECTING:
            # Line by line, so that no frame behind the handshake gets past the cutter.
            end = len(data) if self._protocol.handshake_exc else data.find(b"\n", at) + 1
            self._protocol.receive_data(data[at : end or len(data)])
            self._protocol.events_received()
            at = end or len(data)
        if at < len(data):
            self._cutter.feed(data[at:] if at else data)

    def _pass(self, data: bytes) -> bool:
        """Let the protocol core see what the cutter leaves to it; tell whether to go on."""
        self._protocol.receive_data(data)
        self._heed()
        return self.closing is None

    def _heed(self) -> None:
        for event in self._protocol.events_received():
            assert isinstance(event, Frame)  # the handshake, the other event, is over
            self._take(event)
        error = self._protocol.parser_exc
        if error is None or self.closing is not None:
            return
        if isinstance(error, PayloadTooBig):
            self.closing = Closing(1006, "", f"the message is too big: {error}")
        elif not isinstance(error, EOFError):
            self.closing = Closing(1006, "", f"it broke the WebSocket protocol: {error}")

    def _take(self, frame: Frame) -> None:
        match frame.opcode:
            case Opcode.TEXT | Opcode.CONT:
                self._parts += frame.data
                if frame.fin:
                    self.messages.append(bytes(self._parts))
                    self._parts.clear()
            case Opcode.BINARY:
                self.fail(_BAD_DATA, "it sent a binary message")
            case Opcode.CLOSE:
                received = self._protocol.close_rcvd
                code, reason = (received.code, received.reason) if received else (1005, "")
                self.closing = Closing(code, escaping.in_text(reason))
            case _:
                pass


def _refusal(address: str, error: Exception) -> Exception:
    if isinstance(error, InvalidStatus):
        code = error.response.status_code
        if code in _UNAUTHORIZED:
            return AuthError(f"{address} refused the connection with HTTP {code}")
        return Failed(
            f"{address} refused the connection with HTTP {code}", passing=code in _PASSING
        )
    cause = error.__cause__
    if isinstance(cause, EOFError):
        return Failed(f"{address} closed the connection during the handshake", passing=True)
    what = type(error).__name__ if isinstance(error, InvalidHandshake) else "no WebSocket"
    return Failed(f"{address} is no WebSocket server ({what})", passing=False)
