"""Waiting for the push that confirms a call, on a real connection."""

from collections.abc import Iterator
from typing import Any

import pytest
from faults import FaultServer, message
from faults import push as told
from reaching import access_to, soon

from rtmcli.catalogue import API
from rtmcli.catalogue.model import Method
from rtmcli.errors import NotConfirmed
from rtmcli.flows.confirm import Waiter
from rtmcli.protocol.messages import Push, Request, Response
from rtmcli.session.deadline import Deadline
from rtmcli.session.login import open_session
from rtmcli.session.session import Session

TAG = API.methods["tag_chat_thread"]
KEYS = {"chat_id": "A", "thread_id": "B", "tag": "C"}
REQUEST = Request(TAG.action, KEYS, "own-1")
TAGGED = "chat_thread_tagged"


@pytest.fixture
def server() -> Iterator[FaultServer]:
    """Run a server that tells what the test lets it tell."""
    with FaultServer() as server:
        yield server


@pytest.fixture
def session(server: FaultServer) -> Iterator[Session]:
    """Log in."""
    session = open_session(access_to(server), soon(), soon())
    yield session
    session.close()


def push(payload: Any, action: str = TAGGED, request_id: str = "") -> Push:
    """Make a push as it comes from a session."""
    return Push(action, payload, request_id, {"action": action, "payload": payload})


def answer(payload: dict[str, Any] | None = None) -> Response:
    """Make the answer to the request."""
    return Response(
        TAG.action, REQUEST.request_id, success=True, payload=payload or {}, envelope={}
    )


def waiter(method: Method = TAG, *seen: Push) -> Waiter:
    """Make a waiter without patience, which has seen some pushes before the answer."""
    waiter = Waiter(method, grace=0.0)
    for each in seen:
        waiter.see(each)
    return waiter


def test_a_push_before_the_answer_is_kept(session: Session) -> None:
    """It needs no further message."""
    own = push(KEYS, request_id="own-1")
    assert waiter(TAG, own).confirm(session, REQUEST, answer(), soon()) == own


def test_a_push_after_the_answer_is_awaited(server: FaultServer, session: Session) -> None:
    """Others before it are passed over."""
    server.play(
        told("incoming_event", {}), told(TAGGED, {"chat_id": "A"}), told(TAGGED, request_id="own-1")
    )
    assert waiter().confirm(session, REQUEST, answer(), soon()).request_id == "own-1"


def test_an_answer_to_nobody_is_passed_over(server: FaultServer, session: Session) -> None:
    """Whatever else comes meanwhile is not what is waited for."""
    stray = {"type": "response", "action": "x", "request_id": "other-1", "success": True}
    server.play(message(stray), told(TAGGED, request_id="own-1"))
    assert waiter().confirm(session, REQUEST, answer(), soon()).request_id == "own-1"


def test_the_id_counts_more_than_the_keys(session: Session) -> None:
    """Whichever comes first."""
    other, own = push(KEYS), push({}, request_id="own-1")
    assert waiter(TAG, other, own).confirm(session, REQUEST, answer(), soon()) == own


def test_keys_confirm_where_no_id_comes(session: Session) -> None:
    """After a moment of grace."""
    other = push(KEYS)
    assert waiter(TAG, other).confirm(session, REQUEST, answer(), soon()) == other


@pytest.mark.parametrize(
    "payload",
    [{}, None, {**KEYS, "tag": "D"}, {"chat_id": "A", "thread_id": "B"}],
)
def test_all_keys_must_agree(session: Session, payload: Any) -> None:
    """A push about something else does not confirm."""
    with pytest.raises(NotConfirmed):
        waiter(TAG, push(payload)).confirm(session, REQUEST, answer(), Deadline.after(0))


def test_a_push_with_another_id_is_of_another_request(session: Session) -> None:
    """Even where all keys agree."""
    seen = push(KEYS, request_id="other-1")
    with pytest.raises(NotConfirmed):
        waiter(TAG, seen).confirm(session, REQUEST, answer(), Deadline.after(0))


def test_an_unknown_own_key_is_no_key(session: Session) -> None:
    """Without agent_id the current agent is meant: a push about any agent does not confirm."""
    method = API.methods["update_agent"]
    request = Request(method.action, {"routing_status": "accepting_chats"}, "own-1")
    seen = push({"agent_id": "x", "routing_status": "accepting_chats"}, method.push)
    with pytest.raises(NotConfirmed):
        waiter(method, seen).confirm(session, request, answer(), Deadline.after(0))


def test_other_pushes_take_no_room() -> None:
    """Whatever is told in between, the memory does not grow."""
    watching = waiter()
    for _ in range(5000):
        watching.see(push({}, "incoming_event"))
        watching.see(push({}))
    assert len(watching._seen) == 1000


def test_what_did_not_come_is_told_with_its_condition(session: Session) -> None:
    """The error names the call, the push and what the push depends on."""
    method = API.methods["close_thread"]
    request = Request(method.action, {"chat_id": "A"}, "own-1")
    with pytest.raises(NotConfirmed) as caught:
        waiter(method).confirm(session, request, answer(), Deadline.after(0))
    assert (caught.value.action, caught.value.request_id) == ("close_thread", "own-1")
    assert caught.value.message == (
        "executed, but the push thread_closed did not come in time; "
        "it comes only where the chat has an active thread"
    )
