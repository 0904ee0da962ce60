"""Wait for the push that confirms a call, on a real connection."""

from collections.abc import Iterator
from typing import Any

import pytest
from support.connect import connect_options, short_deadline
from support.fault_server import FaultServer, message
from support.fault_server import push as push_step

from rtmcli.catalogue.model import Method
from rtmcli.catalogue.v3_0 import API
from rtmcli.errors import NotConfirmed
from rtmcli.flows.confirm import PushWaiter, waiter_for_method
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
    """Run a server."""
    with FaultServer() as server:
        yield server


@pytest.fixture
def session(server: FaultServer) -> Iterator[Session]:
    """Log in."""
    session = open_session(connect_options(server), short_deadline(), short_deadline())
    yield session
    session.close()


def make_push(payload: Any, action: str = PUSH_ACTION, request_id: str = "") -> Push:
    """Make a push as a session returns it."""
    return Push(action, payload, request_id, {"action": action, "payload": payload})


def make_response(payload: dict[str, Any] | None = None) -> Response:
    """Make the response to the request."""
    return Response(
        METHOD.action, REQUEST.request_id, success=True, payload=payload or {}, envelope={}
    )


def make_waiter(method: Method = METHOD, *pushes: Push) -> PushWaiter:
    """Make a waiter without a grace period that got these pushes before the response."""
    push_waiter = waiter_for_method(method, grace_period=0.0)
    for each in pushes:
        push_waiter.on_push(each)
    return push_waiter


def test_a_push_before_the_response_is_kept(session: Session) -> None:
    """No further message is needed."""
    own = make_push(KEYS, request_id="own-1")
    assert make_waiter(METHOD, own).wait(session, REQUEST, make_response(), short_deadline()) == own


def test_a_push_after_the_response_is_awaited(server: FaultServer, session: Session) -> None:
    """Other pushes before it are ignored."""
    server.run_steps(
        push_step("incoming_event", {}),
        push_step(PUSH_ACTION, {"chat_id": "A"}),
        push_step(PUSH_ACTION, request_id="own-1"),
    )
    assert (
        make_waiter().wait(session, REQUEST, make_response(), short_deadline()).request_id
        == "own-1"
    )


def test_foreign_responses_are_ignored(server: FaultServer, session: Session) -> None:
    """They confirm nothing."""
    foreign = {"type": "response", "action": "x", "request_id": "other-1", "success": True}
    server.run_steps(message(foreign), push_step(PUSH_ACTION, request_id="own-1"))
    assert (
        make_waiter().wait(session, REQUEST, make_response(), short_deadline()).request_id
        == "own-1"
    )


def test_a_push_with_the_request_id_is_preferred(session: Session) -> None:
    """Even if one whose key fields match comes first."""
    other, own = make_push(KEYS), make_push({}, request_id="own-1")
    assert (
        make_waiter(METHOD, other, own).wait(session, REQUEST, make_response(), short_deadline())
        == own
    )


def test_matching_keys_confirm_if_no_push_has_the_id(session: Session) -> None:
    """After the grace period."""
    other = make_push(KEYS)
    assert (
        make_waiter(METHOD, other).wait(session, REQUEST, make_response(), short_deadline())
        == other
    )


@pytest.mark.parametrize(
    "payload",
    [{}, None, {**KEYS, "tag": "D"}, {"chat_id": "A", "thread_id": "B"}],
)
def test_all_keys_must_match(session: Session, payload: Any) -> None:
    """A push about something else confirms nothing."""
    with pytest.raises(NotConfirmed):
        make_waiter(METHOD, make_push(payload)).wait(
            session, REQUEST, make_response(), Deadline.after(0)
        )


def test_a_push_with_another_id_confirms_nothing(session: Session) -> None:
    """Even if all keys match."""
    seen = make_push(KEYS, request_id="other-1")
    with pytest.raises(NotConfirmed):
        make_waiter(METHOD, seen).wait(session, REQUEST, make_response(), Deadline.after(0))


def test_an_unknown_key_matches_nothing(session: Session) -> None:
    """Without agent_id the call is for the current agent, whose id is not known."""
    method = API.methods["update_agent"]
    request = Request(method.action, {"routing_status": "accepting_chats"}, "own-1")
    seen = make_push({"agent_id": "x", "routing_status": "accepting_chats"}, method.push)
    with pytest.raises(NotConfirmed):
        make_waiter(method, seen).wait(session, request, make_response(), Deadline.after(0))


def test_the_number_of_kept_pushes_is_limited() -> None:
    """Memory does not grow, whatever is pushed."""
    waiter = make_waiter()
    for _ in range(5000):
        waiter.on_push(make_push({}, "incoming_event"))
        waiter.on_push(make_push({}))
    assert len(waiter._pending) == 1000


def test_the_error_names_the_condition_of_the_push(session: Session) -> None:
    """Beside the call and the push."""
    method = API.methods["close_thread"]
    request = Request(method.action, {"chat_id": "A"}, "own-1")
    with pytest.raises(NotConfirmed) as caught:
        make_waiter(method).wait(session, request, make_response(), Deadline.after(0))
    assert (caught.value.action, caught.value.request_id) == ("close_thread", "own-1")
    assert caught.value.message == (
        "executed, but the push thread_closed did not come in time; "
        "it comes only if the chat has an active thread"
    )
