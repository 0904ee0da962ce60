"""The link: whole messages in and out over a real socket, and no end that it does not notice."""

import errno
import json
import ssl
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import trustme
from faults import (
    CLOSE,
    CONNECT,
    HANDSHAKE,
    PING,
    Behaviour,
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
    normal,
    pings,
    pongs,
    raw,
    silence,
    stall,
    status,
    text,
    upgrade,
)
from faults.frames import encode
from reaching import endpoint_of, soon

from rtmcli import __version__
from rtmcli.errors import AuthError, Interrupted, NotConnected
from rtmcli.protocol.framing import Closing
from rtmcli.session.deadline import Deadline
from rtmcli.session.dial import Route, dial
from rtmcli.session.failure import Failed
from rtmcli.session.link import Link
from rtmcli.session.opening import Handshake

LIMIT = 100_000


@pytest.fixture
def server() -> Iterator[FaultServer]:
    """Serve; a client that breaks the protocol fails the test."""
    with FaultServer() as serving:
        yield serving


@pytest.fixture
def link(server: FaultServer) -> Iterator[Link]:
    """Open a link to the server, which says nothing of its own."""
    link = opened(server)
    yield link
    link.abandon()


def opened(server: FaultServer, deadline: Deadline | None = None) -> Link:
    """Open a link with a small limit for messages."""
    return Link.open(Route(endpoint_of(server)), LIMIT, deadline or soon())


def received(link: Link, count: int = 1) -> list[bytes]:
    """Wait for so many messages, or the end, and return what came."""
    deadline = soon()
    while len(link.messages) < count and not link.closing:
        assert not deadline.over, "nothing comes"
        link.turn(deadline)
    return list(link.messages)


def ended(link: Link) -> Closing:
    """Wait for the end and return it."""
    deadline = soon()
    while not link.closing:
        assert not deadline.over, "no end comes"
        link.turn(deadline)
    return link.closing


# --- opening ---


def test_the_handshake_names_path_and_program(server: FaultServer) -> None:
    """The URL's path and query, our name, and no compression: a bomb needs an extension."""
    route = Route(endpoint_of(server)._replace(resource="/v3.0/agent/rtm/ws?a=1&b=2"))
    Link.open(route, LIMIT, soon()).abandon()
    [handshake] = server.handshakes
    assert handshake.target == "/v3.0/agent/rtm/ws?a=1&b=2"
    assert handshake.headers["user-agent"] == f"rtm/{__version__}"
    assert handshake.headers["host"] == f"127.0.0.1:{server.port}"
    assert "sec-websocket-extensions" not in handshake.headers


# What comes in place of the upgrade; may another try find a server? (None: refused for the token)
REFUSALS: dict[str, tuple[Behaviour, bool | None]] = {
    "HTTP 200": (status(200, body="<html>"), False),
    "HTTP 301": (status(301, headers=[("Location", "ws://127.0.0.1:1/")]), False),
    "HTTP 302": (status(302, headers=[("Location", "/other")]), False),
    "HTTP 307": (status(307, headers=[("Location", "http://127.0.0.1:1/")]), False),
    "HTTP 400": (status(400), False),
    "HTTP 401": (status(401), None),
    "HTTP 403": (status(403), None),
    "HTTP 404": (status(404), False),
    "HTTP 426": (status(426), False),
    "HTTP 429": (status(429), True),
    "HTTP 500": (status(500), True),
    "HTTP 501": (status(501), False),
    "HTTP 502": (status(502), True),
    "HTTP 503": (status(503), True),
    "HTTP 504": (status(504), True),
    "a wrong accept": (upgrade(accept="wrong"), False),
    "two hundred headers": (upgrade(headers=[("X-A", "b")] * 200), False),
    "another protocol": (raw(b"SSH-2.0-OpenSSH_9.2\r\n\r\n"), False),
    "no line at all": (raw(b"\x00" * 20_000), False),
    "an end": (drop("fin"), True),
    "a reset": (drop("rst"), True),
    "an end amid the reply": ([raw(b"HTTP/1.1 101 Sw"), drop("fin")], True),
}


