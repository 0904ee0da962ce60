"""What the tests of calls share: command lines in this process, without the tester's settings."""

import os
from collections.abc import Callable
from typing import NamedTuple

import pytest

from rtmcli.cli.app import run


class Output(NamedTuple):
    """The result of a command line."""

    exit_code: int
    stdout: str
    stderr: str


@pytest.fixture
def run_line(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> Callable[..., Output]:
    """Return a function that runs a command line in this process against a server."""
    for name in [name for name in os.environ if name.startswith("RTM_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("RTM_CONFIG", os.devnull)

    def run_line(*arguments: str, url: str, token: str = "dal:test-token-Zx81") -> Output:
        monkeypatch.setenv("RTM_URL", url)
        monkeypatch.setenv("RTM_TOKEN", token)
        exit_code = run(list(arguments))
        return Output(exit_code, *capfd.readouterr())

    return run_line
