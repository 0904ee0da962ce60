"""What became of a call: one event has one meaning, for one call as for a stream."""

from typing import Any

import pytest

from rtmcli.catalogue.model import Retry
from rtmcli.errors import AuthError, Busy, NotConnected, OutcomeUnknown, Refused, RtmError
from rtmcli.protocol.messages import Request, Response
from rtmcli.protocol.retry_policy import DISCONNECT_REASONS, FailureKind
from rtmcli.session.outcomes import (
    Misdirected,
    classify_disconnect,
    classify_response,
    classify_timeout,
    disconnect_error,
    misdirected_error,
    response_error,
    with_earlier_attempt,
)
from rtmcli.session.session import ConnectionLost
from rtmcli.websocket.frames import Close

CALL = Request("send_event", {}, "id-1")
CONNECTION_LOST = OutcomeUnknown("the connection was lost", action="send_event", request_id="id-0")


def refusal_response(payload: Any) -> Response:
    """Make an answer that says no."""
    return Response("send_event", "id-1", success=False, payload=payload, envelope={})


def connection_lost(code: int = 1006, reason: str = "", protocol_error: str = "") -> ConnectionLost:
    """Lose a connection."""
    return ConnectionLost(Close(code, "", protocol_error), DISCONNECT_REASONS.get(reason), "")


@pytest.mark.parametrize(
    ("type_", "kind", "fault"),
    [
        ("too_many_requests", Busy, FailureKind.NOT_EXECUTED),
        ("internal", OutcomeUnknown, FailureKind.AMBIGUOUS),
        ("misdirected_request", Misdirected, FailureKind.REFUSED),
        ("authentication", AuthError, FailureKind.REFUSED),
        ("authorization", AuthError, FailureKind.REFUSED),
        ("validation", Refused, FailureKind.REFUSED),
        ("brand_new", Refused, FailureKind.REFUSED),
    ],
)
def test_an_answer_is_judged_by_its_type(type_: str, kind: type, fault: FailureKind) -> None:
    """The error has the server's facts, and those of the call that it befell."""
    data = {"region": "fra"}
    answer = refusal_response({"error": {"type": type_, "message": "no", "data": data}})
    error, found = classify_response(answer, CALL)
    assert (type(error), found) == (kind, fault)
    assert (error.type, error.message, error.data) == (type_, "no", data)
    assert (error.action, error.request_id) == ("send_event", "id-1")


def test_who_is_misdirected_knows_where_to() -> None:
    """The region is the one that the server named."""
    assert Misdirected("Wrong region", data={"region": "fra"}).region == "fra"


# How the connection ended; what is told where the call was sent, and where it was not.
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
    "close 1000": (
        connection_lost(1000),
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
    "close 4000": (
        connection_lost(4000),
        OutcomeUnknown,
        FailureKind.FATAL,
        NotConnected,
        FailureKind.REFUSED,
    ),
    "a breach": (
        connection_lost(protocol_error="no"),
        OutcomeUnknown,
        FailureKind.FATAL,
        NotConnected,
        FailureKind.REFUSED,
    ),
    "passing": (
        connection_lost(1000, "internal_error"),
        OutcomeUnknown,
        FailureKind.AMBIGUOUS,
        NotConnected,
        FailureKind.NOT_EXECUTED,
    ),
    "for good": (
        connection_lost(1000, "connection_evicted"),
        OutcomeUnknown,
        FailureKind.FATAL,
        NotConnected,
        FailureKind.REFUSED,
    ),
    "who asks": (
        connection_lost(1000, "access_token_revoked"),
        AuthError,
        FailureKind.FATAL,
        AuthError,
        FailureKind.REFUSED,
    ),
    "a stale token": (
        connection_lost(4000, "access_token_expired"),
        AuthError,
        FailureKind.FATAL,
        AuthError,
        FailureKind.REFUSED,
    ),
}


@pytest.mark.parametrize("what", DISCONNECTS)
def test_a_loss_is_judged_by_how_it_came_and_whether_the_call_had_left(what: str) -> None:
    """What may be on the wire may have taken effect; what is not is not in doubt."""
    end, if_sent, fault, if_not, harmless = DISCONNECTS[what]
    error, found = classify_disconnect(end, CALL, sent=True)
    assert (type(error), found) == (if_sent, fault)
    assert (error.action, error.request_id) == ("send_event", "id-1")
    assert ("may have taken effect" in str(error)) == (if_sent is AuthError)
    error, found = classify_disconnect(end, CALL, sent=False)
    assert (type(error), found) == (if_not, harmless)
    assert "may have taken effect" not in str(error)


