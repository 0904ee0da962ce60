"""Steps that wait, and those that leave the client waiting."""

import contextlib
import threading
from collections.abc import Callable, Iterable

from faults.answers import answer
from faults.listener import Over
from faults.turns import Step, Turn


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


def stall(gate: Gate | None = None) -> Step:
    """Stop reading until the gate opens, or for good, so that the client's writes block."""
    return Step("stall", lambda turn: _pass(turn, gate))


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
    """Hold turns back until there are `count`, then take the step `then` for each, in `order`.

    With `idle`, fewer are released too when no other came for so many seconds. `order` gets the
    turns as they came: `reversed`, `iter`, or `lambda turns: random.sample(turns, len(turns))`.
    """
    held: list[Turn] = []
    holding = threading.Lock()
    last = then or answer()

    def run(turn: Turn) -> None:
        with holding:
            held.append(turn)
            size = len(held)
        if size >= count:
            release()
        elif idle is not None:
            turn.connection.server.spawn(lambda: release_when_idle(turn, idle))

    def release_when_idle(turn: Turn, seconds: float) -> None:
        if not turn.until(lambda: not held or held[-1] is not turn, seconds):
            release()

    def release() -> None:
        with holding:
            turns = held[:]
            held.clear()
        for turn in order(turns):
            with contextlib.suppress(Over, OSError):  # a connection that ended meanwhile
                last.run(turn)

    return Step(f"hold {count}", run)


def _pass(turn: Turn, gate: Gate | None) -> None:
    turn.until(lambda: gate is not None and gate.is_open)


def _rest(turn: Turn, seconds: float) -> None:
    turn.until(lambda: False, seconds)
