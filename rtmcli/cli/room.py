"""How much a file takes without making the writer wait.

For pipes two facts of Linux tell it: where `poll` allows a write there is room for 4 KiB, and two
neighbouring pages of a pipe hold more than one page's worth, so that bytes which nobody has read
yet take up at most twice their size. Of other files nothing is known but that they may wait.
"""

import fcntl
import os
import select
import stat
import struct
import termios

PAGE = 4096  # bytes: PIPE_BUF on Linux
_CHUNK = 256 * 1024  # bytes written to a regular file at once
_PIPE = 64 * 1024  # bytes that a pipe takes where the system does not say


class Room:
    """The room in one file; `whole` is all there ever is, in bytes."""

    def __init__(self, fd: int) -> None:
        mode = os.fstat(fd).st_mode
        self._fd = fd
        self._is_pipe = stat.S_ISFIFO(mode)
        self._poll = select.poll()
        self._poll.register(fd, select.POLLOUT)
        self._ready = [(fd, select.POLLOUT)]
        if self._is_pipe:
            self.whole = _size_of_pipe(fd)
        else:
            self.whole = _CHUNK if stat.S_ISREG(mode) else PAGE

    def at_once(self) -> int:
        """Return how many bytes may be written without any waiting, where that is known."""
        return self.now() if self._is_pipe and self._poll.poll(0) == self._ready else 0

    def now(self) -> int:
        """Return how many bytes are sure to fit, now that `poll` allows a write."""
        unread = _unread(self._fd) if self._is_pipe else 0
        return max(self.whole - 2 * unread - 2 * PAGE, PAGE) if unread else self.whole


def _size_of_pipe(fd: int) -> int:
    try:
        return fcntl.fcntl(fd, fcntl.F_GETPIPE_SZ)
    except (AttributeError, OSError):
        return _PIPE


def _unread(fd: int) -> int:
    """Return how many bytes wait in a pipe for its reader."""
    answer = fcntl.ioctl(fd, termios.FIONREAD, struct.pack("i", 0))
    return int(struct.unpack("i", answer)[0])
