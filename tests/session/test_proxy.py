"""Proxies: the CONNECT request, and each kind of response."""

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
    """Return a route to the host that only the proxy knows."""
    url = proxy.url.replace("://", f"://{credentials}")
    return Route(Endpoint(True, HOST, 443, "/"), parse_proxy(url), write_ca_file(folder))


def test_a_proxy_gets_one_connect_request(tmp_path: Path) -> None:
    """With credentials, if there are any; everything after it is TLS."""
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
    ("credentials", "status", "words", "transient"),
    [
        ("", None, "requires a user and password (HTTP 407): set RTM_PROXY=http://USER", False),
        ("me:wrong@", None, "refused the password (HTTP 407)", False),
        ("", 403, "refused the tunnel with HTTP 403", False),
        ("", 503, "refused the tunnel with HTTP 503", True),
    ],
)
def test_a_refusal_names_the_proxy_and_its_status(
    tmp_path: Path, credentials: str, status: int | None, words: str, transient: bool
) -> None:
    """The message says what to do and contains no password; 5xx is transient."""
    with Proxy({}, credentials="me:right", forced_status=status) as proxy:
        error = dial_failure(route_through(proxy, tmp_path, credentials))
    assert error.message.startswith(f"the proxy 127.0.0.1:{proxy.port} {words}")
    assert "wrong" not in error.message
    assert error.transient is transient


@pytest.mark.parametrize("reply", [b"", b"SSH-2.0-x\r\n\r\n", b"HTTP/1.1 200\r\n", b"x" * 20_000])
def test_a_response_that_is_not_http_is_an_error(reply: bytes) -> None:
    """It must be complete."""
    with FaultServer(strict=False) as server:
        server.on(CONNECT, [raw(reply), drop("fin")])
        route = Route(
            Endpoint(True, HOST, 443, "/"), parse_proxy(f"http://127.0.0.1:{server.port}")
        )
        error = dial_failure(route)
    assert "sent no HTTP response" in error.message or "reset" in error.message


def test_a_silent_proxy_ends_at_the_deadline() -> None:
    """The deadline is that of the whole connection."""
    with FaultServer(strict=False) as server:
        server.on(CONNECT, ignore())
        route = Route(
            Endpoint(True, HOST, 443, "/"), parse_proxy(f"http://127.0.0.1:{server.port}")
        )
        error = dial_failure(route, 0.5)
    assert error.message == f"the proxy 127.0.0.1:{server.port}: timed out"


def test_a_proxys_retry_after_is_honored() -> None:
    """T147: a proxy may ask for a delay as a server does."""
    with FaultServer(strict=False) as server:
        server.on(CONNECT, [raw(b"HTTP/1.1 503 Busy\r\nRetry-After: 3\r\n\r\n"), drop("fin")])
        route = Route(
            Endpoint(True, HOST, 443, "/"), parse_proxy(f"http://127.0.0.1:{server.port}")
        )
        error = dial_failure(route)
    assert (error.transient, error.min_delay) == (True, 3.0)
