"""Dialling: names, addresses, and the steps of the way, all of it within the deadline."""

import contextlib
import signal
import socket
import ssl
import time
from pathlib import Path

import pytest
from certificates import ca_file, serving
from faults import FaultServer, Proxy, hanging_port, refusing_port
from reaching import dialled, failure, soon

from rtmcli.session.dial import Address, Route, _is_loopback, connect, look_up
from rtmcli.session.endpoint import Endpoint, parse_proxy, parse_url
from rtmcli.session.failure import Failed


def address(port: int, host: str = "127.0.0.1") -> Address:
    """Lay an address out as the resolver does."""
    return (socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", (host, port))


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


def test_a_proxy_that_is_not_there_is_told_as_the_proxy() -> None:
    """Whoever reads the message knows that it is not the server."""
    with refusing_port() as port:
        route = Route(Endpoint(True, "rtm.test", 443, "/"), parse_proxy(f"http://127.0.0.1:{port}"))
        error = failure(route)
    assert error.message == f"cannot connect to the proxy 127.0.0.1:{port}: connection refused"


def test_loopback_goes_past_any_proxy() -> None:
    """A route to this machine never asks its proxy."""
    with FaultServer() as server, Proxy({}) as proxy:
        with dialled(Route(parse_url(server.url), parse_proxy(proxy.url))):
            pass
        assert proxy.connections == 0
