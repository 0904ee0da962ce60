"""One call: sent once, and again only if nothing can be executed twice."""

from collections.abc import Callable
from typing import NamedTuple, Self

from rtmcli.catalogue.model import Retry
from rtmcli.errors import (
    CallId,
    Interrupted,
    NotConnected,
    OutcomeUnknown,
    RtmError,
    unexpected_error,
)
from rtmcli.protocol.messages import ProtocolError, Push, Request, Response
from rtmcli.protocol.retry_policy import MAX_ATTEMPTS, FailureKind, may_retry
from rtmcli.session.connector import Connector
from rtmcli.session.deadline import NEVER, Deadline
from rtmcli.session.options import CLOSE_GRACE_PERIOD
from rtmcli.session.outcomes import (
    Classification,
    classify_disconnect,
    classify_response,
    classify_timeout,
    misdirected_error,
    with_earlier_attempt,
)
from rtmcli.session.recovery import Misdirected, Step, after_disconnect
from rtmcli.session.session import ConnectionLost, Session


class RetryPolicy(NamedTuple):
    """Whether a call may be sent again if its outcome is unknown."""

    retry: Retry
    retry_idempotent: bool = False  # the user opted in to retries of idempotent calls


class AttemptFailed(Exception):
    """One attempt failed."""

    def __init__(
        self,
        classification: Classification,
        *,
        min_delay: float = 0.0,
        connection_usable: bool = False,
    ) -> None:
        super().__init__(classification.error)
        self.error, self.failure_kind = classification
        self.min_delay = min_delay  # seconds before the next attempt
        self.connection_usable = connection_usable  # by the next attempt


class Call:
    """One call; `session` is the one on which it was answered.

    Leaving the context closes the session, and adds the id of a call that was executed but not
    printed to the signal that interrupts it.
    """

    def __init__(
        self,
        connector: Connector,
        request: Request,
        policy: RetryPolicy,
        on_push: Callable[[Push], None] = lambda _: None,
    ) -> None:
        self.session: Session | None = None
        self.request = request
        self.is_executed = False  # according to the server
        self.is_printed = False  # set by the caller
        self._connector = connector
        self._policy = policy
        self._on_push = on_push
        self._in_flight = False
        self._deadline = NEVER
        self._ambiguous: OutcomeUnknown | None = None  # an earlier attempt may have been executed

    def __enter__(self) -> Self:
        """Return the call; nothing is sent yet."""
        return self

    def __exit__(self, _: object, error: BaseException | None, __: object) -> None:
        """Close the session."""
        if isinstance(error, Interrupted) and self.is_executed and not self.is_printed:
            error.executed_calls.append(CallId(self.request.request_id, self.request.action))
        self.close()

    def run(self, deadline: Deadline) -> Response:
        """Connect, send and return the successful response.

        Raises:
            NotConnected: the call was never sent.
            Refused, Busy: the server did not execute it.
            AuthError: nor here, unless the message says that it may have taken effect.
            OutcomeUnknown: it may have been executed.

        """
        self._deadline = deadline
        try:
            return self._run_attempts(deadline)
        except Interrupted as signal:
            if self._in_flight and not self.is_executed:
                signal.unknown_calls.append(CallId(self.request.request_id, self.request.action))
            if self._ambiguous:
                earlier = CallId(self._ambiguous.request_id, self.request.action)
                signal.unknown_calls.append(earlier)
            raise
        except RtmError as error:
            raise with_earlier_attempt(error, self._ambiguous, self._policy.retry) from None
        except Exception as error:  # noqa: BLE001  # whatever it is, the call may have been sent
            failure = unexpected_error(error)
            if self._in_flight or self.is_executed:
                failure = self._classify_no_response(failure.message).error
            raise with_earlier_attempt(failure, self._ambiguous, self._policy.retry) from None

    def close(self) -> None:
        """Close the session, if there is one."""
        if self.session:
            self.session.close(self._deadline.remaining() + CLOSE_GRACE_PERIOD)

    def _run_attempts(self, deadline: Deadline) -> Response:
        attempt = 1
        while True:
            session = self.session = self.session or self._connector.connect(deadline)
            try:
                return self._send_and_receive(
                    session, deadline.sooner(self._connector.options.timers.response_timeout)
                )
            except AttemptFailed as failed:
                error = failed.error
                if isinstance(error, OutcomeUnknown):
                    self._ambiguous, self._in_flight = error, False
                if self._redirect_or_refresh(failed):
                    self._close_session()
                    continue
                if not failed.connection_usable:
                    self._close_session()
                if attempt == MAX_ATTEMPTS or not self._may_retry(failed.failure_kind):
                    raise error from None
                if not self._connector.back_off(
                    attempt, deadline, failed.min_delay, cause=error.message
                ):
                    raise error from None
                attempt += 1

    def _redirect_or_refresh(self, failed: AttemptFailed) -> bool:
        """Switch to another region or token if the server asks for it; tell whether that worked."""
        error = failed.error
        if isinstance(error, Misdirected):
            try:
                self._connector.switch_region(self._connector.region_named_by(error))
            except NotConnected as cause:
                raise misdirected_error(error, cause) from None
            return True
        return failed.failure_kind is FailureKind.REFUSED and self._connector.refresh_token(
            error, self._deadline
        )

    def _may_retry(self, failure_kind: FailureKind) -> bool:
        return may_retry(
            self._policy.retry, failure_kind, retry_idempotent=self._policy.retry_idempotent
        )

    def _send_and_receive(self, session: Session, deadline: Deadline) -> Response:
        """Send the request once and wait for its response."""
        self.request = self.request._replace(request_id=session.next_request_id())
        try:
            self._in_flight = session.send(self.request)
        except Exception:
            self._in_flight = True  # a part of it may have been sent
            raise
        try:
            while True:
                message = session.receive(deadline)
                if message is None:
                    raise AttemptFailed(self._classify_no_response("no response came in time"))
                if isinstance(message, Push):
                    self._on_push(message)
                elif message.request_id == self.request.request_id:
                    return self._check_response(message)
        except ProtocolError as error:
            raise AttemptFailed(self._classify_no_response(str(error), FailureKind.FATAL)) from None
        except ConnectionLost as disconnect:
            raise self._on_disconnect(disconnect) from None

    def _on_disconnect(self, disconnect: ConnectionLost) -> AttemptFailed:
        """Classify a call whose connection was lost; switch the region if asked to."""
        recovery = after_disconnect(disconnect)
        classification = classify_disconnect(disconnect, self.request, sent=self._in_flight)
        if recovery.step is Step.SWITCH_REGION:
            try:
                self._connector.switch_region(disconnect.redirect_region)
            except NotConnected:
                classification = classification._replace(failure_kind=FailureKind.FATAL)
        return AttemptFailed(classification, min_delay=recovery.min_delay)

    def _classify_no_response(
        self, message: str, failure_kind: FailureKind = FailureKind.AMBIGUOUS
    ) -> Classification:
        return classify_timeout(message, self.request, failure_kind, sent=self._in_flight)

    def _check_response(self, response: Response) -> Response:
        self.is_executed = response.success
        self._in_flight = False
        if not response.success:
            raise AttemptFailed(
                classify_response(self._connector.options.api, response, self.request),
                connection_usable=True,
            )
        return response

    def _close_session(self) -> None:
        self.close()
        self.session = None
