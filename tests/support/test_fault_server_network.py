"""The TCP relay, the proxy, and the ports that do not respond."""

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
    """A relayed connection with both of its ends."""

    relay: TcpRelay
    client: socket.socket
    server: socket.socket


@pytest.fixture
def pair() -> Iterator[RelayedPair]:
    """Connect through a relay to a listening socket."""
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


def test_a_relay_forwards_both_directions_to_the_end(pair: RelayedPair) -> None:
    """Bytes and the end of either side arrive at the other side."""
    pair.client.sendall(b"question")
    assert pair.server.recv(100) == b"question"
    pair.server.sendall(b"answer!")
    assert pair.client.recv(100) == b"answer!"
    pair.client.shutdown(socket.SHUT_WR)
    assert pair.server.recv(1) == b""
    pair.server.sendall(b"later")
    pair.server.close()
    assert _read_exactly(pair.client, 6) == b"later"
    pair.relay.wait_for(lambda: pair.relay.open_count == 0)
    assert (pair.relay.connection_count, pair.relay.bytes_relayed) == (1, {"up": 8, "down": 12})


def test_a_server_can_be_reached_through_the_relay() -> None:
    """The relay's URL differs from the server's only by the port."""
    with FaultServer() as server, TcpRelay(server.port) as relay:
        with connect(relay.url(server.url), proxy=None) as client:
            client.send('{"action": "login", "request_id": "1"}')
            assert '"success":true' in str(client.recv(timeout=10))
        assert (server.count("login"), relay.connection_count) == (1, 1)


def test_latency_does_not_accumulate(pair: RelayedPair) -> None:
    """Each chunk is delayed by the latency, independently of the others."""
    pair.relay.set_latency(0.2)
    start = time.monotonic()
    for _ in range(10):
        pair.client.sendall(b"!")
        pair.relay.set_latency(0.2)  # wakes the relay, so that the chunks stay separate
    assert _read_exactly(pair.server, 10) == b"!" * 10
    assert 0.2 <= time.monotonic() - start < 1


def test_bandwidth_is_limited(pair: RelayedPair) -> None:
    """1,000 bytes at 10,000 bytes per second take a tenth of a second."""
    pair.relay.set_bandwidth(10_000)
    start = time.monotonic()
    pair.client.sendall(bytes(1_000))
    assert _read_exactly(pair.server, 1_000) == bytes(1_000)
    assert time.monotonic() - start >= 0.09


def test_a_stream_is_split_into_segments(pair: RelayedPair) -> None:
    """Each write is a separate TCP segment."""
    pair.relay.set_segment_size(2)
    pair.client.sendall(b"0123456789")
    assert _read_exactly(pair.server, 10) == b"0123456789"
    state = pair.server.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 256)
    assert struct.unpack("=I", state[TCPI_DATA_SEGS_IN]) == (5,)


def test_a_partition_relays_nothing_and_closes_nothing(pair: RelayedPair) -> None:
    """Neither bytes nor ends arrive during a partition; all arrive when it heals."""
    pair.relay.partition()
    pair.client.sendall(b"lost")
    pair.client.shutdown(socket.SHUT_WR)
    pair.server.sendall(b"too")
    assert _is_silent(pair.server)
    assert _is_silent(pair.client)
    pair.relay.heal()
    assert _read_exactly(pair.server, 5) == b"lost"
    assert pair.client.recv(3) == b"too"


def test_a_partition_accepts_connections_but_does_not_forward_them(pair: RelayedPair) -> None:
    """A connection reaches the relay during a partition, and the server when it heals."""
    pair.relay.partition()
    with _connect(pair.relay.port) as client:
        pair.relay.wait_for(lambda: pair.relay.connection_count == 2)
        assert _is_silent(client)
        assert pair.relay.open_count == 1
        pair.relay.heal()
        pair.relay.wait_for(lambda: pair.relay.open_count == 2)


def test_a_reset_reaches_both_sides(pair: RelayedPair) -> None:
    """Client and server get an RST, even during a partition."""
    pair.relay.partition()
    pair.relay.reset_connections()
    for end in (pair.client, pair.server):
        with pytest.raises(ConnectionResetError):
            end.recv(1)


def test_a_relay_resets_after_the_given_number_of_bytes(pair: RelayedPair) -> None:
    """The bytes up to the limit arrive, then an RST; the other direction has no limit."""
    pair.relay.reset_after("up", 5)
    pair.server.sendall(b"answer!")
    assert pair.client.recv(100) == b"answer!"
    pair.client.sendall(b"question")
    assert pair.server.recv(100) == b"quest"
    with pytest.raises(ConnectionResetError):
        pair.server.recv(1)
    assert pair.relay.bytes_relayed["up"] == 5


