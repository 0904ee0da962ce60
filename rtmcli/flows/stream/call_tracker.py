"""The calls of a stream: sent, answered, retried if nothing can be executed twice, or settled.

A call is settled once, with a record of what is known: a response of the server, that the call was
never sent, or that its outcome is unknown.
"""

from collections import Counter
from collections.abc import Callable
from typing import TYPE_CHECKING

from rtmcli.errors import Busy, NotConnected, OutcomeUnknown, RtmError, unexpected_error
from rtmcli.flows.stream.connection import StreamConnection
from rtmcli.flows.stream.interfaces import Outcome
from rtmcli.protocol.messages import ProtocolError, Response
from rtmcli.protocol.pipeline import PendingCall, Pipeline
from rtmcli.protocol.retry_policy import FailureKind, may_retry
from rtmcli.session.outcomes import (
    Classification,
    classify_disconnect,
    classify_response,
    classify_timeout,
    misdirected_error,
    with_earlier_attempt,
)
from rtmcli.session.recovery import Misdirected
from rtmcli.session.session import ConnectionLost

if TYPE_CHECKING:
    from rtmcli.flows.stream.journal.journal import Journal

OK = "ok"


class CallTracker:
    """Moves calls through the pipeline and over the connection."""

    def __init__(
        self,
        connection: StreamConnection,
        pipeline: Pipeline,
        format_record: Callable[[PendingCall, Outcome], bytes],
        *,
        retry_idempotent: bool = False,
        journal: "Journal | None" = None,
    ) -> None:
        """Allow retries of idempotent calls if `retry_idempotent` is set."""
        self.status_counts: Counter[str] = Counter()  # settled calls by `OK` or `RtmError.status`
        self.stop_error: RtmError | None = None  # why no more calls are sent
        self.first_failure: tuple[PendingCall, RtmError] | None = None  # in the order of the input
        self._first_failure_order = False, False, 0
        self.has_failed = False  # any call of this run
        self.ignored_responses = 0  # late, repeated or foreign
        self._connection = connection
        self._pipeline = pipeline
        self._format_record = format_record
        self._retry_idempotent = retry_idempotent
        self._journal = journal

    def add(self, call: PendingCall, error: RtmError | None, *, is_earlier: bool = False) -> None:
        """Add the next value; one with an error is not sent.

        The error may be that of an earlier run, which is not a failure of this one.
        """
        error = error or self.stop_error
        if error is None:
            self._pipeline.add(call)
        else:
            self._count(call, error, is_earlier=is_earlier)
            self._pipeline.add(call, self._format_record(call, error))

    def send(self, now: float) -> None:
        """Send the calls that are due; the connection must accept calls."""
        assert self._connection.session
        calls = []
        while call := self._pipeline.next_to_send(now):
            self._pipeline.mark_sent(
                call,
                self._connection.session.next_request_id(),
                now,
                self._connection.response_timeout,
            )
            calls.append(call)
        if self._journal and calls and not self._journal.record_intents(calls):
            self._withdraw(calls, self._journal.write_error)
            return
        if not self._connection.send([call.request for call in calls]):
            # The connection ended in the packet of the login response, which was not noticed yet.
            for call in calls:
                call.maybe_sent = False
            self.collect_responses(now)

    def collect_responses(self, now: float) -> None:
        """Handle the responses that were received, and the calls that can get none any more."""
        try:
            while response := self._connection.pop_response():
                call = self._pipeline.pop_answered(response.request_id or "")
                if not call:
                    self.ignored_responses += 1
                elif isinstance(response, ProtocolError):
                    classification = classify_timeout(
                        str(response), call.request, FailureKind.FATAL
                    )
                    self._retry_or_settle(call, classification, now)
                else:
                    self._on_response(call, response, now)
        except ConnectionLost as disconnect:
            self._on_disconnect(disconnect, now)
        for call in self._pipeline.expire(now):
            self._connection.is_draining = True
            self._retry_or_settle(
                call, classify_timeout("no response came in time", call.request), now
            )
        malformed = self._connection.fail_if_malformed(len(self._pipeline.in_flight))
        if malformed:
            self._on_disconnect(malformed, now)

    def stop_sending(self, error: RtmError) -> None:
        """Send no more calls, and settle those that wait to be sent."""
        self.stop_error = error
        for call in self._pipeline.cancel_unsent():
            # A misdirected call was not executed; it failed because of the region it belongs to.
            is_misdirected = isinstance(call.last_error, Misdirected)
            self._settle(call, error if is_misdirected else call.last_error or error)

    def fail_in_flight(self, message: str) -> list[PendingCall]:
        """Stop waiting for responses; return the calls whose outcome is therefore unknown."""
        abandoned = self._pipeline.fail_in_flight()
        for call in abandoned:
            self._settle(call, OutcomeUnknown(message))
        return abandoned

    def abandon(self, message: str) -> list[PendingCall]:
        """Settle every call after an unexpected error; return those whose outcome is unknown."""
        self.stop_sending(NotConnected(f"not sent: {message}"))
        unknown = []
        for call in self._pipeline.cancel_all():
            if call.maybe_sent:
                unknown.append(call)
            self._settle(
                call,
                OutcomeUnknown(f"the response was not handled: {message}")
                if call.maybe_sent
                else NotConnected(f"not sent: {message}"),
            )
        return unknown

    def _withdraw(self, calls: list[PendingCall], cause: str) -> None:
        """Settle calls that may not be sent, because their intents could not be written."""
        for call in calls:
            self._pipeline.withdraw(call)
            self._settle(call, NotConnected(f"not sent: the journal cannot be written: {cause}"))

    def _on_response(self, call: PendingCall, response: Response, now: float) -> None:
        if response.success:
            self._pipeline.refund()
            self._settle(call, response)
            return
        classification = classify_response(self._connection.api, response, call.request)
        retry_at = now + self._connection.backoff_delay(call.attempts)
        if self._retry_or_settle(call, classification, retry_at) and isinstance(
            classification.error, Busy
        ):
            self._pipeline.pause_until(retry_at)

    def _on_disconnect(self, disconnect: ConnectionLost, now: float) -> None:
        calls = self._pipeline.fail_in_flight()
        self._connection.connection_lost(disconnect, now, in_flight=bool(calls))
        for call in calls:
            self._retry_or_settle(
                call, classify_disconnect(disconnect, call.request, sent=call.maybe_sent), now
            )

    def _retry_or_settle(
        self, call: PendingCall, classification: Classification, retry_at: float
    ) -> bool:
        """Schedule a retry if it is allowed, else settle the call; tell whether it is retried."""
        error, failure_kind = classification
        if failure_kind is FailureKind.REFUSED and self._connection.redirect_or_refresh(error):
            return self._schedule_retry(call, error, 0.0)
        if may_retry(call.retry, failure_kind, retry_idempotent=self._retry_idempotent):
            return self._schedule_retry(call, error, retry_at)
        if isinstance(error, Misdirected):
            assert self._connection.fatal_error  # it could not switch the region
            error = misdirected_error(error, self._connection.fatal_error)
        self._settle(call, error)
        return False

    def _schedule_retry(self, call: PendingCall, error: RtmError, retry_at: float) -> bool:
        """Schedule a retry; settle the call if it may not have one."""
        error = with_earlier_attempt(error, call.last_error, call.retry)
        scheduled = not self.stop_error and self._pipeline.schedule_retry(call, error, retry_at)
        if not scheduled:
            self._settle(call, error)
        elif self._journal and isinstance(error, Busy | NotConnected):
            self._journal.record_outcome(call, error)  # it was not executed, so far
        return scheduled

    def _settle(self, call: PendingCall, outcome: Outcome) -> None:
        if isinstance(outcome, RtmError):
            outcome = with_earlier_attempt(outcome, call.last_error, call.retry)
        if self._journal and call.attempts:
            self._journal.record_outcome(call, outcome)
        try:
            record = self._format_record(call, outcome)
        except Exception as error:
            if isinstance(outcome, RtmError):
                raise
            outcome = OutcomeUnknown(
                f"the server executed it, but its response is lost: "
                f"{unexpected_error(error).message}"
            )
            record = self._format_record(call, outcome)
        self._count(call, outcome)
        self._pipeline.finish(call, record)

    def _count(self, call: PendingCall, outcome: Outcome, *, is_earlier: bool = False) -> None:
        """Count an outcome; keep the first failure.

        One of this run comes before one of an earlier run, and one that happened before the stream
        was stopped before those of calls that were not sent.
        """
        if not isinstance(outcome, RtmError):
            self.status_counts[OK] += 1
            return
        self.status_counts[outcome.status] += 1
        self.has_failed = self.has_failed or not is_earlier
        order = is_earlier, self.stop_error is not None, call.number
        if self.first_failure is None or order < self._first_failure_order:
            self.first_failure, self._first_failure_order = (call, outcome), order
