"""The server's end of a WebSocket, without its socket: bytes in, messages out, and back again.

The Sans-I/O core of websockets speaks the protocol. Whole text frames, which are nearly all there
is, are cut out of what comes and written by hand: the core is ready for anything, and pays for it.
"""

from collections.abc import Callable
from http import HTTPStatus

# The fast one, where it was built.
from websockets.frames import Frame, Opcode, apply_mask  # type: ignore[attr-defined]
from websockets.http11 import Request
from websockets.protocol import State
from websockets.server import ServerProtocol

from rtmcli.catalogue import API
from rtmcli.websocket import frames
from rtmcli.websocket.frame_reader import FrameReader


class ServerWebSocket:
    """A WebSocket from its handshake to its end."""

    def __init__(
        self, max_size: int, on_text: Callable[[bytes], None], on_frame: Callable[[Frame], None]
    ) -> None:
        """`take` gets a message in a text frame of its own, `take_frame` every other frame."""
        self._protocol = ServerProtocol(max_size=max_size)
        self._frame_reader = FrameReader(max_size, on_text, self._feed_protocol, apply_mask)
        self._on_frame = on_frame
        self._queued_frames: list[bytes] = []
        self.is_open = False  # may messages still be sent?

    @property
    def state(self) -> State:
        """Tell how far it is."""
        return self._protocol.state

    def receive_data(self, data: bytes) -> None:
        """Take what the client sent: any part of any number of frames."""
        if self._protocol.state is State.CONNECTING:
            data = self._read_handshake(data)
        if self.is_open:
            self._frame_reader.feed(data)
        else:  # the end of the handshake that closes it is all that counts
            self._feed_protocol(self._frame_reader.drain_buffer() + data)

    def receive_eof(self) -> None:
        """Note that the client sends nothing more."""
        self._protocol.receive_eof()
        self._collect_output()

    def send(self, message: bytes, opcode: Opcode = Opcode.TEXT) -> int:
        """Send a message; it must be open. Return how many frames wait to be written."""
        self._queued_frames.append(frames.encode(opcode, message))
        return len(self._queued_frames)

    def close(self, code: int) -> None:
        """Begin the closing handshake; it must be open."""
        self._protocol.send_close(code)
        self._collect_output()

    def data_to_send(self) -> list[bytes]:
        """Give what is to be written: frames, or b"" for the end of what we send."""
        queued, self._queued_frames = self._queued_frames, []
        return queued

    def _read_handshake(self, data: bytes) -> bytes:
        """Let the core read the handshake, line by line; return what stands behind it."""
        position = 0
        while position < len(data) and self._protocol.state is State.CONNECTING:
            end = data.find(b"\n", position) + 1 or len(data)
            self._feed_protocol(data[position:end])
            position = end
        return data[position:]

    def _feed_protocol(self, data: bytes) -> bool:
        """Let the core see what is no whole text frame; tell whether to go on."""
        self._protocol.receive_data(data)
        self._collect_output()
        for event in self._protocol.events_received():
            if isinstance(event, Frame):
                self._on_frame(event)
            else:
                assert isinstance(event, Request)
                self._answer_handshake(event)
        return self._protocol.close_rcvd is None and self._protocol.parser_exc is None

    def _answer_handshake(self, request: Request) -> None:
        path, _, _ = request.path.partition("?")
        if path == API.path:
            response = self._protocol.accept(request)
        else:
            text = f"There is nothing here: the endpoint is {API.path}\n"
            response = self._protocol.reject(HTTPStatus.NOT_FOUND, text)
        self._protocol.send_response(response)
        self._collect_output()

    def _collect_output(self) -> None:
        """Keep what the core writes in its place among what is written by hand."""
        self._queued_frames += self._protocol.data_to_send()
        self.is_open = self._protocol.state is State.OPEN
