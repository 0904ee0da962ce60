"""The transport: whole messages over a real socket, and every end is noticed."""

import errno
import json
import ssl
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import trustme
from support.connect import endpoint_of, short_deadline
from support.fault_server import (
    CLOSE,
    CONNECT,
    HANDSHAKE,
    PING,
    Behavior,
    FaultServer,
    Opcode,
    Step,
    binary,
    close,
    dripped,
    drop,
    flood,
    fragmented,
    frame,
    http_response,
    ignore,
    normal,
    pause_reading,
    pings,
    pongs,
    raw,
    text,
    upgrade,
)
from support.fault_server.frames import encode

from rtmcli import __version__
from rtmcli.errors import ConnectFailed, Interrupted, NotConnected
from rtmcli.session.deadline import Deadline
from rtmcli.session.dial import Route, dial
from rtmcli.session.transport import WebSocketTransport
from rtmcli.websocket.frames import Close

MAX_SIZE = 100_000


@pytest.fixture
def server() -> Iterator[FaultServer]:
    """Run a server that fails the test if the client breaks the protocol."""
    with FaultServer() as fault_server:
        yield fault_server


@pytest.fixture
def transport(server: FaultServer) -> Iterator[WebSocketTransport]:
    """Open a connection to the server, which sends nothing by itself."""
    opened = open_transport(server)
    yield opened
    opened.abort()


def open_transport(server: FaultServer, deadline: Deadline | None = None) -> WebSocketTransport:
    """Open a connection with a small size limit."""
    return WebSocketTransport.open(
        Route(endpoint_of(server)), MAX_SIZE, deadline or short_deadline()
    )


def wait_for_messages(transport: WebSocketTransport, count: int = 1) -> list[bytes]:
    """Wait for this many messages, or the end; return those received."""
    deadline = short_deadline()
    while len(transport.messages) < count and not transport.close_info:
        assert not deadline.expired, "nothing comes"
        transport.poll(deadline)
    return list(transport.messages)


def wait_for_close(transport: WebSocketTransport) -> Close:
    """Wait for the end; return it."""
    deadline = short_deadline()
    while not transport.close_info:
        assert not deadline.expired, "no end comes"
        transport.poll(deadline)
    return transport.close_info


# --- opening ---


def test_the_handshake_names_path_and_user_agent(server: FaultServer) -> None:
    """And it offers no compression, so a small frame cannot become a huge message."""
    route = Route(endpoint_of(server)._replace(resource="/v3.0/agent/rtm/ws?a=1&b=2"))
    WebSocketTransport.open(route, MAX_SIZE, short_deadline()).abort()
    [handshake] = server.handshakes
    assert handshake.target == "/v3.0/agent/rtm/ws?a=1&b=2"
    assert handshake.headers["user-agent"] == f"rtm/{__version__}"
    assert handshake.headers["host"] == f"127.0.0.1:{server.port}"
    assert "sec-websocket-extensions" not in handshake.headers


# A response that is not an upgrade; is the error transient?
REFUSALS: dict[str, tuple[Behavior, bool]] = {
    "HTTP 200": (http_response(200, body="<html>"), False),
    "HTTP 301": (http_response(301, headers=[("Location", "ws://127.0.0.1:1/")]), False),
    "HTTP 302": (http_response(302, headers=[("Location", "/other")]), False),
    "HTTP 307": (http_response(307, headers=[("Location", "http://127.0.0.1:1/")]), False),
    "HTTP 400": (http_response(400), False),
    "HTTP 401": (http_response(401), True),
    "HTTP 403": (http_response(403), True),
    "HTTP 404": (http_response(404), False),
    "HTTP 426": (http_response(426), False),
    "HTTP 429": (http_response(429), True),
    "HTTP 500": (http_response(500), True),
    "HTTP 501": (http_response(501), False),
    "HTTP 502": (http_response(502), True),
    "HTTP 503": (http_response(503), True),
    "HTTP 504": (http_response(504), True),
    "a wrong accept": (upgrade(accept="wrong"), False),
    "two hundred headers": (upgrade(headers=[("X-A", "b")] * 200), False),
    "another protocol": (raw(b"SSH-2.0-OpenSSH_9.2\r\n\r\n"), False),
    "no line": (raw(b"\x00" * 20_000), False),
    "an end": (drop("fin"), True),
    "a reset": (drop("rst"), True),
    "an end within the response": ([raw(b"HTTP/1.1 101 Sw"), drop("fin")], True),
}


