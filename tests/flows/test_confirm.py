"""Waiting for the push that confirms a call, on a real connection."""

from collections.abc import Iterator
from typing import Any

import pytest
from support.connect import connect_options, short_deadline
from support.fault_server import FaultServer, message
from support.fault_server import push as told

from rtmcli.catalogue import API
from rtmcli.catalogue.model import Method
from rtmcli.errors import NotConfirmed
from rtmcli.flows.confirm import PushWaiter
from rtmcli.protocol.messages import Push, Request, Response
from rtmcli.session.deadline import Deadline
from rtmcli.session.login import open_session
from rtmcli.session.session import Session

METHOD = API.methods["tag_chat_thread"]
KEYS = {"chat_id": "A", "thread_id": "B", "tag": "C"}
REQUEST = Request(METHOD.action, KEYS, "own-1")
PUSH_ACTION = "chat_thread_tagged"


@pytest.fixture
def server() -> Iterator[FaultServer]:
    """Run a server that tells what the test lets it tell."""
    with FaultServer() as server:
        yield server


@pytest.fixture
def session(server: FaultServer) -> Iterator[Session]:
    """Log in."""
    session = open_session(connect_options(server), short_deadline(), short_deadline())
    yield session
    session.close()


def make_push(payload: Any, action: str = PUSH_ACTION, request_id: str = "") -> Push:
    """Make a push as it comes from a session."""
    return Push(action, payload, request_id, {"action": action, "payload": payload})


def make_response(payload: dict[str, Any] | None = None) -> Response:
    """Make the answer to the request."""
    return Response(
        METHOD.action, REQUEST.request_id, success=True, payload=payload or {}, envelope={}
    )


def make_waiter(method: Method = METHOD, *pushes: Push) -> PushWaiter:
    """Make a waiter without patience, which has seen some pushes before the answer."""
    push_waiter = PushWaiter(method, grace_period=0.0)
    for each in pushes:
        push_waiter.on_push(each)
    return push_waiter


def test_a_push_before_the_answer_is_kept(session: Session) -> None:
    """It needs no further message."""
    own = make_push(KEYS, request_id="own-1")
    assert make_waiter(METHOD, own).wait(session, REQUEST, make_response(), short_deadline()) == own


def test_a_push_after_the_answer_is_awaited(server: FaultServer, session: Session) -> None:
    """Others before it are passed over."""
    server.run_steps(
        told("incoming_event", {}),
        told(PUSH_ACTION, {"chat_id": "A"}),
        told(PUSH_ACTION, request_id="own-1"),
    )
    assert (
        make_waiter().wait(session, REQUEST, make_response(), short_deadline()).request_id
        == "own-1"
    )


def test_an_answer_to_nobody_is_passed_over(server: FaultServer, session: Session) -> None:
    """Whatever else comes meanwhile is not what is waited for."""
    stray = {"type": "response", "action": "x", "request_id": "other-1", "success": True}
    server.run_steps(message(stray), told(PUSH_ACTION, request_id="own-1"))
    assert (
        make_waiter().wait(session, REQUEST, make_response(), short_deadline()).request_id
        == "own-1"
    )


def test_the_id_counts_more_than_the_keys(session: Session) -> None:
    """Whichever comes first."""
    other, own = make_push(KEYS), make_push({}, request_id="own-1")
    assert (
        make_waiter(METHOD, other, own).wait(session, REQUEST, make_response(), short_deadline())
        == own
    )


def test_keys_confirm_where_no_id_comes(session: Session) -> None:
    """After a moment of grace."""
    other = make_push(KEYS)
    assert (
        make_waiter(METHOD, other).wait(session, REQUEST, make_response(), short_deadline())
        == other
    )


@pytest.mark.parametrize(
    "payload",
    [{}, None, {**KEYS, "tag": "D"}, {"chat_id": "A", "thread_id": "B"}],
)
def test_all_keys_must_agree(session: Session, payload: Any) -> None:
    """A push about something else does not confirm."""
    with pytest.raises(NotConfirmed):
        make_waiter(METHOD, make_push(payload)).wait(
            session, REQUEST, make_response(), Deadline.after(0)
        )


def test_a_push_with_another_id_is_of_another_request(session: Session) -> None:
    """Even where all keys agree."""
    seen = make_push(KEYS, request_id="other-1")
    with pytest.raises(NotConfirmed):
        make_waiter(METHOD, seen).wait(session, REQUEST, make_response(), Deadline.after(0))


def test_an_unknown_own_key_is_no_key(session: Session) -> None:
    """Without agent_id the current agent is meant: a push about any agent does not confirm."""
    method = API.methods["update_agent"]
    request = Request(method.action, {"routing_status": "accepting_chats"}, "own-1")
    seen = make_push({"agent_id": "x", "routing_status": "accepting_chats"}, method.push)
    with pytest.raises(NotConfirmed):
        make_waiter(method, seen).wait(session, request, make_response(), Deadline.after(0))


def test_other_pushes_take_no_room() -> None:
    """Whatever is told in between, the memory does not grow."""
    watching = make_waiter()
    for _ in range(5000):
        watching.on_push(make_push({}, "incoming_event"))
        watching.on_push(make_push({}))
    assert len(watching._pending) == 1000


def test_what_did_not_come_is_told_with_its_condition(session: Session) -> None:
    """The error names the call, the push and what the push depends on."""
    method = API.methods["close_thread"]
    request = Request(method.action, {"chat_id": "A"}, "own-1")
    with pytest.raises(NotConfirmed) as caught:
        make_waiter(method).wait(session, request, make_response(), Deadline.after(0))
    assert (caught.value.action, caught.value.request_id) == ("close_thread", "own-1")
    assert caught.value.message == (
        "executed, but the push thread_closed did not come in time; "
        "it comes only where the chat has an active thread"
    )
