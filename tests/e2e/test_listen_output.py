"""`rtm listen` with a slow reader or none: standard output, its buffer, signals."""

import contextlib
import os
import pty
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from support.fault_server import (
    CLOSE,
    CONNECT,
    HANDSHAKE,
    PING,
    FaultServer,
    close,
    flood,
    hanging_port,
    ignore,
    push,
    refusing_port,
    respond,
    text,
)
from support.listen_process import ListenProcess
from support.process import RTM, environment, run_shell
from support.terminal import Terminal

FAST_PINGS = ("--ping-interval", "1s")
SIGNALS = [signal.SIGINT, signal.SIGTERM, signal.SIGHUP]


def test_a_reader_that_stops_loses_nothing_and_keeps_the_connection() -> None:
    """T68, short: pings go on, and every line is there when the output is read again."""
    with (
        FaultServer() as server,
        ListenProcess(server.url, *FAST_PINGS, "--count", "2401", read_stdout=False) as listener,
    ):
        server.wait_for("login")
        server.run_steps(flood(2400, text="x" * 2000))
        server.wait_for(PING, 3)
        listener.start_reading()
        server.run_steps(push("incoming_event", {"n": 2401}))
        assert (listener.remaining_numbers(), listener.wait()) == (list(range(1, 2402)), 0)
        assert server.connection_count == 1


@pytest.mark.slow
def test_a_reader_that_stops_for_two_minutes_loses_nothing() -> None:
    """T68: 20 pushes of 2 KB each second; memory grows by 64 MiB at most."""
    with (
        FaultServer() as server,
        ListenProcess(server.url, "--count", "2400", read_stdout=False) as listener,
    ):
        server.wait_for("login")
        before = listener.resource_usage()["memory"]
        for start in range(0, 2400, 20):
            body = {"text": "x" * 2000}
            server.run_steps(*(push("incoming_event", {"n": start + n, **body}) for n in range(20)))
            time.sleep(1)
        grown = listener.resource_usage()["memory"] - before
        listener.start_reading()
        assert (listener.remaining_numbers(), listener.wait()) == (list(range(2400)), 0)
        assert (server.connection_count, grown <= 64 * 1024) == (1, True)


def test_pushes_that_a_full_buffer_drops_are_counted() -> None:
    """The gap is in the place of the dropped pushes, with their number; the connection is kept."""
    small = ("--spool-size", "100000")
    with (
        FaultServer() as server,
        ListenProcess(server.url, *FAST_PINGS, *small, read_stdout=False) as listener,
    ):
        server.wait_for("login")
        server.run_steps(flood(2000, text="x" * 1000))
        listener.wait_for_stderr("dropping pushes")
        server.wait_for(PING, server.count(PING) + 2)
        listener.start_reading()
        line = listener.read_record()  # from here on there is space again
        server.run_steps(push("incoming_event", {"n": 2001}))
        expected, dropped = 1, 0
        while line.get("payload") != {"n": 2001}:
            count = line.get("count", 0)
            assert count or line["payload"]["n"] == expected
            dropped += count
            expected += count or 1
            line = listener.read_record()
        assert expected == 2001
        assert server.connection_count == 1
    assert dropped > 0
    assert "overflow: dropped " in listener.stderr_text


def test_dropped_pushes_are_reported_at_the_end() -> None:
    """If no push follows those that were dropped, the gap is the last line."""
    small = ("--spool-size", "100000", "--idle", "1s")
    with FaultServer() as server, ListenProcess(server.url, *small, read_stdout=False) as listener:
        server.wait_for("login")
        server.run_steps(flood(2000, text="x" * 1000))
        listener.wait_for_stderr("overflow: dropped ")
        listener.start_reading()
        lines = list(listener.remaining_records())
    pushes = [line for line in lines if line["type"] == "push"]
    dropped = sum(line["count"] for line in lines if line["type"] == "rtm.gap")
    assert (lines[-1]["type"], dropped) == ("rtm.gap", 2000 - len(pushes))


