"""The WebSocket and the timers of a connection, as a client observes them."""

import gc
import socket
from contextlib import suppress
from urllib.parse import urlsplit

import pytest
from support.fault_server.frames import Opcode, encode
from support.independent_client import Client, connected_client
from websockets.exceptions import ConnectionClosed
from websockets.protocol import State

from rtmcli.sandbox.server.connection import Connection
from rtmcli.sandbox.server.limits import Limits
from rtmcli.sandbox.server.options import ServerOptions
from rtmcli.sandbox.server_thread import Sandbox, run_sandbox

TIMED_OUT = {
    "action": "agent_disconnected",
    "type": "push",
    "payload": {"reason": "connection_timeout"},
}


def test_ping_frames_are_answered_by_pongs(agent: Client) -> None:
    """Pings may be control frames."""
    assert agent.connection.ping().wait(10)


def test_tcp_nodelay_is_set(agent: Client) -> None:
    """Nagle's algorithm is off: a push after a response would be delayed by 40 ms."""
    port = agent.connection.socket.getsockname()[1]
    [connection] = [
        each for each in gc.get_objects() if type(each) is Connection and peer_port(each) == port
    ]
    accepted = connection.transport.get_extra_info("socket")
    assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


def peer_port(connection: Connection) -> int:
    """Return the client's port of a connection, or 0 if it is closed."""
    client = connection.transport.get_extra_info("peername") if connection.is_open else None
    return int(client[1]) if client else 0


def test_invalid_utf8_closes_the_connection(agent: Client) -> None:
    """RFC 6455: the close code is 1007."""
    agent.connection.send(b"\xff{}", text=True)
    assert agent.read_until_closed()[1] == 1007


def test_messages_may_be_fragmented(agent: Client) -> None:
    """The frames of one message make one request, even with a ping between them."""
    agent.connection.send(iter(['{"action": "get_cha', "", 'ts_summary", "requ', 'est_id": "7"}']))
    assert agent.wait_for_response("7")["success"]


def test_a_message_over_the_size_limit_closes_the_connection() -> None:
    """The close code is 1009."""
    with (
        run_sandbox(options=ServerOptions(Limits(max_message_size=1000))) as sandbox,
        connected_client(sandbox.url, sandbox.token) as agent,
    ):
        agent.send("x" * 1001)
        assert agent.read_until_closed()[1] == 1009


def test_the_login_timeout_disconnects() -> None:
    """The server pushes agent_disconnected with connection_timeout, then closes."""
    with (
        run_sandbox(options=ServerOptions(Limits(login_timeout=0.05))) as sandbox,
        connected_client(sandbox.url) as client,
    ):
        messages, code = client.read_until_closed()
    assert messages == [TIMED_OUT]
    assert code == 1000


def test_pings_and_failed_logins_do_not_extend_the_login_timeout() -> None:
    """A client that only pings, or fails to log in, is disconnected."""
    with (
        run_sandbox(options=ServerOptions(Limits(login_timeout=0.2))) as sandbox,
        connected_client(sandbox.url) as client,
    ):
        client.call("login", {"token": "Bearer wrong"})
        client.connection.ping()
        client.send_request("ping")
        assert client.read_until_closed()[0] == [TIMED_OUT]


def test_the_idle_timeout_disconnects() -> None:
    """Other traffic does not count as a ping: a busy client that never pings is disconnected."""
    limits = Limits(idle_timeout=0.2, max_pending_requests=100_000)
    with (
        run_sandbox(options=ServerOptions(limits)) as sandbox,
        connected_client(sandbox.url, sandbox.token) as agent,
    ):
        with suppress(ConnectionClosed):
            while True:
                agent.call("get_customers", {"limit": 1})
        messages, code = agent.read_until_closed()
    assert messages[-1] == TIMED_OUT
    assert code == 1000


@pytest.mark.parametrize("kind", ["frame", "action"])
def test_either_kind_of_ping_keeps_the_connection_open(kind: str) -> None:
    """A client that pings outlives two successive clients that do not."""
    options = ServerOptions(Limits(idle_timeout=0.2))
    with (
        run_sandbox(options=options) as sandbox,
        connected_client(sandbox.url, sandbox.token) as agent,
    ):
        for _ in range(2):
            with connected_client(sandbox.url, sandbox.token) as idle:
                while idle.connection.state is State.OPEN:
                    assert (
                        agent.connection.ping().wait(10) if kind == "frame" else agent.call("ping")
                    )
        assert agent.call("ping")["success"]


