"""What became of a call: one event has one meaning, for one call as for a stream."""

from typing import Any

import pytest

from rtmcli.catalogue.model import Retry
from rtmcli.errors import AuthError, Busy, NotConnected, OutcomeUnknown, Refused, RtmError
from rtmcli.protocol.conversation import REASONS, Fault
from rtmcli.protocol.framing import Closing
from rtmcli.protocol.messages import Request, Response
from rtmcli.session.judging import (
    Misdirected,
    error_of,
    farewell,
    honest,
    judge_answer,
    judge_loss,
    judge_silence,
    stray,
)
from rtmcli.session.session import LinkLost

CALL = Request("send_event", {}, "id-1")
LOST = OutcomeUnknown("the connection was lost", action="send_event", request_id="id-0")


def refused(payload: Any) -> Response:
    """Make an answer that says no."""
    return Response("send_event", "id-1", success=False, payload=payload, envelope={})


def lost(code: int = 1006, reason: str = "", fault: str = "") -> LinkLost:
    """Lose a connection."""
    return LinkLost(Closing(code, "", fault), REASONS.get(reason), "")


@pytest.mark.parametrize(
    ("type_", "kind", "fault"),
    [
        ("too_many_requests", Busy, Fault.PROVED),
        ("internal", OutcomeUnknown, Fault.LOST),
        ("misdirected_request", Misdirected, Fault.REFUSED),
        ("authentication", AuthError, Fault.REFUSED),
        ("authorization", AuthError, Fault.REFUSED),
        ("validation", Refused, Fault.REFUSED),
        ("brand_new", Refused, Fault.REFUSED),
    ],
)
def test_an_answer_is_judged_by_its_type(type_: str, kind: type, fault: Fault) -> None:
    """The error has the server's facts, and those of the call that it befell."""
    data = {"region": "fra"}
    answer = refused({"error": {"type": type_, "message": "no", "data": data}})
    error, found = judge_answer(answer, CALL)
    assert (type(error), found) == (kind, fault)
    assert (error.type, error.message, error.data) == (type_, "no", data)
    assert (error.action, error.request_id) == ("send_event", "id-1")


def test_who_is_misdirected_knows_where_to() -> None:
    """The region is the one that the server named."""
    assert Misdirected("Wrong region", data={"region": "fra"}).region == "fra"


# How the connection ended; what is told where the call was sent, and where it was not.
LOSSES: dict[str, tuple[LinkLost, type[RtmError], Fault, type[RtmError], Fault]] = {
    "reset": (lost(), OutcomeUnknown, Fault.LOST, NotConnected, Fault.PROVED),
    "close 1000": (lost(1000), OutcomeUnknown, Fault.LOST, NotConnected, Fault.PROVED),
    "close 1008": (lost(1008), OutcomeUnknown, Fault.BROKEN, NotConnected, Fault.REFUSED),
    "close 4000": (lost(4000), OutcomeUnknown, Fault.BROKEN, NotConnected, Fault.REFUSED),
    "a breach": (lost(fault="no"), OutcomeUnknown, Fault.BROKEN, NotConnected, Fault.REFUSED),
    "passing": (
        lost(1000, "internal_error"), OutcomeUnknown, Fault.LOST, NotConnected, Fault.PROVED),
    "for good": (
        lost(1000, "connection_evicted"),
        OutcomeUnknown, Fault.BROKEN, NotConnected, Fault.REFUSED),
    "who asks": (
        lost(1000, "access_token_revoked"), AuthError, Fault.BROKEN, AuthError, Fault.REFUSED),
    "a stale token": (
        lost(4000, "access_token_expired"), AuthError, Fault.BROKEN, AuthError, Fault.REFUSED),
}  # fmt: skip  # a table


@pytest.mark.parametrize("what", LOSSES)
def test_a_loss_is_judged_by_how_it_came_and_whether_the_call_had_left(what: str) -> None:
    """What may be on the wire may have taken effect; what is not is not in doubt."""
    end, if_sent, fault, if_not, harmless = LOSSES[what]
    error, found = judge_loss(end, CALL, sent=True)
    assert (type(error), found) == (if_sent, fault)
    assert (error.action, error.request_id) == ("send_event", "id-1")
    assert ("may have taken effect" in str(error)) == (if_sent is AuthError)
    error, found = judge_loss(end, CALL, sent=False)
    assert (type(error), found) == (if_not, harmless)
    assert "may have taken effect" not in str(error)


def test_silence_is_doubt() -> None:
    """Only of what was not sent it is known that nothing came of it."""
    error, fault = judge_silence("no answer", CALL)
    assert (type(error), error.request_id, fault) == (OutcomeUnknown, "id-1", Fault.LOST)
    assert judge_silence("bad", CALL, Fault.BROKEN).fault is Fault.BROKEN
    error, fault = judge_silence("no answer", CALL, sent=False)
    assert (type(error), fault) == (NotConnected, Fault.PROVED)


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
    error = farewell(lost(1000, reason))
    assert (type(error), error.type) == (kind, type_)
    assert error.message == str(lost(1000, reason))


def test_who_may_not_follow_to_another_region_is_in_doubt() -> None:
    """The call's own facts, and why nobody goes there."""
    away = Misdirected("Wrong region", type="misdirected_request", action="a", request_id="1")
    error = stray(away, NotConnected("there is no such region"))
    assert (type(error), error.message) == (OutcomeUnknown, "there is no such region")
    assert (error.type, error.action, error.request_id) == ("misdirected_request", "a", "1")


# The failure of a repetition; for a read and for any other call, whether it is believed.
REPETITIONS: list[tuple[RtmError, bool, bool]] = [
    (Refused("no", type="validation"), True, False),
    (AuthError("no", type="authorization"), True, False),
    (Busy("later", type="too_many_requests"), True, False),
    (NotConnected("no way"), False, False),
    (OutcomeUnknown("lost again"), True, True),
]


@pytest.mark.parametrize(("error", "if_read", "if_acts"), REPETITIONS)
def test_a_repetition_that_fails_leaves_the_first_try_in_doubt(
    error: RtmError, if_read: bool, if_acts: bool
) -> None:
    """Both causes are told under the first try's id; a read is as refused as it is."""
    for retry, believed in ((Retry.READ, if_read), (Retry.IDEMPOTENT, if_acts)):
        told = honest(error, LOST, retry)
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
    assert honest(error, before, Retry.NEVER) is error


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
    assert error_of(Response("a", "1", success=False, payload=payload, envelope={})) == told


def test_the_servers_words_are_cut() -> None:
    """A message of any length becomes one line that can be read."""
    long = refused({"error": {"message": "x" * 100_000}})
    assert error_of(long)[1] == "x" * 2000 + "…"
