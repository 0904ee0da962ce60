"""Run `rtm` in a process that is forked from one that has already loaded Python and the package.

Starting Python and loading the package takes most of the time of a run. What a run can observe is
the same as in a process that starts from nothing, except for the start itself: its own process,
descriptors, environment, arguments, working directory, signals and exit status. A run that is
about the start (a variable that Python or the C library reads, a wrapper) must not come here: see
`can_fork`.

The test process starts a server at the first run, and another if what a process inherits (limits,
blocked signals) has changed. It sends each run over a socket: the descriptors of the standard
streams, and a file with the rest. Run as a script, this file is the server.
"""

import contextlib
import functools
import json
import os
import posix
import resource
import selectors
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NoReturn

# Read by Python or the C library when a process starts, so a fork cannot change them.
START_VARIABLES = ("PYTHON", "LC_", "LANG", "LD_", "MALLOC_", "TZ", "COVERAGE_")
# What every call loads, and what takes long to load.
PRELOADED = (
    "asyncio",
    "orjson",
    "ssl",
    "tomllib",
    "websockets.server",
    "rtmcli.__main__",
    "rtmcli.cli.app",
    "rtmcli.cli.commands.method",
    "rtmcli.cli.commands.single_call",
    "rtmcli.flows.call",
    "rtmcli.settings.tokens",
)
_PIPE_CAPACITY = 65536  # bytes that a new pipe holds
_CHUNK_SIZE = 65536
_stop_functions: list[Callable[[], object]] = []


def can_fork(overrides: Mapping[str, str]) -> bool:
    """Return whether a run with these variables needs no new Python."""
    return not any(name.startswith(START_VARIABLES) for name in overrides)


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
    stdin, stdin_write = os.pipe()
    (stdout_read, stdout), (stderr_read, stderr), (status_read, status) = (
        os.pipe() for _ in range(3)
    )
    request = {"argv": command, "env": dict(env), "cwd": os.fspath(cwd or Path.cwd())}
    _send(request, [stdin, stdout, stderr, status])
    for descriptor in (stdin, stdout, stderr, status):
        os.close(descriptor)
    _write_input(stdin_write, input)
    output = _read_all((stdout_read, stderr_read, status_read), time.monotonic() + timeout)
    pid, _, exit_code = output[status_read].partition(b" ")
    assert pid, "the fork server failed"
    if not exit_code:
        os.kill(int(pid), signal.SIGKILL)
        raise subprocess.TimeoutExpired(command, timeout, output[stdout_read], output[stderr_read])
    return subprocess.CompletedProcess(
        command, int(exit_code), output[stdout_read], output[stderr_read]
    )


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
            [sys.executable, __file__, str(theirs.fileno())],
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


def _read_all(descriptors: Sequence[int], end: float) -> dict[int, bytes]:
    """Read every descriptor to its end, or until the time `end`, and close it."""
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
    for descriptor in descriptors:
        os.close(descriptor)
    return {descriptor: b"".join(chunks[descriptor]) for descriptor in descriptors}


def serve(requests: socket.socket) -> None:
    """Serve requests until the test process closes its socket."""
    for module in PRELOADED:
        __import__(module)
    while True:
        data, descriptors, _, _ = socket.recv_fds(requests, 1, 5)
        _reap()
        if not data:
            return
        if not os.fork():
            requests.close()
            _supervise(*descriptors)
        for descriptor in descriptors:
            os.close(descriptor)


def _reap() -> None:
    """Collect the processes that have ended."""
    with contextlib.suppress(ChildProcessError):  # there is none
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def _supervise(body: int, stdin: int, stdout: int, stderr: int, status: int) -> NoReturn:
    """Start the run of a request, and write its process id and its exit status."""
    with open(body, "rb") as file:
        request = json.load(file)
    pid = os.fork()
    if not pid:
        os.close(status)
        _become(request, stdin, stdout, stderr)
    for descriptor in (stdin, stdout, stderr):
        os.close(descriptor)
    os.write(status, f"{pid} ".encode())
    _, wait_status = os.waitpid(pid, 0)
    with contextlib.suppress(BrokenPipeError):  # the test no longer waits for it
        os.write(status, str(os.waitstatus_to_exitcode(wait_status)).encode())
    posix._exit(0)  # os._exit measures coverage, and there is nothing to measure


def _become(request: Any, *streams: int) -> NoReturn:
    """Become the process of a run."""
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    os.chdir(request["cwd"])
    locale = {name: os.environ[name] for name in ("LC_CTYPE",) if name in os.environ}
    os.environ.clear()
    os.environ.update({**locale, **request["env"]})  # Python sets that of the C locale (PEP 538)
    sys.argv = request["argv"]
    from rtmcli.__main__ import main

    main()


if __name__ == "__main__":
    sys.path.pop(0)  # the folder of this file
    with socket.socket(fileno=int(sys.argv[1])) as connection:
        serve(connection)