def test_silence_is_doubt() -> None:
    """Only of what was not sent it is known that nothing came of it."""
    error, fault = classify_timeout("no answer", CALL)
    assert (type(error), error.request_id, fault) == (OutcomeUnknown, "id-1", FailureKind.AMBIGUOUS)
    assert classify_timeout("bad", CALL, FailureKind.FATAL).failure_kind is FailureKind.FATAL
    error, fault = classify_timeout("no answer", CALL, sent=False)
    assert (type(error), fault) == (NotConnected, FailureKind.NOT_EXECUTED)


@pytest.mark.parametrize(
    ("reason", "kind", "type_"),
    [
        ("license_expired", AuthError, "license_expired"),
        ("too_many_connections", NotConnected, "too_many_connections"),
        ("", NotConnected, "not_sent"),
    ],
)
def test_a_farewell_is_about_who_asks_or_not(reason: str, kind: type, type_: str) -> None:
    """It is told in the words of the loss."""
    error = disconnect_error(connection_lost(1000, reason))
    assert (type(error), error.type) == (kind, type_)
    assert error.message == str(connection_lost(1000, reason))


def test_who_may_not_follow_to_another_region_is_in_doubt() -> None:
    """The call's own facts, and why nobody goes there."""
    away = Misdirected("Wrong region", type="misdirected_request", action="a", request_id="1")
    error = misdirected_error(away, NotConnected("there is no such region"))
    assert (type(error), error.message) == (OutcomeUnknown, "there is no such region")
    assert (error.type, error.action, error.request_id) == ("misdirected_request", "a", "1")


# The failure of a repetition; for a read and for any other call, whether it is believed.
SECOND_ATTEMPTS: list[tuple[RtmError, bool, bool]] = [
    (Refused("no", type="validation"), True, False),
    (AuthError("no", type="authorization"), True, False),
    (Busy("later", type="too_many_requests"), True, False),
    (NotConnected("no way"), False, False),
    (OutcomeUnknown("lost again"), True, True),
]


@pytest.mark.parametrize(("error", "if_read", "if_acts"), SECOND_ATTEMPTS)
def test_a_repetition_that_fails_leaves_the_first_try_in_doubt(
    error: RtmError, if_read: bool, if_acts: bool
) -> None:
    """Both causes are told under the first try's id; a read is as refused as it is."""
    for retry, believed in ((Retry.READ_ONLY, if_read), (Retry.IDEMPOTENT, if_acts)):
        told = with_earlier_attempt(error, CONNECTION_LOST, retry)
        if believed:
            assert told is error
        else:
            said = error.message if error.type == "not_sent" else f"{error.type}: {error.message}"
            assert (type(told), told.request_id) == (OutcomeUnknown, "id-0")
            assert told.message == f"the connection was lost; then {said}"


@pytest.mark.parametrize("before", [None, Busy("later")])
def test_a_first_try_that_is_not_in_doubt_changes_nothing(before: RtmError | None) -> None:
    """There was none, or it was proved not executed."""
    error = Refused("no")
    assert with_earlier_attempt(error, before, Retry.NEVER) is error


@pytest.mark.parametrize(
    ("payload", "told"),
    [
        ({}, ("unknown", "the server gave no reason", None)),
        ({"error": None}, ("unknown", "the server gave no reason", None)),
        ({"error": "validation"}, ("unknown", "the server gave no reason", None)),
        ({"error": {}}, ("unknown", "the server gave no reason", None)),
        ({"error": {"type": "", "message": ""}}, ("unknown", "the server gave no reason", None)),
        ({"error": {"type": 7, "message": []}}, ("unknown", "the server gave no reason", None)),
        ({"error": {"type": "a", "message": "b", "data": [1]}}, ("a", "b", [1])),
    ],
)
def test_an_error_is_read_whatever_the_server_put_there(payload: Any, told: Any) -> None:
    """Type, message and data, each checked."""
    assert response_error(Response("a", "1", success=False, payload=payload, envelope={})) == told


def test_the_servers_words_are_cut() -> None:
    """A message of any length becomes one line that can be read."""
    long = refusal_response({"error": {"message": "x" * 100_000}})
    assert response_error(long)[1] == "x" * 2000 + "…"
