"""Steps below the protocol: odd frames, odd framing, and the ways a connection may end."""

from typing import Literal

from faults import frames
from faults.frames import Opcode
from faults.turns import Pace, Step, Turn

Ending = Literal["rst", "fin"]


def raw(data: bytes) -> Step:
    """Write bytes as they are."""
    return Step("raw", lambda turn: turn.write(data))


def text(data: str | bytes) -> Step:
    """Send a text message; bytes need not be UTF-8."""
    payload = data.encode() if isinstance(data, str) else data
    return Step("text", lambda turn: turn.send(Opcode.TEXT, payload))


def binary(data: bytes) -> Step:
    """Send a binary message."""
    return Step("binary", lambda turn: turn.send(Opcode.BINARY, data))


def frame(
    opcode: int,
    payload: bytes = b"",
    *,
    fin: bool = True,
    rsv: int = 0,
    mask: bytes | None = None,
    length: int | None = None,
) -> Step:
    """Send one frame, lawful or not: reserved opcode or bits, masked, with a false length."""
    return raw(frames.encode(opcode, payload, fin=fin, rsv=rsv, mask=mask, length=length))


def pings(count: int = 1, payload: bytes = b"") -> Step:
    """Send ping frames."""
    return raw(frames.encode(Opcode.PING, payload) * count)


def pongs(count: int = 1, payload: bytes = b"") -> Step:
    """Send pong frames nobody asked for."""
    return raw(frames.encode(Opcode.PONG, payload) * count)


def bomb(size: int) -> Step:
    """Send a small compressed message of `size` blanks; wants `upgrade(deflate=True)`."""
    return frame(Opcode.TEXT, frames.bomb(size), rsv=4)


def fragmented(step: Step, *, size: int = 1, between: bytes = b"") -> Step:
    """Take a step, its messages cut into frames of `size` bytes, with the bytes `between`."""

    def cut(opcode: int, payload: bytes) -> bytes:
        return frames.fragments(opcode, payload, size=size, between=between)

    return Step(f"fragmented {step.name}", lambda turn: step.run(turn._replace(framing=cut)))


def dripped(step: Step, *, size: int = 1, pause: float = 1.0) -> Step:
    """Take a step, its bytes dripped: `size` at once, then a pause of so many seconds."""
    pace = Pace(size, pause)
    return Step(f"dripped {step.name}", lambda turn: step.run(turn._replace(pace=pace)), waits=True)


def close(
    code: int | None = 1000,
    reason: str | bytes = "",
    *,
    then: Literal["wait", "rst", "fin", "hang"] = "wait",
) -> Step:
    """Send a close frame, empty where `code` is None, which the client reads as 1005.

    Then wait for the client's and end; or end at once; or hang: read on and never end.
    """
    words = reason.encode() if isinstance(reason, str) else reason
    payload = b"" if code is None else code.to_bytes(2) + words

    def run(turn: Turn) -> None:
        turn.connection.say_close(payload, hang=then == "hang")
        if then in {"rst", "fin"}:
            turn.connection.stream.end(then)

    return Step(f"close {code}", run)


def drop(how: Ending = "rst") -> Step:
    """End the TCP connection with an RST or a FIN and no close frame, which reads as 1006."""
    return Step(f"drop by {how}", lambda turn: turn.connection.stream.end(how))
