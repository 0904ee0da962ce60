"""Core dumps: this process leaves none, as they would hold tokens."""

from collections.abc import Iterator
from contextlib import contextmanager
from resource import RLIMIT_CORE, getrlimit, setrlimit

_original_limits: list[int] = []  # the soft limit before ours, in bytes


def disable_core_dumps() -> None:
    """Write no core dump from now on; child processes inherit this."""
    soft, hard = getrlimit(RLIMIT_CORE)
    setrlimit(RLIMIT_CORE, (0, hard))
    _original_limits.append(soft)


@contextmanager
def restored_core_limit() -> Iterator[None]:
    """Restore the original limit while a child process is started."""
    current, hard = getrlimit(RLIMIT_CORE)
    setrlimit(RLIMIT_CORE, (_original_limits[0] if _original_limits else current, hard))
    try:
        yield
    finally:
        setrlimit(RLIMIT_CORE, (current, hard))
