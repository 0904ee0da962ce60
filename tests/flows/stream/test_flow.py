"""The loop of a stream: who is waited for, when it ends, and what is told then."""

import signal
import threading
from math import inf
from typing import Any

import pytest
from support.fault_server import FaultServer, execute, respond, respond_error, wait_for_gate
from support.stream import (
    FAST_TIMERS,
    ListSink,
    PipeSource,
    make_connector,
    run_stream,
    stream_outcomes,
)

from rtmcli.errors import Interrupted
from rtmcli.flows.stream.flow import Stream, StreamOptions
from rtmcli.protocol.pipeline import Pipeline
from rtmcli.session.deadline import Deadline


def make_values(count: int) -> list[Any]:
    """Make so many calls."""
    return [{"action": "send_event", "payload": {"n": n}} for n in range(1, count + 1)]


def test_no_value_means_no_connection() -> None:
    """An input that ends at once asks for nothing."""
    with FaultServer() as server:
        assert stream_outcomes(server.url, []) == []
        assert server.connection_count == 0


def test_values_are_sent_and_told_as_they_come() -> None:
    """The loop waits for values and answers at the same time."""
    feed = PipeSource([])
    with FaultServer() as server:

        def come() -> None:
            try:
                for number, value in enumerate(make_values(5), 1):
                    feed.write(value)
                    server.wait_for("send_event", number)
            finally:
                feed.write_eof()

        thread = threading.Thread(target=come)
        thread.start()
        records, _ = run_stream(server.url, feed)
        thread.join()
    assert [record.status for record in records] == ["ok"] * 5


def test_malformed_values_need_no_connection() -> None:
    """They have their records nevertheless."""
    with FaultServer() as server:
        records = stream_outcomes(server.url, [b"{bad}\n"] * 3)
        assert server.connection_count == 0
    assert [record.status for record in records] == ["usage"] * 3


@pytest.mark.parametrize("is_finite", [False, True])
def test_after_giving_up_a_file_is_read_to_its_end_and_a_pipe_for_a_moment(
    is_finite: bool,
) -> None:
    """Every value that was read has its record; a pipe that never ends does not hold us."""
    feed = PipeSource(make_values(30), is_finite=is_finite)
    with FaultServer() as server:
        server.on("login", respond_error("authentication"))
        if is_finite:
            feed.write_eof()
        records, flow = run_stream(server.url, feed)
    if not is_finite:
        feed.write_eof()
    assert [record.status for record in records] == ["auth"] * 30
    assert flow.input_exhausted == is_finite


def test_the_first_failure_ends_a_stream_that_fails_fast() -> None:
    """What was sent is awaited, what was read has its record, and nothing more is read."""
    with FaultServer() as server:
        server.on("*", respond(), respond_error("validation"), respond())
        records, flow = run_stream(
            server.url,
            PipeSource(make_values(50)).write_eof(),
            window=1,
            stream_options=StreamOptions(fail_fast=True),
        )
    assert [record.status for record in records] == ["ok", "refused"]
    assert (flow.failed_fast, flow.input_exhausted) == (True, False)


@pytest.mark.parametrize("is_finite", [False, True])
def test_a_stream_that_fails_fast_reads_nothing_more_where_nobody_answers(is_finite: bool) -> None:
    """That nothing could be sent is a failure as well, and no choice of the user's."""
    feed = PipeSource(make_values(30), is_finite=is_finite)
    with FaultServer() as server:
        server.on("login", respond_error("authentication"))
        records, flow = run_stream(
            server.url, feed, window=2, stream_options=StreamOptions(fail_fast=True)
        )
    feed.write_eof()
    assert [record.status for record in records] == ["auth"] * 2
    assert (flow.failed_fast, flow.input_exhausted) == (False, False)


def test_time_may_be_over_while_the_last_answers_are_awaited() -> None:
    """Whatever ended the stream before: every value that was read has its record."""
    with FaultServer() as server:
        server.on("*", execute(), respond_error("validation"), execute())
        rules = StreamOptions(fail_fast=True, deadline=Deadline.after(0.3))
        records, flow = run_stream(
            server.url, PipeSource(make_values(9)).write_eof(), window=3, stream_options=rules
        )
    assert [record.status for record in records] == ["unknown", "refused", "unknown"]
    assert flow.failed_fast


def test_time_may_be_over() -> None:
    """What is in flight is unknown then, and nothing more is read."""
    with FaultServer() as server:
        server.on("*", execute())
        rules = StreamOptions(deadline=Deadline.after(0.3))
        records, _ = run_stream(
            server.url, PipeSource(make_values(5)).write_eof(), window=2, stream_options=rules
        )
    assert [record.status for record in records] == ["unknown"] * 2
    assert "--max-time" in records[0].message