def test_a_slow_reader_is_disconnected() -> None:
    """The write buffer is limited; other clients are not affected."""
    options = ServerOptions(Limits(max_write_buffer=100_000))
    with (
        run_sandbox(options=options) as sandbox,
        connected_client(sandbox.url, sandbox.token) as agent,
        connected_client(sandbox.url, sandbox.token, slow_reader=True) as stalled,
    ):
        payload = {"scopes": {"agents": {"all": True}}, "content": "x" * 500_000}
        for _ in range(60):
            agent.call("multicast", payload)
            agent.pushes.clear()
        assert sandbox.call_threadsafe(lambda server: server.connection_count) == 1
        messages, code = stalled.read_until_closed()
    assert code is None
    assert len(messages) < 60


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/v3.0/agent/rtm/ws?region=fra", 101),
        ("/v3.6/agent/rtm/ws", 101),
        ("/v3.6/agent/rtm/ws?organization_id=wrong", 101),
        ("/v3.7/agent/rtm/ws", 404),
        ("/", 404),
        ("/agent/v3.0/rtm/ws", 404),
        ("/v3.0/agent/rtm/ws/", 404),
        ("/v3.1/agent/rtm/ws", 404),
    ],
)
def test_only_the_documented_path_is_served(sandbox: Sandbox, path: str, status: int) -> None:
    """Another path or version is not found, and the response names the correct ones."""
    assert handshake(sandbox, f"GET {path} HTTP/1.1") == status


def test_an_invalid_handshake_is_rejected(sandbox: Sandbox) -> None:
    """An unsupported WebSocket version gets an HTTP status."""
    assert handshake(sandbox, "GET /v3.0/agent/rtm/ws HTTP/1.1", version=8) == 400


def handshake(sandbox: Sandbox, request_line: str, version: int = 13) -> int:
    """Send a handshake; return the HTTP status."""
    parts = urlsplit(sandbox.url)
    with socket.create_connection((parts.hostname, parts.port), timeout=10) as raw_socket:
        raw_socket.sendall(
            f"{request_line}\r\nHost: {parts.netloc}\r\n"
            "Upgrade: websocket\r\nConnection: Upgrade\r\n"
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
            f"Sec-WebSocket-Version: {version}\r\n\r\n".encode()
        )
        status_line = raw_socket.makefile("rb").readline().split()
        return int(status_line[1])


def test_the_login_timeout_covers_the_handshake() -> None:
    """A connection without a handshake is closed."""
    with (
        run_sandbox(options=ServerOptions(Limits(login_timeout=0.05))) as sandbox,
        socket.create_connection(("127.0.0.1", urlsplit(sandbox.url).port), timeout=10) as raw,
    ):
        assert raw.recv(1) == b""


def test_an_incomplete_closing_handshake_times_out() -> None:
    """The server waits for the client's close for a limited time."""
    limits = Limits(login_timeout=0.05, close_timeout=0.05)
    with (
        run_sandbox(options=ServerOptions(limits)) as sandbox,
        socket.create_connection(("127.0.0.1", urlsplit(sandbox.url).port), timeout=10) as raw,
    ):
        raw.sendall(
            b"GET /v3.0/agent/rtm/ws HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n"
            b"Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
            b"Sec-WebSocket-Version: 13\r\n\r\n"
        )
        received = b"".join(iter(lambda: raw.recv(4096), b""))
    assert received.endswith(b"\x88\x02\x03\xe8")


def test_a_protocol_error_closes_the_connection(agent: Client) -> None:
    """An unmasked frame violates RFC 6455: the close code is 1002."""
    agent.connection.socket.sendall(b"\x81\x02{}")
    assert agent.read_until_closed()[1] == 1002


def test_the_size_limit_applies_to_fragmented_messages() -> None:
    """The limit is that of the whole message."""
    with (
        run_sandbox(options=ServerOptions(Limits(max_message_size=1000))) as sandbox,
        connected_client(sandbox.url, sandbox.token) as agent,
    ):
        with suppress(ConnectionClosed):  # the server may close before the last fragment
            agent.connection.send(iter(["x" * 600, "x" * 600]))
        assert agent.read_until_closed()[1] == 1009


def test_early_writes_do_not_reset_the_pending_requests() -> None:
    """Responses are written one by one; the eleventh simultaneous request is still rejected."""
    request = b'{"action": "get_chats_summary"}'
    with (
        run_sandbox(options=ServerOptions(Limits(max_write_delay=0))) as sandbox,
        connected_client(sandbox.url, sandbox.token) as agent,
    ):
        agent.call("ping")
        agent.connection.socket.sendall(encode(Opcode.TEXT, request, mask=b"mask") * 12)
        responses = [agent.receive() for _ in range(12)]
        assert [response["success"] for response in responses] == [True] * 10 + [False] * 2
        assert agent.call("get_chats_summary")["success"]


def test_backpressure_loses_no_response() -> None:
    """The server stops reading requests until its responses are read, then continues."""
    options = ServerOptions(Limits(max_pending_requests=1_000_000, max_write_buffer=2**30))
    with (
        run_sandbox(options=options) as sandbox,
        connected_client(sandbox.url, sandbox.token, slow_reader=True) as agent,
    ):
        request_ids = [
            agent.send_request("get_archives", {"pagination": {"limit": 100}}) for _ in range(800)
        ]
        assert [agent.wait_for_response(request_id)["success"] for request_id in request_ids] == [
            True
        ] * 800
