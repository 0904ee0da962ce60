"""Run a command beside the server: its search path, its signals, its end."""

import os
import shutil
import signal
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Self

from rtmcli import cores

NOT_FOUND = 127
NOT_EXECUTABLE = 126
ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_PASSED_ON = (*ENDING, signal.SIGQUIT, signal.SIGUSR1, signal.SIGUSR2)
_FROM_TERMINAL = (signal.SIGINT, signal.SIGQUIT)  # which sends them to the command as well
_IGNORED_BY_PYTHON = (signal.SIGPIPE, signal.SIGXFSZ)


class NoSuchCommand(Exception):
    """The command cannot be run; `status` is what a shell returns for that."""

    def __init__(self, message: str, status: int) -> None:
        """Say why, in one line."""
        super().__init__(message)
        self.status = status


def own_folder(argv0: str) -> str:
    """Name the folder of the running `rtm`; empty where there is none.

    Started as `python -m rtmcli` there is no script, but one may lie beside the interpreter.
    """
    script = shutil.which(argv0) if Path(argv0).name == "rtm" else None
    folder = Path(script or sys.executable).absolute().parent
    return str(folder) if (folder / "rtm").is_file() else ""


def environment(
    environ: Mapping[str, str], ours: Mapping[str, str], folder: str, left_out: Iterable[str]
) -> dict[str, str]:
    """Lay out the command's environment: the caller's, less some, then ours."""
    hidden = frozenset(left_out)
    child = {name: value for name, value in environ.items() if name not in hidden}
    if folder:
        child["PATH"] = os.pathsep.join([folder, environ.get("PATH", os.defpath)])
    return {**child, **ours}


class Watchman:
    """Takes signals of this process in place of their handlers, while it stands.

    What was ignored before stays ignored, as nohup wants it.
    """

    def __init__(self, signals: Iterable[signal.Signals]) -> None:
        """Choose which signals to take."""
        self._signals = {each for each in signals if signal.getsignal(each) is not signal.SIG_IGN}
        self.before: set[int] = set()  # the signals that were held back anyhow

    def __enter__(self) -> Self:
        """Hold the signals back, for threads that start from here on as well."""
        self.before = {*signal.pthread_sigmask(signal.SIG_BLOCK, self._signals)}
        return self

    def __exit__(self, *_: object) -> None:
        """Let them through again."""
        signal.pthread_sigmask(signal.SIG_SETMASK, self.before)

    @contextmanager
    def off_duty(self) -> Iterator[None]:
        """Let them through to their handlers meanwhile, as what is done may take for ever."""
        signal.pthread_sigmask(signal.SIG_SETMASK, self.before)
        try:
            yield
        finally:
            signal.pthread_sigmask(signal.SIG_BLOCK, self._signals)

    def next(self) -> tuple[int, bool]:
        """Wait for a signal; tell also whether a process sent it, and not the terminal."""
        if hasattr(signal, "sigwaitinfo"):  # macOS has none, and cannot tell
            info = signal.sigwaitinfo(self._signals)
            return info.si_signo, info.si_code <= 0
        return signal.sigwait(self._signals), True


class Child:
    """A command that runs beside the server, with the same standard streams."""

    def __init__(self, command: list[str], environ: Mapping[str, str]) -> None:
        """Look the command up; raise `NoSuchCommand`."""
        self._command = command
        self._environ = environ
        self._path = _find(command[0], environ)
        self.process = 0

    def __enter__(self) -> Self:
        """Start it; raise `NoSuchCommand`."""
        # Where the caller ignored the end of children, it could not be waited for.
        signal.signal(signal.SIGCHLD, lambda *_: None)
        self._watchman = Watchman((signal.SIGCHLD, *_PASSED_ON))
        with ExitStack() as undo:
            undo.enter_context(self._watchman)
            try:
                with cores.AsFound():  # it is the user's program, and none of ours
                    self.process = os.posix_spawn(
                        self._path,
                        self._command,
                        self._environ,
                        setsigmask=self._watchman.before,
                        setsigdef=_IGNORED_BY_PYTHON,
                    )
            except OSError as error:
                why = (error.strerror or str(error)).lower()
                raise NoSuchCommand(f"{self._command[0]}: {why}", NOT_EXECUTABLE) from None
            undo.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        """Leave nothing running."""
        if self.process:
            os.kill(self.process, signal.SIGKILL)
            os.waitpid(self.process, 0)
        self._watchman.__exit__()

    def wait(self) -> int:
        """Pass signals on until it ends; return its status, 128 and more for a death by signal."""
        while True:
            number, was_sent = self._watchman.next()
            if number == signal.SIGCHLD:
                ended, status = os.waitpid(self.process, os.WNOHANG)
                if ended:
                    self.process = 0
                    code = os.waitstatus_to_exitcode(status)
                    return code if code >= 0 else 128 - code
            elif was_sent or number not in _FROM_TERMINAL:
                os.kill(self.process, number)


def _find(name: str, environ: Mapping[str, str]) -> str:
    path = environ.get("PATH", os.defpath)
    found = shutil.which(name, path=path)
    if found:
        return found
    places = [name] if os.sep in name else [f"{place}{os.sep}{name}" for place in path.split(":")]
    if any(Path(place).exists() for place in places):
        raise NoSuchCommand(f"{name}: permission denied", NOT_EXECUTABLE)
    raise NoSuchCommand(f"{name}: command not found", NOT_FOUND)
