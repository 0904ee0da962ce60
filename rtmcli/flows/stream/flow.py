"""One stream of calls, from its first value to its last outcome.

One loop does everything. It waits in two places, in `_poll` and while it connects, so a signal is
raised only there, or before calls are sent: every call that was read is then in a known state.
"""

import select
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from math import inf
from time import monotonic
from typing import TYPE_CHECKING, NamedTuple

from rtmcli import signals, time_limit
from rtmcli.errors import Interrupted, NotConnected, RtmError, UsageError, unexpected_error
from rtmcli.flows.stream.call_tracker import CallTracker
from rtmcli.flows.stream.connection import StreamConnection
from rtmcli.flows.stream.interfaces import CallSource, Decision, RecordSink
from rtmcli.protocol.pipeline import PendingCall, Pipeline
from rtmcli.session.connector import Connector
from rtmcli.session.deadline import NEVER, Deadline
from rtmcli.session.options import CLOSE_GRACE_PERIOD

if TYPE_CHECKING:
    from rtmcli.flows.stream.journal.journal import Journal

_DRAIN_TIMEOUT = 1.5  # seconds for calls in flight when a stream ends early
_OVERTIME = 0.4  # seconds after the stream's deadline, to write what is known
_MAX_BUFFERED_OUTPUT = 1024 * 1024  # bytes of output that the reader has not taken yet
_HANGUP_EVENTS = select.POLLERR | select.POLLHUP | select.POLLNVAL


LoopCallback = Callable[[], float]


def _no_wakeup() -> float:
    return inf


class StreamOptions(NamedTuple):
    """What the user wants of a stream."""

    retry_idempotent: bool = False  # idempotent calls may be repeated when their outcome is unknown
    fail_fast: bool = False  # the first failure ends the stream
    deadline: Deadline = NEVER  # of the whole