def test_time_may_be_longer_than_poll_can_count() -> None:
    """A stream that waits for its input may do so for a year."""
    feed = PipeSource([])
    ending = threading.Timer(0.1, feed.write_eof)
    ending.start()
    with FaultServer() as server:
        records, _ = run_stream(
            server.url, feed, stream_options=StreamOptions(deadline=Deadline.after(365 * 86400))
        )
    ending.join()
    assert records == []


def test_values_that_have_come_are_not_forgotten_when_room_comes_late() -> None:
    """A slow first call fills the spool; once it is told, the values behind it go on at once."""
    feed = PipeSource(make_values(20))
    with FaultServer() as server:
        gate = server.make_gate()
        server.on("*", [wait_for_gate(gate), respond()], respond())

        def open_late() -> None:
            try:
                server.wait_for(lambda: len(server.executed) == 4)  # the spool is full
                gate.open()
                server.wait_for(lambda: len(server.executed) == 20)
            finally:
                feed.write_eof()

        thread = threading.Thread(target=open_late)
        thread.start()
        records, _ = run_stream(server.url, feed, pipeline=Pipeline(2, max_buffered=1700))
        thread.join()
    assert [record.status for record in records] == ["ok"] * 20


class RaiseSignal:
    """A callback of the loop that sends a signal to this process before the n-th wait."""

    def __init__(self, wait_number: int) -> None:
        self._remaining = wait_number

    def __call__(self) -> float:
        """Count the waits."""
        self._remaining -= 1
        if self._remaining == 0:
            signal.raise_signal(signal.SIGTERM)
        return inf


@pytest.mark.usefixtures("installed_signals")
@pytest.mark.parametrize("at", [*range(1, 8), 12, 20])
def test_a_signal_finds_everything_in_order(at: int) -> None:
    """Wherever it comes, each value that was read has one record, and what was sent is awaited."""
    feed, ledger = PipeSource(make_values(100)).write_eof(), ListSink()
    with FaultServer() as server:
        flow = Stream(
            make_connector(server.url),
            Pipeline(3),
            feed,
            ledger,
            options=StreamOptions(),
        )
        flow.on_loop = RaiseSignal(at)
        with pytest.raises(Interrupted):
            flow.run()
        feed.close()
        ledger.close()
    statuses = [record.status for record in ledger.outcomes]
    assert [record.number for record in ledger.outcomes] == list(range(1, len(statuses) + 1))
    assert statuses.count("ok") == len(server.executed) == server.count("*")
    assert set(statuses) <= {"ok", "not_sent"}
    assert flow.unknown_calls == []


@pytest.mark.usefixtures("installed_signals")
def test_what_is_silent_is_not_awaited_for_long() -> None:
    """After a signal it is named as unknown within two seconds."""
    feed, ledger = PipeSource(make_values(2)).write_eof(), ListSink()
    with FaultServer() as server:
        server.on("*", execute())
        flow = Stream(
            make_connector(server.url, FAST_TIMERS._replace(response_timeout=60.0)),
            Pipeline(8),
            feed,
            ledger,
            options=StreamOptions(),
        )
        flow.on_loop = RaiseSignal(3)
        with pytest.raises(Interrupted):
            flow.run()
        feed.close()
        ledger.close()
    assert [record.status for record in ledger.outcomes] == ["unknown"] * 2
    assert [task.number for task in flow.unknown_calls] == [1, 2]
    ids = {request.request_id for request in server.requests}
    assert {task.request.request_id for task in flow.unknown_calls} == ids


def test_a_sink_that_fails_ends_the_stream() -> None:
    """Nothing more is sent; what is in flight is awaited, although nobody is told."""
    feed, ledger = PipeSource(make_values(40)).write_eof(), ListSink()
    with FaultServer() as server:
        server.on("*", respond())
        flow = Stream(
            *(make_connector(server.url), Pipeline(4), feed, ledger),
            options=StreamOptions(),
        )
        ledger.write_error = OSError("full")
        flow.run()
        feed.close()
        ledger.close()
    assert flow.tracker.status_counts["unknown"] == 0
    assert server.count("*") <= 4


def test_a_tick_is_heard_in_every_turn() -> None:
    """It says when it wants to be heard again."""
    ticks = []

    def tick() -> float:
        ticks.append(1)
        return float("inf")

    feed, ledger = PipeSource(make_values(3)).write_eof(), ListSink()
    with FaultServer() as server:
        flow = Stream(
            *(make_connector(server.url), Pipeline(4), feed, ledger),
            options=StreamOptions(),
        )
        flow.on_loop = tick
        flow.run()
    feed.close()
    ledger.close()
    assert ticks