@pytest.mark.parametrize("what", REFUSALS)
def test_what_is_no_upgrade_is_no_link(what: str) -> None:
    """T07, T08: each refusal has its error; redirects are not followed, no body is shown."""
    behaviour, passing = REFUSALS[what]
    with FaultServer() as server:
        server.on(HANDSHAKE, behaviour)
        with pytest.raises(NotConnected if passing is not None else AuthError) as raised:
            opened(server)
        server.wait_for(lambda: server.ended)
        assert server.connections == 1
    message = str(raised.value)
    assert getattr(raised.value, "passing", None) == passing
    assert f"127.0.0.1:{server.port}" in message
    assert what.startswith("HTTP") <= message.endswith(what)
    assert ("end" in what.split() or "reset" in what) <= ("closed the connection" in message)
    assert "html" not in message


@pytest.mark.parametrize("moment", [CONNECT, HANDSHAKE])
def test_a_handshake_without_end_ends_at_the_deadline(server: FaultServer, moment: str) -> None:
    """Silence ends at the deadline, another try may help, and the socket is closed."""
    server.on(moment, silence())
    with pytest.raises(Failed, match="no WebSocket handshake in time") as raised:
        opened(server, Deadline.after(0.05))
    assert raised.value.passing
    server.wait_for(lambda: server.ended)


def test_whatever_ends_the_opening_closes_the_socket(server: FaultServer) -> None:
    """A signal in the midst of the handshake leaves no socket behind."""

    class Signalled(Deadline):
        @property
        def over(self) -> bool:
            raise Interrupted(15)

    server.on(HANDSHAKE, silence())
    with pytest.raises(Interrupted):
        opened(server, Signalled(soon().at))
    server.wait_for(lambda: server.ended)


@pytest.mark.parametrize("size", [1, 7, 50, 100_000])
def test_a_handshake_may_come_in_any_pieces(server: FaultServer, size: int) -> None:
    """Byte by byte or together with the first messages: nothing of either is lost."""
    both = [upgrade(), text("one"), pings(), fragmented(text("two")), text("three")]
    server.on(HANDSHAKE, [dripped(step, size=size, pause=0) for step in both])
    link = opened(server)
    assert received(link, 3) == [b"one", b"two", b"three"]
    link.abandon()


# --- messages in ---


def test_messages_come_whole_and_in_order(link: Link, server: FaultServer) -> None:
    """Whole or in fragments, empty or long, with control frames between: one message each."""
    between = encode(Opcode.PING, b"p") + encode(Opcode.PONG)
    server.play(
        text("one"),
        fragmented(text("fragments"), size=2, between=between),
        pongs(3),
        text(""),
        pings(2, b"x" * 125),
        text("x" * LIMIT),
        fragmented(text("y" * LIMIT), size=999),
        text("é😀"),
    )
    wanted = [b"one", b"fragments", b"", b"x" * LIMIT, b"y" * LIMIT, "é😀".encode()]
    assert received(link, 6) == wanted
    link.leave(soon())
    pong = [each.payload for each in server.frames if each.opcode == Opcode.PONG]
    assert pong == [b"p"] * 4 + [b"x" * 125] * 2


def test_every_byte_counts_as_a_sign_of_life(link: Link, server: FaultServer) -> None:
    """Control frames and parts of a message show that the server is there."""
    assert link.bytes_in > 100  # the handshake
    for step, size in ((pings(), 2), (raw(encode(Opcode.TEXT, b"abc")[:3]), 3)):
        before = link.bytes_in
        server.play(step)
        link.turn(soon())
        assert link.bytes_in == before + size
    assert not link.messages


def test_nothing_to_read_is_no_reason_to_wait(link: Link) -> None:
    """`absorb` returns at once, and `turn` at its deadline."""
    link.absorb()
    link.turn(Deadline.after(0))
    assert (list(link.messages), link.closing) == ([], None)


# What a server does; how the link ended, and what the server is told by a close code.
ENDS: dict[str, tuple[Behaviour, Closing, list[int | None]]] = {
    "1000": (close(1000), Closing(1000, ""), [1000]),
    "a reason": (
        close(4001, "bye \x1b[2J\n\x9b"), Closing(4001, "bye \\u001b[2J\\u000a\\u009b"), [4001]),
    "no code": (close(None), Closing(1005, ""), [None]),
    "a FIN": (drop("fin"), Closing(1006, ""), []),
    "a reset": (drop("rst"), Closing(1006, ""), []),
    "a FIN amid a message": ([raw(b"\x81\x05ab"), drop("fin")], Closing(1006, ""), []),
    "binary": (binary(b"{}"), Closing(1006, "", "the server sent a binary message"), [1003]),
}  # fmt: skip  # a table


