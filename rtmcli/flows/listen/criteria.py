"""What to listen for, and when to stop."""

from math import inf
from typing import NamedTuple

from rtmcli.errors import NotConfirmed, NotConnected
from rtmcli.session.deadline import Deadline


class ListenOptions(NamedTuple):
    """What to listen for, and until when; durations in seconds."""

    actions: tuple[str, ...] = ()  # empty: all
    chat_id: str | None = None
    max_pushes: float = inf
    max_duration: float = inf
    idle_timeout: float = inf  # without a push, from the start and again from the first login on
    stop_on_disconnect: bool = False  # instead of reconnecting
    fail_fast: bool = False  # the first attempt to connect must succeed


class StopCondition:
    """Tracks how much of what was asked for has come."""

    def __init__(self, options: ListenOptions) -> None:
        """Start the time limit and the idle timeout."""
        self._options = options
        self._remaining = options.max_pushes
        self._end_deadline = Deadline.after(options.max_duration)
        self._idle_deadline = Deadline.after(options.idle_timeout)

    def accept(self, pushes: list[bytes]) -> list[bytes]:
        """Count pushes; return those up to the wanted number."""
        if len(pushes) > self._remaining:
            pushes = pushes[: int(self._remaining)]
        self._remaining -= len(pushes)
        return pushes

    def restart_idle(self) -> None:
        """Restart the idle timeout: the first session began, or the caller has handled pushes."""
        self._idle_deadline = Deadline.after(self._options.idle_timeout)

    @property
    def deadline(self) -> Deadline:
        """Return when to stop."""
        return Deadline(min(self._end_deadline.at, self._idle_deadline.at))

    @property
    def is_met(self) -> bool:
        """Return whether the wanted number of pushes has come."""
        return self._remaining <= 0

    def should_stop(self, connection_error: str = "") -> bool:
        """Return whether to stop; `connection_error` is why there is no connection, if so.

        Raises:
            NotConfirmed: timed out before the wanted number of pushes came.
            NotConnected: timed out while disconnected, so pushes may have been missed.

        """
        if self.is_met:
            return True
        if not self.deadline.expired:
            return False
        if self._options.max_pushes != inf:
            received = int(self._options.max_pushes - self._remaining)
            note = f"; there is no connection: {connection_error}" if connection_error else ""
            raise NotConfirmed(
                f"{received} of {self._options.max_pushes} pushes came in time{note}"
            )
        if connection_error:
            raise NotConnected(f"timed out while disconnected: {connection_error}")
        return True
