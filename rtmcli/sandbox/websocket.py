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
from rtmcli.protocol import framing
from rtmcli.protocol.cutting import Cutter


class WebSocket:
    """A WebSocket from its handshake to its end."""

    def __init__(
        self, max_size: int, take: Callable[[bytes], None], take_frame: Callable[[Frame], None]
    ) -> None:
        """`take` gets a message in a text frame of its own, `take_frame` every other frame."""
        self._core = ServerProtocol(max_size=max_size)
        self._cutter = Cutter(max_size, take, self._pass, apply_mask)
        self._take_frame = take_frame
        self._writes: list[bytes] = []
        self.is_open = False  # may messages still be sent?

    @property
    def state(self) -> State:
        """Tell how far it is."""
        return self._core.state

    def receive(self, data: bytes) -> None:
        """Take what the client sent: any part of any number of frames."""
        if self._core.state is State.CONNECTING:
            data = self._shake_hands(data)
        if self.is_open:
            self._cutter.feed(data)
        else:  # the end of the handshake that closes it is all that counts
            self._pass(self._cutter.held() + data)

    def receive_eof(self) -> None:
        """Note that the client sends nothing more."""
        self._core.receive_eof()
        self._collect()

    def send(self, message: bytes, opcode: Opcode = Opcode.TEXT) -> int:
        """Send a message; it must be open. Return how many frames wait to be written."""
        self._writes.append(framing.frame(opcode, message))
        return len(self._writes)

    def close(self, code: int) -> None:
        """Begin the closing handshake; it must be open."""
        self._core.send_close(code)
        self._collect()

    def writes(self) -> list[bytes]:
        """Give what is to be written: frames, or b"" for the end of what we send."""
        writes, self._writes = self._writes, []
        return writes

    def _shake_hands(self, data: bytes) -> bytes:
        """Let the core read the handshake, line by line; return what stands behind it."""
        at = 0
        while at < len(data) and self._core.state is State.CONNECTING:
            end = data.find(b"\n", at) + 1 or len(data)
            self._pass(data[at:end])
            at = end
        return data[at:]

    def _pass(self, data: bytes) -> bool:
        """Let the core see what is no whole text frame; tell whether to go on."""
        self._core.receive_data(data)
        self._collect()
        for event in self._core.events_received():
            if isinstance(event, Frame):
                self._take_frame(event)
            else:
                assert isinstance(event, Request)
                self._answer(event)
        return self._core.close_rcvd is None and self._core.parser_exc is None

    def _answer(self, request: Request) -> None:
        path, _, _ = request.path.partition("?")
        if path == API.path:
            response = self._core.accept(request)
        else:
            text = f"There is nothing here: the endpoint is {API.path}\n"
            response = self._core.reject(HTTPStatus.NOT_FOUND, text)
        self._core.send_response(response)
        self._collect()

    def _collect(self) -> None:
        """Keep what the core writes in its place among what is written by hand."""
        self._writes += self._core.data_to_send()
        self.is_open = self._core.state is State.OPEN
