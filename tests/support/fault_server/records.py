"""Records of the fault server; times are seconds of the monotonic clock."""

from enum import Enum
from typing import Any, NamedTuple

from support.fault_server.frames import Frame, Opcode


class ConnectionEvent(Enum):
    """A trigger that is not a request."""

    CONNECT = "a TCP connection was accepted; nothing is read, TLS has not begun"
    HANDSHAKE = "the HTTP request for the upgrade was read"
    PING = "a ping frame was received"
    CLOSE = "a close frame was received"


class Handshake(NamedTuple):
    """The HTTP request of one connection; header names are in lower case."""

    connection: int
    received_at: float
    target: str
    headers: dict[str, str]


class Request(NamedTuple):
    """One request of a client; `number` counts from 1, `message` is the object on the wire."""

    number: int
    connection: int
    received_at: float
    action: str
    payload: Any
    request_id: Any
    message: dict[str, Any]


class ReceivedFrame(NamedTuple):
    """One frame of a client."""

    connection: int
    received_at: float
    frame: Frame

    @property
    def opcode(self) -> int:
        """Return the frame's opcode."""
        return self.frame.opcode

    @property
    def payload(self) -> bytes:
        """Return the frame's payload, unmasked."""
        return self.frame.payload

    @property
    def close_code(self) -> int | None:
        """Return the code of a close frame, if any."""
        if self.opcode != Opcode.CLOSE or len(self.payload) < 2:
            return None
        return int.from_bytes(self.payload[:2])
