"""RFC 6455 on the wire: frames written and read in plain sight.

Nothing here declines to write what the RFC forbids, for a fault server must be able to.
"""

import base64
import hashlib
import zlib
from collections.abc import Callable
from enum import IntEnum
from typing import NamedTuple

GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
SYNC_FLUSH_TAIL = b"\x00\x00\xff\xff"  # RFC 7692 cuts these four bytes off the end of every message


class Opcode(IntEnum):
    """The opcodes of RFC 6455, section 5.2."""

    CONTINUATION = 0
    TEXT = 1
    BINARY = 2
    CLOSE = 8
    PING = 9
    PONG = 10


class Frame(NamedTuple):
    """One frame as it was read; `rsv` holds the three reserved bits, RSV1 being 4."""

    opcode: int
    payload: bytes
    fin: bool = True
    rsv: int = 0
    masked: bool = True


def accept_key(key: str) -> str:
    """Return the `Sec-WebSocket-Accept` that proves the reading of `key`."""
    digest = hashlib.sha1(key.encode("latin-1") + GUID, usedforsecurity=False).digest()
    return base64.b64encode(digest).decode("ascii")


def apply_mask(data: bytes, mask: bytes) -> bytes:
    """Mask or unmask `data` with the four bytes of `mask`."""
    repeated_mask = (mask * (len(data) // 4 + 1))[: len(data)]
    return (int.from_bytes(data) ^ int.from_bytes(repeated_mask)).to_bytes(len(data))


def encode(
    opcode: int,
    payload: bytes = b"",
    *,
    fin: bool = True,
    rsv: int = 0,
    mask: bytes | None = None,
    claimed_length: int | None = None,
) -> bytes:
    """Write a frame; a server's has no `mask`, and `length` may claim what the payload is not."""
    size = len(payload) if claimed_length is None else claimed_length
    masked = 0 if mask is None else 0x80
    head = bytes([(0x80 if fin else 0) | rsv << 4 | opcode])
    if size < 126:
        head += bytes([masked | size])
    elif size < 1 << 16:
        head += bytes([masked | 126]) + size.to_bytes(2)
    else:
        head += bytes([masked | 127]) + size.to_bytes(8)
    return head + payload if mask is None else head + mask + apply_mask(payload, mask)


def encode_fragmented(opcode: int, payload: bytes, *, size: int, between: bytes = b"") -> bytes:
    """Write a message in frames of `size` bytes, with the bytes `between` among them."""
    parts = [payload[start : start + size] for start in range(0, len(payload), size)] or [b""]
    last = len(parts) - 1
    return between.join(
        encode(Opcode.CONTINUATION if index else opcode, part, fin=index == last)
        for index, part in enumerate(parts)
    )


def read(read_exactly: Callable[[int], bytes]) -> Frame:
    """Read one frame from `exactly`, which returns as many bytes as it is asked for."""
    first, second = read_exactly(2)
    size = second & 0x7F
    if size >= 126:
        size = int.from_bytes(read_exactly(2 if size == 126 else 8))
    mask = read_exactly(4) if second & 0x80 else None
    payload = read_exactly(size)
    return Frame(
        opcode=first & 0x0F,
        payload=payload if mask is None else apply_mask(payload, mask),
        fin=bool(first & 0x80),
        rsv=first >> 4 & 7,
        masked=mask is not None,
    )


def violation(frame: Frame, *, deflate: bool = False) -> str:
    """Return the law of RFC 6455 that a client's frame breaks, or nothing."""
    is_control = frame.opcode >= Opcode.CLOSE
    size = len(frame.payload)
    compressed = deflate and frame.rsv == 4 and not is_control
    rules = {
        "a client's frame is masked": frame.masked,
        "reserved bits need an extension": frame.rsv == 0 or compressed,
        "the opcode is known": frame.opcode in tuple(Opcode),
        "a control frame is whole": frame.fin or not is_control,
        "a control frame holds at most 125 bytes": size <= 125 or not is_control,
        "a close frame holds a code or nothing": frame.opcode != Opcode.CLOSE or size != 1,
    }
    return next((law for law, kept in rules.items() if not kept), "")


def inflate(payload: bytes) -> bytes:
    """Undo RFC 7692 on one whole message of a client without context takeover."""
    return zlib.decompressobj(wbits=-15).decompress(payload + SYNC_FLUSH_TAIL)


def compression_bomb(size: int) -> bytes:
    """Compress `size` blanks, in whole MiB, without ever holding them."""
    compressor = zlib.compressobj(level=9, wbits=-15)
    mebibyte = compressor.compress(b" " * (1 << 20)) + compressor.flush(zlib.Z_FULL_FLUSH)
    return (mebibyte * (size >> 20)).removesuffix(SYNC_FLUSH_TAIL)
