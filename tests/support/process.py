r"""Run the installed tool as a user does: a separate process with a clean environment.

A test reads::

    result = run("ban-customer", "--customer-id", CUSTOMER, "--ban-days", "5", url=server.url)
    assert (result.exit_code, result.stdout) == (0, "{}\n")

Every run is checked against `invariants`.
"""

import io
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import IO, Any, NamedTuple

import pytest
from support import forked_process, invariants

TOKEN = "dal:test-token-Zx81_Qy42"
BIN_DIR = Path(sys.executable).parent  # contains the console script
RTM = str(BIN_DIR / "rtm")
TIMEOUT = 60.0  # seconds; a process that runs longer counts as hanging
_INHERITED_VARIABLES = ("PATH", "TMPDIR")


class CommandResult(NamedTuple):
    """The result of a finished process; `duration` is in seconds."""

    exit_code: int
    stdout: str
    stderr: str
    duration: float


def environment(
    url: str | None = None, token: str | None = TOKEN, overrides: Mapping[str, str] | None = None
) -> dict[str, str]:
    """Return the environment of a run, without the settings of the person who runs the tests."""
    env = {
        name: value
        for name, value in os.environ.items()
        if name in _INHERITED_VARIABLES or name.startswith("COVERAGE_")
    }
    env["PATH"] = f"{BIN_DIR}{os.pathsep}{env.get('PATH', os.defpath)}"
    env["HOME"] = invariants.SHARED_HOME.name
    env["RTM_CONFIG"] = os.devnull
    if url is not None:
        env["RTM_URL"] = url
    if token is not None:
        env["RTM_TOKEN"] = token
    return {**env, **(overrides or {})}


def run(
    *arguments: str,
    url: str | None = None,
    token: str | None = TOKEN,
    stdin: str | bytes = b"",
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    wrapper: Sequence[str] = (),
) -> CommandResult:
    """Run `rtm` to its end; standard input is a pipe.

    `wrapper` is a command prefix such as that of strace.
    """
    started = time.monotonic()
    process_env = environment(url, token, env)
    command = [*wrapper, RTM, *arguments]
    data = stdin.encode() if isinstance(stdin, str) else stdin
    if not wrapper and forked_process.can_fork(env or {}):
        completed = forked_process.run(
            command, input=data, env=process_env, cwd=cwd, timeout=TIMEOUT
        )
    else:
        completed = subprocess.run(
            command,
            input=data,
            capture_output=True,
            env=process_env,
            cwd=cwd,
            timeout=TIMEOUT,
            check=False,
        )
    duration = time.monotonic() - started
    invariants.check_output(arguments, process_env, completed.stdout, completed.stderr)
    invariants.check_duration(arguments, process_env, duration, startup_time)
    return CommandResult(
        completed.returncode, completed.stdout.decode(), completed.stderr.decode(), duration
    )


