"""Standard input as a stream of calls."""

import errno
import fcntl
import os
import stat
import sys
from collections.abc import Callable
from typing import Any

from rtmcli.catalogue import API
from rtmcli.catalogue.model import Method, Retry
from rtmcli.cli.io.stdin import STDIN, prompt_if_tty
from rtmcli.errors import RtmError, UsageError, os_error_text
from rtmcli.protocol.json_stream import StreamItem, StreamParser
from rtmcli.protocol.messages import Request
from rtmcli.protocol.pipeline import NO_REQUEST_ID, PendingCall

_CHUNK_SIZE = 64 * 1024  # bytes read at once

ParsedItem = tuple[PendingCall, RtmError | None]  # a call, and what is wrong with it
ItemParser = Callable[[StreamItem], ParsedItem]


class StdinReader:
    """The values of standard input, read as they come; `read_item` makes calls of them."""

    def __init__(self, parse_item: ItemParser) -> None:
        if sys.__stdin__ is None:
            raise UsageError("standard input is closed, and - wants to read it")
        if fcntl.fcntl(STDIN, fcntl.F_GETFL) & os.O_ACCMODE == os.O_WRONLY:
            raise UsageError("standard input cannot be read: it is open for writing only")
        file_stat = os.fstat(STDIN)
        self.is_finite = stat.S_ISREG(file_stat.st_mode)
        self.size = file_stat.st_size if self.is_finite else 0  # bytes
        self.exhausted = False
        self.read_error: UsageError | None = None  # why it was not read to its end
        self._is_tty = os.isatty(STDIN)  # asked now: one that hung up is none
        self._parser = StreamParser()
        self._parse_item = parse_item
        self._at_eof = False
        prompt_if_tty()

    @property
    def bytes_read(self) -> int:
        """Count the bytes that were read."""
        return self._parser.bytes_fed

    def fileno(self) -> int:
        """Return the descriptor to be polled."""
        return STDIN

    def read(self) -> None:
        """Take in what has come; the end of a terminal's input comes once, so it is kept.

        Of a value that a failure cuts off nothing is taken.
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
        """Return the next call; None where none is complete."""
        item = self._parser.next_item()
        if item is None:
            self.exhausted = self._at_eof or self._parser.stopped
            return None
        return self._parse_item(item)


def payload_parser(
    method: Method, author_id: str | None, complete: Callable[[Any], dict[str, Any]]
) -> ItemParser:
    """Read values as payloads of one method, completed and checked by `complete`."""
    empty_request = Request(method.action)

    def parse(item: StreamItem) -> ParsedItem:
        if item.error:
            return PendingCall(item.number, empty_request, method.retry), UsageError(item.error)
        try:
            payload = complete(item.value)
        except UsageError as error:
            return PendingCall(item.number, empty_request, method.retry), error
        return PendingCall(
            item.number, Request(method.action, payload, "", author_id), method.retry
        ), None

    return parse


def request_parser(
    author_id: str | None, make_request: Callable[[Any], Request], action: str = ""
) -> ItemParser:
    """Read values that `make` turns into requests; a caller's own `request_id` is kept.

    `action` is what all of them do; without it each is a whole request.
    """
    retry_by_action = {name: method.retry for name, method in API.methods.items()}

    def parse(item: StreamItem) -> ParsedItem:
        fields = item.value if isinstance(item.value, dict) and not action else {}
        problem: RtmError | None = None
        try:
            if item.error:
                raise UsageError(item.error)
            request = make_request(item.value)
        except UsageError as error:
            action_name = fields.get("action")
            request = Request(action_name if isinstance(action_name, str) else action)
            problem = error
        if request.author_id is None:
            request = request._replace(author_id=author_id)
        retry = retry_by_action.get(request.action, Retry.NEVER)
        return PendingCall(
            item.number, request, retry, fields.get("request_id", NO_REQUEST_ID)
        ), problem

    return parse
