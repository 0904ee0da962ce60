"""T124: `--max-time` ends the whole command within a second, whatever it waits for."""

import os
import subprocess
import time
from pathlib import Path

import pytest
from support.fault_server import CLOSE, FaultServer, execute, flood, ignore, pause_reading, respond
from support.process import RTM, environment, run, start, startup_time

CALL = ("close-thread", "--chat-id", "PJ0MRSHTDG")
LIMIT = ("--max-time", "1s")
UNREACHABLE = "ws://127.0.0.1:9"
LARGE = {"text": "x" * 4_000_000}


class Wait:
    """A command line that waits for something, and its environment."""

    def __init__(self, *arguments: str, url: str = UNREACHABLE, **env: str) -> None:
        self.arguments, self.url, self.env = arguments, url, env


def assert_in_time(started: float) -> None:
    """Check that a command with `LIMIT` has just ended, and not before its limit."""
    duration = time.monotonic() - started
    assert 0.9 < duration < 2 + startup_time()


def make_waits(fifo: str) -> dict[str, Wait]:
    """Return a command for each file that may be a pipe without a writer."""
    command = f"cat {fifo}"
    return {
        "token file": Wait(*CALL, "--token-file", fifo),
        "token file of a variable": Wait(*CALL, RTM_TOKEN_FILE=fifo, RTM_TOKEN=""),
        "token command": Wait(*CALL, RTM_TOKEN_COMMAND=command, RTM_TOKEN=""),
        "payload": Wait("call", "ping", f"@{fifo}"),
        "member": Wait("update-chat-properties", *CALL[1:], "--properties", f"@{fifo}"),
        "configuration": Wait(*CALL, RTM_CONFIG=fifo),
        "authorities": Wait(*CALL, "--ca-file", fifo, url="wss://127.0.0.1:9"),
        "token of a listener": Wait("listen", "--token-file", fifo),
        "configuration of a listener": Wait("listen", RTM_CONFIG=fifo),
        "token of a stream": Wait("call", "ping", "-", "--token-file", fifo),
        "token of all pages": Wait("get-customers", "--all", "--token-file", fifo),
        "token of the doctor": Wait("doctor", "--token-file", fifo),
    }


@pytest.mark.parametrize("what", make_waits(""))
def test_a_pipe_that_is_never_written_to_ends_at_max_time(what: str, tmp_path: Path) -> None:
    """T124: nothing was sent; the message names what was waited for."""
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    wait = make_waits(str(fifo))[what]
    started = time.monotonic()
    result = run(*wait.arguments, *LIMIT, url=wait.url, env=wait.env)
    assert_in_time(started)
    assert result.exit_code in ((4,) if what == "token command" else (2,))
    assert "max-time" in result.stderr + result.stdout or "printed no token" in result.stderr


def test_standard_input_as_a_token_ends_at_max_time() -> None:
    """T124: as a file does."""
    started = time.monotonic()
    with start(*CALL, "--token-file", "-", *LIMIT, url=UNREACHABLE) as process:
        assert process.wait(10) == 2
    assert_in_time(started)


@pytest.mark.parametrize("source", ["flag", "variable", "profile"])
def test_every_source_of_max_time_limits_the_token_file(source: str, tmp_path: Path) -> None:
    """T124: the limit of a profile holds from when it is read."""
    fifo, config = tmp_path / "fifo", tmp_path / "config.toml"
    os.mkfifo(fifo)
    config.write_text('[profiles.default]\nmax_time = "1s"\n')
    options, env = {
        "flag": (LIMIT, {}),
        "variable": ((), {"RTM_MAX_TIME": "1s"}),
        "profile": ((), {"RTM_CONFIG": str(config)}),
    }[source]
    started = time.monotonic()
    result = run(*CALL, "--token-file", str(fifo), *options, url=UNREACHABLE, env=env)
    assert_in_time(started)
    assert result.exit_code == 2


def unread_result(*arguments: str, url: str) -> tuple[int, bytes]:
    """Run a command whose standard output is never read; the last line may be incomplete."""
    started = time.monotonic()
    reader, writer = os.pipe()
    result = subprocess.run(
        [RTM, *arguments, *LIMIT],
        stdin=subprocess.DEVNULL,
        stdout=writer,
        stderr=subprocess.PIPE,
        env=environment(url),
        timeout=30,
        check=False,
    )
    assert_in_time(started)
    os.close(reader)
    os.close(writer)
    return result.returncode, result.stderr


def test_a_reader_that_stops_ends_a_call_at_max_time() -> None:
    """T124: status 74; the message says that the call was executed."""
    with FaultServer() as server:
        server.on("close_thread", respond(LARGE))
        exit_code, err = unread_result(*CALL, url=server.url)
        assert server.count_executed("close_thread") == 1
    assert exit_code == 74
    assert b"was executed" in err
    assert b"was not read within --max-time" in err


def test_a_reader_that_stops_ends_a_list_at_max_time() -> None:
    """T124: --all prints page by page."""
    with FaultServer() as server:
        server.on("get_customers", respond({"customers": [LARGE], "total_customers": 1}))
        exit_code, _ = unread_result("get-customers", "--all", url=server.url)
    assert exit_code == 74


def test_a_reader_that_stops_ends_a_listener_at_max_time() -> None:
    """T124: what was not read is lost, and the status says so."""
    with FaultServer() as server:
        server.on("login", [respond(), flood(2, text=LARGE["text"])])
        exit_code, _ = unread_result("listen", url=server.url)
    assert exit_code == 74


@pytest.mark.parametrize("arguments", [CALL, ("listen",), ("call", "ping", "-")])
def test_standard_error_that_is_not_read_ends_at_max_time(arguments: tuple[str, ...]) -> None:
    """T124: what cannot be written there is lost."""
    silent, stdin = os.pipe()  # nothing ever comes
    reader, stderr = os.pipe()
    os.set_blocking(stderr, False)
    try:
        while True:
            os.write(stderr, bytes(4096))
    except BlockingIOError:
        os.set_blocking(stderr, True)
    with FaultServer() as server:
        started = time.monotonic()
        result = subprocess.run(
            [RTM, *arguments, "-vv", *LIMIT],
            stdin=silent,
            stdout=subprocess.DEVNULL,
            stderr=stderr,
            env=environment(server.url),
            timeout=30,
            check=False,
        )
        assert_in_time(started)
    for fd in (silent, stdin, reader, stderr):
        os.close(fd)
    assert result.returncode in (0, 5, 7)


@pytest.mark.parametrize("steps", [[execute(), ignore()], ["stop"]])
def test_a_peer_that_stalls_at_the_end_of_a_stream_ends_at_max_time(steps: list[object]) -> None:
    """T124: neither a response nor a closing handshake is waited for longer."""
    with FaultServer() as server:
        server.on(CLOSE, ignore())
        if steps == ["stop"]:
            server.on("ping", pause_reading(server.make_gate()))
        else:
            server.on("ping", steps)  # type: ignore[arg-type]  # steps of any kind
        started = time.monotonic()
        result = run("call", "ping", "-", *LIMIT, url=server.url, stdin=b"{}\n" * 3)
        assert_in_time(started)
    assert result.exit_code == 7
    assert result.stdout.count('"status":"unknown"') == 3
