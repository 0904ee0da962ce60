"""A command beside the server: where it is found and what it is told."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from rtmcli.sandbox.child_process import (
    ChildProcess,
    CommandStartError,
    build_environment,
    rtm_script_dir,
)


def write_executable(path: Path, content: str = "#!/bin/sh\n", mode: int = 0o755) -> Path:
    """Write an executable."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content)
    path.chmod(mode)
    return path


def test_the_folder_is_that_of_the_running_script(tmp_path: Path) -> None:
    """A script that was called by its path lies there."""
    rtm = write_executable(tmp_path / "bin" / "rtm")
    assert rtm_script_dir(str(rtm)) == str(tmp_path / "bin")


def test_a_bare_name_is_looked_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A shell may give the name only."""
    write_executable(tmp_path / "rtm")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert rtm_script_dir("rtm") == str(tmp_path)


def test_as_a_module_the_folder_is_the_interpreters(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`python -m rtmcli` has no script; the one beside the interpreter is the same program."""
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    assert rtm_script_dir("/somewhere/rtmcli/__main__.py") == ""
    write_executable(tmp_path / "rtm")
    assert rtm_script_dir("/somewhere/rtmcli/__main__.py") == str(tmp_path)


def test_the_environment_is_the_callers_with_ours_on_top() -> None:
    """What is left out is gone, what is ours wins, our folder comes first."""
    theirs = {"PATH": "/bin", "RTM_PROFILE": "real", "RTM_URL": "wss://real", "HOME": "/home/me"}
    assert build_environment(theirs, {"RTM_URL": "ws://ours"}, "/ours", ["RTM_PROFILE"]) == {
        "PATH": "/ours:/bin",
        "HOME": "/home/me",
        "RTM_URL": "ws://ours",
    }


def test_without_a_path_ours_is_put_before_the_default() -> None:
    """An empty environment still finds the system's programs."""
    assert build_environment({}, {}, "/ours", ())["PATH"] == f"/ours:{os.defpath}"
    assert build_environment({}, {}, "", ()) == {}


@pytest.mark.parametrize(
    ("name", "status"), [("missing", 127), ("/no/such/file", 127), ("plain", 126), ("folder", 126)]
)
def test_what_cannot_be_run_has_the_shells_status(tmp_path: Path, name: str, status: int) -> None:
    """127 is for what is not there, 126 for what is there and cannot be run."""
    write_executable(tmp_path / "plain", mode=0o644)
    (tmp_path / "folder").mkdir()
    with pytest.raises(CommandStartError) as caught:
        ChildProcess([name], {"PATH": str(tmp_path)})
    assert caught.value.exit_code == status


def run_in_subprocess(code: str) -> str:
    """Run code in a process of its own, for signals are a matter of the whole process."""
    preamble = """
import os, signal, threading
from rtmcli.sandbox.child_process import ChildProcess, CommandStartError

def run(command):
    with ChildProcess(["sh", "-c", command], {"PATH": os.defpath}) as child:
        return child.wait()
"""
    result = subprocess.run(
        [sys.executable, "-c", preamble + code], capture_output=True, check=False, timeout=60
    )
    assert (result.returncode, result.stderr) == (0, b"")
    return result.stdout.decode()


def test_a_file_that_is_no_program_cannot_be_run(tmp_path: Path) -> None:
    """An executable file of no known format is status 126, and the signals come through again."""
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
def test_the_status_is_the_commands(command: str, status: int) -> None:
    """A death by signal counts from 128."""
    assert run_in_subprocess(f"print(run({command!r}))") == f"{status}\n"


def test_a_command_that_was_not_waited_for_does_not_stay() -> None:
    """When something goes wrong on our side, nothing is left running."""
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
def test_signals_are_passed_on(name: str) -> None:
    """What a process sends to us reaches the command, and the command decides."""
    command = f"trap 'exit 5' {name}; kill -{name} $PPID; while :; do :; done"
    assert run_in_subprocess(f"print(run({command!r}))") == "5\n"


def test_the_command_starts_with_no_signal_held_back_or_ignored() -> None:
    """It can be interrupted, and dies of a closed pipe, like any other."""
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
