"""What became of a failed call: the error to report, and whether it may be sent again."""

from typing import Any

import pytest

from rtmcli.catalogue.model import Retry
from rtmcli.catalogue.v3_0 import API
from rtmcli.errors import AuthError, Busy, NotConnected, OutcomeUnknown, Refused, RtmError
from rtmcli.protocol.messages import Request, Response
from rtmcli.protocol.retry_policy import FailureKind
from rtmcli.session.outcomes import (
    classify_disconnect,
    classify_response,
    classify_timeout,
    misdirected_error,
    with_earlier_attempt,
)
from rtmcli.session.recovery import Misdirected
from rtmcli.session.session import ConnectionLost
from rtmcli.websocket.frames import Close

CALL = Request("send_event", {}, "id-1")
CONNECTION_LOST = OutcomeUnknown("the connection was lost", action="send_event", request_id="id-0")


def refusal_response(payload: Any) -> Response:
    """Make a failing response."""
    return Response("send_event", "id-1", success=False, payload=payload, envelope={})


def connection_lost(code: int = 1006, reason: str = "", protocol_error: str = "") -> ConnectionLost:
    """Lose a connection."""
    row = API.disconnect_reasons_by_name.get(reason)
    return ConnectionLost(Close(code, "", protocol_error), row, "")


@pytest.mark.parametrize(
    ("error_type", "error_class", "failure_kind"),
    [
        ("too_many_requests", Busy, FailureKind.NOT_EXECUTED),
        ("internal", OutcomeUnknown, FailureKind.AMBIGUOUS),
        ("misdirected_request", Misdirected, FailureKind.REFUSED),
        ("authentication", AuthError, FailureKind.REFUSED),
        ("validation", Refused, FailureKind.REFUSED),
        ("brand_new", Refused, FailureKind.REFUSED),
    ],
)
def test_a_response_is_classified_by_its_error_type(
    error_type: str, error_class: type, failure_kind: FailureKind
) -> None:
    """The error has the facts that the server gave, and those of the call."""
    data = {"region": "fra"}
    response = refusal_response({"error": {"type": error_type, "message": "no", "data": data}})
    error, found_kind = classify_response(API, response, CALL)
    assert (type(error), found_kind) == (error_class, failure_kind)
    assert (error.type, error.message, error.data) == (error_type, "no", data)
    assert (error.action, error.request_id) == ("send_event", "id-1")


# How the connection ended; error and failure if the call was sent, and if it was not.
DISCONNECTS: dict[
    str, tuple[ConnectionLost, type[RtmError], FailureKind, type[RtmError], FailureKind]
] = {
    "reset": (
        connection_lost(),
        OutcomeUnknown,
        FailureKind.AMBIGUOUS,
        NotConnected,
        FailureKind.NOT_EXECUTED,
    ),
    "close 1012": (
        connection_lost(1012),
        OutcomeUnknown,
        FailureKind.AMBIGUOUS,
        NotConnected,
        FailureKind.NOT_EXECUTED,
    ),
    "close 1008": (
        connection_lost(1008),
        OutcomeUnknown,
        FailureKind.FATAL,
        NotConnected,
        FailureKind.REFUSED,
    ),
    "protocol error": (
        connection_lost(1002, protocol_error="invalid frame"),
        OutcomeUnknown,
        FailureKind.FATAL,
        NotConnected,
        FailureKind.REFUSED,
    ),
    "internal_error": (
        connection_lost(1000, "internal_error"),
        OutcomeUnknown,
        FailureKind.AMBIGUOUS,
        NotConnected,
        FailureKind.NOT_EXECUTED,
    ),
    "connection_evicted": (
        connection_lost(1000, "connection_evicted"),
        OutcomeUnknown,
        FailureKind.FATAL,
        NotConnected,
        FailureKind.REFUSED,
    ),
    "access_token_revoked": (
        connection_lost(1000, "access_token_revoked"),
        AuthError,
        FailureKind.FATAL,
        AuthError,
        FailureKind.REFUSED,
    ),
    "access_token_expired": (
        connection_lost(4000, "access_token_expired"),
        AuthError,
        FailureKind.FATAL,
        AuthError,
        FailureKind.REFUSED,
    ),
}


