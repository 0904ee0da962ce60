"""A turn is an occasion to act; a step is one act. A behaviour is a step, or a list of them."""

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
    """One act; `waits` gives it a thread of its own, so that the server reads on meanwhile."""

    name: str
    run: Callable[[StepContext], None]
    in_thread: bool = False


Behavior = Step | Sequence[Step]


class Chunking(NamedTuple):
    """So many bytes at once, then a pause in seconds."""

    size: int
    interval: float


class StepContext(NamedTuple):
    """The occasion: its connection, what came, what a sound server would do, and how to write."""

    connection: Connection
    default_step: Step
    request: Request | None = None
    frame: Frame | None = None
    encode_message: Callable[[int, bytes], bytes] = frames.encode
    chunking: Chunking | None = None

    def require_request(self) -> Request:
        """Return the request of this turn; raise where the turn is none of a request."""
        if self.request is None:
            raise LookupError("this step needs a request, and the turn has none")
        return self.request

    def send_json(self, value: object) -> None:
        """Send a JSON value as a text message."""
        self.send(Opcode.TEXT, json.dumps(value, separators=(",", ":")).encode())

    def send(self, opcode: int, payload: bytes) -> None:
        """Send a message in the turn's framing."""
        self.write(self.encode_message(opcode, payload))

    def write(self, data: bytes) -> None:
        """Write bytes at the turn's pace; nothing of another turn comes between them."""
        if self.chunking is None:
            self.connection.stream.write(data)
            return
        with self.connection.stream.write_lock:
            for start in range(0, len(data), self.chunking.size):
                self.connection.stream.write(data[start : start + self.chunking.size])
                self.wait_until(lambda: False, self.chunking.interval)

    def wait_until(self, predicate: Callable[[], object], timeout: float | None = None) -> bool:
        """Wait until `predicate` is true; raise Over where connection or server end before."""
        return self.connection.wait_until(predicate, timeout)


def to_steps(behavior: Behavior) -> tuple[Step, ...]:
    """Return the steps of a behaviour, in order."""
    return (behavior,) if isinstance(behavior, Step) else tuple(behavior)
