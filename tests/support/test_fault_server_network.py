"""The bad line, the proxy, and the ports where nobody answers."""

import contextlib
import socket
import struct
import time
from collections.abc import Iterator
from typing import NamedTuple

import pytest
from support.fault_server import (
    CONNECT,
    FaultServer,
    Proxy,
    ProxyRequest,
    TcpRelay,
    hanging_port,
    refusing_port,
)
from support.fault_server.listener import bound_socket, reset_on_close
from websockets.exceptions import InvalidProxyStatus
from websockets.sync.client import connect

TCPI_DATA_SEGS_IN = slice(152, 156)  # tcpi_data_segs_in of Linux's struct tcp_info


class RelayedPair(NamedTuple):
    """A connection by way of the shim, with both of its ends in hand."""

    relay: TcpRelay
    client: socket.socket
    server: socket.socket


@pytest.fixture
def line() -> Iterator[RelayedPair]:
    """Connect through a shim to a socket that only listens."""
    with bound_socket("127.0.0.1") as upstream:
        upstream.listen()
        with TcpRelay(upstream.getsockname()[1]) as relay, _connect(relay.port) as client:
            server, _ = upstream.accept()
            with server:
                server.settimeout(10)
                relay.wait_for(lambda: relay.open_count == 1)
                yield RelayedPair(relay, client, server)


def _connect(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), timeout=10)


def _send_http_request(port: int, request: str) -> bytes:
    with _connect(port) as client:
        client.sendall(request.encode())
        return client.recv(1 << 16)


def _read_exactly(source: socket.socket, count: int) -> bytes:
    with source.makefile("rb") as file:
        return file.read(count)


def _is_silent(source: socket.socket) -> bool:
    source.settimeout(0.1)
    try:
        source.recv(1)
    except TimeoutError:
        return True
    finally:
        source.settimeout(10)
    return False


def test_a_good_line_carries_both_ways_to_the_end(line: RelayedPair) -> None:
    """Bytes, and then the end of either side, arrive at the other."""
    line.client.sendall(b"question")
    assert line.server.recv(100) == b"question"
    line.server.sendall(b"answer!")
    assert line.client.recv(100) == b"answer!"
    line.client.shutdown(socket.SHUT_WR)
    assert line.server.recv(1) == b""
    line.server.sendall(b"later")
    line.server.close()
    assert _read_exactly(line.client, 6) == b"later"
    line.relay.wait_for(lambda: line.relay.open_count == 0)
    assert (line.relay.connection_count, line.relay.bytes_relayed) == (1, {"up": 8, "down": 12})


def test_a_server_is_reached_by_way_of_the_shim() -> None:
    """The shim's address differs from the server's by the port only."""
    with FaultServer() as server, TcpRelay(server.port) as relay:
        with connect(relay.url(server.url), proxy=None) as client:
            client.send('{"action": "login", "request_id": "1"}')
            assert '"success":true' in str(client.recv(timeout=10))
        assert (server.count("login"), relay.connection_count) == (1, 1)


def test_latency_delays_and_does_not_add_up(line: RelayedPair) -> None:
    """Each piece is late by the latency, and the pieces travel at once."""
    line.relay.set_latency(0.2)
    start = time.monotonic()
    for _ in range(10):
        line.client.sendall(b"!")
        line.relay.set_latency(0.2)  # gives the relay a turn, so that the pieces stay apart
    assert _read_exactly(line.server, 10) == b"!" * 10
    assert 0.2 <= time.monotonic() - start < 1


def test_bandwidth_is_bounded(line: RelayedPair) -> None:
    """A thousand bytes at ten thousand a second take a tenth of a second."""
    line.relay.set_bandwidth(10_000)
    start = time.monotonic()
    line.client.sendall(bytes(1_000))
    assert _read_exactly(line.server, 1_000) == bytes(1_000)
    assert time.monotonic() - start >= 0.09


def test_a_stream_is_sliced(line: RelayedPair) -> None:
    """Each slice travels in a TCP segment of its own."""
    line.relay.set_segment_size(2)
    line.client.sendall(b"0123456789")
    assert _read_exactly(line.server, 10) == b"0123456789"
    state = line.server.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 256)
    assert struct.unpack("=I", state[TCPI_DATA_SEGS_IN]) == (5,)


def test_a_silent_line_carries_nothing_and_closes_nothing(line: RelayedPair) -> None:
    """Neither bytes nor ends arrive in a partition; when it heals, all of it does."""
    line.relay.partition()
    line.client.sendall(b"lost")
    line.client.shutdown(socket.SHUT_WR)
    line.server.sendall(b"too")
    assert _is_silent(line.server)
    assert _is_silent(line.client)
    line.relay.heal()
    assert _read_exactly(line.server, 5) == b"lost"
    assert line.client.recv(3) == b"too"


def test_a_silent_line_accepts_and_leads_nowhere(line: RelayedPair) -> None:
    """A connect succeeds in a partition, as far as the shim, and goes on when it heals."""
    line.relay.partition()
    with _connect(line.relay.port) as client:
        line.relay.wait_for(lambda: line.relay.connection_count == 2)
        assert _is_silent(client)
        assert line.relay.open_count == 1
        line.relay.heal()
        line.relay.wait_for(lambda: line.relay.open_count == 2)


def test_a_reset_hits_both_sides(line: RelayedPair) -> None:
    """Client and server get an RST, even out of a silence."""
    line.relay.partition()
    line.relay.reset_connections()
    for end in (line.client, line.server):
        with pytest.raises(ConnectionResetError):
            end.recv(1)


