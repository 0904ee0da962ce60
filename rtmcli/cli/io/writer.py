"""Standard output that never blocks: a buffer, and writes of what the reader takes now.

A pipe or terminal is opened a second time, non-blocking. The flag belongs to the open file
description, and other programs share that of descriptor 1. Everything else, and a file that
cannot be opened again, is polled before each write.

A pipe takes `PIPE_BUF` bytes whole or not at all, and 64 KiB if it is empty. Pieces of that size
end at a line end, so no line is torn, whenever the process ends; a longer line is completed when
the writer is closed.
"""

import contextlib
import fcntl
import os
import select
import stat
import termios
from collections import deque
from itertools import accumulate
from math import inf
from time import monotonic
from typing import Self

from rtmcli import signals, time_limit
from rtmcli.errors import NotWritten, RtmError, os_error_text
from rtmcli.session.deadline import Deadline

STDOUT = 1
HANGUP_EVENTS = select.POLLERR | select.POLLHUP | select.POLLNVAL
_BATCH_SIZE = 64 * 1024  # bytes, as much as an empty pipe takes
_NONE = bytes(4)  # the answer of FIONREAD if a pipe is empty
_EXIT_TIMEOUT = 1.0  # seconds to write what is buffered when a signal ends the process


class ReaderGone(Exception):
    """The reader of standard output is gone; the process ends without a message."""


