"""The fault server detects violations by the client, and cleans up after itself."""

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
    """Run a server that fails the test on protocol violations by the client."""
    with FaultServer() as serving:
        yield serving


@pytest.fixture
def lenient() -> Iterator[FaultServer]:
    """Run a server that only records protocol violations."""
    with FaultServer(strict=False) as serving:
        yield serving


# Violations


@pytest.mark.parametrize(
    ("data", "violation"),
    [
        (frames.encode(Opcode.TEXT, b"{}"), "a client must mask its frames"),
        (frames.encode(3, mask=MASK), "the opcode must be known"),
        (frames.encode(Opcode.TEXT, b"{}", rsv=4, mask=MASK), "reserved bits need an extension"),
        (
            frames.encode(Opcode.PING, fin=False, mask=MASK),
            "a control frame must not be fragmented",
        ),
        (frames.encode(Opcode.PING, bytes(126), mask=MASK), "at most 125 bytes"),
        (frames.encode(Opcode.CLOSE, b"1", mask=MASK), "has a code or no payload"),
        (frames.encode(Opcode.BINARY, b"{}", mask=MASK), "a message must be text"),
        (frames.encode(Opcode.TEXT, b"\xff", mask=MASK), "JSON in UTF-8"),
        (frames.encode(Opcode.TEXT, b"{", mask=MASK), "JSON in UTF-8"),
        (frames.encode(Opcode.TEXT, b"[]", mask=MASK), "an object with an action"),
    ],
)
def test_a_violation_is_recorded(lenient: FaultServer, data: bytes, violation: str) -> None:
    """Each rule of RFC 6455 and of the envelope has its message."""
    with RawClient(lenient) as client:
        client.socket.sendall(data)
        lenient.wait_for(lambda: lenient.violations)
    assert violation in lenient.violations[0]


def test_a_call_before_login_is_refused_and_recorded(lenient: FaultServer) -> None:
    """A client that has not logged in gets an authentication error."""
    with contextlib.closing(RawClient(lenient)) as client:
        client.upgrade()
        client.send_request("x")
        assert client.read_message()["payload"]["error"]["type"] == "authentication"
    assert lenient.violations == ["x before login"]


def test_an_invalid_handshake_is_recorded(lenient: FaultServer) -> None:
    """A handshake needs the upgrade header, a key and the version."""
    with contextlib.closing(RawClient(lenient)) as client:
        client.socket.sendall(b"POST / HTTP/1.1\r\n\r\n")
        lenient.wait_for(lambda: len(lenient.violations) == 2)
    assert lenient.violations == [
        "not a WebSocket handshake: POST / HTTP/1.1",
        "a handshake needs a key and version 13",
    ]


def test_a_strict_server_fails_the_test_on_a_violation() -> None:
    """Leaving the context raises an error without an explicit check."""
    stack = contextlib.ExitStack()
    server = stack.enter_context(FaultServer())
    with RawClient(server) as client:
        client.send(Opcode.BINARY)
        server.wait_for(lambda: server.violations)
    with pytest.raises(AssertionError, match="a message must be text"):
        stack.close()


def test_a_step_that_fails_fails_the_test() -> None:
    """An error of a step in a thread is not lost."""

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


def test_a_failed_wait_reports_what_was_received(server: FaultServer) -> None:
    """The message of a failed wait contains the counts."""
    with RawClient(server), pytest.raises(AssertionError, match="'login': 1"):
        server.wait_for("login", 2, timeout=0.01)


# Leaving the context


BLOCKING_BEHAVIORS: dict[str, tuple[str | ConnectionEvent, Behavior]] = {
    "ignored connect": (CONNECT, ignore()),
    "ignored handshake": (HANDSHAKE, ignore()),
    "endless drip": (HANDSHAKE, dripped(upgrade(), interval=1_000)),
    "long delay": ("x", [delay(1_000), respond()]),
    "dripped response": ("x", dripped(respond(), interval=1_000)),
    "unread flood": ("x", flood(100_000, text="x" * 1_000)),
    "incomplete batch": ("x", batch(100, idle=1_000)),
    "hanging close": (CLOSE, ignore()),
}


@pytest.mark.parametrize("case", BLOCKING_BEHAVIORS)
def test_leaving_ends_blocked_behaviors(case: str) -> None:
    """No thread or descriptor outlives the context, and leaving it is quick."""
    before = _threads_and_descriptors()
    with FaultServer(strict=False) as server:
        trigger, behavior = BLOCKING_BEHAVIORS[case]
        server.on(trigger, behavior)
        client = RawClient(server)
        client.socket.sendall(b"GET / HTTP/1.1\r\nUpgrade: websocket\r\n\r\n")
        if trigger in ("x", CLOSE):
            client.send_request("login")
            client.send_request("x")
            client.send(Opcode.CLOSE)
        server.wait_for(trigger)
        start = time.monotonic()
    assert time.monotonic() - start < 2
    client.close()
    assert _threads_and_descriptors() - before == set()


def test_many_connections_leave_nothing_behind(server: FaultServer) -> None:
    """While the server runs, no thread or descriptor of a connection outlives it."""
    server.on("x", [delay(0), drop()], close(then="fin"), drop("fin"), respond())
    before = _threads_and_descriptors()
    for _ in range(100):
        with RawClient(server) as client:
            client.send_request("x")
            with contextlib.suppress(EOFError, ConnectionResetError):
                client.read_frame()
    server.wait_for(lambda: len(server.connection_ends) == 100)
    for thread in set(threading.enumerate()) - before:
        thread.join(10)  # its connection has ended, so the thread ends soon
    assert _threads_and_descriptors() - before == set()


def _threads_and_descriptors() -> set[object]:
    """Return the threads, and the descriptors with their files.

    Compare them as sets: leftovers of an earlier test may end at any time.
    """
    resources: set[object] = set(threading.enumerate())
    for descriptor in Path("/proc/self/fd").iterdir():
        with contextlib.suppress(FileNotFoundError):  # the descriptor of the listing itself
            resources.add((descriptor.name, descriptor.readlink()))
    return resources
