"""The calls of a stream: sent, answered, sent again where nothing can be done twice, or settled.

A call is settled once, and what is told of it is true: an answer of the server, or that it was
never sent, or that nobody knows.
"""

from collections import Counter
from collections.abc import Callable

from rtmcli.errors import Busy, OutcomeUnknown, RtmError
from rtmcli.flows.stream.ends import Outcome
from rtmcli.flows.stream.line import Line
from rtmcli.protocol.conversation import Fault, may_resend
from rtmcli.protocol.messages import Response
from rtmcli.protocol.pipeline import Pipeline, Task
from rtmcli.session.judging import (
    Misdirected,
    Verdict,
    honest,
    judge_answer,
    judge_loss,
    judge_silence,
    stray,
)
from rtmcli.session.session import LinkLost

OK = "ok"


class Calls:
    """What is on its way between the input and the output of a stream."""

    def __init__(
        self,
        line: Line,
        pipeline: Pipeline,
        record: Callable[[Task, Outcome], bytes],
        *,
        idempotent_too: bool = False,
    ) -> None:
        """Lay outcomes out with `record`; `idempotent_too` allows those calls to be repeated."""
        self.counts: Counter[str] = Counter()  # by how they ended: ok, or the status of an error
        self.refusal: RtmError | None = None  # why nothing more is sent
        self.ignored = 0  # answers that nobody waited for
        self._line = line
        self._pipeline = pipeline
        self._record = record
        self._idempotent_too = idempotent_too

    @property
    def has_failed(self) -> bool:
        """Tell whether any call ended other than well."""
        return self.counts.total() > self.counts[OK]

    def add(self, task: Task, problem: RtmError | None) -> None:
        """Take in the next value, and what is wrong with it."""
        problem = problem or self.refusal
        if problem is None:
            self._pipeline.add(task)
        else:
            self.counts[problem.label] += 1
            self._pipeline.add(task, self._record(task, problem))

    def send(self, now: float) -> None:
        """Send what may be sent now; the line must take calls."""
        assert self._line.session
        tasks = []
        while task := self._pipeline.next(now):
            self._pipeline.launch(task, self._line.session.next_id(), now, self._line.patience)
            tasks.append(task)
        if not self._line.send([task.request for task in tasks]):
            # Its end came in one packet with the login's answer, and nobody has seen it yet.
            for task in tasks:
                task.has_left = False
            self.collect(now)

    def collect(self, now: float) -> None:
        """Take the answers that have come, and give up those that cannot come any more."""
        try:
            while answer := self._line.take():
                task = self._pipeline.land(answer.request_id)
                if task:
                    self._judge(task, answer, now)
                else:  # late, or told a second time, or not ours
                    self.ignored += 1
        except LinkLost as error:
            self._lose(error, now)
        for task in self._pipeline.overdue(now):
            self._line.is_retired = True
            self._fail(task, judge_silence("no answer came in time", task.request), now)
        garbled = self._line.blame(len(self._pipeline.in_flight))
        if garbled:
            self._lose(garbled, now)

    def refuse(self, refusal: RtmError) -> None:
        """Send nothing from now on."""
        self.refusal = refusal
        for task in self._pipeline.withdraw():
            self._settle(task, task.cause or refusal)

    def abandon(self, why: str) -> list[Task]:
        """Wait for no more answers; return the calls whose outcome is unknown therefore."""
        left = self._pipeline.lose()
        for task in left:
            self._settle(task, OutcomeUnknown(why))
        return left

    def _judge(self, task: Task, answer: Response, now: float) -> None:
        if answer.success:
            self._pipeline.reward()
            self._settle(task, answer)
            return
        verdict = judge_answer(answer, task.request)
        until = now + self._line.pause(task.tries)
        if self._fail(task, verdict, until) and isinstance(verdict.error, Busy):
            self._pipeline.hold(until)

    def _lose(self, lost: LinkLost, now: float) -> None:
        tasks = self._pipeline.lose()
        self._line.lost(lost, now, in_flight=bool(tasks))
        for task in tasks:
            self._fail(task, judge_loss(lost, task.request, sent=task.has_left), now)

    def _fail(self, task: Task, verdict: Verdict, until: float) -> bool:
        """Send a call again at a later moment where that is no harm, else settle it; tell which."""
        error, fault = verdict
        if fault is Fault.REFUSED and self._line.turn(error):
            return self._again(task, error, 0.0)
        if may_resend(task.retry, fault, idempotent_too=self._idempotent_too):
            return self._again(task, error, until)
        if isinstance(error, Misdirected):
            assert self._line.refusal  # it could not turn
            error = stray(error, self._line.refusal)
        self._settle(task, error)
        return False

    def _again(self, task: Task, error: RtmError, until: float) -> bool:
        """Send a call again at a later moment; settle it where it had its tries."""
        error = honest(error, task.cause, task.retry)
        again = not self.refusal and self._pipeline.rest(task, error, until)
        if not again:
            self._settle(task, error)
        return again

    def _settle(self, task: Task, outcome: Outcome) -> None:
        if isinstance(outcome, RtmError):
            outcome = honest(outcome, task.cause, task.retry)
        self.counts[outcome.label if isinstance(outcome, RtmError) else OK] += 1
        self._pipeline.finish(task, self._record(task, outcome))
