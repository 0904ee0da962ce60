"""Fork processes of `rtm` for `forked_process`; this file is run as a script.

Each request has the descriptors of the standard streams, a pipe for the status, and a file with the
rest. The status is two lines: the process id at the start, and the exit status at the end.
"""

import contextlib
import json
import os
import posix
import socket
import sys
from typing import Any, NoReturn

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
    "rtmcli.cli.calls.single_call",
    "rtmcli.flows.call",
    "rtmcli.settings.tokens",
)


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
    os.write(status, b"%d\n" % pid)
    _, wait_status = os.waitpid(pid, 0)
    with contextlib.suppress(BrokenPipeError):  # the test no longer waits for it
        os.write(status, b"%d\n" % os.waitstatus_to_exitcode(wait_status))
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
