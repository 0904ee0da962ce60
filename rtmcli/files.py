"""Files that the user names: a signal and the time limit end the wait for a pipe or a terminal."""

import errno
import os
import select
from pathlib import Path
from typing import NamedTuple

from rtmcli import signals, time_limit

_CHUNK_SIZE = 64 * 1024  # bytes read at once


class FileContent(NamedTuple):
    """The bytes of a file, its `st_mode` and its owners."""

    data: bytes
    mode: int
    uid: int
    gid: int


def read_file(path: str | Path, max_size: int) -> FileContent:
    """Read a file, or a FIFO until its last writer closes it.

    Raises:
        OSError: the file cannot be read, or it is larger than `max_size` bytes.

    """
    try:
        fd = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC)
    except ValueError:  # a null byte
        raise OSError(errno.EINVAL, "invalid file name") from None
    try:
        data, status = read_descriptor(fd, max_size), os.fstat(fd)
        return FileContent(data, status.st_mode, status.st_uid, status.st_gid)
    finally:
        os.close(fd)


def read_descriptor(fd: int, max_size: int) -> bytes:
    """Read an open file to its end; raise `OSError` as `read_file` does."""
    data = bytearray()
    while chunk := read_chunk(fd):
        data += chunk
        if len(data) > max_size:
            raise OSError(errno.EFBIG, f"larger than {max_size} bytes")
    return bytes(data)


def read_chunk(fd: int) -> bytes:
    """Wait for more of an open file; return b"" at its end.

    Raises:
        OSError: it cannot be read, or nothing came within the time limit.

    """
    while True:
        # Polled first: a FIFO that no writer has opened yet reads as if it had ended.
        timeout = time_limit.poll_timeout(time_limit.remaining())
        if not signals.wait_for(fd, select.POLLIN, timeout):
            raise OSError(errno.ETIME, f"no data within {time_limit.source_name()}")
        try:
            return os.read(fd, _CHUNK_SIZE)
        except BlockingIOError:  # another process was faster
            continue
