"""The fault server violates RFC 6455 and ends connections exactly as scripted."""

import socket
from collections.abc import Iterator
from typing import Any

import pytest
from support.fault_server import (
    CLOSE,
    HANDSHAKE,
    PING,
    FaultServer,
    Frame,
    Opcode,
    Step,
    binary,
    close,
    compression_bomb,
    delay,
    drop,
    execute,
    flood,
    fragmented,
    frame,
    frames,
    ignore,
    normal,
    pings,
    pongs,
    raw,
    respond,
    text,
    upgrade,
    wait_for_gate,
)
from support.raw_client import MASK, RawClient, logged_in_client, receive_message, send_request
from websockets.exceptions import ConnectionClosed


@pytest.fixture
def server() -> Iterator[FaultServer]:
    """Run a server that fails the test on protocol violations by the client."""
    with FaultServer() as serving:
        yield serving


# Violations


@pytest.mark.parametrize(
    ("step", "expected"),
    [
        (binary(b"\0"), Frame(Opcode.BINARY, b"\0", masked=False)),
        (text(b"\xff"), Frame(Opcode.TEXT, b"\xff", masked=False)),
        (text(""), Frame(Opcode.TEXT, b"", masked=False)),
        (frame(3, b"?"), Frame(3, b"?", masked=False)),
        (frame(Opcode.TEXT, b"?", rsv=2), Frame(Opcode.TEXT, b"?", rsv=2, masked=False)),
        (frame(Opcode.TEXT, b"?", mask=b"abcd"), Frame(Opcode.TEXT, b"?", masked=True)),
        (frame(Opcode.PING, b"?", fin=False), Frame(Opcode.PING, b"?", fin=False, masked=False)),
        (frame(Opcode.PING, b"?" * 126), Frame(Opcode.PING, b"?" * 126, masked=False)),
        (frame(Opcode.TEXT, b"?!", claimed_length=1), Frame(Opcode.TEXT, b"?", masked=False)),
        (text("x" * 70_000), Frame(Opcode.TEXT, b"x" * 70_000, masked=False)),
        (pings(1, b"p"), Frame(Opcode.PING, b"p", masked=False)),
        (pongs(1, b"p"), Frame(Opcode.PONG, b"p", masked=False)),
        (raw(b"\x8a\0"), Frame(Opcode.PONG, b"", masked=False)),
    ],
)
def test_a_frame_is_sent_as_scripted(server: FaultServer, step: Step, expected: Frame) -> None:
    """The server can send every frame that RFC 6455 forbids."""
    server.on("x", step)
    with RawClient(server) as client:
        client.send_request("x")
        assert client.read_frame() == expected


@pytest.mark.parametrize(
    ("step", "code"),
    [
        (text(b"\xff"), 1007),
        (frame(3), 1002),
        (frame(Opcode.TEXT, rsv=4), 1002),
        (frame(Opcode.TEXT, b"?", mask=MASK), 1002),
        (frame(Opcode.TEXT, b"?", claimed_length=1 << 40), 1009),
        (frame(Opcode.CLOSE, (1005).to_bytes(2)), 1002),
    ],
)
def test_a_correct_client_rejects_a_violation(server: FaultServer, step: Step, code: int) -> None:
    """The websockets library closes with the right code, and the server records it."""
    server.on("x", step)
    with logged_in_client(server, compression=None) as client:
        send_request(client, "x")
        with pytest.raises(ConnectionClosed):
            client.recv()
        server.wait_for(CLOSE)
    assert server.close_codes == [code]


def test_a_message_comes_in_fragments(server: FaultServer) -> None:
    """`fragmented` fragments any step's messages; control frames may come between."""
    server.on("x", fragmented(text("abc"), between=frames.encode(Opcode.PING, b"p")))
    with RawClient(server) as client:
        client.send_request("x")
        seen = [client.read_frame()[:3] for _ in range(5)]
    assert seen == [
        (Opcode.TEXT, b"a", False),
        (Opcode.PING, b"p", True),
        (Opcode.CONTINUATION, b"b", False),
        (Opcode.PING, b"p", True),
        (Opcode.CONTINUATION, b"c", True),
    ]


