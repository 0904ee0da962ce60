"""Signals: the handler records the first one, and the next wait raises it.

SIGINT, SIGTERM and SIGHUP end a command, but only at a point where everything is in order::

    signal ──> handler: records the number, wakes the self-pipe, restores SIG_DFL
                  │
    Poller.poll, sleep, check ──> raise Interrupted

No other code raises `Interrupted`. A handler that returns makes Python repeat the system call that
the signal ended (PEP 475), so each call that may block must be a `Poller.poll` followed by a
non-blocking call. `check` covers the code between two waits: call it before each send, before each
write and in long loops. A second signal ends the process, whatever it is doing.

Without `install`, in tests and in programs that import this package, a `Poller` is a plain
`select.poll` and nothing here raises.
"""

import _thread
import os
import select
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from math import ceil
from time import monotonic
from types import FrameType
from typing import Protocol

from rtmcli.errors import Interrupted

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_MAX_POLL_MS = 2**31 - 1  # the longest timeout that `poll` takes
_DRAIN_SIZE = 4096  # bytes of the self-pipe read at once

_wakeup_fd = _wakeup_write_fd = -1  # the two ends of the self-pipe
_background: "BackgroundFile | None" = None  # what every wait serves beside its own files
_pending = 0  # the signal that arrived and was not raised yet


class HasFileno(Protocol):
    """An object with a file descriptor."""

    def fileno(self) -> int:
        """Return the descriptor."""


def install() -> None:
    """Record signals from now on; one that the caller ignores (nohup) stays ignored.

    If the system has no descriptor left for the self-pipe, a signal ends the process at once.
    """
    global _wakeup_fd, _wakeup_write_fd
    handled = [each for each in SIGNALS if signal.getsignal(each) is not signal.SIG_IGN]
    try:
        _wakeup_fd, _wakeup_write_fd = os.pipe()
    except OSError:
        for each in handled:
            signal.signal(each, signal.SIG_DFL)
        return
    os.set_blocking(_wakeup_fd, False)
    os.set_blocking(_wakeup_write_fd, False)
    signal.set_wakeup_fd(_wakeup_write_fd, warn_on_full_buffer=False)
    for each in handled:
        signal.signal(each, _record)


def check() -> None:
    """Raise `Interrupted` if a signal has arrived and was not raised yet."""
    global _pending
    if _pending:
        number, _pending = _pending, 0
        _drain()
        raise Interrupted(number)


class BackgroundFile(HasFileno, Protocol):
    """A file that is written to while the process waits for something else."""

    @property
    def wants_write(self) -> bool:
        """Return whether to poll for writing."""

    def on_ready(self, events: int) -> None:
        """Write, after these events of `poll`; an exception ends the wait."""


@contextmanager
def background(file: BackgroundFile) -> Iterator[None]:
    """Serve a file in every wait of the context, until `on_ready` raises."""
    global _background  # noqa: PLW0603  # as above
    _background = file
    try:
        yield
    finally:
        _background = None


def _serve(file: BackgroundFile, events: int) -> None:
    global _background  # noqa: PLW0603  # as above
    _background = None
    file.on_ready(events)
    _background = file


class Poller:
    """A `select.poll` that a signal wakes: `poll` then raises `Interrupted`. Main thread only."""

    def __init__(self, *, serves_background: bool = True) -> None:
        self._serves_background = serves_background
        self._poll = select.poll()
        self.unregister = self._poll.unregister
        self.modify = self._poll.modify
        self.register = self._poll.register
        if _wakeup_fd >= 0:
            self._poll.register(_wakeup_fd, select.POLLIN)

    def poll(self, timeout: int | None = None) -> list[tuple[int, int]]:
        """Wait until a descriptor is ready; return (descriptor, events) pairs.

        The timeout is in milliseconds, None waits indefinitely; the list is empty if it expires.
        """
        started_at = monotonic()
        remaining = timeout
        while True:
            file = _background if self._serves_background else None
            if file:
                self._poll.register(file, select.POLLOUT if file.wants_write else 0)
            ready = self._poll.poll(remaining)
            if file:
                self._poll.unregister(file)
            check()
            events = []
            for fd, event in ready:
                if file and fd == file.fileno():
                    _serve(file, event)
                elif fd == _wakeup_fd:
                    _drain()  # a signal that another handler took
                else:
                    events.append((fd, event))
            if events or not ready:
                return events
            if timeout is not None:
                remaining = max(0, timeout - int((monotonic() - started_at) * 1000))


def wait_for(file: int | HasFileno, event: int, timeout: int | None = None) -> bool:
    """Wait for one event of one file, as `Poller.poll` does; return False if time runs out."""
    poller = Poller()
    poller.register(file, event)
    return bool(poller.poll(timeout))


def sleep(seconds: float) -> None:
    """Sleep, unless a signal arrives."""
    check()
    poller, deadline = Poller(), monotonic() + seconds
    while (remaining := deadline - monotonic()) > 0:
        poller.poll(min(ceil(remaining * 1000), _MAX_POLL_MS))


def start_thread(function: Callable[[], None]) -> None:
    """Run a function in a daemon thread that receives no signals; they are the main thread's.

    Raises:
        RuntimeError: the system has no thread left.

    """
    previous = signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
    try:
        _thread.start_new_thread(function, ())
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, previous)


def reraise(number: int) -> None:
    """Die of a signal, so that the shell sees which; return if the kernel does not allow it.

    It does not for the first process of a container.
    """
    signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {number})
    os.kill(os.getpid(), number)


def _record(number: int, _: FrameType | None) -> None:
    global _pending  # noqa: PLW0603  # signals belong to the process
    if _pending:  # it arrived while the handler of the first one was running
        reraise(number)
        return
    _pending = number
    previous = signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
    # Of two that arrived together Python would now run the second handler; if that is gone, it
    # prints a message and drops the signal.
    for second in set(_drain()) & {*SIGNALS} - {number}:
        reraise(second)
    for each in SIGNALS:
        if signal.getsignal(each) is _record:
            signal.signal(each, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_SETMASK, previous)
    os.write(_wakeup_write_fd, b"\0")


def _drain() -> bytes:
    """Empty the self-pipe; return the numbers of the signals that arrived, a byte each."""
    numbers = b""
    try:
        while True:
            numbers += os.read(_wakeup_fd, _DRAIN_SIZE)
    except BlockingIOError:
        return numbers
