"""The fault server breaks RFC 6455 exactly as it is told, and ends connections so."""

import socket
from collections.abc import Iterator
from typing import Any

import pytest
from faults import (
    CLOSE,
    HANDSHAKE,
    PING,
    FaultServer,
    Frame,
    Opcode,
    Step,
    after,
    answer,
    binary,
    bomb,
    close,
    drop,
    execute,
    flood,
    fragmented,
    frame,
    frames,
    normal,
    pause,
    pings,
    pongs,
    raw,
    silence,
    text,
    upgrade,
)
from websockets.exceptions import ConnectionClosed
from witnesses import MASK, Peer, call, heard, joined


@pytest.fixture
def server() -> Iterator[FaultServer]:
    """Serve with a server that minds the client's manners."""
    with FaultServer() as serving:
        yield serving


# Breaches


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
        (frame(Opcode.TEXT, b"?!", length=1), Frame(Opcode.TEXT, b"?", masked=False)),
        (text("x" * 70_000), Frame(Opcode.TEXT, b"x" * 70_000, masked=False)),
        (pings(1, b"p"), Frame(Opcode.PING, b"p", masked=False)),
        (pongs(1, b"p"), Frame(Opcode.PONG, b"p", masked=False)),
        (raw(b"\x8a\0"), Frame(Opcode.PONG, b"", masked=False)),
    ],
)
def test_a_frame_is_on_the_wire_as_told(server: FaultServer, step: Step, expected: Frame) -> None:
    """Nothing that RFC 6455 forbids is beyond the server."""
    server.on("x", step)
    with Peer(server) as peer:
        peer.ask("x")
        assert peer.frame() == expected


@pytest.mark.parametrize(
    ("step", "code"),
    [
        (text(b"\xff"), 1007),
        (frame(3), 1002),
        (frame(Opcode.TEXT, rsv=4), 1002),
        (frame(Opcode.TEXT, b"?", mask=MASK), 1002),
        (frame(Opcode.TEXT, b"?", length=1 << 40), 1009),
        (frame(Opcode.CLOSE, (1005).to_bytes(2)), 1002),
    ],
)
def test_a_sound_client_rejects_a_breach(server: FaultServer, step: Step, code: int) -> None:
    """The websockets library closes with the code that is due, and the server sees that code."""
    server.on("x", step)
    with joined(server, compression=None) as client:
        call(client, "x")
        with pytest.raises(ConnectionClosed):
            client.recv()
        server.wait_for(CLOSE)
    assert server.close_codes == [code]


def test_a_message_comes_in_fragments(server: FaultServer) -> None:
    """`fragmented` cuts any step's messages; control frames may come between."""
    server.on("x", fragmented(text("abc"), between=frames.encode(Opcode.PING, b"p")))
    with Peer(server) as peer:
        peer.ask("x")
        seen = [peer.frame()[:3] for _ in range(5)]
    assert seen == [
        (Opcode.TEXT, b"a", False),
        (Opcode.PING, b"p", True),
        (Opcode.CONTINUATION, b"b", False),
        (Opcode.PING, b"p", True),
        (Opcode.CONTINUATION, b"c", True),
    ]


def test_a_message_may_come_in_a_hundred_thousand_fragments(server: FaultServer) -> None:
    """So many are sent; the library takes some 4,000 and then closes."""
    server.on("x", fragmented(text("x" * 4_000)), fragmented(text("x" * 100_000)))
    with joined(server) as client:
        call(client, "x")
        assert client.recv(timeout=10) == "x" * 4_000
    with Peer(server) as peer:
        peer.ask("x")
        assert b"".join(peer.frame().payload for _ in range(100_000)) == b"x" * 100_000


def test_a_bomb_is_small_and_grows(server: FaultServer) -> None:
    """Where compression is on, a megabyte of blanks comes in a few kilobytes."""
    server.on(HANDSHAKE, upgrade(deflate=True))
    server.on("x", bomb(1 << 20))
    with joined(server) as client:
        call(client, "x")
        assert client.recv(timeout=10) == " " * (1 << 20)
    assert len(frames.bomb(64 << 20)) < 100_000


def test_a_client_may_compress(server: FaultServer) -> None:
    """What the library compresses, the server reads."""
    server.on(HANDSHAKE, upgrade(deflate=True))
    with joined(server) as client:
        call(client, "x" * 1_000)
        heard(client)
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
def test_a_connection_ends_as_told(
    server: FaultServer, steps: list[Step], code: int, reason: str
) -> None:
    """The websockets library reads the code and the reason that were scripted."""
    server.on("x", steps)
    with joined(server) as client:
        call(client, "x")
        with pytest.raises(ConnectionClosed):
            client.recv()
        assert (client.close_code, client.close_reason) == (code, reason)
    assert len(server.executed) == len(steps) - 1


