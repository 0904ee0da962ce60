"""The fault server before the first frame: connect, upgrade, TLS."""

import contextlib
import ssl
from collections.abc import Iterator

import pytest
import trustme
from support.fault_server import (
    CONNECT,
    HANDSHAKE,
    ConnectionEvent,
    FaultServer,
    Step,
    delay,
    dripped,
    drop,
    flood,
    http_response,
    ignore,
    normal,
    raw,
    respond,
    upgrade,
)
from support.raw_client import RawClient, logged_in_client, receive_message, response, send_request
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidStatus
from websockets.sync.client import connect


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


# The handshake


@pytest.mark.parametrize("code", [200, 401, 403, 404, 426, 429, 500, 503])
def test_an_http_response_can_replace_the_upgrade(server: FaultServer, code: int) -> None:
    """The response has the given status, headers and body."""
    server.on(HANDSHAKE, http_response(code, headers=[("Retry-After", "7")], body="why"))
    with pytest.raises(InvalidStatus) as refused, connect(server.url, proxy=None):
        pass
    reply = refused.value.response
    seen = (reply.status_code, reply.headers["Retry-After"], reply.body)
    assert seen == (code, "7", b"why")


def test_a_redirect_leads_to_the_given_url(server: FaultServer) -> None:
    """Both servers count a client that follows it, as the library does."""
    with FaultServer() as other:
        server.on(HANDSHAKE, http_response(302, headers=[("Location", other.url)]))
        with connect(server.url, proxy=None):
            assert (server.connection_count, other.connection_count) == (1, 1)


@pytest.mark.parametrize(
    "step", [upgrade(accept="wrong"), upgrade(headers=[("X-Filler", "x")] * 200), drop("fin")]
)
def test_a_correct_client_rejects_an_invalid_upgrade(server: FaultServer, step: Step) -> None:
    """A wrong accept key, 200 headers, or an early end fail the library's handshake."""
    server.on(HANDSHAKE, step)
    with pytest.raises(InvalidHandshake), connect(server.url, proxy=None):
        pass


def test_connects_are_scripted_one_by_one(server: FaultServer) -> None:
    """The first is reset, the second is closed, the third is served."""
    server.on(CONNECT, drop("rst"), drop("fin"), normal())
    with pytest.raises(ConnectionResetError):
        _first_byte(server)
    with pytest.raises(EOFError):
        _first_byte(server)
    with RawClient(server) as client:
        client.send_request("x")
        assert client.read_message() == response("x")
    assert server.connection_count == 3


def _first_byte(server: FaultServer) -> bytes:
    with contextlib.closing(RawClient(server)) as client:
        return client.read_exactly(1)


@pytest.mark.parametrize("event", [CONNECT, HANDSHAKE])
def test_a_server_may_accept_and_send_nothing(lenient: FaultServer, event: ConnectionEvent) -> None:
    """`ignore` keeps the connection open; the first byte is sent by the test."""
    lenient.on(event, ignore())
    with contextlib.closing(RawClient(lenient)) as client:
        client.socket.sendall(b"GET / HTTP/1.1\r\nUpgrade: websocket\r\n\r\n")
        lenient.wait_for(event)
        lenient.run_steps(raw(b"!"))
        assert client.read_exactly(1) == b"!"
        assert lenient.connection_ends == {}


def test_an_upgrade_may_drip(server: FaultServer) -> None:
    """A dripped handshake completes."""
    server.on(HANDSHAKE, dripped(upgrade(), size=10, interval=0.001))
    with logged_in_client(server) as client:
        assert client.protocol.state.name == "OPEN"


def test_a_stopped_server_refuses_and_can_restart(server: FaultServer) -> None:
    """The port and the open connections stay."""
    with logged_in_client(server) as client:
        server.stop_listening()
        with pytest.raises(ConnectionRefusedError):
            RawClient(server)
        send_request(client, "x")
        assert receive_message(client) == response("x")
    server.start_listening()
    with logged_in_client(server):
        assert server.connection_count == 2


# TLS


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    """Create a certificate authority."""
    return trustme.CA()


@pytest.fixture
def secure(authority: trustme.CA) -> Iterator[FaultServer]:
    """Run a server over TLS."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    with FaultServer(tls=context) as serving:
        yield serving


def test_it_serves_tls(secure: FaultServer, authority: trustme.CA) -> None:
    """Scripts work over TLS, including simultaneous reads and writes of the server.

    The client has one thread: those of `websockets` would use one TLS socket at the same time.
    """
    context = ssl.create_default_context()
    authority.configure_trust(context)
    secure.on("x", [delay(0), flood(3_000, text="x" * 5_000), respond()])
    with RawClient(secure, context) as client:
        client.send_request("x")
        for number in range(500):
            client.send_request("y", str(number))
        messages = [client.read_message() for _ in range(3_501)]
    numbers = [each["payload"]["n"] for each in messages if each["type"] == "push"]
    responses = [each["request_id"] for each in messages if each["action"] == "y"]
    assert numbers == list(range(1, 3_001))
    assert responses == [str(number) for number in range(500)]


def test_it_records_why_tls_failed(secure: FaultServer) -> None:
    """A client that does not trust the certificate sends no application data."""
    with pytest.raises(ssl.SSLCertVerificationError), connect(secure.url, proxy=None):
        pass
    secure.wait_for(lambda: secure.tls_failures)
    assert secure.bytes_received == 0


def test_a_drop_works_below_tls(secure: FaultServer, authority: trustme.CA) -> None:
    """An RST ends a TLS connection too."""
    context = ssl.create_default_context()
    authority.configure_trust(context)
    secure.on("x", drop("rst"))
    with logged_in_client(secure, ssl=context) as client:
        send_request(client, "x")
        with pytest.raises(ConnectionClosed):
            client.recv()
    secure.wait_for(lambda: secure.connection_ends == {1: "rst"})
