"""Input from a socket: handshakes and frames, split anywhere, on both sides.

The Sans-I/O core of `websockets` is the reference: our own fast paths must behave the same.
"""

import socket
from typing import Any, NamedTuple

from fuzz.data_provider import DataProvider
from support.fault_server.frames import apply_mask
from websockets.client import ClientProtocol
from websockets.frames import Frame, Opcode
from websockets.protocol import State
from websockets.server import ServerProtocol
from websockets.uri import WebSocketURI

from rtmcli.errors import AuthError, ConnectFailed
from rtmcli.sandbox.server.websocket import ServerWebSocket
from rtmcli.session.transport import WebSocketTransport
from rtmcli.websocket.handshake import Handshake

MAX_SIZE = 400
KEY = b"dGhlIHNhbXBsZSBub25jZQ=="  # the example of RFC 6455
UPGRADE_RESPONSE = (
    b"HTTP/1.1 101 Switching Protocols\r\n",
    b"Upgrade: websocket\r\n",
    b"Connection: Upgrade\r\n",
    b"Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n",
    b"\r\n",
)
ODD_LINES = (
    b"HTTP/1.1 403 Forbidden\r\n",
    b"HTTP/1.0 101 Yes\r\n",
    b"connection: keep-alive, Upgrade\r\n",
    b"Upgrade:  WebSocket \t\r\n",
    b"Sec-WebSocket-Extensions: permessage-deflate\r\n",
    b"Sec-WebSocket-Accept: wrong\r\n",
    b"Content-Length: 3\r\n",
    b"X: y\r\n",
    b"X : y\r\n",
    b" folded\r\n",
    b"\n",
    b"X: y\n",
    b"\x81\x02hi",
)
REQUEST = (
    b"GET /v3.0/agent/rtm/ws HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n"
    b"Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: " + KEY + b"\r\n\r\n"
)
SEEDS = (
    b"\x00" + bytes(13) + b"\x81\x05hello\x89\x01p\x01\x02ab\x80\x02cd\x88\x02\x03\xe8",
    b"\x00\x03\x05\x09" + bytes(10) + b"\x81\x7e\x01\x00" + b"x" * 256 + b"\x81\x00\x82\x01b",
    b"\x01\x04\x00\x05\x05hello\x03\x01\x03one\x04\x02\x03two",
    b"\x02" + bytes(13) + b"\x81\x85\x01\x02\x03\x04hello\x89\x80\x00\x00\x00\x00",
    b"\x03\x04\x00\x05\x05hello\x03\x01\x03one\x04\x02\x03two",
    b"\x04\x00\x03\x05\x09",
    b"\x04\x07\x05\x03\x00\x01\x02\x03\x04\x05\x06",
    b"\x05" + bytes(13) + b"".join(UPGRADE_RESPONSE) + b"\x81\x02hi",
    b"\x05\x02\x05\x09"
    + bytes(10)
    + b"".join(UPGRADE_RESPONSE[:2])
    + b"X: y\r\n"
    + b"".join(UPGRADE_RESPONSE[2:]),
)
DICTIONARY = (
    b"\x81\x7e",
    b"\x81\x7f",
    b"\x81\xfe",
    b"\x01\x02",
    b"\x80\x00",
    b"\x88\x02\x03\xe8",
    b"\x89\x00",
    b"\r\n",
    b"HTTP/1.1 101 ",
    b"Upgrade",
    b"websocket",
)


def check(data: bytes) -> None:
    """Check the laws with the given bytes."""
    provider = DataProvider(data)
    match provider.integer(5):
        case 0:
            check_transport(*_raw_stream(provider))
        case 1:
            check_transport(*_frame_stream(provider))
        case 2:
            check_websocket(*_raw_stream(provider))
        case 3:
            check_websocket(*_frame_stream(provider, masked=True))
        case 4:
            lines = [
                provider.choice((*UPGRADE_RESPONSE, *ODD_LINES)) for _ in range(provider.integer(8))
            ]
            reply = b"".join([*UPGRADE_RESPONSE[: provider.integer(5)], *lines])
            check_handshake(reply, provider.split(reply))
        case _:
            check_handshake(*_raw_stream(provider))


class ReadResult(NamedTuple):
    """The received messages, the close code if any, and whether the protocol was violated."""

    messages: list[Any]
    close_code: int | None = None
    protocol_error: bool = False


def check_transport(stream: bytes, slices: list[bytes]) -> None:
    """However a stream is split, the transport reads the same messages as the reference."""
    expected = read_with_reference(stream)
    assert read_with_transport(slices) == expected
    assert read_with_transport([stream]) == expected


def read_with_transport(slices: list[bytes]) -> ReadResult:
    """Return what the transport reads from a stream that arrives in slices."""
    local, remote = socket.socketpair()
    with local, remote:
        local.setblocking(False)
        transport = WebSocketTransport(local, MAX_SIZE)
        for chunk in slices:
            if transport.close_info is None and chunk:
                transport._data_received(chunk)
        if transport.close_info is None:
            transport._feed_fallback(_incomplete_header(transport._frame_reader.drain_buffer()))
        messages, closing = list(transport.messages), transport.close_info
        return (
            ReadResult(messages, closing.code, bool(closing.protocol_error))
            if closing
            else ReadResult(messages)
        )


def read_with_reference(stream: bytes) -> ReadResult:
    """Return what the reference reads from a server's stream."""
    core, messages, fragments = ClientProtocol(_URI, state=State.OPEN, max_size=MAX_SIZE), [], b""
    core.receive_data(stream)
    for event in core.events_received():
        assert isinstance(event, Frame)
        match event.opcode:
            case Opcode.TEXT | Opcode.CONT:
                fragments += event.data
                if event.fin:
                    messages.append(fragments)
                    fragments = b""
            case Opcode.BINARY:
                return ReadResult(messages, 1006, protocol_error=True)
            case Opcode.CLOSE:
                assert core.close_rcvd
                return ReadResult(messages, core.close_rcvd.code)
            case _:
                pass
    return (
        ReadResult(messages, 1006, protocol_error=True) if core.parser_exc else ReadResult(messages)
    )


