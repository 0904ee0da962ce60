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

from rtmcli.cli.io import stderr
from rtmcli.cli.io.stdout import STDOUT, ReaderGone, colorize, use_color
from rtmcli.errors import NotWritten, RtmError, UsageError
from rtmcli.protocol import escaping, json_codec
from rtmcli.protocol.messages import Response
from rtmcli.protocol.pipeline import NO_REQUEST_ID, PendingCall

_MAX_FILE_WRITE = 64 * 1024  # bytes to a file


class RecordWriter:
    """What is told of the values of the input, a line each, even on a terminal."""

    def __init__(self, options: Mapping[str, Any], environ: Mapping[str, str]) -> None:
        """Read the options of the group `OUTPUT`."""
        if options["compact"] and options["pretty"]:
            raise UsageError("--compact and --pretty exclude each other")
        self.buffered_bytes = 0
        self.records_written = 0  # records, those that are not to be told among them
        self.write_error: Exception | None = None
        self._dumps = json_codec.dumps_pretty if options["pretty"] else json_codec.dumps
        is_tty = os.isatty(STDOUT)
        self._use_color = use_color(options["color"], environ, is_tty=is_tty)
        self._quiet = bool(options["quiet"])
        self._envelope = bool(options["envelope"])
        self._queue: deque[memoryview] = deque()
        self._is_file = stat.S_ISREG(os.fstat(STDOUT).st_mode)
        self._max_write = _MAX_FILE_WRITE if self._is_file else select.PIPE_BUF
        self._poll = select.poll()
        self._poll.register(STDOUT, select.POLLOUT)

    def fileno(self) -> int:
        """Return the descriptor to be polled."""
        return STDOUT

    def format_record(self, call: PendingCall, outcome: Response | RtmError) -> bytes:
        """Lay an outcome out as it will be written; nothing where it is not to be told."""
        if isinstance(outcome, RtmError):
            return self._format(call_error_record(call, outcome))
        if self._quiet:
            return b""
        if not self._envelope:
            return self._format(outcome.payload)
        if call.caller_request_id is not NO_REQUEST_ID:
            return self._format({**outcome.envelope, "request_id": call.caller_request_id})
        return self._format(outcome.envelope)

    def format_request(self, call: PendingCall) -> bytes:
        """Lay out the request that would be sent."""
        return self._format(call.request.envelope())

    def put(self, record: bytes) -> None:
        """Take a record whose turn has come."""
        if record:
            self._queue.append(memoryview(record))
            self.buffered_bytes += len(record)
        else:
            self.records_written += 1

    def flush(self) -> None:
        """Write what can be written without waiting."""
        while self.buffered_bytes and not self.write_error and self._is_writable():
            try:
                self._discard(os.write(STDOUT, self._next_chunk()))
            except BlockingIOError:
                return
            except BrokenPipeError:
                self.write_error = ReaderGone()
            except OSError as error:
                error_text = (error.strerror or str(error)).lower()
                self.write_error = NotWritten(f"standard output not written: {error_text}")

    def reader_gone(self) -> None:
        """Take note that nobody reads."""
        self.write_error = self.write_error or ReaderGone()

    def _format(self, value: Any) -> bytes:
        text = stderr.redactor.redact_json(escaping.escape_json(self._dumps(value)))
        return (colorize(text) if self._use_color else text) + b"\n"

    def _is_writable(self) -> bool:
        return self._is_file or bool(self._poll.poll(0))

    def _next_chunk(self) -> memoryview | bytes:
        """Return as many records as are written at once, or a part of a long one."""
        first = self._queue[0]
        if len(first) >= self._max_write:
            return first[: self._max_write]
        batch, size = [], 0
        for record in self._queue:
            size += len(record)
            if size > self._max_write:
                break
            batch.append(record)
        return b"".join(batch)

    def _discard(self, size: int) -> None:
        """Let go of so many bytes, which are written."""
        self.buffered_bytes -= size
        while size:
            first = self._queue[0]
            if size < len(first):
                self._queue[0] = first[size:]
                return
            self._queue.popleft()
            self.records_written += 1
            size -= len(first)


def call_error_record(call: PendingCall, error: RtmError) -> dict[str, Any]:
    """Lay an error out for the value that it befell, under the caller's own id."""
    record = stderr.error_record(error, call.number)
    request_id = (
        call.request.request_id or None
        if call.caller_request_id is NO_REQUEST_ID
        else call.caller_request_id
    )
    record["error"] |= {"action": call.request.action or None, "request_id": request_id}
    return record
