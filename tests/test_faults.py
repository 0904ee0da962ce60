"""The fault server: sound where nothing is asked of it, and broken exactly as it is told.

Witnesses are a raw client of a few lines, which shows every byte, and the websockets library.
"""

import contextlib
import json
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Self

import faults
import pytest
import trustme
from faults import (
    CLOSE,
    CONNECT,
    HANDSHAKE,
    LOGIN,
    PING,
    Behaviour,
    FaultServer,
    Frame,
    Moment,
    Opcode,
    Step,
    after,
    answer,
    binary,
    bomb,
    close,
    do,
    dripped,
    drop,
    execute,
    flood,
    fragmented,
    frame,
    frames,
    hold,
    message,
    normal,
    pause,
    pings,
    pongs,
    push,
    raw,
    refuse,
    silence,
    stall,
    status,
    text,
    upgrade,
)
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidStatus
from websockets.sync.client import ClientConnection, connect

MASK = b"mask"
KEY = "dGhlIHNhbXBsZSBub25jZQ=="


class Peer:
    """A WebSocket client that shows every byte and minds no rule."""

    def __init__(self, server: FaultServer) -> None:
        self.socket = socket.create_connection(("127.0.0.1", server.port), timeout=10)
        self.file = self.socket.makefile("rb")

    def upgrade(self) -> str:
        """Shake hands; return the head of the reply."""
        lines = ["GET /v3.0/agent/rtm/ws HTTP/1.1", "Host: 127.0.0.1", "Upgrade: websocket"]
        lines += ["Connection: Upgrade", "Sec-WebSocket-Version: 13", f"Sec-WebSocket-Key: {KEY}"]
        self.socket.sendall("\r\n".join([*lines, "", ""]).encode())
        return b"".join(iter(self.file.readline, b"\r\n")).decode()

    def send(self, opcode: int, payload: bytes = b"") -> None:
        """Send a masked frame."""
        self.socket.sendall(frames.encode(opcode, payload, mask=MASK))

    def ask(self, action: str, request_id: str = "1") -> None:
        """Send a request."""
        request = {"action": action, "request_id": request_id, "payload": {}}
        self.send(Opcode.TEXT, json.dumps(request).encode())

    def exactly(self, count: int) -> bytes:
        """Read so many bytes."""
        data = self.file.read(count)
        if len(data) < count:
            raise EOFError
        return data

    def frame(self) -> Frame:
        """Read a frame."""
        return frames.read(self.exactly)

    def message(self) -> Any:
        """Read a message of one frame."""
        return json.loads(self.frame().payload)

    def __enter__(self) -> Self:
        """Shake hands and log in."""
        self.upgrade()
        self.ask("login", "login")
        self.message()
        return self

    def __exit__(self, *_: object) -> None:
        """Close."""
        self.close()

    def close(self) -> None:
        """Close, without a close frame."""
        self.file.close()
        self.socket.close()


@pytest.fixture
def server() -> Iterator[FaultServer]:
    """Serve with a server that minds the client's manners."""
    with FaultServer() as serving:
        yield serving


@pytest.fixture
def lenient() -> Iterator[FaultServer]:
    """Serve with a server that only tells of the client's manners."""
    with FaultServer(strict=False) as serving:
        yield serving


@contextlib.contextmanager
def joined(server: FaultServer, **options: Any) -> Iterator[ClientConnection]:
    """Log in with the websockets library."""
    with connect(server.url, proxy=None, **options) as client:
        call(client, "login", "login")
        client.recv()
        yield client


def call(client: ClientConnection, action: str, request_id: str = "1") -> None:
    """Send a request."""
    client.send(json.dumps({"action": action, "request_id": request_id, "payload": {}}))


def heard(client: ClientConnection) -> Any:
    """Receive a message."""
    return json.loads(client.recv(timeout=10))


def response(action: str, request_id: object = "1", **fields: object) -> dict[str, object]:
    """Return the envelope of a sound answer."""
    sound = {"request_id": request_id, "action": action, "type": "response", "success": True}
    return {**sound, "payload": {}, **fields}


# Sound where nothing is asked of it


