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
from typing import Any, NamedTuple

from rtmcli import __version__
from rtmcli.catalogue import API
from rtmcli.catalogue.model import DisconnectReason, Recovery, Retry
from rtmcli.protocol.messages import Push

MAX_ATTEMPTS = 3  # how often one call, or one connection, is tried at the most

ERROR_TYPES, DISCONNECT_REASONS = API.error_types_by_name, API.disconnect_reasons_by_name
_UNKNOWN_REASON = DisconnectReason("", "a reason that no document names", Recovery.RECONNECT)

_POLICY_VIOLATION = 1008
_SERVER_ERROR_CODES = (1011, 1012, 1013)
_PRIVATE_CODES = range(4000, 5000)


class FailureKind(Enum):
    """What is known of a call that did not go well."""

    REFUSED = "not executed, and it would be refused again"
    NOT_EXECUTED = "proved not executed"
    AMBIGUOUS = "outcome unknown, the link or the answer was lost"
    FATAL = "outcome unknown, and the server is not to be asked again"


def login_payload(token: str, fields: Mapping[str, Any]) -> dict[str, Any]:
    """Put the login's payload together; `members` may replace the program's name."""
    application, name, version = API.login_spec.application_params
    return {
        API.login_spec.token_param: token,
        application: {name: "rtm", version: __version__},
        **fields,
    }


def may_retry(retry: Retry, failure: FailureKind, *, retry_idempotent: bool) -> bool:
    """Tell whether a call may be sent again after a fault."""
    if failure is FailureKind.NOT_EXECUTED:
        return True
    repeatable = retry is Retry.READ_ONLY or (retry_idempotent and retry is Retry.IDEMPOTENT)
    return failure is FailureKind.AMBIGUOUS and repeatable


def recovery_for(error_type: str) -> Recovery:
    """Return what an error type asks of a client; an unknown one is surfaced as it is."""
    return ERROR_TYPES[error_type].recovery if error_type in ERROR_TYPES else Recovery.REPORT


def needs_new_token(type_or_reason: str) -> bool:
    """Tell whether an error type, or the reason of a disconnect, asks for another token."""
    row = ERROR_TYPES.get(type_or_reason) or DISCONNECT_REASONS.get(type_or_reason)
    return row is not None and row.recovery is Recovery.REFRESH_TOKEN


def failure_for_close(code: int) -> FailureKind:
    """Judge a close code that came while a call was in flight."""
    is_fatal = code == _POLICY_VIOLATION or code in _PRIVATE_CODES
    return FailureKind.FATAL if is_fatal else FailureKind.AMBIGUOUS


def min_delay_after_close(code: int) -> float:
    """Return the least pause before the next attempt, in seconds."""
    return 1.0 if code in _SERVER_ERROR_CODES else 0.0


def disconnect_reason(push: Push) -> DisconnectReason | None:
    """Return the reason where a push announces that the server ends the session."""
    if push.action != API.disconnect_push or not isinstance(push.payload, dict):
        return None
    return DISCONNECT_REASONS.get(str(push.payload.get(API.reason_field)), _UNKNOWN_REASON)


def region_from(data: Any) -> str:
    """Return the region that an error or an announced end names; empty where it names none."""
    region = data.get(API.region_field) if isinstance(data, dict) else None
    return region if isinstance(region, str) else ""


class Backoff(NamedTuple):
    """Pauses with full jitter: anything up to `first` seconds, doubling up to `cap`."""

    base_delay: float = 0.5
    max_delay: float = 20.0

    def delay(
        self, attempt: int, random_fraction: Callable[[], float], min_delay: float = 0.0
    ) -> float:
        """Return the seconds to wait after attempt number `attempt` (from 1) failed."""
        ceiling = min(self.max_delay, self.base_delay * 2.0 ** min(attempt - 1, 30))
        return max(min_delay, ceiling * random_fraction())


class Keepalive:
    """When to ping, and when a silent link counts as dead."""

    __slots__ = ("_last_ping_at", "_unanswered_since", "ping_interval", "ping_timeout")

    def __init__(self, now: float, ping_interval: float, ping_timeout: float) -> None:
        """Ping `every` so many seconds; the link is dead `patience` seconds after a ping."""
        self.ping_interval = ping_interval
        self.ping_timeout = ping_timeout
        self._last_ping_at = now
        self._unanswered_since = inf  # of the first ping after which nothing came

    def data_received(self) -> None:
        """Note that something came."""
        self._unanswered_since = inf

    def ping_sent(self, now: float) -> None:
        """Note that a ping was sent."""
        self._last_ping_at = now
        self._unanswered_since = min(self._unanswered_since, now)

    def ping_due(self, now: float) -> bool:
        """Tell whether a ping is to be sent."""
        return now >= self._last_ping_at + self.ping_interval

    def timed_out(self, now: float) -> bool:
        """Tell whether nothing has come since a ping for as long as the patience lasts."""
        return now >= self._unanswered_since + self.ping_timeout

    def next_wakeup(self) -> float:
        """Return the moment at which something is to be done again."""
        return min(
            self._last_ping_at + self.ping_interval, self._unanswered_since + self.ping_timeout
        )
