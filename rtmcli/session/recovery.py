"""Decide what an error type, a disconnect reason or a close code asks for.

An event means the same to one call, a stream of calls, a listener and the login: they only carry
out what is decided here. The catalogue assigns each error type and each reason a `Recovery`; this
module is the only one that knows what a `Recovery` means:

- A call that belongs to another region was not executed and may be sent there.
- A reason that concerns the credentials (token revoked, license expired) is an `AuthError`, for
  calls in flight too: a new token helps, not another attempt.
- A reason that says not to come back is obeyed: the agent, or another session of the agent, would
  pay for a reconnection.
- Close codes 1008 and 4000 to 4999 reject what was sent, so a call in flight is not sent again.
  1011, 1012 and 1013 come from an overloaded or restarting server, which gets a second to recover.
"""

from enum import Enum
from typing import NamedTuple

from rtmcli.catalogue.api import Api
from rtmcli.catalogue.model import Recovery
from rtmcli.errors import (
    AuthError,
    Busy,
    ConnectFailed,
    NotConnected,
    OutcomeUnknown,
    Refused,
    RtmError,
    VersionNotServed,
)
from rtmcli.protocol.messages import Response
from rtmcli.protocol.retry_policy import FailureKind
from rtmcli.session.session import ConnectionLost

_POLICY_VIOLATION = 1008
_APPLICATION_CODES = range(4000, 5000)
_SERVER_ERROR_CODES = (1011, 1012, 1013)
_SERVER_ERROR_DELAY = 1.0  # seconds
_SLOW_DELAY = 5.0  # seconds


class Misdirected(Refused):
    """Another region serves this license; `data` names it in the server's words."""


# --- error responses ---


class ErrorRecovery(NamedTuple):
    """What an error response means."""

    call_error: type[RtmError]
    failure_kind: FailureKind  # of the call
    login_error: type[RtmError]  # if the login was answered so


_AFTER_ERROR = {
    Recovery.REPORT: ErrorRecovery(Refused, FailureKind.REFUSED, AuthError),
    Recovery.AUTH_FAILED: ErrorRecovery(AuthError, FailureKind.REFUSED, AuthError),
    Recovery.REFRESH_TOKEN: ErrorRecovery(AuthError, FailureKind.REFUSED, AuthError),
    Recovery.REDIRECT: ErrorRecovery(Misdirected, FailureKind.REFUSED, Misdirected),
    Recovery.RETRY: ErrorRecovery(Busy, FailureKind.NOT_EXECUTED, Busy),
    Recovery.CHANGE_VERSION: ErrorRecovery(Refused, FailureKind.REFUSED, VersionNotServed),
    Recovery.AMBIGUOUS: ErrorRecovery(OutcomeUnknown, FailureKind.AMBIGUOUS, ConnectFailed),
}


def after_error(api: Api, error_type: str) -> ErrorRecovery:
    """Decide what an error response of this type means."""
    return _AFTER_ERROR.get(api.recovery_for(error_type), _AFTER_ERROR[Recovery.REPORT])


def needs_new_token(api: Api, error_type_or_reason: str) -> bool:
    """Return whether an error type or a disconnect reason asks for another token."""
    row = api.error_types_by_name.get(error_type_or_reason) or api.disconnect_reasons_by_name.get(
        error_type_or_reason
    )
    return row is not None and row.recovery is Recovery.REFRESH_TOKEN


def login_refused_error(api: Api, response: Response) -> RtmError:
    """Return the error of a login that the server refused."""
    type_, message, data = response.error
    error_class = after_error(api, type_).login_error
    if error_class is VersionNotServed:
        return VersionNotServed(f"login: {type_}: {message}", api.version)
    if error_class is ConnectFailed:
        return ConnectFailed(f"login: {type_}: {message}", transient=True)
    return error_class(message, type=type_, action=api.login_action, data=data)


# --- disconnects ---


class Step(Enum):
    """What to do before the next connection is used."""

    RECONNECT = "reconnect"
    RECONNECT_SLOWLY = "reconnect after a longer delay"
    REFRESH_TOKEN = "read the token source again, then reconnect"  # noqa: S105  # not a token
    SWITCH_REGION = "connect to the region that the server named"
    STOP = "do not reconnect"


_STEPS = {
    Recovery.RECONNECT: Step.RECONNECT,
    Recovery.RECONNECT_SLOWLY: Step.RECONNECT_SLOWLY,
    Recovery.REFRESH_TOKEN: Step.REFRESH_TOKEN,
    Recovery.REDIRECT: Step.SWITCH_REGION,
    Recovery.STOP: Step.STOP,
    Recovery.CHANGE_VERSION: Step.STOP,
}


class DisconnectRecovery(NamedTuple):
    """What the end of a connection means."""

    step: Step
    failure_kind: FailureKind  # of a call that may have been sent
    min_delay: float = 0.0  # seconds before the next attempt
    is_auth_error: bool = False  # the reason concerns the credentials
    is_permanent: bool = False  # another attempt to log in would fail, too


def after_disconnect(disconnect: ConnectionLost) -> DisconnectRecovery:
    """Decide what the end of a connection means."""
    code, reason = disconnect.close_info.code, disconnect.disconnect_reason
    step = _STEPS.get(reason.recovery, Step.RECONNECT) if reason else Step.RECONNECT
    is_auth_error = reason is not None and reason.is_auth_error
    is_permanent = step is Step.STOP or bool(disconnect.close_info.protocol_error)
    is_rejected = code == _POLICY_VIOLATION or code in _APPLICATION_CODES
    is_fatal = is_permanent or is_auth_error or is_rejected
    return DisconnectRecovery(
        step,
        FailureKind.FATAL if is_fatal else FailureKind.AMBIGUOUS,
        max(
            _SERVER_ERROR_DELAY if code in _SERVER_ERROR_CODES else 0.0,
            _SLOW_DELAY if step is Step.RECONNECT_SLOWLY else 0.0,
        ),
        is_auth_error,
        is_permanent,
    )


def disconnect_error(
    disconnect: ConnectionLost, default: type[RtmError] = NotConnected
) -> RtmError:
    """Return the error of a disconnect: `AuthError` if its reason says so, else `default`."""
    reason = disconnect.disconnect_reason
    error_class = AuthError if after_disconnect(disconnect).is_auth_error else default
    return error_class(str(disconnect), type=reason.reason if reason else "")


def login_disconnect_error(api: Api, disconnect: ConnectionLost) -> RtmError:
    """Return the error of a login during which the server ended the session."""
    decision, reason = after_disconnect(disconnect), disconnect.disconnect_reason
    if reason and decision.step is Step.SWITCH_REGION:
        data = {api.region_field: disconnect.redirect_region}
        return Misdirected(reason.meaning, type=reason.reason, action=api.login_action, data=data)
    if decision.is_auth_error:
        return disconnect_error(disconnect)
    if reason and reason.recovery is Recovery.CHANGE_VERSION:
        return VersionNotServed(str(disconnect), api.version)
    return ConnectFailed(
        f"{disconnect}, before the login response", transient=not decision.is_permanent
    )
