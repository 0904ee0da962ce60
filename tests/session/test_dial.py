"""Dialling: names, addresses, proxies and TLS, all of it within the deadline."""

import contextlib
import signal
import socket
import ssl
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import trustme
from certificates import FUTURE, PAST, ca_file, old, serving
from faults import CONNECT, FaultServer, Proxy, drop, hanging_port, raw, refusing_port, silence

from rtmcli.errors import UsageError
from rtmcli.session.deadline import Deadline
from rtmcli.session.dial import Address, Failed, Route, _is_loopback, connect, dial, look_up
from rtmcli.session.endpoint import Endpoint, parse_proxy, parse_url

HOST = "rtm.test"  # a name that only the proxy of a test knows


def soon(seconds: float = 10.0) -> Deadline:
    """Make a deadline that is not to be reached."""
    return Deadline.after(seconds)


def address(port: int, host: str = "127.0.0.1") -> Address:
    """Lay an address out as the resolver does."""
    return (socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", (host, port))


def failure(route: Route, seconds: float = 10.0) -> Failed:
    """Dial in vain; return the error."""
    with pytest.raises(Failed) as caught:
        dial(route, soon(seconds))
    return caught.value


@contextlib.contextmanager
def dialled(route: Route) -> Iterator[socket.socket]:
    """Dial, and close in the end."""
    with contextlib.closing(dial(route, soon())) as sock:
        yield sock


def test_a_number_needs_no_look_up() -> None:
    """An address is taken as it is, with its port."""
    assert [row[4] for row in look_up("127.0.0.1", 5, soon())] == [("127.0.0.1", 5)]


@pytest.mark.parametrize("host", ["nowhere.invalid", "a" * 300 + ".invalid", "..", "a..b"])
def test_a_host_that_is_not_there_is_an_error_that_names_it(host: str) -> None:
    """A look-up that fails says which host; trying again may help."""
    with pytest.raises(Failed, match=f"^cannot find {host}: ") as caught:
        look_up(host, 443, soon())
    assert caught.value.passing


def test_a_look_up_ends_at_the_deadline() -> None:
    """Where the time is over, nobody waits for a resolver."""
    with pytest.raises(Failed, match="the look-up took too long"):
        look_up("nowhere.invalid", 443, soon(0))


def test_the_first_address_that_answers_is_taken() -> None:
    """A dead address is passed over."""
    with FaultServer() as server, refusing_port("127.0.0.2") as dead:
        addresses = [address(dead, "127.0.0.2"), address(server.port)]
        with contextlib.closing(connect(addresses, "x", soon())) as sock:
            assert sock.getpeername() == ("127.0.0.1", server.port)
            assert not sock.getblocking()


def test_addresses_that_swallow_everything_share_the_time() -> None:
    """T04: four black holes together take no longer than the deadline, and each gets a share."""
    with contextlib.ExitStack() as stack:
        hosts = [f"127.0.0.{number}" for number in range(2, 6)]
        holes = [address(stack.enter_context(hanging_port(host)), host) for host in hosts]
        started = time.monotonic()
        with pytest.raises(Failed, match=r"^cannot connect to x: no answer in time$"):
            connect(holes, "x", soon(1.0))
        assert 0.9 < time.monotonic() - started < 2


def test_a_black_hole_before_a_server_costs_its_share_only() -> None:
    """One dead address of two takes half of the time, and the other one still answers."""
    with FaultServer() as server, hanging_port("127.0.0.2") as hole:
        addresses = [address(hole, "127.0.0.2"), address(server.port)]
        with contextlib.closing(connect(addresses, "x", soon(1.0))) as sock:
            assert sock.getpeername()[1] == server.port


def test_an_address_that_this_machine_cannot_use_is_passed_over() -> None:
    """Such as IPv6 where the system has none."""
    odd = (socket.AF_INET, 99, 0, "", ("127.0.0.1", 1))
    with FaultServer() as server:
        with contextlib.closing(connect([odd, address(server.port)], "x", soon())) as sock:
            assert sock.getpeername()[1] == server.port
        with pytest.raises(Failed, match=r"^cannot connect to x: "):
            connect([odd], "x", soon())


def test_a_system_without_the_limit_of_linux_connects_as_well(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """How long sent data may stay unacknowledged can be told on Linux alone."""
    monkeypatch.delattr(socket, "TCP_USER_TIMEOUT")
    with (
        FaultServer() as server,
        contextlib.closing(connect([address(server.port)], "x", soon())) as sock,
    ):
        assert sock.getpeername()[1] == server.port


def test_a_connection_that_is_gone_already_is_no_unknown_machine() -> None:
    """A server that resets at once leaves a socket without a peer; another try may help."""
    with contextlib.closing(socket.socket()) as sock:
        with pytest.raises(Failed, match=r"^x closed the connection at once$") as caught:
            _is_loopback(sock, "x")
        assert caught.value.passing


def test_a_signal_ends_the_waiting() -> None:
    """Who is interrupted while connecting leaves no socket behind."""

    class Stop(BaseException):
        pass

    def stop(*_: object) -> None:
        raise Stop

    before = signal.signal(signal.SIGALRM, stop)
    try:
        with hanging_port() as hole:
            signal.setitimer(signal.ITIMER_REAL, 0.2)
            with pytest.raises(Stop):
                connect([address(hole)], "x", soon())
    finally:
        signal.signal(signal.SIGALRM, before)


def test_what_is_not_quite_this_machine_gets_no_unencrypted_token() -> None:
    """The address that was connected to counts, not the name: before anything is said."""
    with FaultServer() as server:
        endpoint = Endpoint(False, "::ffff:127.0.0.1", server.port, "/")
        error = failure(Route(endpoint))
        assert server.bytes_received == 0
    assert "is not this machine; use wss://" in error.message


def test_a_refused_port_is_told_with_host_and_port() -> None:
    """The message names where; trying again may help."""
    with refusing_port() as port:
        error = failure(Route(parse_url(f"ws://127.0.0.1:{port}")))
    assert error.message == f"cannot connect to 127.0.0.1:{port}: connection refused"
    assert error.passing


def test_each_step_is_told_with_what_it_yielded(tmp_path: Path) -> None:
    """The listener hears of every step, in order, and gets its fruit."""
    steps = []
    with FaultServer(tls=serving("127.0.0.1")) as server:
        route = Route(
            parse_url(server.url),
            ca_file=ca_file(tmp_path),
            passed=lambda name, found: steps.append((name, type(found))),
        )
        with dialled(route):
            pass
    assert steps == [
        ("authorities", ssl.SSLContext),
        ("dns", list),
        ("tcp", socket.socket),
        ("tls", ssl.SSLSocket),
    ]


@pytest.mark.parametrize(
    ("case", "words"),
    [
        ("unknown", "unable to get local issuer certificate"),
        ("name", "certificate is not valid for"),
        ("expired", "certificate has expired"),
        ("early", "certificate is not yet valid"),
    ],
)
def test_a_certificate_that_does_not_hold_ends_it(tmp_path: Path, case: str, words: str) -> None:
    """The message says certificate and why; nothing is sent inside, and no other try is made."""
    context = {
        "unknown": lambda: serving(ca=trustme.CA()),
        "name": lambda: serving("other.test"),
        "expired": lambda: serving(not_before=PAST.replace(year=2001), not_after=PAST),
        "early": lambda: serving(not_before=FUTURE),
    }[case]()
    with FaultServer(tls=context) as server:
        error = failure(Route(parse_url(server.url), ca_file=ca_file(tmp_path)))
        assert server.bytes_received == 0
    assert "certificate not accepted: " in error.message
    assert words in error.message
    assert not error.passing


def test_a_server_of_old_versions_is_refused(tmp_path: Path) -> None:
    """TLS 1.0 and 1.1 are no encryption."""
    with FaultServer(tls=old(serving())) as server:
        error = failure(Route(parse_url(server.url), ca_file=ca_file(tmp_path)))
        assert server.bytes_received == 0
    assert not error.passing


@pytest.mark.parametrize(
    ("steps", "words", "passing"),
    [
        ([drop("fin")], "the connection was closed", True),
        ([drop("rst")], "connection reset by peer", True),
        ([raw(b"HTTP/1.1 400 Bad Request\r\n\r\n")], "wrong version number", False),
        ([silence()], "no answer in time", True),
    ],
)
def test_a_handshake_that_breaks_off_may_be_tried_again(
    tmp_path: Path, steps: list[object], words: str, passing: bool
) -> None:
    """A lost connection passes; a server that speaks something else does not."""
    with FaultServer(tls=serving()) as server:
        server.on(CONNECT, steps)  # type: ignore[arg-type]  # steps of any kind
        error = failure(Route(parse_url(server.url), ca_file=ca_file(tmp_path)), 1.0)
    # A reset may be there before TLS begins.
    assert error.message.startswith(
        (f"TLS to 127.0.0.1:{server.port}: ", f"cannot connect to 127.0.0.1:{server.port}: ")
    )
    assert words in error.message
    assert error.passing is passing


@pytest.mark.parametrize("text", [None, "no certificate", ""])
def test_a_ca_file_that_is_none_is_a_mistake_of_the_user(tmp_path: Path, text: str | None) -> None:
    """It is told before anybody is connected to."""
    path = tmp_path / "ca.pem"
    if text is not None:
        path.write_text(text)
    with FaultServer(tls=serving()) as server:
        with pytest.raises(UsageError, match=f"^--ca-file {path}: (no such file|holds no cert)"):
            dial(Route(parse_url(server.url), ca_file=str(path)), soon())
        assert server.connections == 0


def through(proxy: Proxy, folder: Path, credentials: str = "") -> Route:
    """Make the route to the host that only the proxy knows."""
    url = proxy.url.replace("://", f"://{credentials}")
    return Route(Endpoint(True, HOST, 443, "/"), parse_proxy(url), ca_file(folder))


def test_a_proxy_is_asked_for_a_tunnel_and_nothing_else(tmp_path: Path) -> None:
    """It gets one CONNECT, with the credentials where there are some; the rest is TLS."""
    with (
        FaultServer(tls=serving(HOST)) as server,
        Proxy({f"{HOST}:443": server.port}, credentials="me:p@ss") as proxy,
    ):
        with dialled(through(proxy, tmp_path, "me:p%40ss@")) as sock:
            assert isinstance(sock, ssl.SSLSocket)
            assert not sock.getblocking()
        [request] = proxy.requests
    assert request.line == f"CONNECT {HOST}:443 HTTP/1.1"
    assert request.headers == {"host": f"{HOST}:443", "proxy-authorization": "Basic bWU6cEBzcw=="}


@pytest.mark.parametrize(
    ("credentials", "status", "words", "passing"),
    [
        ("", None, "wants a user and a password (HTTP 407): set RTM_PROXY=http://USER", False),
        ("me:wrong@", None, "refused the password (HTTP 407)", False),
        ("", 403, "refused the tunnel with HTTP 403", False),
        ("", 503, "refused the tunnel with HTTP 503", True),
    ],
)
def test_a_proxy_that_refuses_is_named_with_its_status(
    tmp_path: Path, credentials: str, status: int | None, words: str, passing: bool
) -> None:
    """The message says what to do, and holds no password; 5xx may pass."""
    with Proxy({}, credentials="me:right", status=status) as proxy:
        error = failure(through(proxy, tmp_path, credentials))
    assert error.message.startswith(f"the proxy 127.0.0.1:{proxy.port} {words}")
    assert "wrong" not in error.message
    assert error.passing is passing


@pytest.mark.parametrize("reply", [b"", b"SSH-2.0-x\r\n\r\n", b"HTTP/1.1 200\r\n", b"x" * 20_000])
def test_a_proxy_that_does_not_speak_http_is_none(reply: bytes) -> None:
    """Anything but a whole HTTP reply ends it."""
    with FaultServer(strict=False) as server:
        server.on(CONNECT, [raw(reply), drop("fin")])
        route = Route(
            Endpoint(True, HOST, 443, "/"), parse_proxy(f"http://127.0.0.1:{server.port}")
        )
        error = failure(route)
    assert "sent no HTTP reply" in error.message or "reset" in error.message


def test_a_proxy_that_is_not_there_is_told_as_the_proxy() -> None:
    """Whoever reads the message knows that it is not the server."""
    with refusing_port() as port:
        route = Route(Endpoint(True, HOST, 443, "/"), parse_proxy(f"http://127.0.0.1:{port}"))
        error = failure(route)
    assert error.message == f"cannot connect to the proxy 127.0.0.1:{port}: connection refused"


def test_a_proxy_that_says_nothing_is_left_at_the_deadline() -> None:
    """A proxy has no more time than all the rest."""
    with FaultServer(strict=False) as server:
        server.on(CONNECT, silence())
        route = Route(
            Endpoint(True, HOST, 443, "/"), parse_proxy(f"http://127.0.0.1:{server.port}")
        )
        error = failure(route, 0.5)
    assert error.message == f"the proxy 127.0.0.1:{server.port}: no answer in time"


def test_loopback_goes_past_any_proxy() -> None:
    """A route to this machine never asks its proxy."""
    with FaultServer() as server, Proxy({}) as proxy:
        with dialled(Route(parse_url(server.url), parse_proxy(proxy.url))):
            pass
        assert proxy.connections == 0
