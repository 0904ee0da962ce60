"""Read a stream of calls from standard input."""

import errno
import fcntl
import os
import stat
import sys
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, Protocol

from rtmcli.catalogue.api import Api
from rtmcli.catalogue.model import Method, Retry
from rtmcli.cli.io.stdin import STDIN, claim_stdin, prompt_if_tty
from rtmcli.errors import RtmError, UsageError, os_error_text
from rtmcli.protocol.json_stream import StreamItem, StreamParser, UnreadableInput
from rtmcli.protocol.messages import Request
from rtmcli.protocol.pipeline import NO_REQUEST_ID, PendingCall

_CHUNK_SIZE = 64 * 1024  # bytes read at once

ParsedItem = tuple[PendingCall, RtmError | None]  # a call, and why it is not valid
ItemParser = Callable[[StreamItem], ParsedItem]


class Parser(Protocol):
    """An incremental parser of standard input."""

    item_count: int  # returned so far
    stopped: bool  # after an error from which parsing cannot resume

    @property
    def bytes_parsed(self) -> int:
        """Return how many bytes were turned into items."""
        ...

    def feed(self, data: bytes) -> None:
        """Append received data."""
        ...

    def feed_eof(self) -> None:
        """Signal the end of the input."""
        ...

    def next_item(self) -> StreamItem | None:
        """Return the next item, or None if there is none; raise `UnreadableInput`."""
        ...


class InputFormat(NamedTuple):
    """How standard input becomes calls: its parser, and what turns each item into a call."""

    parse_item: ItemParser
    make_parser: Callable[[], Parser] = StreamParser
    name: str = "JSON"


class StdinReader:
    """Reads a stream of values from standard input, and turns each into a call."""

    def __init__(self, input_format: InputFormat) -> None:
        if sys.__stdin__ is None:
            raise UsageError("standard input is closed; - cannot read it")
        if fcntl.fcntl(STDIN, fcntl.F_GETFL) & os.O_ACCMODE == os.O_WRONLY:
            raise UsageError("standard input cannot be read: it is open for writing only")
        file_stat = os.fstat(STDIN)
        self.is_finite = stat.S_ISREG(file_stat.st_mode)
        self.size = file_stat.st_size if self.is_finite else 0  # bytes
        self.exhausted = False
        self.read_error: UsageError | None = None  # why it was not read completely
        claim_stdin("the stream of values")
        self._is_tty = os.isatty(STDIN)  # checked now: a terminal that hung up is not one
        self._parser = input_format.make_parser()
        self._parse_item = input_format.parse_item
        self._at_eof = False
        prompt_if_tty(input_format.name)

    @property
    def bytes_parsed(self) -> int:
        """Return how many bytes were turned into calls."""
        return self._parser.bytes_parsed

    @property
    def value_count(self) -> int:
        """Return how many values `next_call` has returned, errors included."""
        return self._parser.item_count

    def fileno(self) -> int:
        """Return the descriptor to poll."""
        return STDIN

    def read(self) -> None:
        """Read what is available; call it when the descriptor is ready.

        A terminal reports the end of input once, so it is recorded. A value that a read error cuts
        off is not used.
        """
        if self._at_eof:
            return
        try:
            data = os.read(STDIN, _CHUNK_SIZE)
        except BlockingIOError:
            return
        except OSError as error:
            if error.errno != errno.EIO or not self._is_tty:
                self.read_error = UsageError(
                    f"standard input cannot be read: {os_error_text(error)}"
                )
                self._at_eof = True
                return
            data = b""  # the terminal hung up
        if data:
            self._parser.feed(data)
        else:
            self._parser.feed_eof()
            self._at_eof = True

    def next_call(self) -> ParsedItem | None:
        """Return the next call, None if none is complete."""
        try:
            item = self._parser.next_item()
        except UnreadableInput as error:
            self.read_error = UsageError(f"standard input: {error}")
            item = None
        if item is None:
            self.exhausted = self._at_eof or self._parser.stopped
            return None
        return self._parse_item(item)


def payload_parser(
    method: Method, fields: Mapping[str, Any], complete: Callable[[Any], dict[str, Any]]
) -> ItemParser:
    """Return a parser of payloads of one method; `complete` completes and checks each."""
    empty_request = Request(method.action)

    def parse(item: StreamItem) -> ParsedItem:
        if item.error:
            return PendingCall(item.number, empty_request, method.retry), UsageError(item.error)
        try:
            payload = complete(item.value)
        except UsageError as error:
            if item.position:
                error.message = f"{item.position}: {error.message}"
            return PendingCall(item.number, empty_request, method.retry), error
        request = Request(method.action, payload, "", fields)
        return PendingCall(item.number, request, method.retry), None

    return parse


def request_parser(
    api: Api, fields: Mapping[str, Any], make_request: Callable[[Any], Request], action: str = ""
) -> ItemParser:
    """Return a parser of values that `make_request` turns into requests.

    All have the same `action`, or each value is a whole request, whose `request_id` is kept for
    the record. `fields` are members of each request that does not have them itself.
    """
    retry_by_action = {name: method.retry for name, method in api.methods.items()}

    def parse(item: StreamItem) -> ParsedItem:
        envelope = item.value if isinstance(item.value, dict) and not action else {}
        problem: RtmError | None = None
        try:
            if item.error:
                raise UsageError(item.error)
            request = make_request(item.value)
        except UsageError as error:
            action_name = envelope.get("action")
            request = Request(action_name if isinstance(action_name, str) else action)
            problem = error
        request = request._replace(fields={**fields, **request.fields})
        retry = retry_by_action.get(request.action, Retry.NEVER)
        caller_id = envelope.get("request_id", NO_REQUEST_ID)
        return PendingCall(item.number, request, retry, caller_id), problem

    return parse
