"""One call: sent once, resent only where nothing can be done twice, its outcome told honestly."""

from collections.abc import Callable
from typing import Self

from rtmcli.catalogue.model import Act, Retry
from rtmcli.errors import Interrupted, NotConnected, OutcomeUnknown, RtmError
from rtmcli.protocol.conversation import ATTEMPTS, Fault, may_resend, pause_after_close
from rtmcli.protocol.messages import Malformed, Push, Request, Response
from rtmcli.row import Row
from rtmcli.session.connecting import Connector
from rtmcli.session.deadline import NEVER, Deadline
from rtmcli.session.judging import (
    Misdirected,
    Verdict,
    honest,
    judge_answer,
    judge_loss,
    judge_silence,
    stray,
)
from rtmcli.session.session import LinkLost, Session

_GOODBYE = 0.5  # seconds that a goodbye may take after the deadline


class Policy(Row):
    """What may be done about a call whose outcome is in doubt."""

    retry: Retry
    idempotent_too: bool = False  # the user allows idempotent calls to be sent again


class Trouble(Exception):
    """One attempt failed; where the link goes on, the next one may use it."""

    def __init__(
        self, verdict: Verdict, *, least_pause: float = 0.0, keeps_link: bool = False
    ) -> None:
        super().__init__(verdict.error)
        self.error, self.fault = verdict
        self.least_pause = least_pause  # seconds
        self.keeps_link = keeps_link


class Call:
    """One call on its way; `session` is the one that its answer came on.

    Leaving it as a context ends the session; a signal that does so is told what nobody saw.
    """

    def __init__(
        self,
        connector: Connector,
        request: Request,
        policy: Policy,
        on_push: Callable[[Push], None] = lambda _: None,
    ) -> None:
        self.session: Session | None = None
        self.request = request
        self.is_executed = False  # the server said so
        self.is_told = False  # so did we; for the caller to set
        self._connector = connector
        self._policy = policy
        self._on_push = on_push
        self._in_flight = False
        self._deadline = NEVER
        self._doubt: OutcomeUnknown | None = None  # an earlier attempt may have been executed

    def __enter__(self) -> Self:
        """Begin; nothing is sent yet."""
        return self

    def __exit__(self, _: object, error: BaseException | None, __: object) -> None:
        """End the session."""
        if isinstance(error, Interrupted) and self.is_executed and not self.is_told:
            error.executed.append(self.request.request_id)
        self.close()

    def run(self, deadline: Deadline) -> Response:
        """Connect, send and return the successful answer.

        Raises:
            NotConnected: it was never sent.
            Refused, Busy: the server did not execute it.
            AuthError: nor did it here, unless the message says that it may have.
            OutcomeUnknown: it may have been executed.

        """
        self._deadline = deadline
        try:
            return self._attempts(deadline)
        except Interrupted as signal:
            if self._in_flight and not self.is_executed:
                signal.unknown.append(self.request.request_id)
            if self._doubt:
                signal.unknown.append(self._doubt.request_id)
            raise
        except RtmError as error:
            raise honest(error, self._doubt, self._policy.retry) from None

    def close(self) -> None:
        """End the session."""
        if self.session:
            self.session.close(self._deadline.left() + _GOODBYE)

    def _attempts(self, deadline: Deadline) -> Response:
        attempt = 1
        while True:
            session = self.session = self.session or self._connector.connect(deadline)
            try:
                return self._ask(session, deadline.within(self._connector.access.timers.answer))
            except Trouble as trouble:
                error = trouble.error
                if isinstance(error, OutcomeUnknown):
                    self._doubt, self._in_flight = error, False
                if self._turns(trouble):
                    self._drop()
                    continue
                if not trouble.keeps_link:
                    self._drop()
                if attempt == ATTEMPTS or not self._may_resend(trouble.fault):
                    raise error from None
                if not self._connector.pause(
                    attempt, deadline, trouble.least_pause, why=error.message
                ):
                    raise error from None
                attempt += 1

    def _turns(self, trouble: Trouble) -> bool:
        """Turn to another region or token where that is what the server asks for, and there is."""
        error = trouble.error
        if isinstance(error, Misdirected):
            try:
                self._connector.hop(error.region)
            except NotConnected as problem:
                raise stray(error, problem) from None
            return True
        return trouble.fault is Fault.REFUSED and self._connector.renew(error, self._deadline)

    def _may_resend(self, fault: Fault) -> bool:
        return may_resend(self._policy.retry, fault, idempotent_too=self._policy.idempotent_too)

    def _ask(self, session: Session, deadline: Deadline) -> Response:
        """Send the request once and wait for its answer."""
        self.request = self.request._replace(request_id=session.next_id())
        self._in_flight = True  # whatever becomes of sending
        self._in_flight = session.send(self.request)
        try:
            while True:
                message = session.receive(deadline)
                if message is None:
                    raise Trouble(self._silence("no answer came in time"))
                if isinstance(message, Push):
                    self._on_push(message)
                elif message.request_id == self.request.request_id:
                    return self._judged(message)
        except Malformed as error:
            raise Trouble(self._silence(str(error), Fault.BROKEN)) from None
        except LinkLost as lost:
            raise self._parted(lost) from None

    def _parted(self, lost: LinkLost) -> Trouble:
        """Judge a call whose connection is gone; where the licence has moved, follow it."""
        verdict = judge_loss(lost, self.request, sent=self._in_flight)
        if lost.reason and lost.reason.act is Act.REDIRECT:
            try:
                self._connector.hop(lost.region)
            except NotConnected:
                verdict = verdict._replace(fault=Fault.BROKEN)
        return Trouble(verdict, least_pause=pause_after_close(lost.closing.code))

    def _silence(self, why: str, fault: Fault = Fault.LOST) -> Verdict:
        return judge_silence(why, self.request, fault, sent=self._in_flight)

    def _judged(self, answer: Response) -> Response:
        self.is_executed = answer.success
        self._in_flight = False
        if not answer.success:
            raise Trouble(judge_answer(answer, self.request), keeps_link=True)
        return answer

    def _drop(self) -> None:
        self.close()
        self.session = None