def test_a_message_may_come_in_a_hundred_thousand_fragments(server: FaultServer) -> None:
    """The server sends them; the library accepts 4,000."""
    server.on("x", fragmented(text("x" * 4_000)), fragmented(text("x" * 100_000)))
    with logged_in_client(server) as client:
        send_request(client, "x")
        assert client.recv(timeout=10) == "x" * 4_000
    with RawClient(server) as peer:
        peer.send_request("x")
        assert b"".join(peer.read_frame().payload for _ in range(100_000)) == b"x" * 100_000


def test_a_compression_bomb_is_small(server: FaultServer) -> None:
    """With compression, 1 MiB of spaces takes a few kilobytes."""
    server.on(HANDSHAKE, upgrade(deflate=True))
    server.on("x", compression_bomb(1 << 20))
    with logged_in_client(server) as client:
        send_request(client, "x")
        assert client.recv(timeout=10) == " " * (1 << 20)
    assert len(frames.compression_bomb(64 << 20)) < 100_000


def test_a_client_may_compress(server: FaultServer) -> None:
    """The server reads messages that the library compresses."""
    server.on(HANDSHAKE, upgrade(deflate=True))
    with logged_in_client(server) as client:
        send_request(client, "x" * 1_000)
        receive_message(client)
    assert server.requests[0].action == "x" * 1_000


# Ends


@pytest.mark.parametrize(
    ("steps", "code", "reason"),
    [
        ([close()], 1000, ""),
        ([close(1012, "restart")], 1012, "restart"),
        ([close(4999, "\x1b[31mred")], 4999, "\x1b[31mred"),
        ([close(None)], 1005, ""),
        ([close(1008, "policy", then="fin")], 1008, "policy"),
        ([drop("fin")], 1006, ""),
        ([drop("rst")], 1006, ""),
        ([execute(), drop()], 1006, ""),
    ],
)
def test_a_connection_ends_as_scripted(
    server: FaultServer, steps: list[Step], code: int, reason: str
) -> None:
    """The websockets library reads the scripted code and reason."""
    server.on("x", steps)
    with logged_in_client(server) as client:
        send_request(client, "x")
        with pytest.raises(ConnectionClosed):
            client.recv()
        assert (client.close_code, client.close_reason) == (code, reason)
    assert len(server.executed) == len(steps) - 1


@pytest.mark.parametrize(("how", "ended"), [("rst", "rst"), ("fin", "fin")])
def test_a_drop_is_an_rst_or_a_fin(server: FaultServer, how: Any, ended: str) -> None:
    """A dropped connection ends with the scripted TCP segment."""
    server.on("x", drop(how))
    with RawClient(server) as client:
        client.send_request("x")
        expected = ConnectionResetError if how == "rst" else EOFError
        with pytest.raises(expected):
            client.read_frame()
    server.wait_for(lambda: server.connection_ends == {1: ended})


def test_a_close_may_be_followed_by_a_reset(server: FaultServer) -> None:
    """The close frame arrives, then the RST."""
    server.on("x", close(1001, then="rst"))
    with RawClient(server) as client:
        client.send_request("x")
        assert client.read_frame().payload == (1001).to_bytes(2)
        with pytest.raises(ConnectionResetError):
            client.read_frame()


@pytest.mark.parametrize("how", ["by the client", "by the server"])
def test_a_closing_handshake_may_hang(server: FaultServer, how: str) -> None:
    """The server reads on after the client's close frame, sends nothing, and never ends."""
    server.on(CLOSE, *([ignore()] if how == "by the client" else []))
    server.on("x", close(1000, then="hang"))
    with RawClient(server) as client:
        if how == "by the server":
            client.send_request("x")
            assert client.read_frame().opcode == Opcode.CLOSE
        client.send(Opcode.CLOSE, (1000).to_bytes(2))
        server.wait_for(CLOSE)
        server.run_steps(pings())
        assert client.read_frame().opcode == Opcode.PING
        assert server.connection_ends == {}
    server.wait_for(lambda: server.connection_ends == {1: "eof"})


