"""The manners of clients, which the fault server minds, and its own: it leaves nothing behind."""

import contextlib
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.fault_server import (
    CLOSE,
    CONNECT,
    HANDSHAKE,
    Behavior,
    ConnectionEvent,
    FaultServer,
    Opcode,
    batch,
    call_function,
    close,
    delay,
    dripped,
    drop,
    flood,
    frames,
    ignore,
    respond,
    upgrade,
)
from support.raw_client import MASK, RawClient


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
    with RawClient(lenient) as client:
        client.socket.sendall(said)
        lenient.wait_for(lambda: lenient.violations)
    assert complaint in lenient.violations[0]


def test_a_call_before_login_is_refused_and_told(lenient: FaultServer) -> None:
    """Whoever has not logged in gets an authentication error."""
    with contextlib.closing(RawClient(lenient)) as client:
        client.upgrade()
        client.send_request("x")
        assert client.read_message()["payload"]["error"]["type"] == "authentication"
    assert lenient.violations == ["x before login"]


def test_a_bad_handshake_is_told(lenient: FaultServer) -> None:
    """Key and version are demanded, and that it is a WebSocket handshake at all."""
    with contextlib.closing(RawClient(lenient)) as client:
        client.socket.sendall(b"POST / HTTP/1.1\r\n\r\n")
        lenient.wait_for(lambda: len(lenient.violations) == 2)
    assert lenient.violations == [
        "no WebSocket handshake: POST / HTTP/1.1",
        "a handshake needs a key, and version 13",
    ]


def test_a_strict_server_fails_the_test_for_a_breach() -> None:
    """Leaving the context raises what the client broke, for nobody has to ask."""
    stack = contextlib.ExitStack()
    server = stack.enter_context(FaultServer())
    with RawClient(server) as client:
        client.send(Opcode.BINARY)
        server.wait_for(lambda: server.violations)
    with pytest.raises(AssertionError, match="a message must be text"):
        stack.close()


def test_a_step_that_fails_fails_the_test() -> None:
    """No error of a step is lost in its thread."""

    def fail(_: object) -> None:
        raise ZeroDivisionError

    stack = contextlib.ExitStack()
    server = stack.enter_context(FaultServer())
    server.on("x", call_function(fail))
    with RawClient(server) as client:
        client.send_request("x")
        with pytest.raises(EOFError):
            client.read_frame()
    with pytest.raises(ZeroDivisionError):
        stack.close()


def test_a_wait_in_vain_tells_what_was_seen(server: FaultServer) -> None:
    """The message of a failed wait helps to find out why."""
    with RawClient(server), pytest.raises(AssertionError, match="'login': 1"):
        server.wait_for("login", 2, timeout=0.01)


# Leaving


BLOCKING_BEHAVIORS: dict[str, tuple[str | ConnectionEvent, Behavior]] = {
    "a silent connect": (CONNECT, ignore()),
    "a silent handshake": (HANDSHAKE, ignore()),
    "an endless drip": (HANDSHAKE, dripped(upgrade(), interval=1_000)),
    "a long pause": ("x", [delay(1_000), respond()]),
    "a dripped answer": ("x", dripped(respond(), interval=1_000)),
    "a flood nobody reads": ("x", flood(100_000, text="x" * 1_000)),
    "a hold that never fills": ("x", batch(100, idle=1_000)),
    "a closing handshake that hangs": (CLOSE, ignore()),
}


@pytest.mark.parametrize("what", BLOCKING_BEHAVIORS)
def test_leaving_ends_whatever_is_under_way(what: str) -> None:
    """No thread and no descriptor survives the context, and nobody waits for it."""
    before = _threads_and_descriptors()
    with FaultServer(strict=False) as server:
        key, behaviour = BLOCKING_BEHAVIORS[what]
        server.on(key, behaviour)
        client = RawClient(server)
        client.socket.sendall(b"GET / HTTP/1.1\r\nUpgrade: websocket\r\n\r\n")
        if key in ("x", CLOSE):
            client.send_request("login")
            client.send_request("x")
            client.send(Opcode.CLOSE)
        server.wait_for(key)
        start = time.monotonic()
    assert time.monotonic() - start < 2
    client.close()
    assert _threads_and_descriptors() - before == set()


def test_many_connections_leave_nothing_behind(server: FaultServer) -> None:
    """While the server runs on, no thread and no descriptor of a connection outlives it."""
    server.on("x", [delay(0), drop()], close(then="fin"), drop("fin"), respond())
    before = _threads_and_descriptors()
    for _ in range(100):
        with RawClient(server) as client:
            client.send_request("x")
            with contextlib.suppress(EOFError, ConnectionResetError):
                client.read_frame()
    server.wait_for(lambda: len(server.connection_ends) == 100)
    for thread in set(threading.enumerate()) - before:
        thread.join(10)  # its connection has ended, and so will it
    assert _threads_and_descriptors() - before == set()


def _threads_and_descriptors() -> set[object]:
    """Collect the threads, and the descriptors with what is open there.

    To be compared as sets: what an earlier test left may end at any time.
    """
    resources: set[object] = set(threading.enumerate())
    for descriptor in Path("/proc/self/fd").iterdir():
        with contextlib.suppress(FileNotFoundError):  # that of the listing itself
            resources.add((descriptor.name, descriptor.readlink()))
    return resources