@pytest.mark.parametrize("what", ENDS)
def test_an_end_tells_how_it_came(link: Link, server: FaultServer, what: str) -> None:
    """A close frame's code and reason, escaped; 1006 where there was none; what went wrong."""
    behaviour, closing, codes = ENDS[what]
    server.play(*([behaviour] if isinstance(behaviour, Step) else behaviour))
    assert ended(link) == closing
    link.leave(soon())
    server.wait_for(lambda: server.ended)
    assert server.close_codes == codes


BROKEN = "the server broke the WebSocket protocol"

# What a server must not send; the words for it, and the close code.
BREACHES: dict[str, tuple[Step, str, int]] = {
    "a reserved opcode": (frame(3, b"{}"), BROKEN, 1002),
    "a reserved bit": (frame(Opcode.TEXT, b"{}", rsv=4), BROKEN, 1002),
    "a mask": (frame(Opcode.TEXT, b"{}", mask=b"abcd"), BROKEN, 1002),
    "a long ping": (frame(Opcode.PING, b"x" * 126), BROKEN, 1002),
    "a continuation of nothing": (frame(0, b"{}"), BROKEN, 1002),
    "a bad close code": (close(999), BROKEN, 1002),
    "a close reason that is no text": (close(1000, b"\xff"), BROKEN, 1007),
    "one byte too much": (text("x" * (LIMIT + 1)), "the message is too big", 1009),
    "a byte too much in fragments": (
        fragmented(text("x" * (LIMIT + 1)), size=LIMIT), "the message is too big", 1009),
    "a size beyond measure": (raw(b"\x81\x7f\x7f" + b"\xff" * 7), "the message is too big", 1009),
}  # fmt: skip  # a table


@pytest.mark.parametrize("what", BREACHES)
def test_a_breach_of_the_protocol_ends_the_link(what: str) -> None:
    """T36, T38: what came before is kept, what comes after is not, and the server is told."""
    breach, words, code = BREACHES[what]
    with FaultServer(strict=False) as server:
        link = opened(server)
        server.play(text("before"), breach, text("after"))
        closing = ended(link)
        assert (closing.code, closing.fault.startswith(words)) == (1006, True), closing
        assert received(link) == [b"before"]
        server.wait_for(CLOSE)
        assert server.close_codes[0] == code
        link.abandon()


def test_messages_before_the_end_are_kept(link: Link, server: FaultServer) -> None:
    """What a server said before its goodbye, in the same packet, is not lost with it."""
    server.play(text("one"), fragmented(text("two")), close(1012, "restart"))
    assert ended(link) == Closing(1012, "restart")
    assert list(link.messages) == [b"one", b"two"]


def test_nothing_is_taken_after_the_end(link: Link, server: FaultServer) -> None:
    """What follows a binary message or a goodbye in the same packet is not read."""
    server.play(binary(b"{}"), text("late"), close(1000, then="fin"))
    assert ended(link).fault == "the server sent a binary message"
    link.absorb()
    assert not link.messages


# --- messages out ---


def test_what_is_sent_arrives(link: Link, server: FaultServer) -> None:
    """A message goes out at once, in one text frame, masked."""
    assert link.send('{"action":"ping","payload":"é"}'.encode())
    server.wait_for("ping")
    [sent] = [each.frame for each in server.frames]
    assert (sent.opcode, sent.masked, sent.fin) == (Opcode.TEXT, True, True)
    assert not link.is_sending


def test_a_slow_server_gets_all_of_it_while_we_read(link: Link, server: FaultServer) -> None:
    """What the socket does not take waits, and what comes meanwhile is read: no deadlock."""
    gate = server.gate()
    server.on("ping", [flood(5_000, text="x" * 1_000), stall(gate)], text("got it"))
    whole = json.dumps({"action": "ping", "payload": "x" * 20_000_000}).encode()
    link.send(b'{"action":"ping"}')
    assert len(received(link, 5_000)) == 5_000
    assert link.send(whole)
    assert link.is_sending
    gate.open()
    assert received(link, 5_001)[-1] == b"got it"
    assert not link.is_sending
    assert len(server.frames[-1].payload) == len(whole)