@pytest.mark.parametrize("what", REFUSALS)
def test_a_response_that_is_not_an_upgrade_is_an_error(what: str) -> None:
    """T07, T08: each has its error; redirects are not followed, no body is shown."""
    behavior, transient = REFUSALS[what]
    with FaultServer() as server:
        server.on(HANDSHAKE, behavior)
        with pytest.raises(NotConnected) as raised:
            open_transport(server)
        server.wait_for(lambda: server.connection_ends)
        assert server.connection_count == 1
    message = str(raised.value)
    assert getattr(raised.value, "transient", None) == transient
    assert f"127.0.0.1:{server.port}" in message
    assert what.startswith("HTTP") <= message.endswith(what)
    assert ("end" in what.split() or "reset" in what) <= ("closed the connection" in message)
    assert "html" not in message


@pytest.mark.parametrize("moment", [CONNECT, HANDSHAKE])
def test_a_silent_handshake_ends_at_the_deadline(server: FaultServer, moment: str) -> None:
    """The error is transient, and the socket is closed."""
    server.on(moment, ignore())
    with pytest.raises(ConnectFailed, match="the WebSocket handshake timed out") as raised:
        open_transport(server, Deadline.after(0.05))
    assert raised.value.transient
    server.wait_for(lambda: server.connection_ends)


def test_an_interrupted_handshake_closes_the_socket(server: FaultServer) -> None:
    """A signal leaves no socket open."""

    class InterruptingDeadline(Deadline):
        @property
        def expired(self) -> bool:
            raise Interrupted(15)

    server.on(HANDSHAKE, ignore())
    with pytest.raises(Interrupted):
        open_transport(server, InterruptingDeadline(short_deadline().at))
    server.wait_for(lambda: server.connection_ends)


@pytest.mark.parametrize("size", [1, 7, 50, 100_000])
def test_a_handshake_may_arrive_in_any_pieces(server: FaultServer, size: int) -> None:
    """Byte by byte, or together with the first messages."""
    both = [upgrade(), text("one"), pings(), fragmented(text("two")), text("three")]
    server.on(HANDSHAKE, [dripped(step, size=size, interval=0) for step in both])
    transport = open_transport(server)
    assert wait_for_messages(transport, 3) == [b"one", b"two", b"three"]
    transport.abort()


# --- receiving ---


def test_messages_are_complete_and_in_order(
    transport: WebSocketTransport, server: FaultServer
) -> None:
    """Fragmented or not, empty or long, with control frames between."""
    between = encode(Opcode.PING, b"p") + encode(Opcode.PONG)
    server.run_steps(
        text("one"),
        fragmented(text("fragments"), size=2, between=between),
        pongs(3),
        text(""),
        pings(2, b"x" * 125),
        text("x" * MAX_SIZE),
        fragmented(text("y" * MAX_SIZE), size=999),
        text("é😀"),
    )
    wanted = [b"one", b"fragments", b"", b"x" * MAX_SIZE, b"y" * MAX_SIZE, "é😀".encode()]
    assert wait_for_messages(transport, 6) == wanted
    transport.close(short_deadline())
    pong = [each.payload for each in server.frames if each.opcode == Opcode.PONG]
    assert pong[-1] == b"x" * 125  # only the latest of several is answered
    assert set(pong) <= {b"p", b"x" * 125}