@pytest.mark.parametrize("event", DISCONNECTS)
def test_a_disconnect_is_classified_by_its_cause_and_whether_the_call_was_sent(event: str) -> None:
    """A call that was sent may have taken effect; one that was not sent has not."""
    disconnect, sent_class, sent_kind, unsent_class, unsent_kind = DISCONNECTS[event]
    error, failure_kind = classify_disconnect(disconnect, CALL, sent=True)
    assert (type(error), failure_kind) == (sent_class, sent_kind)
    assert (error.action, error.request_id) == ("send_event", "id-1")
    assert ("may have taken effect" in str(error)) == (sent_class is AuthError)
    error, failure_kind = classify_disconnect(disconnect, CALL, sent=False)
    assert (type(error), failure_kind) == (unsent_class, unsent_kind)
    assert "may have taken effect" not in str(error)


def test_a_timeout_is_ambiguous_if_the_call_was_sent() -> None:
    """A call that was not sent is known not to be executed."""
    error, failure_kind = classify_timeout("no response", CALL)
    assert (type(error), error.request_id, failure_kind) == (
        OutcomeUnknown,
        "id-1",
        FailureKind.AMBIGUOUS,
    )
    assert classify_timeout("bad", CALL, FailureKind.FATAL).failure_kind is FailureKind.FATAL
    error, failure_kind = classify_timeout("no response", CALL, sent=False)
    assert (type(error), failure_kind) == (NotConnected, FailureKind.NOT_EXECUTED)


def test_a_redirect_that_cannot_be_followed_is_ambiguous() -> None:
    """The error has the facts of the call, and says why the redirect was not followed."""
    misdirected = Misdirected(
        "Wrong region", type="misdirected_request", action="a", request_id="1"
    )
    error = misdirected_error(misdirected, NotConnected("there is no such region"))
    assert (type(error), error.message) == (OutcomeUnknown, "there is no such region")
    assert (error.type, error.action, error.request_id) == ("misdirected_request", "a", "1")


# The failure of a retry; whether it is conclusive for a read, and for any other call.
SECOND_ATTEMPTS: list[tuple[RtmError, bool, bool]] = [
    (Refused("no", type="validation"), True, False),
    (AuthError("no", type="authorization"), True, False),
    (Busy("later", type="too_many_requests"), True, False),
    (NotConnected("no route"), False, False),
    (OutcomeUnknown("lost again"), True, True),
]


@pytest.mark.parametrize(("error", "if_read", "otherwise"), SECOND_ATTEMPTS)
def test_a_failed_retry_leaves_the_first_attempt_unknown(
    error: RtmError, if_read: bool, otherwise: bool
) -> None:
    """Both causes are reported under the first attempt's id, unless the call is a read."""
    for retry, is_conclusive in ((Retry.READ_ONLY, if_read), (Retry.IDEMPOTENT, otherwise)):
        merged = with_earlier_attempt(error, CONNECTION_LOST, retry)
        if is_conclusive:
            assert merged is error
        else:
            text = error.message if error.type == "not_sent" else f"{error.type}: {error.message}"
            assert (type(merged), merged.request_id) == (OutcomeUnknown, "id-0")
            assert merged.message == f"the connection was lost; then {text}"


@pytest.mark.parametrize("earlier", [None, Busy("later")])
def test_a_first_attempt_that_is_not_ambiguous_changes_nothing(earlier: RtmError | None) -> None:
    """There was none, or it was proved not executed."""
    error = Refused("no")
    assert with_earlier_attempt(error, earlier, Retry.NEVER) is error
