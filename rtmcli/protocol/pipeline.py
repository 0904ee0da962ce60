"""The calls of a stream: which are in flight, which may be sent, and whose record is next.

The rules, without socket or clock (time is an argument, in seconds):

- At most `window` calls are active, those that wait for a retry included; no further value is read
  before one of them has its record.
- At most `rate` calls are sent per second, and none while the server asked for a pause.
- A call is attempted at most `MAX_ATTEMPTS` times, and all retries together are limited by a quota
  that successful calls refill: a stream may run for weeks if most calls succeed, and does not
  burden the server with retries if most of them fail.
- Records are delivered in the order of the input. Those that wait for an earlier one are bounded.
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

NO_REQUEST_ID: Any = object()  # the caller gave none; null is one
MAX_BUFFERED = 16 * 1024 * 1024  # bytes of records that wait for an earlier one
_RECORD_OVERHEAD = 500  # bytes that a waiting record takes besides its text


class RetryQuota:
    """Tokens that each retry costs and each successful call refunds."""

    __slots__ = ("_capacity", "_cost", "_refund", "available")

    def __init__(self, capacity: int = 500, *, cost: int = 5, refund: int = 1) -> None:
        self.available = self._capacity = capacity
        self._cost = cost
        self._refund = refund

    def acquire(self) -> bool:
        """Pay for a retry; return False if too few tokens are left."""
        if self.available < self._cost:
            return False
        self.available -= self._cost
        return True

    def refund(self) -> None:
        """Note a successful call."""
        self.available = min(self.available + self._refund, self._capacity)


class PendingCall:
    """One value of the input, until its record is delivered."""

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
        """Take the value's `number` in the input, and the caller's own request id, if any."""
        self.number = number
        self.request = request  # with its id on the wire, once it was sent
        self.retry = retry
        self.caller_request_id = caller_request_id
        self.attempts = 0
        self.maybe_sent = False  # the last attempt may be on the wire
        self.deadline = inf  # of the response
        self.last_error: RtmError | None = None  # of an attempt that is retried
        self.record: bytes | None = None  # the output, once the outcome is known


class Pipeline:
    """The calls between the input and the output of a stream."""

    def __init__(
        self,
        window: int,
        *,
        rate: float = inf,
        retry_quota: RetryQuota | None = None,
        max_buffered: int = MAX_BUFFERED,
    ) -> None:
        """Allow `window` active calls and `rate` calls per second."""
        self.in_flight: dict[str, PendingCall] = {}  # by id on the wire, oldest first
        self._retry_quota = retry_quota or RetryQuota()
        self._window = window
        self._send_interval = 1.0 / rate
        self._max_buffered = max_buffered
        self._undelivered: deque[PendingCall] = deque()  # in the order of the input
        self._buffered = 0  # bytes of records among them
        self._unsent: deque[PendingCall] = deque()
        self._scheduled_retries: list[tuple[float, int, PendingCall]] = []
        self._next_send_at = -inf  # when the next call may be sent

    @property
    def active_count(self) -> int:
        """Count the calls without a record."""
        return len(self.in_flight) + len(self._scheduled_retries) + len(self._unsent)

    @property
    def has_undelivered(self) -> bool:
        """Return whether any record is still to be delivered."""
        return bool(self._undelivered)

    @property
    def can_accept(self) -> bool:
        """Return whether one more call may be added."""
        return self.active_count < self._window and self._buffered < self._max_buffered

    def add(self, call: PendingCall, record: bytes | None = None) -> None:
        """Add the next value of the input; one that has a record is not sent."""
        self._undelivered.append(call)
        if record is None:
            self._unsent.append(call)
        else:
            self.finish(call, record)

    def next_to_send(self, now: float) -> PendingCall | None:
        """Return the call to send now; the caller marks it as sent or finishes it."""
        if now < self._next_send_at:
            return None
        if self._scheduled_retries and self._scheduled_retries[0][0] <= now:
            return heapq.heappop(self._scheduled_retries)[2]
        return self._unsent.popleft() if self._unsent else None

    def mark_sent(self, call: PendingCall, request_id: str, now: float, timeout: float) -> None:
        """Note that a call is sent; its response is due within `timeout` seconds."""
        call.attempts += 1
        call.maybe_sent = True
        call.deadline = now + timeout
        call.request = call.request._replace(request_id=request_id)
        self.in_flight[request_id] = call
        # A call that is late by less than the interval does not delay those after it.
        slot = self._next_send_at if self._next_send_at > now - self._send_interval else now
        self._next_send_at = slot + self._send_interval

    def withdraw(self, call: PendingCall) -> None:
        """Take back a call that was marked as sent, and was not sent."""
        del self.in_flight[call.request.request_id]
        call.attempts -= 1
        call.maybe_sent = False

    def pop_answered(self, request_id: str) -> PendingCall | None:
        """Remove and return the call that a response belongs to; None if it is not in flight."""
        return self.in_flight.pop(request_id, None)

    def expire(self, now: float) -> list[PendingCall]:
        """Remove and return the calls whose responses are overdue."""
        expired = []
        for call in self.in_flight.values():
            if call.deadline > now:
                break
            expired.append(call)
        for call in expired:
            del self.in_flight[call.request.request_id]
        return expired

    def fail_in_flight(self) -> list[PendingCall]:
        """Remove and return all calls in flight, because their connection is lost."""
        failed = list(self.in_flight.values())
        self.in_flight.clear()
        return failed

    def schedule_retry(self, call: PendingCall, error: RtmError, retry_at: float) -> bool:
        """Schedule another attempt; return False if the call or the stream may not have one."""
        if call.attempts >= MAX_ATTEMPTS or not self._retry_quota.acquire():
            return False
        call.last_error = error
        heapq.heappush(self._scheduled_retries, (retry_at, call.number, call))
        return True

    def refund(self) -> None:
        """Note a successful call, which refills the retry quota."""
        self._retry_quota.refund()

    def pause_until(self, resume_at: float) -> None:
        """Send nothing until then."""
        self._next_send_at = max(self._next_send_at, resume_at)

    def cancel_unsent(self) -> list[PendingCall]:
        """Remove and return all calls that wait to be sent or retried."""
        canceled = [*self._unsent, *(call for _, _, call in self._scheduled_retries)]
        self._unsent.clear()
        self._scheduled_retries.clear()
        return canceled

    def cancel_all(self) -> list[PendingCall]:
        """Remove and return all calls without a record, wherever they are."""
        self.cancel_unsent()
        self.in_flight.clear()
        return [call for call in self._undelivered if call.record is None]

    def finish(self, call: PendingCall, record: bytes) -> None:
        """Set the record of a call that is not in flight any more."""
        call.record = record
        self._buffered += len(record) + _RECORD_OVERHEAD

    def pop_ready(self) -> Iterator[bytes]:
        """Yield the records that can be delivered in order."""
        while self._undelivered and self._undelivered[0].record is not None:
            record = self._undelivered.popleft().record
            assert record is not None
            self._buffered -= len(record) + _RECORD_OVERHEAD
            yield record

    def next_timeout_at(self) -> float:
        """Return when the first response will be overdue."""
        return next(iter(self.in_flight.values())).deadline if self.in_flight else inf

    def next_send_at(self) -> float:
        """Return when the next call is to be sent."""
        if self._unsent:
            return self._next_send_at
        if self._scheduled_retries:
            return max(self._next_send_at, self._scheduled_retries[0][0])
        return inf
