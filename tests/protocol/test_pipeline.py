"""The rules of a pipeline hold for all sequences of events."""

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from rtmcli.catalogue.model import Retry
from rtmcli.errors import Busy
from rtmcli.protocol.messages import Request
from rtmcli.protocol.pipeline import PendingCall, Pipeline, RetryQuota
from rtmcli.protocol.retry_policy import MAX_ATTEMPTS

TIMEOUT = 20.0
BUSY = Busy("later")


def make_call(number: int) -> PendingCall:
    """Make a call."""
    return PendingCall(number, Request("send_event"), Retry.NEVER)


def send_call(pipeline: Pipeline, number: int = 1, now: float = 0.0) -> PendingCall:
    """Add a call and send it."""
    pipeline.add(make_call(number))
    call = pipeline.next_to_send(now)
    assert call
    pipeline.mark_sent(call, f"id-{number}", now, TIMEOUT)
    return call


class PipelineMachine(RuleBasedStateMachine):
    """Everything that can happen to a pipeline, in any order, and what must hold."""

    def __init__(self) -> None:
        super().__init__()
        self.window, self.capacity = 3, 25
        self.quota = RetryQuota(self.capacity, cost=5, refund=1)
        self.pipeline = Pipeline(self.window, retry_quota=self.quota, max_buffered=5_000)
        self.now = 0.0
        self.count = self.ids = self.successes = 0
        self.attempts: dict[int, int] = {}
        self.delivered: list[int] = []

    def finish(self, call: PendingCall) -> None:
        """Finish a call: its record is its number, padded."""
        self.pipeline.finish(call, b"%d" % call.number + b" " * (call.number % 7 * 500))

    @precondition(lambda self: self.pipeline.can_accept)
    @rule(fails=st.booleans())
    def add_value(self, fails: bool) -> None:
        """Add a value; a malformed one has its record at once."""
        self.count += 1
        self.pipeline.add(make_call(self.count), b"%d" % self.count if fails else None)

    @rule()
    def send(self) -> None:
        """Send the calls that are due."""
        while call := self.pipeline.next_to_send(self.now):
            self.ids += 1
            self.attempts[call.number] = self.attempts.get(call.number, 0) + 1
            self.pipeline.mark_sent(call, f"id-{self.ids}", self.now, TIMEOUT)

    @precondition(lambda self: self.pipeline.in_flight)
    @rule(data=st.data(), is_busy=st.booleans(), succeeds=st.booleans())
    def answer(self, data: st.DataObject, is_busy: bool, succeeds: bool) -> None:
        """Receive a response, out of order and twice; a busy call is retried."""
        request_id = data.draw(st.sampled_from(list(self.pipeline.in_flight)))
        call = self.pipeline.pop_answered(request_id)
        assert call
        assert self.pipeline.pop_answered(request_id) is None
        if is_busy and self.pipeline.schedule_retry(call, BUSY, self.now + 1.0):
            self.pipeline.pause_until(self.now + 1.0)
        else:
            if succeeds:
                self.successes += 1
                self.pipeline.refund()
            self.finish(call)

    @rule(request_id=st.text(max_size=3))
    def answer_unknown_id(self, request_id: str) -> None:
        """Receive a response to no call."""
        assert self.pipeline.pop_answered(request_id) is None

    @rule(seconds=st.sampled_from([0.5, 1.0, 15.0]))
    def advance_clock(self, seconds: float) -> None:
        """Let time pass; calls expire."""
        self.now += seconds
        for call in self.pipeline.expire(self.now):
            assert call.deadline <= self.now
            self.finish(call)

    @rule(retries=st.booleans())
    def lose_connection(self, retries: bool) -> None:
        """Fail all calls in flight, or retry them."""
        for call in self.pipeline.fail_in_flight():
            if not (retries and self.pipeline.schedule_retry(call, BUSY, self.now)):
                self.finish(call)

    @rule()
    def cancel_unsent(self) -> None:
        """Cancel the calls that wait to be sent."""
        for call in self.pipeline.cancel_unsent():
            self.finish(call)

    @rule()
    def pop_ready(self) -> None:
        """Deliver the records that are ready."""
        self.delivered += [int(record) for record in self.pipeline.pop_ready()]

    @invariant()
    def the_window_is_never_exceeded(self) -> None:
        """Count calls in flight and calls that wait for a retry."""
        assert self.pipeline.active_count <= self.window

    @invariant()
    def records_are_delivered_once_in_order(self) -> None:
        """Each value has one record, and those of earlier values come first."""
        assert self.delivered == list(range(1, len(self.delivered) + 1))

    @invariant()
    def retries_are_bounded(self) -> None:
        """Limit them for each call, and for all calls together."""
        assert max(self.attempts.values(), default=0) <= MAX_ATTEMPTS
        retries = sum(self.attempts.values()) - len(self.attempts)
        assert retries <= (self.capacity + self.successes) // 5
        assert self.quota.available <= self.capacity

    @invariant()
    def something_is_due_while_calls_are_active(self) -> None:
        """Return a time until which a loop may sleep."""
        if self.pipeline.active_count:
            assert (
                min(self.pipeline.next_timeout_at(), self.pipeline.next_send_at())
                < self.now + TIMEOUT + 1
            )

    def teardown(self) -> None:
        """Every value has its record in the end."""
        for call in (*self.pipeline.cancel_unsent(), *self.pipeline.fail_in_flight()):
            self.finish(call)
        self.pop_ready()
        assert self.delivered == list(range(1, self.count + 1))
        assert not self.pipeline.has_undelivered
        assert self.pipeline._buffered == 0


