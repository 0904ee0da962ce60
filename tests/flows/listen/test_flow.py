"""What listening yields, and in which order."""

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
    """Make a listener that reconnects without delay."""
    return Listener(Connector(connect_options(server)), ListenOptions(**options), reconnect_policy)


def item_names(items: Iterator[ListenItem]) -> list[str]:
    """Return names: pushes by their number, notices by their kind."""
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


def test_items_are_yielded_in_the_order_of_events() -> None:
    """Pushes before a disconnect come first, and the gap before later pushes."""
    with FaultServer() as server:
        server.on("login", [respond(), flood(2), drop("fin")], [respond(), flood(1)])
        names = item_names(make_listener(server, max_pushes=3).run())
    assert [name for name in names if name != "1 pushes"] in (
        ["2 pushes", "disconnected", "gap", "reconnected"],
        ["disconnected", "gap", "reconnected"],  # the two came one by one
    )


def test_a_gap_is_between_the_last_frame_and_the_new_session() -> None:
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


@pytest.mark.parametrize("step", [-86_400, 86_400])
def test_a_gap_has_its_true_length_if_the_clock_is_set(
    monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    """T116: it ends at the current time, and never before it begins."""
    real_time, started = time.time, time.monotonic()
    with FaultServer() as server:
        server.on("login", [respond(), flood(1), close(1012)], [respond(), flood(1)])
        gaps = []
        for item in make_listener(server, max_pushes=2).run():
            if isinstance(item, Notice) and item.kind == "disconnected":
                monkeypatch.setattr(time, "time", lambda: real_time() + step)
            if isinstance(item, Gap):
                gaps.append(item)
    [gap] = gaps
    assert 0 <= gap.end - gap.start <= time.monotonic() - started
    assert abs(gap.end - real_time() - step) < 60


def test_a_jump_of_the_wall_clock_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """T75: a day forward and back at every call; no timeout fires, and none is missed."""
    days = count()
    real_time = time.time
    monkeypatch.setattr(time, "time", lambda: real_time() + (next(days) % 2) * 86_400)
    started = time.monotonic()
    with FaultServer() as server:
        server.on("login", [respond(), flood(3)])
        names = item_names(make_listener(server, idle_timeout=0.3, max_duration=60.0).run())
        assert server.connection_count == 1
    assert set(names) <= {"1 pushes", "2 pushes", "3 pushes"}
    assert 0.3 <= time.monotonic() - started < 10


def test_a_slow_caller_is_not_idle_time() -> None:
    """Pushes that came meanwhile are yielded."""
    items = []
    with FaultServer() as server:
        server.on("login", [respond(), flood(1)])
        for item in make_listener(server, idle_timeout=0.2).run():
            items.append(item)
            if len(items) == 1:
                server.run_steps(flood(1))
                time.sleep(0.3)
    assert len(items) == 2


def test_each_expiry_of_the_token_refreshes_it_once() -> None:
    """After a stable session the next expiry refreshes it again."""
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


def test_a_token_that_expires_at_once_is_not_refreshed_again() -> None:
    """The session was not stable."""
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


def test_a_token_that_the_login_refuses_is_refreshed() -> None:
    """Its source may have a newer one."""
    with FaultServer() as server:
        server.on("login", respond_error("authentication"), [respond(), flood(1)])
        options = connect_options(
            server, credentials=Credentials(TOKEN, refresh=lambda _: "Bearer dal:another-1")
        )
        names = item_names(
            Listener(Connector(options), ListenOptions(max_pushes=1), IMMEDIATE).run()
        )
    assert names == ["1 pushes"]


def test_a_repeated_failure_is_one_notice() -> None:
    """An outage of hours is one line, not thousands."""
    items: list[ListenItem] = []
    with FaultServer() as server:
        server.stop_listening()
        with pytest.raises(NotConnected, match="timed out while disconnected"):
            collect_items(make_listener(server, max_duration=0.3).run(), items)
    assert set(item_names(iter(items))) == {"not_connected"}
    assert len(items) <= 2  # the last attempt may time out, which is another failure


def collect_items(items: Iterator[ListenItem], collected: list[ListenItem]) -> None:
    """Collect the items, even if there is an error."""
    for item in items:
        collected.append(item)  # noqa: PERF402  # extend would keep nothing


@pytest.mark.parametrize(("duration", "announced"), [(90.0, True), (30.0, False)])
def test_the_next_attempt_is_announced_only_if_there_is_time_for_it(
    *, duration: float, announced: bool
) -> None:
    """The notice of a disconnect says when it is."""
    with FaultServer() as server:
        server.on("login", [respond(), drop("fin")])
        reconnect_policy = IMMEDIATE._replace(min_login_interval=60.0)
        with closing(make_listener(server, reconnect_policy, max_duration=duration).run()) as items:
            notice = next(items)
    assert isinstance(notice, Notice)
    assert notice.kind == "disconnected"
    assert ("; trying again in " in notice.message) == announced


def test_closing_the_generator_closes_the_session() -> None:
    """With a closing handshake."""
    with FaultServer() as server:
        server.on("login", [respond(), flood(1)])
        with closing(make_listener(server).run()) as items:
            next(items)
        server.wait_for(lambda: server.close_codes == [1000])


def test_a_login_in_the_wrong_region_is_repeated_in_the_right_one() -> None:
    """Without a delay, and without a gap: nothing was connected before."""
    with FaultServer() as dal, FaultServer() as fra:
        dal.on("login", respond_error("misdirected_request", data={"region": "fra"}))
        fra.on("login", [respond(), flood(1)])
        connector = Connector(connect_options(dal, regions={"fra": fra}))
        listener = Listener(connector, ListenOptions(max_pushes=1), IMMEDIATE)
        assert item_names(listener.run()) == ["1 pushes"]
        assert [dal.connection_count, fra.connection_count] == [1, 1]
