"""The output of a stream: to a slow reader, to none, to a terminal, and in bounded memory."""

import re
import subprocess
import sys
import threading
from pathlib import Path
from typing import IO

import pytest
from support.fault_server import PING, FaultServer, execute, respond
from support.process import (
    RTM,
    TIMEOUT,
    environment,
    memory_usage,
    require_program,
    run_shell,
    start,
)
from support.stream_data import echo_payloads, record_statuses, request_lines
from support.terminal import Terminal

ACK_SERVER = str(Path(__file__).parent.parent / "benchmarks" / "ack_server.py")


def test_a_reader_that_stops_does_not_stop_the_pings() -> None:
    """Memory is bounded, and every record is there when the output is read again."""
    with (
        FaultServer() as server,
        start("call", "-", "--ping-interval", "0.05s", url=server.url) as process,
    ):
        server.on("*", respond({"text": "x" * 10_000}))
        assert process.stdin
        process.stdin.write(request_lines(500))
        process.stdin.flush()
        server.wait_for("x", 20)
        before = server.count(PING)
        server.wait_for(PING, before + 5)
        assert server.count("x") < 500
        out, err = process.communicate()
    assert (len(record_statuses(out)), err, process.returncode) == (500, b"rtm: 500 ok\n", 0)


def test_a_reader_that_stops_does_not_stop_max_time() -> None:
    """Status 74 if the output cannot be written by then."""
    with (
        FaultServer() as server,
        start("call", "-", "--max-time", "1s", url=server.url) as process,
    ):
        server.on("*", respond({"text": "x" * 10_000}))
        assert process.stdin
        process.stdin.write(request_lines(500))
        process.stdin.flush()
        assert process.wait(6) == 74
        assert process.stderr
        assert b"was not read within --max-time" in process.stderr.read()


def test_a_reader_that_is_gone_stops_the_stream() -> None:
    """Status 141, without a message if no outcome is unknown; no more calls are sent."""
    with FaultServer() as server, start("call", "-", "--window", "1", url=server.url) as process:
        echo_payloads(server)
        assert process.stdin
        assert process.stdout
        process.stdin.write(request_lines(1))
        process.stdin.flush()
        assert process.stdout.readline()
        process.stdout.close()
        process.wait()  # although its input is still open
        assert process.stderr
        assert (process.returncode, process.stderr.read()) == (141, b"")
    assert server.count("*") == 1


def test_if_the_reader_goes_unknown_calls_are_named() -> None:
    """Calls in flight are awaited for a moment, then named on standard error."""
    with FaultServer() as server, start("call", "-", url=server.url) as process:
        server.on("*", respond(), execute())
        assert process.stdin
        assert process.stdout
        process.stdin.write(request_lines(3))
        process.stdin.flush()
        server.wait_for("x", 3)
        process.stdout.close()
        process.wait()
        assert process.stderr
        err = process.stderr.read().decode()
    assert process.returncode == 141
    assert all(request.request_id in err for request in server.requests[1:])
    assert "(input 2)" in err
    assert "outcome unknown" in err


def test_a_full_disk_stops_the_stream() -> None:
    """T89: status 74, no more than the window is sent, and the message counts lost records."""
    with FaultServer() as server:
        echo_payloads(server)
        result = run_shell('"$RTM" call - > /dev/full', url=server.url, stdin=request_lines(1000))
    assert result.returncode == 74
    assert server.count("*") <= 16
    [line] = result.stderr.decode().splitlines()
    assert "no space left on device; " in line
    assert " ok; the input was not read beyond value" in line
    assert line.endswith(" records are lost")


def test_a_closed_standard_output_sends_nothing() -> None:
    """T91: status 74 before the first value is read."""
    with FaultServer() as server:
        result = run_shell('"$RTM" call - >&-', url=server.url, stdin=request_lines(1))
        assert server.connection_count == 0
    assert result.returncode == 74


def test_memory_does_not_grow_with_the_input() -> None:
    """T56: fifteen thousand values take no more than a thousand, with some tolerance."""
    early, late = peak_memory(1_000, 15_000)
    assert late < early + 10


@pytest.mark.slow
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("size", [40, 2_000])
def test_memory_is_flat_over_a_million_values(size: int) -> None:
    """T56: 40 MB and 2 GB of input take no more at the end than after a hundredth."""
    early, late = peak_memory(10_000, 1_000_000, size)
    assert late < early + 20


def peak_memory(few: int, many: int, size: int = 40) -> tuple[float, float]:
    """Stream `many` values of `size` bytes; return the peak memory after `few` and after all.

    In MiB. It is read while the process waits for more, so that it is the process's own.
    """
    value = b'{"action":"x","payload":{"text":"%s"}}\n'
    value %= b"x" * (size + 2 - len(value))
    with (
        subprocess.Popen([sys.executable, ACK_SERVER], stdout=subprocess.PIPE) as server,
        subprocess.Popen([RTM, "call", "-"], env=environment(first_line(server)),
                         stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process,
    ):  # fmt: skip
        assert process.stdin
        assert process.stdout
        measured = []
        for count in (few, many - few):
            writer = threading.Thread(target=write_repeated, args=(process.stdin, value, count))
            writer.start()
            for _ in range(count):
                assert process.stdout.readline() == b"{}\n"
            writer.join()
            measured.append(memory_usage(process.pid)[1])
        process.stdin.close()
        assert process.wait(TIMEOUT) == 0
        server.terminate()
    return measured[0], measured[1]


def first_line(process: subprocess.Popen[bytes]) -> str:
    """Return the first line that a process prints."""
    assert process.stdout
    return process.stdout.readline().decode().strip()


def write_repeated(stdin: IO[bytes], value: bytes, count: int) -> None:
    """Write a value `count` times."""
    for written in range(0, count, 100):
        stdin.write(value * min(100, count - written))
    stdin.flush()


def test_a_terminal_shows_the_progress(tmp_path: Path) -> None:
    """A line on standard error shows count, rate and failures, and is erased at the end.

    Not if the records go into a pipe: its reader may print them on the same terminal.
    """
    source, target = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    source.write_bytes(request_lines(20))
    script = f'"{RTM}" call - --rate 40 <"{source}" '
    with FaultServer() as server, Terminal() as terminal:
        env = {**environment(server.url), "TERM": "xterm", "PYTHONWARNINGS": "error"}
        process = terminal.run(require_program("bash"), "-c", f'{script} >"{target}"', env=env)
        shown = terminal.read_to_end()
        assert process.wait(TIMEOUT) == 0
        assert len(record_statuses(target.read_bytes())) == 20
        with Terminal() as other:
            other.run(require_program("bash"), "-c", f"{script} | head -1", env=env)
            assert other.read_to_end() == "{}\n"
    assert " calls, " in shown
    assert " 0 failed" in shown
    assert shown.endswith("\rrtm: 20 ok\n")
    assert "100%" in shown
    assert "\r \r" in re.sub(" +", " ", shown)  # the line was erased
