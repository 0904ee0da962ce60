r"""Run the installed tool as a user does: a process of its own, a clean environment, both streams.

A test reads::

    done = run("ban-customer", "--customer-id", CUSTOMER, "--ban-days", "5", url=server.url)
    assert (done.status, done.out) == (0, "{}\n")
"""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import pytest

TOKEN = "dal:test-token-Zx81_Qy42"
FOLDER = Path(sys.executable).parent  # where the console script lies
RTM = str(FOLDER / "rtm")
PATIENCE = 60.0  # seconds until a test counts a process as hanging
_KEPT = ("PATH", "HOME", "TMPDIR")


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
) -> Done:
    """Run `rtm` with arguments and wait for its end; standard input is a pipe."""
    started = time.monotonic()
    done = subprocess.run(
        [RTM, *arguments],
        input=stdin.encode() if isinstance(stdin, str) else stdin,
        capture_output=True,
        env=environment(url, token, env),
        cwd=cwd,
        timeout=PATIENCE,
        check=False,
    )
    seconds = time.monotonic() - started
    # What holds for every command, whatever else a test asks.
    for stream in (done.stdout, done.stderr):
        assert b"Traceback" not in stream, stream.decode()
        assert token is None or token.encode() not in stream, "the token was shown"
    return Done(done.returncode, done.stdout.decode(), done.stderr.decode(), seconds)


def start(
    *arguments: str,
    url: str | None = None,
    token: str | None = TOKEN,
    env: Mapping[str, str] | None = None,
) -> subprocess.Popen[bytes]:
    """Start `rtm` and return at once; the test ends it."""
    return subprocess.Popen(
        [RTM, *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(url, token, env),
    )


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
