"""Listening with a slow reader, or none: standard output, the spool, signals."""

import os
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


def test_a_reader_that_stands_still_loses_nothing_and_keeps_the_link() -> None:
    """T68 in small: pings go on, and every line is there once the reader reads."""
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
def test_a_reader_that_stands_still_for_two_minutes_loses_nothing() -> None:
    """T68 as it is written: 20 pushes of 2 KB a second; memory within 64 MiB."""
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


def test_what_a_full_spool_drops_is_counted_exactly() -> None:
    """The gap stands where the pushes are missing, with their number; the link is kept."""
    small = ("--spool-size", "100000")
    with (
        FaultServer() as server,
        ListenProcess(server.url, *FAST_PINGS, *small, read_stdout=False) as listener,
    ):
        server.wait_for("login")
        server.run_steps(flood(2000, text="x" * 1000))
        listener.wait_for_stderr("pushes are dropped")
        server.wait_for(PING, server.count(PING) + 2)
        listener.start_reading()
        line = listener.read_record()  # from here on there is room again
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
    assert "pushes were dropped" in listener.stderr_text


def test_a_loss_that_nobody_was_told_of_is_told_at_the_end() -> None:
    """Where nothing follows what was dropped, the gap is the last line."""
    small = ("--spool-size", "100000", "--idle", "1s")
    with FaultServer() as server, ListenProcess(server.url, *small, read_stdout=False) as listener:
        server.wait_for("login")
        server.run_steps(flood(2000, text="x" * 1000))
        listener.wait_for_stderr("were dropped")
        listener.start_reading()
        lines = list(listener.remaining_records())
    pushes = [line for line in lines if line["type"] == "push"]
    dropped = sum(line["count"] for line in lines if line["type"] == "rtm.gap")
    assert (lines[-1]["type"], dropped) == ("rtm.gap", 2000 - len(pushes))


@pytest.mark.parametrize("size", [100, 3_000, 20_000, 60_000])
def test_a_signal_tears_no_line_where_the_pipe_is_full(size: int) -> None:
    """T70: the end within 5 s, 143 for a shell, and the last line is whole."""
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


def test_a_line_larger_than_the_pipe_is_written_whole_to_a_reader_who_reads() -> None:
    """A message of a megabyte is one line among others."""
    with FaultServer() as server, ListenProcess(server.url, "--count", "3") as listener:
        server.wait_for("login")
        server.run_steps(flood(1), flood(1, text="x" * 1_000_000), flood(1))
        first, large, last = listener.remaining_records()
    assert [len(each["payload"]["text"]) for each in (first, large, last)] == [0, 1_000_000, 0]


def test_a_reader_that_is_gone_ends_an_idle_listener() -> None:
    """Well before 15 s, though nothing comes: status 141, and not a word."""
    with FaultServer() as server, ListenProcess(server.url, read_stdout=False) as listener:
        server.wait_for("login")
        listener.stdout.close()
        assert (listener.wait(5), listener.stderr_text) == (141, "")


@pytest.mark.parametrize("phase", ["connecting", "waiting"])
def test_a_reader_that_is_gone_ends_us_wherever_we_are(phase: str) -> None:
    """During the login, and between two attempts as well."""
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


def test_head_ends_us_quietly() -> None:
    """`rtm listen | head -1` prints a line and is over."""
    with FaultServer() as server:
        server.on("login", [respond(), flood(3)])
        result = run_shell('"$RTM" listen | head -1; echo ${PIPESTATUS[0]}', url=server.url)
    assert (result.stdout.splitlines()[1:], result.stderr) == ([b"141"], b"")


def test_a_closed_standard_output_is_told_before_anything_is_sent() -> None:
    """Status 74, and no connection."""
    with FaultServer() as server:
        result = run_shell('"$RTM" listen >&-', url=server.url)
        assert (result.returncode, server.connection_count) == (74, 0)


def test_a_full_disk_ends_us_with_the_reason() -> None:
    """Status 74 where a line cannot be written."""
    with FaultServer() as server:
        server.on("login", [respond(), flood(1)])
        result = run_shell('"$RTM" listen >/dev/full', url=server.url)
    assert result.returncode == 74
    assert b"standard output not written: no space left on device" in result.stderr


