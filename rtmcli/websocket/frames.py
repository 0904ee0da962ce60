"""Encode frames (RFC 6455, section 5), and describe the end of a connection."""

from typing import NamedTuple

TEXT = 0x1
CLOSE = 0x8
PING = 0x9
PONG = 0xA
NORMAL_CLOSURE = 1000  # close codes
UNSUPPORTED_DATA = 1003
INVALID_DATA = 1007
_FIN = 0x80
_OPCODE_MASK = 0x0F
_MASK_BIT = 0x80
_MIN_16_BIT_LENGTH = 126  # from this size on, the length is in two more bytes
_MIN_64_BIT_LENGTH = 1 << 16  # and from this size on, in eight


class Close(NamedTuple):
    """How a connection ended: the close code, or 1006 if there was no close frame."""

    code: int
    reason: str
    protocol_error: str = ""  # what the server did wrong, if anything


def opcode_of(frame: bytes) -> int:
    """Return the opcode of an encoded frame."""
    return frame[0] & _OPCODE_MASK


def encode(opcode: int, payload: bytes, masking_key: bytes = b"") -> bytes:
    """Encode a message as one frame, masked if a key of four bytes is given.

    A client must mask each frame with an unpredictable key; a server must not mask.
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