def test_the_server_discards_requests_after_its_close_frame(server: FaultServer) -> None:
    """A request after the close frame is counted, but neither executed nor answered."""
    server.on("x", close(1012))
    with RawClient(server) as client:
        client.send_request("x")
        client.send_request("y")
        server.wait_for("y")
        client.send(Opcode.CLOSE, (1012).to_bytes(2))
        assert client.read_frame().opcode == Opcode.CLOSE
        with pytest.raises(EOFError):
            client.read_frame()
    assert server.executed == []


def test_a_ping_may_stay_unanswered(server: FaultServer) -> None:
    """A server that hangs while its TCP connection is up sends no pong."""
    server.on(PING, ignore(), normal())
    with logged_in_client(server, ping_interval=None) as client:
        first = client.ping()
        assert client.ping().wait(10)
        assert server.count(PING) == 2
        assert first.is_set()  # the library counts the later pong for both


def test_a_client_may_close_without_a_code(server: FaultServer) -> None:
    """The response to an empty close frame is an empty one."""
    with RawClient(server) as client:
        client.send(Opcode.CLOSE)
        assert client.read_frame() == Frame(Opcode.CLOSE, b"", masked=False)
    assert server.close_codes == [None]


def test_a_client_may_send_fragments(server: FaultServer) -> None:
    """A fragmented request is one request, and control frames between are processed."""
    with RawClient(server) as client:
        client.socket.sendall(frames.encode(Opcode.TEXT, b'{"action":', fin=False, mask=MASK))
        client.send(Opcode.PONG)
        client.send(Opcode.PING, b"p")
        assert client.read_frame() == Frame(Opcode.PONG, b"p", masked=False)
        client.send(Opcode.CONTINUATION, b'"x"}')
        assert client.read_message() == {
            "action": "x",
            "type": "response",
            "success": True,
            "payload": {},
        }


def test_the_client_may_end_first(server: FaultServer) -> None:
    """The server records how a client ended without a close frame."""
    with RawClient(server):
        pass
    server.wait_for(lambda: server.connection_ends == {1: "eof"})
    with RawClient(server) as client:
        client.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    server.wait_for(lambda: server.connection_ends == {1: "eof", 2: "reset"})


def test_a_test_can_end_connections(server: FaultServer) -> None:
    """`run_steps` returns when the connection has ended, whatever step was waiting there."""
    server.on("x", [wait_for_gate(server.make_gate()), respond()])
    with RawClient(server) as first, RawClient(server) as second:
        first.send_request("x")
        server.wait_for("x")
        for number in server.open_connections:
            server.run_steps(drop(), connection=number)
        assert (server.open_connections, server.connection_ends) == ([], {1: "rst", 2: "rst"})
        for client in (first, second):
            with pytest.raises(ConnectionResetError):
                client.read_frame()


def test_a_response_needs_a_request(server: FaultServer) -> None:
    """A step that the test runs itself cannot respond."""
    with RawClient(server), pytest.raises(LookupError, match="needs a request"):
        server.run_steps(respond())


@pytest.mark.parametrize("who", ["server", "client"])
def test_a_blocked_write_does_not_prevent_the_end(server: FaultServer, who: str) -> None:
    """An unread flood ends with its connection, whichever side ends it."""
    server.on("drop", [delay(0.3), drop("rst")])
    server.on("flood", [delay(0), flood(100_000, text="x" * 1_000)])
    with RawClient(server) as client:
        client.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        if who == "server":
            client.send_request("drop")
        client.send_request("flood")
        server.wait_for("flood")
        if who == "client":
            client.socket.shutdown(socket.SHUT_WR)
        server.wait_for(lambda: server.connection_ends == {1: "rst" if who == "server" else "eof"})
