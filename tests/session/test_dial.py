"""Dialling: names, addresses, and the steps of the way, all of it within the deadline."""

import contextlib
import signal
import socket
import ssl
import time
from pathlib import Path
from typing import Any

import pytest
from support.certificates import server_context, write_ca_file
from support.connect import dial_failure, dialed, short_deadline
from support.fault_server import FaultServer, Proxy, hanging_port, refusing_port

from rtmcli.errors import ConnectFailed
from rtmcli.session.dial import AddressInfo, Route, _peer_is_loopback, connect, resolve_host
from rtmcli.session.endpoint import Endpoint, parse_proxy, parse_url


def address_info(port: int, host: str = "127.0.0.1") -> AddressInfo:
    """Lay an address out as the resolver does."""
    return (socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", (host, port))


def test_a_number_needs_no_look_up() -> None:
    """An address is taken as it is, with its port."""
    assert [row[4] for row in resolve_host("127.0.0.1", 5, short_deadline())] == [("127.0.0.1", 5)]


@pytest.mark.parametrize("host", ["nowhere.invalid", "a" * 300 + ".invalid", "..", "a..b"])
def test_a_host_that_is_not_there_is_an_error_that_names_it(host: str) -> None:
    """A look-up that fails says which host; trying again may help."""
    with pytest.raises(ConnectFailed, match=f"^cannot find {host}: ") as caught:
        resolve_host(host, 443, short_deadline())
    assert caught.value.transient


def test_a_look_up_ends_at_the_deadline() -> None:
    """Where the time is over, nobody waits for a resolver."""
    with pytest.raises(ConnectFailed, match="the lookup took too long"):
        resolve_host("nowhere.invalid", 443, short_deadline(0))


def test_the_first_address_that_answers_is_taken() -> None:
    """A dead address is passed over."""
    with FaultServer() as server, refusing_port("127.0.0.2") as dead:
        addresses = [address_info(dead, "127.0.0.2"), address_info(server.port)]
        with contextlib.closing(connect(addresses, "x", short_deadline())) as sock:
            assert sock.getpeername() == ("127.0.0.1", server.port)
            assert not sock.getblocking()


def test_addresses_that_swallow_everything_share_the_time() -> None:
    """T04: four black holes together take no longer than the deadline, and each gets a share."""
    with contextlib.ExitStack() as stack:
        hosts = [f"127.0.0.{number}" for number in range(2, 6)]
        holes = [address_info(stack.enter_context(hanging_port(host)), host) for host in hosts]
        started = time.monotonic()
        with pytest.raises(ConnectFailed, match=r"^cannot connect to x: timed out$"):
            connect(holes, "x", short_deadline(1.0))
        assert 0.9 < time.monotonic() - started < 2


def test_a_black_hole_before_a_server_costs_its_share_only() -> None:
    """One dead address of two takes half of the time, and the other one still answers."""
    with FaultServer() as server, hanging_port("127.0.0.2") as hole:
        addresses = [address_info(hole, "127.0.0.2"), address_info(server.port)]
        with contextlib.closing(connect(addresses, "x", short_deadline(1.0))) as sock:
            assert sock.getpeername()[1] == server.port


def test_an_address_that_this_machine_cannot_use_is_passed_over() -> None:
    """Such as IPv6 where the system has none."""
    odd = (socket.AF_INET, 99, 0, "", ("127.0.0.1", 1))
    with FaultServer() as server:
        with contextlib.closing(
            connect([odd, address_info(server.port)], "x", short_deadline())
        ) as sock:
            assert sock.getpeername()[1] == server.port
        with pytest.raises(ConnectFailed, match=r"^cannot connect to x: "):
            connect([odd], "x", short_deadline())


def test_a_system_without_the_limit_of_linux_connects_as_well(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """How long sent data may stay unacknowledged can be told on Linux alone."""
    monkeypatch.delattr(socket, "TCP_USER_TIMEOUT")
    with (
        FaultServer() as server,
        contextlib.closing(connect([address_info(server.port)], "x", short_deadline())) as sock,
    ):
        assert sock.getpeername()[1] == server.port


def test_a_connection_that_is_gone_already_is_no_unknown_machine() -> None:
    """A server that resets at once leaves a socket without a peer; another try may help."""
    with contextlib.closing(socket.socket()) as sock:
        with pytest.raises(ConnectFailed, match=r"^x closed the connection at once$") as caught:
            _peer_is_loopback(sock, "x")
        assert caught.value.transient


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
                connect([address_info(hole)], "x", short_deadline())
    finally:
        signal.signal(signal.SIGALRM, before)


def test_what_is_not_quite_this_machine_gets_no_unencrypted_token() -> None:
    """The address that was connected to counts, not the name: before anything is said."""
    with FaultServer() as server:
        endpoint = Endpoint(False, "::ffff:127.0.0.1", server.port, "/")
        error = dial_failure(Route(endpoint))
        assert server.bytes_received == 0
    assert "is not this machine; use wss://" in error.message


def test_a_refused_port_is_told_with_host_and_port() -> None:
    """The message names where; trying again may help."""
    with refusing_port() as port:
        error = dial_failure(Route(parse_url(f"ws://127.0.0.1:{port}")))
    assert error.message == f"cannot connect to 127.0.0.1:{port}: connection refused"
    assert error.transient


def test_each_step_is_told_with_what_it_yielded(tmp_path: Path) -> None:
    """The listener hears of every step, in order, and gets its fruit."""
    steps = []
    with FaultServer(tls=server_context("127.0.0.1")) as server:
        route = Route(
            parse_url(server.url),
            ca_file=write_ca_file(tmp_path),
            on_step=lambda name, found: steps.append((name, type(found))),
        )
        with dialed(route):
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
        error = dial_failure(route)
    assert error.message == f"cannot connect to the proxy 127.0.0.1:{port}: connection refused"


def test_loopback_goes_past_any_proxy() -> None:
    """A route to this machine never asks its proxy."""
    with FaultServer() as server, Proxy({}) as proxy:
        with dialed(Route(parse_url(server.url), parse_proxy(proxy.url))):
            pass
        assert proxy.connection_count == 0


def test_a_lookup_that_fails_unexpectedly_is_no_timeout(monkeypatch: pytest.MonkeyPatch) -> None:
    """T127: what ends the thread is raised where its result is awaited."""
    original = socket.getaddrinfo

    def fail(*arguments: Any, **options: Any) -> Any:
        if options["flags"]:  # a number is not looked up
            return original(*arguments, **options)
        raise MemoryError

    monkeypatch.setattr(socket, "getaddrinfo", fail)
    with pytest.raises(MemoryError):
        resolve_host("rtm.test", 1, short_deadline())
