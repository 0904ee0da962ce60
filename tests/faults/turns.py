"""A turn is an occasion to act; a step is one act. A behaviour is a step, or a list of them."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from faults import frames
from faults.frames import Frame, Opcode

if TYPE_CHECKING:
    from faults.connection import Connection
    from faults.records import Request


class Step(NamedTuple):
    """One act; `waits` gives it a thread of its own, so that the server reads on meanwhile."""

    name: str
    run: Callable[[Turn], None]
    waits: bool = False


Behaviour = Step | Sequence[Step]


class Pace(NamedTuple):
    """So many bytes at once, then a pause in seconds."""

    size: int
    pause: float


class Turn(NamedTuple):
    """The occasion: its connection, what came, what a sound server would do, and how to write."""

    connection: Connection
    normal: Step
    request: Request | None = None
    frame: Frame | None = None
    framing: Callable[[int, bytes], bytes] = frames.encode
    pace: Pace | None = None

    def asked(self) -> Request:
        """Return the request of this turn; raise where the turn is none of a request."""
        if self.request is None:
            raise LookupError("this step needs a request, and the turn has none")
        return self.request

    def message(self, value: object) -> None:
        """Send a JSON value as a text message."""
        self.send(Opcode.TEXT, json.dumps(value, separators=(",", ":")).encode())

    def send(self, opcode: int, payload: bytes) -> None:
        """Send a message in the turn's framing."""
        self.write(self.framing(opcode, payload))

    def write(self, data: bytes) -> None:
        """Write bytes at the turn's pace; nothing of another turn comes between them."""
        if self.pace is None:
            self.connection.stream.write(data)
            return
        with self.connection.stream.speaking:
            for start in range(0, len(data), self.pace.size):
                self.connection.stream.write(data[start : start + self.pace.size])
                self.until(lambda: False, self.pace.pause)

    def until(self, predicate: Callable[[], object], timeout: float | None = None) -> bool:
        """Wait until `predicate` is true; raise Over where connection or server end before."""
        return self.connection.until(predicate, timeout)


def steps_of(behaviour: Behaviour) -> tuple[Step, ...]:
    """Return the steps of a behaviour, in order."""
    return (behaviour,) if isinstance(behaviour, Step) else tuple(behaviour)
