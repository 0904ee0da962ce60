"""Child processes: search path, environment, signals, exit status."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from rtmcli.sandbox.child_process import build_environment, rtm_script_dir


def write_executable(path: Path, content: str = "#!/bin/sh\n", mode: int = 0o755) -> Path:
    """Write an executable file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content)
    path.chmod(mode)
    return path


def test_the_directory_is_that_of_the_running_script(tmp_path: Path) -> None:
    """The script was called by its path."""
    rtm = write_executable(tmp_path / "bin" / "rtm")
    assert rtm_script_dir(str(rtm)) == str(tmp_path / "bin")


def test_a_bare_name_is_looked_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A shell may pass only the name."""
    write_executable(tmp_path / "rtm")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert rtm_script_dir("rtm") == str(tmp_path)


def test_as_a_module_the_directory_is_the_interpreters(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`python -m rtmcli` has no script; the one next to the interpreter is the same program."""
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    assert rtm_script_dir("/somewhere/rtmcli/__main__.py") == ""
    write_executable(tmp_path / "rtm")
    assert rtm_script_dir("/somewhere/rtmcli/__main__.py") == str(tmp_path)


def test_the_environment_is_the_callers_with_overrides() -> None:
    """Excluded variables are removed, and our directory is first in PATH."""
    theirs = {"PATH": "/bin", "RTM_PROFILE": "real", "RTM_URL": "wss://real", "HOME": "/home/me"}
    assert build_environment(theirs, {"RTM_URL": "ws://ours"}, "/ours", ["RTM_PROFILE"]) == {
        "PATH": "/ours:/bin",
        "HOME": "/home/me",
        "RTM_URL": "ws://ours",
    }


def test_without_path_the_default_follows_our_directory() -> None:
    """The programs of the system are still found."""
    assert build_environment({}, {}, "/ours", ())["PATH"] == f"/ours:{os.defpath}"
    assert build_environment({}, {}, "", ()) == {}


def run_in_subprocess(code: str) -> str:
    """Run code in another process, as signals belong to the whole process."""
    preamble = """
import os, signal, threading
from rtmcli.programs import CommandStartError
from rtmcli.sandbox.child_process import ChildProcess

def run(command):
    with ChildProcess(["sh", "-c", command], {"PATH": os.defpath}) as child:
        return child.wait()
"""
    result = subprocess.run(
        [sys.executable, "-c", preamble + code], capture_output=True, check=False, timeout=60
    )
    assert (result.returncode, result.stderr) == (0, b"")
    return result.stdout.decode()


def test_a_file_of_unknown_format_cannot_be_run(tmp_path: Path) -> None:
    """The status is 126, and signals are unblocked again."""
    odd = write_executable(tmp_path / "odd", "\x7fELF is what it is not")
    code = f"""
before = signal.pthread_sigmask(signal.SIG_BLOCK, ())
try:
    with ChildProcess([{str(odd)!r}], {{}}):
        pass
except CommandStartError as error:
    print(error.exit_code, signal.pthread_sigmask(signal.SIG_BLOCK, ()) == before)
"""
    assert run_in_subprocess(code) == "126 True\n"


@pytest.mark.parametrize(("command", "status"), [("exit 0", 0), ("exit 7", 7), ("kill -9 $$", 137)])
def test_the_exit_status_is_the_commands(command: str, status: int) -> None:
    """It is 128 + n for a signal."""
    assert run_in_subprocess(f"print(run({command!r}))") == f"{status}\n"


def test_a_command_that_was_not_awaited_is_killed() -> None:
    """If the sandbox fails, no process is left."""
    code = """
with ChildProcess(["sleep", "1000"], {"PATH": os.defpath}) as child:
    process = child.pid
try:
    os.kill(process, 0)
except ProcessLookupError:
    print("gone")
"""
    assert run_in_subprocess(code) == "gone\n"


@pytest.mark.parametrize("name", ["INT", "TERM", "HUP", "QUIT", "USR1", "USR2"])
def test_signals_are_forwarded(name: str) -> None:
    """The command decides what to do."""
    command = f"trap 'exit 5' {name}; kill -{name} $PPID; while :; do :; done"
    assert run_in_subprocess(f"print(run({command!r}))") == "5\n"


def test_the_command_starts_with_no_signal_blocked_or_ignored() -> None:
    """It can be interrupted, and dies of SIGPIPE, like any program."""
    output = run_in_subprocess("""run("grep -E 'SigBlk|SigIgn' /proc/self/status")""")
    masks = [int(line.split()[1], 16) for line in output.splitlines()]
    ours = {signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGPIPE, signal.SIGCHLD}
    assert len(masks) == 2
    for mask in masks:
        assert not any(mask >> (number - 1) & 1 for number in ours)


def test_signals_before_the_wait_reach_the_command() -> None:
    """While the server is loading, a signal is kept for the command."""
    code = """
with ChildProcess(["sleep", "1000"], {"PATH": os.defpath}) as child:
    os.kill(os.getpid(), signal.SIGTERM)
    print(child.wait(), child.pid)
print(signal.SIGTERM in signal.pthread_sigmask(signal.SIG_BLOCK, ()))
"""
    assert run_in_subprocess(code) == "143 0\nFalse\n"


def test_a_signal_before_the_command_starts_prevents_that() -> None:
    """It was recorded while the program was loading; signals are unblocked again."""
    code = """
from rtmcli import signals
signals.install()
os.kill(os.getpid(), signal.SIGTERM)
try:
    run("echo started")
except signals.Interrupted as interrupted:
    print(interrupted.signum, signal.SIGTERM in signal.pthread_sigmask(signal.SIG_BLOCK, ()))
"""
    assert run_in_subprocess(code) == "15 False\n"


def test_an_ignored_signal_is_not_forwarded() -> None:
    """A signal that the caller ignores, as nohup does, stays ignored."""
    code = """
signal.signal(signal.SIGHUP, signal.SIG_IGN)
with ChildProcess(["sleep", "1000"], {"PATH": os.defpath}) as child:
    os.kill(os.getpid(), signal.SIGHUP)
    os.kill(os.getpid(), signal.SIGTERM)
    print(child.wait())
"""
    assert run_in_subprocess(code) == "143\n"


def test_a_thread_that_starts_beside_the_command_receives_no_signals() -> None:
    """A signal to the process does not reach the server's thread."""
    code = """
over = threading.Event()
with ChildProcess(["sleep", "1000"], {"PATH": os.defpath}) as child:
    thread = threading.Thread(target=over.wait)
    thread.start()
    os.kill(os.getpid(), signal.SIGTERM)
    print(child.wait())
    over.set()
    thread.join()
"""
    assert run_in_subprocess(code) == "143\n"
