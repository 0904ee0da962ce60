"""A stream of calls: who is in flight, who may be sent again, and whose turn it is to be told.

The rules, without socket or clock (time is an argument, in seconds):

- No more than `window` calls are on their way, those that rest before another try included; a
  further value is not even asked for before one of them has its outcome.
- No more than `rate` calls are sent in a second; none while the server is to be left alone.
- A call is tried at most `ATTEMPTS` times, and all calls together are repeated as often as the
  budget pays for. A call that goes well pays a little back: where most do, a stream may go on
  for weeks, and where few do, nobody is burdened with repetitions.
- Outcomes leave in the order of the input. Those that wait for an earlier one are bounded, too.
"""

import heapq
from collections import deque
from collections.abc import Iterator
from math import inf
from typing import Any

from rtmcli.catalogue.model import Retry
from rtmcli.errors import RtmError
from rtmcli.protocol.messages import Request
from rtmcli.protocol.retry_policy import MAX_ATTEMPTS

RETRY_QUOTA = 500  # tokens, at the most
RETRY_COST = 5  # tokens for a repetition
RETRY_REFUND = 1  # tokens for a call that goes well
NO_REQUEST_ID: Any = object()  # where the caller gave none; null is one
MAX_BUFFERED = 16 * 1024 * 1024  # bytes of outcomes that wait for an earlier one
_RECORD_OVERHEAD = 500  # bytes that a waiting outcome takes beside its text


class PendingCall:
    """One value of the input and what became of it."""

    __slots__ = (
        "attempts",
        "caller_request_id",
        "deadline",
        "last_error",
        "maybe_sent",
        "number",
        "record",
        "request",
        "retry",
    )

    def __init__(
        self, number: int, request: Request, retry: Retry, caller_request_id: Any = NO_REQUEST_ID
    ) -> None:
        """Take the value's `number` in the input, and the caller's own id for the call, if any."""
        self.number = number
        self.request = request  # with the id that it has on the wire, once it was sent
        self.retry = retry
        self.caller_request_id = caller_request_id
        self.attempts = 0
        self.maybe_sent = False  # whether the last try may be on the wire
        self.deadline = inf  # of the answer
        self.last_error: RtmError | None = None  # why it was not settled by the last try
        self.record: bytes | None = None  # what is told of it; None until that is known


class Pipeline:
    """The calls between the input and the output of a stream."""

    def __init__(
        self,
        window: int,
        *,
        rate: float = inf,
        retry_quota: int = RETRY_QUOTA,
        max_buffered: int = MAX_BUFFERED,
    ) -> None:
        """Allow for `window` calls in flight and `rate` calls a second."""
        self.in_flight: dict[str, PendingCall] = {}  # by the id on the wire, the oldest first
        self.retry_quota = retry_quota
        self._max_retry_quota = retry_quota
        self._window = window
        self._send_interval = 1.0 / rate
        self._max_buffered = max_buffered
        self._undelivered: deque[PendingCall] = deque()  # all whose outcome has not left, in order
        self._buffered = 0  # bytes of outcomes among them
        self._unsent: deque[PendingCall] = deque()
        self._scheduled_retries: list[tuple[float, int, PendingCall]] = []
        self._next_send_at = -inf  # when the next call may be sent

    @property
    def active_count(self) -> int:
        """Count the calls that have no outcome yet."""
        return len(self.in_flight) + len(self._scheduled_retries) + len(self._unsent)

    @property
    def has_undelivered(self) -> bool:
        """Tell whether an outcome is still to leave."""
        return bool(self._undelivered)

    @property
    def can_accept(self) -> bool:
        """Tell whether one more value may be taken in."""
        return self.active_count < self._window and self._buffered < self._max_buffered

    def add(self, call: PendingCall, record: bytes | None = None) -> None:
        """Take in the next value of the input; one with an outcome is not to be sent."""
        self._undelivered.append(call)
        if record is None:
            self._unsent.append(call)
        else:
            self.finish(call, record)

    def next_to_send(self, now: float) -> PendingCall | None:
        """Return the call that is to be sent now; the caller launches it or finishes it."""
        if now < self._next_send_at:
            return None
        if self._scheduled_retries and self._scheduled_retries[0][0] <= now:
            return heapq.heappop(self._scheduled_retries)[2]
        return self._unsent.popleft() if self._unsent else None

    def mark_sent(self, call: PendingCall, request_id: str, now: float, timeout: float) -> None:
        """Note that a call goes on the wire; its answer is due within `patience` seconds."""
        call.attempts += 1
        call.maybe_sent = True
        call.deadline = now + timeout
        call.request = call.request._replace(request_id=request_id)
        self.in_flight[request_id] = call
        # A call that is late by less than the gap does not delay those after it.
        slot = self._next_send_at if self._next_send_at > now - self._send_interval else now
        self._next_send_at = slot + self._send_interval

    def pop_answered(self, request_id: str) -> PendingCall | None:
        """Note that an answer came; None where nobody waits for it."""
        return self.in_flight.pop(request_id, None)

    def expire(self, now: float) -> list[PendingCall]:
        """Give up the calls whose answers are overdue."""
        expired = []
        for call in self.in_flight.values():
            if call.deadline > now:
                break
            expired.append(call)
        for call in expired:
            del self.in_flight[call.request.request_id]
        return expired

    def fail_in_flight(self) -> list[PendingCall]:
        """Give up all calls in flight, as their connection is gone."""
        failed = list(self.in_flight.values())
        self.in_flight.clear()
        return failed

    def schedule_retry(self, call: PendingCall, error: RtmError, retry_at: float) -> bool:
        """Keep a call for another try; False where it had its tries or the budget is spent."""
        if call.attempts >= MAX_ATTEMPTS or self.retry_quota < RETRY_COST:
            return False
        self.retry_quota -= RETRY_COST
        call.last_error = error
        heapq.heappush(self._scheduled_retries, (retry_at, call.number, call))
        return True

    def refund(self) -> None:
        """Note that a call went well, which pays for repetitions."""
        self.retry_quota = min(self.retry_quota + RETRY_REFUND, self._max_retry_quota)

    def pause_until(self, resume_at: float) -> None:
        """Send nothing at all until then."""
        self._next_send_at = max(self._next_send_at, resume_at)

    def cancel_unsent(self) -> list[PendingCall]:
        """Give up all calls that wait to be sent, those to be sent again among them."""
        canceled = [*self._unsent, *(call for _, _, call in self._scheduled_retries)]
        self._unsent.clear()
        self._scheduled_retries.clear()
        return canceled

    def finish(self, call: PendingCall, record: bytes) -> None:
        """Note what is to be told of a call that is not in flight any more."""
        call.record = record
        self._buffered += len(record) + _RECORD_OVERHEAD

    def pop_ready(self) -> Iterator[bytes]:
        """Let the outcomes go whose turn has come."""
        while self._undelivered and self._undelivered[0].record is not None:
            record = self._undelivered.popleft().record
            assert record is not None
            self._buffered -= len(record) + _RECORD_OVERHEAD
            yield record

    def next_timeout_at(self) -> float:
        """Return when the first answer will be overdue."""
        return next(iter(self.in_flight.values())).deadline if self.in_flight else inf

    def next_send_at(self) -> float:
        """Return when the next call is to be sent."""
        if self._unsent:
            return self._next_send_at
        return (
            max(self._next_send_at, self._scheduled_retries[0][0])
            if self._scheduled_retries
            else inf
        )
