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

import oracle
import pytest

TOKEN = "dal:test-token-Zx81_Qy42"
FOLDER = Path(sys.executable).parent  # where the console script lies
RTM = str(FOLDER / "rtm")
PATIENCE = 60.0  # seconds until a test counts a process as hanging
_KEPT = ("PATH", "TMPDIR")


class Done(NamedTuple):
    """How a process ended."""

    status: int
    out: str
    err: str
    seconds: float


def environment(
    url: str | None = None, token: str | None = TOKEN, extra: Mapping[str, str] | None = None
) -> dict[str, str]:
    """Make the environment of a call: nothing of the tester's own settings gets in."""
    env = {
        name: value
        for name, value in os.environ.items()
        if name in _KEPT or name.startswith("COVERAGE_")
    }
    env["PATH"] = f"{FOLDER}{os.pathsep}{env.get('PATH', os.defpath)}"
    env["HOME"] = oracle.HOME.name
    env["RTM_CONFIG"] = os.devnull
    if url is not None:
        env["RTM_URL"] = url
    if token is not None:
        env["RTM_TOKEN"] = token
    return {**env, **(extra or {})}


def run(
    *arguments: str,
    url: str | None = None,
    token: str | None = TOKEN,
    stdin: str | bytes = b"",
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    before: Sequence[str] = (),
) -> Done:
    """Run `rtm` with arguments and wait for its end; standard input is a pipe.

    `before` are the words of a command that runs it, such as strace.
    """
    started = time.monotonic()
    around = environment(url, token, env)
    done = subprocess.run(
        [*before, RTM, *arguments],
        input=stdin.encode() if isinstance(stdin, str) else stdin,
        capture_output=True,
        env=around,
        cwd=cwd,
        timeout=PATIENCE,
        check=False,
    )
    seconds = time.monotonic() - started
    oracle.examine(arguments, around, done.stdout, done.stderr)
    oracle.examine_time(arguments, around, seconds, startup)
    return Done(done.returncode, done.stdout.decode(), done.stderr.decode(), seconds)


class Process(subprocess.Popen[bytes]):
    """A run that the test follows and ends; all that is read of it is examined at the end."""

    def __init__(
        self, arguments: Sequence[str], env: Mapping[str, str], before: Sequence[str], stdin: Any
    ) -> None:
        """Start it, with pipes in place of all streams but, perhaps, standard input."""
        pipe = subprocess.PIPE
        super().__init__([*before, RTM, *arguments], stdin=stdin, stdout=pipe, stderr=pipe, env=env)
        self._arguments, self._around = arguments, env
        self._taps = tuple(Tap(stream) for stream in (self.stdout, self.stderr) if stream)
        self.stdout, self.stderr = self._taps

    def communicate(
        self,
        input: Any = None,  # noqa: A002  # its name in the class above
        timeout: float | None = None,
    ) -> tuple[bytes, bytes]:
        """Feed it, and read on to its end."""
        rest = super().communicate(input, timeout)
        for tap, read in zip(self._taps, rest, strict=True):
            tap.taken += read
        self._examine()
        return rest

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Wait for its end."""
        super().__exit__(kind, value, traceback)
        if value is None:
            self._examine()

    def _examine(self) -> None:
        out, err = (bytes(tap.taken) for tap in self._taps)
        oracle.examine(self._arguments, self._around, out, err)


class Tap(io.BufferedReader):
    """A stream that keeps a copy of what is read of it."""

    def __init__(self, stream: IO[bytes]) -> None:
        """Take the place of a stream."""
        assert isinstance(stream, io.BufferedReader)
        super().__init__(stream.detach())
        self.taken = bytearray()

    def read(self, size: int | None = -1, /) -> bytes:
        """Read to the end, or so much."""
        data = super().read(size)
        self.taken += data
        return data

    def readline(self, size: int | None = -1, /) -> bytes:
        """Read a line."""
        data = super().readline(size)
        self.taken += data
        return data


def start(
    *arguments: str,
    url: str | None = None,
    token: str | None = TOKEN,
    env: Mapping[str, str] | None = None,
    before: Sequence[str] = (),
    stdin: Any = subprocess.PIPE,
) -> Process:
    """Start `rtm` and return at once; the test ends it."""
    return Process(arguments, environment(url, token, env), before, stdin)


def shell(
    script: str,
    *,
    url: str | None = None,
    token: str | None = TOKEN,
    env: Mapping[str, str] | None = None,
    stdin: bytes = b"",
    name: str = "bash",
) -> subprocess.CompletedProcess[bytes]:
    """Run a shell script in which $RTM is the tool."""
    around = {**environment(url, token, env), "RTM": RTM}
    done = subprocess.run(
        [name, "-c", script],
        input=stdin,
        capture_output=True,
        env=around,
        timeout=PATIENCE,
        check=False,
    )
    oracle.examine((), around, done.stdout, done.stderr)
    return done


def nobody() -> tuple[str, ...]:
    """Return the words that run a command as a user whom this machine does not know.

    None where we have no such rights: then we are nobody special ourselves.
    """
    if os.geteuid():
        return ()
    become = (program("setpriv"), "--reuid", "54321", "--regid", "54321", "--clear-groups")
    # The tool may lie where others may not even look: to read, but no more, is allowed if possible.
    reads = ("--inh-caps", "-all,+dac_read_search", "--ambient-caps", "-all,+dac_read_search")
    for words in ((*become, *reads), become):
        command = [*words, "env", "-i", RTM, "--version"]
        if not subprocess.run(command, capture_output=True, check=False).returncode:
            return words
    pytest.skip("nobody but root may run the tool here")


def customized(folder: Path, code: str) -> dict[str, str]:
    """Have Python run code before the tool, such as another resolver; return the variables."""
    (folder / "sitecustomize.py").write_text(code)
    return {"PYTHONPATH": str(folder)}


def memory(pid: int) -> tuple[float, float]:
    """Return the memory of a process now, and the most that it ever had, in MiB."""
    with open(f"/proc/{pid}/status", encoding="ascii") as file:  # noqa: PTH123  # of /proc
        facts = dict(line.split(":", 1) for line in file)
    now, most = (int(facts[name].split()[0]) / 1024 for name in ("VmRSS", "VmHWM"))
    return now, most


def startup() -> float:
    """Return the seconds that a process takes to start and end just now, on this busy machine."""
    return run("--version", token=None).seconds


def read_all(terminal: int) -> bytes:
    """Read all that was written to a terminal whose other side is closed."""
    shown = b""
    try:
        while chunk := os.read(terminal, 65536):
            shown += chunk
    except OSError:  # the end, as a terminal has it
        pass
    return shown


def program(name: str) -> str:
    """Return the path of a program such as jq; skip the test where the machine has none.

    Where RTM_TESTS_COMPLETE is set, as in CI, a missing program is a failure.
    """
    path = shutil.which(name)
    if path is None:
        if os.environ.get("RTM_TESTS_COMPLETE"):
            pytest.fail(f"{name} is not installed, and RTM_TESTS_COMPLETE wants all tests run")
        pytest.skip(f"{name} is not installed")
    return path
