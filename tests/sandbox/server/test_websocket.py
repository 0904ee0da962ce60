"""The server side of a WebSocket, tested with hand-written frames."""

import itertools

import pytest
from support.fault_server.frames import Opcode, encode
from websockets import frames
from websockets.protocol import State

from rtmcli.catalogue.v3_0 import API
from rtmcli.sandbox.server.websocket import ServerWebSocket

HANDSHAKE = (
    f"GET {API.path} HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
).encode()
MASK = b"\x01\x80\xfem"


class EchoServer:
    """A WebSocket that echoes each message."""

    def __init__(self) -> None:
        self.other_opcodes: list[int] = []  # of frames other than unfragmented text
        self.websocket = ServerWebSocket(1 << 20, (API.path,), self.on_text, self.on_frame)

    def on_text(self, message: bytes) -> None:
        """Send the message back."""
        if self.websocket.is_open:
            self.websocket.send(message)

    def on_frame(self, frame: frames.Frame) -> None:
        """Record the opcode of a frame."""
        self.other_opcodes.append(frame.opcode)

    def feed(self, *chunks: bytes) -> list[bytes]:
        """Receive chunks; return the queued frames."""
        for chunk in chunks:
            self.websocket.receive_data(chunk)
        return self.websocket.data_to_send()


@pytest.fixture
def server() -> EchoServer:
    """Create a server after the handshake."""
    echo_server = EchoServer()
    [response] = echo_server.feed(HANDSHAKE)
    assert response.startswith(b"HTTP/1.1 101 ")
    return echo_server


def masked_text_frame(message: bytes) -> bytes:
    """Encode a client's text message."""
    return encode(Opcode.TEXT, message, mask=MASK)


@pytest.mark.parametrize("size", [0, 1, 125, 126, 65_535, 65_536, 200_000])
def test_messages_of_any_length(server: EchoServer, size: int) -> None:
    """They are unmasked, and sent in one unmasked frame."""
    message = b"\xc3\xa4" * (size // 2) + b"x" * (size % 2)
    assert server.feed(masked_text_frame(message)) == [encode(Opcode.TEXT, message)]


def test_binary_messages_can_be_sent(server: EchoServer) -> None:
    """The method returns the number of queued frames."""
    assert server.websocket.send(b"a") == 1
    assert server.websocket.send(b"\xff", frames.Opcode.BINARY) == 2
    assert server.websocket.data_to_send() == [
        encode(Opcode.TEXT, b"a"),
        encode(Opcode.BINARY, b"\xff"),
    ]


def test_frames_may_follow_the_handshake_immediately() -> None:
    """They are received however the data is split."""
    data = HANDSHAKE + masked_text_frame(b"one") + masked_text_frame(b"two")
    for cut in range(1, len(data)):
        written = EchoServer().feed(data[:cut], data[cut:])
        assert written[1:] == [encode(Opcode.TEXT, b"one"), encode(Opcode.TEXT, b"two")]


def test_pongs_keep_their_order(server: EchoServer) -> None:
    """Output of the core stays in order with other frames."""
    ping = encode(Opcode.PING, b"?", mask=MASK)
    assert server.feed(masked_text_frame(b"a") + ping + masked_text_frame(b"b")) == [
        encode(Opcode.TEXT, b"a"),
        encode(Opcode.PONG, b"?"),
        encode(Opcode.TEXT, b"b"),
    ]
    assert server.other_opcodes == [Opcode.PING]


def test_the_client_closes(server: EchoServer) -> None:
    """The close is answered, later data is ignored, and no more messages can be sent."""
    close = encode(Opcode.CLOSE, b"\x03\xe8", mask=MASK)
    written = server.feed(
        masked_text_frame(b"a") + close + masked_text_frame(b"late"), masked_text_frame(b"later")
    )
    assert written == [encode(Opcode.TEXT, b"a"), encode(Opcode.CLOSE, b"\x03\xe8"), b""]
    assert not server.websocket.is_open


def test_the_server_closes() -> None:
    """The client's close is found after earlier data, however the data is split."""
    close = encode(Opcode.CLOSE, b"\x03\xe8", mask=MASK)
    data = masked_text_frame(b"on its way") + encode(Opcode.PING, mask=MASK) + close
    for start, cut in itertools.product((0, 5), range(6, len(data))):
        server = EchoServer()
        server.feed(HANDSHAKE, data[:start])
        server.websocket.close(1001)
        assert server.websocket.data_to_send() == [encode(Opcode.CLOSE, b"\x03\xe9")]
        assert server.feed(data[start:cut], data[cut:]) == [encode(Opcode.PONG), b""]


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        (b"\x81\x00", 1002),
        (encode(Opcode.TEXT, b"compressed", rsv=4, mask=MASK), 1002),
        (encode(Opcode.TEXT, mask=MASK, claimed_length=1 << 21), 1009),
    ],
    ids=["not masked", "reserved bit", "too long"],
)
def test_a_protocol_error_closes(server: EchoServer, frame: bytes, code: int) -> None:
    """The close code names the error, and later data is ignored."""
    close, end = server.feed(frame, masked_text_frame(b"late"))
    assert (close[:1], close[2:4], end) == (b"\x88", code.to_bytes(2), b"")