TestPipelineMachine = PipelineMachine.TestCase


def test_records_that_wait_for_an_earlier_one_are_bounded() -> None:
    """If the first call is slow, values are accepted until the buffer is full."""
    pipeline = Pipeline(2, max_buffered=10_000)
    send_call(pipeline)
    number = 1
    while pipeline.can_accept:
        number += 1
        pipeline.finish(
            pipeline.pop_answered(send_call(pipeline, number).request.request_id) or make_call(0),
            b"",
        )
    assert number == 21
    assert list(pipeline.pop_ready()) == []


def test_the_rate_allows_for_small_delays() -> None:
    """Ten per second: a call that is late by less than the interval does not delay the next."""
    pipeline = Pipeline(10, rate=10)
    moments = []
    for number, now in enumerate([0.0, 0.14, 0.2, 5.0], 1):
        send_call(pipeline, number, now)
        pipeline.add(make_call(99))
        moments.append(pipeline.next_send_at())
        pipeline.cancel_unsent()
    assert moments == pytest.approx([0.1, 0.2, 0.3, 5.1])


def test_nothing_is_sent_during_a_pause() -> None:
    """It holds for new calls and for retries."""
    pipeline = Pipeline(3)
    assert pipeline.schedule_retry(
        pipeline.pop_answered(send_call(pipeline).request.request_id) or make_call(0), BUSY, 1.0
    )
    pipeline.add(make_call(2))
    pipeline.pause_until(2.0)
    assert (pipeline.next_to_send(1.5), pipeline.next_send_at()) == (None, 2.0)
    assert [getattr(pipeline.next_to_send(2.0), "number", None) for _ in range(2)] == [1, 2]


def test_successful_calls_refill_the_retry_quota() -> None:
    """Five of them pay for one retry; the quota never exceeds its capacity."""
    quota = RetryQuota(10, cost=5, refund=1)
    pipeline = Pipeline(3, retry_quota=quota)
    for number, allowed in enumerate([True, True, False], 1):
        call = send_call(pipeline, number)
        assert (
            pipeline.schedule_retry(
                pipeline.pop_answered(f"id-{number}") or make_call(0), BUSY, 0.0
            )
            == allowed
        )
        pipeline.cancel_unsent()
    for successes, allowed in ((4, False), (1, True), (100, True)):
        for _ in range(successes):
            pipeline.refund()
        call.attempts = 1
        assert pipeline.schedule_retry(call, BUSY, 0.0) == allowed
        pipeline.cancel_unsent()
    assert quota.available == 5


def test_each_attempt_has_its_own_request_id() -> None:
    """A response belongs to one attempt."""
    pipeline = Pipeline(3)
    call = send_call(pipeline)
    assert pipeline.schedule_retry(pipeline.pop_answered("id-1") or make_call(0), BUSY, 0.0)
    assert pipeline.next_to_send(0.0) is call
    pipeline.mark_sent(call, "id-2", 0.0, TIMEOUT)
    assert (pipeline.pop_answered("id-1"), pipeline.pop_answered("id-2")) == (None, call)
    assert (call.attempts, call.last_error) == (2, BUSY)
