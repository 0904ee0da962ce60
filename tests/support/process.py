r"""Run the installed tool as a user does: a process of its own, a clean environment, both streams.

A test reads::

    done = run("ban-customer", "--customer-id", CUSTOMER, "--ban-days", "5", url=server.url)
    assert (done.status, done.out) == (0, "{}\n")

What `oracle` says of every run is checked of each.
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
from support import invariants

TOKEN = "dal:test-token-Zx81_Qy42"
BIN_DIR = Path(sys.executable).parent  # where the console script lies
RTM = str(BIN_DIR / "rtm")
TIMEOUT = 60.0  # seconds until a test counts a process as hanging
_INHERITED_VARIABLES = ("PATH", "TMPDIR")


class CommandResult(NamedTuple):
    """How a process ended."""

    exit_code: int
    stdout: str
    stderr: str
    duration: float


def environment(
    url: str | None = None, token: str | None = TOKEN, overrides: Mapping[str, str] | None = None
) -> dict[str, str]:
    """Make the environment of a call: nothing of the tester's own settings gets in."""
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
    """Run `rtm` with arguments and wait for its end; standard input is a pipe.

    `before` are the words of a command that runs it, such as strace.
    """
    started = time.monotonic()
    process_env = environment(url, token, env)
    completed = subprocess.run(
        [*wrapper, RTM, *arguments],
        input=stdin.encode() if isinstance(stdin, str) else stdin,
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
    """A run that the test follows and ends; all that is read of it is examined at the end."""

    def __init__(
        self, arguments: Sequence[str], env: Mapping[str, str], wrapper: Sequence[str], stdin: Any
    ) -> None:
        """Start it, with pipes in place of all streams but, perhaps, standard input."""
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
        input: Any = None,  # noqa: A002  # its name in the class above
        timeout: float | None = None,
    ) -> tuple[bytes, bytes]:
        """Feed it, and read on to its end."""
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
        """Wait for its end."""
        super().__exit__(exc_type, exc, traceback)
        if exc is None:
            self._check_output()

    def _check_output(self) -> None:
        stdout, stderr = (bytes(tap.recorded) for tap in self._readers)
        invariants.check_output(self._arguments, self._env, stdout, stderr)


class RecordingReader(io.BufferedReader):
    """A stream that keeps a copy of what is read of it."""

    def __init__(self, stream: IO[bytes]) -> None:
        """Take the place of a stream."""
        assert isinstance(stream, io.BufferedReader)
        super().__init__(stream.detach())
        self.recorded = bytearray()

    def read(self, size: int | None = -1, /) -> bytes:
        """Read to the end, or so much."""
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
    """Start `rtm` and return at once; the test ends it."""
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
    """Run a shell script in which $RTM is the tool."""
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
    """Return the words that run a command as a user whom this machine does not know.

    None where we have no such rights: then we are nobody special ourselves.
    """
    if os.geteuid():
        return ()
    drop_privileges = (
        require_program("setpriv"),
        "--reuid",
        "54321",
        "--regid",
        "54321",
        "--clear-groups",
    )
    # The tool may lie where others may not even look: to read, but no more, is allowed if possible.
    keep_read_access = (
        "--inh-caps",
        "-all,+dac_read_search",
        "--ambient-caps",
        "-all,+dac_read_search",
    )
    for wrapper in ((*drop_privileges, *keep_read_access), drop_privileges):
        command = [*wrapper, "env", "-i", RTM, "--version"]
        if not subprocess.run(command, capture_output=True, check=False).returncode:
            return wrapper
    pytest.skip("nobody but root may run the tool here")


def install_sitecustomize(folder: Path, code: str) -> dict[str, str]:
    """Have Python run code before the tool, such as another resolver; return the variables."""
    (folder / "sitecustomize.py").write_text(code)
    return {"PYTHONPATH": str(folder)}


def memory_usage(pid: int) -> tuple[float, float]:
    """Return the memory of a process now, and the most that it ever had, in MiB."""
    with open(f"/proc/{pid}/status", encoding="ascii") as file:  # noqa: PTH123  # of /proc
        fields = dict(line.split(":", 1) for line in file)
    current, peak = (int(fields[name].split()[0]) / 1024 for name in ("VmRSS", "VmHWM"))
    return current, peak


def startup_time() -> float:
    """Return the seconds that a process takes to start and end just now, on this busy machine."""
    return run("--version", token=None).duration


def read_until_eof(terminal: int) -> bytes:
    """Read all that was written to a terminal whose other side is closed."""
    output = b""
    try:
        while chunk := os.read(terminal, 65536):
            output += chunk
    except OSError:  # the end, as a terminal has it
        pass
    return output


def require_program(name: str) -> str:
    """Return the path of a program such as jq; skip the test where the machine has none.

    Where RTM_TESTS_COMPLETE is set, as in CI, a missing program is a failure.
    """
    path = shutil.which(name)
    if path is None:
        if os.environ.get("RTM_TESTS_COMPLETE"):
            pytest.fail(f"{name} is not installed, and RTM_TESTS_COMPLETE wants all tests run")
        pytest.skip(f"{name} is not installed")
    return path
