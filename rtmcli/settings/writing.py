"""Changing the configuration file: whole or not at all, and readable by its owner only."""

import fcntl
import os
import secrets
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from rtmcli import signals
from rtmcli.errors import UsageError, os_error_text

_DIRECTORY_MODE, _FILE_MODE = 0o700, 0o600
_LOCK_INTERVAL = 0.02  # seconds between attempts


def atomic_update(path: Path, change: Callable[[], str | None]) -> None:
    """Put what `change` returns in a file's place; None leaves it as it is.

    Nobody else who uses this changes the file while `change` runs.

    Raises:
        UsageError: the file cannot be written, or it is a symbolic link or no file at all.

    """
    try:
        _make_directory(path.parent)
        with _lock_directory(path.parent) as directory_fd:
            _check_replaceable(path)
            text = change()
            if text is not None:
                _replace(path, text.encode(), directory_fd)
    except OSError as error:
        raise UsageError(f"{path}: {os_error_text(error)}") from None


def _make_directory(directory: Path) -> None:
    if not directory.is_dir():
        _make_directory(directory.parent)
        with suppress(FileExistsError):
            directory.mkdir(mode=_DIRECTORY_MODE)
            directory.chmod(_DIRECTORY_MODE)  # whatever the umask took away


@contextmanager
def _lock_directory(directory: Path) -> Iterator[int]:
    """Keep others of our kind out of the folder meanwhile."""
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        while not _try_lock(descriptor):
            signals.sleep(_LOCK_INTERVAL)
        yield descriptor
    finally:
        os.close(descriptor)


def _try_lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _check_replaceable(path: Path) -> None:
    try:
        mode = path.lstat().st_mode
    except FileNotFoundError:
        return
    if stat.S_ISLNK(mode):
        raise UsageError(f"{path} is a symbolic link, and rtm writes through none")
    if not stat.S_ISREG(mode):
        raise UsageError(f"{path} is no file that rtm may replace")


def _replace(path: Path, data: bytes, directory_fd: int) -> None:
    # In the same folder, so that the renaming stays within one file system and is one step.
    temp_path = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    descriptor = os.open(temp_path, flags, _FILE_MODE)
    try:
        try:
            os.fchmod(descriptor, _FILE_MODE)  # whatever the umask took away
            while data:
                data = data[os.write(descriptor, data) :]
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        temp_path.replace(path)
    except BaseException:
        temp_path.unlink(missing_ok=True)
        raise
    os.fsync(directory_fd)
