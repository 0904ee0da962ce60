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
from rtmcli.cli.inputs import STDIN, announce
from rtmcli.errors import RtmError, UsageError
from rtmcli.protocol.messages import Request
from rtmcli.protocol.pipeline import NO_ID, Task
from rtmcli.protocol.splitting import Item, Splitter

_CHUNK = 64 * 1024  # bytes read at once

Call = tuple[Task, RtmError | None]  # a call, and what is wrong with it
Read = Callable[[Item], Call]


class Values:
    """The values of standard input, read as they come; `read_item` makes calls of them."""

    def __init__(self, read_item: Read) -> None:
        if sys.__stdin__ is None:
            raise UsageError("standard input is closed, and - wants to read it")
        if fcntl.fcntl(STDIN, fcntl.F_GETFL) & os.O_ACCMODE == os.O_WRONLY:
            raise UsageError("standard input cannot be read: it is open for writing only")
        status = os.fstat(STDIN)
        self.is_finite = stat.S_ISREG(status.st_mode)
        self.size = status.st_size if self.is_finite else 0  # bytes
        self.over = False
        self.failure: UsageError | None = None  # why it was not read to its end
        self._is_terminal = os.isatty(STDIN)  # asked now: one that hung up is none
        self._splitter = Splitter()
        self._read_item = read_item
        self._ended = False
        announce()

    @property
    def bytes_in(self) -> int:
        """Count the bytes that were read."""
        return self._splitter.bytes_in

    def fileno(self) -> int:
        """Return the descriptor to be polled."""
        return STDIN

    def read(self) -> None:
        """Take in what has come; the end of a terminal's input comes once, so it is kept.

        Of a value that a failure cuts off nothing is taken.
        """
        if self._ended:
            return
        try:
            data = os.read(STDIN, _CHUNK)
        except BlockingIOError:
            return
        except OSError as error:
            if error.errno != errno.EIO or not self._is_terminal:
                why = (error.strerror or str(error)).lower()
                self.failure = UsageError(f"standard input cannot be read: {why}")
                self._ended = True
                return
            data = b""  # the terminal hung up
        if data:
            self._splitter.feed(data)
        else:
            self._splitter.end()
            self._ended = True

    def next(self) -> Call | None:
        """Return the next call; None where none is complete."""
        item = self._splitter.next()
        if item is None:
            self.over = self._ended or self._splitter.over
            return None
        return self._read_item(item)


def payloads(
    method: Method, author_id: str | None, complete: Callable[[Any], dict[str, Any]]
) -> Read:
    """Read values as payloads of one method, completed and checked by `complete`."""
    bare = Request(method.action)

    def read(item: Item) -> Call:
        if item.problem:
            return Task(item.number, bare, method.retry), UsageError(item.problem)
        try:
            payload = complete(item.value)
        except UsageError as error:
            return Task(item.number, bare, method.retry), error
        return Task(item.number, Request(method.action, payload, "", author_id), method.retry), None

    return read


def requests(author_id: str | None, make: Callable[[Any], Request], action: str = "") -> Read:
    """Read values that `make` turns into requests; a caller's own `request_id` is kept.

    `action` is what all of them do; without it each is a whole request.
    """
    retries = {name: method.retry for name, method in API.methods.items()}

    def read(item: Item) -> Call:
        members = item.value if isinstance(item.value, dict) and not action else {}
        problem: RtmError | None = None
        try:
            if item.problem:
                raise UsageError(item.problem)
            request = make(item.value)
        except UsageError as error:
            named = members.get("action")
            request = Request(named if isinstance(named, str) else action)
            problem = error
        if request.author_id is None:
            request = request._replace(author_id=author_id)
        retry = retries.get(request.action, Retry.NEVER)
        return Task(item.number, request, retry, members.get("request_id", NO_ID)), problem

    return read