def test_a_server_without_a_script_is_sound(server: FaultServer) -> None:
    """It logs in, answers every action, pongs, and completes the closing handshake."""
    with connect(server.url, proxy=None) as client:
        call(client, "login", "first")
        assert heard(client) == response("login", "first", payload=LOGIN)
        call(client, "ban_customer", "second")
        assert heard(client) == response("ban_customer", "second")
        assert client.ping().wait(10)
    assert client.close_code == 1000


def test_it_tells_what_it_saw(server: FaultServer) -> None:
    """Requests stand in the order of the wire, with their connection, apart from the logins."""
    for action in ("get_archives", "send_event"):
        with joined(server, additional_headers={"X-Region": "fra"}) as client:
            call(client, action)
            heard(client)
    server.wait_for(lambda: len(server.ended) == 2)
    assert [(seen.connection, seen.action) for seen in server.requests] == [
        (1, "get_archives"),
        (2, "send_event"),
    ]
    assert server.executed == server.requests
    assert [login.request_id for login in server.logins] == ["login", "login"]
    assert [shaken.headers["x-region"] for shaken in server.handshakes] == ["fra", "fra"]
    assert [server.count(key) for key in ("login", "*", "send_event", CLOSE)] == [2, 2, 1, 2]
    assert (server.connections, server.close_codes) == (2, [1000, 1000])
    assert (server.live, server.ended) == ([], {1: "fin", 2: "fin"})


def test_it_counts_without_keeping() -> None:
    """For millions of requests there are counts; logins and control frames are kept."""
    with FaultServer(keep=False) as server:
        with joined(server) as client:
            call(client, "x")
            heard(client)
        server.wait_for(lambda: server.ended)
    assert (server.requests, server.executed, len(server.logins)) == ([], [], 1)
    assert (server.count("*"), server.count_executed("x"), server.close_codes) == (1, 1, [1000])


def test_who_waited_for_a_request_acts_after_its_answer(server: FaultServer) -> None:
    """A push played once the login is counted never overtakes the login's answer."""
    for number in range(1, 21):
        with connect(server.url, proxy=None) as client:
            call(client, "login")
            server.wait_for("login", number)
            server.play(push("incoming_event", {"n": number}))
            assert [heard(client)["action"], heard(client)["action"]] == ["login", "incoming_event"]


def test_the_examples_of_the_package_run(server: FaultServer) -> None:
    """Every line that the package's docstring shows for a server does what a server can do."""
    lines = [line.strip() for line in (faults.__doc__ or "").splitlines()]
    examples = [line for line in lines if line.startswith("server.")]
    with Peer(server) as peer:
        for example in examples:
            exec(example, {**vars(faults), "server": server})
        assert peer.message()["action"] == "incoming_event"
        assert peer.frame().payload == (1012).to_bytes(2) + b"restart"
    assert len(examples) == 10


def test_it_serves_ipv6() -> None:
    """The host may be the loopback of IPv6."""
    with FaultServer(host="::1") as server, joined(server) as client:
        assert client.remote_address[0] == "::1"


# Rules


def test_each_behaviour_serves_one_occurrence_and_the_last_stays(server: FaultServer) -> None:
    """`on` scripts an action occurrence by occurrence."""
    server.on("send_event", refuse("too_many_requests"), answer({"event_id": "E"}))
    with joined(server) as client:
        verdicts = []
        for _ in range(3):
            call(client, "send_event")
            verdicts.append(heard(client)["payload"])
    error = {"type": "too_many_requests", "message": "Too many requests"}
    assert verdicts == [{"error": error}, {"event_id": "E"}, {"event_id": "E"}]
    assert (server.count("send_event"), server.count_executed("send_event")) == (3, 2)


def test_the_narrower_rule_goes_first(server: FaultServer) -> None:
    """An action goes before "*", a connection before all; login and ping are not meant by "*"."""
    server.on("*", answer({"rule": "*"}))
    server.on("tag_chat_thread", answer({"rule": "action"}))
    server.on("tag_chat_thread", answer({"rule": "connection"}), connection=2)
    seen = []
    for _ in range(2):
        with joined(server) as client:
            for action in ("ping", "follow_chat", "tag_chat_thread"):
                call(client, action)
                seen.append(heard(client)["payload"].get("rule"))
    assert seen == [None, "*", "action", None, "*", "connection"]


