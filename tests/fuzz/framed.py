"""What comes on a socket: handshakes and frames, cut anywhere, on both sides.

The protocol core of `websockets` alone is the reference: what is done by hand for speed must not
be told from it.
"""

import socket
from typing import Any, NamedTuple

from faults.frames import xor
from fuzz.drawing import Draw
from websockets.client import ClientProtocol
from websockets.frames import Frame, Opcode
from websockets.protocol import State
from websockets.server import ServerProtocol
from websockets.uri import WebSocketURI

from rtmcli.errors import AuthError
from rtmcli.sandbox.websocket import WebSocket
from rtmcli.session.endpoint import Endpoint
from rtmcli.session.failure import Failed
from rtmcli.session.link import Link
from rtmcli.session.opening import Handshake

MAX_SIZE = 400
KEY = b"dGhlIHNhbXBsZSBub25jZQ=="  # that of RFC 6455
YES = (
    b"HTTP/1.1 101 Switching Protocols\r\n",
    b"Upgrade: websocket\r\n",
    b"Connection: Upgrade\r\n",
    b"Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n",
    b"\r\n",
)
ODD = (
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
    b"\x05" + bytes(13) + b"".join(YES) + b"\x81\x02hi",
    b"\x05\x02\x05\x09" + bytes(10) + b"".join(YES[:2]) + b"X: y\r\n" + b"".join(YES[2:]),
)
WORDS = (
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
    """Hold the laws against some bytes."""
    draw = Draw(data)
    match draw.number(5):
        case 0:
            check_link(*_cut(draw))
        case 1:
            check_link(*_framed(draw))
        case 2:
            check_websocket(*_cut(draw))
        case 3:
            check_websocket(*_framed(draw, masked=True))
        case 4:
            lines = [draw.one_of((*YES, *ODD)) for _ in range(draw.number(8))]
            reply = b"".join([*YES[: draw.number(5)], *lines])
            check_handshake(reply, draw.slices(reply))
        case _:
            check_handshake(*_cut(draw))


class Heard(NamedTuple):
    """What came through, and how it ended: the close code, if any, and whether for a fault."""

    messages: list[Any]
    code: int | None = None
    is_fault: bool = False


def check_link(stream: bytes, slices: list[bytes]) -> None:
    """However a stream is cut, its messages are those of the protocol core alone."""
    alone = hear_alone(stream)
    assert hear(slices) == alone
    assert hear([stream]) == alone


def hear(slices: list[bytes]) -> Heard:
    """Hear what a link makes of a stream, once nothing more comes."""
    near, far = socket.socketpair()
    with near, far:
        near.setblocking(False)
        link = Link(near, MAX_SIZE)
        for piece in slices:
            if link.closing is None and piece:
                link._feed(piece)
        if link.closing is None:
            link._pass(_header(link._cutter.held()))
        messages, closing = list(link.messages), link.closing
        return Heard(messages, closing.code, bool(closing.fault)) if closing else Heard(messages)


def hear_alone(stream: bytes) -> Heard:
    """Hear what the core alone makes of a stream."""
    core, messages, parts = ClientProtocol(_ANYWHERE, state=State.OPEN, max_size=MAX_SIZE), [], b""
    core.receive_data(stream)
    for event in core.events_received():
        assert isinstance(event, Frame)
        match event.opcode:
            case Opcode.TEXT | Opcode.CONT:
                parts += event.data
                if event.fin:
                    messages.append(parts)
                    parts = b""
            case Opcode.BINARY:
                return Heard(messages, 1006, is_fault=True)
            case Opcode.CLOSE:
                assert core.close_rcvd
                return Heard(messages, core.close_rcvd.code)
            case _:
                pass
    return Heard(messages, 1006, is_fault=True) if core.parser_exc else Heard(messages)


def check_websocket(stream: bytes, slices: list[bytes]) -> None:
    """The server's side hears the same as the protocol core alone, too."""
    alone = serve_alone(stream)
    assert serve(slices) == alone
    assert serve([stream]) == alone


def serve(slices: list[bytes]) -> Heard:
    """Hear what the server's side makes of a stream: whole texts, and other frames as they are."""
    heard: list[Any] = []
    websocket = WebSocket(MAX_SIZE, heard.append, lambda frame: heard.append(_facts(frame)))
    websocket.receive(REQUEST)
    assert websocket.is_open
    for piece in slices:
        websocket.receive(piece)
    if websocket.is_open:
        websocket._pass(_header(websocket._cutter.held()))
    return Heard(heard, None if websocket.is_open else 1006)


def serve_alone(stream: bytes) -> Heard:
    """Hear what the core alone makes of what a client sends."""
    core, heard = ServerProtocol(state=State.OPEN, max_size=MAX_SIZE), list[Any]()
    core.receive_data(stream)
    for event in core.events_received():
        assert isinstance(event, Frame)
        if event.opcode is Opcode.TEXT and event.fin:
            heard.append(bytes(event.data))
        else:
            heard.append(_facts(event))
    return Heard(heard, None if core.state is State.OPEN else 1006)


def check_handshake(reply: bytes, slices: list[bytes]) -> None:
    """However a reply comes, it is a yes where the core takes it for one, and nothing is lost."""
    alone = agree_alone(reply)
    for pieces in (slices, [reply]):
        ours = agree(pieces)
        # Of a plain yes only what matters is looked at.
        assert ours == alone or (alone is None and ours is not None and _is_nearly_plain(reply))


def agree(slices: list[bytes]) -> bytes | None:
    """Return what stands behind the server's yes; None where there is none."""
    handshake = Handshake(Endpoint(secure=False, host="localhost", port=80, resource="/"))
    handshake._key = KEY
    rest = b""
    agreed = False
    try:
        for piece in (*slices, b""):
            if agreed:
                rest += piece
            elif piece or not agreed:
                agreed = handshake.feed(piece)
                rest = handshake.rest
    except (Failed, AuthError):
        return None
    return rest if agreed else None


def agree_alone(reply: bytes) -> bytes | None:
    """Return what stands behind the yes that the core sees."""
    core = ClientProtocol(_ANYWHERE)
    core.key = KEY.decode()
    core.send_request(core.connect())
    for at in range(len(reply)):
        core.receive_data(reply[at : at + 1])
        if core.handshake_exc:
            return None
        if core.events_received():
            return reply[at + 1 :]
    return None


def _is_nearly_plain(reply: bytes) -> bool:
    """Tell whether all lines that matter are there; the core minds the others, too."""
    head = reply.partition(b"\r\n\r\n")[0].lower()
    return head.startswith(b"http/1.1 101 ") and b"s3pplmbitxaq9kygzzhzrbk+xoo=" in head


_ANYWHERE = WebSocketURI(secure=False, host="localhost", port=80, path="/", query="")
_HEADER = 14  # bytes, at the most


def _header(held: bytes) -> bytes:
    """Return what the core judges already: it does not wait for the whole header of a frame."""
    return held if len(held) < _HEADER else b""


def _facts(frame: Frame) -> tuple[int, bool, bytes]:
    return frame.opcode, frame.fin, bytes(frame.data)


def _cut(draw: Draw) -> tuple[bytes, list[bytes]]:
    """Take the bytes themselves as the stream."""
    rest = draw.rest()
    cuts, stream = Draw(rest[:13]), rest[13:]
    return stream, cuts.slices(stream)


def _framed(draw: Draw, *, masked: bool = False) -> tuple[bytes, list[bytes]]:
    """Make a stream of frames, most of them sound."""
    stream = b""
    for _ in range(draw.number(10)):
        first = draw.one_of((0x81, 0x81, 0x01, 0x00, 0x80, 0x89, 0x8A, 0x88, 0x82, 0xC1, 0x83))
        size = draw.one_of((0, 1, 2, 5, 125, 126, 127, 300, MAX_SIZE, MAX_SIZE + 1))
        content = (draw.taken(20) * size)[:size].ljust(size, b".")
        if first == 0x88 and size > 1:  # a close frame with a code
            content = (1000 + draw.number(20)).to_bytes(2) + content[2:]
        length = draw.one_of((size, size, size, size, size, 1 << 62, 5))
        stream += bytes([first]) + _length(length, masked=masked ^ (draw.number(30) == 1))
        stream += b"mask" + xor(content, b"mask") if masked else content
    return stream, draw.slices(stream)


def _length(size: int, *, masked: bool) -> bytes:
    bit = 0x80 if masked else 0
    if size < 126:  # RFC 6455, 5.2
        return bytes([bit | size])
    if size < 1 << 16:
        return bytes([bit | 126]) + size.to_bytes(2)
    return bytes([bit | 127]) + size.to_bytes(8)
