"""Configuration of every test run."""

import os
import signal
from collections.abc import Iterator
from math import inf

import pytest
from hypothesis import HealthCheck, settings
from support import forked_process

from rtmcli import signals, time_limit
from rtmcli.cli.io import stderr, stdin
from rtmcli.protocol.redaction import Redactor

# The duration of an example says nothing on a busy machine.
settings.register_profile("tests", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("tests")

# A process that a shell starts in the background, or nohup, ignores signals, and child processes
# inherit that.
for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGHUP):
    if signal.getsignal(number) is signal.SIG_IGN:
        signal.signal(number, signal.SIG_DFL)


@pytest.fixture(autouse=True)
def _process_state(monkeypatch: pytest.MonkeyPatch) -> None:
    """Restore what a command keeps for its process: time limit, secrets, how it writes errors."""
    monkeypatch.setattr(time_limit, "_end", inf)
    monkeypatch.setattr(time_limit, "_output_end", inf)
    monkeypatch.setattr(time_limit, "_source_name", "--max-time")
    monkeypatch.setattr(stderr, "_as_json", False)
    monkeypatch.setattr(stdin, "_claims", [])
    monkeypatch.setattr(stderr, "_quiet", False)
    monkeypatch.setattr(stderr, "_transient", "")
    for name, value in vars(Redactor()).items():  # no secret of another test is redacted
        monkeypatch.setattr(stderr.redactor, name, value)


@pytest.fixture(autouse=True, scope="session")
def _fork_server() -> Iterator[None]:
    """Stop the fork server at the end, so that what it measured is there."""
    yield
    forked_process.stop()


@pytest.fixture
def installed_signals(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Record signals during a test, as a command does."""
    handlers = {number: signal.getsignal(number) for number in signals.SIGNALS}
    for name in ("_wakeup_fd", "_wakeup_write_fd", "_main_thread", "_received", "_pending"):
        monkeypatch.setattr(signals, name, getattr(signals, name))
    signals.install()
    yield
    signal.set_wakeup_fd(-1)
    for number, handler in handlers.items():
        signal.signal(number, handler)
    os.close(signals._wakeup_fd)
    os.close(signals._wakeup_write_fd)
