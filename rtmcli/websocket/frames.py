"""Frames that either side sends, by RFC 6455, section 5, and how a connection ends."""

from typing import NamedTuple

TEXT = 0x1
CLOSE = 0x8
PING = 0x9
NORMAL_CLOSURE = 1000  # close codes
UNSUPPORTED_DATA = 1003
INVALID_DATA = 1007
_FIN = 0x80
_MASK_BIT = 0x80
_MIN_16_BIT_LENGTH, _MIN_64_BIT_LENGTH = (
    126,
    1 << 16,
)  # from these sizes on the length takes two, or eight, further bytes


class Close(NamedTuple):
    """How a connection ended: a close code, or 1006 where there was no close frame."""

    code: int
    reason: str
    protocol_error: str = ""  # what the server did wrong, where it did


def encode(opcode: int, payload: bytes, masking_key: bytes = b"") -> bytes:
    """Write a whole message in one frame: masked with a key of four bytes, or bare.

    A client must mask each frame with a key that nobody can foretell; a server must not.
    """
    size, mask_bit = len(payload), _MASK_BIT if masking_key else 0
    if size < _MIN_16_BIT_LENGTH:
        header = bytes((_FIN | opcode, mask_bit | size))
    elif size < _MIN_64_BIT_LENGTH:
        header = bytes((_FIN | opcode, mask_bit | 126)) + size.to_bytes(2)
    else:
        header = bytes((_FIN | opcode, mask_bit | 127)) + size.to_bytes(8)
    if not masking_key:
        return header + payload
    mask = int.from_bytes((masking_key * (size // 4 + 1))[:size])
    return header + masking_key + (int.from_bytes(payload) ^ mask).to_bytes(size)
