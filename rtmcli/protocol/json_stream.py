"""Parse a stream of bytes into JSON values: one per line, pretty-printed, or concatenated.

A value is returned as soon as it is complete: an object or array with its last bracket, a number
or other literal with the byte after it. Between values, white space, byte order marks and the
record separators of RFC 7464 are ignored.

A malformed value counts as one item. If the error is on the line on which the value begins, parsing
resumes at the next line that begins with `{`. If the value spans several lines, its inside cannot
be distinguished from what follows, so parsing stops: a part of a value must never become a value.
"""

import re
from typing import Any, NamedTuple

import orjson

from rtmcli.protocol import json_codec
from rtmcli.protocol.json_scanner import JSONSyntaxError, Scanner

MAX_VALUE_SIZE = 64 * 1024 * 1024  # bytes

_BOM = b"\xef\xbb\xbf"
_FIRST_BYTES_OF_UTF_16 = (b"\x00", b"\xfe", b"\xff")  # of its byte order mark, or NUL
_BETWEEN_VALUES = re.compile(rb"(?:[ \t\r\n\x1e]++|\xef\xbb\xbf)*+")
_NEXT_OBJECT = re.compile(rb"\n\x1e?(?=\{)")


class StreamItem(NamedTuple):
    """A value of the stream, or an error; `number` counts both from 1."""

    number: int
    value: Any
    error: str = ""
    position: str = ""  # of the value in the input, if `number` does not say it


class UnreadableInput(ValueError):
    """Input of which no value can be used; the message says why."""


class StreamParser:
    """An incremental parser: feed it bytes, then take items until there are none."""

    def __init__(self, max_size: int = MAX_VALUE_SIZE) -> None:
        self.item_count = 0  # returned so far
        self.bytes_fed = 0
        self.stopped = False  # after an error from which parsing cannot resume
        self._max_size = max_size
        self._buffer = bytearray()
        self._value_start = 0  # index of the current value
        self._fast_path_from = 0  # index before which `_parse_line` is not tried again
        self._scanner = Scanner()
        self._eof = False
        self._resyncing = False
        self._lines_before = 0  # line ends before the buffer
        self._column_before = 0  # bytes between the last line end and the buffer

    @property
    def bytes_parsed(self) -> int:
        """Return how many bytes the items have that were returned, and what separates them."""
        return self.bytes_fed - len(self._buffer) + self._value_start

    def feed(self, data: bytes) -> None:
        """Append received data."""
        if not self.stopped:
            self.bytes_fed += len(data)
            self._discard_consumed()
            self._buffer += data

    def feed_eof(self) -> None:
        """Signal the end of the input."""
        self._eof = True

    def next_item(self) -> StreamItem | None:
        """Return the next item, or None if there is no complete value."""
        if self.stopped or (self._resyncing and not self._resync()):
            return None
        if self._scanner.position == self._value_start:
            if item := self._parse_line():
                return item
            self._skip_whitespace()
            if self._value_start == len(self._buffer) or self._is_partial_bom():
                return None
            if item := self._parse_line():
                return item
        return self._parse_value()

    def _start_value(self, start: int) -> None:
        self._value_start = start
        self._scanner.reset(start)

    def _discard_consumed(self) -> None:
        """Remove the parsed part of the buffer."""
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
        match = _BETWEEN_VALUES.match(self._buffer, self._value_start)
        assert match  # it also matches the empty string
        self._start_value(match.end())

    def _is_partial_bom(self) -> bool:
        """Return whether the data ends within a byte order mark, or within one of UTF-16."""
        tail = self._buffer[self._value_start : self._value_start + len(_BOM)]
        is_partial = len(tail) < len(_BOM) and _BOM.startswith(tail)
        may_be_utf_16 = not self.item_count and tail in _FIRST_BYTES_OF_UTF_16
        return not self._eof and (is_partial or may_be_utf_16)

    def _parse_line(self) -> StreamItem | None:
        """Parse an object that fills a line: the common case, without the scanner."""
        if self._value_start < self._fast_path_from or not self._buffer.startswith(
            b"{", self._value_start
        ):
            return None
        end = self._buffer.find(b"\n", self._value_start)
        # Each line is tried once, even if it contains many values.
        self._fast_path_from = len(self._buffer) if end < 0 else end
        if end < 0:
            return None
        data = bytes(self._buffer[self._value_start : end])
        try:
            value = orjson.loads(data)
            is_canonical = orjson.dumps(value) == data
        except (orjson.JSONDecodeError, TypeError):  # TypeError: too deep to be encoded
            return None
        if not is_canonical:  # it may have lost digits or duplicate keys
            return self._finish_item(end)
        self._start_value(end + 1)
        self.item_count += 1
        return StreamItem(self.item_count, value)

    def _parse_value(self) -> StreamItem | None:
        """Parse a value of any layout, or scan its available part."""
        try:
            if self._scanner.scan(self._buffer, final=self._eof):
                return self._finish_item(self._scanner.position)
        except JSONSyntaxError as error:
            return self._skip_malformed(error)
        if len(self._buffer) - self._value_start > self._max_size:
            return self._stop(f"larger than {self._max_size >> 20} MiB")
        return self._stop("the input ends within the value") if self._eof else None

    def _finish_item(self, end: int) -> StreamItem:
        """Return the value that ends at an index."""
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
        """Abandon the current value; resume after its line if it began on the line of the error."""
        if not self.item_count and json_codec.is_utf_16(
            bytes(self._buffer[self._value_start : self._value_start + 2])
        ):
            return self._stop(json_codec.UTF_16_ERROR)
        if b"\n" in self._buffer[self._value_start : error.index].rstrip(b" \t\r\n"):
            return self._stop(error.message, error.index)
        message = f"{error.message}: {self._format_position(error.index)}"
        # The line end may be the very byte at which the value is malformed.
        self._start_value(max(self._value_start + 1, error.index - 1))
        self._resyncing = True
        self.item_count += 1
        return StreamItem(self.item_count, None, message)

    def _stop(self, message: str, index: int | None = None) -> StreamItem:
        """Abandon the current value and the rest of the input."""
        position = self._format_position(self._value_start if index is None else index)
        suffix = "" if self._eof else "; the rest of the input is ignored"
        self.stopped = True
        self._buffer.clear()
        self.item_count += 1
        return StreamItem(self.item_count, None, f"{message}: {position}{suffix}")

    def _resync(self) -> bool:
        """Skip to the next line that begins with an object; return whether there is one."""
        match = _NEXT_OBJECT.search(self._buffer, self._value_start)
        self._resyncing = match is None
        # Keep the last two bytes: they may be what is before such an object.
        self._start_value(match.end() if match else max(self._value_start, len(self._buffer) - 2))
        return not self._resyncing

    def _format_position(self, index: int) -> str:
        lines = self._buffer.count(b"\n", 0, index)
        last_newline = self._buffer.rfind(b"\n", 0, index)
        column = index - last_newline - 1 if lines else self._column_before + index
        byte = self.bytes_fed - len(self._buffer) + index
        return f"line {self._lines_before + lines + 1} column {column + 1} (byte {byte + 1})"
