"""The command beside the listener: its environment, its streams, and its end."""

import os
import signal
import sys
from pathlib import Path

import pytest

from rtmcli import signals
from rtmcli.cli.child_command import ChildCommand, CommandFailed, child_environment
from rtmcli.programs import CommandStartError

pytestmark = pytest.mark.usefixtures("installed_signals")

ENVIRON = {
    "PATH": "/bin",
    "RTM_TOKEN": "t",
    "RTM_TOKEN_FILE": "f",
    "RTM_TOKEN_COMMAND": "c",
    "RTM_URL": "u",
    "RTM_REGION": "fra",
    "RTM_TIMEOUT": "5",
}


@pytest.mark.parametrize(
    ("flags", "added", "removed"),
    [
        ({}, {}, ()),
        ({"api": "3.6"}, {"RTM_API": "3.6"}, ()),
        (
            {"profile": "b"},
            {"RTM_PROFILE": "b"},
            ("RTM_TOKEN", "RTM_TOKEN_FILE", "RTM_TOKEN_COMMAND", "RTM_URL", "RTM_REGION"),
        ),
    ],
)
def test_flags_are_variables_of_the_command(
    flags: dict[str, str | None], added: dict[str, str], removed: tuple[str, ...]
) -> None:
    """Without the variables that would come before the profile."""
    expected = {name: value for name, value in ENVIRON.items() if name not in removed} | added
    assert child_environment(ENVIRON, flags) == expected


def test_in_a_sandbox_no_profile_counts() -> None:
    """So the variables are needed."""
    environ = {**ENVIRON, "RTM_SANDBOX": "1"}
    assert child_environment(environ, {"profile": "b"}) == {**environ, "RTM_PROFILE": "b"}


def shell(script: str, *, may_finish: bool = False) -> ChildCommand:
    """Return a shell as the command."""
    return ChildCommand(["sh", "-c", script], os.environ, may_finish=may_finish)


def test_a_command_is_started_once_and_may_end(tmp_path: Path) -> None:
    """Its success does not end a wait."""
    log = tmp_path / "log"
    with shell(f"echo started >> {log}", may_finish=True) as command:
        command.start()
        command.start()
        signals.sleep(0.01)
    assert log.read_text() == "started\n"


def test_its_output_goes_to_standard_error(capfd: pytest.CaptureFixture[str]) -> None:
    """And it has nothing to read."""
    with shell("cat; echo out; echo err >&2", may_finish=True) as command:
        command.start()
    assert capfd.readouterr() == ("", "out\nerr\n")


@pytest.mark.parametrize(("script", "status"), [("exit 3", 3), ("kill -9 $$", 137)])
def test_a_failure_ends_each_wait(script: str, status: int) -> None:
    """With the status of the command."""
    with shell(script) as command:
        command.start()
        with pytest.raises(CommandFailed) as caught:
            signals.sleep(20)
    assert caught.value.exit_code == status


def test_a_failure_in_the_last_moment_counts() -> None:
    """The listener has received what it waits for, and the command has not ended yet."""
    with pytest.raises(CommandFailed), shell("exit 3", may_finish=True) as command:
        command.start()


@pytest.mark.parametrize("may_finish", [True, False])
@pytest.mark.parametrize(("trap", "logged"), [("echo TERM", "TERM\n"), ("", "")])
def test_a_command_that_goes_on_is_ended(
    *, trap: str, logged: str, may_finish: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By SIGTERM, and by SIGKILL if that is not enough; its status does not count then."""
    monkeypatch.setattr("rtmcli.cli.child_command._GRACE_PERIOD", 0.2)
    fifo, log = tmp_path / "fifo", tmp_path / "log"
    os.mkfifo(fifo)
    script = f"trap '{trap}' TERM; exec >{log} <>{fifo}; while :; do read _; done"
    with shell(script, may_finish=may_finish) as command:
        command.start()
        with fifo.open("w") as file:  # it has been opened for reading
            file.write("\n")
    assert log.read_text() == logged
    assert signal.getsignal(signal.SIGCHLD) is signal.SIG_DFL


def test_an_error_ends_the_command_at_once(tmp_path: Path) -> None:
    """Nothing is waited for."""
    log = tmp_path / "log"
    command = shell(f"sleep 1000; echo ended > {log}", may_finish=True)
    with pytest.raises(ZeroDivisionError), command:
        command.start() or 1 / 0  # type: ignore[func-returns-value]
    assert not log.exists()


def test_a_command_that_was_not_started_needs_no_end() -> None:
    """The listener ended before the first login."""
    with shell("exit 3"):
        pass


def test_a_command_that_cannot_be_run(tmp_path: Path) -> None:
    """It is looked up first, but what it is shows when it starts."""
    with pytest.raises(CommandStartError):
        ChildCommand([str(tmp_path / "missing")], {})
    (tmp_path / "odd").touch(mode=0o755)
    (tmp_path / "odd").write_text("\x7fELF is what it is not")
    with pytest.raises(CommandStartError), ChildCommand([str(tmp_path / "odd")], {}) as command:
        command.start()


def test_another_child_process_changes_nothing() -> None:
    """Such as a command that prints a token."""
    with shell("sleep 1000") as command:
        command.start()
        pid = os.posix_spawn(
            sys.executable,
            [sys.executable, "--version"],
            {},
            file_actions=[(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)],
        )
        os.waitpid(pid, 0)
        signals.sleep(0.01)
