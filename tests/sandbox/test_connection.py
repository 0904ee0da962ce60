"""The WebSocket and the clocks of a connection, seen by a client."""

import gc
import socket
from contextlib import suppress
from urllib.parse import urlsplit

import pytest
from support.fault_server.frames import Opcode, encode
from support.independent_client import Client, connected_client
from websockets.exceptions import ConnectionClosed
from websockets.protocol import State

from rtmcli.sandbox.connection import Connection
from rtmcli.sandbox.limits import Limits
from rtmcli.sandbox.server_options import ServerOptions
from rtmcli.sandbox.server_thread import Sandbox, run_sandbox

TIMED_OUT = {
    "action": "agent_disconnected",
    "type": "push",
    "payload": {"reason": "connection_timeout"},
}


def test_ping_frames_are_answered_by_pongs(agent: Client) -> None:
    """The control frame is the other way to ping."""
    assert agent.connection.ping().wait(10)


def test_no_answer_waits_for_an_acknowledgement(agent: Client) -> None:
    """Nagle's algorithm is off: an answer with a push behind it would wait 40 ms."""
    port = agent.connection.socket.getsockname()[1]
    [connection] = [
        each for each in gc.get_objects() if type(each) is Connection and peer_port(each) == port
    ]
    accepted = connection.transport.get_extra_info("socket")
    assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


def peer_port(connection: Connection) -> int:
    """Return the port of a connection's client; 0 where it is gone."""
    client = connection.transport.get_extra_info("peername") if connection.is_open else None
    return int(client[1]) if client else 0


def test_text_that_is_no_utf8_closes_the_connection(agent: Client) -> None:
    """A text frame must hold UTF-8: RFC 6455 wants the connection closed with 1007."""
    agent.connection.send(b"\xff{}", text=True)
    assert agent.read_until_closed()[1] == 1007


def test_a_message_may_come_in_fragments(agent: Client) -> None:
    """Frames of one message make one request, with a ping between them."""
    agent.connection.send(iter(['{"action": "get_cha', "", 'ts_summary", "requ', 'est_id": "7"}']))
    assert agent.wait_for_response("7")["success"]


def test_a_message_above_the_limit_closes_the_connection() -> None:
    """What is longer than a message may be is not taken: close code 1009."""
    with (
        run_sandbox(options=ServerOptions(Limits(max_message_size=1000))) as sandbox,
        connected_client(sandbox.url, sandbox.token) as agent,
    ):
        agent.send("x" * 1001)
        assert agent.read_until_closed()[1] == 1009


def test_without_a_login_in_time_the_server_says_why_and_closes() -> None:
    """No login within the limit: agent_disconnected with connection_timeout, then the close."""
    with (
        run_sandbox(options=ServerOptions(Limits(login_timeout=0.05))) as sandbox,
        connected_client(sandbox.url) as stranger,
    ):
        messages, code = stranger.read_until_closed()
    assert messages == [TIMED_OUT]
    assert code == 1000


def test_neither_pings_nor_refused_logins_extend_the_time_to_log_in() -> None:
    """A client that only pings, or fails to log in, is out of time all the same."""
    with (
        run_sandbox(options=ServerOptions(Limits(login_timeout=0.2))) as sandbox,
        connected_client(sandbox.url) as stranger,
    ):
        stranger.call("login", {"token": "Bearer wrong"})
        stranger.connection.ping()
        stranger.send_request("ping")
        assert stranger.read_until_closed()[0] == [TIMED_OUT]


def test_without_pings_the_server_says_why_and_closes() -> None:
    """Other traffic does not count as a ping: a busy client that never pings is dropped."""
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


@pytest.mark.parametrize("way", ["frame", "action"])
def test_pings_of_either_kind_keep_the_connection(way: str) -> None:
    """A client that pings outlives two clients, one after the other, that do not."""
    options = ServerOptions(Limits(idle_timeout=0.2))
    with (
        run_sandbox(options=options) as sandbox,
        connected_client(sandbox.url, sandbox.token) as agent,
    ):
        for _ in range(2):
            with connected_client(sandbox.url, sandbox.token) as quiet:
                while quiet.connection.state is State.OPEN:
                    assert (
                        agent.connection.ping().wait(10) if way == "frame" else agent.call("ping")
                    )
        assert agent.call("ping")["success"]


