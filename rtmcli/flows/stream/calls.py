"""The calls of a stream: sent, answered, sent again where nothing can be done twice, or settled.

A call is settled once, and what is told of it is true: an answer of the server, or that it was
never sent, or that nobody knows.
"""

from collections import Counter
from collections.abc import Callable

from rtmcli.catalogue.model import Act, Retry
from rtmcli.errors import AuthError, Busy, NotConnected, OutcomeUnknown, Refused, RtmError
from rtmcli.flows.stream.ends import Outcome
from rtmcli.flows.stream.line import Line
from rtmcli.protocol.conversation import Fault, act_on, may_resend
from rtmcli.protocol.messages import Response
from rtmcli.protocol.pipeline import Pipeline, Task
from rtmcli.session.session import LinkLost, error_of

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
        requests = []
        while task := self._pipeline.next(now):
            self._pipeline.launch(task, self._line.session.next_id(), now, self._line.patience)
            requests.append(task.request)
        if not self._line.send(requests):
            self.collect(now)  # it says how the connection ended

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
            self._doubt(task, OutcomeUnknown("no answer came in time"), Fault.LOST, now)
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
            self._settle(task, answer)
            return
        kind, message, data = error_of(answer)
        match act_on(kind):
            case Act.RESEND:
                until = now + self._line.pause(task.tries)
                if self._again(task, Busy(message, type=kind, data=data), until):
                    self._pipeline.hold(until)
            case Act.DOUBT:
                doubt = OutcomeUnknown(message, type=kind, data=data)
                self._doubt(task, doubt, Fault.LOST, now + self._line.pause(task.tries))
            case Act.REDIRECT:
                refused = Refused(message, type=kind, data=data)
                region = data.get("region") if isinstance(data, dict) else None
                if self._line.hop(region if isinstance(region, str) else ""):
                    self._again(task, refused, now)
                else:
                    self._settle(task, refused)
            case Act.AUTHENTICATE:
                error = AuthError(message, type=kind, data=data)
                if self._line.renew(error):
                    self._again(task, error, now)
                else:
                    self._settle(task, error)
            case _:
                self._settle(task, Refused(message, type=kind, data=data))

    def _lose(self, error: LinkLost, now: float) -> None:
        lost = self._pipeline.lose()
        fault = self._line.lost(error, now, in_flight=bool(lost))
        kind = NotConnected if fault is Fault.PROVED else OutcomeUnknown
        for task in lost:
            self._doubt(task, kind(str(error)), fault, now)

    def _doubt(self, task: Task, error: RtmError, fault: Fault, until: float) -> None:
        """Settle a call that may have been executed, unless a repetition does no harm."""
        if may_resend(task.retry, fault, idempotent_too=self._idempotent_too):
            self._again(task, error, until)
        else:
            self._settle(task, error)

    def _again(self, task: Task, error: RtmError, until: float) -> bool:
        """Send a call again at a later moment; settle it where it had its tries."""
        error = _honest(task, error)
        again = not self.refusal and self._pipeline.rest(task, error, until)
        if not again:
            self._settle(task, error)
        return again

    def _settle(self, task: Task, outcome: Outcome) -> None:
        if isinstance(outcome, RtmError):
            outcome = _honest(task, outcome)
            self.counts[outcome.label] += 1
        else:
            self.counts[OK] += 1
        self._pipeline.finish(task, self._record(task, outcome))


def _honest(task: Task, error: RtmError) -> RtmError:
    """Admit that a refused repetition does not tell what became of the first try."""
    before = task.cause
    if task.retry is Retry.READ or not isinstance(before, OutcomeUnknown):
        return error
    if isinstance(error, OutcomeUnknown):
        return error
    return OutcomeUnknown(f"{before.message}; then {error.type}: {error.message}", type=before.type)
