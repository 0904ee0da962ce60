"""The opening handshake: the usual response is accepted at once, `websockets` checks the rest."""

import base64
import hashlib
import re
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st
from websockets.server import ServerProtocol

from rtmcli.catalogue.v3_0 import API
from rtmcli.errors import ConnectFailed
from rtmcli.session.endpoint import for_api, parse_url
from rtmcli.websocket.handshake import Handshake, retry_after

URL = "ws://127.0.0.1:8730/v3.0/agent/rtm/ws"


def start_handshake(url: str = URL) -> Handshake:
    """Return a new handshake."""
    endpoint = for_api(parse_url(url), API)
    return Handshake(endpoint.resource, endpoint.host_header, endpoint.address)


def accept_header(handshake: Handshake) -> str:
    """Compute the Sec-WebSocket-Accept of a request (RFC 6455, 4.2.2)."""
    match = re.search(rb"\r\nSec-WebSocket-Key: (\S{24})\r\n", handshake.request)
    assert match
    whole = match[1] + b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
    return base64.b64encode(hashlib.sha1(whole, usedforsecurity=False).digest()).decode()


def upgrade_response(
    accept: str, *extra_headers: str, status: str = "HTTP/1.1 101 Switching Protocols"
) -> bytes:
    """Return a server's response."""
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
def test_a_server_accepts_the_request(url: str, host: str, target: str) -> None:
    """`websockets` reads host and target as the URL has them."""
    server = ServerProtocol()
    server.receive_data(start_handshake(url).request)
    [request] = server.events_received()
    assert server.accept(request).status_code == 101  # type: ignore[arg-type]
    assert (request.headers["Host"], request.path) == (host, target)  # type: ignore[union-attr]


def test_no_key_is_used_twice() -> None:
    """Each handshake has its own nonce."""
    assert start_handshake().request != start_handshake().request


@given(st.lists(st.integers(1, 300), max_size=3), st.binary(max_size=20))
def test_an_accepting_response_may_arrive_in_any_pieces(cuts: list[int], behind: bytes) -> None:
    """It is accepted at the end of its headers; the data after it is kept."""
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


# Further headers of a response; does `websockets` accept them?
UNUSUAL_RESPONSES: dict[str, tuple[tuple[str, ...], bool]] = {
    "an extension that was not offered": (("Sec-WebSocket-Extensions: permessage-deflate",), False),
    "a subprotocol that was not offered": (("Sec-WebSocket-Protocol: x",), False),
    "two accept headers": (("Sec-WebSocket-Accept: x",), False),
    "a header twice": (("Connection: keep-alive",), True),
    "an unusual header name": (("X_Odd: 1",), True),
    "a line without a colon": (("odd",), False),
    "too many headers": (("X-A: b",) * 200, False),
    "too many different headers": (tuple(f"X-{n}: b" for n in range(200)), False),
    "very long headers": (("X-A: " + "b" * 8000,) * 3, True),
}


@pytest.mark.parametrize("what", UNUSUAL_RESPONSES)
@pytest.mark.parametrize("size", [1, 1000, 1_000_000])
def test_an_unusual_response_is_checked_by_websockets(what: str, size: int) -> None:
    """In any pieces."""
    more, is_accepted = UNUSUAL_RESPONSES[what]
    handshake = start_handshake()
    whole = upgrade_response(accept_header(handshake), *more) + b"\x81\x02{}\x81\x01\n"
    pieces = [whole[at : at + size] for at in range(0, len(whole), size)]
    if is_accepted:
        accepted_at = next(index for index, piece in enumerate(pieces) if handshake.feed(piece))
        assert (
            handshake.trailing_data + b"".join(pieces[accepted_at + 1 :]) == b"\x81\x02{}\x81\x01\n"
        )
    else:
        with pytest.raises(ConnectFailed, match="is not a WebSocket server") as raised:
            [handshake.feed(piece) for piece in pieces]
        assert not raised.value.transient


@pytest.mark.parametrize("header", ["Upgrade: WebSocket", "Connection: keep-alive, Upgrade"])
def test_header_values_may_vary(header: str) -> None:
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
def test_an_end_within_the_response_is_an_error(
    said: bytes, error: type[Exception], words: str
) -> None:
    """The message depends on the data received by then."""
    handshake = start_handshake()
    with pytest.raises(error, match=words):
        [handshake.feed(piece) for piece in dict.fromkeys((said, b""))]


@pytest.mark.parametrize("length", ["", "Content-Length: 9\r\n", "Content-Length: 2000000\r\n"])
@pytest.mark.parametrize(
    ("code", "error", "passing"),
    [(401, ConnectFailed, True), (404, ConnectFailed, False), (503, ConnectFailed, True)],
)
def test_a_refusal_does_not_wait_for_its_body(
    code: int, error: type[Exception], passing: bool | None, length: str
) -> None:
    """However long it is, and whether or not it ends."""
    handshake = start_handshake()
    head = f"HTTP/1.1 {code} No\r\n{length}\r\n".encode()
    assert not handshake.feed(head[:-1])
    with pytest.raises(error, match=f"refused the connection with HTTP {code}") as raised:
        handshake.feed(head[-1:])
    assert getattr(raised.value, "transient", None) is passing


def test_a_refusal_may_have_long_headers() -> None:
    """`websockets` reads them completely."""
    handshake = start_handshake()
    assert not handshake.feed(b"HTTP/1.1 403 No\r\n" + b"X-A: %s\r\n" % (b"b" * 8000) * 3)
    with pytest.raises(ConnectFailed, match="refused the connection with HTTP 403"):
        handshake.feed(b"Content-Length: 0\r\n\r\n")


@pytest.mark.parametrize("is_another", [False, True])
def test_the_usual_response_does_not_load_websockets(is_another: bool) -> None:
    """Loading takes longer than a call; without `_sha1`, hashlib is used."""
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


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (b"Retry-After: 120", 120),
        (b"retry-after:7 ", 7),
        (b"Retry-After: Wed, 21 Oct 2015 07:28:00 GMT", 0),
        (b"Retry-After: Fri, 31 Dec 9998 23:59:59 GMT", 2.5e11),
        (b"Retry-After: -1", 0),
        (b"Retry-After: soon", 0),
        (b"X-Retry-After: 5", 0),
        (b"Retry-After:", 0),
    ],
)
def test_retry_after_is_a_number_or_a_date(header: bytes, seconds: float) -> None:
    """T147: what cannot be read, or has passed, asks for no delay."""
    found = retry_after(b"HTTP/1.1 503 Busy\r\n" + header + b"\r\nServer: x\r\n\r\n")
    assert found == pytest.approx(seconds, rel=0.1)
