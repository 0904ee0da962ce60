"""Parse a stream of CSV bytes into rows, as spreadsheets write them.

The delimiter is the tab, semicolon or comma of which the first line has most. A byte order mark,
CRLF, blank lines, and line ends in quoted cells are understood. A line is decoded on its own: bytes
that are not UTF-8 become surrogate escapes, so that they cost one row only.

After a malformed row, the quotes of all that follows may be out of step, so parsing stops: a part
of a cell must never become a row.
"""

import csv
import re
from typing import NamedTuple

from rtmcli.protocol import json_codec
from rtmcli.protocol.json_stream import MAX_VALUE_SIZE

_BOM = b"\xef\xbb\xbf"
_DELIMITERS = ",;\t"  # the first one wins if the first line has none
_QUOTE = '"'
_TO_CLOSING_QUOTE = re.compile(r'[^"]*+(?:""[^"]*+)*+"')


class Row(NamedTuple):
    """The cells of a row, and the line of the input on which it begins, counted from 1."""

    cells: list[str]
    line: int


class CSVSyntaxError(ValueError):
    """Input that is not CSV; the message says why, and on which line."""


class RowReader:
    """An incremental parser: feed it bytes, then take rows until there are none."""

    def __init__(self, max_size: int = MAX_VALUE_SIZE) -> None:
        csv.field_size_limit(max_size)  # of the process; its default is less than one payload
        self.bytes_fed = 0
        self._max_size = max_size  # bytes of a row
        self._buffer = bytearray()
        self._position = 0  # index of the next line
        self._searched = 0  # index before which there is no end of the next line
        self._line_count = 0  # lines taken so far
        self._lines: list[str] = []  # of the current row
        self._row_size = 0  # bytes of these lines
        self._in_quotes = False  # at the end of these lines
        self._delimiter = ""
        self._eof = False

    @property
    def bytes_parsed(self) -> int:
        """Return how many bytes the rows have that were returned."""
        return self.bytes_fed - len(self._buffer) + self._position - self._row_size

    def feed(self, data: bytes) -> None:
        """Append received data."""
        self.bytes_fed += len(data)
        del self._buffer[: self._position]
        self._searched -= self._position
        self._position = 0
        self._buffer += data

    def feed_eof(self) -> None:
        """Signal the end of the input."""
        self._eof = True

    def next_row(self) -> Row | None:
        """Return the next row, or None if none is complete; raise `CSVSyntaxError`."""
        while (line := self._next_line()) is not None:
            if not self._lines and not line.strip("\r\n"):
                self._row_size = 0
                continue
            self._delimiter = self._delimiter or max(_DELIMITERS, key=line.count)
            self._in_quotes = self._ends_in_quotes(line)
            self._lines.append(line)
            if not self._in_quotes:
                return self._finish_row()
        if self._row_size + len(self._buffer) - self._position > self._max_size:
            raise self._error(f"larger than {self._max_size >> 20} MiB; is a quote not closed?")
        if self._eof and self._lines:
            raise self._error("the input ends within a quoted cell")
        return None

    def _next_line(self) -> str | None:
        """Take a line with its end, or the rest of the input; None if there is none."""
        end = self._buffer.find(b"\n", self._searched) + 1
        if not end:
            self._searched = len(self._buffer)
            if not self._eof or self._position == len(self._buffer):
                return None
            end = len(self._buffer)
        data = bytes(self._buffer[self._position : end])
        if not self._line_count:
            if json_codec.is_utf_16(data[:2]):
                raise CSVSyntaxError(json_codec.UTF_16_ERROR)
            data = data.removeprefix(_BOM)
        self._row_size += end - self._position
        self._position = self._searched = end
        self._line_count += 1
        return data.decode("utf-8", "surrogateescape")

    def _ends_in_quotes(self, line: str) -> bool:
        """Return whether a line of the current row ends within a quoted cell.

        A quote begins such a cell only at the beginning of the cell, as for the `csv` module.
        """
        position, in_quotes = 0, self._in_quotes
        if not in_quotes:
            if _QUOTE not in line:
                return False
            in_quotes = line.startswith(_QUOTE)
            position = len(_QUOTE) * in_quotes
        while True:
            if in_quotes:
                match = _TO_CLOSING_QUOTE.match(line, position)
                if not match:
                    return True
                position = match.end()
            start = line.find(self._delimiter + _QUOTE, position)
            if start < 0:
                return False
            position, in_quotes = start + 2, True

    def _finish_row(self) -> Row:
        """Return the row of the lines taken."""
        try:
            [cells] = csv.reader(self._lines, delimiter=self._delimiter, strict=True)
        except csv.Error as error:
            has_cr = "\r" in "".join(self._lines).rstrip("\r\n")
            explanation = "CR does not end a line; convert it to LF or CRLF" if has_cr else error
            raise self._error(f"invalid CSV: {explanation}") from None
        row = Row(cells, self._first_line)
        self._lines.clear()
        self._row_size = 0
        return row

    @property
    def _first_line(self) -> int:
        """Return the line on which the current row begins, or the next one does."""
        return self._line_count - len(self._lines) + 1

    def _error(self, message: str) -> CSVSyntaxError:
        return CSVSyntaxError(f"line {self._first_line}: {message}")
