"""A command beside the server: where it is found and what it is told."""

import os
import signal
import sys
import threading
from pathlib import Path

import pytest

from rtmcli.sandbox.child import Child, NoSuchCommand, Watchman, environment, own_folder


def script(path: Path, text: str = "#!/bin/sh\n", mode: int = 0o755) -> Path:
    """Write an executable."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(mode)
    return path


def test_the_folder_is_that_of_the_running_script(tmp_path: Path) -> None:
    """A script that was called by its path lies there."""
    rtm = script(tmp_path / "bin" / "rtm")
    assert own_folder(str(rtm)) == str(tmp_path / "bin")


def test_a_bare_name_is_looked_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A shell may give the name only."""
    script(tmp_path / "rtm")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert own_folder("rtm") == str(tmp_path)


def test_as_a_module_the_folder_is_the_interpreters(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`python -m rtmcli` has no script; the one beside the interpreter is the same program."""
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    assert own_folder("/somewhere/rtmcli/__main__.py") == ""
    script(tmp_path / "rtm")
    assert own_folder("/somewhere/rtmcli/__main__.py") == str(tmp_path)


def test_the_environment_is_the_callers_with_ours_on_top() -> None:
    """What is left out is gone, what is ours wins, our folder comes first."""
    theirs = {"PATH": "/bin", "RTM_PROFILE": "real", "RTM_URL": "wss://real", "HOME": "/home/me"}
    assert environment(theirs, {"RTM_URL": "ws://ours"}, "/ours", ["RTM_PROFILE"]) == {
        "PATH": "/ours:/bin",
        "HOME": "/home/me",
        "RTM_URL": "ws://ours",
    }


def test_without_a_path_ours_is_put_before_the_default() -> None:
    """An empty environment still finds the system's programs."""
    assert environment({}, {}, "/ours", ())["PATH"] == f"/ours:{os.defpath}"
    assert environment({}, {}, "", ()) == {}


@pytest.mark.parametrize(
    ("name", "status"), [("missing", 127), ("/no/such/file", 127), ("plain", 126), ("folder", 126)]
)
def test_what_cannot_be_run_has_the_shells_status(tmp_path: Path, name: str, status: int) -> None:
    """127 is for what is not there, 126 for what is there and cannot be run."""
    script(tmp_path / "plain", mode=0o644)
    (tmp_path / "folder").mkdir()
    with pytest.raises(NoSuchCommand) as caught:
        Child([name], {"PATH": str(tmp_path)})
    assert caught.value.status == status


def test_a_file_that_is_no_program_cannot_be_run(tmp_path: Path) -> None:
    """An executable file of no known format is status 126, and the signals come through again."""
    odd = script(tmp_path / "odd", "\x7fELF is what it is not")
    before = signal.pthread_sigmask(signal.SIG_BLOCK, ())
    with pytest.raises(NoSuchCommand) as caught, Child([str(odd)], {}):
        pass
    assert caught.value.status == 126
    assert signal.pthread_sigmask(signal.SIG_BLOCK, ()) == before


@pytest.mark.parametrize(("code", "status"), [("exit 0", 0), ("exit 7", 7), ("kill -9 $$", 137)])
def test_the_status_is_the_commands(code: str, status: int) -> None:
    """A death by signal counts from 128."""
    with Child(["sh", "-c", code], {"PATH": os.defpath}) as child:
        assert child.wait() == status


def test_a_command_that_was_not_waited_for_does_not_stay() -> None:
    """When something goes wrong on our side, nothing is left running."""
    with Child(["sh", "-c", "echo $$; exec sleep 1000"], {"PATH": os.defpath}) as child:
        process = child.process
    with pytest.raises(ProcessLookupError):
        os.kill(process, 0)


def test_signals_are_passed_on() -> None:
    """What a process sends to us reaches the command; so does an interrupt that was sent."""
    code = "trap 'exit 5' INT; trap 'exit 6' TERM; kill -{} $PPID; while :; do :; done"
    for name, status in (("INT", 5), ("TERM", 6)):
        with Child(["sh", "-c", code.format(name)], {"PATH": os.defpath}) as child:
            assert child.wait() == status


def test_the_command_starts_with_no_signal_held_back_or_ignored() -> None:
    """It can be interrupted, and dies of a closed pipe, like any other."""
    code = "grep -E 'SigBlk|SigIgn' /proc/self/status"
    read, write = os.pipe()
    before = os.dup(1)
    os.dup2(write, 1)
    try:
        with Child(["sh", "-c", code], {"PATH": os.defpath}) as child:
            child.wait()
    finally:
        os.dup2(before, 1)
        os.close(before)
        os.close(write)
    with os.fdopen(read) as told:
        masks = [int(line.split()[1], 16) for line in told]
    ours = {signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGPIPE, signal.SIGCHLD}
    for mask in masks:
        assert not any(mask >> (number - 1) & 1 for number in ours)


def test_a_watchman_takes_what_would_end_the_process() -> None:
    """A signal that comes while he stands waits for him."""
    with Watchman([signal.SIGUSR1]) as watchman:
        os.kill(os.getpid(), signal.SIGUSR1)
        assert watchman.next() == (signal.SIGUSR1, True)


def test_a_watchman_leaves_alone_what_was_ignored() -> None:
    """What the caller ignored, as nohup does, stays ignored."""
    former = signal.signal(signal.SIGUSR1, signal.SIG_IGN)
    try:
        with Watchman([signal.SIGUSR1, signal.SIGUSR2]) as watchman:
            os.kill(os.getpid(), signal.SIGUSR1)
            os.kill(os.getpid(), signal.SIGUSR2)
            assert watchman.next() == (signal.SIGUSR2, True)
    finally:
        signal.signal(signal.SIGUSR1, former)


def test_threads_that_start_under_a_watchman_leave_signals_to_him() -> None:
    """A signal to the process is not handled by another thread."""
    with Watchman([signal.SIGUSR1]) as watchman:
        sender = threading.Thread(target=os.kill, args=(os.getpid(), signal.SIGUSR1))
        sender.start()
        assert watchman.next()[0] == signal.SIGUSR1
        sender.join()