class Stream:
    """A stream of calls; `status_counts` says how many ended how."""

    def __init__(
        self,
        connector: Connector,
        pipeline: Pipeline,
        source: CallSource,
        sink: RecordSink,
        *,
        options: StreamOptions,
        journal: "Journal | None" = None,
    ) -> None:
        self.unknown_calls: list[PendingCall] = []  # in flight when the stream was ended early
        self.unexpected_error: RtmError | None = None  # ended the stream; the records are written
        self.failed_fast = False
        self.input_refused = False  # it is not that of the journal
        self._has_sent = False  # any call
        # Is called in every turn, and returns the moment when it must be called again.
        self.on_loop: LoopCallback = _no_wakeup
        self._connection = StreamConnection(connector, options.deadline)
        self.tracker = CallTracker(
            self._connection,
            pipeline,
            sink.format_record,
            retry_idempotent=options.retry_idempotent,
            journal=journal,
        )
        self.journal = journal
        self._pipeline = pipeline
        self._source = source
        self._sink = sink
        self._options = options
        self._read_deadline = inf
        self._source_drained = False  # the source has no whole value until it reads on

    def run(self) -> None:
        """Make all the calls and tell all the outcomes, or as many as the sink takes.

        Raises:
            Interrupted: a signal came; what was in flight has been awaited, but not for long.
            UsageError: the journal cannot be used; nothing was sent.

        """
        try:
            self._run_once()
            while not self._is_finished():
                overtime = _OVERTIME if self._options.deadline.expired else 0.0
                self._poll(self._options.deadline.at + overtime)
                self._run_once()
            if self._sink.write_error:
                self._shut_down()
        except Interrupted:
            self._shut_down()
            raise
        except UsageError:
            self._drain_sink()
            raise
        except Exception as error:  # noqa: BLE001  # reported by the caller, after the records
            self.unexpected_error = unexpected_error(error)
            self._abandon(self.unexpected_error)
        finally:
            if self.journal:
                self.journal.close()
            self._connection.close(timeout=self._options.deadline.remaining() + CLOSE_GRACE_PERIOD)
            if self.tracker.ignored_responses:
                self._connection.report_status(
                    f"{self.tracker.ignored_responses} answers came late, twice or unasked for"
                )

    @property
    def status_counts(self) -> Counter[str]:
        """Count the values by status, those that earlier runs settled, too."""
        return self.tracker.status_counts + (self.journal.before if self.journal else Counter())

    @property
    def input_exhausted(self) -> bool:
        """Return whether the input was read to its end."""
        return self._source.exhausted

    @property
    def timed_out(self) -> bool:
        """Return whether the time was over before the input was."""
        return self._options.deadline.expired and not self.input_exhausted

    def _is_finished(self) -> bool:
        now = monotonic()
        if self._sink.write_error or now >= self._options.deadline.at + _OVERTIME:
            return True
        input_done = self._source.exhausted or now >= self._read_deadline
        return input_done and not self._pipeline.has_undelivered and not self._sink.buffered_bytes

    def _run_once(self) -> None:
        now = monotonic()
        self.tracker.collect_responses(now)
        self._read_calls(now)
        if self._options.deadline.expired:
            source = time_limit.source_name()
            self._stop(NotConnected(f"not sent before the time was over ({source})"))
            self.tracker.fail_in_flight(f"no answer came before the time was over ({source})")
        if self._should_fail_fast():
            self.failed_fast = self.failed_fast or not self.tracker.stop_error
            assert self.tracker.first_failure
            number = self.tracker.first_failure[0].number
            self._stop(NotConnected(f"not sent, because input {number} failed (--fail-fast)"))
        self._send(now)
        self._write_records()
        if self.journal and self.journal.write_error:
            cause = self.journal.write_error
            self._stop(NotConnected(f"not sent: the journal cannot be written: {cause}"))

    def _should_fail_fast(self) -> bool:
        return self._options.fail_fast and self.tracker.has_failed

    def _read_calls(self, now: float) -> None:
        """Take in the values that have come, as many as there is room for."""
        while self._may_read(now) and not self._should_fail_fast():
            item = self._source.next_call()
            if item is None:
                self._source_drained = True
                return
            if self.journal:
                self._add_journaled(*item, self.journal)
            else:
                self.tracker.add(*item)

    def _add_journaled(self, call: PendingCall, error: RtmError | None, journal: "Journal") -> None:
        """Take in a value that an earlier run may have called."""
        decision, error = journal.decide(call, error)
        if decision is not Decision.SKIP:
            self.tracker.add(call, error, is_earlier=decision is Decision.REPORT)
        if decision is Decision.STOP:
            self.input_refused, self._read_deadline = True, -inf

    def _may_read(self, now: float) -> bool:
        has_capacity = (
            self._pipeline.can_accept and self._sink.buffered_bytes < _MAX_BUFFERED_OUTPUT
        )
        return has_capacity and now < self._read_deadline and not self._source.exhausted

    def _send(self, now: float) -> None:
        if self._pipeline.next_send_at() > now:
            return
        if not self._connection.accepts_calls:
            if self._pipeline.in_flight:
                return  # on a retired connection; the next one comes when they are settled
            now = self._connect(now)
        if self._connection.accepts_calls:
            signals.check()
            self._has_sent = True
            self.tracker.send(now)

    def _connect(self, now: float) -> float:
        """Have a connection opened, or give up hope for one; return what time it is then."""
        self._write_records()
        if self.journal:
            self.journal.prepare()
        self._connection.open(now)
        now = monotonic()
        self._check_login()
        if self._connection.fatal_error:
            self.tracker.stop_sending(self._connection.fatal_error)
            # The end of a file comes; that of a pipe may never come.
            self._read_deadline = inf if self._source.is_finite else now + _DRAIN_TIMEOUT
        elif not self._connection.accepts_calls:
            self._pipeline.pause_until(self._connection.not_before)
        return now

    def _check_login(self) -> None:
        """Refuse a login with another license or agent than that of the journal."""
        session = self._connection.session
        if not self.journal or not session:
            return
        api, payload = self._connection.api, session.login_response.payload
        if error := self.journal.check_login(api, payload):
            if not self._has_sent:
                raise error
            self._connection.close(timeout=CLOSE_GRACE_PERIOD)
            self._connection.fatal_error = NotConnected(error.message)

    def _write_records(self) -> None:
        if self.journal:
            self.journal.flush()
        for record in self._pipeline.pop_ready():
            self._sink.write(record)
        self._sink.flush()

    def _poll(self, wakeup: float) -> None:
        """Wait until something can be read or written, or is to be done."""
        now = monotonic()
        session, sink, poller = self._connection.session, self._sink, signals.Poller()
        wakeup = min(
            wakeup, self.on_loop(), self._connection.next_wakeup, self._pipeline.next_timeout_at()
        )
        if self._connection.accepts_calls or not self._pipeline.in_flight:
            wakeup = min(wakeup, self._pipeline.next_send_at())
        if self._may_read(now):
            poller.register(self._source, select.POLLIN)
            # There is room by now for values that have come already.
            wakeup = min(wakeup, self._read_deadline) if self._source_drained else now
        if session:
            poller.register(session, select.POLLIN | (select.POLLOUT if session.wants_write else 0))
        if not sink.write_error:
            poller.register(sink, select.POLLOUT if sink.buffered_bytes else 0)
        ready = dict(poller.poll(Deadline(wakeup).poll_timeout()))
        if session and (session.fileno() in ready or self._connection.next_wakeup <= monotonic()):
            session.read_available()
        if self._source.fileno() in ready and self._source_drained:
            self._source.read()
            self._source_drained = False
        if ready.get(sink.fileno(), 0) & _HANGUP_EVENTS:
            sink.reader_gone()

    def _stop(self, error: RtmError) -> None:
        """Read and send nothing more; the first refusal counts."""
        self._read_deadline = -inf
        self.tracker.stop_sending(self.tracker.stop_error or error)

    def _shut_down(self) -> None:
        """Wait briefly for the calls in flight, and write the records that are known."""
        deadline = Deadline.after(_DRAIN_TIMEOUT)
        self._stop(NotConnected("not sent, as the stream was ended before"))
        self.tracker.collect_responses(monotonic())
        self._write_records()
        while not deadline.expired and self._has_pending():
            self._poll(deadline.at)
            self.tracker.collect_responses(monotonic())
            self._write_records()
        self.unknown_calls += self.tracker.fail_in_flight(
            "the stream was ended before the answer came"
        )
        self._write_records()
        if self.unknown_calls:
            self._connection.abort()
        self._connection.close(timeout=CLOSE_GRACE_PERIOD)

    def _abandon(self, error: RtmError) -> None:
        """Settle every call without the network, and write the records."""
        self._read_deadline = -inf
        self.unknown_calls += self.tracker.abandon(error.message)
        self._write_records()
        self._drain_sink()

    def _drain_sink(self) -> None:
        """Write what is buffered, but not for long."""
        deadline = Deadline.after(_DRAIN_TIMEOUT)
        with suppress(OSError):  # the wait may be what failed
            while self._sink.buffered_bytes and not self._sink.write_error:
                if not signals.wait_for(self._sink, select.POLLOUT, deadline.poll_timeout()):
                    break
                self._sink.flush()

    def _has_pending(self) -> bool:
        has_unwritten = self._pipeline.has_undelivered or self._sink.buffered_bytes
        return bool(self._pipeline.in_flight or (has_unwritten and not self._sink.write_error))