def test_a_client_that_does_not_read_is_dropped() -> None:
    """What waits for a client that has stopped reading is limited; others are not concerned."""
    options = ServerOptions(Limits(max_write_buffer=100_000))
    with (
        run_sandbox(options=options) as sandbox,
        connected_client(sandbox.url, sandbox.token) as agent,
        connected_client(sandbox.url, sandbox.token, slow_reader=True) as stalled,
    ):
        flood = {"scopes": {"agents": {"all": True}}, "content": "x" * 500_000}
        for _ in range(60):
            agent.call("multicast", flood)
            agent.pushes.clear()
        assert sandbox.call_threadsafe(lambda server: server.connection_count) == 1
        messages, code = stalled.read_until_closed()
    assert code is None
    assert len(messages) < 60


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/v3.0/agent/rtm/ws?region=fra", 101),
        ("/", 404),
        ("/agent/v3.0/rtm/ws", 404),
        ("/v3.0/agent/rtm/ws/", 404),
        ("/v3.1/agent/rtm/ws", 404),
    ],
)
def test_only_the_documented_path_is_served(sandbox: Sandbox, path: str, status: int) -> None:
    """A query is ignored; any other path is not found, and the answer names the right one."""
    assert handshake(sandbox, f"GET {path} HTTP/1.1") == status


def test_a_wrong_handshake_is_refused(sandbox: Sandbox) -> None:
    """A version of the protocol that is not RFC 6455's gets an HTTP status, and the end."""
    assert handshake(sandbox, "GET /v3.0/agent/rtm/ws HTTP/1.1", version=8) == 400


def handshake(sandbox: Sandbox, request_line: str, version: int = 13) -> int:
    """Shake hands in one's own words; return the HTTP status."""
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


def test_a_connection_that_says_nothing_is_ended() -> None:
    """Without even a handshake the time to log in runs."""
    with (
        run_sandbox(options=ServerOptions(Limits(login_timeout=0.05))) as sandbox,
        socket.create_connection(("127.0.0.1", urlsplit(sandbox.url).port), timeout=10) as raw,
    ):
        assert raw.recv(1) == b""


def test_a_client_that_does_not_complete_the_close_is_dropped() -> None:
    """The server waits for the client's half of the closing handshake for a while only."""
    limits = Limits(login_timeout=0.05, close_timeout=0.05)
    with (
        run_sandbox(options=ServerOptions(limits)) as sandbox,
        socket.create_connection(("127.0.0.1", urlsplit(sandbox.url).port), timeout=10) as raw,
    ):
        raw.sendall(
            b"GET /v3.0/agent/rtm/ws HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\n"
            b"Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
            b"Sec-WebSocket-Version: 13\r\n\r\n"
        )
        received = b"".join(iter(lambda: raw.recv(4096), b""))
    assert received.endswith(b"\x88\x02\x03\xe8")


def test_a_broken_frame_closes_the_connection(agent: Client) -> None:
    """A frame that is not masked breaks RFC 6455: close code 1002."""
    agent.connection.socket.sendall(b"\x81\x02{}")
    assert agent.read_until_closed()[1] == 1002


def test_fragments_do_not_escape_the_limit() -> None:
    """The limit is that of the whole message."""
    with (
        run_sandbox(options=ServerOptions(Limits(max_message_size=1000))) as sandbox,
        connected_client(sandbox.url, sandbox.token) as agent,
    ):
        agent.connection.send(iter(["x" * 600, "x" * 600]))
        assert agent.read_until_closed()[1] == 1009


def test_writing_early_does_not_make_room_for_more_requests() -> None:
    """Answers leave one by one where none waits; the eleventh request at once is still refused."""
    request = b'{"action": "get_chats_summary"}'
    with (
        run_sandbox(options=ServerOptions(Limits(max_write_delay=0))) as sandbox,
        connected_client(sandbox.url, sandbox.token) as agent,
    ):
        agent.call("ping")
        agent.connection.socket.sendall(encode(Opcode.TEXT, request, mask=b"mask") * 12)
        answers = [agent.receive() for _ in range(12)]
        assert [answer["success"] for answer in answers] == [True] * 10 + [False] * 2
        assert agent.call("get_chats_summary")["success"]


def test_a_client_that_asks_before_it_reads_gets_every_answer() -> None:
    """The server stops taking requests until its answers are read, and then goes on."""
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
