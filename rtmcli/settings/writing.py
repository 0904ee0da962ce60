"""Change the configuration file atomically; only its owner can read it."""

import fcntl
import os
import secrets
import stat
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from rtmcli import signals
from rtmcli.errors import UsageError, os_error_text

_DIRECTORY_MODE, _FILE_MODE = 0o700, 0o600
_LOCK_INTERVAL = 0.02  # seconds between attempts
_LOCK_TIMEOUT = 10.0  # seconds


def atomic_update(
    path: Path, change: Callable[[], str | None], lock_timeout: float = _LOCK_TIMEOUT
) -> None:
    """Replace a file by the text that `change` returns, or leave it if that is None.

    No other process that uses this function changes the file meanwhile.

    Raises:
        UsageError: the file cannot be written, it is not a regular file, or another process holds
            the lock for too long.

    """
    try:
        _make_directory(path.parent)
        with _lock_directory(path.parent, lock_timeout) as directory_fd:
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
            directory.chmod(_DIRECTORY_MODE)  # whatever the umask is


@contextmanager
def _lock_directory(directory: Path, lock_timeout: float) -> Iterator[int]:
    """Hold the lock of a directory; yield its descriptor."""
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        give_up_at = time.monotonic() + lock_timeout
        while not _try_lock(descriptor):
            if time.monotonic() > give_up_at:
                raise UsageError(
                    f"{directory} has been locked by another process for {lock_timeout:g} s; "
                    "end that process, or try again"
                )
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
        raise UsageError(f"{path} is a symbolic link; rtm does not write through links")
    if not stat.S_ISREG(mode):
        raise UsageError(f"{path} is not a regular file")


def _replace(path: Path, data: bytes, directory_fd: int) -> None:
    # In the same directory, so that renaming is atomic.
    temp_path = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    descriptor = os.open(temp_path, flags, _FILE_MODE)
    try:
        try:
            os.fchmod(descriptor, _FILE_MODE)  # whatever the umask is
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
