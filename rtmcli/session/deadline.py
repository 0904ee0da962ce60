"""Deadlines on the monotonic clock."""

from math import ceil, inf
from time import monotonic

_MAX_POLL_MS = 2**31 - 1  # the longest timeout that `poll` takes


class Deadline:
    """A time of the monotonic clock, in seconds; `inf` means never."""

    __slots__ = ("at",)

    def __init__(self, at: float) -> None:
        self.at = at

    @classmethod
    def after(cls, seconds: float) -> "Deadline":
        """Return the deadline `seconds` from now."""
        return cls(monotonic() + seconds)

    def sooner(self, seconds: float) -> "Deadline":
        """Return the earlier of this deadline and `seconds` from now."""
        return Deadline(min(self.at, monotonic() + seconds))

    def remaining(self) -> float:
        """Return the remaining seconds, at least 0."""
        return max(0.0, self.at - monotonic())

    @property
    def expired(self) -> bool:
        """Return whether it has passed."""
        return monotonic() >= self.at

    def poll_timeout(self) -> int | None:
        """Return the remaining time for `poll`: milliseconds, or None without a limit."""
        return None if self.at == inf else min(ceil(self.remaining() * 1000), _MAX_POLL_MS)


NEVER = Deadline(inf)
