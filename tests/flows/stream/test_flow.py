"""The loop of a stream: what it waits for, when it ends, and which records it writes."""

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
    """Return `count` numbered calls."""
    return [{"action": "send_event", "payload": {"n": n}} for n in range(1, count + 1)]


def test_empty_input_opens_no_connection() -> None:
    """If the input has no values, there are no records either."""
    with FaultServer() as server:
        assert stream_outcomes(server.url, []) == []
        assert server.connection_count == 0


def test_values_are_sent_as_they_arrive() -> None:
    """The loop waits for input and responses at the same time."""
    source = PipeSource([])
    with FaultServer() as server:

        def write_one_by_one() -> None:
            try:
                for number, value in enumerate(make_values(5), 1):
                    source.write(value)
                    server.wait_for("send_event", number)
            finally:
                source.write_eof()

        thread = threading.Thread(target=write_one_by_one)
        thread.start()
        records, _ = run_stream(server.url, source)
        thread.join()
    assert [record.status for record in records] == ["ok"] * 5


def test_malformed_values_open_no_connection() -> None:
    """Each of them still has a record."""
    with FaultServer() as server:
        records = stream_outcomes(server.url, [b"{bad}\n"] * 3)
        assert server.connection_count == 0
    assert [record.status for record in records] == ["usage"] * 3


@pytest.mark.parametrize("is_finite", [False, True])
def test_after_a_failed_login_a_file_is_read_to_its_end_and_a_pipe_only_briefly(
    is_finite: bool,
) -> None:
    """Each value read has a record; a pipe that stays open does not keep the stream running."""
    source = PipeSource(make_values(30), is_finite=is_finite)
    with FaultServer() as server:
        server.on("login", respond_error("authentication"))
        if is_finite:
            source.write_eof()
        records, stream = run_stream(server.url, source)
    if not is_finite:
        source.write_eof()
    assert [record.status for record in records] == ["auth"] * 30
    assert stream.input_exhausted == is_finite


def test_fail_fast_ends_the_stream_at_the_first_failure() -> None:
    """Calls in flight are awaited, each value read has a record, and reading stops."""
    with FaultServer() as server:
        server.on("*", respond(), respond_error("validation"), respond())
        records, stream = run_stream(
            server.url,
            PipeSource(make_values(50)).write_eof(),
            window=1,
            stream_options=StreamOptions(fail_fast=True),
        )
    assert [record.status for record in records] == ["ok", "refused"]
    assert (stream.failed_fast, stream.input_exhausted) == (True, False)


@pytest.mark.parametrize("is_finite", [False, True])
def test_fail_fast_stops_reading_if_the_login_fails(is_finite: bool) -> None:
    """The cause is the login, so `failed_fast` is not set."""
    source = PipeSource(make_values(30), is_finite=is_finite)
    with FaultServer() as server:
        server.on("login", respond_error("authentication"))
        records, stream = run_stream(
            server.url, source, window=2, stream_options=StreamOptions(fail_fast=True)
        )
    source.write_eof()
    assert [record.status for record in records] == ["auth"] * 2
    assert (stream.failed_fast, stream.input_exhausted) == (False, False)


def test_the_deadline_may_pass_after_fail_fast_while_calls_are_in_flight() -> None:
    """Each value read has a record; calls without a response are unknown."""
    with FaultServer() as server:
        server.on("*", execute(), respond_error("validation"), execute())
        options = StreamOptions(fail_fast=True, deadline=Deadline.after(0.3))
        records, stream = run_stream(
            server.url, PipeSource(make_values(9)).write_eof(), window=3, stream_options=options
        )
    assert [record.status for record in records] == ["unknown", "refused", "unknown"]
    assert stream.failed_fast


def test_the_deadline_ends_the_stream() -> None:
    """Calls in flight are unknown, and reading stops."""
    with FaultServer() as server:
        server.on("*", execute())
        options = StreamOptions(deadline=Deadline.after(0.3))
        records, _ = run_stream(
            server.url, PipeSource(make_values(5)).write_eof(), window=2, stream_options=options
        )
    assert [record.status for record in records] == ["unknown"] * 2
    assert "--max-time" in records[0].message


def test_the_deadline_may_exceed_the_maximum_poll_timeout() -> None:
    """A stream may wait for its input for up to a year."""
    source = PipeSource([])
    timer = threading.Timer(0.1, source.write_eof)
    timer.start()
    with FaultServer() as server:
        records, _ = run_stream(
            server.url, source, stream_options=StreamOptions(deadline=Deadline.after(365 * 86400))
        )
    timer.join()
    assert records == []


