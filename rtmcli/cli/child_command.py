"""The COMMAND of `listen`: it starts after the first login, and ends with the listener at last."""

import os
import select
import signal
from collections.abc import Mapping
from contextlib import ExitStack, suppress
from typing import Self

from rtmcli import programs, signals
from rtmcli.cli.io.stderr import STDERR
from rtmcli.cli.io.stdin import STDIN
from rtmcli.cli.io.writer import STDOUT
from rtmcli.session.deadline import Deadline
from rtmcli.settings.definitions import BY_NAME
from rtmcli.settings.resolve import SANDBOX_ENVVAR

_GRACE_PERIOD = 2.0  # seconds to end by itself, and then to end after SIGTERM
# Variables that come before those of a profile.
_BEFORE_PROFILE = [
    BY_NAME[name].envvar for name in ("token", "token_file", "token_command", "url", "region")
]
_STREAMS = (
    (os.POSIX_SPAWN_OPEN, STDIN, os.devnull, os.O_RDONLY, 0),
    (os.POSIX_SPAWN_DUP2, STDERR, STDOUT),
)


class CommandFailed(Exception):
    """The command ended with a status other than 0."""

    def __init__(self, exit_code: int) -> None:
        super().__init__(f"the command ended with status {exit_code}")
        self.exit_code = exit_code


def child_environment(
    environ: Mapping[str, str], flags: Mapping[str, str | None]
) -> dict[str, str]:
    """Return the command's environment: that of this process, and its profile and API version.

    A profile that a flag names comes before the variables, which would come first in the command.
    """
    child_environ = dict(environ)
    if flags.get("profile") and environ.get(SANDBOX_ENVVAR) != "1":
        for name in _BEFORE_PROFILE:
            child_environ.pop(name, None)
    for name in ("profile", "api"):
        if value := flags.get(name):
            child_environ[BY_NAME[name].envvar] = value
    return child_environ


class ChildCommand:
    """A command beside the listener, with nothing to read, and standard error for its output.

    Within the context, each wait raises `CommandFailed` if the command has failed. Leaving the
    context ends it.
    """

    def __init__(
        self, command: list[str], environ: Mapping[str, str], *, may_finish: bool = False
    ) -> None:
        """Find the program; raise `programs.CommandStartError` if there is none.

        If it `may_finish`, it has a moment to end by itself: the last push may be the one that it
        caused, and arrive before the response that it waits for.
        """
        self._command = command
        self._environ = environ
        self._executable = programs.find_executable(command[0], environ)
        self._may_finish = may_finish
        self._pid = 0
        self._has_started = False
        self._background = ExitStack()

    def __enter__(self) -> Self:
        """Watch for its end."""
        self._signal_file = signals.SignalFile(signal.SIGCHLD, self._take_status)
        self._background.enter_context(signals.background(self._signal_file))
        return self

    def __exit__(self, _: object, error: BaseException | None, __: object) -> None:
        """End it; raise `CommandFailed` if it fails by itself in the moment that it has."""
        self._background.close()
        try:
            if self._may_finish and error is None:
                self._wait(_GRACE_PERIOD)
        finally:
            self._terminate()
            self._signal_file.close()

    def start(self) -> None:
        """Start it, once; raise `programs.CommandStartError` if the system cannot execute it."""
        if not self._has_started:
            self._has_started = True
            self._pid = programs.spawn(
                self._executable,
                self._command,
                self._environ,
                signal_mask=signal.pthread_sigmask(signal.SIG_BLOCK, ()),
                file_actions=_STREAMS,
            )

    def _terminate(self) -> None:
        """Send SIGTERM, and SIGKILL if it has not ended in time."""
        if not self._pid:
            return
        os.kill(self._pid, signal.SIGTERM)
        try:
            with suppress(CommandFailed):  # SIGTERM ended it
                self._wait(_GRACE_PERIOD)
        finally:
            if self._pid:
                os.kill(self._pid, signal.SIGKILL)
                os.waitpid(self._pid, 0)
                self._pid = 0

    def _wait(self, seconds: float) -> None:
        """Wait until it has ended."""
        deadline = Deadline.after(seconds)
        while self._pid and signals.wait_for(
            self._signal_file, select.POLLIN, deadline.poll_timeout()
        ):
            self._signal_file.on_ready(select.POLLIN)

    def _take_status(self) -> None:
        """Note that it has ended; raise `CommandFailed` if it failed."""
        pid, status = os.waitpid(self._pid, os.WNOHANG) if self._pid else (0, 0)
        if pid:
            self._pid = 0
            if exit_code := programs.exit_code_of(status):
                raise CommandFailed(exit_code)
