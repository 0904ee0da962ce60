"""The receiver of one session: everything received is yielded in order, before the loss."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

import pytest
from support.connect import connect_options, short_deadline
from support.fault_server import FaultServer, close, flood, message, push, respond, text

from rtmcli.flows.listen.criteria import ListenOptions, StopCondition
from rtmcli.flows.listen.items import Gap, ListenItem, Notice
from rtmcli.flows.listen.receiver import Receiver
from rtmcli.protocol.push_filter import PushFilter
from rtmcli.session.login import open_session
from rtmcli.session.session import ConnectionLost

UNLIMITED_SLEEP = 1e9


def numbered_push(number: int) -> Any:
    """Make a push with a number."""
    return push("incoming_event", {"n": number})


@contextmanager
def receiver_for(
    server: FaultServer, max_sleep: float = UNLIMITED_SLEEP, **options: Any
) -> Iterator[Receiver]:
    """Log in, and yield a receiver of the session."""
    with closing(
        open_session(connect_options(server), short_deadline(), short_deadline())
    ) as session:
        yield Receiver(session, PushFilter(), StopCondition(ListenOptions(**options)), max_sleep)


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
    """Then the loss is raised."""
    with FaultServer() as server:
        server.on("login", [respond(), flood(3), close(1001)])
        with receiver_for(server) as receiver:
            *pushes, loss = summarize(receiver.items())
    assert (len(pushes), loss) == (3, "the server closed the connection with code 1001")


def test_undecodable_messages_are_a_gap_in_their_place() -> None:
    """Adjacent ones are one gap with their number."""
    with FaultServer() as server:
        malformed = text("{bad")
        steps = [numbered_push(1), malformed, malformed, numbered_push(2), malformed, close(1000)]
        server.on("login", [respond(), *steps])
        with receiver_for(server) as receiver:
            received = summarize(receiver.items())
    pushes = [place for place, each in enumerate(received) if isinstance(each, bytes)]
    lost = [each for each in received if isinstance(each, int)]
    assert (sum(lost[:-1]), lost[-1]) == (2, 1)
    assert pushes[0] == 0
    assert received[pushes[1] - 1] in (1, 2)
    assert received[pushes[1] + 1 :] == ["unreadable", 1, received[-1]]


def test_an_announced_disconnect_ends_the_session() -> None:
    """Even if the server does not close the connection."""
    with FaultServer() as server:
        server.on("login", [respond(), push("agent_disconnected", {"reason": "internal_error"})])
        with receiver_for(server) as receiver:
            received = summarize(receiver.items())
    assert received[1:] == [
        "the server disconnected: internal_error (the server had an internal error)"
    ]


@pytest.mark.parametrize("payload", [None, [], {"reason": "internal_error", "data": 1}])
def test_an_announcement_may_have_any_payload(payload: Any) -> None:
    """The session is lost like any other."""
    whole = {"action": "agent_disconnected", "type": "push", "payload": payload}
    with FaultServer() as server:
        server.on("login", [respond(), message(whole), close(1000)])
        with receiver_for(server) as receiver:
            assert len(summarize(receiver.items())) == 2


def test_a_process_that_was_stopped_reads_what_arrived_and_drops_the_session() -> None:
    """The server has closed it by then."""
    with FaultServer() as server, receiver_for(server, max_sleep=-1.0) as receiver:
        server.run_steps(flood(3))
        *pushes, loss = summarize(receiver.items())
    assert (len(pushes), "this process was stopped for" in loss) == (3, True)


def test_what_arrived_before_the_deadline_is_yielded_after_it() -> None:
    """Even if it is more than one read returns."""
    with FaultServer() as server, receiver_for(server, max_duration=0.0) as receiver:
        server.run_steps(flood(2000))
        assert len(summarize(receiver.items())) == 2000


def test_nothing_follows_the_last_wanted_push() -> None:
    """Not even a gap."""
    with FaultServer() as server:
        server.on("login", [respond(), flood(1), text("{bad"), flood(1)])
        with receiver_for(server, max_pushes=1) as receiver:
            assert len(summarize(receiver.items())) == 1
