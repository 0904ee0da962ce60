"""Run a stream of calls in this process: values in through a pipe, outcomes out into a list."""

import json
import os
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from rtmcli.catalogue import API
from rtmcli.catalogue.model import Retry
from rtmcli.errors import RtmError, UsageError
from rtmcli.flows.stream.flow import Stream, StreamOptions
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
    """What was told of one value."""

    number: int
    status: str  # ok, or that of an error
    type: str = ""  # of the error
    message: str = ""


class PipeSource:
    """Values that come through a pipe: objects `{"action", "payload"}`, or bytes as they are."""

    is_finite = False

    def __init__(self, values: Iterable[Any], *, is_finite: bool = False) -> None:
        """Write all values that are there; `more` and `end` may follow from another thread."""
        self.exhausted = False
        self.is_finite = is_finite
        self._parser = StreamParser()
        self._read_end, self._write_end = os.pipe()
        self.write(*values)

    def write(self, *values: Any) -> None:
        """Let more values come."""
        for value in values:
            text = value if isinstance(value, bytes) else json.dumps(value).encode() + b"\n"
            os.write(self._write_end, text)

    def write_eof(self) -> "PipeSource":
        """Let the input end."""
        os.close(self._write_end)
        return self

    def fileno(self) -> int:
        """Return the descriptor to be polled."""
        return self._read_end

    def read(self) -> None:
        """Take in what has come."""
        data = os.read(self._read_end, 1 << 16)
        if data:
            self._parser.feed(data)
        else:
            self._parser.feed_eof()

    def next_call(self) -> tuple[PendingCall, RtmError | None] | None:
        """Return the next call, with what is wrong with it."""
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
        """Let go of the reading end."""
        os.close(self._read_end)


class ListSink:
    """Keeps what is told, in order."""

    buffered_bytes = 0

    def __init__(self) -> None:
        self.outcomes: list[RecordedOutcome] = []
        self.write_error: Exception | None = None
        self._devnull = os.open(os.devnull, os.O_WRONLY)

    def fileno(self) -> int:
        """Return a descriptor that can always be written to."""
        return self._devnull

    def format_record(self, call: PendingCall, outcome: Response | RtmError) -> bytes:
        """Lay an outcome out."""
        if isinstance(outcome, Response):
            return json.dumps(RecordedOutcome(call.number, "ok")).encode()
        return json.dumps(
            RecordedOutcome(call.number, outcome.status, outcome.type, str(outcome))
        ).encode()

    def write(self, record: bytes) -> None:
        """Keep a record."""
        self.outcomes.append(RecordedOutcome(*json.loads(record)))

    def flush(self) -> None:
        """Do nothing: all is kept already."""

    def reader_gone(self) -> None:
        """Fail: nobody can hang up on a list."""
        raise AssertionError

    def close(self) -> None:
        """Let go of the descriptor."""
        os.close(self._devnull)


def make_connector(
    url: str,
    timers: Timers = FAST_TIMERS,
    *,
    login: Mapping[str, Any] = {},
    refresh: Callable[[float], str | None] = lambda _: None,
    fra_url: str = "",
) -> Connector:
    """Make what connects to a test's server; `fra` is where that region is."""
    credentials = Credentials("Bearer dal:test", login_fields=login, refresh=refresh)
    regions = {"fra": parse_url(fra_url)} if fra_url else {}
    return Connector(ConnectOptions(Route(parse_url(url)), credentials, timers, regions))


def run_stream(
    url: str,
    source: PipeSource,
    *,
    window: int = 8,
    stream_options: StreamOptions = DEFAULT_OPTIONS,
    pipeline: Pipeline | None = None,
    **options: Any,
) -> tuple[list[RecordedOutcome], Stream]:
    """Run a stream to its end; return what was told, and the stream.

    The other options are those of `connector`.
    """
    sink = ListSink()
    flow = Stream(
        make_connector(url, **options),
        pipeline or Pipeline(window),
        source,
        sink,
        options=stream_options,
    )
    try:
        flow.run()
    finally:
        source.close()
        sink.close()
    return sink.outcomes, flow


def stream_outcomes(url: str, values: Iterable[Any], **options: Any) -> list[RecordedOutcome]:
    """Run a stream of these values to its end; return what was told."""
    return run_stream(url, PipeSource(values).write_eof(), **options)[0]
