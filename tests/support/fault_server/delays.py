"""Steps that wait, and steps that make the client wait."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from support.fault_server.responses import respond
from support.fault_server.script import Step, StepContext

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from support.fault_server.connection import Connection


class Gate:
    """A gate that the test opens: `server.on("get_archives", [wait_for_gate(gate), respond()])`."""

    def __init__(self, condition: threading.Condition) -> None:
        self._condition = condition
        self.is_open = False

    def open(self) -> None:
        """Open the gate for all current and future waits."""
        with self._condition:
            self.is_open = True
            self._condition.notify_all()


def ignore() -> Step:
    """Send nothing: no response, upgrade, pong or close frame; but continue reading."""
    return Step("ignore", lambda _: None)


def pause_reading(gate: Gate) -> Step:
    """Stop reading until the gate opens, if ever, so that the client's writes block."""
    return Step("pause reading", lambda context: context.connection.pause_reading(gate))


def wait_for_gate(gate: Gate) -> Step:
    """Delay the following steps until the gate opens; continue reading meanwhile."""
    return Step("wait for gate", lambda context: _wait_for_gate(context, gate), in_thread=True)


def delay(seconds: float) -> Step:
    """Delay the following steps; continue reading meanwhile."""
    return Step(f"delay {seconds} s", lambda context: _wait(context, seconds), in_thread=True)


def batch(
    count: int,
    order: Callable[[list[StepContext]], Iterable[StepContext]] = reversed,
    *,
    then: Step | None = None,
    idle: float | None = None,
) -> Step:
    """Hold requests until a connection has `count` of them, then run `then` for each, in `order`.

    With `idle`, fewer requests are released if no other arrives within that many seconds. `order`
    gets the contexts in order of arrival: `reversed`, `iter`, or `lambda contexts: …`.
    """
    batches: dict[Connection, list[StepContext]] = {}
    lock = threading.Lock()
    step = then or respond()

    def run(context: StepContext) -> None:
        with lock:
            waiting = batches.setdefault(context.connection, [])
            waiting.append(context)
            is_full = len(waiting) >= count
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
            waiting = batches.pop(context.connection, [])
        for each in order(waiting):
            step.run(each)

    return Step(f"batch {count}", run)


def _wait_for_gate(context: StepContext, gate: Gate) -> None:
    context.wait_until(lambda: gate.is_open)


def _wait(context: StepContext, seconds: float) -> None:
    context.wait_until(lambda: False, seconds)
