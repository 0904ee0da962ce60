"""The flow of listening, in the test's own process: what is yielded, in what order."""

import time
from collections.abc import Iterator
from contextlib import closing
from itertools import count
from typing import Any

import pytest
from support.connect import TOKEN, connect_options
from support.fault_server import FaultServer, close, drop, flood, push, respond, respond_error

from rtmcli.errors import AuthError, NotConnected
from rtmcli.flows.listen.criteria import ListenOptions
from rtmcli.flows.listen.flow import Listener
from rtmcli.flows.listen.items import Gap, ListenItem, Notice
from rtmcli.protocol.reconnection import Backoff, ReconnectPolicy
from rtmcli.session.connector import Connector
from rtmcli.session.options import Credentials

IMMEDIATE = ReconnectPolicy(Backoff(0.001, 0.01), stable_after=0.0, min_login_interval=0.001)
EXPIRED = push("agent_disconnected", {"reason": "access_token_expired"})


def make_listener(
    server: FaultServer, reconnect_policy: ReconnectPolicy = IMMEDIATE, **options: Any
) -> Listener:
    """Make a listener that needs no patience."""
    return Listener(Connector(connect_options(server)), ListenOptions(**options), reconnect_policy)


def item_names(items: Iterator[ListenItem]) -> list[str]:
    """Name what happens: pushes by their number, the rest by its kind."""
    names = []
    for item in items:
        match item:
            case Gap():
                names.append("gap")
            case Notice():
                names.append(item.kind)
            case _:
                names.append(f"{len(item)} pushes")
    return names


def test_what_came_before_a_loss_is_first_and_the_gap_before_what_comes_after() -> None:
    """The order in which things happened is the order in which they are told."""
    with FaultServer() as server:
        server.on("login", [respond(), flood(2), drop("fin")], [respond(), flood(1)])
        told = item_names(make_listener(server, max_pushes=3).run())
    assert [name for name in told if name != "1 pushes"] in (
        ["2 pushes", "disconnected", "gap", "reconnected"],
        ["disconnected", "gap", "reconnected"],  # the two came one by one
    )


def test_a_gap_lies_between_the_last_frame_and_the_new_session() -> None:
    """Its times are those of the wall clock."""
    before = time.time()
    with FaultServer() as server:
        server.on("login", [respond(), flood(1), close(1012, "restart")], [respond(), flood(1)])
        [gap] = [
            each for each in make_listener(server, max_pushes=2).run() if isinstance(each, Gap)
        ]
    assert before <= gap.start <= gap.end <= time.time()
    assert (gap.reason, gap.lost_count) == (
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
        server.on("login", [respond(), flood(3)])
        told = item_names(make_listener(server, idle_timeout=0.3, max_duration=60.0).run())
        assert server.connection_count == 1
    assert set(told) <= {"1 pushes", "2 pushes", "3 pushes"}
    assert 0.3 <= time.monotonic() - started < 10


def test_who_is_told_may_take_longer_than_a_silence() -> None:
    """What came meanwhile is heard: the server was not idle."""
    told = []
    with FaultServer() as server:
        server.on("login", [respond(), flood(1)])
        for happening in make_listener(server, idle_timeout=0.2).run():
            told.append(happening)
            if len(told) == 1:
                server.run_steps(flood(1))
                time.sleep(0.3)
    assert len(told) == 2


def test_each_expiry_of_a_token_asks_its_source_once() -> None:
    """For weeks: after a healthy session the next expiry asks again."""
    tokens = (f"Bearer dal:token-number-{number}" for number in count())
    with FaultServer() as server:
        server.on("login", *[[respond(), EXPIRED, close(1000)]] * 3, [respond(), flood(1)])
        options = connect_options(
            server, credentials=Credentials(TOKEN, refresh=lambda _: next(tokens))
        )
        item_names(
            Listener(
                Connector(options), ListenOptions(("incoming_event",), max_pushes=1), IMMEDIATE
            ).run()
        )
        sent = [login.payload["token"] for login in server.logins]
    assert sent == [TOKEN, *(f"Bearer dal:token-number-{number}" for number in range(3))]


def test_tokens_that_expire_at_once_are_not_fetched_for_ever() -> None:
    """A session that was not healthy earns no second new token."""
    tokens = (f"Bearer dal:token-number-{number}" for number in count())
    reconnect_policy = IMMEDIATE._replace(stable_after=60.0)
    with FaultServer() as server:
        server.on("login", [respond(), EXPIRED, close(1000)])
        options = connect_options(
            server, credentials=Credentials(TOKEN, refresh=lambda _: next(tokens))
        )
        with pytest.raises(AuthError, match="access_token_expired"):
            item_names(Listener(Connector(options), ListenOptions(), reconnect_policy).run())
        assert len(server.logins) == 2


def test_a_refused_token_is_replaced_once() -> None:
    """At the login as well: the source may have a newer one than we took."""
    with FaultServer() as server:
        server.on("login", respond_error("authentication"), [respond(), flood(1)])
        options = connect_options(
            server, credentials=Credentials(TOKEN, refresh=lambda _: "Bearer dal:another-1")
        )
        told = item_names(
            Listener(Connector(options), ListenOptions(max_pushes=1), IMMEDIATE).run()
        )
    assert told == ["1 pushes"]


def test_the_same_failure_is_told_once() -> None:
    """An outage of hours is one line, not thousands."""
    told: list[ListenItem] = []
    with FaultServer() as server:
        server.stop_listening()
        with pytest.raises(NotConnected, match="the time is over"):
            collect_items(make_listener(server, max_duration=0.3).run(), told)
    assert set(item_names(iter(told))) == {"not_connected"}
    assert len(told) <= 2  # the last attempt may run out of time, which is another failure


def collect_items(items: Iterator[ListenItem], collected: list[ListenItem]) -> None:
    """Keep what happens, even where it ends with an error."""
    for item in items:
        collected.append(item)  # noqa: PERF402  # extend would keep nothing


@pytest.mark.parametrize(("length", "promised"), [(90.0, True), (30.0, False)])
def test_no_attempt_is_promised_that_the_time_does_not_allow(
    *, length: float, promised: bool
) -> None:
    """Where the time ends before the next attempt, a loss is told without an outlook."""
    with FaultServer() as server:
        server.on("login", [respond(), drop("fin")])
        reconnect_policy = IMMEDIATE._replace(min_login_interval=60.0)
        with closing(make_listener(server, reconnect_policy, max_duration=length).run()) as items:
            told = next(items)
    assert isinstance(told, Notice)
    assert told.kind == "disconnected"
    assert ("; trying again in " in told.message) == promised


def test_leaving_early_says_goodbye() -> None:
    """Whoever closes the generator closes the session."""
    with FaultServer() as server:
        server.on("login", [respond(), flood(1)])
        with closing(make_listener(server).run()) as items:
            next(items)
        server.wait_for(lambda: server.close_codes == [1000])
