"""What the tests of calls share: command lines in this process, without the tester's settings."""

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest
from support.standard_input import standard_input

from rtmcli.cli.app import run


class Output(NamedTuple):
    """The result of a command line."""

    exit_code: int
    stdout: str
    stderr: str


@pytest.fixture
def run_line(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> Callable[..., Output]:
    """Return a function that runs a command line in this process; `stdin` is a file's text."""
    for name in [name for name in os.environ if name.startswith("RTM_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("RTM_CONFIG", os.devnull)
    monkeypatch.setattr(sys, "stdout", sys.stdout)  # the command replaces it

    def run_line(
        *arguments: str,
        url: str = "ws://127.0.0.1:9/",
        token: str = "dal:test-token-Zx81",
        stdin: str = "",
    ) -> Output:
        monkeypatch.setenv("RTM_URL", url)
        monkeypatch.setenv("RTM_TOKEN", token)
        path = tmp_path / "stdin"
        path.write_text(stdin)
        with standard_input(os.open(path, os.O_RDONLY)):
            exit_code = run(list(arguments))
        return Output(exit_code, *capfd.readouterr())

    return run_line
