"""The rules of a stream hold, whatever comes in which order."""

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from rtmcli.catalogue.model import Retry
from rtmcli.errors import Busy
from rtmcli.protocol.conversation import ATTEMPTS
from rtmcli.protocol.messages import Request
from rtmcli.protocol.pipeline import Pipeline, Task

PATIENCE = 20.0
BUSY = Busy("later")


def task(number: int) -> Task:
    """Make the call of a value."""
    return Task(number, Request("send_event"), Retry.NEVER)


def launched(pipeline: Pipeline, number: int = 1, now: float = 0.0) -> Task:
    """Take a call in and send it."""
    pipeline.add(task(number))
    found = pipeline.next(now)
    assert found
    pipeline.launch(found, f"id-{number}", now, PATIENCE)
    return found


class Streaming(RuleBasedStateMachine):
    """Everything that can happen to a stream, in any order, and what must hold nevertheless."""

    def __init__(self) -> None:
        super().__init__()
        self.window, self.budget = 3, 25
        self.pipeline = Pipeline(self.window, budget=self.budget, spool=5_000)
        self.now = 0.0
        self.count = self.ids = self.good = 0
        self.sends: dict[int, int] = {}
        self.told: list[int] = []

    def settle(self, found: Task) -> None:
        """Let a call have its outcome: its number, and some ballast."""
        self.pipeline.finish(found, b"%d" % found.number + b" " * (found.number % 7 * 500))

    @precondition(lambda self: self.pipeline.wants_more)
    @rule(fails=st.booleans())
    def take_in(self, fails: bool) -> None:
        """One more value comes; some are settled at once, as they are malformed."""
        self.count += 1
        self.pipeline.add(task(self.count), b"%d" % self.count if fails else None)

    @rule()
    def send(self) -> None:
        """Send what may be sent."""
        while found := self.pipeline.next(self.now):
            self.ids += 1
            self.sends[found.number] = self.sends.get(found.number, 0) + 1
            self.pipeline.launch(found, f"id-{self.ids}", self.now, PATIENCE)

    @precondition(lambda self: self.pipeline.in_flight)
    @rule(data=st.data(), again=st.booleans(), good=st.booleans())
    def answer(self, data: st.DataObject, again: bool, good: bool) -> None:
        """Take an answer, out of order, twice; a busy one rests the call, a good one pays."""
        request_id = data.draw(st.sampled_from(list(self.pipeline.in_flight)))
        found = self.pipeline.land(request_id)
        assert found
        assert self.pipeline.land(request_id) is None
        if again and self.pipeline.rest(found, BUSY, self.now + 1.0):
            self.pipeline.hold(self.now + 1.0)
        else:
            if good:
                self.good += 1
                self.pipeline.reward()
            self.settle(found)

    @rule(foreign=st.text(max_size=3))
    def hear_something_foreign(self, foreign: str) -> None:
        """Take an answer for which nobody waits."""
        assert self.pipeline.land(foreign) is None

    @rule(seconds=st.sampled_from([0.5, 1.0, 15.0]))
    def wait(self, seconds: float) -> None:
        """Let time go by; what is overdue is given up."""
        self.now += seconds
        for found in self.pipeline.overdue(self.now):
            assert found.deadline <= self.now
            self.settle(found)

    @rule(again=st.booleans())
    def lose_the_connection(self, again: bool) -> None:
        """Give up all that is in flight, or let it rest."""
        for found in self.pipeline.lose():
            if not (again and self.pipeline.rest(found, BUSY, self.now)):
                self.settle(found)

    @rule()
    def withdraw(self) -> None:
        """Give up what waits to be sent."""
        for found in self.pipeline.withdraw():
            self.settle(found)

    @rule()
    def tell(self) -> None:
        """Let the outcomes go whose turn has come."""
        self.told += [int(outcome) for outcome in self.pipeline.told()]

    @invariant()
    def the_window_is_never_exceeded(self) -> None:
        """Hold calls in flight and resting to the size of the window."""
        assert self.pipeline.active <= self.window

    @invariant()
    def outcomes_leave_once_and_in_order(self) -> None:
        """Each value has one outcome, and those of earlier values come first."""
        assert self.told == list(range(1, len(self.told) + 1))

    @invariant()
    def repetitions_are_bounded(self) -> None:
        """For each call, and for all together."""
        assert max(self.sends.values(), default=0) <= ATTEMPTS
        repetitions = sum(self.sends.values()) - len(self.sends)
        assert repetitions <= (self.budget + self.good) // 5
        assert self.pipeline.budget <= self.budget

    @invariant()
    def something_is_due_while_calls_are_active(self) -> None:
        """Name a moment until which a loop may sleep, and not for ever."""
        if self.pipeline.active:
            assert (
                min(self.pipeline.answer_due(), self.pipeline.send_due()) < self.now + PATIENCE + 1
            )

    def teardown(self) -> None:
        """In the end every value has its outcome."""
        for found in (*self.pipeline.withdraw(), *self.pipeline.lose()):
            self.settle(found)
        self.tell()
        assert self.told == list(range(1, self.count + 1))
        assert not self.pipeline.has_untold
        assert self.pipeline._spooled == 0


