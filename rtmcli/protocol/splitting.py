"""Split a stream of bytes into JSON values: one a line, pretty-printed, or back to back.

A value is handed over as soon as it is complete: an object or array with its last bracket, a
number or word with what follows it. Blanks, line ends of any kind and byte order marks between
the values mean nothing.

A malformed value counts as one. Where it began on the line on which it breaks, the next line that
begins with `{` is the next value. Where it was laid out over several lines nobody can tell its
inside from what follows it, so nothing more is taken: a part of a value is never a value.
"""

import re
from typing import Any

import orjson

from rtmcli.protocol import values
from rtmcli.protocol.scanning import Broken, Scanner
from rtmcli.row import Row

LIMIT = 64 * 1024 * 1024  # bytes of one value

_BOM = b"\xef\xbb\xbf"
_BLANK = re.compile(rb"(?:[ \t\r\n]++|\xef\xbb\xbf)*+")
_RESTART = b"\n{"
_BRACE = ord("{")


class Item(Row):
    """One value of the stream, or what is wrong with it; `number` counts both from 1."""

    number: int
    value: Any
    problem: str = ""


class Splitter:
    """Feed it bytes as they come, and ask for values until there is none."""

    def __init__(self, limit: int = LIMIT) -> None:
        self.count = 0  # values handed over so far
        self.bytes_in = 0
        self.over = False  # nothing more is taken
        self._limit = limit
        self._data = bytearray()
        self._start = 0  # index of the value that is being read
        self._mixed = 0  # index up to which no object fills a line
        self._scanner = Scanner()
        self._ended = False
        self._skipping = False
        self._lines = 0  # line ends before the data
        self._column = 0  # bytes between the last of them and the data

    def feed(self, data: bytes) -> None:
        """Take what has come."""
        if not self.over:
            self.bytes_in += len(data)
            self._forget()
            self._data += data

    def end(self) -> None:
        """Take note that nothing more will come."""
        self._ended = True

    def next(self) -> Item | None:
        """Return the next value; None where it is not complete yet, or where all are taken."""
        if self.over or (self._skipping and not self._restart()):
            return None
        if self._scanner.at == self._start:
            self._skip_blank()
            if self._start == len(self._data) or self._is_cut_mark():
                return None
            line = self._line()
            if line:
                return line
        return self._value()

    def _begin(self, start: int) -> None:
        self._start = start
        self._scanner.begin(start)

    def _forget(self) -> None:
        """Let go of what was taken."""
        taken = self._start
        if taken:
            lines = self._data.count(b"\n", 0, taken)
            last = self._data.rfind(b"\n", 0, taken)
            self._column = taken - last - 1 if lines else self._column + taken
            self._lines += lines
            del self._data[:taken]
            self._start = 0
            self._mixed -= taken
            self._scanner.at -= taken

    def _skip_blank(self) -> None:
        found = _BLANK.match(self._data, self._start)
        assert found  # it matches nothing as well
        self._begin(found.end())

    def _is_cut_mark(self) -> bool:
        """Tell whether the data ends within a byte order mark."""
        rest = self._data[self._start : self._start + len(_BOM)]
        return not self._ended and len(rest) < len(_BOM) and _BOM.startswith(rest)

    def _line(self) -> Item | None:
        """Take the object that fills a line: the usual case, without looking at each token."""
        if self._start < self._mixed or self._data[self._start] != _BRACE:
            return None
        end = self._data.find(b"\n", self._start)
        # Each line is tried once, however many values stand on it.
        self._mixed = len(self._data) if end < 0 else end
        if end < 0:
            return None
        text = bytes(self._data[self._start : end])
        try:
            value = orjson.loads(text)
            is_same = orjson.dumps(value) == text
        except (orjson.JSONDecodeError, TypeError):  # it reads more levels than it writes
            return None
        if not is_same:  # a digit may be lost, or a key may stand there twice
            return self._item(end)
        self._begin(end + 1)
        self.count += 1
        return Item(self.count, value)

    def _value(self) -> Item | None:
        """Take a value of any layout, or look at what has come of it."""
        try:
            if self._scanner.scan(self._data, ended=self._ended):
                return self._item(self._scanner.at)
        except Broken as error:
            return self._broken(error)
        if len(self._data) - self._start > self._limit:
            return self._last(f"larger than {self._limit >> 20} MiB")
        return self._last("the input ends within the value") if self._ended else None

    def _item(self, end: int) -> Item:
        """Take the value that ends at an index."""
        text = bytes(self._data[self._start : end])
        self.count += 1
        try:
            item = Item(self.count, values.parse(text))
        except values.BadJson as error:
            item = Item(self.count, None, self._judged(text, error))
        self._begin(end)
        return item

    def _judged(self, text: bytes, error: values.BadJson) -> str:
        try:
            text.decode()
        except UnicodeDecodeError as found:
            return f"not UTF-8: {self._position(self._start + found.start)}"
        return f"{error}: {self._position(self._start)}"

    def _broken(self, error: Broken) -> Item:
        """Give up the value that is being read, and go on behind its line where it had but one."""
        if b"\n" in self._data[self._start : error.index].rstrip(b" \t\r\n"):
            return self._last(error.why, error.index)
        problem = f"{error.why}: {self._position(error.index)}"
        # The next line may begin just here, where this one was cut off.
        self._begin(max(self._start + 1, error.index - 1))
        self._skipping = True
        self.count += 1
        return Item(self.count, None, problem)

    def _last(self, why: str, index: int | None = None) -> Item:
        """Give up the value that is being read, and all that follows."""
        where = self._position(self._start if index is None else index)
        rest = "" if self._ended else "; nothing is read beyond it"
        self.over = True
        self._data.clear()
        self.count += 1
        return Item(self.count, None, f"{why}: {where}{rest}")

    def _restart(self) -> bool:
        """Go on to the next line that begins with an object; tell whether there is one."""
        found = self._data.find(_RESTART, self._start)
        self._skipping = found < 0
        # The last byte may be the line end before such a line.
        self._begin(max(self._start, len(self._data) - 1) if self._skipping else found + 1)
        return not self._skipping

    def _position(self, index: int) -> str:
        lines = self._data.count(b"\n", 0, index)
        last = self._data.rfind(b"\n", 0, index)
        column = index - last - 1 if lines else self._column + index
        byte = self.bytes_in - len(self._data) + index
        return f"line {self._lines + lines + 1} column {column + 1} (byte {byte + 1})"
