"""Receive the pushes of one session, until it is lost or the stop condition is met."""

import select
from collections.abc import Iterator
from itertools import groupby
from time import monotonic

from rtmcli import signals
from rtmcli.flows.listen.criteria import StopCondition
from rtmcli.flows.listen.items import Gap, ListenItem, Notice, clock
from rtmcli.flows.listen.token_renewal import TokenRenewal
from rtmcli.protocol import escaping
from rtmcli.protocol.push_filter import PushFilter
from rtmcli.session.deadline import NEVER, Deadline
from rtmcli.session.session import Session

_CLOSE_GRACE_PERIOD = 0.3  # seconds from the push that announces the end until we disconnect
_MAX_CHUNKS = 256  # read at most after the process was stopped, or when the time is over


class Receiver:
    """Receives from one session; `last_received_at` is when the last data came, by `clock`."""

    def __init__(
        self,
        session: Session,
        push_filter: PushFilter,
        stop_condition: StopCondition,
        token_renewal: TokenRenewal,
        max_sleep: float,
    ) -> None:
        """If the process was stopped for more than `max_sleep` seconds, the session is lost."""
        self.last_received_at = clock()
        self._session = session
        self._push_filter = push_filter
        self._stop_condition = stop_condition
        self._token_renewal = token_renewal
        self._max_sleep = max_sleep
        self._last_awake_at = clock()
        self._close_deadline = NEVER
        self._poller = signals.Poller()
        self._poller.register(session.fileno())

    def items(self) -> Iterator[ListenItem]:
        """Yield what is received until the stop condition is met.

        What has arrived by the deadline counts, even if the process was stopped and reads it later.

        Raises:
            ConnectionLost: the session has ended; everything received before was yielded.
            NotConfirmed: too few pushes were received in time.

        """
        expired = False  # the deadline had passed before the last read
        while True:
            texts = self._session.pop_raw()
            if texts:
                yield from self._filter(texts)
            elif self._close_deadline.expired:
                raise self._session.lost_error()
            if (expired or self._stop_condition.is_met) and self._stop_condition.should_stop():
                return
            if not texts:
                expired = self._stop_condition.deadline.expired
                self._wait(expired=expired)

    def _wait(self, *, expired: bool) -> None:
        """Wait for data or the next deadline, then read; read everything if it is late."""
        if self._token_renewal.due_at <= monotonic():
            self._token_renewal.renew(self._session)
        deadline = min(
            self._session.next_wakeup,
            self._stop_condition.deadline.at,
            self._close_deadline.at,
            self._token_renewal.due_at,
        )
        self._poller.modify(
            self._session.fileno(),
            select.POLLIN | (select.POLLOUT if self._session.wants_write else 0),
        )
        self._poller.poll(Deadline(deadline).poll_timeout())
        now = clock()
        slept, self._last_awake_at = now - self._last_awake_at, now
        was_asleep = slept > self._max_sleep
        received = self._read_chunks(_MAX_CHUNKS if was_asleep or expired else 1)
        if was_asleep:  # the server has dropped the session by now
            self._session.abort(f"this process was stopped for {slept:.0f} s")
        elif received:
            self.last_received_at = clock()

    def _read_chunks(self, max_chunks: int) -> bool:
        """Read at most `max_chunks` chunks without waiting; return whether there was data."""
        received_at_start = self._session.bytes_received
        for _ in range(max_chunks):
            received_before = self._session.bytes_received
            self._session.read_available()
            if self._session.bytes_received == received_before:
                break
        return self._session.bytes_received != received_at_start

    def _filter(self, texts: list[bytes]) -> Iterator[ListenItem]:
        result = self._push_filter.apply(texts)
        if notice := self._token_renewal.check(result.responses):
            yield notice
        if result.disconnect_push:
            self._session.note_disconnect(result.disconnect_push)
            self._close_deadline = Deadline.after(_CLOSE_GRACE_PERIOD)
        yielded = 0
        for index, group in groupby(result.undecodable, key=lambda found: found.pushes_before):
            yield from self._yield_pushes(result.pushes[yielded:index])
            yielded = index
            if self._stop_condition.is_met:
                return
            texts = [found.raw for found in group]
            excerpt = escaping.excerpt(texts[0])
            yield Notice("unreadable", f"the server sent an unrecognized message: {excerpt}")
            yield Gap.since(clock(), "a message could not be read", len(texts))
        yield from self._yield_pushes(result.pushes[yielded:] if yielded else result.pushes)

    def _yield_pushes(self, pushes: list[bytes]) -> Iterator[ListenItem]:
        if pushes:
            yield self._stop_condition.accept(pushes)
            self._stop_condition.restart_idle()
