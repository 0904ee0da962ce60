"""What the protocol core of `websockets` decides: every frame that is no whole text.

It is loaded with the first such frame, which in a short session never comes.
"""

from collections.abc import Callable

from websockets.client import ClientProtocol
from websockets.exceptions import PayloadTooBig
from websockets.frames import Frame, Opcode
from websockets.protocol import State
from websockets.uri import WebSocketURI

from rtmcli.protocol import escaping
from rtmcli.protocol.framing import BAD_DATA, Closing

_ANYWHERE = WebSocketURI(secure=False, host="", port=80, path="", query="")


class Core:
    """Reads frames of any kind; it begins where a frame does."""

    def __init__(self, max_size: int, take: Callable[[bytes], None]) -> None:
        """`take` gets whole messages, of at most `max_size` bytes."""
        self._take = take
        self._parts = bytearray()  # of a message in several frames
        self._protocol = ClientProtocol(_ANYWHERE, state=State.OPEN, max_size=max_size)

    def feed(self, data: bytes) -> Closing | None:
        """Take what has come; return how the connection ended, where it has."""
        self._protocol.receive_data(data)
        for event in self._protocol.events_received():
            assert isinstance(event, Frame)  # the handshake, the other event, is over
            closing = self._read(event)
            if closing:
                return closing
        error = self._protocol.parser_exc
        if isinstance(error, PayloadTooBig):
            return Closing(1006, "", f"the message is too big: {error}")
        if error:
            return Closing(1006, "", f"the server broke the WebSocket protocol: {error}")
        return None

    def replies(self) -> bytes:
        """Return what is to be sent: pongs, and the answer to a goodbye or a breach."""
        return b"".join(self._protocol.data_to_send())

    def _read(self, frame: Frame) -> Closing | None:
        match frame.opcode:
            case Opcode.TEXT | Opcode.CONT:
                self._parts += frame.data
                if frame.fin:
                    self._take(bytes(self._parts))
                    self._parts.clear()
            case Opcode.BINARY:
                # A goodbye right behind it has been answered: then no other one may be sent.
                if self._protocol.state is State.OPEN:
                    self._protocol.send_close(BAD_DATA)
                return Closing(1006, "", "the server sent a binary message")
            case Opcode.CLOSE:
                received = self._protocol.close_rcvd
                code, reason = (received.code, received.reason) if received else (1005, "")
                return Closing(code, escaping.in_text(reason))
            case _:
                pass
        return None
