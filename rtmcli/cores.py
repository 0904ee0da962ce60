"""Core files: this process leaves none, as they would hold tokens."""

import resource
from typing import Self

_found: list[int] = []  # the soft limit before ours, in bytes


def forbid() -> None:
    """Leave no core file from now on, nor let what is started leave one."""
    soft, hard = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (0, hard))
    _found.append(soft)


class AsFound:
    """While it stands, what is started gets the limit that was there before `forbid`."""

    def __enter__(self) -> Self:
        """Set that limit, where there was another."""
        self._ours, hard = resource.getrlimit(resource.RLIMIT_CORE)
        resource.setrlimit(resource.RLIMIT_CORE, (_found[0] if _found else self._ours, hard))
        return self

    def __exit__(self, *_: object) -> None:
        """Set ours again."""
        hard = resource.getrlimit(resource.RLIMIT_CORE)[1]
        resource.setrlimit(resource.RLIMIT_CORE, (self._ours, hard))
