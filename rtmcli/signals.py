"""Signals: the handler records the first one, and the next wait raises it.

SIGINT, SIGTERM and SIGHUP end a command, but only at a point where everything is in order::

    signal ──> handler: records the number, wakes the self-pipe, restores SIG_DFL
                  │
    Poller.poll, sleep, check ──> raise Interrupted

No other code raises `Interrupted`. If a handler returns, Python repeats the system call that the
signal ended (PEP 475); so each call that may block must be a `Poller.poll` and a call that does not
block. `check` covers the code between two waits: call it before each send, before each write and in
long loops. A second signal ends the process, whatever it is doing.

Without `install`, in tests and in programs that import this package, a `Poller` is a plain
`select.poll` and nothing here raises.
"""

import _thread
import os
import select
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from math import ceil
from time import monotonic
from types import FrameType
from typing import Protocol

from rtmcli.errors import Interrupted

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_MAX_POLL_MS = 2**31 - 1  # the longest timeout that `poll` takes
_DRAIN_SIZE = 4096  # bytes of the self-pipe read at once

_wakeup_fd = _wakeup_write_fd = -1  # the two ends of the self-pipe
_background: "tuple[BackgroundFile, ...]" = ()  # files that every wait serves beside its own
_main_thread = -1  # the thread that the self-pipe wakes
_received = 0  # the signal that arrived
_pending = 0  # the same, until it is raised


class HasFileno(Protocol):
    """An object with a file descriptor."""

    def fileno(self) -> int:
        """Return the descriptor."""


def install() -> None:
    """Record signals from now on; one that the caller ignores (nohup) stays ignored.

    If the system has no descriptor left for the self-pipe, a signal ends the process at once.
    """
    global _wakeup_fd, _wakeup_write_fd, _main_thread  # noqa: PLW0603  # signals belong to the process
    handled = [each for each in SIGNALS if signal.getsignal(each) is not signal.SIG_IGN]
    try:
        _wakeup_fd, _wakeup_write_fd = os.pipe()
    except OSError:
        for each in handled:
            signal.signal(each, signal.SIG_DFL)
        return
    _main_thread = _thread.get_ident()
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


def postpone(interrupted: Interrupted) -> None:
    """Raise a signal again at the next wait or check, because here it would break something off."""
    global _pending  # noqa: PLW0603  # signals belong to the process
    _pending = interrupted.signum
    os.write(_wakeup_write_fd, b"\0")


def received() -> bool:
    """Return whether a signal has arrived, so that the process is about to end."""
    return _received != 0


class BackgroundFile(HasFileno, Protocol):
    """A file that is served while the process waits for something else."""

    @property
    def poll_events(self) -> int:
        """Return the events to poll for; errors always are."""

    def on_ready(self, events: int) -> None:
        """Serve it after these events of `poll`; an exception ends the wait."""


@contextmanager
def background(file: BackgroundFile) -> Iterator[None]:
    """Serve a file in every wait of the context, until `on_ready` raises."""
    global _background  # noqa: PLW0603  # signals belong to the process
    _background = (*_background, file)
    try:
        yield
    finally:
        _background = _without(file)


class SignalFile:
    """A file that becomes readable when a signal arrives; `callback` then serves it.

    The handler only writes to a pipe, so that the callback runs in a wait, and may raise. Without
    `install`, a wait may miss a signal that arrives as it begins. Close it to restore the previous
    handler.
    """

    poll_events = select.POLLIN

    def __init__(self, number: signal.Signals, callback: Callable[[], None]) -> None:
        self._number = number
        self._callback = callback
        self._read_fd, self._write_fd = os.pipe()
        os.set_blocking(self._read_fd, False)
        os.set_blocking(self._write_fd, False)
        self._previous_handler = signal.signal(number, self._wake)

    def fileno(self) -> int:
        """Return the descriptor to poll."""
        return self._read_fd

    def on_ready(self, _: int) -> None:
        """Call back once, however often the signal arrived."""
        with suppress(BlockingIOError):
            os.read(self._read_fd, _DRAIN_SIZE)
        self._callback()

    def close(self) -> None:
        """Restore the previous handler and close the pipe."""
        signal.signal(self._number, self._previous_handler or signal.SIG_DFL)
        os.close(self._read_fd)
        os.close(self._write_fd)

    def _wake(self, _: int, __: FrameType | None) -> None:
        with suppress(BlockingIOError):  # it is full, so it wakes the next wait anyway
            os.write(self._write_fd, b"\0")


class Poller:
    """A `select.poll` that a signal wakes: `poll` then raises `Interrupted`.

    In another thread than the main one it is a plain `select.poll`.
    """

    def __init__(self, *, serves_background: bool = True) -> None:
        self._serves_background = serves_background
        self._poll = select.poll()
        self.unregister = self._poll.unregister
        self.modify = self._poll.modify
        self.register = self._poll.register
        self._is_woken = _thread.get_ident() == _main_thread
        if self._is_woken:
            self._poll.register(_wakeup_fd, select.POLLIN)

    def poll(self, timeout: int | None = None) -> list[tuple[int, int]]:
        """Wait until a descriptor is ready; return (descriptor, events) pairs.

        The timeout is in milliseconds, None waits indefinitely; the list is empty if it expires.
        """
        started_at = monotonic()
        remaining = timeout
        while True:
            files = _background if self._serves_background else ()
            for file in files:
                self._poll.register(file, file.poll_events)
            ready = self._poll.poll(remaining)
            for file in files:
                self._poll.unregister(file)
            if self._is_woken:
                check()
            events = [(fd, event) for fd, event in ready if not self._is_handled(fd, event, files)]
            if events or not ready:
                return events
            if timeout is not None:
                remaining = max(0, timeout - int((monotonic() - started_at) * 1000))

    def _is_handled(self, fd: int, event: int, files: "tuple[BackgroundFile, ...]") -> bool:
        """Serve a descriptor that the caller does not wait for; return whether it is one."""
        for file in files:
            if fd == file.fileno():
                _serve(file, event)
                return True
        if fd == _wakeup_fd and self._is_woken:
            _drain()  # a signal that another handler took
            return True
        return False


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


@contextmanager
def blocked() -> Iterator[None]:
    """Start threads that receive no signals: those are the main thread's."""
    previous = signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, previous)


def start_thread(function: Callable[[], None]) -> None:
    """Run a function in a daemon thread that receives no signals.

    Raises:
        RuntimeError: the system has no thread left.

    """
    with blocked():
        _thread.start_new_thread(function, ())


def reraise(number: int) -> None:
    """Die of a signal, so that the shell sees which; return if the kernel does not allow it.

    It does not for the first process of a container.
    """
    signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {number})
    os.kill(os.getpid(), number)


def _record(number: int, _: FrameType | None) -> None:
    global _received, _pending  # noqa: PLW0603  # signals belong to the process
    if _received:  # it arrived while the handler of the first one was running
        reraise(number)
        return
    _received = _pending = number
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


def _serve(file: BackgroundFile, events: int) -> None:
    global _background  # noqa: PLW0603  # signals belong to the process
    before, _background = _background, _without(file)  # an exception ends the context's service
    file.on_ready(events)
    _background = before


def _without(file: BackgroundFile) -> tuple[BackgroundFile, ...]:
    return tuple(each for each in _background if each is not file)


def _drain() -> bytes:
    """Empty the self-pipe; return the numbers of the signals that arrived, a byte each."""
    numbers = b""
    try:
        while True:
            numbers += os.read(_wakeup_fd, _DRAIN_SIZE)
    except BlockingIOError:
        return numbers
