"""Encode and decode frames of RFC 6455, without enforcing its rules."""

import base64
import hashlib
import zlib
from collections.abc import Callable
from enum import IntEnum
from typing import NamedTuple

GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
SYNC_FLUSH_TAIL = b"\x00\x00\xff\xff"  # RFC 7692 removes these four bytes from every message


class Opcode(IntEnum):
    """The opcodes of RFC 6455, section 5.2."""

    CONTINUATION = 0
    TEXT = 1
    BINARY = 2
    CLOSE = 8
    PING = 9
    PONG = 10


class Frame(NamedTuple):
    """One frame as received; `rsv` holds the three reserved bits (RSV1 is 4)."""

    opcode: int
    payload: bytes
    fin: bool = True
    rsv: int = 0
    masked: bool = True


def accept_key(key: str) -> str:
    """Return the value of `Sec-WebSocket-Accept` for `key`."""
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
    """Encode a frame; a server sends no `mask`; `claimed_length` may be a wrong length."""
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
    """Encode a message as frames of `size` bytes, separated by the bytes `between`."""
    parts = [payload[start : start + size] for start in range(0, len(payload), size)] or [b""]
    last = len(parts) - 1
    return between.join(
        encode(Opcode.CONTINUATION if index else opcode, part, fin=index == last)
        for index, part in enumerate(parts)
    )


def read(read_exactly: Callable[[int], bytes]) -> Frame:
    """Read one frame; `read_exactly` returns exactly as many bytes as requested."""
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
    """Return the rule of RFC 6455 that a client's frame violates, or ""."""
    is_control = frame.opcode >= Opcode.CLOSE
    size = len(frame.payload)
    compressed = deflate and frame.rsv == 4 and not is_control
    rules = {
        "a client must mask its frames": frame.masked,
        "reserved bits need an extension": frame.rsv == 0 or compressed,
        "the opcode must be known": frame.opcode in tuple(Opcode),
        "a control frame must not be fragmented": frame.fin or not is_control,
        "a control frame has at most 125 bytes": size <= 125 or not is_control,
        "a close frame has a code or no payload": frame.opcode != Opcode.CLOSE or size != 1,
    }
    return next((rule for rule, is_met in rules.items() if not is_met), "")


def inflate(payload: bytes) -> bytes:
    """Decompress a complete message (RFC 7692, without context takeover)."""
    return zlib.decompressobj(wbits=-15).decompress(payload + SYNC_FLUSH_TAIL)


def compression_bomb(size: int) -> bytes:
    """Compress `size` spaces, a multiple of 1 MiB, without holding them in memory."""
    compressor = zlib.compressobj(level=9, wbits=-15)
    mebibyte = compressor.compress(b" " * (1 << 20)) + compressor.flush(zlib.Z_FULL_FLUSH)
    return (mebibyte * (size >> 20)).removesuffix(SYNC_FLUSH_TAIL)
