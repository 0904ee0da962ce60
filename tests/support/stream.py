"""Run a stream of calls in this process: values come from a pipe, outcomes go to a list."""

import json
import os
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from rtmcli.catalogue.model import Retry
from rtmcli.catalogue.v3_0 import API
from rtmcli.errors import RtmError, UsageError
from rtmcli.flows.stream.flow import Stream, StreamOptions
from rtmcli.flows.stream.journal.journal import Journal
from rtmcli.protocol.json_stream import StreamParser
from rtmcli.protocol.messages import Request, Response
from rtmcli.protocol.pipeline import PendingCall, Pipeline
from rtmcli.protocol.reconnection import Backoff
from rtmcli.session.connector import Connector
from rtmcli.session.dial import Route
from rtmcli.session.endpoint import parse_url
from rtmcli.session.options import ConnectOptions, Credentials, Timers

FAST_TIMERS = Timers(response_timeout=5.0, close_timeout=0.5, backoff=Backoff(0.0, 0.0))
DEFAULT_OPTIONS = StreamOptions()


class RecordedOutcome(NamedTuple):
    """The reported outcome of one value."""

    number: int
    status: str  # ok, or that of an error
    type: str = ""  # of the error
    message: str = ""


class PipeSource:
    """A source that reads a pipe: objects `{"action", "payload"}`, or raw bytes."""

    is_finite = False

    def __init__(self, values: Iterable[Any], *, is_finite: bool = False) -> None:
        """Write `values`; another thread may call `write` and `write_eof` later."""
        self.exhausted = False
        self.is_finite = is_finite
        self._parser = StreamParser()
        self._read_end, self._write_end = os.pipe()
        self.write(*values)

    def write(self, *values: Any) -> None:
        """Write more values."""
        for value in values:
            text = value if isinstance(value, bytes) else json.dumps(value).encode() + b"\n"
            os.write(self._write_end, text)

    def write_eof(self) -> "PipeSource":
        """Close the writing end."""
        os.close(self._write_end)
        return self

    def fileno(self) -> int:
        """Return the descriptor to poll."""
        return self._read_end

    def read(self) -> None:
        """Read the available data."""
        data = os.read(self._read_end, 1 << 16)
        if data:
            self._parser.feed(data)
        else:
            self._parser.feed_eof()

    def next_call(self) -> tuple[PendingCall, RtmError | None] | None:
        """Return the next call and its error, if any; None if there is no complete value."""
        item = self._parser.next_item()
        if item is None:
            self.exhausted = self._parser.stopped or self._parser._eof
            return None
        if item.error:
            return PendingCall(item.number, Request("?"), Retry.NEVER), UsageError(item.error)
        action = item.value["action"]
        request = Request(action, item.value["payload"])
        return PendingCall(item.number, request, API.methods[action].retry), None

    def close(self) -> None:
        """Close the reading end."""
        os.close(self._read_end)


class ListSink:
    """A sink that keeps the outcomes, in order."""

    buffered_bytes = 0

    def __init__(self) -> None:
        self.outcomes: list[RecordedOutcome] = []
        self.write_error: Exception | None = None
        self._devnull = os.open(os.devnull, os.O_WRONLY)

    def fileno(self) -> int:
        """Return a descriptor that is always writable."""
        return self._devnull

    def format_record(self, call: PendingCall, outcome: Response | RtmError) -> bytes:
        """Return the record of an outcome."""
        if isinstance(outcome, Response):
            return json.dumps(RecordedOutcome(call.number, "ok")).encode()
        return json.dumps(
            RecordedOutcome(call.number, outcome.status, outcome.type, str(outcome))
        ).encode()

    def write(self, record: bytes) -> None:
        """Keep a record."""
        self.outcomes.append(RecordedOutcome(*json.loads(record)))

    def flush(self) -> None:
        """Do nothing: records are kept at once."""

    def reader_gone(self) -> None:
        """Fail: the reader of a list cannot go away."""
        raise AssertionError

    def close(self) -> None:
        """Close the descriptor."""
        os.close(self._devnull)


def make_connector(
    url: str,
    timers: Timers = FAST_TIMERS,
    *,
    login: Mapping[str, Any] = {},
    refresh: Callable[[float], str | None] = lambda _: None,
    fra_url: str = "",
) -> Connector:
    """Return a connector to a test's server; `fra_url` is the address of the region fra."""
    credentials = Credentials("Bearer dal:test", login_fields=login, refresh=refresh)
    regions = {"fra": parse_url(fra_url)} if fra_url else {}
    return Connector(ConnectOptions(API, Route(parse_url(url)), credentials, timers, regions))


def run_stream(
    url: str,
    source: PipeSource,
    *,
    window: int = 8,
    stream_options: StreamOptions = DEFAULT_OPTIONS,
    pipeline: Pipeline | None = None,
    journal: Journal | None = None,
    **options: Any,
) -> tuple[list[RecordedOutcome], Stream]:
    """Run a stream to its end; return the outcomes and the stream.

    The other options are those of `make_connector`.
    """
    sink = ListSink()
    flow = Stream(
        make_connector(url, **options),
        pipeline or Pipeline(window),
        source,
        sink,
        options=stream_options,
        journal=journal,
    )
    try:
        flow.run()
    finally:
        source.close()
        sink.close()
    return sink.outcomes, flow


def stream_outcomes(url: str, values: Iterable[Any], **options: Any) -> list[RecordedOutcome]:
    """Run a stream of `values` to its end; return the outcomes."""
    return run_stream(url, PipeSource(values).write_eof(), **options)[0]
