"""T92: a signal ends every wait for something on this machine: a file, a lock, a reader."""

import fcntl
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

import pytest
from support.fault_server import FaultServer
from support.process import RTM, TIMEOUT, Process, environment, start
from support.terminal import Terminal

CALL = ("close-thread", "--chat-id", "PJ0MRSHTDG")


class Wait(NamedTuple):
    """A command, and the file that it opens and then waits for."""

    arguments: tuple[str, ...]
    file: Path
    env: Mapping[str, str] = {}
    url: str = "ws://127.0.0.1:9"


def make_fifo(folder: Path) -> Path:
    """Make a FIFO that no process writes to."""
    path = folder / "fifo"
    os.mkfifo(path)
    return path


def token_file(folder: Path) -> Wait:
    """Read the token."""
    fifo = make_fifo(folder)
    return Wait((*CALL, "--token-file", str(fifo)), fifo)


def payload_file(folder: Path) -> Wait:
    """Read a payload."""
    fifo = make_fifo(folder)
    return Wait(("call", "ping", f"@{fifo}"), fifo)


def configuration(folder: Path) -> Wait:
    """Read the configuration file."""
    fifo = make_fifo(folder)
    return Wait(CALL, fifo, {"RTM_CONFIG": str(fifo)})


def ca_file(folder: Path) -> Wait:
    """Read CA certificates, which OpenSSL would read in a call that no signal ends."""
    fifo = make_fifo(folder)
    return Wait((*CALL, "--ca-file", str(fifo)), fifo, url="wss://127.0.0.1:9")


@contextmanager
def waiting(wait: Wait) -> Iterator[Process]:
    """Start a command, and yield once the file is open."""
    with start(*wait.arguments, url=wait.url, env=wait.env) as process:
        wait_until_opened(process, wait.file)
        yield process


def wait_until_opened(process: subprocess.Popen[bytes], file: Path) -> None:
    """Wait until a process has a file open."""
    deadline = time.monotonic() + TIMEOUT
    while not is_open(process, file):
        assert time.monotonic() < deadline, f"{file} is not opened"
        assert process.poll() is None, "the command has ended"
        time.sleep(0.002)


def is_open(process: subprocess.Popen[bytes], file: Path) -> bool:
    """Return whether a process has a file open."""
    with suppress(OSError):  # it has closed one meanwhile
        return any(fd.readlink() == file for fd in Path(f"/proc/{process.pid}/fd").iterdir())
    return False


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
@pytest.mark.parametrize("make_wait", [token_file, payload_file, configuration, ca_file])
def test_a_signal_ends_the_wait_for_a_pipe(
    make_wait: Callable[[Path], Wait], number: int, tmp_path: Path
) -> None:
    """Though no process ever opens it for writing; nothing is printed."""
    with waiting(make_wait(tmp_path)) as process:
        process.send_signal(number)
        assert process.communicate(timeout=10) == (b"", b"")
    assert process.returncode == -number


def test_a_pipe_that_is_opened_late_is_read(tmp_path: Path) -> None:
    """A FIFO without a writer is not at its end."""
    wait = token_file(tmp_path)
    with FaultServer() as server, waiting(wait._replace(url=server.url)) as process:
        wait.file.write_bytes(b"dal:test-token-Zx81_Qy42\n")
        assert process.communicate(timeout=10) == (b"{}\n", b"")


def test_a_signal_ends_the_wait_for_a_lock(tmp_path: Path) -> None:
    """Another program holds the lock of the configuration's folder."""
    folder = tmp_path / "folder"
    folder.mkdir(mode=0o700)
    env = {"RTM_CONFIG": str(folder / "config.toml")}
    held = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(held, fcntl.LOCK_EX)
        with start("config", "set", "timeout", "5s", env=env) as process:
            wait_until_opened(process, folder)
            process.terminate()
            assert process.communicate(timeout=10) == (b"", b"")
        assert process.returncode == -signal.SIGTERM
        assert list(folder.iterdir()) == []
        with start("config", "set", "timeout", "5s", env=env) as process:
            wait_until_opened(process, folder)
            fcntl.flock(held, fcntl.LOCK_UN)
            process.communicate(timeout=10)
        assert process.returncode == 0
    finally:
        os.close(held)


@pytest.mark.parametrize("arguments", [("call", "ping", "-"), ("config", "set", "token")])
def test_a_signal_ends_the_wait_for_standard_input(arguments: tuple[str, ...]) -> None:
    """It is open, and silent."""
    with start(*arguments, url="ws://127.0.0.1:9") as process:
        wait_until_asleep(process)
        process.terminate()
        assert process.communicate(timeout=10)[0] == b""
    assert process.returncode == -signal.SIGTERM


def test_a_signal_ends_a_token_command(tmp_path: Path) -> None:
    """The command is killed as well."""
    fifo = make_fifo(tmp_path)
    command = f"exec >/dev/null; echo $$ >{fifo}; exec sleep 1000"
    env = {"RTM_TOKEN": "", "RTM_TOKEN_COMMAND": command}
    with start(*CALL, url="ws://127.0.0.1:9", env=env) as process:
        pid = int(fifo.read_text())
        process.terminate()
        assert process.communicate(timeout=10) == (b"", b"")
    assert process.returncode == -signal.SIGTERM
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_a_signal_ends_the_hidden_prompt_and_input_is_shown_again() -> None:
    """The terminal is left as it was."""
    with Terminal() as terminal:
        process = terminal.run(RTM, "config", "set", "token", env=environment())
        terminal.wait_for_text("Token: ")
        assert not terminal.echoes_input
        process.terminate()
        assert process.wait(TIMEOUT) == -signal.SIGTERM
        assert terminal.echoes_input


def test_a_signal_ends_the_wait_for_a_reader_of_standard_error() -> None:
    """A pipe that is full, and never read; the error is lost, the exit status is not."""
    read_end, write_end = os.pipe()
    try:
        os.set_blocking(write_end, False)
        with suppress(BlockingIOError):
            while True:
                os.write(write_end, bytes(65536))
        os.set_blocking(write_end, True)
        process = subprocess.Popen(
            [RTM, *CALL], env=environment("ws://127.0.0.1:9"), stderr=write_end
        )
        wait_until_asleep(process)
        process.terminate()
        assert process.wait(10) == -signal.SIGTERM
    finally:
        os.close(read_end)
        os.close(write_end)


def wait_until_asleep(process: subprocess.Popen[bytes]) -> None:
    """Wait until a process waits, after its start."""
    deadline = time.monotonic() + TIMEOUT
    while sum(state_of(process) == "S" for _ in range(20)) < 20:
        assert time.monotonic() < deadline, "the process goes on"
        time.sleep(0.01)


def state_of(process: subprocess.Popen[bytes]) -> str:
    """Return the state of a process, such as S."""
    return Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()[0]