def test_every_byte_received_counts(transport: WebSocketTransport, server: FaultServer) -> None:
    """Control frames and parts of a message show that the server is alive."""
    assert transport.bytes_received > 100  # the handshake
    for step, size in ((pings(), 2), (raw(encode(Opcode.TEXT, b"abc")[:3]), 3)):
        before = transport.bytes_received
        server.run_steps(step)
        transport.poll(short_deadline())
        assert transport.bytes_received == before + size
    assert not transport.messages


def test_reading_never_waits_beyond_the_deadline(transport: WebSocketTransport) -> None:
    """`read_available` returns at once, and `poll` at its deadline."""
    transport.read_available()
    transport.poll(Deadline.after(0))
    assert (list(transport.messages), transport.close_info) == ([], None)


# What a server does; how the connection ended; the close codes that the server receives.
CLOSES: dict[str, tuple[Behavior, Close, list[int | None]]] = {
    "1000": (close(1000), Close(1000, ""), [1000]),
    "a reason": (
        close(4001, "bye \x1b[2J\n\x9b"), Close(4001, "bye \\u001b[2J\\u000a\\u009b"), [4001]),
    "no code": (close(None), Close(1005, ""), [None]),
    "a FIN": (drop("fin"), Close(1006, ""), []),
    "a reset": (drop("rst"), Close(1006, ""), []),
    "a FIN within a message": ([raw(b"\x81\x05ab"), drop("fin")], Close(1006, ""), []),
    "binary": (binary(b"{}"), Close(1006, "", "the server sent a binary message"), [1003]),
}  # fmt: skip  # a table


@pytest.mark.parametrize("what", CLOSES)
def test_the_end_of_a_connection_is_described(
    transport: WebSocketTransport, server: FaultServer, what: str
) -> None:
    """The code and reason of the close frame, escaped; 1006 without one; the protocol error."""
    behavior, close_info, codes = CLOSES[what]
    server.run_steps(*([behavior] if isinstance(behavior, Step) else behavior))
    assert wait_for_close(transport) == close_info
    transport.close(short_deadline())
    server.wait_for(lambda: server.connection_ends)
    assert server.close_codes == codes


PROTOCOL_ERROR = "the server violated the WebSocket protocol"

# What a server must not send; the message; the close code.
PROTOCOL_ERRORS: dict[str, tuple[Step, str, int]] = {
    "a reserved opcode": (frame(3, b"{}"), PROTOCOL_ERROR, 1002),
    "a reserved bit": (frame(Opcode.TEXT, b"{}", rsv=4), PROTOCOL_ERROR, 1002),
    "a mask": (frame(Opcode.TEXT, b"{}", mask=b"abcd"), PROTOCOL_ERROR, 1002),
    "a long ping": (frame(Opcode.PING, b"x" * 126), PROTOCOL_ERROR, 1002),
    "a continuation frame without a message": (frame(0, b"{}"), PROTOCOL_ERROR, 1002),
    "a bad close code": (close(999), PROTOCOL_ERROR, 1002),
    "a close reason that is not UTF-8": (close(1000, b"\xff"), PROTOCOL_ERROR, 1007),
    "one byte too large": (text("x" * (MAX_SIZE + 1)), "the message is too big", 1009),
    "fragments that are one byte too large": (
        fragmented(text("x" * (MAX_SIZE + 1)), size=MAX_SIZE), "the message is too big", 1009),
    "a huge size": (raw(b"\x81\x7f\x7f" + b"\xff" * 7), "the message is too big", 1009),
}  # fmt: skip  # a table


@pytest.mark.parametrize("what", PROTOCOL_ERRORS)
def test_a_protocol_error_ends_the_connection(what: str) -> None:
    """T36, T38: messages before it are kept, later ones dropped; the server gets a close code."""
    step, message, code = PROTOCOL_ERRORS[what]
    with FaultServer(strict=False) as server:
        transport = open_transport(server)
        server.run_steps(text("before"), step, text("after"))
        close_info = wait_for_close(transport)
        assert (close_info.code, close_info.protocol_error.startswith(message)) == (1006, True), (
            close_info
        )
        assert wait_for_messages(transport) == [b"before"]
        server.wait_for(CLOSE)
        assert server.close_codes[0] == code
        transport.abort()