def test_a_key_without_behaviours_is_normal_again(server: FaultServer) -> None:
    """A rule can be taken back."""
    server.on("send_event", silence())
    server.on("send_event")
    with joined(server) as client:
        call(client, "send_event")
        assert heard(client) == response("send_event")


# Answers and pushes


@pytest.mark.parametrize(
    ("step", "expected"),
    [
        (answer({"a": 1}), response("x", payload={"a": 1})),
        (answer(lambda request: {"for": request.request_id}), response("x", payload={"for": "1"})),
        (answer(success="true", request_id=7), response("x", success="true", request_id=7)),
        (
            answer(without=["type", "payload"]),
            {"request_id": "1", "action": "x", "success": True},
        ),
        (
            refuse("misdirected_request", "Wrong region", {"region": "fra"}),
            response(
                "x",
                success=False,
                payload={
                    "error": {
                        "type": "misdirected_request",
                        "message": "Wrong region",
                        "data": {"region": "fra"},
                    }
                },
            ),
        ),
        (
            push("incoming_event", {"a": 1}, echo=True),
            {"action": "incoming_event", "type": "push", "payload": {"a": 1}, "request_id": "1"},
        ),
        (
            push("p", version="3.3"),
            {"action": "p", "type": "push", "payload": {}, "version": "3.3"},
        ),
        (message([None]), [None]),
        (text("7"), 7),
        (do(lambda turn: turn.message("own")), "own"),
    ],
    ids=lambda value: value.name if isinstance(value, Step) else "",
)
def test_a_step_says_what_it_is_told(server: FaultServer, step: Step, expected: object) -> None:
    """Every field of an envelope can be added, replaced or left out."""
    server.on("x", step)
    with joined(server) as client:
        call(client, "x")
        assert heard(client) == expected


def test_the_steps_of_one_behaviour_are_taken_in_order(server: FaultServer) -> None:
    """A push, a foreign answer, the own answer twice: all out of one list."""
    server.on("x", [push("p", echo=True), answer(request_id="foreign"), answer(), answer()])
    with joined(server) as client:
        call(client, "x")
        seen = [(said["type"], said["request_id"]) for said in (heard(client) for _ in range(4))]
    assert seen == [
        ("push", "1"),
        ("response", "foreign"),
        ("response", "1"),
        ("response", "1"),
    ]
    assert len(server.executed) == 1


def test_a_flood_is_numbered(server: FaultServer) -> None:
    """Pushes of a flood carry 1…n, so that a test sees loss and disorder."""
    server.on("x", [flood(2_000, text="x" * 100), answer()])
    with joined(server) as client:
        call(client, "x")
        assert [heard(client)["payload"]["n"] for _ in range(2_000)] == list(range(1, 2_001))
        assert heard(client) == response("x")


# Order and time


def test_held_answers_leave_in_the_order_that_is_told(server: FaultServer) -> None:
    """`hold` proves that a client does not count on the order, and how many calls it keeps open."""
    server.on("x", hold(3, reversed, then=answer({"held": True})))
    with joined(server) as client:
        for request_id in "abc":
            call(client, "x", request_id)
        seen = [heard(client) for _ in range(3)]
    assert seen == [response("x", request_id, payload={"held": True}) for request_id in "cba"]
    assert server.peak_in_flight == 3


def test_a_hold_does_not_wait_for_ever_where_it_is_told_so(server: FaultServer) -> None:
    """With `idle`, what is held leaves once nothing else comes."""
    server.on("x", hold(100, reversed, idle=0.05))
    with joined(server) as client:
        for request_id in "ab":
            call(client, "x", request_id)
        assert [heard(client)["request_id"] for _ in range(2)] == ["b", "a"]


def test_the_server_reads_on_while_a_step_waits(server: FaultServer) -> None:
    """`after` keeps one answer back, not the connection."""
    gate = server.gate()
    server.on("slow", [after(gate), answer()])
    with joined(server) as client:
        call(client, "slow", "slow")
        call(client, "fast", "fast")
        assert heard(client)["request_id"] == "fast"
        assert client.ping().wait(10)
        gate.open()
        assert heard(client)["request_id"] == "slow"