def test_a_connection_is_half_closed(pair: RelayedPair) -> None:
    """The client receives the end and can still send."""
    pair.relay.half_close("down")
    assert pair.client.recv(1) == b""
    pair.client.sendall(b"still here")
    assert pair.server.recv(100) == b"still here"


def test_a_reset_by_the_server_is_forwarded(pair: RelayedPair) -> None:
    """An RST on one side becomes an RST on the other."""
    reset_on_close(pair.server)
    pair.server.close()
    with pytest.raises(ConnectionResetError):
        pair.client.recv(1)


def test_a_relay_to_a_refusing_port_resets() -> None:
    """If the server refuses, the client is reset."""
    with refusing_port() as port, TcpRelay(port) as relay, pytest.raises(ConnectionResetError):
        _send_http_request(relay.port, "request")


def test_leaving_a_partitioned_relay_is_quick(pair: RelayedPair) -> None:
    """A partition does not block the end of the test."""
    pair.relay.partition()
    start = time.monotonic()
    with TcpRelay(pair.relay.port) as second, _connect(second.port):
        second.wait_for(lambda: second.open_count == 1)
        second.partition()
    assert time.monotonic() - start < 2


# The proxy

HOST = "api.example.com:443"


def test_a_proxy_tunnels_to_the_route_by_name() -> None:
    """The library reaches a server by a name that does not resolve."""
    with FaultServer() as server, Proxy({"nowhere.invalid:80": server.port}) as proxy:
        with connect("ws://nowhere.invalid/v3.0/agent/rtm/ws", proxy=proxy.url) as client:
            client.send('{"action": "login", "request_id": "1"}')
            assert '"success":true' in str(client.recv(timeout=10))
        assert [request.request_line for request in proxy.requests] == [
            "CONNECT nowhere.invalid:80 HTTP/1.1"
        ]


def test_a_proxy_requires_credentials() -> None:
    """It responds 407 to missing and to wrong credentials."""
    routes = {"nowhere.invalid:80": 1}
    with Proxy(routes, credentials="me:secret") as proxy:
        for given in ("", "me:wrong@"):
            with pytest.raises(InvalidProxyStatus, match="407"):
                connect("ws://nowhere.invalid", proxy=proxy.url.replace("//", f"//{given}"))


def test_a_proxy_accepts_the_credentials() -> None:
    """With the right credentials it opens the tunnel."""
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
def test_a_proxy_serves_nothing_else(request_line: str, status: int) -> None:
    """It serves only CONNECT, and only to the given routes."""
    with FaultServer() as server, Proxy({HOST: server.port}) as proxy:
        reply = _send_http_request(proxy.port, f"{request_line} HTTP/1.1\r\nHost: {HOST}\r\n\r\n")
        assert reply.startswith(f"HTTP/1.1 {status} ".encode())
        expected = ProxyRequest(1, f"{request_line} HTTP/1.1", {"host": HOST})
        assert proxy.requests == [expected]


def test_a_proxy_can_force_a_status() -> None:
    """A forced status is the response to every request."""
    with Proxy({HOST: 1}, forced_status=503) as proxy:
        assert _send_http_request(proxy.port, f"CONNECT {HOST} HTTP/1.1\r\n\r\n").startswith(
            b"HTTP/1.1 503 "
        )


def test_leaving_a_proxy_ends_its_tunnels() -> None:
    """A client in a tunnel, and one that has sent nothing, receive the end."""
    with FaultServer() as server, contextlib.ExitStack() as stack:
        with Proxy({HOST: server.port}) as proxy:
            tunnel, idle = (stack.enter_context(_connect(proxy.port)) for _ in range(2))
            tunnel.sendall(f"CONNECT {HOST} HTTP/1.1\r\n\r\n".encode())
            assert tunnel.recv(1 << 16)
            proxy.wait_for(lambda: proxy.connection_count == 2)
        assert (tunnel.recv(1), idle.recv(1)) == (b"", b"")


# Ports


def test_a_refusing_port_refuses() -> None:
    """A connection to a refusing port fails at once."""
    with refusing_port() as port, pytest.raises(ConnectionRefusedError):
        _connect(port)


def test_a_hanging_port_hangs() -> None:
    """A connection to a hanging port neither succeeds nor fails."""
    with hanging_port() as port, contextlib.closing(socket.socket()) as client:
        client.settimeout(0.2)
        with pytest.raises(TimeoutError):
            client.connect(("127.0.0.1", port))
