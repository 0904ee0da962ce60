"""Dialing: lookup, connection, and the callbacks for each step, within the deadline."""

import contextlib
import signal
import socket
import ssl
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from support.certificates import server_context, write_ca_file
from support.connect import dial_failure, dialed, short_deadline
from support.fault_server import FaultServer, Proxy, hanging_port, refusing_port

from rtmcli.errors import ConnectFailed
from rtmcli.session.dial import (
    AddressInfo,
    Route,
    _alternate_families,
    _peer_is_loopback,
    connect,
    resolve_host,
)
from rtmcli.session.endpoint import Endpoint, parse_proxy, parse_url


def address_info(port: int, host: str = "127.0.0.1") -> AddressInfo:
    """Return an address in the form of getaddrinfo."""
    return (socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", (host, port))


def test_an_ip_address_needs_no_lookup() -> None:
    """It is returned as it is, with the port."""
    assert [row[4] for row in resolve_host("127.0.0.1", 5, short_deadline())] == [("127.0.0.1", 5)]


@pytest.mark.parametrize("host", ["nowhere.invalid", "a" * 300 + ".invalid", "..", "a..b"])
def test_an_unknown_host_is_an_error_that_names_it(host: str) -> None:
    """It is transient: another attempt may succeed."""
    with pytest.raises(ConnectFailed, match=f"^cannot find {host}: ") as caught:
        resolve_host(host, 443, short_deadline())
    assert caught.value.transient


def test_a_lookup_ends_at_the_deadline() -> None:
    """No lookup is started after it."""
    with pytest.raises(ConnectFailed, match="the lookup timed out"):
        resolve_host("nowhere.invalid", 443, short_deadline(0))


def test_lookups_that_hang_never_need_a_second_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    """T136: a listener may try for hours; the response counts when it comes."""
    calls: list[bytes] = []
    respond = threading.Event()

    def hang(host: bytes, port: int, **options: int) -> list[AddressInfo]:
        if options["flags"]:
            raise socket.gaierror
        calls.append(host)
        respond.wait()
        return [address_info(port)]

    monkeypatch.setattr(socket, "getaddrinfo", hang)
    try:
        for host in ("slow.test", "slow.test", "other.test", "slow.test"):
            with pytest.raises(ConnectFailed, match="the lookup timed out"):
                resolve_host(host, 443, short_deadline(0.01))
        assert calls == [b"slow.test"]
    finally:
        respond.set()
    assert resolve_host("slow.test", 443, short_deadline()) == [address_info(443)]
    assert calls == [b"slow.test"]
    assert resolve_host("other.test", 444, short_deadline()) == [address_info(444)]
    assert calls == [b"slow.test", b"other.test"]


def test_the_first_address_that_answers_is_used() -> None:
    """An address that refuses is skipped."""
    with FaultServer() as server, refusing_port("127.0.0.2") as dead:
        addresses = [address_info(dead, "127.0.0.2"), address_info(server.port)]
        with contextlib.closing(connect(addresses, "x", short_deadline())) as sock:
            assert sock.getpeername() == ("127.0.0.1", server.port)
            assert not sock.getblocking()


def test_an_address_that_fails_at_once_is_skipped() -> None:
    """The system refuses a connection to a broadcast address."""
    with FaultServer() as server:
        addresses = [address_info(5, "255.255.255.255"), address_info(server.port)]
        with contextlib.closing(connect(addresses, "x", short_deadline())) as sock:
            assert sock.getpeername() == ("127.0.0.1", server.port)


def test_unresponsive_addresses_share_the_time() -> None:
    """T04: four of them take no longer than the deadline."""
    with contextlib.ExitStack() as stack:
        hosts = [f"127.0.0.{number}" for number in range(2, 6)]
        holes = [address_info(stack.enter_context(hanging_port(host)), host) for host in hosts]
        started = time.monotonic()
        with pytest.raises(ConnectFailed, match=r"^cannot connect to x: timed out$"):
            connect(holes, "x", short_deadline(1.0))
        assert 0.9 < time.monotonic() - started < 2


def test_a_dead_address_delays_the_next_one_by_a_quarter_of_a_second() -> None:
    """T146: the attempts overlap, as in RFC 8305."""
    with FaultServer() as server, hanging_port("127.0.0.2") as hole:
        addresses = [address_info(hole, "127.0.0.2"), address_info(server.port)]
        started = time.monotonic()
        with contextlib.closing(connect(addresses, "x", short_deadline())) as sock:
            assert sock.getpeername()[1] == server.port
        assert 0.25 <= time.monotonic() - started < 2


def test_a_slow_address_may_still_respond_after_the_next_one_failed() -> None:
    """T146: an attempt goes on while others are made."""
    with hanging_port() as slow, refusing_port("127.0.0.2") as dead:
        addresses = [address_info(slow), *[address_info(dead, "127.0.0.2")] * 2]
        with pytest.raises(ConnectFailed, match=r"^cannot connect to x: timed out$"):
            connect(addresses, "x", short_deadline(1.0))


def test_the_families_of_addresses_take_turns() -> None:
    """T146: a host whose IPv6 is dead costs one delay, however many addresses it has."""
    rows: list[AddressInfo] = [
        (family, socket.SOCK_STREAM, 0, "", (str(number), 1))
        for family, numbers in ((socket.AF_INET6, (1, 2, 3)), (socket.AF_INET, (4, 5)))
        for number in numbers
    ]
    assert [row[4][0] for row in _alternate_families(rows)] == ["1", "4", "2", "5", "3"]


def test_an_unsupported_address_is_skipped() -> None:
    """Such as IPv6 on a system without it."""
    odd = (socket.AF_INET, 99, 0, "", ("127.0.0.1", 1))
    with FaultServer() as server:
        with contextlib.closing(
            connect([odd, address_info(server.port)], "x", short_deadline())
        ) as sock:
            assert sock.getpeername()[1] == server.port
        with pytest.raises(ConnectFailed, match=r"^cannot connect to x: "):
            connect([odd], "x", short_deadline())


def test_a_system_without_tcp_user_timeout_connects_too(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Only Linux has this option."""
    monkeypatch.delattr(socket, "TCP_USER_TIMEOUT")
    with (
        FaultServer() as server,
        contextlib.closing(connect([address_info(server.port)], "x", short_deadline())) as sock,
    ):
        assert sock.getpeername()[1] == server.port


def test_a_connection_reset_at_once_is_transient() -> None:
    """Such a socket has no peer to check."""
    with contextlib.closing(socket.socket()) as sock:
        with pytest.raises(ConnectFailed, match=r"^x closed the connection immediately$") as caught:
            _peer_is_loopback(sock, "x")
        assert caught.value.transient


def test_a_signal_ends_the_wait_for_a_connection() -> None:
    """The socket is closed."""

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


def test_a_peer_that_is_not_loopback_gets_no_unencrypted_data() -> None:
    """The address of the connection is checked, not the name, before anything is sent."""
    with FaultServer() as server:
        endpoint = Endpoint(False, "::ffff:127.0.0.1", server.port, "/")
        error = dial_failure(Route(endpoint))
        assert server.bytes_received == 0
    assert "is not this machine; use wss://" in error.message


def test_a_refused_connection_names_host_and_port() -> None:
    """It is transient."""
    with refusing_port() as port:
        error = dial_failure(Route(parse_url(f"ws://127.0.0.1:{port}")))
    assert error.message == f"cannot connect to 127.0.0.1:{port}: connection refused"
    assert error.transient


def test_each_step_is_reported_with_its_result(tmp_path: Path) -> None:
    """The callback is called for every step, in order."""
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


def test_an_unreachable_proxy_is_named_as_the_proxy() -> None:
    """The message does not blame the server."""
    with refusing_port() as port:
        route = Route(Endpoint(True, "rtm.test", 443, "/"), parse_proxy(f"http://127.0.0.1:{port}"))
        error = dial_failure(route)
    assert error.message == f"cannot connect to the proxy 127.0.0.1:{port}: connection refused"


def test_loopback_bypasses_the_proxy() -> None:
    """A route to this machine never uses its proxy."""
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
