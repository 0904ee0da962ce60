"""The rules of the conversation: what may be sent again, when to ping, when a link is dead.

Time is an argument, in seconds of any clock that never goes back.

What may be sent again (a call is sent at most once, unless the server proved that it did not
execute):

==================  =====================  ==============================
what happened       read                   all others
==================  =====================  ==============================
Fault.REFUSED       no                     no
Fault.PROVED        yes                    yes
Fault.LOST          yes                    idempotent ones where asked for
Fault.BROKEN        no                     no
==================  =====================  ==============================
"""

from collections.abc import Callable, Mapping
from enum import Enum
from math import inf
from typing import Any

from rtmcli import __version__
from rtmcli.catalogue import API
from rtmcli.catalogue.model import Act, Reason, Retry
from rtmcli.protocol.messages import Push
from rtmcli.row import Row

ATTEMPTS = 3  # how often one call, or one connection, is tried at the most

ERRORS, REASONS = API.error_types, API.disconnect_reasons
_UNKNOWN_REASON = Reason("", "a reason that no document names", Act.RECONNECT)

_GOING_AWAY_FOR_GOOD = 1008
_OVERLOADED = (1011, 1012, 1013)
_PRIVATE = range(4000, 5000)


class Fault(Enum):
    """What is known of a call that did not go well."""

    REFUSED = "not executed, and it would be refused again"
    PROVED = "proved not executed"
    LOST = "outcome unknown, the link or the answer was lost"
    BROKEN = "outcome unknown, and the server is not to be asked again"


def login_payload(token: str, members: Mapping[str, Any]) -> dict[str, Any]:
    """Put the login's payload together; `members` may replace the program's name."""
    program, name, version = API.entry.program
    return {API.entry.token: token, program: {name: "rtm", version: __version__}, **members}


def may_resend(retry: Retry, fault: Fault, *, idempotent_too: bool) -> bool:
    """Tell whether a call may be sent again after a fault."""
    if fault is Fault.PROVED:
        return True
    may = retry is Retry.READ or (idempotent_too and retry is Retry.IDEMPOTENT)
    return fault is Fault.LOST and may


def act_on(error_type: str) -> Act:
    """Return what an error type asks of a client; an unknown one is surfaced as it is."""
    return ERRORS[error_type].act if error_type in ERRORS else Act.SURFACE


def wants_token(kind: str) -> bool:
    """Tell whether an error type, or the reason of a disconnect, asks for another token."""
    row = ERRORS.get(kind) or REASONS.get(kind)
    return row is not None and row.act is Act.REFRESH


def fault_of_close(code: int) -> Fault:
    """Judge a close code that came while a call was in flight."""
    refused = code == _GOING_AWAY_FOR_GOOD or code in _PRIVATE
    return Fault.BROKEN if refused else Fault.LOST


def pause_after_close(code: int) -> float:
    """Return the least pause before the next attempt, in seconds."""
    return 1.0 if code in _OVERLOADED else 0.0


def announced(push: Push) -> Reason | None:
    """Return the reason where a push announces that the server ends the session."""
    if push.action != API.disconnected or not isinstance(push.payload, dict):
        return None
    return REASONS.get(str(push.payload.get(API.reason)), _UNKNOWN_REASON)


def region_in(data: Any) -> str:
    """Return the region that an error or an announced end names; empty where it names none."""
    region = data.get(API.region) if isinstance(data, dict) else None
    return region if isinstance(region, str) else ""


class Backoff(Row):
    """Pauses with full jitter: anything up to `first` seconds, doubling up to `cap`."""

    first: float = 0.5
    cap: float = 20.0

    def pause(self, attempt: int, random: Callable[[], float], least: float = 0.0) -> float:
        """Return the seconds to wait after attempt number `attempt` (from 1) failed."""
        ceiling = min(self.cap, self.first * 2.0 ** min(attempt - 1, 30))
        return max(least, ceiling * random())


class Liveness:
    """When to ping, and when a silent link counts as dead."""

    __slots__ = ("_asked_at", "_pinged_at", "every", "patience")

    def __init__(self, now: float, every: float, patience: float) -> None:
        """Ping `every` so many seconds; the link is dead `patience` seconds after a ping."""
        self.every = every
        self.patience = patience
        self._pinged_at = now
        self._asked_at = inf  # of the first ping after which nothing came

    def heard(self) -> None:
        """Note that something came."""
        self._asked_at = inf

    def pinged(self, now: float) -> None:
        """Note that a ping was sent."""
        self._pinged_at = now
        self._asked_at = min(self._asked_at, now)

    def is_due(self, now: float) -> bool:
        """Tell whether a ping is to be sent."""
        return now >= self._pinged_at + self.every

    def is_dead(self, now: float) -> bool:
        """Tell whether nothing has come since a ping for as long as the patience lasts."""
        return now >= self._asked_at + self.patience

    def next(self) -> float:
        """Return the moment at which something is to be done again."""
        return min(self._pinged_at + self.every, self._asked_at + self.patience)
