"""Token commands: what they get, how long they may take, and how failures are reported."""

import os
import signal
import sys
import threading
import time
import traceback
from pathlib import Path

import pytest

from rtmcli.errors import AuthError
from rtmcli.settings.token_command import run

TOKEN = "dal:Zx81_Qy42"
ENVIRON = {"PATH": os.environ["PATH"], "LANG": "C"}


def python_command(code: str) -> tuple[str, ...]:
    """Return a command that runs Python code."""
    return (sys.executable, "-c", code)


def error_message(command: str | tuple[str, ...], timeout: float = 20.0) -> str:
    """Run a command that fails; return the message."""
    with pytest.raises(AuthError) as caught:
        run(command, ENVIRON, "token_command", timeout)
    assert TOKEN not in caught.value.message
    return caught.value.message


def test_a_list_runs_without_a_shell() -> None:
    """No word is expanded, split or interpreted."""
    assert run(("echo", "$HOME;", "a  b"), ENVIRON, "") == "$HOME; a  b\n"


def test_a_string_is_passed_to_the_shell() -> None:
    """Pipes and expansions work."""
    assert run("echo abc | tr b $X", {**ENVIRON, "X": "z"}, "") == "azc\n"


def test_the_command_gets_only_the_given_environment() -> None:
    """No other variable is set."""
    code = "import os; print(sorted(set(os.environ) - {'LC_CTYPE', '__CF_USER_TEXT_ENCODING'}))"
    assert run(python_command(code), ENVIRON, "") == "['LANG', 'PATH']\n"


def test_standard_input_is_empty() -> None:
    """A command that reads it gets the end at once."""
    assert run(python_command("import sys; print(repr(sys.stdin.read()))"), ENVIRON, "") == "''\n"


def test_a_command_that_hangs_is_killed_with_its_children(tmp_path: Path) -> None:
    """T104: after the timeout, the whole process group is gone."""
    pids = tmp_path / "pids"
    text = f"sleep 600 & echo $$ $! > {pids}; wait"
    started = time.monotonic()
    assert error_message(text, 0.5) == "token_command printed no token within 0.5 s"
    assert time.monotonic() - started < 5
    for pid in map(int, pids.read_text().split()):
        assert has_exited(pid)


def test_a_command_that_closes_its_output_may_go_on() -> None:
    """The timeout is the same."""
    assert "within 0.5 s" in error_message("exec >&- 2>&-; sleep 600", 0.5)


def test_endless_output_is_stopped() -> None:
    """The command is killed before memory is full."""
    assert error_message("yes") == "token_command printed more than 65536 bytes"


def test_background_children_are_not_awaited() -> None:
    """Even if they keep the pipes open."""
    started = time.monotonic()
    assert run("sleep 5 & echo abc", ENVIRON, "") == "abc\n"
    assert time.monotonic() - started < 4


@pytest.mark.parametrize(
    ("command", "message"),
    [
        (("no-such-command-here",), "token_command: no such file or directory"),
        ("exit 3", "token_command failed with exit status 3"),
        ("kill -TERM $$", "token_command failed with SIGTERM"),
        ("echo one >&2; echo two >&2; exit 1", "token_command failed with exit status 1: two"),
        (
            r"printf '\033[31mred' >&2; exit 1",
            "token_command failed with exit status 1: \\u001b[31mred",
        ),
        (("a\0b",), "token_command: cannot be run"),
    ],
)
def test_a_failure_reports_the_exit_status_and_the_last_line(
    command: str | tuple[str, ...], message: str
) -> None:
    """The last line of standard error is quoted and escaped."""
    assert error_message(command) == message


def test_the_last_line_does_not_show_the_token() -> None:
    """A command that traces itself may print it."""
    text = f"echo {TOKEN}; echo '+ echo {TOKEN}' >&2; exit 1"
    assert error_message(text) == "token_command failed with exit status 1: + echo ***"


def test_an_interrupted_wait_kills_the_command(tmp_path: Path) -> None:
    """A signal ends the command, too."""
    pid = tmp_path / "pid"
    os.mkfifo(pid)

    class Stop(BaseException):
        pass

    def stop(*_: object) -> None:
        raise Stop

    def interrupt() -> None:
        with pid.open() as file:  # waits for the command to write
            found.append(int(file.read()))
        while not is_executing("_collect_output", threading.main_thread()):
            pass
        os.kill(os.getpid(), signal.SIGUSR1)

    found: list[int] = []
    before = signal.signal(signal.SIGUSR1, stop)
    thread = threading.Thread(target=interrupt)
    thread.start()
    try:
        with pytest.raises(Stop):
            run(f"echo $$ > {pid}; exec sleep 600", ENVIRON, "")
    finally:
        thread.join()
        signal.signal(signal.SIGUSR1, before)
    assert has_exited(found[0])


def is_executing(function: str, thread: threading.Thread) -> bool:
    """Return whether a thread is in a function of this name."""
    frame = sys._current_frames()[thread.ident or 0]
    return any(each.name == function for each in traceback.extract_stack(frame))


def has_exited(pid: int) -> bool:
    """Return whether a process ends within moments, or is a zombie."""
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except (FileNotFoundError, ProcessLookupError):
            return True
        if state in "ZX":
            return True
    return False
