"""The ear at one session: all that came is told, in its place, before the loss."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

import pytest
from faults import FaultServer, answer, close, flood, message, push, text
from reaching import access_to, soon

from rtmcli.flows.listen.ear import Ear
from rtmcli.flows.listen.wish import Happening, Note, Rest, Wish
from rtmcli.protocol.reconnection import Gap
from rtmcli.protocol.sieve import Sieve
from rtmcli.session.login import open_session
from rtmcli.session.session import LinkLost

NEVER_DROWSY = 1e9


def numbered(number: int) -> Any:
    """Make a push that is told by its number."""
    return push("incoming_event", {"n": number})


@contextmanager
def ear_at(server: FaultServer, drowsy: float = NEVER_DROWSY, **wish: Any) -> Iterator[Ear]:
    """Log in, and put an ear to the session."""
    with closing(open_session(access_to(server), soon(), soon())) as session:
        yield Ear(session, Sieve(), Rest(Wish(**wish)), drowsy)


def heard(happenings: Iterator[Happening]) -> list[Any]:
    """Flatten what is heard: a push each, a gap by the number it lost, a note by its kind."""
    found: list[Any] = []
    try:
        for each in happenings:
            match each:
                case Gap():
                    found.append(each.lost)
                case Note():
                    found.append(each.kind)
                case _:
                    found.extend(each)
    except LinkLost as error:
        found.append(str(error))
    return found


def test_what_came_before_the_loss_is_told_before_it() -> None:
    """All that stood in front of the close frame."""
    with FaultServer() as server:
        server.on("login", [answer(), flood(3), close(1001)])
        with ear_at(server) as ear:
            *pushes, loss = heard(ear.hear())
    assert (len(pushes), loss) == (3, "the server closed the connection with code 1001")


def test_what_cannot_be_read_is_a_gap_in_its_place() -> None:
    """Neighbours make one gap with their number, at the place where they stood."""
    with FaultServer() as server:
        spoilt = text("{bad")
        steps = [numbered(1), spoilt, spoilt, numbered(2), spoilt, close(1000)]
        server.on("login", [answer(), *steps])
        with ear_at(server) as ear:
            told = heard(ear.hear())
    pushes = [place for place, each in enumerate(told) if isinstance(each, bytes)]
    lost = [each for each in told if isinstance(each, int)]
    assert (sum(lost[:-1]), lost[-1]) == (2, 1)
    assert pushes[0] == 0
    assert told[pushes[1] - 1] in (1, 2)
    assert told[pushes[1] + 1 :] == ["unreadable", 1, told[-1]]


def test_an_announced_end_that_does_not_come_is_taken_at_its_word() -> None:
    """Where the server says that it ends the session, and then does not, we leave."""
    with FaultServer() as server:
        server.on("login", [answer(), push("agent_disconnected", {"reason": "internal_error"})])
        with ear_at(server) as ear:
            told = heard(ear.hear())
    assert told[1:] == ["the server disconnected: internal_error (the server has a fault)"]


@pytest.mark.parametrize("payload", [None, [], {"reason": "internal_error", "data": 1}])
def test_an_announcement_of_any_shape_is_survived(payload: Any) -> None:
    """The session is lost like any other."""
    whole = {"action": "agent_disconnected", "type": "push", "payload": payload}
    with FaultServer() as server:
        server.on("login", [answer(), message(whole), close(1000)])
        with ear_at(server) as ear:
            assert len(heard(ear.hear())) == 2


def test_whoever_was_asleep_hears_what_came_and_gives_the_session_up() -> None:
    """The frames that waited are told, and then the loss."""
    with FaultServer() as server, ear_at(server, drowsy=-1.0) as ear:
        server.play(flood(3))
        *pushes, loss = heard(ear.hear())
    assert (len(pushes), "this process was stopped for" in loss) == (3, True)


def test_what_came_before_the_time_was_over_is_told_however_late_we_look() -> None:
    """Whoever was stopped meanwhile has it all still to hear, more than is read at once."""
    with FaultServer() as server, ear_at(server, length=0.0) as ear:
        server.play(flood(2000))
        assert len(heard(ear.hear())) == 2000


def test_enough_is_enough() -> None:
    """What follows the last wanted push is not told, gaps included."""
    with FaultServer() as server:
        server.on("login", [answer(), flood(1), text("{bad"), flood(1)])
        with ear_at(server, pushes=1) as ear:
            assert len(heard(ear.hear())) == 1
