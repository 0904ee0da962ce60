"""Steps that wait, and those that leave the client waiting."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from support.fault_server.responses import respond
from support.fault_server.script import Step, StepContext

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from support.fault_server.connection import Connection


class Gate:
    """A gate that the test opens: `server.on("get_archives", [after(gate), answer()])`."""

    def __init__(self, condition: threading.Condition) -> None:
        self._condition = condition
        self.is_open = False

    def open(self) -> None:
        """Let everything pass that waits, and all that comes."""
        with self._condition:
            self.is_open = True
            self._condition.notify_all()


def ignore() -> Step:
    """Do nothing: no answer, no upgrade, no pong, no closing handshake; but read on."""
    return Step("silence", lambda _: None)


def pause_reading(gate: Gate) -> Step:
    """Stop reading until the gate opens, if ever, so that the client's writes block."""
    return Step("stall", lambda context: context.connection.pause_reading(gate))


def wait_for_gate(gate: Gate) -> Step:
    """Wait with the steps that follow until the gate opens; read on meanwhile."""
    return Step("after", lambda context: _wait_for_gate(context, gate), in_thread=True)


def delay(seconds: float) -> Step:
    """Wait with the steps that follow; read on meanwhile."""
    return Step(f"pause {seconds} s", lambda context: _wait(context, seconds), in_thread=True)


def batch(
    count: int,
    order: Callable[[list[StepContext]], Iterable[StepContext]] = reversed,
    *,
    then: Step | None = None,
    idle: float | None = None,
) -> Step:
    """Hold turns back until a connection has `count`, then take `then` for each, in `order`.

    With `idle`, fewer are released too when no other came for so many seconds. `order` gets the
    turns as they came: `reversed`, `iter`, or `lambda turns: random.sample(turns, len(turns))`.
    """
    batches: dict[Connection, list[StepContext]] = {}
    lock = threading.Lock()
    step = then or respond()

    def run(context: StepContext) -> None:
        with lock:
            turns = batches.setdefault(context.connection, [])
            turns.append(context)
            is_full = len(turns) >= count
        if is_full:
            release(context)
        elif idle is not None:
            context.connection.server.start_thread(lambda: release_when_idle(context, idle))

    def release_when_idle(context: StepContext, seconds: float) -> None:
        if not context.wait_until(lambda: not is_newest(context), seconds):
            release(context)

    def is_newest(context: StepContext) -> bool:
        with lock:
            return batches.get(context.connection, [])[-1:] == [context]

    def release(context: StepContext) -> None:
        with lock:
            turns = batches.pop(context.connection, [])
        for each in order(turns):
            step.run(each)

    return Step(f"hold {count}", run)


def _wait_for_gate(context: StepContext, gate: Gate) -> None:
    context.wait_until(lambda: gate.is_open)


def _wait(context: StepContext, seconds: float) -> None:
    context.wait_until(lambda: False, seconds)
