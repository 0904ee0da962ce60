"""The receiver yields everything received in order, then raises the error of the session."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

import pytest
from support.connect import connect_options, short_deadline
from support.fault_server import FaultServer, close, flood, message, push, respond, text

from rtmcli.catalogue.v3_0 import API
from rtmcli.flows.listen.criteria import ListenOptions, StopCondition
from rtmcli.flows.listen.items import Gap, ListenItem, Notice
from rtmcli.flows.listen.receiver import Receiver
from rtmcli.flows.listen.token_renewal import TokenRenewal
from rtmcli.protocol.push_filter import PushFilter
from rtmcli.session.connector import Connector
from rtmcli.session.login import open_session
from rtmcli.session.session import ConnectionLost

UNLIMITED_SLEEP = 1e9


def numbered_push(number: int) -> Any:
    """Return a push with a number."""
    return push("incoming_event", {"n": number})


@contextmanager
def receiver_for(
    server: FaultServer, max_sleep: float = UNLIMITED_SLEEP, **options: Any
) -> Iterator[Receiver]:
    """Log in and yield a receiver for the session."""
    connector = Connector(connect_options(server))
    with closing(open_session(connector.options, short_deadline(), short_deadline())) as session:
        yield Receiver(
            session,
            PushFilter(API),
            StopCondition(ListenOptions(**options)),
            TokenRenewal(connector),
            max_sleep,
        )


def summarize(items: Iterator[ListenItem]) -> list[Any]:
    """Return each push, the count of each gap, the kind of each notice, and the final error."""
    summary: list[Any] = []
    try:
        for item in items:
            match item:
                case Gap():
                    summary.append(item.lost_count)
                case Notice():
                    summary.append(item.kind)
                case _:
                    summary.extend(item)
    except ConnectionLost as error:
        summary.append(str(error))
    return summary


def test_pushes_before_the_close_frame_are_yielded() -> None:
    """The error is raised after them."""
    with FaultServer() as server:
        server.on("login", [respond(), flood(3), close(1001)])
        with receiver_for(server) as receiver:
            *pushes, error = summarize(receiver.items())
    assert (len(pushes), error) == (3, "the server closed the connection with code 1001")


def test_undecodable_messages_are_yielded_as_gaps_in_order() -> None:
    """Adjacent ones received together are one gap with their count."""
    with FaultServer() as server:
        malformed = text("{bad")
        steps = [numbered_push(1), malformed, malformed, numbered_push(2), malformed, close(1000)]
        server.on("login", [respond(), *steps])
        with receiver_for(server) as receiver:
            received = summarize(receiver.items())
    pushes = [index for index, item in enumerate(received) if isinstance(item, bytes)]
    lost = [item for item in received if isinstance(item, int)]
    assert (sum(lost[:-1]), lost[-1]) == (2, 1)
    assert pushes[0] == 0
    assert received[pushes[1] - 1] in (1, 2)
    assert received[pushes[1] + 1 :] == ["unreadable", 1, received[-1]]


def test_a_disconnect_push_ends_the_session() -> None:
    """It does so even if the server does not close the connection."""
    with FaultServer() as server:
        server.on("login", [respond(), push("agent_disconnected", {"reason": "internal_error"})])
        with receiver_for(server) as receiver:
            received = summarize(receiver.items())
    assert received[1:] == [
        "the server disconnected: internal_error (the server had an internal error)"
    ]


@pytest.mark.parametrize("payload", [None, [], {"reason": "internal_error", "data": 1}])
def test_a_disconnect_push_may_have_any_payload(payload: Any) -> None:
    """The push is yielded, then the error is raised."""
    disconnect_push = {"action": "agent_disconnected", "type": "push", "payload": payload}
    with FaultServer() as server:
        server.on("login", [respond(), message(disconnect_push), close(1000)])
        with receiver_for(server) as receiver:
            assert len(summarize(receiver.items())) == 2


def test_after_a_long_stop_of_the_process_received_data_is_yielded_and_the_session_ends() -> None:
    """By then the server has dropped the session."""
    with FaultServer() as server, receiver_for(server, max_sleep=-1.0) as receiver:
        server.run_steps(flood(3))
        *pushes, error = summarize(receiver.items())
    assert (len(pushes), "this process was stopped for" in error) == (3, True)


def test_data_that_arrived_before_the_deadline_is_yielded_after_it() -> None:
    """All of it is read, even if that takes several reads."""
    with FaultServer() as server, receiver_for(server, max_duration=0.0) as receiver:
        server.run_steps(flood(2000))
        assert len(summarize(receiver.items())) == 2000


def test_nothing_is_yielded_after_the_maximum_number_of_pushes() -> None:
    """A gap is not yielded either."""
    with FaultServer() as server:
        server.on("login", [respond(), flood(1), text("{bad"), flood(1)])
        with receiver_for(server, max_pushes=1) as receiver:
            assert len(summarize(receiver.items())) == 1
