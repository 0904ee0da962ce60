"""The manners of clients, which the fault server minds, and its own: it leaves nothing behind."""

import contextlib
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from faults import (
    CLOSE,
    CONNECT,
    HANDSHAKE,
    Behaviour,
    FaultServer,
    Moment,
    Opcode,
    answer,
    close,
    do,
    dripped,
    drop,
    flood,
    frames,
    hold,
    pause,
    silence,
    upgrade,
)
from witnesses import MASK, Peer


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