def test_messages_before_the_end_are_kept(
    transport: WebSocketTransport, server: FaultServer
) -> None:
    """A message in the same packet as the close frame is not lost."""
    server.run_steps(text("one"), fragmented(text("two")), close(1012, "restart"))
    assert wait_for_close(transport) == Close(1012, "restart")
    assert list(transport.messages) == [b"one", b"two"]


def test_nothing_is_read_after_the_end(transport: WebSocketTransport, server: FaultServer) -> None:
    """A message in the same packet after a close frame is dropped."""
    server.run_steps(binary(b"{}"), text("late"), close(1000, then="fin"))
    assert wait_for_close(transport).protocol_error == "the server sent a binary message"
    transport.read_available()
    assert not transport.messages


# --- sending ---


def test_a_message_is_one_masked_text_frame(
    transport: WebSocketTransport, server: FaultServer
) -> None:
    """It is sent at once."""
    assert transport.send('{"action":"ping","payload":"é"}'.encode())
    server.wait_for("ping")
    [sent] = [each.frame for each in server.frames]
    assert (sent.opcode, sent.masked, sent.fin) == (Opcode.TEXT, True, True)
    assert not transport.wants_write


def test_a_slow_server_receives_everything_while_we_read(
    transport: WebSocketTransport, server: FaultServer
) -> None:
    """There is no deadlock if the socket takes only a part."""
    gate = server.make_gate()
    server.on("ping", [flood(5_000, text="x" * 1_000), pause_reading(gate)], text("got it"))
    whole = json.dumps({"action": "ping", "payload": "x" * 20_000_000}).encode()
    transport.send(b'{"action":"ping"}')
    assert len(wait_for_messages(transport, 5_000)) == 5_000
    assert transport.send(whole)
    assert transport.wants_write
    gate.open()
    assert wait_for_messages(transport, 5_001)[-1] == b"got it"
    assert not transport.wants_write
    assert len(server.frames[-1].payload) == len(whole)


def test_a_ping_is_answered(transport: WebSocketTransport, server: FaultServer) -> None:
    """The pong counts as received data."""
    before = transport.bytes_received
    transport.ping()
    transport.poll(short_deadline())
    assert (server.count(PING), transport.bytes_received) == (1, before + 2)


@pytest.mark.parametrize("end", [close(1000), close(1012, then="hang"), drop("fin"), drop("rst")])
def test_after_the_end_nothing_is_sent(
    transport: WebSocketTransport, server: FaultServer, end: Step
) -> None:
    """`send` returns False, and no ping is sent."""
    server.run_steps(end)
    wait_for_close(transport)
    assert not transport.send(b"{}")
    transport.ping()
    transport.close(short_deadline())
    assert [each for each in server.frames if each.opcode != Opcode.CLOSE] == []


def test_a_reset_while_sending_ends_the_connection(
    transport: WebSocketTransport, server: FaultServer
) -> None:
    """The end is noticed by reading."""
    gate = server.make_gate()
    server.on("ping", pause_reading(gate))
    transport.send(b'{"action":"ping"}')
    server.wait_for("ping")
    transport.send(b'{"action":"ping","payload":"%s"}' % (b"x" * 20_000_000))
    server.run_steps(drop("rst"))
    assert wait_for_close(transport) == Close(1006, "")
    assert not transport.wants_write


class FailingSocket:
    """A socket that cannot send."""

    def __init__(self, sock: Any, failure: OSError) -> None:
        self._sock, self._failure = sock, failure

    def __getattr__(self, name: str) -> Any:
        """Be like the socket else."""
        return getattr(self._sock, name)

    def send(self, _: bytes) -> int:
        """Raise."""
        raise self._failure


