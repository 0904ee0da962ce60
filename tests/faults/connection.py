"""One connection of the fault server: it reads, records, and lets the script act."""

from __future__ import annotations

import contextlib
import json
import select
import socket
import ssl
import threading
import time
from typing import TYPE_CHECKING, NoReturn

from faults import frames
from faults.answers import answer, refuse
from faults.frames import Frame, Opcode
from faults.handshakes import upgrade
from faults.listener import Over, reset_on_close, shut
from faults.records import Handshake, Moment, Received, Request
from faults.turns import Step, Turn

if TYPE_CHECKING:
    from collections.abc import Callable

    from faults.server import FaultServer

CHUNK = 1 << 16


class Connection:
    """Live through one connection, from the accept to its end, in the thread that calls `serve`.

    Steps that wait, and `FaultServer.play`, act from other threads: they write under `speaking`,
    and only ask for the end, for the reading thread alone closes the socket.
    """

    def __init__(self, server: FaultServer, client: socket.socket, number: int) -> None:
        self.server = server
        self.number = number
        self.speaking = threading.RLock()  # holds a message together
        self.handshake = Handshake(number, 0.0, "", {})
        self.proceeds = self.upgraded = self.deflate = False
        self.logged_in = self.close_sent = self.hangs = False
        self.unanswered: list[Request] = []
        self.ending = ""  # how we are to end it: rst or fin
        self.ended = ""  # how it did end: rst or fin (ours), reset or eof (the client's)
        self._socket = client
        self._tls = threading.Lock()  # OpenSSL bears one call at a time on one connection
        self._buffer = bytearray()
        self._pieces: list[Frame] = []

    def serve(self) -> None:
        """Live through the connection."""
        ended = "reset"
        try:
            self._open()
            while True:
                self._take(frames.read(self._exactly))
        except Over:
            ended = self.ending or "fin"
        except EOFError:
            ended = "eof"
        finally:
            self._hang_up(ended)

    def write(self, data: bytes) -> None:
        """Write bytes, all of them; raise Over where the connection has ended."""
        with self.speaking:
            if self.ended:
                raise Over
            if not isinstance(self._socket, ssl.SSLSocket):
                self._socket.sendall(data)
                return
            for start in range(0, len(data), CHUNK):
                with self._tls:
                    self._socket.sendall(data[start : start + CHUNK])

    def end(self, how: str) -> NoReturn:
        """End the connection by "rst" or "fin", from any thread."""
        with self.server.changed:
            self.ending = self.ending or how
            self.server.changed.notify_all()
        shut(self._socket, socket.SHUT_RD)  # wakes the reading thread, puts nothing on the wire
        raise Over

    def wake(self) -> None:
        """Make every call on the socket return."""
        shut(self._socket, socket.SHUT_RDWR)

    def until(self, predicate: Callable[[], object], timeout: float | None = None) -> bool:
        """Wait until `predicate` is true; raise Over where connection or server end before."""
        met = self.server.until(lambda: self.ending or self.ended or predicate(), timeout)
        if self.ending or self.ended:
            raise Over
        return met

    def act(self, steps: tuple[Step, ...], turn: Turn) -> None:
        """Take the steps, in a thread of their own where one of them waits."""

        def run() -> None:
            for step in steps:
                step.run(turn)

        if self.upgraded and any(step.waits for step in steps):
            self.server.spawn(run)
        else:
            run()

    def execute(self, request: Request) -> None:
        """Count the request as executed, once."""
        with self.server.changed:
            if all(request is not done for done in self.server.done):
                self.server.done.append(request)
                self.server.changed.notify_all()

    def settle(self, request: Request, *, success: bool) -> None:
        """Count the request as answered."""
        with self.server.changed:
            self.unanswered = [other for other in self.unanswered if other is not request]
            self.logged_in |= success and request.action == "login"
            self.server.changed.notify_all()

    def say_close(self, payload: bytes, *, hang: bool = False) -> None:
        """Send a close frame, the one and only; with `hang`, never complete the handshake."""
        self.hangs |= hang
        self.close_sent = True
        self.write(frames.encode(Opcode.CLOSE, payload))

    def _open(self) -> None:
        self._meet(Moment.CONNECT, Step("proceed", _proceed))
        if not self.proceeds:
            self._ignore()
        if self.server.tls:
            self._secure(self.server.tls)
        self.handshake = self._read_handshake()
        self.server.note_handshake(self.handshake)
        self._meet(Moment.HANDSHAKE, upgrade())
        if not self.upgraded:
            self._ignore()

    def _meet(self, moment: Moment, normal: Step, frame: Frame | None = None) -> None:
        steps = self.server.steps_for(moment, self.number)
        self.act(steps, Turn(self, normal, frame=frame))

    def _ignore(self) -> NoReturn:
        while True:
            self._receive()

    def _secure(self, context: ssl.SSLContext) -> None:
        plain = self._socket
        self._socket = context.wrap_socket(plain, server_side=True, do_handshake_on_connect=False)
        self.server.hold(self._socket)
        self.server.release(plain)  # detached: the wrapper owns the descriptor
        try:
            self._socket.do_handshake()
        except OSError as error:
            self.server.note_tls_failure(str(error))
            raise

    def _read_handshake(self) -> Handshake:
        while b"\r\n\r\n" not in self._buffer:
            self._buffer += self._receive()
        end = self._buffer.index(b"\r\n\r\n")
        lines = self._buffer[:end].decode("latin-1").split("\r\n")
        del self._buffer[: end + 4]
        pairs = (line.partition(":") for line in lines[1:])
        headers = {name.lower(): value.strip() for name, _, value in pairs}
        if headers.get("upgrade", "").lower() != "websocket" or not lines[0].startswith("GET "):
            self.server.complain(f"no WebSocket handshake: {lines[0]}")
        if headers.get("sec-websocket-version") != "13" or "sec-websocket-key" not in headers:
            self.server.complain("a handshake needs a key, and version 13")
        return Handshake(self.number, time.monotonic(), lines[0].split(" ")[1], headers)

    def _receive(self) -> bytes:
        if self.ending:
            raise Over
        if isinstance(self._socket, ssl.SSLSocket):
            if not self._socket.pending():
                select.select([self._socket], [], [])
            with self._tls:
                data = self._socket.recv(CHUNK)
        else:
            data = self._socket.recv(CHUNK)
        if self.ending or self.server.closing:
            raise Over
        if not data:
            raise EOFError
        self.server.note_bytes(len(data))
        return data

    def _exactly(self, count: int) -> bytes:
        while len(self._buffer) < count:
            self._buffer += self._receive()
        taken = bytes(self._buffer[:count])
        del self._buffer[:count]
        return taken

    def _take(self, frame: Frame) -> None:
        self.server.note_frame(Received(self.number, time.monotonic(), frame))
        breach = frames.breach(frame, deflate=self.deflate)
        if breach:
            self.server.complain(breach)
            self.say_close((1002).to_bytes(2))
            self.end("fin")
        if frame.opcode == Opcode.CLOSE:
            self._meet(Moment.CLOSE, Step("close", _close_back), frame)
        elif frame.opcode == Opcode.PING:
            self._meet(Moment.PING, Step("pong", _pong), frame)
        elif frame.opcode != Opcode.PONG:
            self._pieces.append(frame)
            if frame.fin:
                self._take_message()

    def _take_message(self) -> None:
        first = self._pieces[0]
        whole = b"".join(piece.payload for piece in self._pieces)
        self._pieces.clear()
        if first.opcode != Opcode.TEXT:
            self.server.complain(f"a message must be text, not opcode {first.opcode}")
            return
        try:
            message = json.loads((frames.inflate(whole) if first.rsv else whole).decode())
        except ValueError as error:
            self.server.complain(f"a message must be JSON in UTF-8: {error}")
            return
        if not isinstance(message, dict) or not isinstance(message.get("action"), str):
            self.server.complain(f"a request is an object with an action: {message!r}")
            return
        self._take_request(
            Request(
                connection=self.number,
                at=time.monotonic(),
                action=message["action"],
                payload=message.get("payload"),
                request_id=message.get("request_id"),
                message=message,
            )
        )

    def _take_request(self, request: Request) -> None:
        login = request.action == "login"
        if not login:
            self.unanswered.append(request)
        self.server.note_request(request, in_flight=len(self.unanswered))
        if self.close_sent:
            return  # RFC 6455, 1.4: what comes after our close frame is discarded
        normal = answer()
        if not (login or self.logged_in or request.action == "ping"):
            self.server.complain(f"{request.action} before login")
            normal = refuse("authentication")
        steps = self.server.steps_for(request.action, self.number)
        self.act(steps, Turn(self, normal, request=request))

    def _hang_up(self, ended: str) -> None:
        if ended == "rst":
            reset_on_close(self._socket)
        else:
            shut(self._socket, socket.SHUT_WR)
            with contextlib.suppress(OSError):  # unread bytes would turn the FIN into an RST
                while socket.socket.recv(self._socket, CHUNK, socket.MSG_DONTWAIT):
                    pass
            shut(self._socket, socket.SHUT_RDWR)  # wakes a blocked writer
        with self.speaking:
            self.ended = ended
            self.server.release(self._socket)
        self.server.note_end(self.number, ended)


def _proceed(turn: Turn) -> None:
    turn.connection.proceeds = True


def _pong(turn: Turn) -> None:
    if turn.frame:
        turn.send(Opcode.PONG, turn.frame.payload)


def _close_back(turn: Turn) -> None:
    connection = turn.connection
    if connection.hangs:
        return
    if not connection.close_sent and turn.frame:
        connection.say_close(turn.frame.payload[:2])
    connection.end("fin")
