"""One connection of the fault server: it reads, records, and lets the script act."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, NoReturn

from faults import frames
from faults.answers import answer, refuse
from faults.frames import Frame, Opcode
from faults.handshakes import upgrade
from faults.listener import Over
from faults.records import Handshake, Moment, Received, Request
from faults.stream import Stream
from faults.turns import Step, Turn

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable

    from faults.server import FaultServer
    from faults.waiting import Gate


class Connection:
    """Live through one connection, from the accept to its end, in the thread that calls `serve`.

    What comes is recorded and answered under the stream's `speaking`, so that who has waited for a
    request acts after its answer.
    """

    def __init__(
        self, server: FaultServer, client: socket.socket, number: int, steps: tuple[Step, ...]
    ) -> None:
        self.server = server
        self.number = number
        self.stream = Stream(server, client, server.note_bytes)
        self.handshake = Handshake(number, 0.0, "", {})
        self.proceeds = self.upgraded = self.deflate = False
        self.logged_in = self.close_sent = self.hangs = False
        self._first_steps = steps
        self._unanswered: list[Request] = []
        self._pieces: list[Frame] = []
        self._stalled_by: Gate | None = None

    def serve(self) -> None:
        """Live through the connection."""
        ended = "reset"
        try:
            self._open()
            while True:
                self._take(frames.read(self.stream.exactly))
                if self._stalled_by:
                    self.until(lambda: self._stalled_by is None or self._stalled_by.is_open)
                    self._stalled_by = None
        except Over:
            ended = self.stream.ending or "fin"
        except EOFError:
            ended = "eof"
        finally:
            self.stream.hang_up(ended)
            self.server.note_end(self.number, ended)

    def until(self, predicate: Callable[[], object], timeout: float | None = None) -> bool:
        """Wait until `predicate` is true; raise Over where connection or server end before."""
        stream = self.stream
        met = self.server.until(lambda: stream.ending or stream.ended or predicate(), timeout)
        if stream.ending or stream.ended:
            raise Over
        return met

    def settle(self, request: Request, *, success: bool) -> None:
        """Count the request as answered."""
        with self.server.changed:
            self._unanswered = [other for other in self._unanswered if other is not request]
            self.logged_in |= success and request.action == "login"
            self.server.changed.notify_all()

    def say_close(self, payload: bytes, *, hang: bool = False) -> None:
        """Send a close frame; with `hang`, never complete the closing handshake."""
        self.hangs |= hang
        self.close_sent = True
        self.stream.write(frames.encode(Opcode.CLOSE, payload))

    def stall(self, gate: Gate) -> None:
        """Read nothing more, once the steps are taken, until the gate opens."""
        self._stalled_by = gate

    def _open(self) -> None:
        self._act(self._first_steps, Turn(self, Step("proceed", _proceed)))
        if not self.proceeds:
            self._ignore()
        if self.server.tls:
            try:
                self.stream.secure(self.server.tls)
            except OSError as error:
                self.server.note_tls_failure(str(error))
                raise
        self.handshake = self._read_handshake()
        self.server.note_handshake(self.handshake)
        self._meet(Moment.HANDSHAKE, upgrade())
        if not self.upgraded:
            self._ignore()

    def _ignore(self) -> NoReturn:
        while True:
            self.stream.receive()

    def _read_handshake(self) -> Handshake:
        first, *rest = self.stream.up_to(b"\r\n\r\n").decode("latin-1").split("\r\n")
        pairs = (line.partition(":") for line in rest)
        headers = {name.lower(): value.strip() for name, _, value in pairs}
        if headers.get("upgrade", "").lower() != "websocket" or not first.startswith("GET "):
            self.server.complain(f"no WebSocket handshake: {first}")
        if headers.get("sec-websocket-version") != "13" or "sec-websocket-key" not in headers:
            self.server.complain("a handshake needs a key, and version 13")
        return Handshake(self.number, time.monotonic(), first.split(" ")[1], headers)

    def _take(self, frame: Frame) -> None:
        self.server.note_frame(Received(self.number, time.monotonic(), frame))
        breach = frames.breach(frame, deflate=self.deflate)
        if breach:
            self.server.complain(breach)
            self.say_close((1002).to_bytes(2))
            self.stream.end("fin")
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
                number=self.server.next_number(),
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
        with self.stream.speaking:
            with self.server.changed:
                self._unanswered += [] if login else [request]
                self.server.note_request(request, in_flight=len(self._unanswered))
            if self.close_sent:
                return  # RFC 6455, 1.4: what comes after our close frame is discarded
            normal = answer()
            if not (login or self.logged_in or request.action == "ping"):
                self.server.complain(f"{request.action} before login")
                normal = refuse("authentication")
            steps = self.server.steps_for(request.action, self.number)
            self._act(steps, Turn(self, normal, request=request))

    def _meet(self, moment: Moment, normal: Step, frame: Frame | None = None) -> None:
        with self.stream.speaking:
            steps = self.server.steps_for(moment, self.number)
            self._act(steps, Turn(self, normal, frame=frame))

    def _act(self, steps: tuple[Step, ...], turn: Turn) -> None:
        def run() -> None:
            for step in steps:
                step.run(turn)

        if self.upgraded and any(step.waits for step in steps):
            self.server.spawn(run)
        else:
            run()


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
    connection.stream.end("fin")
