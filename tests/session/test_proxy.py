"""The tunnel of a proxy: what it is asked, and what becomes of each of its replies."""

import ssl
from pathlib import Path

import pytest
from support.certificates import server_context, write_ca_file
from support.connect import dial_failure, dialed
from support.fault_server import CONNECT, FaultServer, Proxy, drop, ignore, raw

from rtmcli.session.dial import Route
from rtmcli.session.endpoint import Endpoint, parse_proxy

HOST = "rtm.test"  # a name that only the proxy of a test knows


def route_through(proxy: Proxy, folder: Path, credentials: str = "") -> Route:
    """Make the route to the host that only the proxy knows."""
    url = proxy.url.replace("://", f"://{credentials}")
    return Route(Endpoint(True, HOST, 443, "/"), parse_proxy(url), write_ca_file(folder))


def test_a_proxy_is_asked_for_a_tunnel_and_nothing_else(tmp_path: Path) -> None:
    """It gets one CONNECT, with the credentials where there are some; the rest is TLS."""
    with (
        FaultServer(tls=server_context(HOST)) as server,
        Proxy({f"{HOST}:443": server.port}, credentials="me:p@ss") as proxy,
    ):
        with dialed(route_through(proxy, tmp_path, "me:p%40ss@")) as sock:
            assert isinstance(sock, ssl.SSLSocket)
            assert not sock.getblocking()
        [request] = proxy.requests
    assert request.request_line == f"CONNECT {HOST}:443 HTTP/1.1"
    assert request.headers == {"host": f"{HOST}:443", "proxy-authorization": "Basic bWU6cEBzcw=="}


@pytest.mark.parametrize(
    ("credentials", "status", "words", "passing"),
    [
        ("", None, "requires a user and password (HTTP 407): set RTM_PROXY=http://USER", False),
        ("me:wrong@", None, "refused the password (HTTP 407)", False),
        ("", 403, "refused the tunnel with HTTP 403", False),
        ("", 503, "refused the tunnel with HTTP 503", True),
    ],
)
def test_a_proxy_that_refuses_is_named_with_its_status(
    tmp_path: Path, credentials: str, status: int | None, words: str, passing: bool
) -> None:
    """The message says what to do, and holds no password; 5xx may pass."""
    with Proxy({}, credentials="me:right", forced_status=status) as proxy:
        error = dial_failure(route_through(proxy, tmp_path, credentials))
    assert error.message.startswith(f"the proxy 127.0.0.1:{proxy.port} {words}")
    assert "wrong" not in error.message
    assert error.transient is passing


@pytest.mark.parametrize("reply", [b"", b"SSH-2.0-x\r\n\r\n", b"HTTP/1.1 200\r\n", b"x" * 20_000])
def test_a_proxy_that_does_not_speak_http_is_none(reply: bytes) -> None:
    """Anything but a whole HTTP reply ends it."""
    with FaultServer(strict=False) as server:
        server.on(CONNECT, [raw(reply), drop("fin")])
        route = Route(
            Endpoint(True, HOST, 443, "/"), parse_proxy(f"http://127.0.0.1:{server.port}")
        )
        error = dial_failure(route)
    assert "sent no HTTP response" in error.message or "reset" in error.message


def test_a_proxy_that_says_nothing_is_left_at_the_deadline() -> None:
    """A proxy has no more time than all the rest."""
    with FaultServer(strict=False) as server:
        server.on(CONNECT, ignore())
        route = Route(
            Endpoint(True, HOST, 443, "/"), parse_proxy(f"http://127.0.0.1:{server.port}")
        )
        error = dial_failure(route, 0.5)
    assert error.message == f"the proxy 127.0.0.1:{server.port}: timed out"
