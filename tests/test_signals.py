"""Signals: recorded when they arrive, raised at the next wait, and nowhere else.

Each script runs in a process of its own, as handlers belong to the whole process.
"""

import fcntl
import os
import select
import signal
import subprocess
import sys
from contextlib import ExitStack
from signal import SIGUSR1, SIGUSR2

import pytest

from rtmcli import signals

PRELUDE = """
import os, select, signal, sys
from signal import SIGHUP, SIGINT, SIGTERM, raise_signal
from rtmcli import signals
from rtmcli.errors import Interrupted
signals.install()
"""


def run_script(
    script: str, *, prelude: str = PRELUDE, wrapper: tuple[str, ...] = ()
) -> tuple[int, str, str]:
    """Run a script after `install`; return its exit status, standard output and error."""
    command = [*wrapper, sys.executable, "-c", prelude + script]
    result = subprocess.run(
        command,
        capture_output=True,
        stdin=subprocess.DEVNULL,
        text=True,
        check=False,
        timeout=30,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )
    return result.returncode, result.stdout, result.stderr


@pytest.mark.parametrize(
    "wait",
    [
        "signals.Poller().poll()",
        "signals.wait_for(os.pipe()[0], select.POLLIN)",
        "signals.sleep(1000)",
        "signals.check()",
    ],
)
@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_a_signal_that_arrived_before_a_wait_is_raised_by_it(wait: str, name: str) -> None:
    """A signal between the last instruction and the system call is not lost."""
    script = f"raise_signal({name})\nprint('goes on')\ntry:\n    {wait}\n"
    script += "except Interrupted as error:\n    print(signal.Signals(error.signum).name)\n"
    assert run_script(script) == (0, f"goes on\n{name}\n", "")


def test_a_signal_during_a_wait_ends_it() -> None:
    """The self-pipe wakes `poll`, though the signal reaches another thread."""
    script = """
import threading, time
main_thread = threading.main_thread().ident
def strike():
    while open(f"/proc/self/task/{os.getpid()}/stat").read().rpartition(")")[2].split()[0] != "S":
        time.sleep(0.001)
    raise_signal(SIGTERM)
threading.Thread(target=strike, daemon=True).start()
try:
    signals.Poller().poll()
except Interrupted as error:
    print(error.signum)
"""
    assert run_script(script) == (0, "15\n", "")


def test_a_signal_is_raised_once() -> None:
    """What ends the command afterwards may wait again."""
    script = """
raise_signal(SIGINT)
try:
    signals.check()
except Interrupted:
    signals.check()
    signals.sleep(0.01)
    print(signals.Poller().poll(10))
"""
    assert run_script(script) == (0, "[]\n", "")


def test_a_signal_while_an_object_is_destroyed_is_not_lost() -> None:
    """Python drops what is raised there; the handler only records."""
    script = """
class Doomed:
    def __del__(self):
        raise_signal(SIGTERM)
Doomed()
print("goes on")
try:
    signals.sleep(60)
except Interrupted as error:
    print(error.signum)
"""
    assert run_script(script) == (0, "goes on\n15\n", "")


def test_a_postponed_signal_is_raised_at_the_next_wait() -> None:
    """For callers that are in the middle of something."""
    script = """
raise_signal(SIGTERM)
print(signals.received())
for wait in (signals.check, signals.Poller().poll, signals.Poller().poll):
    try:
        wait()
    except Interrupted as interrupted:
        print(interrupted.signum)
        signals.postpone(interrupted)
"""
    assert run_script(script) == (0, "True\n15\n15\n15\n", "")


def test_in_another_thread_a_poller_leaves_the_signal_to_the_main_thread() -> None:
    """Both would read the self-pipe, and one of them would miss the signal."""
    script = """
import threading
reader, writer = os.pipe()
def wait():
    print(signals.wait_for(reader, select.POLLIN))
thread = threading.Thread(target=wait)
thread.start()
raise_signal(SIGTERM)
try:
    signals.sleep(60)
except Interrupted as error:
    print(error.signum)
os.write(writer, b"!")
thread.join()
"""
    assert run_script(script) == (0, "15\nTrue\n", "")


