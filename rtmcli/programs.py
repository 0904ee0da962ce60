"""Find and start other programs."""

import os
import shutil
import signal
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from rtmcli import process
from rtmcli.errors import UsageError, os_error_text

NOT_FOUND = 127
NOT_EXECUTABLE = 126
_IGNORED_BY_PYTHON = (signal.SIGPIPE, signal.SIGXFSZ)


class CommandStartError(UsageError):
    """The command cannot be run; the exit status is what a shell returns then."""

    def __init__(self, message: str, exit_code: int) -> None:
        super().__init__(message)
        self.exit_code = exit_code


def find_executable(name: str, environ: Mapping[str, str]) -> str:
    """Return the path of a program; raise `CommandStartError` if there is none."""
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


def spawn(
    executable: str,
    command: list[str],
    environ: Mapping[str, str],
    *,
    signal_mask: Iterable[int],
    file_actions: Sequence[tuple[Any, ...]] = (),
) -> int:
    """Start a program with the signals and the core limit of the caller; return its process id.

    Raises:
        CommandStartError: the system cannot execute it.

    """
    try:
        with process.restored_core_limit():
            return os.posix_spawn(
                executable,
                command,
                environ,
                file_actions=file_actions,
                setsigmask=signal_mask,
                setsigdef=_IGNORED_BY_PYTHON,
            )
    except OSError as error:
        message = f"{command[0]}: {os_error_text(error)}"
        raise CommandStartError(message, NOT_EXECUTABLE) from None


def exit_code_of(wait_status: int) -> int:
    """Return the exit status as a shell has it: 128 + n if signal n ended the process."""
    exit_code = os.waitstatus_to_exitcode(wait_status)
    return exit_code if exit_code >= 0 else 128 - exit_code
