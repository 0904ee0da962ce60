"""The server side of a WebSocket, without I/O: bytes in, messages out, and vice versa.

The Sans-I/O core of websockets handles the handshake and uncommon frames. For speed, unfragmented
text frames, nearly all of the traffic, are parsed and encoded by `rtmcli.websocket`.
"""

from collections.abc import Callable, Collection
from http import HTTPStatus

# The C extension, if it is installed.
from websockets.frames import Frame, Opcode, apply_mask  # type: ignore[attr-defined]
from websockets.http11 import Request
from websockets.protocol import State
from websockets.server import ServerProtocol

from rtmcli.sandbox.server.loopback import is_loopback_authority
from rtmcli.websocket import frames
from rtmcli.websocket.frame_reader import FrameReader

_FORBIDDEN = (
    "Forbidden: Host, and Origin if it is sent, must name this machine, such as localhost or"
    " 127.0.0.1: web pages must not control the sandbox\n"
)


def _is_local_request(request: Request) -> bool:
    """Return whether a request is for this machine, and not from a web page of another one.

    A browser connects to loopback for any page, and also if the page's own host name is made to
    resolve to loopback.
    """
    hosts = request.headers.get_all("Host")
    origins = [each.partition("://")[2] for each in request.headers.get_all("Origin")]
    return len(hosts) == 1 and all(map(is_loopback_authority, hosts + origins))


class ServerWebSocket:
    """A WebSocket from its opening to its closing handshake."""

    def __init__(
        self,
        max_size: int,
        paths: Collection[str],
        on_text: Callable[[bytes], None],
        on_frame: Callable[[Frame], None],
        on_open: Callable[[str, str], None] = lambda *_: None,
        *,
        get_bad_request: Callable[[str, str], str] = lambda *_: "",
    ) -> None:
        """Serve these paths.

        `on_text` gets each unfragmented text message, `on_frame` every other frame, `on_open` the
        path and the query of the URL once messages can be sent. `get_bad_request` gets them before,
        and returns why to refuse them with HTTP 400, or an empty text.
        """
        self._paths = paths
        self._on_open = on_open
        self._get_bad_request = get_bad_request
        self._protocol = ServerProtocol(max_size=max_size)
        self._frame_reader = FrameReader(max_size, on_text, self._feed_protocol, apply_mask)
        self._on_frame = on_frame
        self._queued_frames: list[bytes] = []
        self.is_open = False  # whether messages can be sent

    @property
    def state(self) -> State:
        """Return the state of the connection."""
        return self._protocol.state

    def receive_data(self, data: bytes) -> None:
        """Process received data: any part of any number of frames."""
        if self._protocol.state is State.CONNECTING:
            data = self._read_handshake(data)
        if self.is_open:
            self._frame_reader.feed(data)
        else:  # only the closing handshake is still of interest
            self._feed_protocol(self._frame_reader.drain_buffer() + data)

    def receive_eof(self) -> None:
        """Process the end of the client's data."""
        self._protocol.receive_eof()
        self._collect_output()

    def send(self, message: bytes, opcode: Opcode = Opcode.TEXT) -> int:
        """Queue a message; return the number of queued frames. The WebSocket must be open."""
        self._queued_frames.append(frames.encode(opcode, message))
        return len(self._queued_frames)

    def close(self, code: int) -> None:
        """Start the closing handshake. The WebSocket must be open."""
        self._protocol.send_close(code)
        self._collect_output()

    def data_to_send(self) -> list[bytes]:
        """Return and clear the queued frames; b"" marks the end of output."""
        queued, self._queued_frames = self._queued_frames, []
        return queued

    def _read_handshake(self, data: bytes) -> bytes:
        """Pass the handshake to the core line by line; return the data after it."""
        position = 0
        while position < len(data) and self._protocol.state is State.CONNECTING:
            end = data.find(b"\n", position) + 1 or len(data)
            self._feed_protocol(data[position:end])
            position = end
        return data[position:]

    def _feed_protocol(self, data: bytes) -> bool:
        """Pass other data to the core; return whether to continue reading."""
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
        path, _, query = request.path.partition("?")
        if not _is_local_request(request):
            response = self._protocol.reject(HTTPStatus.FORBIDDEN, _FORBIDDEN)
        elif path not in self._paths:
            text = f"Not found: the sandbox serves {' and '.join(self._paths)}\n"
            response = self._protocol.reject(HTTPStatus.NOT_FOUND, text)
        elif problem := self._get_bad_request(path, query):
            response = self._protocol.reject(HTTPStatus.BAD_REQUEST, f"Bad request: {problem}\n")
        else:
            response = self._protocol.accept(request)
        self._protocol.send_response(response)
        self._collect_output()
        if self.is_open:
            self._on_open(path, query)

    def _collect_output(self) -> None:
        """Append the core's output to the queued frames, in order."""
        self._queued_frames += self._protocol.data_to_send()
        self.is_open = self._protocol.state is State.OPEN
