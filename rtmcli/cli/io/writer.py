"""Standard output for a command that must not wait for its reader: a spool, and a thread's writing.

The main thread puts lines in and goes on: the connection is read, and pinged, however slow the
reader is. What a pipe is sure to take at once is written then and there; the rest is written by a
thread of its own. Standard output itself is never made non-blocking, as the shell and everybody
else who holds the same open file would find it so; instead both poll, and write to a pipe only
whole lines that are sure to fit. Such a write does not wait and is not cut short, so no line is
torn, whenever the process ends; the exception is a line that is larger than the whole pipe.

Where the reader is gone the thread notices, even though nothing is written, and interrupts the
main thread wherever it is, by the signal that a write would have raised.
"""

import contextlib
import errno
import os
import select
import signal
import threading
import time
from collections import deque
from math import inf
from time import monotonic
from types import FrameType, TracebackType
from typing import Self

from rtmcli.cli.io.stdout import STDOUT, ReaderGone
from rtmcli.cli.room import Room
from rtmcli.errors import NotWritten, RtmError

MAX_BUFFERED = 64 * 1024 * 1024  # bytes
_HEAP = 1024 * 1024  # bytes from which on the writer is given way
_WAY = 0.05  # seconds that it gets at once
_PATIENCE = 1.0  # seconds that a full spool waits for a reader who reads
_LAST = 1.0  # seconds for what is left, where a signal ends us
_LINE_END = ord("\n")
_RINGS = 4096  # of the bell, taken at once
_GONE = select.POLLERR | select.POLLHUP


class StdoutWriter:
    """Takes lines and has them written; use it as a context, in the main thread.

    Leaving the context waits until all is written; where a signal ends us, a second at most.
    Everywhere within, `ClosedPipe` may be raised as nobody reads any more, or `NotWritten`.
    """

    def __init__(self, max_buffered: int = MAX_BUFFERED, fd: int = STDOUT) -> None:
        self._limit = max_buffered
        self._fd = fd
        self._room = Room(fd)
        self._data: deque[bytes] = deque()
        self._put = 0  # bytes; changed by the main thread only
        self._written = 0  # bytes; changed by the writing thread, or while it rests
        self._moved_at = monotonic()
        self._is_full = False
        self._is_ending = False
        self._end = inf  # when the writer stops before the next line
        self._failure: Exception | None = None
        self._heard, self._bell = os.pipe()
        os.set_blocking(self._heard, False)
        os.set_blocking(self._bell, False)
        self._main = threading.get_ident()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Self:
        """Begin to write."""
        self._former = signal.signal(signal.SIGPIPE, self._strike)
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Let the writer write what is left, and end."""
        in_peace = error is None or isinstance(error, RtmError)
        self._end = inf if in_peace else monotonic() + _LAST
        self._is_ending = True
        self._ring()
        self._thread.join(None if in_peace else _LAST + 0.1)
        signal.signal(signal.SIGPIPE, self._former)
        if not self._thread.is_alive():
            os.close(self._heard)
            os.close(self._bell)
        if error is None:
            self._strike()

    @property
    def buffered_bytes(self) -> int:
        """Return how many bytes wait to be written."""
        return self._put - self._written

    def write(self, data: bytes) -> None:
        """Have whole lines written, after all that was put before."""
        rests = self.buffered_bytes == 0 and not self._failure
        self._put += len(data)
        if rests:  # what is sure to fit is not worth waking the writer
            with contextlib.suppress(OSError):  # who will meet it too, and tell
                stop = data.rfind(b"\n", 0, self._room.at_once()) + 1
                data = data[self._write_some(memoryview(data)[:stop]) :] if stop else data
        if data:
            self._data.append(data)
            self._ring()

    def wait_for_space(self) -> bool:
        """Tell whether more may be put, after a moment for a reader who does read.

        A reader who reads on slows us down rather than filling the spool; one who does not fills
        it, and then there is no room until an eighth of it is free again.
        """
        self._give_way(_HEAP, _WAY)
        enough = self._limit - self._limit // 8 if self._is_full else self._limit
        self._give_way(enough, _PATIENCE)
        self._is_full = self.buffered_bytes > enough
        return not self._is_full

    def _give_way(self, enough: int, patience: float) -> None:
        """Wait until no more than `enough` is held, as long as somebody reads."""
        now = monotonic()
        deadline = now + patience
        while self.buffered_bytes > enough and now < min(deadline, self._moved_at + patience):
            time.sleep(0.001)
            now = monotonic()

    def _strike(self, _: int = 0, __: FrameType | None = None) -> None:
        """Raise what went wrong with the writing, once; the signal alone means nothing."""
        failure, self._failure = self._failure, None
        if failure:
            raise failure

    def _ring(self) -> None:
        with contextlib.suppress(BlockingIOError):  # it rings already
            os.write(self._bell, b".")

    # What follows is the writing thread's.

    def _run(self) -> None:
        try:
            while self._has_data() and self._write(self._data[0]):
                self._data.popleft()
        except OSError as error:
            if error.errno in (errno.EPIPE, errno.ECONNRESET):
                self._failure = ReaderGone()
            else:
                why = (error.strerror or str(error)).lower()
                self._failure = NotWritten(f"standard output not written: {why}")
            signal.pthread_kill(self._main, signal.SIGPIPE)

    def _has_data(self) -> bool:
        """Wait for something to write; return False where nothing will come any more."""
        while not self._data:
            if self._is_ending:
                return False
            self._wait(0)
        return True

    def _write(self, data: bytes) -> bool:
        """Write lines; return False where the end came first."""
        at, pause = 0, 0.001
        while at < len(data):
            if monotonic() >= self._end and (at == 0 or data[at - 1] == _LINE_END):
                return False
            if not self._wait(select.POLLOUT):
                continue
            room = self._room.now()
            stop = min(data.rfind(b"\n", at, at + room) + 1 or at + room, len(data))
            if data[stop - 1] == _LINE_END or room == self._room.whole:
                at += self._write_some(memoryview(data)[at:stop])
                pause = 0.001
            else:
                time.sleep(pause)  # nothing tells when enough has been read
                pause = min(2 * pause, 0.05)
        return True

    def _write_some(self, data: memoryview) -> int:
        try:
            written = os.write(self._fd, data)
        except BlockingIOError:  # somebody else made the file non-blocking
            time.sleep(0.01)
            return 0
        self._written += written
        self._moved_at = monotonic()
        return written

    def _wait(self, interest: int) -> bool:
        """Wait for the file, the bell or the end; tell whether the file is ready."""
        poll = select.poll()
        poll.register(self._fd, interest)
        poll.register(self._heard, select.POLLIN)
        left = None if self._end == inf else max(0, int((self._end - monotonic()) * 1000) + 1)
        ready = dict(poll.poll(left))
        events = ready.get(self._fd, 0)
        if events & _GONE:
            raise BrokenPipeError(errno.EPIPE, os.strerror(errno.EPIPE))
        if self._heard in ready:
            os.read(self._heard, _RINGS)
        return bool(events)