def test_a_ping_is_answered(link: Link, server: FaultServer) -> None:
    """A ping control frame goes out, and its pong is a sign of life."""
    before = link.bytes_in
    link.ping()
    link.turn(soon())
    assert (server.count(PING), link.bytes_in) == (1, before + 2)


@pytest.mark.parametrize("end", [close(1000), close(1012, then="hang"), drop("fin"), drop("rst")])
def test_after_the_end_nothing_is_sent(link: Link, server: FaultServer, end: Step) -> None:
    """Who sends too late is told so, pings are not sent at all, and nothing fails."""
    server.play(end)
    ended(link)
    assert not link.send(b"{}")
    link.ping()
    link.leave(soon())
    assert [each for each in server.frames if each.opcode != Opcode.CLOSE] == []


def test_a_reset_amid_sending_is_an_end(link: Link, server: FaultServer) -> None:
    """Where the server is gone when we write, the end is noticed by reading."""
    gate = server.gate()
    server.on("ping", stall(gate))
    link.send(b'{"action":"ping"}')
    server.wait_for("ping")
    link.send(b'{"action":"ping","payload":"%s"}' % (b"x" * 20_000_000))
    server.play(drop("rst"))
    assert ended(link) == Closing(1006, "")
    assert not link.is_sending


class Fragile:
    """A socket that sends, or not, and then raises."""

    def __init__(self, sock: Any, failure: BaseException, *, sends: bool) -> None:
        self._sock, self._failure, self._sends = sock, failure, sends

    def __getattr__(self, name: str) -> Any:
        """Be like the socket else."""
        return getattr(self._sock, name)

    def send(self, data: bytes) -> int:
        """Raise."""
        if self._sends:
            self._sock.send(data)
        raise self._failure


def test_a_signal_amid_sending_makes_nobody_send_twice(link: Link, server: FaultServer) -> None:
    """Raised when the bytes had left, and not been counted: nothing follows, not even a goodbye."""
    whole = link._sock
    link._sock = Fragile(whole, Interrupted(2), sends=True)  # type: ignore[assignment]
    with pytest.raises(Interrupted):
        link.send(b'{"action":"ping"}')
    link._sock = whole
    link.leave(Deadline.after(60))
    server.wait_for(lambda: server.ended)
    assert (server.count("ping"), server.close_codes) == (1, [])


def test_a_link_that_cannot_be_written_to_is_lost(link: Link, server: FaultServer) -> None:
    """At once, though the server is still there: nobody waits for answers to what never left."""
    server.play(text("before"))
    error = OSError(errno.ENOBUFS, "no buffer space")
    link._sock = Fragile(link._sock, error, sends=False)  # type: ignore[assignment]
    link.send(b'{"action":"ping"}')
    assert link.is_sending
    assert ended(link) == Closing(1006, "")
    assert (list(link.messages), link.is_sending) == ([b"before"], False)


def test_a_handshake_that_cannot_be_written_fails_at_once(server: FaultServer) -> None:
    """And not when its time is over, with a processor busy until then."""
    endpoint = endpoint_of(server)
    error = OSError(errno.ENOBUFS, "no buffer space")
    link = Link(
        Fragile(dial(Route(endpoint), soon()), error, sends=False),  # type: ignore[arg-type]
        LIMIT,
    )
    with pytest.raises(Failed, match="closed the connection during the handshake"):
        link._shake_hands(Handshake(endpoint), endpoint.address, soon())
    link.abandon()


# --- leaving ---


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
def test_a_goodbye_is_answered_and_over(
    link: Link, server: FaultServer, farewell: Behaviour
) -> None:
    """We say 1000 and go when the server answers or ends, whatever comes before that."""
    server.on(CLOSE, farewell)
    started = time.monotonic()
    link.leave(Deadline.after(60))
    assert time.monotonic() - started < 30
    assert (server.close_codes, link.fileno()) == ([1000], -1)
    assert link.closing == Closing(1006, "")


