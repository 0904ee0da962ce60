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
from rtmcli.session.deadline import NEVER, Deadline
from rtmcli.session.login import Misdirected
from rtmcli.session.session import LinkLost, Session, error_of

_GOODBYE = 0.5  # seconds that a goodbye may take after the deadline


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
        self.is_executed = False  # the server said so
        self._connector = connector
        self._policy = policy
        self._on_push = on_push
        self._in_flight = False
        self._deadline = NEVER
        self._doubt: OutcomeUnknown | None = None  # an earlier attempt may have been executed

    def run(self, deadline: Deadline) -> Response:
        """Connect, send and return the successful answer.

        Raises:
            NotConnected: it was never sent.
            Refused, Busy: the server did not execute it.
            AuthError: neither, unless the message says that the session ended meanwhile.
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
        except (NotConnected, Refused, AuthError, Busy) as error:
            raise self._honest(error) from None

    def close(self) -> None:
        """End the session."""
        if self.session:
            self.session.close(self._deadline.left() + _GOODBYE)

    def _attempts(self, deadline: Deadline) -> Response:
        hopped, attempt = False, 1
        while True:
            try:
                session = self.session = self.session or self._connector.connect(deadline)
                return self._ask(session, deadline.within(self._connector.access.timers.answer))
            except Misdirected as error:
                self._hop(error, again=hopped)
                hopped = True
            except AuthError as error:
                if not self._connector.renew(error):
                    raise
                self._drop()
            except Trouble as trouble:
                cause, least = trouble.cause, trouble.least_pause
                if isinstance(cause, OutcomeUnknown):
                    self._doubt, self._in_flight = cause, False
                if not trouble.keeps_link:
                    self._drop()
                if attempt == ATTEMPTS or not self._may_resend(trouble.fault):
                    raise cause from None
                if not self._connector.pause(attempt, deadline, least, why=cause.message):
                    raise cause from None
                attempt += 1

    def _may_resend(self, fault: Fault) -> bool:
        return may_resend(self._policy.retry, fault, idempotent_too=self._policy.idempotent_too)

    def _honest(self, error: RtmError) -> RtmError:
        """Admit that the failure of a repetition does not tell what became of the first try."""
        doubt = self._doubt
        harmless = self._policy.retry is Retry.READ and not isinstance(error, NotConnected)
        if doubt is None or harmless:
            return error
        then = error.message if error.type == error.label else f"{error.type}: {error.message}"
        return OutcomeUnknown(
            f"{doubt.message}; then {then}",
            type=doubt.type,
            action=doubt.action,
            request_id=doubt.request_id,
        )

    def _ask(self, session: Session, deadline: Deadline) -> Response:
        """Send the request once and wait for its answer."""
        self.request = self.request._replace(request_id=session.next_id())
        self._in_flight = True  # whatever becomes of sending
        self._in_flight = session.send(self.request)
        try:
            while True:
                message = session.receive(deadline)
                if message is None:
                    raise Trouble(self._failure("no answer came in time"), Fault.LOST)
                if isinstance(message, Push):
                    self._on_push(message)
                elif message.request_id == self.request.request_id:
                    answer = self._judged(message)
                    self._in_flight = False
                    return answer
        except Malformed as error:
            raise Trouble(self._failure(str(error)), Fault.BROKEN) from None
        except LinkLost as error:
            raise self._loss(error) from None

    def _judged(self, answer: Response) -> Response:
        if answer.success:
            self.is_executed = True
            return answer
        self._in_flight = False
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

    def _loss(self, error: LinkLost) -> Exception:
        """Judge a call whose connection is gone: whether it had left, and what the server said."""
        reason, code = error.reason, error.closing.code
        facts = {"action": self.request.action, "request_id": self.request.request_id}
        if reason and reason.auth:
            perhaps = "; the call may have taken effect" if self._in_flight else ""
            refusal = AuthError(f"{error}{perhaps}", type=reason.reason, **facts)
            return Trouble(refusal, Fault.BROKEN) if self._in_flight else refusal
        over = error.closing.fault or (reason and reason.act is Act.STOP)
        fault = Fault.BROKEN if over else fault_of_close(code)
        if fault is Fault.LOST and not self._in_flight:
            fault = Fault.PROVED
        return Trouble(self._failure(str(error)), fault, least_pause=pause_after_close(code))

    def _failure(self, why: str) -> RtmError:
        return self._unknown(why) if self._in_flight else NotConnected(why)

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
        self.close()
        self.session = None
