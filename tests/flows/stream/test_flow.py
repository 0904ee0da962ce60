"""The loop of a stream: who is waited for, when it ends, and what is told then."""

import threading
from contextlib import nullcontext
from typing import Any

import pytest
from faults import FaultServer, after, answer, execute, refuse
from streaming import QUICK, Feed, Ledger, connector, stream, told

from rtmcli.errors import Interrupted
from rtmcli.flows.stream.flow import Rules, Stream
from rtmcli.protocol.pipeline import Pipeline
from rtmcli.session.deadline import Deadline


def values(count: int) -> list[Any]:
    """Make so many calls."""
    return [{"action": "send_event", "payload": {"n": n}} for n in range(1, count + 1)]


def test_no_value_means_no_connection() -> None:
    """An input that ends at once asks for nothing."""
    with FaultServer() as server:
        assert told(server.url, []) == []
        assert server.connections == 0


def test_values_are_sent_and_told_as_they_come() -> None:
    """The loop waits for values and answers at the same time."""
    feed = Feed([])
    with FaultServer() as server:

        def come() -> None:
            try:
                for number, value in enumerate(values(5), 1):
                    feed.more(value)
                    server.wait_for("send_event", number)
            finally:
                feed.end()

        thread = threading.Thread(target=come)
        thread.start()
        records, _ = stream(server.url, feed)
        thread.join()
    assert [record.status for record in records] == ["ok"] * 5


def test_malformed_values_need_no_connection() -> None:
    """They have their records nevertheless."""
    with FaultServer() as server:
        records = told(server.url, [b"{bad}\n"] * 3)
        assert server.connections == 0
    assert [record.status for record in records] == ["usage"] * 3


@pytest.mark.parametrize("is_finite", [False, True])
def test_after_giving_up_a_file_is_read_to_its_end_and_a_pipe_for_a_moment(
    is_finite: bool,
) -> None:
    """Every value that was read has its record; a pipe that never ends does not hold us."""
    feed = Feed(values(30), is_finite=is_finite)
    with FaultServer() as server:
        server.on("login", refuse("authentication"))
        if is_finite:
            feed.end()
        records, flow = stream(server.url, feed)
    if not is_finite:
        feed.end()
    assert [record.status for record in records] == ["auth"] * 30
    assert flow.has_read_all == is_finite


def test_the_first_failure_ends_a_stream_that_fails_fast() -> None:
    """What was sent is awaited, what was read has its record, and nothing more is read."""
    with FaultServer() as server:
        server.on("*", answer(), refuse("validation"), answer())
        records, flow = stream(
            server.url, Feed(values(50)).end(), window=1, rules=Rules(fail_fast=True)
        )
    assert [record.status for record in records] == ["ok", "refused"]
    assert (flow.failed_fast, flow.has_read_all) == (True, False)


@pytest.mark.parametrize("is_finite", [False, True])
def test_a_stream_that_fails_fast_reads_nothing_more_where_nobody_answers(is_finite: bool) -> None:
    """That nothing could be sent is a failure as well, and no choice of the user's."""
    feed = Feed(values(30), is_finite=is_finite)
    with FaultServer() as server:
        server.on("login", refuse("authentication"))
        records, flow = stream(server.url, feed, window=2, rules=Rules(fail_fast=True))
    feed.end()
    assert [record.status for record in records] == ["auth"] * 2
    assert (flow.failed_fast, flow.has_read_all) == (False, False)


def test_time_may_be_over_while_the_last_answers_are_awaited() -> None:
    """Whatever ended the stream before: every value that was read has its record."""
    with FaultServer() as server:
        server.on("*", execute(), refuse("validation"), execute())
        rules = Rules(fail_fast=True, deadline=Deadline.after(0.3))
        records, flow = stream(server.url, Feed(values(9)).end(), window=3, rules=rules)
    assert [record.status for record in records] == ["unknown", "refused", "unknown"]
    assert flow.failed_fast


def test_time_may_be_over() -> None:
    """What is in flight is unknown then, and nothing more is read."""
    with FaultServer() as server:
        server.on("*", execute())
        rules = Rules(deadline=Deadline.after(0.3))
        records, _ = stream(server.url, Feed(values(5)).end(), window=2, rules=rules)
    assert [record.status for record in records] == ["unknown"] * 2
    assert "--max-time" in records[0].message


