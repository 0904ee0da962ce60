"""What became of a call that did not go well: the error to tell, and whether it may go out again.

One call, a stream of calls and the login ask here, so that one event has one meaning everywhere:

- An answer that refuses is judged by its type: by what the catalogue says that it asks for.
- A call without an answer may have been executed, unless it had not left.
- A session that the server ends for who is asking (the token revoked, the licence expired) is an
  `AuthError` for the calls in flight, too: what helps is a token, and not to look and ask again.
  The message admits that such a call may have taken effect.
- A call that belongs to another region was not executed and goes there. Where there is no such
  region, or each names the other, the server breaks the protocol, and neither is it believed that
  nothing was done: the outcome is unknown.
- The failure of a repetition does not tell what became of the first try.
"""

from typing import Any, NamedTuple

from rtmcli.catalogue.model import Recovery, Retry
from rtmcli.errors import AuthError, Busy, NotConnected, OutcomeUnknown, Refused, RtmError
from rtmcli.protocol.messages import Request, Response
from rtmcli.protocol.retry_policy import FailureKind, failure_for_close, recovery_for, region_from
from rtmcli.session.session import ConnectionLost

_MAX_TEXT_LENGTH = 2000  # characters of the server's words in a message


class Misdirected(Refused):
    """Another region serves this licence; it is the server's word for it, and not trusted."""

    @property
    def region(self) -> str:
        """Return the region that was named; empty where none was."""
        return region_from(self.data)


class Classification(NamedTuple):
    """What is told of a call if nothing better follows, and whether it may be sent again."""

    error: RtmError
    failure_kind: FailureKind


_BY_RECOVERY: dict[Recovery, tuple[type[RtmError], FailureKind]] = {
    Recovery.RETRY: (Busy, FailureKind.NOT_EXECUTED),
    Recovery.AMBIGUOUS: (OutcomeUnknown, FailureKind.AMBIGUOUS),
    Recovery.REDIRECT: (Misdirected, FailureKind.REFUSED),
    Recovery.AUTH_FAILED: (AuthError, FailureKind.REFUSED),
    Recovery.REFRESH_TOKEN: (AuthError, FailureKind.REFUSED),
}


def classify_response(response: Response, request: Request) -> Classification:
    """Judge an answer that says no."""
    type_, message, data = response_error(response)
    error_class, failure_kind = _BY_RECOVERY.get(
        recovery_for(type_), (Refused, FailureKind.REFUSED)
    )
    facts = {"type": type_, "action": request.action, "request_id": request.request_id}
    return Classification(error_class(message, data=data, **facts), failure_kind)


def classify_timeout(
    message: str,
    request: Request,
    failure_kind: FailureKind = FailureKind.AMBIGUOUS,
    *,
    sent: bool = True,
) -> Classification:
    """Judge a call that nothing trustworthy came to; `sent` where it may have left."""
    if not sent:
        unsent_kind = (
            FailureKind.NOT_EXECUTED
            if failure_kind is FailureKind.AMBIGUOUS
            else FailureKind.REFUSED
        )
        return Classification(NotConnected(message), unsent_kind)
    facts = {"action": request.action, "request_id": request.request_id}
    return Classification(OutcomeUnknown(message, **facts), failure_kind)


def classify_disconnect(
    disconnect: ConnectionLost, request: Request, *, sent: bool
) -> Classification:
    """Judge a call whose connection is gone; `sent` where it may have left before."""
    reason = disconnect.disconnect_reason
    if reason and reason.is_auth_error:
        message = f"{disconnect}; the call may have taken effect" if sent else str(disconnect)
        facts = {"action": request.action, "request_id": request.request_id}
        error = AuthError(message, type=reason.reason, **facts)
        return Classification(error, FailureKind.FATAL if sent else FailureKind.REFUSED)
    failure_kind = (
        FailureKind.FATAL
        if disconnect.is_permanent
        else failure_for_close(disconnect.close_info.code)
    )
    return classify_timeout(str(disconnect), request, failure_kind, sent=sent)


def disconnect_error(
    disconnect: ConnectionLost, default: type[RtmError] = NotConnected
) -> RtmError:
    """Tell why the server ended the session: for who is asking, or for `otherwise`."""
    reason = disconnect.disconnect_reason
    error_class = AuthError if reason and reason.is_auth_error else default
    return error_class(str(disconnect), type=reason.reason if reason else "")


def misdirected_error(error: Misdirected, cause: RtmError) -> OutcomeUnknown:
    """Tell of a call that belongs to another region, where nobody may follow."""
    facts = {"type": error.type, "action": error.action, "request_id": error.request_id}
    return OutcomeUnknown(cause.message, data=error.data, **facts)


def with_earlier_attempt(error: RtmError, earlier: RtmError | None, retry: Retry) -> RtmError:
    """Tell of a failure in the light of the try before it; a read is as refused as it is."""
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


def response_error(response: Response) -> tuple[str, str, Any]:
    """Return type, message and data of a failing answer, whatever the server put there."""
    error = response.payload.get("error")
    if not isinstance(error, dict):
        error = {}
    type_, message = _server_text(error.get("type")), _server_text(error.get("message"))
    return type_ or "unknown", message or "the server gave no reason", error.get("data")


def _server_text(value: Any) -> str:
    """Take the server's words, but not a book of them."""
    if not isinstance(value, str):
        return ""
    return value if len(value) <= _MAX_TEXT_LENGTH else value[:_MAX_TEXT_LENGTH] + "…"
