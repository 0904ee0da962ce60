"""The file of a journal: created safely, locked, appended to and synced.

What was synced survives a loss of power. If a write fails, its incomplete line is removed.
"""

import fcntl
import os
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

from rtmcli.errors import UsageError, os_error_text
from rtmcli.files import FileContent

_FILE_MODE = 0o600
_CHUNK_SIZE = 64 * 1024  # bytes read at once
_MAX_INTENT_SIZE = 4096  # bytes
_FLAGS = os.O_APPEND | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC


class JournalFile:
    """A journal; all methods but `append` and `sync` raise `UsageError`, these two `OSError`."""

    def __init__(
        self,
        path: str,
        *,
        is_trusted: Callable[[FileContent], bool],
        read_only: bool = False,
    ) -> None:
        """Open and lock the file if it exists; with `read_only`, it is not locked.

        `is_trusted` decides by mode and owner whether no stranger can write a file; its `data` is
        not set.
        """
        self.path = path
        self._is_trusted = is_trusted
        self._read_only = read_only
        self._descriptor = -1
        self._name = Path(path).name
        self._directory = self._open_directory()
        try:
            self._open(os.O_RDONLY if read_only else os.O_RDWR)
        except UsageError:
            self.close()
            raise

    @property
    def exists(self) -> bool:
        """Return whether there is a file."""
        return self._descriptor >= 0

    def read(self) -> Iterator[bytes]:
        """Yield the file in pieces, from its beginning."""
        offset = 0
        while chunk := self._read_at(offset, _CHUNK_SIZE):
            offset += len(chunk)
            yield chunk

    def read_line(self, offset: int) -> bytes:
        """Return the line of an intent that begins at an offset."""
        return self._read_at(offset, _MAX_INTENT_SIZE).split(b"\n")[0]

    def create(self) -> None:
        """Create and lock the file, unless it exists; its directory is synced."""
        if self.exists:
            return
        self._open(os.O_RDWR | os.O_CREAT | os.O_EXCL)
        try:
            os.fchmod(self._descriptor, _FILE_MODE)  # whatever the umask is
            os.fsync(self._directory)
        except OSError as error:
            raise self._os_error(error) from None

    def cut(self, size: int) -> None:
        """Remove what is behind the first `size` bytes; raise `OSError`."""
        os.ftruncate(self._descriptor, size)

    def append(self, lines: bytes) -> int:
        """Write lines at the end, all or none, and return the size; raise `OSError`."""
        size, written = os.fstat(self._descriptor).st_size, 0
        try:
            while written < len(lines):
                written += os.write(self._descriptor, lines[written:])
        except OSError:
            if written:
                self.cut(size)
            raise
        return size + written

    def sync(self) -> None:
        """Wait until everything that was appended is on the disk; raise `OSError` if it is not."""
        os.fdatasync(self._descriptor)

    def is_same_file(self, descriptor: int) -> bool:
        """Return whether a descriptor is this file."""
        return self.exists and os.path.samestat(os.fstat(descriptor), os.fstat(self._descriptor))

    def close(self) -> None:
        """Close the file, which unlocks it."""
        for descriptor in (self._descriptor, self._directory):
            if descriptor >= 0:
                os.close(descriptor)
        self._descriptor = self._directory = -1

    def _open_directory(self) -> int:
        if self._name in ("", ".."):
            raise self._error("is not the name of a file")
        try:
            return os.open(Path(self.path).parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        except (OSError, ValueError) as error:
            raise self._os_error(error) from None

    def _open(self, flags: int) -> None:
        creates = bool(flags & os.O_CREAT)
        try:
            descriptor = os.open(self._name, flags | _FLAGS, _FILE_MODE, dir_fd=self._directory)
        except FileNotFoundError as error:
            if creates:  # the directory is gone
                raise self._os_error(error) from None
            return
        except FileExistsError:
            raise self._error("was created by another process just now; try again") from None
        except (OSError, ValueError) as error:
            if self._is_link():
                message = "is a symbolic link; rtm does not write through links"
                raise self._error(message) from None
            raise self._os_error(error) from None
        self._descriptor = descriptor
        self._check(os.fstat(descriptor))
        if not self._read_only:
            self._lock()

    def _is_link(self) -> bool:
        try:
            mode = os.lstat(self._name, dir_fd=self._directory).st_mode
        except (OSError, ValueError):
            return False
        return stat.S_ISLNK(mode)

    def _check(self, status: os.stat_result) -> None:
        if not stat.S_ISREG(status.st_mode):
            raise self._error("is not a regular file")
        if not self._is_trusted(FileContent(b"", status.st_mode, status.st_uid, status.st_gid)):
            raise self._error(
                f"can be written by others; run chmod go-w {self.path}, and check its owner"
            )

    def _lock(self) -> None:
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise self._error("is in use by another run") from None
        except OSError as error:
            raise self._error(f"cannot be locked: {os_error_text(error)}") from None

    def _read_at(self, offset: int, size: int) -> bytes:
        try:
            return os.pread(self._descriptor, size, offset)
        except OSError as error:
            raise self._os_error(error) from None

    def _error(self, problem: str) -> UsageError:
        return UsageError(f"--journal: {self.path} {problem}")

    def _os_error(self, error: OSError | ValueError) -> UsageError:
        text = os_error_text(error) if isinstance(error, OSError) else "invalid file name"
        return UsageError(f"--journal: {self.path}: {text}")
