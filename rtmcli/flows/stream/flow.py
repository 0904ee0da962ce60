"""One stream of calls, from its first value to its last outcome.

All happens in one loop, which waits in two places only: in `poll`, and while it connects. Only
there (`shield`) may a signal be raised, so that it finds everything in order.
"""

import select
from collections.abc import Callable
from contextlib import AbstractContextManager
from math import inf
from time import monotonic
from typing import Any

from rtmcli.errors import Interrupted, NotConnected, RtmError
from rtmcli.flows.stream.calls import Calls
from rtmcli.flows.stream.ends import Sink, Source
from rtmcli.flows.stream.line import Line
from rtmcli.protocol.pipeline import Pipeline, Task
from rtmcli.row import Row
from rtmcli.session.connecting import Connector
from rtmcli.session.deadline import NEVER, Deadline

_GRACE = 1.5  # seconds for what is under way when a stream is ended early
_GOODBYE = 0.4  # seconds for the closing after that: the whole is over within two
_BACKLOG = 1024 * 1024  # bytes of output that nobody reads yet
_GONE = select.POLLERR | select.POLLHUP | select.POLLNVAL


Tick = Callable[[], float]


def _never() -> float:
    return inf


class Rules(Row):
    """What the user wants of a stream."""

    idempotent_too: bool = False  # idempotent calls may be repeated when their outcome is unknown
    fail_fast: bool = False  # the first failure ends the stream
    deadline: Deadline = NEVER  # of the whole


class Stream:
    """A stream of calls; `calls.counts` tells how many ended how."""

    def __init__(
        self,
        connector: Connector,
        pipeline: Pipeline,
        source: Source,
        sink: Sink,
        *,
        rules: Rules,
        shield: AbstractContextManager[Any],
    ) -> None:
        self.unknown: list[Task] = []  # in flight when the stream was ended early
        self.failed_fast = False
        # Is called in every turn, and returns the moment when it must be called again.
        self.tick: Tick = _never
        self._line = Line(connector, rules.deadline)
        self.calls = Calls(self._line, pipeline, sink.record, idempotent_too=rules.idempotent_too)
        self._pipeline = pipeline
        self._source = source
        self._sink = sink
        self._rules = rules
        self._shield = shield
        self._reads_until = inf
        self._is_drained = False  # the source has no whole value until it reads on

    def run(self) -> None:
        """Make all the calls and tell all the outcomes, or as many as the sink takes.

        Raises:
            Interrupted: a signal came; what was in flight has been awaited, but not for long.

        """
        try:
            self._turn()
            while not self._is_over():
                grace = _GRACE if self.calls.refusal else 0.0
                self._wait(self._rules.deadline.at + grace)
                self._turn()
            if self._sink.failure:
                self._wind_down()
        except Interrupted:
            self._wind_down()
            raise
        finally:
            self._line.close()
            if self.calls.ignored:
                self._line.notice(f"{self.calls.ignored} answers came late, twice or unasked for")

    @property
    def has_read_all(self) -> bool:
        """Tell whether the input was read to its end."""
        return self._source.over

    @property
    def is_overdue(self) -> bool:
        """Tell whether the time was over before the input was."""
        return self._rules.deadline.over and not self.has_read_all

    def _is_over(self) -> bool:
        now = monotonic()
        if self._sink.failure or now >= self._rules.deadline.at + _GRACE:
            return True
        read = self._source.over or now >= self._reads_until
        return read and not self._pipeline.has_untold and not self._sink.waiting

    def _turn(self) -> None:
        now = monotonic()
        self.calls.collect(now)
        self._take_in(now)
        if self._rules.deadline.over:
            self._stop(NotConnected("not sent before the time was over (--max-time)"))
            self.calls.abandon("no answer came before the time was over (--max-time)")
        if self._has_enough():
            self.failed_fast = self.failed_fast or not self.calls.refusal
            self._stop(NotConnected("not sent, as a call before it failed (--fail-fast)"))
        self._send(now)
        self._tell()

    def _has_enough(self) -> bool:
        return self._rules.fail_fast and self.calls.has_failed

    def _take_in(self, now: float) -> None:
        """Take in the values that have come, as many as there is room for."""
        while self._reads(now) and not self._has_enough():
            found = self._source.next()
            if found is None:
                self._is_drained = True
                return
            self.calls.add(*found)

    def _reads(self, now: float) -> bool:
        room = self._pipeline.wants_more and self._sink.waiting < _BACKLOG
        return room and now < self._reads_until and not self._source.over

    def _send(self, now: float) -> None:
        if self._pipeline.send_due() > now:
            return
        if not self._line.takes_calls:
            if self._pipeline.in_flight:
                return  # on a retired connection; the next one comes when they are settled
            now = self._connect(now)
        if self._line.takes_calls:
            self.calls.send(now)

    def _connect(self, now: float) -> float:
        """Have a connection opened, or give up hope for one; return what time it is then."""
        self._tell()
        with self._shield:
            self._line.open(now)
        now = monotonic()
        if self._line.refusal:
            self.calls.refuse(self._line.refusal)
            # The end of a file comes; that of a pipe may never come.
            self._reads_until = inf if self._source.is_finite else now + _GRACE
        elif not self._line.takes_calls:
            self._pipeline.hold(self._line.not_before)
        return now

    def _tell(self) -> None:
        for record in self._pipeline.told():
            self._sink.put(record)
        self._sink.write()

    def _wait(self, until: float) -> None:
        """Wait until something can be read or written, or is to be done."""
        now = monotonic()
        session, sink, poll = self._line.session, self._sink, select.poll()
        until = min(until, self.tick(), self._line.due, self._pipeline.answer_due())
        if self._line.takes_calls or not self._pipeline.in_flight:
            until = min(until, self._pipeline.send_due())
        if self._reads(now):
            poll.register(self._source, select.POLLIN)
            # There is room by now for values that have come already.
            until = min(until, self._reads_until) if self._is_drained else now
        if session:
            poll.register(session, select.POLLIN | (select.POLLOUT if session.is_sending else 0))
        if not sink.failure:
            poll.register(sink, select.POLLOUT if sink.waiting else 0)
        with self._shield:
            ready = dict(poll.poll(Deadline(until).milliseconds()))
        if session and (session.fileno() in ready or self._line.due <= monotonic()):
            session.absorb()
        if self._source.fileno() in ready and self._is_drained:
            self._source.read()
            self._is_drained = False
        if ready.get(sink.fileno(), 0) & _GONE:
            sink.hang_up()

    def _stop(self, refusal: RtmError) -> None:
        """Read and send nothing more; the first refusal counts."""
        self._reads_until = -inf
        self.calls.refuse(self.calls.refusal or refusal)

    def _wind_down(self) -> None:
        """Await what is in flight, but not for long, and tell what can be told."""
        limit = Deadline.after(_GRACE)
        self._stop(NotConnected("not sent, as the stream was ended before"))
        self.calls.collect(monotonic())
        self._tell()
        while not limit.over and self._is_under_way():
            self._wait(limit.at)
            self.calls.collect(monotonic())
            self._tell()
        self.unknown = self.calls.abandon("the stream was ended before the answer came")
        self._tell()
        if self.unknown:
            self._line.abandon()
        self._line.close(within=_GOODBYE)

    def _is_under_way(self) -> bool:
        untold = self._pipeline.has_untold or self._sink.waiting
        return bool(self._pipeline.in_flight or (untold and not self._sink.failure))
