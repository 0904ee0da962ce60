"""Steps below the API: invalid frames, unusual framing, and ways to end a connection."""

from typing import Literal

from support.fault_server import frames
from support.fault_server.frames import Opcode
from support.fault_server.script import Chunking, Step, StepContext

TcpClose = Literal["rst", "fin"]


def raw(data: bytes) -> Step:
    """Write raw bytes."""
    return Step("raw", lambda context: context.write(data))


def text(data: str | bytes) -> Step:
    """Send a text message; bytes need not be UTF-8."""
    payload = data.encode() if isinstance(data, str) else data
    return Step("text", lambda context: context.send(Opcode.TEXT, payload))


def binary(data: bytes) -> Step:
    """Send a binary message."""
    return Step("binary", lambda context: context.send(Opcode.BINARY, data))


def frame(
    opcode: int,
    payload: bytes = b"",
    *,
    fin: bool = True,
    rsv: int = 0,
    mask: bytes | None = None,
    claimed_length: int | None = None,
) -> Step:
    """Send one frame, valid or not: reserved opcode or bits, masked, with a wrong length."""
    return raw(
        frames.encode(opcode, payload, fin=fin, rsv=rsv, mask=mask, claimed_length=claimed_length)
    )


def pings(count: int = 1, payload: bytes = b"") -> Step:
    """Send ping frames."""
    return raw(frames.encode(Opcode.PING, payload) * count)


def pongs(count: int = 1, payload: bytes = b"") -> Step:
    """Send unsolicited pong frames."""
    return raw(frames.encode(Opcode.PONG, payload) * count)


def compression_bomb(size: int) -> Step:
    """Send a small compressed message of `size` spaces; requires `upgrade(deflate=True)`."""
    return frame(Opcode.TEXT, frames.compression_bomb(size), rsv=4)


def fragmented(step: Step, *, size: int = 1, between: bytes = b"") -> Step:
    """Run a step with its messages fragmented into `size` bytes, and the bytes `between` them."""

    def encode_fragmented(opcode: int, payload: bytes) -> bytes:
        return frames.encode_fragmented(opcode, payload, size=size, between=between)

    return Step(
        f"fragmented {step.name}",
        lambda context: step.run(context._replace(encode_message=encode_fragmented)),
    )


def dripped(step: Step, *, size: int = 1, interval: float = 1.0) -> Step:
    """Run a step that writes `size` bytes at once, every `interval` seconds."""
    chunking = Chunking(size, interval)
    return Step(
        f"dripped {step.name}",
        lambda context: step.run(context._replace(chunking=chunking)),
        in_thread=True,
    )


def close(
    code: int | None = 1000,
    reason: str | bytes = "",
    *,
    then: Literal["wait", "rst", "fin", "hang"] = "wait",
) -> Step:
    """Send a close frame; if `code` is None it is empty, which the client reports as 1005.

    Then wait for the client's close frame and end; or end at once; or read on and never end.
    """
    encoded_reason = reason.encode() if isinstance(reason, str) else reason
    payload = b"" if code is None else code.to_bytes(2) + encoded_reason

    def run(context: StepContext) -> None:
        context.connection.send_close(payload, ignore_reply=then == "hang")
        if then in {"rst", "fin"}:
            context.connection.stream.request_end(then)

    return Step(f"close {code}", run)


def drop(how: TcpClose = "rst") -> Step:
    """End the TCP connection without a close frame, which the client reports as 1006."""
    return Step(f"drop by {how}", lambda context: context.connection.stream.request_end(how))
