"""One connection of the fault server: it reads, records, and runs the scripted steps."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, NoReturn

from support.fault_server import frames
from support.fault_server.frames import Frame, Opcode
from support.fault_server.handshake import upgrade
from support.fault_server.listener import ConnectionEnded
from support.fault_server.records import ConnectionEvent, Handshake, ReceivedFrame, Request
from support.fault_server.responses import respond, respond_error
from support.fault_server.script import Step, StepContext
from support.fault_server.socket_stream import SocketStream

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable

    from support.fault_server.delays import Gate
    from support.fault_server.server import FaultServer


class Connection:
    """One connection, from the accept to its end, in the thread that calls `serve`.

    Input is recorded and answered while the stream's `write_lock` is held: a test that has waited
    for a request writes after the response.
    """

    def __init__(
        self,
        server: FaultServer,
        client: socket.socket,
        number: int,
        connect_steps: tuple[Step, ...],
    ) -> None:
        self.server = server
        self.number = number
        self.stream = SocketStream(server, client, server.record_bytes)
        self.handshake = Handshake(number, 0.0, "", {})
        self.may_proceed = self.upgraded = self.deflate = False
        self.logged_in = self.close_sent = self.ignores_close = False
        self._connect_steps = connect_steps
        self._unanswered: list[Request] = []
        self._fragments: list[Frame] = []
        self._resume_gate: Gate | None = None

    def serve(self) -> None:
        """Handle the connection until it ends."""
        actual_end = "reset"
        try:
            self._establish()
            while True:
                self._handle_frame(frames.read(self.stream.read_exactly))
                if self._resume_gate:
                    self.wait_until(lambda: self._resume_gate is None or self._resume_gate.is_open)
                    self._resume_gate = None
        except ConnectionEnded:
            actual_end = self.stream.requested_end or "fin"
        except EOFError:
            actual_end = "eof"
        finally:
            self.stream.close(actual_end)
            self.server.record_connection_end(self.number, actual_end)

    def wait_until(self, predicate: Callable[[], object], timeout: float | None = None) -> bool:
        """Wait until `predicate` is true; raise ConnectionEnded if the connection ends before."""
        stream = self.stream
        result = self.server.wait_until(
            lambda: stream.requested_end or stream.actual_end or predicate(), timeout
        )
        if stream.requested_end or stream.actual_end:
            raise ConnectionEnded
        return result

    def mark_answered(self, request: Request, *, success: bool) -> None:
        """Count the request as answered."""
        with self.server.condition:
            self._unanswered = [other for other in self._unanswered if other is not request]
            self.logged_in |= success and request.action == "login"
            self.server.condition.notify_all()

    def send_close(self, payload: bytes, *, ignore_reply: bool = False) -> None:
        """Send a close frame; with `ignore_reply`, never complete the closing handshake."""
        self.ignores_close |= ignore_reply
        self.close_sent = True
        self.stream.write(frames.encode(Opcode.CLOSE, payload))

    def pause_reading(self, gate: Gate) -> None:
        """After the current steps, read nothing until the gate opens."""
        self._resume_gate = gate

    def _establish(self) -> None:
        self._run_steps(self._connect_steps, StepContext(self, Step("proceed", _proceed)))
        if not self.may_proceed:
            self._discard_input()
        if self.server.tls:
            try:
                self.stream.start_tls(self.server.tls)
            except OSError as error:
                self.server.record_tls_failure(str(error))
                raise
        self.handshake = self._read_handshake()
        self.server.record_handshake(self.handshake)
        self._handle_event(ConnectionEvent.HANDSHAKE, upgrade())
        if not self.upgraded:
            self._discard_input()

    def _discard_input(self) -> NoReturn:
        while True:
            self.stream.receive()

    def _read_handshake(self) -> Handshake:
        first, *rest = self.stream.read_until(b"\r\n\r\n").decode("latin-1").split("\r\n")
        pairs = (line.partition(":") for line in rest)
        headers = {name.lower(): value.strip() for name, _, value in pairs}
        if headers.get("upgrade", "").lower() != "websocket" or not first.startswith("GET "):
            self.server.record_violation(f"not a WebSocket handshake: {first}")
        if headers.get("sec-websocket-version") != "13" or "sec-websocket-key" not in headers:
            self.server.record_violation("a handshake needs a key and version 13")
        return Handshake(self.number, time.monotonic(), first.split(" ")[1], headers)

    def _handle_frame(self, frame: Frame) -> None:
        self.server.record_frame(ReceivedFrame(self.number, time.monotonic(), frame))
        violation = frames.violation(frame, deflate=self.deflate)
        if violation:
            self.server.record_violation(violation)
            self.send_close((1002).to_bytes(2))
            self.stream.request_end("fin")
        if frame.opcode == Opcode.CLOSE:
            self._handle_event(ConnectionEvent.CLOSE, Step("close", _reply_close), frame)
        elif frame.opcode == Opcode.PING:
            self._handle_event(ConnectionEvent.PING, Step("pong", _send_pong), frame)
        elif frame.opcode != Opcode.PONG:
            self._fragments.append(frame)
            if frame.fin:
                self._handle_message()

    def _handle_message(self) -> None:
        first = self._fragments[0]
        data = b"".join(piece.payload for piece in self._fragments)
        self._fragments.clear()
        if first.opcode != Opcode.TEXT:
            self.server.record_violation(f"a message must be text, not opcode {first.opcode}")
            return
        try:
            message = json.loads((frames.inflate(data) if first.rsv else data).decode())
        except ValueError as error:
            self.server.record_violation(f"a message must be JSON in UTF-8: {error}")
            return
        if not isinstance(message, dict) or not isinstance(message.get("action"), str):
            self.server.record_violation(f"a request is an object with an action: {message!r}")
            return
        self._handle_request(
            Request(
                number=self.server.next_request_number(),
                connection=self.number,
                received_at=time.monotonic(),
                action=message["action"],
                payload=message.get("payload"),
                request_id=message.get("request_id"),
                message=message,
            )
        )

    def _handle_request(self, request: Request) -> None:
        is_login = request.action == "login"
        with self.stream.write_lock:
            with self.server.condition:
                self._unanswered += [] if is_login else [request]
                self.server.record_request(request, in_flight=len(self._unanswered))
            if self.close_sent:
                return  # RFC 6455, 1.4: discard data received after sending a close frame
            default_step = respond()
            if not (is_login or self.logged_in or request.action == "ping"):
                self.server.record_violation(f"{request.action} before login")
                default_step = respond_error("authentication")
            steps = self.server.steps_for(request.action, self.number)
            self._run_steps(steps, StepContext(self, default_step, request=request))

    def _handle_event(
        self, event: ConnectionEvent, default_step: Step, frame: Frame | None = None
    ) -> None:
        with self.stream.write_lock:
            steps = self.server.steps_for(event, self.number)
            self._run_steps(steps, StepContext(self, default_step, frame=frame))

    def _run_steps(self, steps: tuple[Step, ...], context: StepContext) -> None:
        def run() -> None:
            for step in steps:
                step.run(context)

        if self.upgraded and any(step.in_thread for step in steps):
            self.server.start_thread(run)
        else:
            run()


def _proceed(context: StepContext) -> None:
    context.connection.may_proceed = True


def _send_pong(context: StepContext) -> None:
    if context.frame:
        context.send(Opcode.PONG, context.frame.payload)


def _reply_close(context: StepContext) -> None:
    connection = context.connection
    if connection.ignores_close:
        return
    if not connection.close_sent and context.frame:
        connection.send_close(context.frame.payload[:2])
    connection.stream.request_end("fin")
