"""Run a command beside the server: its search path, its signals, its end."""

import os
import shutil
import signal
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Self

from rtmcli import process

NOT_FOUND = 127
NOT_EXECUTABLE = 126
TERMINATION_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_FORWARDED_SIGNALS = (*TERMINATION_SIGNALS, signal.SIGQUIT, signal.SIGUSR1, signal.SIGUSR2)
_TERMINAL_SIGNALS = (signal.SIGINT, signal.SIGQUIT)  # which sends them to the command as well
_IGNORED_BY_PYTHON = (signal.SIGPIPE, signal.SIGXFSZ)


class CommandStartError(Exception):
    """The command cannot be run; `status` is what a shell returns for that."""

    def __init__(self, message: str, exit_code: int) -> None:
        """Say why, in one line."""
        super().__init__(message)
        self.exit_code = exit_code


def rtm_script_dir(argv0: str) -> str:
    """Name the folder of the running `rtm`; empty where there is none.

    Started as `python -m rtmcli` there is no script, but one may lie beside the interpreter.
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
    """Lay out the command's environment: the caller's, less some, then ours."""
    excluded = frozenset(exclude)
    child_environ = {name: value for name, value in environ.items() if name not in excluded}
    if path_prefix:
        child_environ["PATH"] = os.pathsep.join([path_prefix, environ.get("PATH", os.defpath)])
    return {**child_environ, **overrides}


class SignalWaiter:
    """Takes signals of this process in place of their handlers, while it stands.

    What was ignored before stays ignored, as nohup wants it.
    """

    def __init__(self, signals: Iterable[signal.Signals]) -> None:
        """Choose which signals to take."""
        self._signals = {each for each in signals if signal.getsignal(each) is not signal.SIG_IGN}
        self.previous_mask: set[int] = set()  # the signals that were held back anyhow

    def __enter__(self) -> Self:
        """Hold the signals back, for threads that start from here on as well."""
        self.previous_mask = {*signal.pthread_sigmask(signal.SIG_BLOCK, self._signals)}
        return self

    def __exit__(self, *_: object) -> None:
        """Let them through again."""
        signal.pthread_sigmask(signal.SIG_SETMASK, self.previous_mask)

    @contextmanager
    def unblocked(self) -> Iterator[None]:
        """Let them through to their handlers meanwhile, as what is done may take for ever."""
        signal.pthread_sigmask(signal.SIG_SETMASK, self.previous_mask)
        try:
            yield
        finally:
            signal.pthread_sigmask(signal.SIG_BLOCK, self._signals)

    def wait(self) -> tuple[int, bool]:
        """Wait for a signal; tell also whether a process sent it, and not the terminal."""
        if hasattr(signal, "sigwaitinfo"):  # macOS has none, and cannot tell
            info = signal.sigwaitinfo(self._signals)
            return info.si_signo, info.si_code <= 0
        return signal.sigwait(self._signals), True


class ChildProcess:
    """A command that runs beside the server, with the same standard streams."""

    def __init__(self, command: list[str], environ: Mapping[str, str]) -> None:
        """Look the command up; raise `NoSuchCommand`."""
        self._command = command
        self._environ = environ
        self._executable = _find_executable(command[0], environ)
        self.pid = 0

    def __enter__(self) -> Self:
        """Start it; raise `NoSuchCommand`."""
        # Where the caller ignored the end of children, it could not be waited for.
        signal.signal(signal.SIGCHLD, lambda *_: None)
        self._signal_waiter = SignalWaiter((signal.SIGCHLD, *_FORWARDED_SIGNALS))
        with ExitStack() as cleanup:
            cleanup.enter_context(self._signal_waiter)
            try:
                with process.restored_core_limit():  # it is the user's program, and none of ours
                    self.pid = os.posix_spawn(
                        self._executable,
                        self._command,
                        self._environ,
                        setsigmask=self._signal_waiter.previous_mask,
                        setsigdef=_IGNORED_BY_PYTHON,
                    )
            except OSError as error:
                reason = (error.strerror or str(error)).lower()
                raise CommandStartError(f"{self._command[0]}: {reason}", NOT_EXECUTABLE) from None
            cleanup.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        """Leave nothing running."""
        if self.pid:
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
        self._signal_waiter.__exit__()

    def wait(self) -> int:
        """Pass signals on until it ends; return its status, 128 and more for a death by signal."""
        while True:
            signum, sent_by_process = self._signal_waiter.wait()
            if signum == signal.SIGCHLD:
                waited_pid, status = os.waitpid(self.pid, os.WNOHANG)
                if waited_pid:
                    self.pid = 0
                    exit_code = os.waitstatus_to_exitcode(status)
                    return exit_code if exit_code >= 0 else 128 - exit_code
            elif sent_by_process or signum not in _TERMINAL_SIGNALS:
                os.kill(self.pid, signum)


def _find_executable(name: str, environ: Mapping[str, str]) -> str:
    path = environ.get("PATH", os.defpath)
    executable = shutil.which(name, path=path)
    if executable:
        return executable
    candidates = (
        [name] if os.sep in name else [f"{place}{os.sep}{name}" for place in path.split(":")]
    )
    if any(Path(place).exists() for place in candidates):
        raise CommandStartError(f"{name}: permission denied", NOT_EXECUTABLE)
    raise CommandStartError(f"{name}: command not found", NOT_FOUND)
