"""What the fault server saw, as rows; times are seconds of the monotonic clock."""

from enum import Enum
from typing import Any, NamedTuple

from support.fault_server.frames import Frame, Opcode


class ConnectionEvent(Enum):
    """An occasion to act that is not a request."""

    CONNECT = "a TCP connection was accepted; nothing is read, TLS has not begun"
    HANDSHAKE = "the HTTP request for the upgrade was read"
    PING = "a ping frame came"
    CLOSE = "a close frame came"


class Handshake(NamedTuple):
    """The HTTP request of one connection; the names of the headers are in lower case."""

    connection: int
    received_at: float
    target: str
    headers: dict[str, str]


class Request(NamedTuple):
    """One request of the client, the server's `number`th; `message` is the object on the wire."""

    number: int
    connection: int
    received_at: float
    action: str
    payload: Any
    request_id: Any
    message: dict[str, Any]


class ReceivedFrame(NamedTuple):
    """One frame of the client."""

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
        """Return the code of a close frame that has one."""
        if self.opcode != Opcode.CLOSE or len(self.payload) < 2:
            return None
        return int.from_bytes(self.payload[:2])