def test_a_pause_is_as_long_as_it_says(server: FaultServer) -> None:
    """`pause` delays what follows it."""
    server.on("x", [pause(0.1), answer()])
    with joined(server) as client:
        start = time.monotonic()
        call(client, "x")
        heard(client)
        assert time.monotonic() - start >= 0.1


def test_a_stalled_server_reads_nothing(server: FaultServer) -> None:
    """`stall` stops the reading, so that writes of the client come to a halt."""
    server.on("x", [answer(), stall(server.gate())])
    with Peer(server) as peer:
        peer.ask("x")
        peer.message()
        peer.socket.settimeout(0.2)
        with pytest.raises(TimeoutError):
            peer.socket.sendall(frames.encode(Opcode.PONG, bytes(1 << 25), mask=MASK))
        assert server.count("x") == 1


def test_a_stall_ends_with_its_gate(server: FaultServer) -> None:
    """What was not read is read once the gate opens."""
    gate = server.gate()
    server.on("x", [answer(), stall(gate)], answer())
    with Peer(server) as peer:
        peer.ask("x")
        peer.message()
        peer.ask("x")
        gate.open()
        assert peer.message() == response("x")


def test_bytes_drip(server: FaultServer) -> None:
    """`dripped` lets a message or a reply out byte by byte."""
    server.on("x", dripped(text("dripped"), pause=0.01))
    with Peer(server) as peer:
        start = time.monotonic()
        peer.ask("x")
        assert peer.frame().payload == b"dripped"
        assert time.monotonic() - start >= 0.08


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


# The handshake


@pytest.mark.parametrize("code", [200, 401, 403, 404, 426, 429, 500, 503])
def test_an_http_status_comes_in_place_of_the_upgrade(server: FaultServer, code: int) -> None:
    """Status, headers and body are what the test says."""
    server.on(HANDSHAKE, status(code, headers=[("Retry-After", "7")], body="why"))
    with pytest.raises(InvalidStatus) as refused, connect(server.url, proxy=None):
        pass
    reply = refused.value.response
    seen = (reply.status_code, reply.headers["Retry-After"], reply.body)
    assert seen == (code, "7", b"why")


def test_a_redirect_leads_where_the_test_says(server: FaultServer) -> None:
    """Both servers see who follows it: the library does."""
    with FaultServer() as other:
        server.on(HANDSHAKE, status(302, headers=[("Location", other.url)]))
        with connect(server.url, proxy=None):
            assert (server.connections, other.connections) == (1, 1)


@pytest.mark.parametrize(
    "step", [upgrade(accept="wrong"), upgrade(headers=[("X-Filler", "x")] * 200), drop("fin")]
)
def test_a_sound_client_rejects_a_bad_upgrade(server: FaultServer, step: Step) -> None:
    """A wrong proof of the key, 200 headers, or an early end fail the library's handshake."""
    server.on(HANDSHAKE, step)
    with pytest.raises(InvalidHandshake), connect(server.url, proxy=None):
        pass


def test_connects_are_scripted_one_by_one(server: FaultServer) -> None:
    """The first is reset, the second ended, the third served."""
    server.on(CONNECT, drop("rst"), drop("fin"), normal())
    with pytest.raises(ConnectionResetError):
        _first_byte(server)
    with pytest.raises(EOFError):
        _first_byte(server)
    with Peer(server) as peer:
        peer.ask("x")
        assert peer.message() == response("x")
    assert server.connections == 3


def _first_byte(server: FaultServer) -> bytes:
    with contextlib.closing(Peer(server)) as peer:
        return peer.exactly(1)


@pytest.mark.parametrize("moment", [CONNECT, HANDSHAKE])
def test_a_server_may_accept_and_say_nothing(lenient: FaultServer, moment: Moment) -> None:
    """Silence keeps the connection open; the first byte is one that the test sends."""
    lenient.on(moment, silence())
    with contextlib.closing(Peer(lenient)) as peer:
        peer.socket.sendall(b"GET / HTTP/1.1\r\nUpgrade: websocket\r\n\r\n")
        lenient.wait_for(moment)
        lenient.play(raw(b"!"))
        assert peer.exactly(1) == b"!"
        assert lenient.ended == {}


