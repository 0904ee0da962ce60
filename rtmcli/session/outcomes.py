"""Classify failed calls: which error to report, and whether the call may be sent again.

- An error response is classified by its type.
- A call without a response may have been executed, unless it was never sent.
- A call that ended with an `AuthError` after it was sent may have taken effect; the message says
  so.
- A misdirected call was not executed. If it cannot be sent to the region that serves it (unknown,
  or each region names the other), the server breaks the protocol and is not trusted to have done
  nothing either: the outcome is unknown.
- A failed retry does not show what became of the first attempt.
"""

from typing import NamedTuple

from rtmcli.catalogue.api import Api
from rtmcli.catalogue.model import Retry
from rtmcli.errors import AuthError, NotConnected, OutcomeUnknown, RtmError
from rtmcli.protocol.messages import Request, Response
from rtmcli.protocol.retry_policy import FailureKind
from rtmcli.session.recovery import Misdirected, after_disconnect, after_error, disconnect_error
from rtmcli.session.session import ConnectionLost


class Classification(NamedTuple):
    """The error to report if no later attempt succeeds, and whether there may be one."""

    error: RtmError
    failure_kind: FailureKind


def classify_response(api: Api, response: Response, request: Request) -> Classification:
    """Classify a call that was answered with an error."""
    type_, message, data = response.error
    recovery = after_error(api, type_)
    error = recovery.call_error(
        message, type=type_, action=request.action, request_id=request.request_id, data=data
    )
    return Classification(error, recovery.failure_kind)


def classify_timeout(
    message: str,
    request: Request,
    failure_kind: FailureKind = FailureKind.AMBIGUOUS,
    *,
    sent: bool = True,
) -> Classification:
    """Classify a call without a trustworthy response; set `sent` if it may have been sent."""
    if sent:
        error = OutcomeUnknown(message, action=request.action, request_id=request.request_id)
        return Classification(error, failure_kind)
    return Classification(NotConnected(message), _unsent(failure_kind))


def classify_disconnect(
    disconnect: ConnectionLost, request: Request, *, sent: bool
) -> Classification:
    """Classify a call whose connection was lost; set `sent` if it may have been sent."""
    recovery = after_disconnect(disconnect)
    if not recovery.is_auth_error:
        return classify_timeout(str(disconnect), request, recovery.failure_kind, sent=sent)
    error = disconnect_error(disconnect)
    message = f"{error.message}; the call may have taken effect" if sent else error.message
    error = AuthError(
        message, type=error.type, action=request.action, request_id=request.request_id
    )
    error.maybe_executed = sent
    return Classification(error, recovery.failure_kind if sent else _unsent(recovery.failure_kind))


def _unsent(failure_kind: FailureKind) -> FailureKind:
    """Return the kind of a failure that happened before the call was sent."""
    return (
        FailureKind.NOT_EXECUTED if failure_kind is FailureKind.AMBIGUOUS else FailureKind.REFUSED
    )


def misdirected_error(error: Misdirected, cause: RtmError) -> OutcomeUnknown:
    """Return the error of a misdirected call that cannot be sent elsewhere because of `cause`."""
    facts = {"type": error.type, "action": error.action, "request_id": error.request_id}
    return OutcomeUnknown(cause.message, data=error.data, **facts)


def with_earlier_attempt(error: RtmError, earlier: RtmError | None, retry: Retry) -> RtmError:
    """Merge a failure with an earlier ambiguous attempt, unless it is conclusive by itself."""
    is_conclusive = retry is Retry.READ_ONLY and not isinstance(error, NotConnected)
    if (
        not isinstance(earlier, OutcomeUnknown)
        or isinstance(error, OutcomeUnknown)
        or is_conclusive
    ):
        return error
    latest = error.message if error.type == error.status else f"{error.type}: {error.message}"
    facts = {"type": earlier.type, "action": earlier.action, "request_id": earlier.request_id}
    return OutcomeUnknown(f"{earlier.message}; then {latest}", **facts)
