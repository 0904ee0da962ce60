"""What to listen for and until when, what of it is left, and what happens meanwhile."""

from math import inf

from rtmcli.errors import NotConfirmed, NotConnected
from rtmcli.protocol.reconnection import Gap
from rtmcli.row import Row
from rtmcli.session.deadline import NEVER, Deadline


class Wish(Row):
    """What to listen for, and until when; lengths of time in seconds."""

    actions: tuple[str, ...] = ()  # none: all
    chat_id: str | None = None
    pushes: float = inf  # how many
    length: float = inf
    idle: float = inf  # without a push, from the first login on
    once: bool = False  # the loss of the connection is the end
    fail_fast: bool = False  # so is a first attempt that fails


class Note(Row):
    """Something about the connection that whoever runs this should know."""

    kind: str  # disconnected, reconnected, not_connected or unreadable
    message: str


Happening = list[bytes] | Gap | Note


class Rest:
    """What is left of a wish."""

    def __init__(self, wish: Wish) -> None:
        """Let the time begin."""
        self._wish = wish
        self._left = wish.pushes
        self._end = Deadline.after(wish.length)
        self._quiet = NEVER

    def begin(self) -> None:
        """Let the idle time begin, where it has not."""
        if self._quiet is NEVER:
            self._quiet = Deadline.after(self._wish.idle)

    def take(self, pushes: list[bytes]) -> list[bytes]:
        """Count pushes; return those that are still wanted."""
        if len(pushes) > self._left:
            pushes = pushes[: int(self._left)]
        self._left -= len(pushes)
        return pushes

    def taken(self) -> None:
        """Let the idle time begin anew: who is told of pushes takes time that is no silence."""
        self._quiet = Deadline.after(self._wish.idle)

    @property
    def deadline(self) -> Deadline:
        """Return when the time is over."""
        return Deadline(min(self._end.at, self._quiet.at))

    @property
    def is_heard(self) -> bool:
        """Tell whether all that was wanted has come."""
        return self._left <= 0

    def is_over(self, trouble: str = "") -> bool:
        """Tell whether nothing is left, `trouble` being why there is no connection.

        Raises:
            NotConfirmed: the time is over, and some of the wanted number is missing.
            NotConnected: the time is over, and nobody knows what was missed.

        """
        if self.is_heard:
            return True
        if not self.deadline.over:
            return False
        if self._wish.pushes != inf:
            came = int(self._wish.pushes - self._left)
            raise NotConfirmed(f"{came} of {self._wish.pushes} pushes came in time" + _but(trouble))
        if trouble:
            raise NotConnected(f"the time is over, and there is no connection: {trouble}")
        return True


def _but(trouble: str) -> str:
    return f"; there is no connection: {trouble}" if trouble else ""
