"""Core dumps: disabled for this process, because they would contain tokens."""

from collections.abc import Iterator
from contextlib import contextmanager
from resource import RLIMIT_CORE, getrlimit, setrlimit

_original_limits: list[int] = []  # the soft limit before `disable_core_dumps`, in bytes


def disable_core_dumps() -> None:
    """Disable core dumps for this process and its children."""
    soft, hard = getrlimit(RLIMIT_CORE)
    setrlimit(RLIMIT_CORE, (0, hard))
    _original_limits.append(soft)


@contextmanager
def restored_core_limit() -> Iterator[None]:
    """Restore the original limit inside the block, to start a child process."""
    current, hard = getrlimit(RLIMIT_CORE)
    setrlimit(RLIMIT_CORE, (_original_limits[0] if _original_limits else current, hard))
    try:
        yield
    finally:
        setrlimit(RLIMIT_CORE, (current, hard))
