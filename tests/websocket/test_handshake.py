"""The opening handshake: a plain yes is seen at once, any other reply the library judges."""

import base64
import hashlib
import re
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st
from websockets.server import ServerProtocol

from rtmcli.errors import ConnectFailed
from rtmcli.session.endpoint import parse_url
from rtmcli.websocket.handshake import Handshake

URL = "ws://127.0.0.1:8730/v3.0/agent/rtm/ws"


def start_handshake(url: str = URL) -> Handshake:
    """Begin one."""
    endpoint = parse_url(url)
    return Handshake(endpoint.resource, endpoint.host_header, endpoint.address)


def accept_header(handshake: Handshake) -> str:
    """Compute what proves that a server read the request; RFC 6455, 4.2.2."""
    match = re.search(rb"\r\nSec-WebSocket-Key: (\S{24})\r\n", handshake.request)
    assert match
    whole = match[1] + b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
    return base64.b64encode(hashlib.sha1(whole, usedforsecurity=False).digest()).decode()


def upgrade_response(
    accept: str, *extra_headers: str, status: str = "HTTP/1.1 101 Switching Protocols"
) -> bytes:
    """Write what a server replies."""
    lines = [
        "Upgrade: websocket",
        "Connection: Upgrade",
        f"Sec-WebSocket-Accept: {accept}",
        *extra_headers,
    ]
    return "\r\n".join([status, *lines, "", ""]).encode()


@pytest.mark.parametrize(
    ("url", "host", "target"),
    [
        (URL, "127.0.0.1:8730", "/v3.0/agent/rtm/ws"),
        ("ws://[::1]:9/x?a=1&b=2", "[::1]:9", "/x?a=1&b=2"),
        ("wss://api.livechatinc.com", "api.livechatinc.com", "/v3.0/agent/rtm/ws"),
        ("wss://example.com:80/", "example.com:80", "/"),
        ("ws://localhost/", "localhost", "/"),
    ],
)
def test_a_server_takes_the_request(url: str, host: str, target: str) -> None:
    """The library's server reads it as a handshake, with host and target as the URL has them."""
    server = ServerProtocol()
    server.receive_data(start_handshake(url).request)
    [request] = server.events_received()
    assert server.accept(request).status_code == 101  # type: ignore[arg-type]
    assert (request.headers["Host"], request.path) == (host, target)  # type: ignore[union-attr]


def test_no_key_is_used_twice() -> None:
    """Each handshake has a nonce of its own."""
    assert start_handshake().request != start_handshake().request


@given(st.lists(st.integers(1, 300), max_size=3), st.binary(max_size=20))
def test_a_yes_may_come_in_any_pieces(cuts: list[int], behind: bytes) -> None:
    """Nothing is agreed before the end of the head, and what stands behind it is kept."""
    handshake = start_handshake()
    whole = upgrade_response(accept_header(handshake)) + behind
    end = whole.index(b"\r\n\r\n") + 4
    places = [*sorted({cut for cut in cuts if cut < end}), len(whole)]
    at = 0
    for place in places:
        agreed = handshake.feed(whole[at:place])
        assert agreed == (place == len(whole))
        at = place
    assert handshake.trailing_data == behind


# What follows the plain headers; is it a yes for the library?
UNUSUAL_RESPONSES: dict[str, tuple[tuple[str, ...], bool]] = {
    "an extension that nobody offered": (("Sec-WebSocket-Extensions: permessage-deflate",), False),
    "a subprotocol that nobody offered": (("Sec-WebSocket-Protocol: x",), False),
    "two proofs": (("Sec-WebSocket-Accept: x",), False),
    "a header twice": (("Connection: keep-alive",), True),
    "a header of a strange name": (("X_Odd: 1",), True),
    "a line without a colon": (("odd",), False),
    "too many headers": (("X-A: b",) * 200, False),
    "too many headers of many names": (tuple(f"X-{n}: b" for n in range(200)), False),
    "a head of many pages": (("X-A: " + "b" * 8000,) * 3, True),
}


