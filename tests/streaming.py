"""Run a stream of calls in this process: values in through a pipe, outcomes out into a list."""

import json
import os
from collections.abc import Callable, Iterable, Mapping
from contextlib import nullcontext
from typing import Any, NamedTuple

from rtmcli.catalogue import API
from rtmcli.catalogue.model import Retry
from rtmcli.errors import RtmError, UsageError
from rtmcli.flows.stream.flow import Rules, Stream
from rtmcli.protocol.conversation import Backoff
from rtmcli.protocol.messages import Request, Response
from rtmcli.protocol.pipeline import Pipeline, Task
from rtmcli.protocol.splitting import Splitter
from rtmcli.session.access import Access, Identity, Timers
from rtmcli.session.connecting import Connector
from rtmcli.session.dial import Route
from rtmcli.session.endpoint import parse_url

QUICK = Timers(answer=5.0, close=0.5, backoff=Backoff(0.0, 0.0))
DEFAULTS = Rules()


class Told(NamedTuple):
    """What was told of one value."""

    number: int
    status: str  # ok, or that of an error
    type: str = ""  # of the error
    message: str = ""


class Feed:
    """Values that come through a pipe: objects `{"action", "payload"}`, or bytes as they are."""

    is_finite = False

    def __init__(self, values: Iterable[Any], *, is_finite: bool = False) -> None:
        """Write all values that are there; `more` and `end` may follow from another thread."""
        self.over = False
        self.is_finite = is_finite
        self._splitter = Splitter()
        self._read_end, self._write_end = os.pipe()
        self.more(*values)

    def more(self, *values: Any) -> None:
        """Let more values come."""
        for value in values:
            text = value if isinstance(value, bytes) else json.dumps(value).encode() + b"\n"
            os.write(self._write_end, text)

    def end(self) -> "Feed":
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
            self._splitter.feed(data)
        else:
            self._splitter.end()

    def next(self) -> tuple[Task, RtmError | None] | None:
        """Return the next call, with what is wrong with it."""
        item = self._splitter.next()
        if item is None:
            self.over = self._splitter.over or self._splitter._ended
            return None
        if item.problem:
            return Task(item.number, Request("?"), Retry.NEVER), UsageError(item.problem)
        action = item.value["action"]
        request = Request(action, item.value["payload"])
        return Task(item.number, request, API.methods[action].retry), None

    def close(self) -> None:
        """Let go of the reading end."""
        os.close(self._read_end)


class Ledger:
    """Keeps what is told, in order."""

    waiting = 0

    def __init__(self) -> None:
        self.told: list[Told] = []
        self.failure: Exception | None = None
        self._null = os.open(os.devnull, os.O_WRONLY)

    def fileno(self) -> int:
        """Return a descriptor that can always be written to."""
        return self._null

    def record(self, task: Task, outcome: Response | RtmError) -> bytes:
        """Lay an outcome out."""
        if isinstance(outcome, Response):
            return json.dumps(Told(task.number, "ok")).encode()
        return json.dumps(Told(task.number, outcome.label, outcome.type, str(outcome))).encode()

    def put(self, record: bytes) -> None:
        """Keep a record."""
        self.told.append(Told(*json.loads(record)))

    def write(self) -> None:
        """Do nothing: all is kept already."""

    def hang_up(self) -> None:
        """Fail: nobody can hang up on a list."""
        raise AssertionError

    def close(self) -> None:
        """Let go of the descriptor."""
        os.close(self._null)


def connector(
    url: str,
    timers: Timers = QUICK,
    *,
    login: Mapping[str, Any] = {},
    renew: Callable[[float], str | None] = lambda _: None,
    fra: str = "",
) -> Connector:
    """Make what connects to a test's server; `fra` is where that region is."""
    identity = Identity("Bearer dal:test", login=login, renew=renew)
    regions = {"fra": parse_url(fra)} if fra else {}
    return Connector(Access(Route(parse_url(url)), identity, timers, regions))


def stream(
    url: str,
    feed: Feed,
    *,
    window: int = 8,
    rules: Rules = DEFAULTS,
    pipeline: Pipeline | None = None,
    **options: Any,
) -> tuple[list[Told], Stream]:
    """Run a stream to its end; return what was told, and the stream.

    The other options are those of `connector`.
    """
    ledger = Ledger()
    flow = Stream(
        connector(url, **options),
        pipeline or Pipeline(window),
        feed,
        ledger,
        rules=rules,
        shield=nullcontext(),
    )
    try:
        flow.run()
    finally:
        feed.close()
        ledger.close()
    return ledger.told, flow


def told(url: str, values: Iterable[Any], **options: Any) -> list[Told]:
    """Run a stream of these values to its end; return what was told."""
    return stream(url, Feed(values).end(), **options)[0]