class Process(subprocess.Popen[bytes]):
    """A running `rtm` that the test controls; its output is checked at the end."""

    def __init__(
        self, arguments: Sequence[str], env: Mapping[str, str], wrapper: Sequence[str], stdin: Any
    ) -> None:
        """Start the process, with pipes for standard output and standard error."""
        pipe = subprocess.PIPE
        super().__init__(
            [*wrapper, RTM, *arguments], stdin=stdin, stdout=pipe, stderr=pipe, env=env
        )
        self._arguments, self._env = arguments, env
        self._readers = tuple(
            RecordingReader(stream) for stream in (self.stdout, self.stderr) if stream
        )
        self.stdout, self.stderr = self._readers

    def communicate(
        self,
        input: Any = None,  # noqa: A002  # the name in the base class
        timeout: float | None = None,
    ) -> tuple[bytes, bytes]:
        """Write `input` and read both streams to their end."""
        remaining = super().communicate(input, timeout)
        for reader, data in zip(self._readers, remaining, strict=True):
            reader.recorded += data
        self._check_output()
        return remaining

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Wait for the process to end."""
        super().__exit__(exc_type, exc, traceback)
        if exc is None:
            self._check_output()

    def _check_output(self) -> None:
        stdout, stderr = (bytes(reader.recorded) for reader in self._readers)
        invariants.check_output(self._arguments, self._env, stdout, stderr)


class RecordingReader(io.BufferedReader):
    """A reader that keeps a copy of the data that was read."""

    def __init__(self, stream: IO[bytes]) -> None:
        """Take over the file of a stream."""
        assert isinstance(stream, io.BufferedReader)
        super().__init__(stream.detach())
        self.recorded = bytearray()

    def read(self, size: int | None = -1, /) -> bytes:
        """Read up to `size` bytes, or to the end."""
        data = super().read(size)
        self.recorded += data
        return data

    def readline(self, size: int | None = -1, /) -> bytes:
        """Read a line."""
        data = super().readline(size)
        self.recorded += data
        return data


def start(
    *arguments: str,
    url: str | None = None,
    token: str | None = TOKEN,
    env: Mapping[str, str] | None = None,
    wrapper: Sequence[str] = (),
    stdin: Any = subprocess.PIPE,
) -> Process:
    """Start `rtm` and return at once."""
    return Process(arguments, environment(url, token, env), wrapper, stdin)


def run_shell(
    script: str,
    *,
    url: str | None = None,
    token: str | None = TOKEN,
    env: Mapping[str, str] | None = None,
    stdin: bytes = b"",
    shell: str = "bash",
) -> subprocess.CompletedProcess[bytes]:
    """Run a shell script; $RTM is the path of the tool."""
    process_env = {**environment(url, token, env), "RTM": RTM}
    completed = subprocess.run(
        [shell, "-c", script],
        input=stdin,
        capture_output=True,
        env=process_env,
        timeout=TIMEOUT,
        check=False,
    )
    invariants.check_output((), process_env, completed.stdout, completed.stderr)
    return completed


def unprivileged_wrapper() -> tuple[str, ...]:
    """Return a command prefix that runs a command as an unknown user; empty if not run as root."""
    if os.geteuid():
        return ()
    ids = ("--reuid", "54321", "--regid", "54321", "--clear-groups")
    drop_privileges = (require_program("setpriv"), *ids)
    # The tool may be in a folder that only root can read: keep the right to read, if possible.
    read_only = "-all,+dac_read_search"
    keep_read_access = ("--inh-caps", read_only, "--ambient-caps", read_only)
    for wrapper in ((*drop_privileges, *keep_read_access), drop_privileges):
        command = [*wrapper, "env", "-i", RTM, "--version"]
        if not subprocess.run(command, capture_output=True, check=False).returncode:
            return wrapper
    pytest.skip("only root can run the tool here")


def install_sitecustomize(folder: Path, code: str) -> dict[str, str]:
    """Make Python run `code` before the tool; return the environment variables that do so."""
    (folder / "sitecustomize.py").write_text(code)
    return {"PYTHONPATH": str(folder)}


def memory_usage(pid: int) -> tuple[float, float]:
    """Return the current and the peak memory of a process in MiB."""
    with open(f"/proc/{pid}/status", encoding="ascii") as file:  # noqa: PTH123  # of /proc
        fields = dict(line.split(":", 1) for line in file)
    current, peak = (int(fields[name].split()[0]) / 1024 for name in ("VmRSS", "VmHWM"))
    return current, peak


def startup_time() -> float:
    """Return the seconds that starting and ending a process takes at the moment."""
    started = time.monotonic()
    with start("--version", token=None) as process:
        process.communicate(timeout=TIMEOUT)
    return time.monotonic() - started


def read_until_eof(terminal: int) -> bytes:
    """Read the remaining output of a terminal whose other side is closed."""
    output = b""
    try:
        while chunk := os.read(terminal, 65536):
            output += chunk
    except OSError:  # a terminal reports its end by EIO
        pass
    return output


def require_program(name: str) -> str:
    """Return the path of a program such as jq; skip the test if it is not installed.

    If RTM_TESTS_COMPLETE is set, as in CI, a missing program fails the test.
    """
    path = shutil.which(name)
    if path is None:
        if os.environ.get("RTM_TESTS_COMPLETE"):
            pytest.fail(
                f"{name} is not installed, and RTM_TESTS_COMPLETE requires all tests to run"
            )
        pytest.skip(f"{name} is not installed")
    return path
