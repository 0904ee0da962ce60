"""Split a stream of bytes into JSON values: one a line, pretty-printed, or back to back.

A value is handed over as soon as it is complete: an object or array with its last bracket, a
number or word with what follows it. Blanks, line ends of any kind and byte order marks between
the values mean nothing.

A malformed value counts as one. Where it began on the line on which it breaks, the next line that
begins with `{` is the next value. Where it was laid out over several lines nobody can tell its
inside from what follows it, so nothing more is taken: a part of a value is never a value.
"""

import re
from typing import Any, NamedTuple

import orjson

from rtmcli.protocol import json_codec
from rtmcli.protocol.json_scanner import JSONSyntaxError, Scanner

MAX_VALUE_SIZE = 64 * 1024 * 1024  # bytes of one value

_BOM = b"\xef\xbb\xbf"
_WHITESPACE = re.compile(rb"(?:[ \t\r\n]++|\xef\xbb\xbf)*+")
_NEXT_OBJECT = b"\n{"
_OPEN_BRACE = ord("{")


class StreamItem(NamedTuple):
    """One value of the stream, or what is wrong with it; `number` counts both from 1."""

    number: int
    value: Any
    error: str = ""


class StreamParser:
    """Feed it bytes as they come, and ask for values until there is none."""

    def __init__(self, max_size: int = MAX_VALUE_SIZE) -> None:
        self.item_count = 0  # values handed over so far
        self.bytes_fed = 0
        self.stopped = False  # nothing more is taken
        self._max_size = max_size
        self._buffer = bytearray()
        self._value_start = 0  # index of the value that is being read
        self._fast_path_from = 0  # index up to which no object fills a line
        self._scanner = Scanner()
        self._eof = False
        self._resyncing = False
        self._lines_before = 0  # line ends before the data
        self._column_before = 0  # bytes between the last of them and the data

    def feed(self, data: bytes) -> None:
        """Take what has come."""
        if not self.stopped:
            self.bytes_fed += len(data)
            self._discard_consumed()
            self._buffer += data

    def feed_eof(self) -> None:
        """Take note that nothing more will come."""
        self._eof = True

    def next_item(self) -> StreamItem | None:
        """Return the next value; None where it is not complete yet, or where all are taken."""
        if self.stopped or (self._resyncing and not self._resync()):
            return None
        if self._scanner.position == self._value_start:
            self._skip_whitespace()
            if self._value_start == len(self._buffer) or self._is_partial_bom():
                return None
            item = self._parse_line()
            if item:
                return item
        return self._parse_value()

    def _start_value(self, start: int) -> None:
        self._value_start = start
        self._scanner.reset(start)

    def _discard_consumed(self) -> None:
        """Let go of what was taken."""
        consumed = self._value_start
        if consumed:
            lines = self._buffer.count(b"\n", 0, consumed)
            last_newline = self._buffer.rfind(b"\n", 0, consumed)
            self._column_before = (
                consumed - last_newline - 1 if lines else self._column_before + consumed
            )
            self._lines_before += lines
            del self._buffer[:consumed]
            self._value_start = 0
            self._fast_path_from -= consumed
            self._scanner.position -= consumed

    def _skip_whitespace(self) -> None:
        match = _WHITESPACE.match(self._buffer, self._value_start)
        assert match  # it matches nothing as well
        self._start_value(match.end())

    def _is_partial_bom(self) -> bool:
        """Tell whether the data ends within a byte order mark."""
        tail = self._buffer[self._value_start : self._value_start + len(_BOM)]
        return not self._eof and len(tail) < len(_BOM) and _BOM.startswith(tail)

    def _parse_line(self) -> StreamItem | None:
        """Take the object that fills a line: the usual case, without looking at each token."""
        if (
            self._value_start < self._fast_path_from
            or self._buffer[self._value_start] != _OPEN_BRACE
        ):
            return None
        end = self._buffer.find(b"\n", self._value_start)
        # Each line is tried once, however many values stand on it.
        self._fast_path_from = len(self._buffer) if end < 0 else end
        if end < 0:
            return None
        data = bytes(self._buffer[self._value_start : end])
        try:
            value = orjson.loads(data)
            is_canonical = orjson.dumps(value) == data
        except (orjson.JSONDecodeError, TypeError):  # it reads more levels than it writes
            return None
        if not is_canonical:  # a digit may be lost, or a key may stand there twice
            return self._finish_item(end)
        self._start_value(end + 1)
        self.item_count += 1
        return StreamItem(self.item_count, value)

    def _parse_value(self) -> StreamItem | None:
        """Take a value of any layout, or look at what has come of it."""
        try:
            if self._scanner.scan(self._buffer, final=self._eof):
                return self._finish_item(self._scanner.position)
        except JSONSyntaxError as error:
            return self._skip_malformed(error)
        if len(self._buffer) - self._value_start > self._max_size:
            return self._stop(f"larger than {self._max_size >> 20} MiB")
        return self._stop("the input ends within the value") if self._eof else None

    def _finish_item(self, end: int) -> StreamItem:
        """Take the value that ends at an index."""
        data = bytes(self._buffer[self._value_start : end])
        self.item_count += 1
        try:
            item = StreamItem(self.item_count, json_codec.loads_strict(data))
        except json_codec.JSONError as error:
            item = StreamItem(self.item_count, None, self._describe_error(data, error))
        self._start_value(end)
        return item

    def _describe_error(self, data: bytes, error: json_codec.JSONError) -> str:
        try:
            data.decode()
        except UnicodeDecodeError as decode_error:
            return f"not UTF-8: {self._format_position(self._value_start + decode_error.start)}"
        return f"{error}: {self._format_position(self._value_start)}"

    def _skip_malformed(self, error: JSONSyntaxError) -> StreamItem:
        """Give up the value that is being read, and go on behind its line where it had but one."""
        if b"\n" in self._buffer[self._value_start : error.index].rstrip(b" \t\r\n"):
            return self._stop(error.message, error.index)
        message = f"{error.message}: {self._format_position(error.index)}"
        # The next line may begin just here, where this one was cut off.
        self._start_value(max(self._value_start + 1, error.index - 1))
        self._resyncing = True
        self.item_count += 1
        return StreamItem(self.item_count, None, message)

    def _stop(self, message: str, index: int | None = None) -> StreamItem:
        """Give up the value that is being read, and all that follows."""
        position = self._format_position(self._value_start if index is None else index)
        suffix = "" if self._eof else "; nothing is read beyond it"
        self.stopped = True
        self._buffer.clear()
        self.item_count += 1
        return StreamItem(self.item_count, None, f"{message}: {position}{suffix}")

    def _resync(self) -> bool:
        """Go on to the next line that begins with an object; tell whether there is one."""
        newline = self._buffer.find(_NEXT_OBJECT, self._value_start)
        self._resyncing = newline < 0
        # The last byte may be the line end before such a line.
        self._start_value(
            max(self._value_start, len(self._buffer) - 1) if self._resyncing else newline + 1
        )
        return not self._resyncing

    def _format_position(self, index: int) -> str:
        lines = self._buffer.count(b"\n", 0, index)
        last_newline = self._buffer.rfind(b"\n", 0, index)
        column = index - last_newline - 1 if lines else self._column_before + index
        byte = self.bytes_fed - len(self._buffer) + index
        return f"line {self._lines_before + lines + 1} column {column + 1} (byte {byte + 1})"