def test_another_path_is_not_found() -> None:
    """Later data is ignored."""
    server = EchoServer()
    response, end = server.feed(
        HANDSHAKE.replace(API.path.encode(), b"/"), b"\n\n", masked_text_frame(b"late")
    )
    assert response.startswith(b"HTTP/1.1 404 ")
    assert API.path.encode() in response
    assert (end, server.websocket.state, server.other_opcodes) == (b"", State.CONNECTING, [])


@pytest.mark.parametrize(
    ("host", "origin", "status"),
    [
        ("127.0.0.1:8730", None, 101),
        ("localhost:8730", "http://localhost:3000", 101),
        ("[::1]:8730", "https://127.0.0.1", 101),
        ("127.0.0.1:8730", "https://example.com", 403),
        ("127.0.0.1:8730", "http://localhost.example.com", 403),
        ("127.0.0.1:8730", "null", 403),
        ("127.0.0.1:8730", "file://", 403),
        ("127.0.0.1:8730", "chrome-extension://abcdefghijklmnop", 403),
        ("127.0.0.1:8730", "http://localhost\r\nOrigin: http://example.com", 403),
        ("rebound.example.com:8730", None, 403),
        ("rebound.example.com:8730", "http://rebound.example.com:8730", 403),
        ("localhost\r\nHost: example.com", None, 403),
        (None, None, 403),
    ],
)
def test_web_pages_of_other_hosts_are_forbidden(
    host: str | None, origin: str | None, status: int
) -> None:
    """T125: Host, and Origin if there is one, must be loopback; later data is ignored."""
    headers = [("Host", host), ("Origin", origin)]
    lines = [f"{name}: {value}\r\n" for name, value in headers if value is not None]
    request = HANDSHAKE.replace(b"Host: 127.0.0.1\r\n", "".join(lines).encode())
    server = EchoServer()
    response, *rest = server.feed(request, masked_text_frame(b"hello"))
    assert response.startswith(b"HTTP/1.1 %d " % status)
    assert rest == ([encode(Opcode.TEXT, b"hello")] if status == 101 else [b""])


def test_the_path_is_not_revealed_to_web_pages() -> None:
    """The answer to a wrong path is the same as to the right one."""
    request = HANDSHAKE.replace(API.path.encode(), b"/").replace(b"127.0.0.1", b"example.com")
    response, _ = EchoServer().feed(request)
    assert response.startswith(b"HTTP/1.1 403 ")
    assert API.path.encode() not in response


def test_end_of_data_closes(server: EchoServer) -> None:
    """Nothing more can be sent."""
    server.websocket.receive_eof()
    assert not server.websocket.is_open
    assert server.websocket.data_to_send() == [b""]
