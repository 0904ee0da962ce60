"""The ear at one session: all that came is told, in its place, before the loss."""

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
    """Make a push that is told by its number."""
    return push("incoming_event", {"n": number})


@contextmanager
def receiver_for(
    server: FaultServer, max_sleep: float = UNLIMITED_SLEEP, **options: Any
) -> Iterator[Receiver]:
    """Log in, and put an ear to the session."""
    with closing(
        open_session(connect_options(server), short_deadline(), short_deadline())
    ) as session:
        yield Receiver(session, PushFilter(), StopCondition(ListenOptions(**options)), max_sleep)


def summarize(items: Iterator[ListenItem]) -> list[Any]:
    """Flatten what is heard: a push each, a gap by the number it lost, a note by its kind."""
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


def test_what_came_before_the_loss_is_told_before_it() -> None:
    """All that stood in front of the close frame."""
    with FaultServer() as server:
        server.on("login", [respond(), flood(3), close(1001)])
        with receiver_for(server) as receiver:
            *pushes, loss = summarize(receiver.items())
    assert (len(pushes), loss) == (3, "the server closed the connection with code 1001")


def test_what_cannot_be_read_is_a_gap_in_its_place() -> None:
    """Neighbours make one gap with their number, at the place where they stood."""
    with FaultServer() as server:
        spoilt = text("{bad")
        steps = [numbered_push(1), spoilt, spoilt, numbered_push(2), spoilt, close(1000)]
        server.on("login", [respond(), *steps])
        with receiver_for(server) as receiver:
            received = summarize(receiver.items())
    pushes = [place for place, each in enumerate(received) if isinstance(each, bytes)]
    lost = [each for each in received if isinstance(each, int)]
    assert (sum(lost[:-1]), lost[-1]) == (2, 1)
    assert pushes[0] == 0
    assert received[pushes[1] - 1] in (1, 2)
    assert received[pushes[1] + 1 :] == ["unreadable", 1, received[-1]]


def test_an_announced_end_that_does_not_come_is_taken_at_its_word() -> None:
    """Where the server says that it ends the session, and then does not, we leave."""
    with FaultServer() as server:
        server.on("login", [respond(), push("agent_disconnected", {"reason": "internal_error"})])
        with receiver_for(server) as receiver:
            received = summarize(receiver.items())
    assert received[1:] == [
        "the server disconnected: internal_error (the server had an internal error)"
    ]


@pytest.mark.parametrize("payload", [None, [], {"reason": "internal_error", "data": 1}])
def test_an_announcement_of_any_shape_is_survived(payload: Any) -> None:
    """The session is lost like any other."""
    whole = {"action": "agent_disconnected", "type": "push", "payload": payload}
    with FaultServer() as server:
        server.on("login", [respond(), message(whole), close(1000)])
        with receiver_for(server) as receiver:
            assert len(summarize(receiver.items())) == 2


def test_whoever_was_asleep_hears_what_came_and_gives_the_session_up() -> None:
    """The frames that waited are told, and then the loss."""
    with FaultServer() as server, receiver_for(server, max_sleep=-1.0) as receiver:
        server.run_steps(flood(3))
        *pushes, loss = summarize(receiver.items())
    assert (len(pushes), "this process was stopped for" in loss) == (3, True)


def test_what_came_before_the_time_was_over_is_told_however_late_we_look() -> None:
    """Whoever was stopped meanwhile has it all still to hear, more than is read at once."""
    with FaultServer() as server, receiver_for(server, max_duration=0.0) as receiver:
        server.run_steps(flood(2000))
        assert len(summarize(receiver.items())) == 2000


def test_enough_is_enough() -> None:
    """What follows the last wanted push is not told, gaps included."""
    with FaultServer() as server:
        server.on("login", [respond(), flood(1), text("{bad"), flood(1)])
        with receiver_for(server, max_pushes=1) as receiver:
            assert len(summarize(receiver.items())) == 1
