"""One call: sent once, resent only where nothing can be done twice, its outcome told honestly."""

from collections.abc import Callable
from typing import NamedTuple

from rtmcli.catalogue.model import Act, Retry
from rtmcli.errors import (
    AuthError,
    Busy,
    Interrupted,
    NotConnected,
    OutcomeUnknown,
    Refused,
    RtmError,
)
from rtmcli.protocol.conversation import (
    ATTEMPTS,
    Fault,
    act_on,
    fault_of_close,
    may_resend,
    pause_after_close,
)
from rtmcli.protocol.messages import Malformed, Push, Request, Response
from rtmcli.session.connecting import Connector
from rtmcli.session.deadline import Deadline
from rtmcli.session.session import LinkLost, Misdirected, Session, error_of


class Policy(NamedTuple):
    """What may be done about a call whose outcome is in doubt."""

    retry: Retry
    idempotent_too: bool = False  # the user allows idempotent calls to be sent again


class Trouble(Exception):
    """One attempt failed with `cause`; `fault` judges whether the call may be sent again."""

    def __init__(
        self, cause: RtmError, fault: Fault, *, least_pause: float = 0.0, keeps_link: bool = False
    ) -> None:
        super().__init__(cause)
        self.cause = cause
        self.fault = fault
        self.least_pause = least_pause  # seconds
        self.keeps_link = keeps_link


class Call:
    """One call on its way; `session` is the one that its answer came on."""

    def __init__(
        self,
        connector: Connector,
        request: Request,
        policy: Policy,
        on_push: Callable[[Push], None] = lambda _: None,
    ) -> None:
        self.session: Session | None = None
        self.request = request
        self._connector = connector
        self._policy = policy
        self._on_push = on_push
        self._in_flight = False

    def run(self, deadline: Deadline) -> Response:
        """Connect, send and return the successful answer.

        Raises:
            NotConnected: it was never sent.
            Refused, AuthError, Busy: the server did not execute it.
            OutcomeUnknown: it may have been executed.

        """
        try:
            return self._attempts(deadline)
        except Interrupted as signal:
            if self._in_flight:
                signal.unknown.append(self.request.request_id)
            raise

    def close(self) -> None:
        """End the session."""
        if self.session:
            self.session.close()

    def _attempts(self, deadline: Deadline) -> Response:
        hopped, attempt, last = False, 1, None
        while True:
            session = self.session = self.session or self._connect(deadline, last)
            try:
                return self._ask(session, deadline.within(self._connector.access.timers.answer))
            except Misdirected as error:
                self._hop(error, again=hopped)
                hopped = True
            except AuthError as error:
                if not self._connector.renew(error):
                    raise
                self._drop()
            except Trouble as trouble:
                last = trouble.cause
                if not trouble.keeps_link:
                    self._drop()
                if attempt == ATTEMPTS or not self._may_resend(trouble.fault):
                    raise last from None
                pause = self._connector.pause
                if not pause(attempt, deadline, trouble.least_pause, why=last.message):
                    raise last from None
                attempt += 1

    def _may_resend(self, fault: Fault) -> bool:
        return may_resend(self._policy.retry, fault, idempotent_too=self._policy.idempotent_too)

    def _connect(self, deadline: Deadline, last: RtmError | None) -> Session:
        try:
            return self._connector.connect(deadline)
        except NotConnected as error:
            if isinstance(last, OutcomeUnknown):
                raise self._unknown(f"{last.message}; then {error.message}") from None
            raise

    def _ask(self, session: Session, deadline: Deadline) -> Response:
        """Send the request once and wait for its answer."""
        self.request = self.request._replace(request_id=session.next_id())
        self._in_flight = True
        notice = self._connector.access.notice
        try:
            session.send(self.request)
            while True:
                message = session.receive(deadline)
                if message is None:
                    raise Trouble(self._unknown("no answer came in time"), Fault.LOST)
                if isinstance(message, Push):
                    self._on_push(message)
                elif message.request_id == self.request.request_id:
                    self._in_flight = False
                    return self._judged(message)
                else:
                    notice(f"ignored an answer to {message.request_id or 'no request'}, not ours")
        except Malformed as error:
            raise Trouble(self._unknown(str(error)), Fault.BROKEN) from None
        except LinkLost as error:
            raise self._loss(error) from None

    def _judged(self, answer: Response) -> Response:
        if answer.success:
            return answer
        kind, message, data = error_of(answer)
        facts = {"type": kind, "action": self.request.action}
        facts["request_id"] = self.request.request_id
        match act_on(kind):
            case Act.RESEND:
                busy = Busy(message, data=data, **facts)
                raise Trouble(busy, Fault.PROVED, keeps_link=True)
            case Act.REDIRECT:
                raise Misdirected(data.get("region") if isinstance(data, dict) else None)
            case Act.DOUBT:
                doubt = OutcomeUnknown(message, data=data, **facts)
                raise Trouble(doubt, Fault.LOST, keeps_link=True)
            case Act.AUTHENTICATE:
                raise AuthError(message, data=data, **facts)
            case _:
                raise Refused(message, data=data, **facts)

    def _loss(self, error: LinkLost) -> Trouble:
        if error.reason and error.reason.auth:
            facts = {"type": error.reason.reason, "action": self.request.action}
            facts["request_id"] = self.request.request_id
            cause = AuthError(f"{error}; the call may have taken effect", **facts)
            return Trouble(cause, Fault.BROKEN)
        code = error.closing.code
        fault = Fault.BROKEN if error.closing.fault else fault_of_close(code)
        return Trouble(self._unknown(str(error)), fault, least_pause=pause_after_close(code))

    def _unknown(self, why: str) -> OutcomeUnknown:
        return OutcomeUnknown(why, action=self.request.action, request_id=self.request.request_id)

    def _hop(self, error: Misdirected, *, again: bool) -> None:
        """Turn to the region that was named, once; what follows is no trustworthy server."""
        try:
            if again:
                raise error
            self._connector.hop(error.region)
        except NotConnected as problem:
            raise self._unknown(str(problem)) from None
        self._drop()

    def _drop(self) -> None:
        if self.session:
            self.session.close()
            self.session = None