def test_a_line_breaks_after_so_many_bytes(line: RelayedPair) -> None:
    """The bytes up to the limit arrive, then the RST; the other direction has no limit."""
    line.relay.reset_after("up", 5)
    line.server.sendall(b"answer!")
    assert line.client.recv(100) == b"answer!"
    line.client.sendall(b"question")
    assert line.server.recv(100) == b"quest"
    with pytest.raises(ConnectionResetError):
        line.server.recv(1)
    assert line.relay.bytes_relayed["up"] == 5


def test_a_line_is_half_closed(line: RelayedPair) -> None:
    """The client hears the end, and is heard still."""
    line.relay.half_close("down")
    assert line.client.recv(1) == b""
    line.client.sendall(b"still here")
    assert line.server.recv(100) == b"still here"


def test_a_reset_of_the_server_is_carried(line: RelayedPair) -> None:
    """An RST on one side becomes one on the other."""
    reset_on_close(line.server)
    line.server.close()
    with pytest.raises(ConnectionResetError):
        line.client.recv(1)


def test_a_line_to_nobody_resets() -> None:
    """Where the server refuses, the client is reset."""
    with refusing_port() as port, TcpRelay(port) as relay, pytest.raises(ConnectionResetError):
        _send_http_request(relay.port, "anybody there?")


def test_leaving_a_silent_shim_is_quick(line: RelayedPair) -> None:
    """A partition does not keep the test from ending."""
    line.relay.partition()
    start = time.monotonic()
    with TcpRelay(line.relay.port) as second, _connect(second.port):
        second.wait_for(lambda: second.open_count == 1)
        second.partition()
    assert time.monotonic() - start < 2


# The proxy

HOST = "api.example.com:443"


def test_a_proxy_tunnels_to_the_route_by_name() -> None:
    """The library reaches a server behind a name that no resolver knows."""
    with FaultServer() as server, Proxy({"nowhere.invalid:80": server.port}) as proxy:
        with connect("ws://nowhere.invalid/v3.0/agent/rtm/ws", proxy=proxy.url) as client:
            client.send('{"action": "login", "request_id": "1"}')
            assert '"success":true' in str(client.recv(timeout=10))
        assert [request.request_line for request in proxy.requests] == [
            "CONNECT nowhere.invalid:80 HTTP/1.1"
        ]


def test_a_proxy_demands_credentials() -> None:
    """407 without them or with others; a tunnel with them."""
    routes = {"nowhere.invalid:80": 1}
    with Proxy(routes, credentials="me:secret") as proxy:
        for given in ("", "me:wrong@"):
            with pytest.raises(InvalidProxyStatus, match="407"):
                connect("ws://nowhere.invalid", proxy=proxy.url.replace("//", f"//{given}"))


def test_a_proxy_takes_the_credentials() -> None:
    """With them there is a tunnel."""
    with FaultServer() as server, Proxy({HOST: server.port}, credentials="me:secret") as proxy:
        basic = "Proxy-Authorization: Basic bWU6c2VjcmV0"
        assert b" 200 " in _send_http_request(
            proxy.port, f"CONNECT {HOST} HTTP/1.1\r\n{basic}\r\n\r\n"
        )
        server.wait_for(CONNECT)


@pytest.mark.parametrize(
    ("request_line", "status"),
    [
        (f"CONNECT {HOST}", 200),
        ("CONNECT elsewhere.example.com:443", 502),
        (f"GET http://{HOST}/", 405),
    ],
)
def test_a_proxy_leads_nowhere_else(request_line: str, status: int) -> None:
    """Only CONNECT is served, and only to a route that the test gave."""
    with FaultServer() as server, Proxy({HOST: server.port}) as proxy:
        reply = _send_http_request(proxy.port, f"{request_line} HTTP/1.1\r\nHost: {HOST}\r\n\r\n")
        assert reply.startswith(f"HTTP/1.1 {status} ".encode())
        expected = ProxyRequest(1, f"{request_line} HTTP/1.1", {"host": HOST})
        assert proxy.requests == [expected]


def test_a_proxy_replies_what_it_is_told() -> None:
    """A fixed status serves every request."""
    with Proxy({HOST: 1}, forced_status=503) as proxy:
        assert _send_http_request(proxy.port, f"CONNECT {HOST} HTTP/1.1\r\n\r\n").startswith(
            b"HTTP/1.1 503 "
        )


def test_leaving_a_proxy_ends_its_tunnels() -> None:
    """Whoever sits in a tunnel, or has not asked yet, hears the end."""
    with FaultServer() as server, contextlib.ExitStack() as stack:
        with Proxy({HOST: server.port}) as proxy:
            tunnel, idle = (stack.enter_context(_connect(proxy.port)) for _ in range(2))
            tunnel.sendall(f"CONNECT {HOST} HTTP/1.1\r\n\r\n".encode())
            assert tunnel.recv(1 << 16)
            proxy.wait_for(lambda: proxy.connection_count == 2)
        assert (tunnel.recv(1), idle.recv(1)) == (b"", b"")


# The ports


def test_a_port_refuses() -> None:
    """A connect to a refusing port fails at once."""
    with refusing_port() as port, pytest.raises(ConnectionRefusedError):
        _connect(port)


def test_a_port_hangs() -> None:
    """A connect to a hanging port neither succeeds nor fails."""
    with hanging_port() as port, contextlib.closing(socket.socket()) as client:
        client.settimeout(0.2)
        with pytest.raises(TimeoutError):
            client.connect(("127.0.0.1", port))