@pytest.mark.parametrize(("how", "ended"), [("rst", "rst"), ("fin", "fin")])
def test_a_drop_is_a_reset_or_an_end(server: FaultServer, how: Any, ended: str) -> None:
    """A dropped connection ends by exactly the TCP segment that was asked for."""
    server.on("x", drop(how))
    with Peer(server) as peer:
        peer.ask("x")
        expected = ConnectionResetError if how == "rst" else EOFError
        with pytest.raises(expected):
            peer.frame()
    server.wait_for(lambda: server.ended == {1: ended})


def test_a_close_may_be_followed_by_a_reset(server: FaultServer) -> None:
    """The close frame arrives, then the RST."""
    server.on("x", close(1001, then="rst"))
    with Peer(server) as peer:
        peer.ask("x")
        assert peer.frame().payload == (1001).to_bytes(2)
        with pytest.raises(ConnectionResetError):
            peer.frame()


@pytest.mark.parametrize("how", ["by the client", "by the server"])
def test_a_closing_handshake_may_hang(server: FaultServer, how: str) -> None:
    """The server reads on after the client's close frame, says nothing, and never ends."""
    server.on(CLOSE, *([silence()] if how == "by the client" else []))
    server.on("x", close(1000, then="hang"))
    with Peer(server) as peer:
        if how == "by the server":
            peer.ask("x")
            assert peer.frame().opcode == Opcode.CLOSE
        peer.send(Opcode.CLOSE, (1000).to_bytes(2))
        server.wait_for(CLOSE)
        server.play(pings())
        assert peer.frame().opcode == Opcode.PING
        assert server.ended == {}
    server.wait_for(lambda: server.ended == {1: "eof"})


def test_after_its_close_frame_the_server_discards_what_comes(server: FaultServer) -> None:
    """A request behind the close is counted, and neither executed nor answered."""
    server.on("x", close(1012))
    with Peer(server) as peer:
        peer.ask("x")
        peer.ask("y")
        server.wait_for("y")
        peer.send(Opcode.CLOSE, (1012).to_bytes(2))
        assert peer.frame().opcode == Opcode.CLOSE
        with pytest.raises(EOFError):
            peer.frame()
    assert server.executed == []


def test_a_ping_may_stay_unanswered(server: FaultServer) -> None:
    """A peer that is dead while its TCP lives: no pong comes."""
    server.on(PING, silence(), normal())
    with joined(server, ping_interval=None) as client:
        first = client.ping()
        assert client.ping().wait(10)
        assert server.count(PING) == 2
        assert first.is_set()  # the library takes the later pong for both


def test_a_client_may_close_without_a_code(server: FaultServer) -> None:
    """An empty close frame is answered by an empty one."""
    with Peer(server) as peer:
        peer.send(Opcode.CLOSE)
        assert peer.frame() == Frame(Opcode.CLOSE, b"", masked=False)
    assert server.close_codes == [None]


def test_a_client_may_send_fragments(server: FaultServer) -> None:
    """A request in pieces is one request, and control frames between them are served."""
    with Peer(server) as peer:
        peer.socket.sendall(frames.encode(Opcode.TEXT, b'{"action":', fin=False, mask=MASK))
        peer.send(Opcode.PONG)
        peer.send(Opcode.PING, b"p")
        assert peer.frame() == Frame(Opcode.PONG, b"p", masked=False)
        peer.send(Opcode.CONTINUATION, b'"x"}')
        assert peer.message() == {"action": "x", "type": "response", "success": True, "payload": {}}


def test_the_client_may_end_first(server: FaultServer) -> None:
    """A client that leaves without a close frame is told by its end."""
    with Peer(server):
        pass
    server.wait_for(lambda: server.ended == {1: "eof"})
    with Peer(server) as peer:
        peer.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    server.wait_for(lambda: server.ended == {1: "eof", 2: "reset"})


def test_the_test_ends_connections_from_its_own_side(server: FaultServer) -> None:
    """`play` returns when the connection has ended, whatever waited there: a restart, all told."""
    server.on("x", [after(server.gate()), answer()])
    with Peer(server) as first, Peer(server) as second:
        first.ask("x")
        server.wait_for("x")
        for number in server.live:
            server.play(drop(), connection=number)
        assert (server.live, server.ended) == ([], {1: "rst", 2: "rst"})
        for peer in (first, second):
            with pytest.raises(ConnectionResetError):
                peer.frame()


def test_an_answer_needs_a_question(server: FaultServer) -> None:
    """What the test plays from its own side is no answer."""
    with Peer(server), pytest.raises(LookupError, match="needs a request"):
        server.play(answer())


@pytest.mark.parametrize("who", ["server", "client"])
def test_a_write_that_blocks_keeps_nobody_from_ending(server: FaultServer, who: str) -> None:
    """A flood that nobody reads ends with its connection, whoever ends that."""
    server.on("drop", [pause(0.3), drop("rst")])
    server.on("flood", [pause(0), flood(100_000, text="x" * 1_000)])
    with Peer(server) as peer:
        peer.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        if who == "server":
            peer.ask("drop")
        peer.ask("flood")
        server.wait_for("flood")
        if who == "client":
            peer.socket.shutdown(socket.SHUT_WR)
        server.wait_for(lambda: server.ended == {1: "rst" if who == "server" else "eof"})