def test_an_upgrade_may_drip(server: FaultServer) -> None:
    """A dripped handshake is whole in the end."""
    server.on(HANDSHAKE, dripped(upgrade(), size=10, pause=0.001))
    with joined(server) as client:
        assert client.protocol.state.name == "OPEN"


def test_a_stopped_server_refuses_and_comes_back(server: FaultServer) -> None:
    """The port stays, the live connections too."""
    with joined(server) as client:
        server.stop()
        with pytest.raises(ConnectionRefusedError):
            Peer(server)
        call(client, "x")
        assert heard(client) == response("x")
    server.start()
    with joined(server):
        assert server.connections == 2


# TLS


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    """Found a certificate authority."""
    return trustme.CA()


@pytest.fixture
def secure(authority: trustme.CA) -> Iterator[FaultServer]:
    """Serve over TLS."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    with FaultServer(tls=context) as serving:
        yield serving


def test_it_serves_tls(secure: FaultServer, authority: trustme.CA) -> None:
    """Over TLS everything holds, reading and writing at once included."""
    context = ssl.create_default_context()
    authority.configure_trust(context)
    secure.on("x", [pause(0), flood(3_000, text="x" * 5_000), answer()])
    with joined(secure, ssl=context) as client:
        call(client, "x")
        for number in range(500):
            call(client, "y", str(number))
        said = [heard(client) for _ in range(3_501)]
    numbers = [each["payload"]["n"] for each in said if each["type"] == "push"]
    answers = [each["request_id"] for each in said if each["action"] == "y"]
    assert numbers == list(range(1, 3_001))
    assert answers == [str(number) for number in range(500)]


def test_it_tells_why_tls_failed(secure: FaultServer) -> None:
    """A client that does not trust the certificate sends no byte of the application."""
    with pytest.raises(ssl.SSLCertVerificationError), connect(secure.url, proxy=None):
        pass
    secure.wait_for(lambda: secure.tls_failures)
    assert secure.bytes_received == 0


def test_a_drop_works_below_tls(secure: FaultServer, authority: trustme.CA) -> None:
    """An RST cuts a TLS connection too."""
    context = ssl.create_default_context()
    authority.configure_trust(context)
    secure.on("x", drop("rst"))
    with joined(secure, ssl=context) as client:
        call(client, "x")
        with pytest.raises(ConnectionClosed):
            client.recv()
    secure.wait_for(lambda: secure.ended == {1: "rst"})


# Manners


@pytest.mark.parametrize(
    ("said", "complaint"),
    [
        (frames.encode(Opcode.TEXT, b"{}"), "a client's frame is masked"),
        (frames.encode(3, mask=MASK), "the opcode is known"),
        (frames.encode(Opcode.TEXT, b"{}", rsv=4, mask=MASK), "reserved bits need an extension"),
        (frames.encode(Opcode.PING, fin=False, mask=MASK), "a control frame is whole"),
        (frames.encode(Opcode.PING, bytes(126), mask=MASK), "at most 125 bytes"),
        (frames.encode(Opcode.CLOSE, b"1", mask=MASK), "holds a code or nothing"),
        (frames.encode(Opcode.BINARY, b"{}", mask=MASK), "a message must be text"),
        (frames.encode(Opcode.TEXT, b"\xff", mask=MASK), "JSON in UTF-8"),
        (frames.encode(Opcode.TEXT, b"{", mask=MASK), "JSON in UTF-8"),
        (frames.encode(Opcode.TEXT, b"[]", mask=MASK), "an object with an action"),
    ],
)
def test_a_breach_of_the_client_is_told(lenient: FaultServer, said: bytes, complaint: str) -> None:
    """Each law of RFC 6455 and of the envelope has its sentence."""
    with Peer(lenient) as peer:
        peer.socket.sendall(said)
        lenient.wait_for(lambda: lenient.complaints)
    assert complaint in lenient.complaints[0]


def test_a_call_before_login_is_refused_and_told(lenient: FaultServer) -> None:
    """Whoever has not logged in gets an authentication error."""
    with contextlib.closing(Peer(lenient)) as peer:
        peer.upgrade()
        peer.ask("x")
        assert peer.message()["payload"]["error"]["type"] == "authentication"
    assert lenient.complaints == ["x before login"]


def test_a_bad_handshake_is_told(lenient: FaultServer) -> None:
    """Key and version are demanded, and that it is a WebSocket handshake at all."""
    with contextlib.closing(Peer(lenient)) as peer:
        peer.socket.sendall(b"POST / HTTP/1.1\r\n\r\n")
        lenient.wait_for(lambda: len(lenient.complaints) == 2)
    assert lenient.complaints == [
        "no WebSocket handshake: POST / HTTP/1.1",
        "a handshake needs a key, and version 13",
    ]


def test_a_strict_server_fails_the_test_for_a_breach() -> None:
    """Leaving the context raises what the client broke, for nobody has to ask."""
    stack = contextlib.ExitStack()
    server = stack.enter_context(FaultServer())
    with Peer(server) as peer:
        peer.send(Opcode.BINARY)
        server.wait_for(lambda: server.complaints)
    with pytest.raises(AssertionError, match="a message must be text"):
        stack.close()


def test_a_step_that_fails_fails_the_test() -> None:
    """No error of a step is lost in its thread."""

    def fail(_: object) -> None:
        raise ZeroDivisionError

    stack = contextlib.ExitStack()
    server = stack.enter_context(FaultServer())
    server.on("x", do(fail))
    with Peer(server) as peer:
        peer.ask("x")
        with pytest.raises(EOFError):
            peer.frame()
    with pytest.raises(ZeroDivisionError):
        stack.close()


def test_a_wait_in_vain_tells_what_was_seen(server: FaultServer) -> None:
    """The message of a failed wait helps to find out why."""
    with Peer(server), pytest.raises(AssertionError, match="'login': 1"):
        server.wait_for("login", 2, timeout=0.01)


# Leaving


STUCK: dict[str, tuple[str | Moment, Behaviour]] = {
    "a silent connect": (CONNECT, silence()),
    "a silent handshake": (HANDSHAKE, silence()),
    "an endless drip": (HANDSHAKE, dripped(upgrade(), pause=1_000)),
    "a long pause": ("x", [pause(1_000), answer()]),
    "a dripped answer": ("x", dripped(answer(), pause=1_000)),
    "a flood nobody reads": ("x", flood(100_000, text="x" * 1_000)),
    "a hold that never fills": ("x", hold(100, idle=1_000)),
    "a closing handshake that hangs": (CLOSE, silence()),
}


@pytest.mark.parametrize("what", STUCK)
def test_leaving_ends_whatever_is_under_way(what: str) -> None:
    """No thread and no descriptor survives the context, and nobody waits for it."""
    before = _under_way()
    with FaultServer(strict=False) as server:
        key, behaviour = STUCK[what]
        server.on(key, behaviour)
        peer = Peer(server)
        peer.socket.sendall(b"GET / HTTP/1.1\r\nUpgrade: websocket\r\n\r\n")
        if key in ("x", CLOSE):
            peer.ask("login")
            peer.ask("x")
            peer.send(Opcode.CLOSE)
        server.wait_for(key)
        start = time.monotonic()
    assert time.monotonic() - start < 2
    peer.close()
    assert _under_way() - before == set()


def test_many_connections_leave_nothing_behind(server: FaultServer) -> None:
    """While the server runs on, no thread and no descriptor of a connection outlives it."""
    server.on("x", [pause(0), drop()], close(then="fin"), drop("fin"), answer())
    before = _under_way()
    for _ in range(100):
        with Peer(server) as peer:
            peer.ask("x")
            with contextlib.suppress(EOFError, ConnectionResetError):
                peer.frame()
    server.wait_for(lambda: len(server.ended) == 100)
    for thread in set(threading.enumerate()) - before:
        thread.join(10)  # its connection has ended, and so will it
    assert _under_way() - before == set()


def _under_way() -> set[object]:
    """Collect the threads, and the descriptors with what is open there.

    To be compared as sets: what an earlier test left may end at any time.
    """
    found: set[object] = set(threading.enumerate())
    for descriptor in Path("/proc/self/fd").iterdir():
        with contextlib.suppress(FileNotFoundError):  # that of the listing itself
            found.add((descriptor.name, descriptor.readlink()))
    return found