@pytest.mark.parametrize("second", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_a_second_signal_ends_the_process(second: str) -> None:
    """It need not be the same one, and nothing is printed."""
    script = f"raise_signal(SIGINT)\nprint('first')\nraise_signal({second})\nprint('second')\n"
    assert run_script(script) == (-getattr(signal, second), "first\n", "")


def test_two_signals_that_arrive_together_end_the_process_without_a_message() -> None:
    """Python would report a signal whose handler is gone before it ran."""
    script = """
both = {SIGINT, SIGTERM}
signal.pthread_sigmask(signal.SIG_BLOCK, both)
for number in both:
    raise_signal(number)
signal.pthread_sigmask(signal.SIG_UNBLOCK, both)
print("not reached")
"""
    assert run_script(script) == (-signal.SIGTERM, "", "")


def test_an_ignored_signal_stays_ignored() -> None:
    """The choice of nohup holds before and after another signal."""
    script = """
raise_signal(SIGHUP)
signals.check()
raise_signal(SIGTERM)
raise_signal(SIGHUP)
print("alive")
"""
    assert run_script(script, wrapper=("nohup",)) == (0, "alive\n", "")


def test_without_a_descriptor_for_the_pipe_a_signal_ends_the_process() -> None:
    """Nothing could wake a wait then."""
    prelude = """
import resource
resource.setrlimit(resource.RLIMIT_NOFILE, (3, 3))
"""
    prelude = PRELUDE.replace("signals.install()", prelude + "signals.install()")
    script = "print(signals.Poller().poll(1))\nraise_signal(SIGINT)\n"
    assert run_script(script, prelude=prelude) == (-signal.SIGINT, "[]\n", "")


def test_a_signal_that_another_handler_takes_does_not_end_a_wait() -> None:
    """The wake-up is not mistaken for a descriptor that is ready, nor for a timeout."""
    script = """
reader, writer = os.pipe()
signal.signal(signal.SIGUSR1, lambda *_: None)
signal.signal(signal.SIGALRM, lambda *_: os.write(writer, b"!"))
signal.setitimer(signal.ITIMER_REAL, 0.05)
raise_signal(signal.SIGUSR1)
poller = signals.Poller()
poller.register(reader, select.POLLIN)
print(poller.poll() == [(reader, select.POLLIN)], os.read(reader, 9), poller.poll(1))
"""
    assert run_script(script) == (0, "True b'!' []\n", "")


def test_reraise_dies_of_a_blocked_signal_too() -> None:
    """The shell looks at the signal, whatever mask the process inherited."""
    script = "signal.pthread_sigmask(signal.SIG_BLOCK, {SIGTERM})\nsignals.reraise(SIGTERM)\n"
    assert run_script(script) == (-signal.SIGTERM, "", "")


def test_a_started_thread_receives_no_signals() -> None:
    """All are delivered to the main thread."""
    script = """
reader, writer = os.pipe()
def report():
    blocked = signal.pthread_sigmask(signal.SIG_BLOCK, ())
    os.write(writer, str(set(signals.SIGNALS) <= blocked).encode())
signals.start_thread(report)
print(os.read(reader, 9), signal.pthread_sigmask(signal.SIG_BLOCK, ()))
"""
    assert run_script(script) == (0, "b'True' set()\n", "")


def test_without_install_a_poller_is_a_plain_poll() -> None:
    """In a program that imports the package no signal is taken over."""
    reader, writer = os.pipe()
    try:
        poller = signals.Poller()
        poller.register(reader, select.POLLIN)
        assert poller.poll(0) == []
        os.write(writer, b"!")
        assert poller.poll() == [(reader, select.POLLIN)]
        assert signals.wait_for(reader, select.POLLIN, 0)
        poller.unregister(reader)
        signals.sleep(0)
        assert poller.poll(0) == []
    finally:
        os.close(reader)
        os.close(writer)


@pytest.mark.usefixtures("installed_signals")
def test_several_files_are_served_in_the_background_of_a_wait() -> None:
    """Each until it raises; the others go on."""
    served: list[str] = []

    def fail() -> None:
        raise RuntimeError

    with ExitStack() as stack:
        for number, callback in ((SIGUSR1, lambda: served.append("USR1")), (SIGUSR2, fail)):
            file = signals.SignalFile(number, callback)
            stack.callback(file.close)
            stack.enter_context(signals.background(file))
        signal.raise_signal(SIGUSR1)
        signals.sleep(0.01)
        signal.raise_signal(SIGUSR2)
        with pytest.raises(RuntimeError):
            signals.sleep(20)
        signal.raise_signal(SIGUSR2)
        signal.raise_signal(SIGUSR1)
        signals.sleep(0.01)
    assert served == ["USR1", "USR1"]
    assert signal.getsignal(SIGUSR1) is signal.SIG_DFL


def test_a_signal_file_that_is_not_served_does_not_block() -> None:
    """However often its signal arrives."""
    calls: list[int] = []
    file = signals.SignalFile(SIGUSR1, lambda: calls.append(1))
    fcntl.fcntl(file, fcntl.F_SETPIPE_SZ, 4096)
    for _ in range(5000):
        signal.raise_signal(SIGUSR1)
    file.on_ready(select.POLLIN)
    file.close()
    assert calls == [1]