def test_a_goodbye_waits_no_longer_than_its_deadline(link: Link, server: FaultServer) -> None:
    """A server that never answers it is left without an answer."""
    server.on(CLOSE, silence())
    link.leave(Deadline.after(0.05))
    assert link.fileno() == -1
    server.wait_for(CLOSE)
    assert server.close_codes == [1000]


def test_a_server_that_said_goodbye_is_not_awaited(link: Link, server: FaultServer) -> None:
    """Its close frame is answered with the same code; whether it then closes is its own affair."""
    server.play(close(1001, then="hang"))
    ended(link)
    started = time.monotonic()
    link.leave(Deadline.after(60))
    assert time.monotonic() - started < 5
    server.wait_for(CLOSE)
    assert server.close_codes == [1001]


def test_a_goodbye_amid_a_message_is_answered(link: Link, server: FaultServer) -> None:
    """The rest of a message that was on its way does not hide the server's answer."""
    message = encode(Opcode.TEXT, b"abcdef")
    server.on(CLOSE, raw(message[4:] + encode(Opcode.CLOSE, b"\x03\xe8")))
    before = link.bytes_in
    server.play(raw(message[:4]))
    while link.bytes_in < before + 4:
        link.turn(soon())
    started = time.monotonic()
    link.leave(Deadline.after(60))
    assert time.monotonic() - started < 5


def test_what_waits_to_be_sent_goes_before_the_goodbye(link: Link, server: FaultServer) -> None:
    """A goodbye overtakes nothing."""
    gate = server.gate()
    server.on("ping", [stall(gate)], silence())
    link.send(b'{"action":"ping"}')
    server.wait_for("ping")
    link.send(b'{"action":"ping","payload":"%s"}' % (b"x" * 10_000_000))
    assert link.is_sending
    gate.open()
    link.leave(Deadline.after(60))
    assert (server.count("ping"), server.close_codes) == (2, [1000])


@pytest.mark.parametrize("times", [1, 2])
def test_who_has_left_may_leave_again(link: Link, server: FaultServer, times: int) -> None:
    """Leaving after any end does nothing, and is quick."""
    link.abandon("the server stopped answering pings")
    for _ in range(times):
        link.leave(Deadline.after(60))
    assert link.closing == Closing(1006, "the server stopped answering pings")
    server.wait_for(lambda: server.ended)
    assert server.close_codes == []


def test_a_failing_server_is_told_once(link: Link, server: FaultServer) -> None:
    """The first fault counts; the server gets its code, and its answer is awaited."""
    link.fail(1007, "the server sent no JSON")
    link.fail(1003, "the server sent a binary message")
    server.wait_for(CLOSE)
    assert link.closing == Closing(1006, "", "the server sent no JSON")
    link.leave(Deadline.after(60))
    assert server.close_codes == [1007]


# --- TLS ---


@pytest.fixture
def secure(tmp_path: Path) -> Iterator[tuple[FaultServer, Route]]:
    """Serve with TLS; yield the server and the way to it."""
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    with FaultServer(tls=context) as serving:
        yield serving, Route(endpoint_of(serving), ca_file=str(tmp_path / "ca.pem"))


def test_over_tls_all_is_the_same(secure: tuple[FaultServer, Route]) -> None:
    """Large messages out and in, more than a record or the socket holds, and a goodbye."""
    server, route = secure
    gate = server.gate()
    server.on("ping", [flood(2_000, text="x" * 1_000), stall(gate)], text("got it"))
    link = Link.open(route, LIMIT, soon())
    link.send(b'{"action":"ping"}')
    assert len(received(link, 2_000)) == 2_000
    link.send(b'{"action":"ping","payload":"%s"}' % (b"x" * 20_000_000))
    assert link.is_sending
    gate.open()
    assert received(link, 2_001)[-1] == b"got it"
    assert not link.is_sending
    link.leave(Deadline.after(60))
    assert server.close_codes == [1000]


@pytest.mark.parametrize("how", [drop("fin"), drop("rst")])
def test_over_tls_an_end_is_an_end(secure: tuple[FaultServer, Route], how: Step) -> None:
    """A connection cut off below TLS is lost like any other."""
    server, route = secure
    link = Link.open(route, LIMIT, soon())
    server.play(how)
    assert ended(link) == Closing(1006, "")
    link.leave(soon())
