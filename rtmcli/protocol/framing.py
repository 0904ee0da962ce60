"""Frames that either side sends, by RFC 6455, section 5, and how a connection ends."""

from rtmcli.row import Row

TEXT = 0x1
CLOSE = 0x8
PING = 0x9
NORMAL = 1000  # close codes
BAD_DATA = 1003
INCONSISTENT_DATA = 1007
_FINAL = 0x80
_MASKED = 0x80
_SHORT, _LONG = 126, 1 << 16  # from these sizes on the length takes two, or eight, further bytes


class Closing(Row):
    """How a connection ended: a close code, or 1006 where there was no close frame."""

    code: int
    reason: str
    fault: str = ""  # what the server did wrong, where it did


def frame(opcode: int, payload: bytes, key: bytes = b"") -> bytes:
    """Write a whole message in one frame: masked with a key of four bytes, or bare.

    A client must mask each frame with a key that nobody can foretell; a server must not.
    """
    size, masked = len(payload), _MASKED if key else 0
    if size < _SHORT:
        head = bytes((_FINAL | opcode, masked | size))
    elif size < _LONG:
        head = bytes((_FINAL | opcode, masked | 126)) + size.to_bytes(2)
    else:
        head = bytes((_FINAL | opcode, masked | 127)) + size.to_bytes(8)
    if not key:
        return head + payload
    mask = int.from_bytes((key * (size // 4 + 1))[:size])
    return head + key + (int.from_bytes(payload) ^ mask).to_bytes(size)
