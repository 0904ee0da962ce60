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

from rtmcli.errors import AuthError
from rtmcli.session.endpoint import parse_url
from rtmcli.session.failure import Failed
from rtmcli.session.opening import Handshake

URL = "ws://127.0.0.1:8730/v3.0/agent/rtm/ws"


def handshake(url: str = URL) -> Handshake:
    """Begin one."""
    return Handshake(parse_url(url))


def accept_of(asked: Handshake) -> str:
    """Compute what proves that a server read the request; RFC 6455, 4.2.2."""
    found = re.search(rb"\r\nSec-WebSocket-Key: (\S{24})\r\n", asked.request)
    assert found
    whole = found[1] + b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
    return base64.b64encode(hashlib.sha1(whole, usedforsecurity=False).digest()).decode()


def reply(accept: str, *more: str, status: str = "HTTP/1.1 101 Switching Protocols") -> bytes:
    """Write what a server replies."""
    lines = ["Upgrade: websocket", "Connection: Upgrade", f"Sec-WebSocket-Accept: {accept}", *more]
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
    server.receive_data(handshake(url).request)
    [request] = server.events_received()
    assert server.accept(request).status_code == 101  # type: ignore[arg-type]
    assert (request.headers["Host"], request.path) == (host, target)  # type: ignore[union-attr]


def test_no_key_is_used_twice() -> None:
    """Each handshake has a nonce of its own."""
    assert handshake().request != handshake().request


@given(st.lists(st.integers(1, 300), max_size=3), st.binary(max_size=20))
def test_a_yes_may_come_in_any_pieces(cuts: list[int], behind: bytes) -> None:
    """Nothing is agreed before the end of the head, and what stands behind it is kept."""
    asked = handshake()
    whole = reply(accept_of(asked)) + behind
    end = whole.index(b"\r\n\r\n") + 4
    places = [*sorted({cut for cut in cuts if cut < end}), len(whole)]
    at = 0
    for place in places:
        agreed = asked.feed(whole[at:place])
        assert agreed == (place == len(whole))
        at = place
    assert asked.rest == behind


# What follows the plain headers; is it a yes for the library?
ODD_REPLIES: dict[str, tuple[tuple[str, ...], bool]] = {
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


@pytest.mark.parametrize("what", ODD_REPLIES)
@pytest.mark.parametrize("size", [1, 1000, 1_000_000])
def test_an_odd_reply_gets_the_verdict_of_the_library(what: str, size: int) -> None:
    """Whatever is not plain is agreed to or refused as the library does, in any pieces."""
    more, is_yes = ODD_REPLIES[what]
    asked = handshake()
    whole = reply(accept_of(asked), *more) + b"\x81\x02{}\x81\x01\n"
    pieces = [whole[at : at + size] for at in range(0, len(whole), size)]
    if is_yes:
        agreed = next(place for place, piece in enumerate(pieces) if asked.feed(piece))
        assert asked.rest + b"".join(pieces[agreed + 1 :]) == b"\x81\x02{}\x81\x01\n"
    else:
        with pytest.raises(Failed, match="is no WebSocket server") as raised:
            [asked.feed(piece) for piece in pieces]
        assert not raised.value.passing


@pytest.mark.parametrize("header", ["Upgrade: WebSocket", "Connection: keep-alive, Upgrade"])
def test_other_spellings_of_a_yes_are_one(header: str) -> None:
    """The two words may be in any case, and in a list."""
    asked = handshake()
    name = header.partition(":")[0].encode()
    whole = re.sub(name + rb": \S+", header.encode(), reply(accept_of(asked)), count=1)
    assert asked.feed(whole)


@pytest.mark.parametrize(
    ("said", "error", "words"),
    [
        (b"", Failed, "127.0.0.1:8730 closed the connection during the handshake"),
        (b"HTTP/1.1 101 Sw", Failed, "closed the connection during the handshake"),
        (b"HTTP/1.1 403 No\r\n\r\n", AuthError, "refused the connection with HTTP 403"),
        (b"HTTP/1.1 403 N", Failed, "closed the connection during the handshake"),
    ],
)
def test_an_end_amid_the_reply_is_a_refusal(
    said: bytes, error: type[Exception], words: str
) -> None:
    """What had come by then decides on the words."""
    asked = handshake()
    with pytest.raises(error, match=words):
        [asked.feed(piece) for piece in dict.fromkeys((said, b""))]


@pytest.mark.parametrize("length", ["", "Content-Length: 9\r\n", "Content-Length: 2000000\r\n"])
@pytest.mark.parametrize(
    ("code", "error", "passing"),
    [(401, AuthError, None), (404, Failed, False), (503, Failed, True)],
)
def test_a_refusal_counts_as_soon_as_its_head_is_there(
    code: int, error: type[Exception], passing: bool | None, length: str
) -> None:
    """However long its body may be, and whether or not it ever ends."""
    asked = handshake()
    head = f"HTTP/1.1 {code} No\r\n{length}\r\n".encode()
    assert not asked.feed(head[:-1])
    with pytest.raises(error, match=f"refused the connection with HTTP {code}") as raised:
        asked.feed(head[-1:])
    assert getattr(raised.value, "passing", None) is passing


def test_a_refusal_with_a_head_of_many_pages_is_one_too() -> None:
    """The library reads it to its end."""
    asked = handshake()
    assert not asked.feed(b"HTTP/1.1 403 No\r\n" + b"X-A: %s\r\n" % (b"b" * 8000) * 3)
    with pytest.raises(AuthError, match="refused the connection with HTTP 403"):
        asked.feed(b"Content-Length: 0\r\n\r\n")


@pytest.mark.parametrize("is_another", [False, True])
def test_a_plain_yes_loads_no_library(is_another: bool) -> None:
    """It takes longer to load than a call lasts; on another Python hashlib has to do."""
    script = (
        "import sys\n"
        f"if {is_another}: sys.modules['_sha1'] = None\n"
        "from rtmcli.session.opening import Handshake\n"
        "from rtmcli.session.endpoint import parse_url\n"
        "import hashlib, base64\n"
        f"asked = Handshake(parse_url({URL!r}))\n"
        "key = asked.request.partition(b'Key: ')[2].partition(b'\\r')[0]\n"
        "whole = hashlib.sha1(key + b'258EAFA5-E914-47DA-95CA-C5AB0DC85B11').digest()\n"
        "yes = b'HTTP/1.1 101 X\\r\\nUpgrade: websocket\\r\\nConnection: Upgrade\\r\\n'\n"
        "yes += b'Sec-WebSocket-Accept: ' + base64.b64encode(whole) + b'\\r\\n\\r\\n'\n"
        "print(asked.feed(yes), 'websockets' in sys.modules)\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True)
    assert done.stdout == b"True False\n"