def test_a_file_gets_every_line(tmp_path: Path) -> None:
    """Redirected to a file, nothing is missing when the command is over."""
    with FaultServer() as server:
        server.on("login", [respond(), flood(3000)])
        result = run_shell(f'"$RTM" listen --count 3000 >{tmp_path}/out', url=server.url)
    assert (result.returncode, (tmp_path / "out").read_bytes().count(b"\n")) == (0, 3000)


def test_standard_output_is_left_as_it_was() -> None:
    """The pipe is shared with others, and never made non-blocking."""
    with FaultServer() as server:
        server.on("login", [respond(), flood(1)])
        read, write = os.pipe()
        command = [RTM, "listen", "--count", "1"]
        subprocess.run(command, stdout=write, env=environment(server.url), check=True, timeout=20)
        assert (os.get_blocking(write), os.read(read, 7)) == (True, b'{"actio')
        os.close(read)
        os.close(write)


def test_on_a_terminal_nothing_is_printed_that_it_obeys() -> None:
    """T79 on a terminal: plain lines, no colours, everything that it obeys is escaped."""
    hostile = '{"type":"push","s":"\\u001b[31m \x9b2J \x7f \u202e"}'
    with FaultServer() as server, Terminal() as terminal:
        server.on("login", [respond(), text(hostile)])
        terminal.run(RTM, "listen", "--count", "1", env=environment(server.url))
        printed = terminal.read_to_end().removesuffix("\n")
    assert '"type":"push"' in printed
    assert not set(printed) & {*map(chr, range(10)), *map(chr, range(127, 160)), "\u202e"}


@contextmanager
def server_at_phase(name: str) -> Iterator[tuple[FaultServer, str, Any]]:
    """Yield a server, an address, and what to wait for until a listener is in that phase."""
    with FaultServer() as server, hanging_port() as port, refusing_port() as closed_port:
        address, wait = server.url, lambda: server.wait_for("login")
        if name == "TCP":
            address, wait = f"ws://127.0.0.1:{port}/", lambda: time.sleep(0.5)
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
def test_a_signal_ends_us_within_two_seconds(phase: str, number: signal.Signals) -> None:
    """T92: in every phase, even where the server never answers the goodbye; nothing is said."""
    with (
        server_at_phase(phase) as (_, address, wait),
        ListenProcess(address, "--backoff", "20s") as listener,
    ):
        wait()
        if phase == "backoff":
            listener.wait_for_stderr("not connected")
        sent = time.monotonic()
        listener.send_signal(number)
        assert listener.wait(5) == -number
        assert time.monotonic() - sent <= 2.0
        assert "Traceback" not in listener.stderr_text


def test_a_signal_closes_the_session_with_a_goodbye() -> None:
    """The server sees a close frame with code 1000, and pushes at hand are printed."""
    with FaultServer() as server, ListenProcess(server.url) as listener:
        server.wait_for("login")
        server.run_steps(flood(100))
        assert listener.read_record()["payload"]["n"] == 1
        listener.send_signal(signal.SIGTERM)
        assert listener.wait() == -signal.SIGTERM
        server.wait_for(CLOSE)
        assert server.close_codes == [1000]
    assert listener.stderr_text == ""


def test_the_second_signal_ends_us_at_once() -> None:
    """T94: with a server that never says goodbye, and a reader that stands still."""
    with FaultServer() as server, ListenProcess(server.url, read_stdout=False) as listener:
        server.on(CLOSE, ignore())
        server.wait_for("login")
        server.run_steps(flood(5000))
        listener.send_signal(signal.SIGINT)
        server.wait_for(CLOSE)
        sent = time.monotonic()
        listener.send_signal(signal.SIGINT)
        assert (listener.wait(5), time.monotonic() - sent < 0.4) == (-signal.SIGINT, True)


def test_nohup_and_the_background_of_a_shell_are_respected() -> None:
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


def test_a_reader_who_keeps_up_gets_all_of_a_flood_that_is_larger_than_the_spool() -> None:
    """The server is slowed down by the reader's pace; nothing is dropped."""
    small = ("--spool-size", "100000", "--count", "5000")
    with FaultServer() as server, ListenProcess(server.url, *small) as listener:
        server.wait_for("login")
        threading.Thread(target=lambda: server.run_steps(flood(5000, text="x" * 500))).start()
        assert (listener.remaining_numbers(), listener.wait()) == (list(range(1, 5001)), 0)
