"""The rules of a stream hold, whatever comes in which order."""

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
    """Make the call of a value."""
    return PendingCall(number, Request("send_event"), Retry.NEVER)


def send_call(pipeline: Pipeline, number: int = 1, now: float = 0.0) -> PendingCall:
    """Take a call in and send it."""
    pipeline.add(make_call(number))
    call = pipeline.next_to_send(now)
    assert call
    pipeline.mark_sent(call, f"id-{number}", now, TIMEOUT)
    return call


class PipelineMachine(RuleBasedStateMachine):
    """Everything that can happen to a stream, in any order, and what must hold nevertheless."""

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
        """Let a call have its outcome: its number, and some ballast."""
        self.pipeline.finish(call, b"%d" % call.number + b" " * (call.number % 7 * 500))

    @precondition(lambda self: self.pipeline.can_accept)
    @rule(fails=st.booleans())
    def add_value(self, fails: bool) -> None:
        """One more value comes; some are settled at once, as they are malformed."""
        self.count += 1
        self.pipeline.add(make_call(self.count), b"%d" % self.count if fails else None)

    @rule()
    def send(self) -> None:
        """Send what may be sent."""
        while call := self.pipeline.next_to_send(self.now):
            self.ids += 1
            self.attempts[call.number] = self.attempts.get(call.number, 0) + 1
            self.pipeline.mark_sent(call, f"id-{self.ids}", self.now, TIMEOUT)

    @precondition(lambda self: self.pipeline.in_flight)
    @rule(data=st.data(), again=st.booleans(), good=st.booleans())
    def answer(self, data: st.DataObject, again: bool, good: bool) -> None:
        """Take an answer, out of order, twice; a busy one rests the call, a good one pays."""
        request_id = data.draw(st.sampled_from(list(self.pipeline.in_flight)))
        call = self.pipeline.pop_answered(request_id)
        assert call
        assert self.pipeline.pop_answered(request_id) is None
        if again and self.pipeline.schedule_retry(call, BUSY, self.now + 1.0):
            self.pipeline.pause_until(self.now + 1.0)
        else:
            if good:
                self.successes += 1
                self.pipeline.refund()
            self.finish(call)

    @rule(foreign=st.text(max_size=3))
    def answer_unknown_id(self, foreign: str) -> None:
        """Take an answer for which nobody waits."""
        assert self.pipeline.pop_answered(foreign) is None

    @rule(seconds=st.sampled_from([0.5, 1.0, 15.0]))
    def advance_clock(self, seconds: float) -> None:
        """Let time go by; what is overdue is given up."""
        self.now += seconds
        for call in self.pipeline.expire(self.now):
            assert call.deadline <= self.now
            self.finish(call)

    @rule(again=st.booleans())
    def lose_connection(self, again: bool) -> None:
        """Give up all that is in flight, or let it rest."""
        for call in self.pipeline.fail_in_flight():
            if not (again and self.pipeline.schedule_retry(call, BUSY, self.now)):
                self.finish(call)

    @rule()
    def cancel_unsent(self) -> None:
        """Give up what waits to be sent."""
        for call in self.pipeline.cancel_unsent():
            self.finish(call)

    @rule()
    def pop_ready(self) -> None:
        """Let the outcomes go whose turn has come."""
        self.delivered += [int(outcome) for outcome in self.pipeline.pop_ready()]

    @invariant()
    def the_window_is_never_exceeded(self) -> None:
        """Hold calls in flight and resting to the size of the window."""
        assert self.pipeline.active_count <= self.window

    @invariant()
    def records_are_delivered_once_in_order(self) -> None:
        """Each value has one outcome, and those of earlier values come first."""
        assert self.delivered == list(range(1, len(self.delivered) + 1))

    @invariant()
    def retries_are_bounded(self) -> None:
        """For each call, and for all together."""
        assert max(self.attempts.values(), default=0) <= MAX_ATTEMPTS
        retries = sum(self.attempts.values()) - len(self.attempts)
        assert retries <= (self.capacity + self.successes) // 5
        assert self.quota.available <= self.capacity

    @invariant()
    def something_is_due_while_calls_are_active(self) -> None:
        """Name a moment until which a loop may sleep, and not for ever."""
        if self.pipeline.active_count:
            assert (
                min(self.pipeline.next_timeout_at(), self.pipeline.next_send_at())
                < self.now + TIMEOUT + 1
            )

    def teardown(self) -> None:
        """In the end every value has its outcome."""
        for call in (*self.pipeline.cancel_unsent(), *self.pipeline.fail_in_flight()):
            self.finish(call)
        self.pop_ready()
        assert self.delivered == list(range(1, self.count + 1))
        assert not self.pipeline.has_undelivered
        assert self.pipeline._buffered == 0


TestPipelineMachine = PipelineMachine.TestCase


def test_outcomes_that_wait_for_an_earlier_one_are_bounded() -> None:
    """Where the first call is slow, no more values are taken in than their outcomes may take."""
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


def test_a_rate_is_kept_and_made_up_for_within_a_gap_only() -> None:
    """Ten a second: a call that is late by less than a gap does not delay the next one."""
    pipeline = Pipeline(10, rate=10)
    moments = []
    for number, now in enumerate([0.0, 0.14, 0.2, 5.0], 1):
        send_call(pipeline, number, now)
        pipeline.add(make_call(99))
        moments.append(pipeline.next_send_at())
        pipeline.cancel_unsent()
    assert moments == pytest.approx([0.1, 0.2, 0.3, 5.1])


def test_nothing_is_sent_while_the_server_is_to_be_left_alone() -> None:
    """A hold counts for what is fresh and for what rests."""
    pipeline = Pipeline(3)
    assert pipeline.schedule_retry(
        pipeline.pop_answered(send_call(pipeline).request.request_id) or make_call(0), BUSY, 1.0
    )
    pipeline.add(make_call(2))
    pipeline.pause_until(2.0)
    assert (pipeline.next_to_send(1.5), pipeline.next_send_at()) == (None, 2.0)
    assert [getattr(pipeline.next_to_send(2.0), "number", None) for _ in range(2)] == [1, 2]


def test_what_goes_well_pays_for_what_does_not() -> None:
    """Five good answers pay for a repetition, up to what there was at first."""
    quota = RetryQuota(10, cost=5, refund=1)
    pipeline = Pipeline(3, retry_quota=quota)
    for number, wanted in enumerate([True, True, False], 1):
        call = send_call(pipeline, number)
        assert (
            pipeline.schedule_retry(
                pipeline.pop_answered(f"id-{number}") or make_call(0), BUSY, 0.0
            )
            == wanted
        )
        pipeline.cancel_unsent()
    for good, wanted in ((4, False), (1, True), (100, True)):
        for _ in range(good):
            pipeline.refund()
        call.attempts = 1
        assert pipeline.schedule_retry(call, BUSY, 0.0) == wanted
        pipeline.cancel_unsent()
    assert quota.available == 5


def test_a_call_goes_under_its_own_id() -> None:
    """Each try has an id of its own, by which its answer is known."""
    pipeline = Pipeline(3)
    call = send_call(pipeline)
    assert pipeline.schedule_retry(pipeline.pop_answered("id-1") or make_call(0), BUSY, 0.0)
    assert pipeline.next_to_send(0.0) is call
    pipeline.mark_sent(call, "id-2", 0.0, TIMEOUT)
    assert (pipeline.pop_answered("id-1"), pipeline.pop_answered("id-2")) == (None, call)
    assert (call.attempts, call.last_error) == (2, BUSY)
