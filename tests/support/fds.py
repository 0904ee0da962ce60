"""Replace file descriptors of this process."""

import os
import pty
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager


@contextmanager
def replaced_fd(fd: int, replacement: int) -> Iterator[None]:
    """Put another file in the place of a descriptor, for code that does not use `sys.stderr`."""
    kept = os.dup(fd)
    os.dup2(replacement, fd)
    try:
        yield
    finally:
        os.dup2(kept, fd)
        os.close(kept)


@contextmanager
def terminal_at(*fds: int) -> Iterator[int]:
    """Put a terminal in the place of descriptors; yield its other end.

    Not in a fixture: pytest replaces the descriptors again before it calls the test.
    """
    controller, terminal = pty.openpty()
    with ExitStack() as stack:
        for fd in fds:
            stack.enter_context(replaced_fd(fd, terminal))
        yield controller
    os.close(controller)
    os.close(terminal)
