"""Run a command together with the server: search path, environment, signals, exit status."""

import os
import shutil
import signal
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Self

from rtmcli import programs, signals
from rtmcli.errors import Interrupted

_FORWARDED_SIGNALS = (*signals.SIGNALS, signal.SIGQUIT, signal.SIGUSR1, signal.SIGUSR2)
_TERMINAL_SIGNALS = (signal.SIGINT, signal.SIGQUIT)  # sent by the terminal to the command, too


def rtm_script_dir(argv0: str) -> str:
    """Return the directory of the running `rtm` script, or "".

    For `python -m rtmcli` it is the script next to the interpreter, if there is one.
    """
    script = shutil.which(argv0) if Path(argv0).name == "rtm" else None
    directory = Path(script or sys.executable).absolute().parent
    return str(directory) if (directory / "rtm").is_file() else ""


def build_environment(
    environ: Mapping[str, str],
    overrides: Mapping[str, str],
    path_prefix: str,
    exclude: Iterable[str],
) -> dict[str, str]:
    """Return the command's environment: the caller's without `exclude`, then `overrides`."""
    excluded = frozenset(exclude)
    child_environ = {name: value for name, value in environ.items() if name not in excluded}
    if path_prefix:
        child_environ["PATH"] = os.pathsep.join([path_prefix, environ.get("PATH", os.defpath)])
    return {**child_environ, **overrides}


class ChildProcess:
    """A command that runs beside the server, with the same standard streams.

    While it runs, signals are blocked and `wait` takes them one by one: they are meant for the
    command, and a handler could not see whether the terminal has sent them to it as well.
    """

    def __init__(self, command: list[str], environ: Mapping[str, str]) -> None:
        """Find the program; raise `programs.CommandStartError` if there is none."""
        self.pid = 0
        self._command = command
        self._environ = environ
        self._executable = programs.find_executable(command[0], environ)
        self._signals: set[signal.Signals] = set()
        self._original_mask: set[int] = set()

    def __enter__(self) -> Self:
        """Start it.

        Raises:
            programs.CommandStartError: the system cannot execute it.
            Interrupted: a signal came before.

        """
        # If the caller ignores SIGCHLD, the process could not be waited for.
        signal.signal(signal.SIGCHLD, lambda *_: None)
        ignored = {each for each in _FORWARDED_SIGNALS if signal.getsignal(each) is signal.SIG_IGN}
        self._signals = {*_FORWARDED_SIGNALS, signal.SIGCHLD} - ignored  # nohup's choice stands
        self._original_mask = {*signal.pthread_sigmask(signal.SIG_BLOCK, self._signals)}
        try:
            signals.check()  # one that came before it could be blocked
            self.pid = programs.spawn(
                self._executable,
                self._command,
                self._environ,
                signal_mask=self._original_mask,
            )
        except (programs.CommandStartError, Interrupted):
            self._unblock()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        """Kill it if it still runs."""
        if self.pid:
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
        self._unblock()

    def wait(self) -> int:
        """Forward signals until it ends; return its exit status, 128 + n if a signal ended it."""
        while True:
            number, sent_by_process = self._next_signal()
            if number == signal.SIGCHLD:
                waited_pid, status = os.waitpid(self.pid, os.WNOHANG)
                if waited_pid:
                    self.pid = 0
                    return programs.exit_code_of(status)
            elif sent_by_process or number not in _TERMINAL_SIGNALS:
                os.kill(self.pid, number)

    def _next_signal(self) -> tuple[int, bool]:
        """Wait for a signal; return its number and whether a process sent it, not the terminal."""
        if hasattr(signal, "sigwaitinfo"):  # not on macOS
            info = signal.sigwaitinfo(self._signals)
            return info.si_signo, info.si_code <= 0
        return signal.sigwait(self._signals), True

    def _unblock(self) -> None:
        signal.pthread_sigmask(signal.SIG_SETMASK, self._original_mask)