def check_websocket(stream: bytes, slices: list[bytes]) -> None:
    """However a stream is split, the server reads the same messages as the reference."""
    expected = read_with_reference_server(stream)
    assert read_with_server(slices) == expected
    assert read_with_server([stream]) == expected


def read_with_server(slices: list[bytes]) -> ReadResult:
    """Return what the server reads from a stream: whole text messages, and other frames."""
    received: list[Any] = []
    websocket = ServerWebSocket(
        MAX_SIZE,
        ("/v3.0/agent/rtm/ws",),
        received.append,
        lambda frame: received.append(_frame_fields(frame)),
    )
    websocket.receive_data(REQUEST)
    assert websocket.is_open
    for chunk in slices:
        websocket.receive_data(chunk)
    if websocket.is_open:
        websocket._feed_protocol(_incomplete_header(websocket._frame_reader.drain_buffer()))
    return ReadResult(received, None if websocket.is_open else 1006)


def read_with_reference_server(stream: bytes) -> ReadResult:
    """Return what the reference reads from a client's stream."""
    core, received = ServerProtocol(state=State.OPEN, max_size=MAX_SIZE), list[Any]()
    core.receive_data(stream)
    for event in core.events_received():
        assert isinstance(event, Frame)
        if event.opcode is Opcode.TEXT and event.fin:
            received.append(bytes(event.data))
        else:
            received.append(_frame_fields(event))
    return ReadResult(received, None if core.state is State.OPEN else 1006)


def check_handshake(response: bytes, slices: list[bytes]) -> None:
    """However a response is split, it is accepted if the reference does, and no data is lost."""
    expected = upgrade_with_reference(response)
    for pieces in (slices, [response]):
        actual = upgrade_with_handshake(pieces)
        # The fast path checks only the required headers.
        assert actual == expected or (
            expected is None and actual is not None and _has_required_headers(response)
        )


def upgrade_with_handshake(slices: list[bytes]) -> bytes | None:
    """Return the data after an accepted response; None if it is not accepted."""
    handshake = Handshake("/", "localhost", "localhost:80")
    handshake._key = KEY
    remaining = b""
    is_complete = False
    try:
        for chunk in (*slices, b""):
            if is_complete:
                remaining += chunk
            elif chunk or not is_complete:
                is_complete = handshake.feed(chunk)
                remaining = handshake.trailing_data
    except (ConnectFailed, AuthError):
        return None
    return remaining if is_complete else None


def upgrade_with_reference(response: bytes) -> bytes | None:
    """Return the data after a response that the reference accepts; None otherwise."""
    core = ClientProtocol(_URI)
    core.key = KEY.decode()
    core.send_request(core.connect())
    for index in range(len(response)):
        core.receive_data(response[index : index + 1])
        if core.handshake_exc:
            return None
        if core.events_received():
            return response[index + 1 :]
    return None


def _has_required_headers(response: bytes) -> bool:
    """Return whether the required headers are there; the reference checks others, too."""
    head = response.partition(b"\r\n\r\n")[0].lower()
    return head.startswith(b"http/1.1 101 ") and b"s3pplmbitxaq9kygzzhzrbk+xoo=" in head


_URI = WebSocketURI(secure=False, host="localhost", port=80, path="/", query="")
_MAX_HEADER_SIZE = 14  # bytes


def _incomplete_header(buffered: bytes) -> bytes:
    """Return the beginning of a header: the reference checks it before it is complete."""
    return buffered if len(buffered) < _MAX_HEADER_SIZE else b""


def _frame_fields(frame: Frame) -> tuple[int, bool, bytes]:
    return frame.opcode, frame.fin, bytes(frame.data)


def _raw_stream(provider: DataProvider) -> tuple[bytes, list[bytes]]:
    """Use the bytes themselves as the stream."""
    remaining = provider.remaining_bytes()
    cuts, stream = DataProvider(remaining[:13]), remaining[13:]
    return stream, cuts.split(stream)


def _frame_stream(provider: DataProvider, *, masked: bool = False) -> tuple[bytes, list[bytes]]:
    """Draw a stream of frames, most of them valid."""
    stream = b""
    for _ in range(provider.integer(10)):
        first_byte = provider.choice(
            (0x81, 0x81, 0x01, 0x00, 0x80, 0x89, 0x8A, 0x88, 0x82, 0xC1, 0x83)
        )
        size = provider.choice((0, 1, 2, 5, 125, 126, 127, 300, MAX_SIZE, MAX_SIZE + 1))
        content = (provider.binary(20) * size)[:size].ljust(size, b".")
        if first_byte == 0x88 and size > 1:  # a close frame with a code
            content = (1000 + provider.integer(20)).to_bytes(2) + content[2:]
        claimed_length = provider.choice((size, size, size, size, size, 1 << 62, 5))
        stream += bytes([first_byte]) + _encode_length(
            claimed_length, masked=masked ^ (provider.integer(30) == 1)
        )
        stream += b"mask" + apply_mask(content, b"mask") if masked else content
    return stream, provider.split(stream)


def _encode_length(size: int, *, masked: bool) -> bytes:
    bit = 0x80 if masked else 0
    if size < 126:  # RFC 6455, 5.2
        return bytes([bit | size])
    if size < 1 << 16:
        return bytes([bit | 126]) + size.to_bytes(2)
    return bytes([bit | 127]) + size.to_bytes(8)
