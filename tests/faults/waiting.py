"""Steps that wait, and those that leave the client waiting."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from faults.answers import answer
from faults.turns import Step, Turn

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from faults.connection import Connection


class Gate:
    """A gate that the test opens: `server.on("get_archives", [after(gate), answer()])`."""

    def __init__(self, changed: threading.Condition) -> None:
        self._changed = changed
        self.is_open = False

    def open(self) -> None:
        """Let everything pass that waits, and all that comes."""
        with self._changed:
            self.is_open = True
            self._changed.notify_all()


def silence() -> Step:
    """Do nothing: no answer, no upgrade, no pong, no closing handshake; but read on."""
    return Step("silence", lambda _: None)


def stall(gate: Gate) -> Step:
    """Stop reading until the gate opens, if ever, so that the client's writes block."""
    return Step("stall", lambda turn: turn.connection.stall(gate))


def after(gate: Gate) -> Step:
    """Wait with the steps that follow until the gate opens; read on meanwhile."""
    return Step("after", lambda turn: _pass(turn, gate), waits=True)


def pause(seconds: float) -> Step:
    """Wait with the steps that follow; read on meanwhile."""
    return Step(f"pause {seconds} s", lambda turn: _rest(turn, seconds), waits=True)


def hold(
    count: int,
    order: Callable[[list[Turn]], Iterable[Turn]] = reversed,
    *,
    then: Step | None = None,
    idle: float | None = None,
) -> Step:
    """Hold turns back until a connection has `count`, then take `then` for each, in `order`.

    With `idle`, fewer are released too when no other came for so many seconds. `order` gets the
    turns as they came: `reversed`, `iter`, or `lambda turns: random.sample(turns, len(turns))`.
    """
    held: dict[Connection, list[Turn]] = {}
    holding = threading.Lock()
    last = then or answer()

    def run(turn: Turn) -> None:
        with holding:
            turns = held.setdefault(turn.connection, [])
            turns.append(turn)
            full = len(turns) >= count
        if full:
            release(turn)
        elif idle is not None:
            turn.connection.server.spawn(lambda: release_when_idle(turn, idle))

    def release_when_idle(turn: Turn, seconds: float) -> None:
        if not turn.until(lambda: not is_newest(turn), seconds):
            release(turn)

    def is_newest(turn: Turn) -> bool:
        with holding:
            return held.get(turn.connection, [])[-1:] == [turn]

    def release(turn: Turn) -> None:
        with holding:
            turns = held.pop(turn.connection, [])
        for each in order(turns):
            last.run(each)

    return Step(f"hold {count}", run)


def _pass(turn: Turn, gate: Gate) -> None:
    turn.until(lambda: gate.is_open)


def _rest(turn: Turn, seconds: float) -> None:
    turn.until(lambda: False, seconds)
