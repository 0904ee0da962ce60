"""The parts of a script: a behavior is a step or a list of steps, run with a StepContext."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from support.fault_server import frames
from support.fault_server.frames import Frame, Opcode

if TYPE_CHECKING:
    from support.fault_server.connection import Connection
    from support.fault_server.records import Request


class Step(NamedTuple):
    """One action of the server; with `in_thread` the server continues reading meanwhile."""

    name: str
    run: Callable[[StepContext], None]
    in_thread: bool = False


Behavior = Step | Sequence[Step]


class Chunking(NamedTuple):
    """The bytes to write at once, and the seconds between writes."""

    size: int
    interval: float


class StepContext(NamedTuple):
    """The connection, its input, what a correct server would do, and how to write."""

    connection: Connection
    default_step: Step
    request: Request | None = None
    frame: Frame | None = None
    encode_message: Callable[[int, bytes], bytes] = frames.encode
    chunking: Chunking | None = None

    def require_request(self) -> Request:
        """Return the request; raise LookupError if a request did not trigger the step."""
        if self.request is None:
            raise LookupError("this step needs a request, but a request did not trigger it")
        return self.request

    def send_json(self, value: object) -> None:
        """Send a JSON value as a text message."""
        self.send(Opcode.TEXT, json.dumps(value, separators=(",", ":")).encode())

    def send(self, opcode: int, payload: bytes) -> None:
        """Send a message, framed by `encode_message`."""
        self.write(self.encode_message(opcode, payload))

    def write(self, data: bytes) -> None:
        """Write bytes, in chunks if `chunking` is set; other steps cannot write in between."""
        if self.chunking is None:
            self.connection.stream.write(data)
            return
        with self.connection.stream.write_lock:
            for start in range(0, len(data), self.chunking.size):
                self.connection.stream.write(data[start : start + self.chunking.size])
                self.wait_until(lambda: False, self.chunking.interval)

    def wait_until(self, predicate: Callable[[], object], timeout: float | None = None) -> bool:
        """Wait until `predicate` is true; raise ConnectionEnded if the connection ends before."""
        return self.connection.wait_until(predicate, timeout)


def to_steps(behavior: Behavior) -> tuple[Step, ...]:
    """Return the steps of a behavior, in order."""
    return (behavior,) if isinstance(behavior, Step) else tuple(behavior)