def test_time_may_be_longer_than_poll_can_count() -> None:
    """A stream that waits for its input may do so for a year."""
    feed = Feed([])
    ending = threading.Timer(0.1, feed.end)
    ending.start()
    with FaultServer() as server:
        records, _ = stream(server.url, feed, rules=Rules(deadline=Deadline.after(365 * 86400)))
    ending.join()
    assert records == []


def test_values_that_have_come_are_not_forgotten_when_room_comes_late() -> None:
    """A slow first call fills the spool; once it is told, the values behind it go on at once."""
    feed = Feed(values(20))
    with FaultServer() as server:
        gate = server.gate()
        server.on("*", [after(gate), answer()], answer())

        def open_late() -> None:
            try:
                server.wait_for(lambda: len(server.executed) == 4)  # the spool is full
                gate.open()
                server.wait_for(lambda: len(server.executed) == 20)
            finally:
                feed.end()

        thread = threading.Thread(target=open_late)
        thread.start()
        records, _ = stream(server.url, feed, pipeline=Pipeline(2, spool=1700))
        thread.join()
    assert [record.status for record in records] == ["ok"] * 20


class Struck:
    """A shield under which a signal comes at the n-th wait."""

    def __init__(self, at: int) -> None:
        self._left = at

    def __enter__(self) -> None:
        """Count the waits."""
        self._left -= 1
        if self._left == 0:
            raise Interrupted(15)

    def __exit__(self, *_: object) -> None:
        """Let go."""


@pytest.mark.parametrize("at", [*range(1, 8), 12, 20])
def test_a_signal_finds_everything_in_order(at: int) -> None:
    """Wherever it comes, each value that was read has one record, and what was sent is awaited."""
    feed, ledger = Feed(values(100)).end(), Ledger()
    with FaultServer() as server:
        flow = Stream(
            connector(server.url),
            Pipeline(3),
            feed,
            ledger,
            rules=Rules(),
            shield=Struck(at),
        )
        with pytest.raises(Interrupted):
            flow.run()
        feed.close()
        ledger.close()
    statuses = [record.status for record in ledger.told]
    assert [record.number for record in ledger.told] == list(range(1, len(statuses) + 1))
    assert statuses.count("ok") == len(server.executed) == server.count("*")
    assert set(statuses) <= {"ok", "not_sent"}
    assert flow.unknown == []


def test_what_is_silent_is_not_awaited_for_long() -> None:
    """After a signal it is named as unknown within two seconds."""
    feed, ledger = Feed(values(2)).end(), Ledger()
    with FaultServer() as server:
        server.on("*", execute())
        flow = Stream(
            connector(server.url, QUICK._replace(answer=60.0)),
            Pipeline(8),
            feed,
            ledger,
            rules=Rules(),
            shield=Struck(4),
        )
        with pytest.raises(Interrupted):
            flow.run()
        feed.close()
        ledger.close()
    assert [record.status for record in ledger.told] == ["unknown"] * 2
    assert [task.number for task in flow.unknown] == [1, 2]
    ids = {request.request_id for request in server.requests}
    assert {task.request.request_id for task in flow.unknown} == ids


def test_a_sink_that_fails_ends_the_stream() -> None:
    """Nothing more is sent; what is in flight is awaited, although nobody is told."""
    feed, ledger = Feed(values(40)).end(), Ledger()
    with FaultServer() as server:
        server.on("*", answer())
        flow = Stream(
            *(connector(server.url), Pipeline(4), feed, ledger),
            rules=Rules(),
            shield=nullcontext(),
        )
        ledger.failure = OSError("full")
        flow.run()
        feed.close()
        ledger.close()
    assert flow.calls.counts["unknown"] == 0
    assert server.count("*") <= 4


def test_a_tick_is_heard_in_every_turn() -> None:
    """It says when it wants to be heard again."""
    ticks = []

    def tick() -> float:
        ticks.append(1)
        return float("inf")

    feed, ledger = Feed(values(3)).end(), Ledger()
    with FaultServer() as server:
        flow = Stream(
            *(connector(server.url), Pipeline(4), feed, ledger),
            rules=Rules(),
            shield=nullcontext(),
        )
        flow.tick = tick
        flow.run()
    feed.close()
    ledger.close()
    assert ticks
