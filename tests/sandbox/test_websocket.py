"""The server's end of a WebSocket, spoken to in frames written by hand."""

import itertools

import pytest
from faults.frames import Opcode, encode
from websockets import frames
from websockets.protocol import State

from rtmcli.catalogue import API
from rtmcli.sandbox.websocket import WebSocket

HANDSHAKE = (
    f"GET {API.path} HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
).encode()
MASK = b"\x01\x80\xfem"


class Server:
    """A WebSocket that answers each message with itself."""

    def __init__(self) -> None:
        self.frames: list[int] = []  # the opcodes of those that are no whole text
        self.socket = WebSocket(1 << 20, self.answer, self.take_frame)

    def answer(self, message: bytes) -> None:
        """Send the message back."""
        if self.socket.is_open:
            self.socket.send(message)

    def take_frame(self, frame: frames.Frame) -> None:
        """Note a frame."""
        self.frames.append(frame.opcode)

    def hear(self, *chunks: bytes) -> list[bytes]:
        """Receive one chunk after the other; return what is to be written, frame by frame."""
        for chunk in chunks:
            self.socket.receive(chunk)
        return self.socket.writes()


@pytest.fixture
def server() -> Server:
    """Make a server that has shaken hands."""
    one = Server()
    [response] = one.hear(HANDSHAKE)
    assert response.startswith(b"HTTP/1.1 101 ")
    return one


def text(message: bytes) -> bytes:
    """Write a client's message."""
    return encode(Opcode.TEXT, message, mask=MASK)


@pytest.mark.parametrize("size", [0, 1, 125, 126, 65_535, 65_536, 200_000])
def test_a_message_of_any_length_comes_in_and_goes_out(server: Server, size: int) -> None:
    """Its mask is taken off, and it leaves in one frame without any."""
    message = b"\xc3\xa4" * (size // 2) + b"x" * (size % 2)
    assert server.hear(text(message)) == [encode(Opcode.TEXT, message)]


def test_binary_messages_go_out_as_such(server: Server) -> None:
    """The opcode is the one that was asked for; the number of waiting frames comes back."""
    assert server.socket.send(b"a") == 1
    assert server.socket.send(b"\xff", frames.Opcode.BINARY) == 2
    assert server.socket.writes() == [encode(Opcode.TEXT, b"a"), encode(Opcode.BINARY, b"\xff")]


def test_frames_may_follow_the_handshake_at_once() -> None:
    """Wherever the bytes are cut, what stands behind the handshake is taken."""
    data = HANDSHAKE + text(b"one") + text(b"two")
    for cut in range(1, len(data)):
        written = Server().hear(data[:cut], data[cut:])
        assert written[1:] == [encode(Opcode.TEXT, b"one"), encode(Opcode.TEXT, b"two")]


def test_a_pong_keeps_its_place_among_the_answers(server: Server) -> None:
    """What the core writes leaves in the order of what caused it."""
    ping = encode(Opcode.PING, b"?", mask=MASK)
    assert server.hear(text(b"a") + ping + text(b"b")) == [
        encode(Opcode.TEXT, b"a"),
        encode(Opcode.PONG, b"?"),
        encode(Opcode.TEXT, b"b"),
    ]
    assert server.frames == [Opcode.PING]


def test_the_clients_close_ends_it(server: Server) -> None:
    """The close is answered, what follows it is not read, and nothing more may be sent."""
    close = encode(Opcode.CLOSE, b"\x03\xe8", mask=MASK)
    written = server.hear(text(b"a") + close + text(b"late"), text(b"later"))
    assert written == [encode(Opcode.TEXT, b"a"), encode(Opcode.CLOSE, b"\x03\xe8"), b""]
    assert not server.socket.is_open


def test_our_close_waits_for_the_clients() -> None:
    """The client's close is found behind whatever it had sent before, cut anywhere."""
    close = encode(Opcode.CLOSE, b"\x03\xe8", mask=MASK)
    data = text(b"on its way") + encode(Opcode.PING, mask=MASK) + close
    for start, cut in itertools.product((0, 5), range(6, len(data))):
        one = Server()
        one.hear(HANDSHAKE, data[:start])
        one.socket.close(1001)
        assert one.socket.writes() == [encode(Opcode.CLOSE, b"\x03\xe9")]
        assert one.hear(data[start:cut], data[cut:]) == [encode(Opcode.PONG), b""]


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        (b"\x81\x00", 1002),
        (encode(Opcode.TEXT, b"compressed", rsv=4, mask=MASK), 1002),
        (encode(Opcode.TEXT, mask=MASK, length=1 << 21), 1009),
    ],
    ids=["not masked", "reserved bit", "too long"],
)
def test_a_breach_of_the_protocol_ends_it(server: Server, frame: bytes, code: int) -> None:
    """The close says which kind of breach, and what follows is not read."""
    close, end = server.hear(frame, text(b"late"))
    assert (close[:1], close[2:4], end) == (b"\x88", code.to_bytes(2), b"")


def test_elsewhere_there_is_nothing() -> None:
    """Another path is not found, and whatever else comes then is not read."""
    one = Server()
    response, end = one.hear(HANDSHAKE.replace(API.path.encode(), b"/"), b"\n\n", text(b"late"))
    assert response.startswith(b"HTTP/1.1 404 ")
    assert API.path.encode() in response
    assert (end, one.socket.state, one.frames) == (b"", State.CONNECTING, [])


def test_the_end_of_the_stream_ends_it(server: Server) -> None:
    """A client that goes without a close is not answered any more."""
    server.socket.receive_eof()
    assert not server.socket.is_open
    assert server.socket.writes() == [b""]
