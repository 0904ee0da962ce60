"""What to listen for and until when, what of it is left, and what happens meanwhile."""

from math import inf
from typing import NamedTuple

from rtmcli.errors import NotConfirmed, NotConnected
from rtmcli.protocol.reconnection import Gap
from rtmcli.session.deadline import NEVER, Deadline


class ListenOptions(NamedTuple):
    """What to listen for, and until when; lengths of time in seconds."""

    actions: tuple[str, ...] = ()  # none: all
    chat_id: str | None = None
    max_pushes: float = inf  # how many
    max_duration: float = inf
    idle_timeout: float = inf  # without a push, from the first login on
    stop_on_disconnect: bool = False  # the loss of the connection is the end
    fail_fast: bool = False  # so is a first attempt that fails


class Notice(NamedTuple):
    """Something about the connection that whoever runs this should know."""

    kind: str  # disconnected, reconnected, not_connected or unreadable
    message: str


ListenItem = list[bytes] | Gap | Notice


class StopCondition:
    """What is left of a wish."""

    def __init__(self, options: ListenOptions) -> None:
        """Let the time begin."""
        self._options = options
        self._remaining = options.max_pushes
        self._end_deadline = Deadline.after(options.max_duration)
        self._idle_deadline = NEVER

    def start_idle(self) -> None:
        """Let the idle time begin, where it has not."""
        if self._idle_deadline is NEVER:
            self._idle_deadline = Deadline.after(self._options.idle_timeout)

    def accept(self, pushes: list[bytes]) -> list[bytes]:
        """Count pushes; return those that are still wanted."""
        if len(pushes) > self._remaining:
            pushes = pushes[: int(self._remaining)]
        self._remaining -= len(pushes)
        return pushes

    def restart_idle(self) -> None:
        """Let the idle time begin anew: who is told of pushes takes time that is no silence."""
        self._idle_deadline = Deadline.after(self._options.idle_timeout)

    @property
    def deadline(self) -> Deadline:
        """Return when the time is over."""
        return Deadline(min(self._end_deadline.at, self._idle_deadline.at))

    @property
    def is_met(self) -> bool:
        """Tell whether all that was wanted has come."""
        return self._remaining <= 0

    def should_stop(self, connection_error: str = "") -> bool:
        """Tell whether nothing is left, `trouble` being why there is no connection.

        Raises:
            NotConfirmed: the time is over, and some of the wanted number is missing.
            NotConnected: the time is over, and nobody knows what was missed.

        """
        if self.is_met:
            return True
        if not self.deadline.expired:
            return False
        if self._options.max_pushes != inf:
            received = int(self._options.max_pushes - self._remaining)
            raise NotConfirmed(
                f"{received} of {self._options.max_pushes} pushes came in time"
                + _connection_note(connection_error)
            )
        if connection_error:
            raise NotConnected(f"the time is over, and there is no connection: {connection_error}")
        return True


def _connection_note(connection_error: str) -> str:
    return f"; there is no connection: {connection_error}" if connection_error else ""