def test_reading_resumes_when_the_buffer_has_room_again() -> None:
    """A slow first call fills the record buffer; its response lets the waiting values proceed."""
    source = PipeSource(make_values(20))
    with FaultServer() as server:
        gate = server.make_gate()
        server.on("*", [wait_for_gate(gate), respond()], respond())

        def open_when_full() -> None:
            try:
                server.wait_for(lambda: len(server.executed) == 4)  # the buffer is full
                gate.open()
                server.wait_for(lambda: len(server.executed) == 20)
            finally:
                source.write_eof()

        thread = threading.Thread(target=open_when_full)
        thread.start()
        records, _ = run_stream(server.url, source, pipeline=Pipeline(2, max_buffered=1700))
        thread.join()
    assert [record.status for record in records] == ["ok"] * 20


class RaiseSignal:
    """An `on_loop` callback that raises SIGTERM before the n-th wait."""

    def __init__(self, wait_number: int) -> None:
        self._remaining = wait_number

    def __call__(self) -> float:
        """Count this wait; raise the signal if it is the n-th."""
        self._remaining -= 1
        if self._remaining == 0:
            signal.raise_signal(signal.SIGTERM)
        return inf


@pytest.mark.usefixtures("installed_signals")
@pytest.mark.parametrize("wait_number", [*range(1, 8), 12, 20])
def test_a_signal_at_any_wait_leaves_consistent_records(wait_number: int) -> None:
    """Each value read has exactly one record, and calls in flight are awaited."""
    source, sink = PipeSource(make_values(100)).write_eof(), ListSink()
    with FaultServer() as server:
        stream = Stream(
            make_connector(server.url), Pipeline(3), source, sink, options=StreamOptions()
        )
        stream.on_loop = RaiseSignal(wait_number)
        with pytest.raises(Interrupted):
            stream.run()
        source.close()
        sink.close()
    statuses = [record.status for record in sink.outcomes]
    assert [record.number for record in sink.outcomes] == list(range(1, len(statuses) + 1))
    assert statuses.count("ok") == len(server.executed) == server.count("*")
    assert set(statuses) <= {"ok", "not_sent"}
    assert stream.unknown_calls == []


@pytest.mark.usefixtures("installed_signals")
def test_after_a_signal_calls_without_a_response_are_soon_unknown() -> None:
    """They are in `unknown_calls`; the stream does not wait for the response timeout."""
    source, sink = PipeSource(make_values(2)).write_eof(), ListSink()
    with FaultServer() as server:
        server.on("*", execute())
        stream = Stream(
            make_connector(server.url, FAST_TIMERS._replace(response_timeout=60.0)),
            Pipeline(8),
            source,
            sink,
            options=StreamOptions(),
        )
        stream.on_loop = RaiseSignal(3)
        with pytest.raises(Interrupted):
            stream.run()
        source.close()
        sink.close()
    assert [record.status for record in sink.outcomes] == ["unknown"] * 2
    assert [call.number for call in stream.unknown_calls] == [1, 2]
    ids = {request.request_id for request in server.requests}
    assert {call.request.request_id for call in stream.unknown_calls} == ids


def test_a_write_error_ends_the_stream() -> None:
    """Sending stops; calls in flight are still awaited, although their records are lost."""
    source, sink = PipeSource(make_values(40)).write_eof(), ListSink()
    with FaultServer() as server:
        server.on("*", respond())
        stream = Stream(
            make_connector(server.url), Pipeline(4), source, sink, options=StreamOptions()
        )
        sink.write_error = OSError("full")
        stream.run()
        source.close()
        sink.close()
    assert stream.tracker.status_counts["unknown"] == 0
    assert server.count("*") <= 4


def test_the_loop_calls_on_loop() -> None:
    """It returns when it must be called again; infinity means never."""
    calls = []

    def on_loop() -> float:
        calls.append(1)
        return inf

    source, sink = PipeSource(make_values(3)).write_eof(), ListSink()
    with FaultServer() as server:
        stream = Stream(
            make_connector(server.url), Pipeline(4), source, sink, options=StreamOptions()
        )
        stream.on_loop = on_loop
        stream.run()
    source.close()
    sink.close()
    assert calls