def test_a_connection_that_cannot_be_written_to_is_lost(
    transport: WebSocketTransport, server: FaultServer
) -> None:
    """At once, as no response will come."""
    server.run_steps(text("before"))
    error = OSError(errno.ENOBUFS, "no buffer space")
    transport._sock = FailingSocket(transport._sock, error)  # type: ignore[assignment]
    transport.send(b'{"action":"ping"}')
    assert transport.wants_write
    assert wait_for_close(transport) == Close(1006, "")
    assert (list(transport.messages), transport.wants_write) == ([b"before"], False)


def test_a_handshake_that_cannot_be_sent_fails_at_once(server: FaultServer) -> None:
    """Not at its deadline, after a busy loop."""
    endpoint = endpoint_of(server)
    error = OSError(errno.ENOBUFS, "no buffer space")
    transport = WebSocketTransport(
        FailingSocket(dial(Route(endpoint), short_deadline()), error),  # type: ignore[arg-type]
        MAX_SIZE,
    )
    with pytest.raises(ConnectFailed, match="closed the connection during the handshake"):
        transport._do_handshake(endpoint, short_deadline())
    transport.abort()


# --- closing ---


@pytest.mark.parametrize(
    "farewell",
    [
        normal(),
        [flood(2_000), normal()],
        [pings(100), fragmented(text("late")), normal()],
        drop("fin"),
        drop("rst"),
        [binary(b"{}"), normal()],
        raw(encode(Opcode.CLOSE, b"\x03\xe8")),  # and the connection stays open
    ],
)
def test_the_closing_handshake_ends_with_the_servers_close_frame(
    transport: WebSocketTransport, server: FaultServer, farewell: Behavior
) -> None:
    """Our code is 1000; frames before it do not matter."""
    server.on(CLOSE, farewell)
    started = time.monotonic()
    transport.close(Deadline.after(60))
    assert time.monotonic() - started < 30
    assert (server.close_codes, transport.fileno()) == ([1000], -1)
    assert transport.close_info == Close(1006, "")


def test_the_closing_handshake_ends_at_the_deadline(
    transport: WebSocketTransport, server: FaultServer
) -> None:
    """If the server does not answer."""
    server.on(CLOSE, ignore())
    transport.close(Deadline.after(0.05))
    assert transport.fileno() == -1
    server.wait_for(CLOSE)
    assert server.close_codes == [1000]


def test_a_close_frame_of_the_server_is_answered_without_waiting(
    transport: WebSocketTransport, server: FaultServer
) -> None:
    """With the same code; the server may leave the connection open."""
    server.run_steps(close(1001, then="hang"))
    wait_for_close(transport)
    started = time.monotonic()
    transport.close(Deadline.after(60))
    assert time.monotonic() - started < 5
    server.wait_for(CLOSE)
    assert server.close_codes == [1001]


def test_the_closing_handshake_works_within_a_message(
    transport: WebSocketTransport, server: FaultServer
) -> None:
    """The rest of a message does not hide the server's close frame."""
    message = encode(Opcode.TEXT, b"abcdef")
    server.on(CLOSE, raw(message[4:] + encode(Opcode.CLOSE, b"\x03\xe8")))
    before = transport.bytes_received
    server.run_steps(raw(message[:4]))
    while transport.bytes_received < before + 4:
        transport.poll(short_deadline())
    started = time.monotonic()
    transport.close(Deadline.after(60))
    assert time.monotonic() - started < 5


def test_queued_messages_are_sent_before_the_close_frame(
    transport: WebSocketTransport, server: FaultServer
) -> None:
    """The close frame does not overtake them."""
    gate = server.make_gate()
    server.on("ping", [pause_reading(gate)], ignore())
    transport.send(b'{"action":"ping"}')
    server.wait_for("ping")
    transport.send(b'{"action":"ping","payload":"%s"}' % (b"x" * 10_000_000))
    assert transport.wants_write
    gate.open()
    transport.close(Deadline.after(60))
    assert (server.count("ping"), server.close_codes) == (2, [1000])