class StdoutWriter:
    """Buffered standard output. Leaving the context waits until everything is written.

    It waits at most until the time limit, and one second if a signal ends the context. `flush`
    keeps an error in `write_error`; `drain`, `on_ready` and the end of the context raise it:
    `ReaderGone` or `NotWritten`.
    """

    def __init__(self, fd: int = STDOUT) -> None:
        self.buffered_bytes = 0
        self.write_error: Exception | None = None
        self._queue: deque[bytes] = deque()
        self._batch_parts: list[bytes] = []
        self._batch = b""  # the parts, joined; written up to `_offset`
        self._offset = 0
        self._progress_at = monotonic()  # when the reader last took something
        mode = os.fstat(fd).st_mode
        self._is_file = stat.S_ISREG(mode)
        self._own_fd = _open_again(fd) if stat.S_ISFIFO(mode) or os.isatty(fd) else -1
        self._fd = fd if self._own_fd < 0 else self._own_fd
        self._is_own_pipe = self._own_fd >= 0 and stat.S_ISFIFO(mode)
        self._poller = signals.Poller(serves_background=False)
        self._poller.register(self._fd, select.POLLOUT)

    def __enter__(self) -> Self:
        """Return the writer."""
        return self

    def __exit__(self, _: object, error: BaseException | None, __: object) -> None:
        """Write what is buffered, complete the last line, and close the writer."""
        in_order = error is None or isinstance(error, RtmError)
        try:
            self.drain_within_limit(inf if in_order else _EXIT_TIMEOUT)
        except (ReaderGone, NotWritten):
            if error is None:
                raise
        finally:
            self._complete_line()
            self.close()

    def close(self) -> None:
        """Close the writer, but not standard output; what is buffered is dropped."""
        if self._own_fd >= 0:
            os.close(self._own_fd)

    def fileno(self) -> int:
        """Return the descriptor to poll."""
        return self._fd

    @property
    def wants_write(self) -> bool:
        """Return whether something is buffered that can still be written."""
        return bool(self.buffered_bytes) and not self.write_error

    @property
    def poll_events(self) -> int:
        """Return what to poll for; the end of the reader is always reported."""
        return select.POLLOUT if self.wants_write else 0

    @property
    def pending_writes(self) -> int:
        """Return how many calls of `write` are not written, or not completely."""
        ends = accumulate(map(len, self._batch_parts))
        return len(self._queue) + sum(end > self._offset for end in ends)

    def write(self, lines: bytes) -> None:
        """Buffer whole lines."""
        if lines:
            self._queue.append(lines)
            self.buffered_bytes += len(lines)

    def flush(self) -> None:
        """Write what standard output takes without waiting."""
        while self.wants_write:
            if self._offset == len(self._batch):
                self._next_batch()
            limit = self._offset + self._max_write()
            stop = self._batch.rfind(b"\n", self._offset, limit) + 1 or limit
            try:
                written = self._write_now(self._batch[self._offset : stop])
            except BlockingIOError:
                return
            except (BrokenPipeError, ConnectionResetError):
                self.reader_gone()
            except OSError as error:
                message = f"standard output not written: {os_error_text(error)}"
                self.write_error = NotWritten(message)
            else:
                self._offset += written
                self.buffered_bytes -= written
                self._progress_at = monotonic()

    def drain(self, *, max_left: int = 0, timeout: float = inf) -> None:
        """Write until at most `max_left` bytes are buffered.

        Stop after `timeout` seconds, and if the reader has taken nothing for as long.
        """
        deadline = Deadline.after(timeout)
        signals.check()
        self.flush()
        while self.wants_write and self.buffered_bytes > max_left:
            give_up = Deadline(min(deadline.at, self._progress_at + timeout))
            if give_up.expired:
                break
            self._poller.poll(give_up.poll_timeout())
            self.flush()
        if self.write_error:
            raise self.write_error

    def drain_within_limit(self, timeout: float = inf) -> None:
        """Write everything; raise `NotWritten` if it is not read within the time limit."""
        self.drain(timeout=min(timeout, time_limit.output_remaining()))
        if self.wants_write:
            raise NotWritten(f"standard output was not read within {time_limit.source_name()}")

    def on_ready(self, events: int) -> None:
        """Continue to write, after `events` of a poll."""
        if events & HANGUP_EVENTS:
            self.reader_gone()
        self.drain(timeout=0)

    def reader_gone(self) -> None:
        """Record that the reader is gone."""
        self.write_error = self.write_error or ReaderGone()

    def _next_batch(self) -> None:
        """Join small writes, so that one piece holds many."""
        self._batch_parts, size = [], 0
        while self._queue and size < _BATCH_SIZE:
            self._batch_parts.append(self._queue.popleft())
            size += len(self._batch_parts[-1])
        self._batch, self._offset = b"".join(self._batch_parts), 0

    def _max_write(self) -> int:
        """Return how many bytes are written whole or not at all."""
        if self._is_file or (self._is_own_pipe and _unread(self._fd) == _NONE):
            return _BATCH_SIZE
        return select.PIPE_BUF

    def _write_now(self, piece: bytes) -> int:
        if self._own_fd < 0 and not select.select([], [self._fd], [], 0)[1]:
            raise BlockingIOError
        return os.write(self._fd, piece)

    def _complete_line(self) -> None:
        """Write the rest of a line that was begun; a full pipe is made larger for it."""
        begun = self._offset and self._batch[self._offset - 1 : self._offset] != b"\n"
        if begun and not self.write_error:
            rest = self._batch[self._offset : self._batch.find(b"\n", self._offset) + 1]
            with contextlib.suppress(OSError, AttributeError):  # not a pipe; not Linux
                size = fcntl.fcntl(self._fd, fcntl.F_GETPIPE_SZ)
                fcntl.fcntl(self._fd, fcntl.F_SETPIPE_SZ, size + len(rest))
                os.write(self._fd, rest)


def _unread(fd: int) -> bytes:
    return fcntl.ioctl(fd, termios.FIONREAD, _NONE)


def _open_again(fd: int) -> int:
    """Open the file of a descriptor anew, non-blocking; return -1 if that is not possible."""
    try:
        return os.open(f"/proc/self/fd/{fd}", os.O_WRONLY | os.O_NONBLOCK | os.O_NOCTTY)
    except OSError:  # no /proc, or another user's file
        return -1
