"""Run `rtm` in a process that is forked from one that has already loaded Python and the package.

Starting Python and loading the package takes most of the time of a run. What a run can observe is
the same as in a process that starts from nothing, except for the start itself: its own process,
descriptors, environment, arguments, working directory, signals and exit status. A run that is
about the start (a variable that Python or the C library reads, a wrapper) must not come here: see
`can_fork`.

The test process starts a server, `fork_server`, at the first run, and another if what a process
inherits (limits, blocked signals) has changed.
"""

import functools
import json
import os
import resource
import select
import selectors
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

# Read by Python or the C library when a process starts, so a fork cannot change them.
START_VARIABLES = ("PYTHON", "LC_", "LANG", "LD_", "MALLOC_", "TZ", "COVERAGE_")
_SERVER = Path(__file__).with_name("fork_server.py")
_PIPE_CAPACITY = 65536  # bytes that a new pipe holds
_CHUNK_SIZE = 65536
_START_TIMEOUT = 60.0  # seconds
_stop_functions: list[Callable[[], object]] = []


def can_fork(overrides: Mapping[str, str]) -> bool:
    """Return whether a run with these variables needs no new Python."""
    return not any(name.startswith(START_VARIABLES) for name in overrides)


class ForkedProcess:
    """A running `rtm`, with the interface of `subprocess.Popen`; `stdin` is a descriptor."""

    def __init__(
        self,
        command: Sequence[str],
        *,
        stdin: int,
        env: Mapping[str, str],
        cwd: Path | None = None,
    ) -> None:
        self.returncode: int | None = None
        (stdout_read, stdout), (stderr_read, stderr), (self._status, status) = (
            os.pipe() for _ in range(3)
        )
        self.stdout, self.stderr = os.fdopen(stdout_read, "rb"), os.fdopen(stderr_read, "rb")
        request = {"argv": command, "env": dict(env), "cwd": os.fspath(cwd or Path.cwd())}
        _send(request, [stdin, stdout, stderr, status])
        for descriptor in (stdout, stderr, status):
            os.close(descriptor)
        self._status_text = b""
        pid = self._read_status(_START_TIMEOUT)
        assert pid, "the fork server failed"
        self.pid = pid

    def poll(self) -> int | None:
        """Return the exit code, negative if a signal ended it; None if it is running."""
        if self.returncode is None:
            self.returncode = self._read_status(0.0)
            if self.returncode is not None:
                os.close(self._status)
        return self.returncode

    def wait(self, timeout: float) -> int:
        """Wait for its end and return the exit code; raise `subprocess.TimeoutExpired`."""
        if self.returncode is None:
            self._wait_for_status(timeout)
        if self.poll() is None:
            raise subprocess.TimeoutExpired(str(self.pid), timeout)
        assert self.returncode is not None
        return self.returncode

    def send_signal(self, number: int) -> None:
        """Send it a signal, unless it has ended."""
        if self.poll() is None:
            with suppress(ProcessLookupError):
                os.kill(self.pid, number)

    def kill(self) -> None:
        """Kill it, unless it has ended."""
        self.send_signal(signal.SIGKILL)

    def _read_status(self, timeout: float) -> int | None:
        """Return the number in the next line of the status; None if the time is over."""
        end = time.monotonic() + timeout
        while b"\n" not in self._status_text:
            if not self._wait_for_status(end - time.monotonic()):
                return None
            chunk = os.read(self._status, _CHUNK_SIZE)
            assert chunk, "the fork server failed"
            self._status_text += chunk
        line, _, self._status_text = self._status_text.partition(b"\n")
        return int(line)

    def _wait_for_status(self, seconds: float) -> bool:
        poller = select.poll()  # unlike `select`, for a descriptor of any number
        poller.register(self._status, select.POLLIN)
        return bool(poller.poll(max(0.0, seconds) * 1000))


def run(
    command: Sequence[str],
    *,
    input: bytes,  # noqa: A002  # the name in subprocess.run
    env: Mapping[str, str],
    cwd: Path | None,
    timeout: float,
) -> "subprocess.CompletedProcess[bytes]":
    """Run a command line of `rtm` to its end, like `subprocess.run` with captured output.

    Raises:
        subprocess.TimeoutExpired: it was killed after `timeout` seconds.

    """
    end = time.monotonic() + timeout
    stdin, stdin_write = os.pipe()
    process = ForkedProcess(command, stdin=stdin, env=env, cwd=cwd)
    os.close(stdin)
    _write_input(stdin_write, input)
    with process.stdout, process.stderr:
        stdout, stderr = _read_all((process.stdout.fileno(), process.stderr.fileno()), end)
    try:
        exit_code = process.wait(max(0.0, end - time.monotonic()))
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(_START_TIMEOUT)
        raise subprocess.TimeoutExpired(command, timeout, stdout, stderr) from None
    return subprocess.CompletedProcess(command, exit_code, stdout, stderr)


def _send(request: Any, descriptors: Sequence[int]) -> None:
    body = os.memfd_create("request")
    os.write(body, json.dumps(request).encode())
    os.lseek(body, 0, os.SEEK_SET)
    socket.send_fds(_server(_inherited_state()), [b"\0"], [body, *descriptors])
    os.close(body)


def _inherited_state() -> object:
    """Return what a process inherits from this one, except for its umask."""
    names = (name for name in dir(resource) if name.startswith("RLIMIT_"))
    limits = tuple(resource.getrlimit(getattr(resource, name)) for name in names)
    ignored = (each for each in signal.valid_signals() if signal.getsignal(each) is signal.SIG_IGN)
    return limits, frozenset(ignored), frozenset(signal.pthread_sigmask(signal.SIG_BLOCK, ()))


@functools.cache
def _server(_: object) -> socket.socket:
    """Start a server that has the inherited state; return the socket for requests."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    # Like the environment of a run, without the variables that Python reads.
    env = {name: value for name, value in os.environ.items() if name.startswith(("PATH", "COV"))}
    with theirs:
        process = subprocess.Popen(
            [sys.executable, _SERVER, str(theirs.fileno())],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,  # no terminal, like the pipe of a run
            pass_fds=[theirs.fileno()],
            env=env,
        )

    _stop_functions.extend((process.wait, ours.close))
    return ours


def stop() -> None:
    """Stop the servers of this process."""
    while _stop_functions:
        _stop_functions.pop()()
    _server.cache_clear()


def _write_input(descriptor: int, data: bytes) -> None:
    """Write standard input and close it, in a thread if it may not fit into the pipe."""

    def write() -> None:
        with open(descriptor, "wb", buffering=0) as pipe:
            try:
                rest = memoryview(data)
                while rest:
                    rest = rest[pipe.write(rest) :]
            except BrokenPipeError:
                pass  # it ended without reading everything

    if len(data) <= _PIPE_CAPACITY:
        write()
    else:
        threading.Thread(target=write, daemon=True).start()


def _read_all(descriptors: Sequence[int], end: float) -> list[bytes]:
    """Return what can be read from each descriptor to its end, or until the time `end`."""
    chunks: dict[int, list[bytes]] = {descriptor: [] for descriptor in descriptors}
    with selectors.DefaultSelector() as selector:
        for descriptor in descriptors:
            selector.register(descriptor, selectors.EVENT_READ)
        while selector.get_map() and time.monotonic() < end:
            for key, _ in selector.select(end - time.monotonic()):
                chunk = os.read(key.fd, _CHUNK_SIZE)
                chunks[key.fd].append(chunk)
                if not chunk:
                    selector.unregister(key.fd)
    return [b"".join(chunks[descriptor]) for descriptor in descriptors]