@pytest.mark.parametrize("times", [1, 2])
def test_closing_again_does_nothing(
    transport: WebSocketTransport, server: FaultServer, times: int
) -> None:
    """After any end, and at once."""
    transport.abort("the server stopped answering pings")
    for _ in range(times):
        transport.close(Deadline.after(60))
    assert transport.close_info == Close(1006, "the server stopped answering pings")
    server.wait_for(lambda: server.connection_ends)
    assert server.close_codes == []


def test_a_protocol_error_is_reported_once(
    transport: WebSocketTransport, server: FaultServer
) -> None:
    """The first one counts; the server's close frame is awaited."""
    transport.fail(1007, "the server sent no JSON")
    transport.fail(1003, "the server sent a binary message")
    server.wait_for(CLOSE)
    assert transport.close_info == Close(1006, "", "the server sent no JSON")
    transport.close(Deadline.after(60))
    assert server.close_codes == [1007]


# --- TLS ---


@pytest.fixture
def tls_server(tmp_path: Path) -> Iterator[tuple[FaultServer, Route]]:
    """Run a server with TLS; yield it and the route to it."""
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    with FaultServer(tls=context) as fault_server:
        yield fault_server, Route(endpoint_of(fault_server), ca_file=str(tmp_path / "ca.pem"))


def test_over_tls_everything_works_alike(tls_server: tuple[FaultServer, Route]) -> None:
    """Messages larger than a TLS record and the socket buffer, and the closing handshake."""
    server, route = tls_server
    gate = server.make_gate()
    server.on("ping", [flood(2_000, text="x" * 1_000), pause_reading(gate)], text("got it"))
    transport = WebSocketTransport.open(route, MAX_SIZE, short_deadline())
    transport.send(b'{"action":"ping"}')
    assert len(wait_for_messages(transport, 2_000)) == 2_000
    transport.send(b'{"action":"ping","payload":"%s"}' % (b"x" * 20_000_000))
    assert transport.wants_write
    gate.open()
    assert wait_for_messages(transport, 2_001)[-1] == b"got it"
    assert not transport.wants_write
    transport.close(Deadline.after(60))
    assert server.close_codes == [1000]


@pytest.mark.parametrize("how", [drop("fin"), drop("rst")])
def test_over_tls_a_lost_connection_is_noticed(
    tls_server: tuple[FaultServer, Route], how: Step
) -> None:
    """The connection is cut below TLS."""
    server, route = tls_server
    transport = WebSocketTransport.open(route, MAX_SIZE, short_deadline())
    server.run_steps(how)
    assert wait_for_close(transport) == Close(1006, "")
    transport.close(short_deadline())


def test_only_the_latest_of_several_pings_is_answered(
    server: FaultServer, transport: WebSocketTransport
) -> None:
    """T123: the others need no response (RFC 6455, 5.5.3)."""
    payloads = (b"a", b"b", b"c")
    server.run_steps(raw(b"".join(encode(Opcode.PING, payload) for payload in payloads)), text("x"))
    assert wait_for_messages(transport) == [b"x"]
    transport.close(short_deadline())
    pongs = [each.frame.payload for each in server.frames if each.opcode == Opcode.PONG]
    assert pongs[-1] == b"c"
    assert len(pongs) < len(payloads)


def test_pings_of_a_peer_that_reads_nothing_take_no_memory(
    server: FaultServer, transport: WebSocketTransport
) -> None:
    """T123: what waits to be sent is bounded."""
    server.run_steps(pause_reading(server.make_gate()))
    for _ in range(300):
        server.run_steps(pings(1000, b"x" * 100), text("x"))
        assert wait_for_messages(transport) == [b"x"]
        transport.messages.clear()
        assert len(transport._write_buffer) < 1024
    transport.abort()
