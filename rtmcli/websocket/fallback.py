"""Process all frames but unfragmented text with the protocol core of `websockets`.

The library is imported when the first such frame arrives; most short sessions have none.
"""

from collections.abc import Callable

from websockets.client import ClientProtocol
from websockets.exceptions import PayloadTooBig
from websockets.frames import Frame, Opcode
from websockets.protocol import State
from websockets.uri import WebSocketURI

from rtmcli.protocol import escaping
from rtmcli.websocket.frames import UNSUPPORTED_DATA, Close

_PLACEHOLDER_URI = WebSocketURI(secure=False, host="", port=80, path="", query="")


class FallbackReader:
    """Reads any frames; the first data must be the beginning of a frame."""

    def __init__(self, max_size: int, on_message: Callable[[bytes], None]) -> None:
        """Call `on_message` with each complete message of at most `max_size` bytes."""
        self._on_message = on_message
        self._fragments = bytearray()  # of an incomplete message
        self._protocol = ClientProtocol(_PLACEHOLDER_URI, state=State.OPEN, max_size=max_size)

    def feed(self, data: bytes) -> Close | None:
        """Process received data; return a `Close` if it ends the connection."""
        self._protocol.receive_data(data)
        for event in self._protocol.events_received():
            assert isinstance(event, Frame)  # the only other event is the handshake
            close_info = self._handle_frame(event)
            if close_info:
                return close_info
        error = self._protocol.parser_exc
        if isinstance(error, PayloadTooBig):
            return Close(1006, "", f"the message is too big: {error}")
        if error:
            return Close(1006, "", f"the server violated the WebSocket protocol: {error}")
        return None

    def frames_to_send(self) -> list[bytes]:
        """Return the encoded frames to send: pongs and close frames."""
        return [frame for frame in self._protocol.data_to_send() if frame]

    def _handle_frame(self, frame: Frame) -> Close | None:
        match frame.opcode:
            case Opcode.TEXT | Opcode.CONT:
                self._fragments += frame.data
                if frame.fin:
                    self._on_message(bytes(self._fragments))
                    self._fragments.clear()
            case Opcode.BINARY:
                # If a close frame followed in the same data, it is already answered.
                if self._protocol.state is State.OPEN:
                    self._protocol.send_close(UNSUPPORTED_DATA)
                return Close(1006, "", "the server sent a binary message")
            case Opcode.CLOSE:
                received = self._protocol.close_rcvd
                code, reason = (received.code, received.reason) if received else (1005, "")
                return Close(code, escaping.escape_text(reason))
            case _:
                pass
        return None
