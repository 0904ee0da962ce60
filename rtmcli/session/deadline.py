"""A point in time by which something must be over, on the clock that nobody sets."""

from math import ceil, inf
from time import monotonic

_MAX_POLL_MS = 2**31 - 1  # milliseconds that `poll` takes; who waits looks at the clock again


class Deadline:
    """A moment of the monotonic clock, in seconds; `inf` is never."""

    __slots__ = ("at",)

    def __init__(self, at: float) -> None:
        self.at = at

    @classmethod
    def after(cls, seconds: float) -> "Deadline":
        """Make the deadline that is `seconds` from now."""
        return cls(monotonic() + seconds)

    def sooner(self, seconds: float) -> "Deadline":
        """Return the earlier of this deadline and `seconds` from now."""
        return Deadline(min(self.at, monotonic() + seconds))

    def remaining(self) -> float:
        """Return the seconds that are left, never below zero."""
        return max(0.0, self.at - monotonic())

    @property
    def expired(self) -> bool:
        """Tell whether it has passed."""
        return monotonic() >= self.at

    def poll_timeout(self) -> int | None:
        """Return what is left as `poll` takes it: whole milliseconds, None for ever."""
        return None if self.at == inf else min(ceil(self.remaining() * 1000), _MAX_POLL_MS)


NEVER = Deadline(inf)
