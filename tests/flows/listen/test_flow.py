"""The flow of listening, in the test's own process: what is yielded, in what order."""

import time
from collections.abc import Iterator
from contextlib import closing
from itertools import count
from typing import Any

import pytest
from faults import FaultServer, answer, close, drop, flood, push, refuse
from reaching import TOKEN, access_to

from rtmcli.errors import AuthError, NotConnected
from rtmcli.flows.listen import Happening, Listener, Note, Wish
from rtmcli.protocol.conversation import Backoff
from rtmcli.protocol.reconnection import Gap, Pacing
from rtmcli.session.access import Identity
from rtmcli.session.connecting import Connector

AT_ONCE = Pacing(Backoff(0.001, 0.01), healthy_after=0.0, apart=0.001)
EXPIRED = push("agent_disconnected", {"reason": "access_token_expired"})


def listener(server: FaultServer, pacing: Pacing = AT_ONCE, **wish: Any) -> Listener:
    """Make a listener that needs no patience."""
    return Listener(Connector(access_to(server)), Wish(**wish), pacing)


def kinds(happenings: Iterator[Happening]) -> list[str]:
    """Name what happens: pushes by their number, the rest by its kind."""
    names = []
    for each in happenings:
        match each:
            case Gap():
                names.append("gap")
            case Note():
                names.append(each.kind)
            case _:
                names.append(f"{len(each)} pushes")
    return names


def test_what_came_before_a_loss_is_first_and_the_gap_before_what_comes_after() -> None:
    """The order in which things happened is the order in which they are told."""
    with FaultServer() as server:
        server.on("login", [answer(), flood(2), drop("fin")], [answer(), flood(1)])
        told = kinds(listener(server, pushes=3).run())
    assert [name for name in told if name != "1 pushes"] in (
        ["2 pushes", "disconnected", "gap", "reconnected"],
        ["disconnected", "gap", "reconnected"],  # the two came one by one
    )


def test_a_gap_lies_between_the_last_frame_and_the_new_session() -> None:
    """Its times are those of the wall clock."""
    before = time.time()
    with FaultServer() as server:
        server.on("login", [answer(), flood(1), close(1012, "restart")], [answer(), flood(1)])
        [gap] = [each for each in listener(server, pushes=2).run() if isinstance(each, Gap)]
    assert before <= gap.start <= gap.end <= time.time()
    assert (gap.reason, gap.lost) == (
        "the server closed the connection with code 1012: restart",
        None,
    )


def test_a_jump_of_the_wall_clock_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """T75: a day forward and back at every look; no timer fires, and none is missed."""
    days = count()
    true = time.time
    monkeypatch.setattr(time, "time", lambda: true() + (next(days) % 2) * 86_400)
    started = time.monotonic()
    with FaultServer() as server:
        server.on("login", [answer(), flood(3)])
        told = kinds(listener(server, idle=0.3, length=60.0).run())
        assert server.connections == 1
    assert set(told) <= {"1 pushes", "2 pushes", "3 pushes"}
    assert 0.3 <= time.monotonic() - started < 10


def test_who_is_told_may_take_longer_than_a_silence() -> None:
    """What came meanwhile is heard: the server was not idle."""
    told = []
    with FaultServer() as server:
        server.on("login", [answer(), flood(1)])
        for happening in listener(server, idle=0.2).run():
            told.append(happening)
            if len(told) == 1:
                server.play(flood(1))
                time.sleep(0.3)
    assert len(told) == 2


def test_each_expiry_of_a_token_asks_its_source_once() -> None:
    """For weeks: after a healthy session the next expiry asks again."""
    tokens = (f"Bearer dal:token-number-{number}" for number in count())
    with FaultServer() as server:
        server.on("login", *[[answer(), EXPIRED, close(1000)]] * 3, [answer(), flood(1)])
        access = access_to(server, identity=Identity(TOKEN, renew=lambda _: next(tokens)))
        kinds(Listener(Connector(access), Wish(("incoming_event",), pushes=1), AT_ONCE).run())
        sent = [login.payload["token"] for login in server.logins]
    assert sent == [TOKEN, *(f"Bearer dal:token-number-{number}" for number in range(3))]


def test_tokens_that_expire_at_once_are_not_fetched_for_ever() -> None:
    """A session that was not healthy earns no second new token."""
    tokens = (f"Bearer dal:token-number-{number}" for number in count())
    pacing = AT_ONCE._replace(healthy_after=60.0)
    with FaultServer() as server:
        server.on("login", [answer(), EXPIRED, close(1000)])
        access = access_to(server, identity=Identity(TOKEN, renew=lambda _: next(tokens)))
        with pytest.raises(AuthError, match="access_token_expired"):
            kinds(Listener(Connector(access), Wish(), pacing).run())
        assert len(server.logins) == 2


def test_a_refused_token_is_replaced_once() -> None:
    """At the login as well: the source may have a newer one than we took."""
    with FaultServer() as server:
        server.on("login", refuse("authentication"), [answer(), flood(1)])
        access = access_to(server, identity=Identity(TOKEN, renew=lambda _: "Bearer dal:another-1"))
        told = kinds(Listener(Connector(access), Wish(pushes=1), AT_ONCE).run())
    assert told == ["1 pushes"]


def test_the_same_failure_is_told_once() -> None:
    """An outage of hours is one line, not thousands."""
    told: list[Happening] = []
    with FaultServer() as server:
        server.stop()
        with pytest.raises(NotConnected, match="the time is over"):
            keep(listener(server, length=0.3).run(), told)
    assert set(kinds(iter(told))) == {"not_connected"}
    assert len(told) <= 2  # the last attempt may run out of time, which is another failure


def keep(happenings: Iterator[Happening], kept: list[Happening]) -> None:
    """Keep what happens, even where it ends with an error."""
    for each in happenings:
        kept.append(each)  # noqa: PERF402  # extend would keep nothing


@pytest.mark.parametrize(("length", "promised"), [(90.0, True), (30.0, False)])
def test_no_attempt_is_promised_that_the_time_does_not_allow(
    *, length: float, promised: bool
) -> None:
    """Where the time ends before the next attempt, a loss is told without an outlook."""
    with FaultServer() as server:
        server.on("login", [answer(), drop("fin")])
        pacing = AT_ONCE._replace(apart=60.0)
        with closing(listener(server, pacing, length=length).run()) as happenings:
            told = next(happenings)
    assert isinstance(told, Note)
    assert told.kind == "disconnected"
    assert ("; trying again in " in told.message) == promised


def test_leaving_early_says_goodbye() -> None:
    """Whoever closes the generator closes the session."""
    with FaultServer() as server:
        server.on("login", [answer(), flood(1)])
        with closing(listener(server).run()) as happenings:
            next(happenings)
        server.wait_for(lambda: server.close_codes == [1000])