@pytest.mark.parametrize("size", [100, 3_000, 20_000, 60_000])
def test_a_signal_tears_no_line_if_the_pipe_is_full(size: int) -> None:
    """T70: the process ends within 5 s, and the last line is complete."""
    with FaultServer() as server, ListenProcess(server.url, read_stdout=False) as listener:
        server.wait_for("login")
        server.run_steps(flood(2_000_000 // size, text="x" * size))
        listener.wait_until_pipe_full()
        listener.send_signal(signal.SIGTERM)
        assert listener.wait(5) == -signal.SIGTERM
        listener.start_reading()
        numbers = listener.remaining_numbers()  # asserts that every line is whole
    assert numbers == list(range(1, len(numbers) + 1))
    assert numbers


def test_a_line_larger_than_the_pipe_is_written_completely() -> None:
    """A message of a megabyte is one line among others."""
    with FaultServer() as server, ListenProcess(server.url, "--count", "3") as listener:
        server.wait_for("login")
        server.run_steps(flood(1), flood(1, text="x" * 1_000_000), flood(1))
        first, large, last = listener.remaining_records()
    assert [len(each["payload"]["text"]) for each in (first, large, last)] == [0, 1_000_000, 0]


def test_a_reader_that_is_gone_ends_an_idle_listener() -> None:
    """Well within 15 s, although no push arrives; status 141, without a message."""
    with FaultServer() as server, ListenProcess(server.url, read_stdout=False) as listener:
        server.wait_for("login")
        listener.stdout.close()
        assert (listener.wait(5), listener.stderr_text) == (141, "")


@pytest.mark.parametrize("phase", ["connecting", "waiting"])
def test_a_reader_that_is_gone_ends_the_command_in_every_phase(phase: str) -> None:
    """During the login, and between two attempts."""
    with FaultServer() as server:
        if phase == "connecting":
            server.on("login", ignore())
        else:
            server.on(HANDSHAKE, close(1000, then="rst"))
            server.stop_listening()
        with ListenProcess(server.url, "--backoff", "10s", read_stdout=False) as listener:
            if phase == "connecting":
                server.wait_for("login")
            else:
                listener.wait_for_stderr("not connected")
            listener.stdout.close()
            assert listener.wait(5) == 141


def test_head_ends_the_command_without_a_message() -> None:
    """`rtm listen | head -1` prints one line."""
    with FaultServer() as server:
        server.on("login", [respond(), flood(3)])
        result = run_shell('"$RTM" listen | head -1; echo ${PIPESTATUS[0]}', url=server.url)
    assert (result.stdout.splitlines()[1:], result.stderr) == ([b"141"], b"")


def test_a_closed_standard_output_is_an_error_before_anything_is_sent() -> None:
    """Status 74, and no connection."""
    with FaultServer() as server:
        result = run_shell('"$RTM" listen >&-', url=server.url)
        assert (result.returncode, server.connection_count) == (74, 0)


def test_a_full_disk_ends_the_command_with_the_reason() -> None:
    """Status 74 if a line cannot be written."""
    with FaultServer() as server:
        server.on("login", [respond(), flood(1)])
        result = run_shell('"$RTM" listen >/dev/full', url=server.url)
    assert result.returncode == 74
    assert b"standard output not written: no space left on device" in result.stderr


def test_a_file_gets_every_line(tmp_path: Path) -> None:
    """If the output is redirected to a file, it is complete at the end."""
    with FaultServer() as server:
        server.on("login", [respond(), flood(3000)])
        result = run_shell(f'"$RTM" listen --count 3000 >{tmp_path}/out', url=server.url)
    assert (result.returncode, (tmp_path / "out").read_bytes().count(b"\n")) == (0, 3000)


def test_standard_output_stays_blocking() -> None:
    """Other processes use the same open file description."""
    with FaultServer() as server:
        server.on("login", [respond(), flood(1)])
        read, write = os.pipe()
        command = [RTM, "listen", "--count", "1"]
        subprocess.run(command, stdout=write, env=environment(server.url), check=True, timeout=20)
        assert (os.get_blocking(write), os.read(read, 7)) == (True, b'{"actio')
        os.close(read)
        os.close(write)


def test_pushes_are_escaped_on_a_terminal() -> None:
    """T79: as JSON, lines without colors; all control characters are escaped."""
    hostile = '{"type":"push","s":"\\u001b[31m \x9b2J \x7f \u202e"}'
    env = {"RTM_OUTPUT": "json"}
    with FaultServer() as server, Terminal() as terminal:
        server.on("login", [respond(), text(hostile)])
        terminal.run(RTM, "listen", "--count", "1", env=environment(server.url, overrides=env))
        first, printed, _ = terminal.read_to_end().split("\n")
    assert first.startswith("connected ")
    assert '"type":"push"' in printed
    assert not set(printed) & {*map(chr, range(10)), *map(chr, range(127, 160)), "\u202e"}


@pytest.mark.parametrize("kind", ["terminal", "socket"])
def test_the_pings_go_on_if_a_terminal_or_socket_is_not_read(kind: str) -> None:
    """As behind Ctrl-S; the output follows when it is read again."""
    controller, stdout = pty.openpty() if kind == "terminal" else socket_pair()
    command = [RTM, "listen", *FAST_PINGS, "--count", "2400"]
    with FaultServer() as server:
        process = subprocess.Popen(command, stdout=stdout, env=environment(server.url))
        os.close(stdout)
        server.wait_for("login")
        server.run_steps(flood(2399, text="x" * 500))
        server.wait_for(PING, 2)
        server.run_steps(flood(1))
        printed = read_to_end(controller)
        assert (process.wait(20), server.connection_count) == (0, 1)
    assert printed.count(b"\n") == 2400


def socket_pair() -> tuple[int, int]:
    """Return the descriptors of two connected sockets."""
    ours, theirs = socket.socketpair()
    return ours.detach(), theirs.detach()


def read_to_end(fd: int) -> bytes:
    """Read everything, and close the file."""
    data = b""
    with contextlib.suppress(OSError):  # the end of a terminal
        while chunk := os.read(fd, 65536):
            data += chunk
    os.close(fd)
    return data


@contextmanager
def server_at_phase(name: str) -> Iterator[tuple[FaultServer, str, Any]]:
    """Yield a server, an address, and what to wait for until a listener is in that phase."""
    with FaultServer() as server, hanging_port() as port, refusing_port() as closed_port:
        address, wait = server.url, lambda: server.wait_for("login")
        if name == "TCP":
            address, wait = f"ws://127.0.0.1:{port}/", lambda: None
        elif name == "TLS":
            server.on(CONNECT, ignore())
            address = server.url.replace("ws:", "wss:")
            wait = lambda: server.wait_for(CONNECT)  # noqa: E731  # one of several
        elif name == "login":
            server.on("login", ignore())
        elif name == "backoff":
            address, wait = f"ws://127.0.0.1:{closed_port}/", lambda: None
        elif name == "closing":
            server.on(CLOSE, ignore())
        yield server, address, wait


@pytest.mark.parametrize("number", SIGNALS, ids=lambda number: number.name)
@pytest.mark.parametrize("phase", ["TCP", "TLS", "login", "listening", "closing", "backoff"])
def test_a_signal_ends_the_command_within_two_seconds(phase: str, number: signal.Signals) -> None:
    """T92: in every phase, even if the server never answers the close frame; without a message."""
    message = {"TCP": "connecting to", "backoff": "not connected"}.get(phase, "")
    options = ("--backoff", "20s", *(["-v"] if phase == "TCP" else []))
    with (
        server_at_phase(phase) as (_, address, wait),
        ListenProcess(address, *options) as listener,
    ):
        wait()
        listener.wait_for_stderr(message)
        sent = time.monotonic()
        listener.send_signal(number)
        assert listener.wait(5) == -number
        assert time.monotonic() - sent <= 2.0
        assert "Traceback" not in listener.stderr_text


def test_a_signal_closes_the_connection_with_a_close_frame() -> None:
    """Its code is 1000, and pushes that were received are printed."""
    with FaultServer() as server, ListenProcess(server.url) as listener:
        server.wait_for("login")
        server.run_steps(flood(100))
        assert listener.read_record()["payload"]["n"] == 1
        listener.send_signal(signal.SIGTERM)
        assert listener.wait() == -signal.SIGTERM
        server.wait_for(CLOSE)
        assert server.close_codes == [1000]
    assert listener.stderr_text == ""


def test_a_second_signal_ends_the_command_at_once() -> None:
    """T94: with a server that does not answer the close frame, and a reader that has stopped."""
    with FaultServer() as server, ListenProcess(server.url, read_stdout=False) as listener:
        server.on(CLOSE, ignore())
        server.wait_for("login")
        server.run_steps(flood(5000))
        listener.send_signal(signal.SIGINT)
        server.wait_for(CLOSE)
        sent = time.monotonic()
        listener.send_signal(signal.SIGINT)
        assert (listener.wait(5), time.monotonic() - sent < 0.4) == (-signal.SIGINT, True)


def test_ignored_signals_stay_ignored() -> None:
    """T93: neither HUP nor INT ends what nohup started in the background of a script."""
    with FaultServer() as server:
        script = """
            nohup "$RTM" listen --count 1 2>/dev/null & pid=$!
            read -r _ <&3
            kill -HUP $pid; kill -INT $pid
            echo sent; wait $pid; echo $?
        """
        ours, theirs = socket.socketpair()
        with closing(ours), closing(theirs):
            env = {**environment(server.url), "RTM": RTM}
            with subprocess.Popen(
                ["bash", "-c", script.replace("<&3", f"<&{theirs.fileno()}")],
                env=env,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                pass_fds=[theirs.fileno()],
            ) as process:
                server.wait_for("login")
                ours.sendall(b"go\n")
                assert process.stdout is not None
                assert process.stdout.readline() == b"sent\n"
                server.run_steps(flood(1))
                assert process.stdout.read().endswith(b"}}\n0\n")


def test_a_reader_that_keeps_reading_gets_more_pushes_than_fit_into_the_buffer() -> None:
    """A slow reader slows the server down; nothing is dropped."""
    small = ("--spool-size", "100000", "--count", "5000")
    with FaultServer() as server, ListenProcess(server.url, *small) as listener:
        server.wait_for("login")
        threading.Thread(target=lambda: server.run_steps(flood(5000, text="x" * 500))).start()
        assert (listener.remaining_numbers(), listener.wait()) == (list(range(1, 5001)), 0)