@pytest.mark.parametrize("what", UNUSUAL_RESPONSES)
@pytest.mark.parametrize("size", [1, 1000, 1_000_000])
def test_an_odd_reply_gets_the_verdict_of_the_library(what: str, size: int) -> None:
    """Whatever is not plain is agreed to or refused as the library does, in any pieces."""
    more, is_yes = UNUSUAL_RESPONSES[what]
    handshake = start_handshake()
    whole = upgrade_response(accept_header(handshake), *more) + b"\x81\x02{}\x81\x01\n"
    pieces = [whole[at : at + size] for at in range(0, len(whole), size)]
    if is_yes:
        agreed = next(place for place, piece in enumerate(pieces) if handshake.feed(piece))
        assert handshake.trailing_data + b"".join(pieces[agreed + 1 :]) == b"\x81\x02{}\x81\x01\n"
    else:
        with pytest.raises(ConnectFailed, match="is no WebSocket server") as raised:
            [handshake.feed(piece) for piece in pieces]
        assert not raised.value.transient


@pytest.mark.parametrize("header", ["Upgrade: WebSocket", "Connection: keep-alive, Upgrade"])
def test_other_spellings_of_a_yes_are_one(header: str) -> None:
    """The two words may be in any case, and in a list."""
    handshake = start_handshake()
    name = header.partition(":")[0].encode()
    whole = re.sub(
        name + rb": \S+", header.encode(), upgrade_response(accept_header(handshake)), count=1
    )
    assert handshake.feed(whole)


@pytest.mark.parametrize(
    ("said", "error", "words"),
    [
        (b"", ConnectFailed, "127.0.0.1:8730 closed the connection during the handshake"),
        (b"HTTP/1.1 101 Sw", ConnectFailed, "closed the connection during the handshake"),
        (b"HTTP/1.1 403 No\r\n\r\n", ConnectFailed, "refused the connection with HTTP 403"),
        (b"HTTP/1.1 403 N", ConnectFailed, "closed the connection during the handshake"),
    ],
)
def test_an_end_amid_the_reply_is_a_refusal(
    said: bytes, error: type[Exception], words: str
) -> None:
    """What had come by then decides on the words."""
    handshake = start_handshake()
    with pytest.raises(error, match=words):
        [handshake.feed(piece) for piece in dict.fromkeys((said, b""))]


@pytest.mark.parametrize("length", ["", "Content-Length: 9\r\n", "Content-Length: 2000000\r\n"])
@pytest.mark.parametrize(
    ("code", "error", "passing"),
    [(401, ConnectFailed, True), (404, ConnectFailed, False), (503, ConnectFailed, True)],
)
def test_a_refusal_counts_as_soon_as_its_head_is_there(
    code: int, error: type[Exception], passing: bool | None, length: str
) -> None:
    """However long its body may be, and whether or not it ever ends."""
    handshake = start_handshake()
    head = f"HTTP/1.1 {code} No\r\n{length}\r\n".encode()
    assert not handshake.feed(head[:-1])
    with pytest.raises(error, match=f"refused the connection with HTTP {code}") as raised:
        handshake.feed(head[-1:])
    assert getattr(raised.value, "transient", None) is passing


def test_a_refusal_with_a_head_of_many_pages_is_one_too() -> None:
    """The library reads it to its end."""
    handshake = start_handshake()
    assert not handshake.feed(b"HTTP/1.1 403 No\r\n" + b"X-A: %s\r\n" % (b"b" * 8000) * 3)
    with pytest.raises(ConnectFailed, match="refused the connection with HTTP 403"):
        handshake.feed(b"Content-Length: 0\r\n\r\n")


@pytest.mark.parametrize("is_another", [False, True])
def test_a_plain_yes_loads_no_library(is_another: bool) -> None:
    """It takes longer to load than a call lasts; on another Python hashlib has to do."""
    script = (
        "import sys\n"
        f"if {is_another}: sys.modules['_sha1'] = None\n"
        "from rtmcli.websocket.handshake import Handshake\n"
        "import hashlib, base64\n"
        "asked = Handshake('/', '127.0.0.1:8730', '127.0.0.1:8730')\n"
        "key = asked.request.partition(b'Key: ')[2].partition(b'\\r')[0]\n"
        "whole = hashlib.sha1(key + b'258EAFA5-E914-47DA-95CA-C5AB0DC85B11').digest()\n"
        "yes = b'HTTP/1.1 101 X\\r\\nUpgrade: websocket\\r\\nConnection: Upgrade\\r\\n'\n"
        "yes += b'Sec-WebSocket-Accept: ' + base64.b64encode(whole) + b'\\r\\n\\r\\n'\n"
        "print(asked.feed(yes), 'websockets' in sys.modules)\n"
    )
    result = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True)
    assert result.stdout == b"True False\n"