TestStreaming = Streaming.TestCase


def test_outcomes_that_wait_for_an_earlier_one_are_bounded() -> None:
    """Where the first call is slow, no more values are taken in than their outcomes may take."""
    pipeline = Pipeline(2, spool=10_000)
    launched(pipeline)
    number = 1
    while pipeline.wants_more:
        number += 1
        pipeline.finish(
            pipeline.land(launched(pipeline, number).request.request_id) or task(0), b""
        )
    assert number == 21
    assert list(pipeline.told()) == []


def test_a_rate_is_kept_and_made_up_for_within_a_gap_only() -> None:
    """Ten a second: a call that is late by less than a gap does not delay the next one."""
    pipeline = Pipeline(10, rate=10)
    moments = []
    for number, now in enumerate([0.0, 0.14, 0.2, 5.0], 1):
        launched(pipeline, number, now)
        pipeline.add(task(99))
        moments.append(pipeline.send_due())
        pipeline.withdraw()
    assert moments == pytest.approx([0.1, 0.2, 0.3, 5.1])


def test_nothing_is_sent_while_the_server_is_to_be_left_alone() -> None:
    """A hold counts for what is fresh and for what rests."""
    pipeline = Pipeline(3)
    assert pipeline.rest(pipeline.land(launched(pipeline).request.request_id) or task(0), BUSY, 1.0)
    pipeline.add(task(2))
    pipeline.hold(2.0)
    assert (pipeline.next(1.5), pipeline.send_due()) == (None, 2.0)
    assert [getattr(pipeline.next(2.0), "number", None) for _ in range(2)] == [1, 2]


def test_what_goes_well_pays_for_what_does_not() -> None:
    """Five good answers pay for a repetition, up to what there was at first."""
    pipeline = Pipeline(3, budget=10)
    for number, wanted in enumerate([True, True, False], 1):
        call = launched(pipeline, number)
        assert pipeline.rest(pipeline.land(f"id-{number}") or task(0), BUSY, 0.0) == wanted
        pipeline.withdraw()
    for good, wanted in ((4, False), (1, True), (100, True)):
        for _ in range(good):
            pipeline.reward()
        call.tries = 1
        assert pipeline.rest(call, BUSY, 0.0) == wanted
        pipeline.withdraw()
    assert pipeline.budget == 5


def test_a_call_goes_under_its_own_id() -> None:
    """Each try has an id of its own, by which its answer is known."""
    pipeline = Pipeline(3)
    call = launched(pipeline)
    assert pipeline.rest(pipeline.land("id-1") or task(0), BUSY, 0.0)
    assert pipeline.next(0.0) is call
    pipeline.launch(call, "id-2", 0.0, PATIENCE)
    assert (pipeline.land("id-1"), pipeline.land("id-2")) == (None, call)
    assert (call.tries, call.cause) == (2, BUSY)
