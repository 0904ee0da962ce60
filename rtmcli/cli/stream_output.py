"""Standard output as the records of a stream: in order, whole, and never waited for.

A pipe takes at least `PIPE_BUF` bytes at once where `poll` says that it takes any, so that a
reader who stops reading stops nobody else.
"""

import os
import select
import stat
from collections import deque
from collections.abc import Mapping
from typing import Any

from rtmcli.cli import report
from rtmcli.cli.output import STDOUT, ClosedPipe, colored, wants_color
from rtmcli.errors import NotWritten, RtmError, UsageError
from rtmcli.protocol import escaping, values
from rtmcli.protocol.messages import Response
from rtmcli.protocol.pipeline import NO_ID, Task

_AT_ONCE = 64 * 1024  # bytes to a file


class Records:
    """What is told of the values of the input, a line each, even on a terminal."""

    def __init__(self, options: Mapping[str, Any], environ: Mapping[str, str]) -> None:
        """Read the options of the group `OUTPUT`."""
        if options["compact"] and options["pretty"]:
            raise UsageError("--compact and --pretty exclude each other")
        self.waiting = 0
        self.written = 0  # records, those that are not to be told among them
        self.failure: Exception | None = None
        self._dump = values.dump_indented if options["pretty"] else values.dump
        terminal = os.isatty(STDOUT)
        self._colors = wants_color(options["color"], environ, terminal=terminal)
        self._quiet = bool(options["quiet"])
        self._envelope = bool(options["envelope"])
        self._records: deque[memoryview] = deque()
        self._is_file = stat.S_ISREG(os.fstat(STDOUT).st_mode)
        self._most = _AT_ONCE if self._is_file else select.PIPE_BUF
        self._poll = select.poll()
        self._poll.register(STDOUT, select.POLLOUT)

    def fileno(self) -> int:
        """Return the descriptor to be polled."""
        return STDOUT

    def record(self, task: Task, outcome: Response | RtmError) -> bytes:
        """Lay an outcome out as it will be written; nothing where it is not to be told."""
        if isinstance(outcome, RtmError):
            return self._text(error_record(task, outcome))
        if self._quiet:
            return b""
        if not self._envelope:
            return self._text(outcome.payload)
        if task.own_id is not NO_ID:
            return self._text({**outcome.envelope, "request_id": task.own_id})
        return self._text(outcome.envelope)

    def request(self, task: Task) -> bytes:
        """Lay out the request that would be sent."""
        return self._text(task.request.envelope())

    def put(self, record: bytes) -> None:
        """Take a record whose turn has come."""
        if record:
            self._records.append(memoryview(record))
            self.waiting += len(record)
        else:
            self.written += 1

    def write(self) -> None:
        """Write what can be written without waiting."""
        while self.waiting and not self.failure and self._is_ready():
            try:
                self._drop(os.write(STDOUT, self._piece()))
            except BlockingIOError:
                return
            except BrokenPipeError:
                self.failure = ClosedPipe()
            except OSError as error:
                why = (error.strerror or str(error)).lower()
                self.failure = NotWritten(f"standard output not written: {why}")

    def hang_up(self) -> None:
        """Take note that nobody reads."""
        self.failure = self.failure or ClosedPipe()

    def _text(self, value: Any) -> bytes:
        text = report.HIDDEN.hide(escaping.in_json(self._dump(value)))
        return (colored(text) if self._colors else text) + b"\n"

    def _is_ready(self) -> bool:
        return self._is_file or bool(self._poll.poll(0))

    def _piece(self) -> memoryview | bytes:
        """Return as many records as are written at once, or a part of a long one."""
        first = self._records[0]
        if len(first) >= self._most:
            return first[: self._most]
        piece, size = [], 0
        for record in self._records:
            size += len(record)
            if size > self._most:
                break
            piece.append(record)
        return b"".join(piece)

    def _drop(self, count: int) -> None:
        """Let go of so many bytes, which are written."""
        self.waiting -= count
        while count:
            first = self._records[0]
            if count < len(first):
                self._records[0] = first[count:]
                return
            self._records.popleft()
            self.written += 1
            count -= len(first)


def error_record(task: Task, error: RtmError) -> dict[str, Any]:
    """Lay an error out for the value that it befell, under the caller's own id."""
    record = report.record(error, task.number)
    own_id = task.request.request_id or None if task.own_id is NO_ID else task.own_id
    record["error"] |= {"action": task.request.action or None, "request_id": own_id}
    return record
