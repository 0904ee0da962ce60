"""Notifications to systemd: datagrams to the socket of `NOTIFY_SOCKET`."""

import os
import signal
import socket
from pathlib import Path

import pytest
from support.fault_server import FaultServer, close, normal
from support.listen_process import ListenProcess

from rtmcli.cli.io.systemd import ServiceNotifier


@pytest.fixture
def manager(tmp_path: Path) -> socket.socket:
    """Receive notifications, as systemd does, at `tmp_path / "notify"`."""
    sock = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    sock.bind(str(tmp_path / "notify"))
    sock.settimeout(20)
    return sock


def test_states_are_sent_to_the_socket(tmp_path: Path, manager: socket.socket) -> None:
    """READY=1 after a login, and one line of status."""
    with manager:
        notifier = ServiceNotifier({"NOTIFY_SOCKET": str(tmp_path / "notify")})
        notifier.ready()
        notifier.status("the connection\nwas lost")
        assert manager.recv(4096) == b"READY=1\nSTATUS=connected"
        assert manager.recv(4096) == b"STATUS=the connection was lost"


def test_an_abstract_socket_is_supported() -> None:
    """A leading @ stands for a null byte."""
    name = f"rtm-test-{os.getpid()}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sock:
        sock.bind(f"\0{name}")
        ServiceNotifier({"NOTIFY_SOCKET": f"@{name}"}).ready()
        assert sock.recv(4096).startswith(b"READY=1")


def test_the_variables_are_removed() -> None:
    """Child processes must not notify the service manager."""
    environ = {"NOTIFY_SOCKET": "/nonexistent", "HOME": "/"}
    environ |= {"WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "1"}
    ServiceNotifier(environ).status("nothing listens there")
    assert environ == {"HOME": "/"}


@pytest.mark.parametrize("timeout", ["", "0", "never", "-5"])
def test_without_a_time_there_is_no_watchdog(timeout: str) -> None:
    """No handler is installed."""
    handler = signal.getsignal(signal.SIGALRM)
    with ServiceNotifier({"NOTIFY_SOCKET": "/nonexistent", "WATCHDOG_USEC": timeout}).watchdog():
        assert signal.getsignal(signal.SIGALRM) is handler


def test_listen_is_ready_after_each_login(tmp_path: Path, manager: socket.socket) -> None:
    """T128: a unit with Type=notify starts; a loss shows as the unit's status."""
    with manager, FaultServer() as server:
        server.on("login", [normal(), close(1012)], normal())
        env = {"NOTIFY_SOCKET": str(tmp_path / "notify")}
        with ListenProcess(server.url, "--backoff", "1ms", env=env):
            assert manager.recv(4096) == b"READY=1\nSTATUS=connected"
            assert b"code 1012" in manager.recv(4096)
            assert manager.recv(4096) == b"READY=1\nSTATUS=connected"


def test_listen_resets_the_watchdog(tmp_path: Path, manager: socket.socket) -> None:
    """T128: while it is connected, and while it is not."""
    env = {"NOTIFY_SOCKET": str(tmp_path / "notify"), "WATCHDOG_USEC": "100000"}

    def receive_until(state: bytes) -> None:
        while state not in (received := manager.recv(4096)):
            assert received == b"WATCHDOG=1"

    with manager, FaultServer() as server:
        server.on("login", [normal(), close(1012)])
        with ListenProcess(server.url, "--login-interval", "60s", env=env):
            receive_until(b"READY=1")
            receive_until(b"code 1012")
            assert [manager.recv(4096) for _ in range(3)] == [b"WATCHDOG=1"] * 3
