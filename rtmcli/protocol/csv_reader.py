"""Parse a stream of CSV bytes into rows, as spreadsheets write them.

The delimiter is the tab, semicolon or comma that is most frequent in the first line. A byte order
mark, CRLF, blank lines, and line ends in quoted cells are accepted. Bytes that are not UTF-8 become
surrogate escapes, so that they make only their own row invalid.

After a malformed row, quotes can no longer be paired reliably, so parsing stops: a part of a cell
must never become a row.
"""

import csv
import re
from typing import NamedTuple

from rtmcli.protocol import json_codec
from rtmcli.protocol.json_stream import MAX_VALUE_SIZE

_BOM = b"\xef\xbb\xbf"
_DELIMITERS = (b",", b";", b"\t")  # the first one wins if the first line has none
_QUOTE = b'"'
_TO_CLOSING_QUOTE = re.compile(rb'[^"]*+(?:""[^"]*+)*+"')


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
        self._row_start = 0  # index of the current row
        self._row_line = 1  # on which it begins
        self._position = 0  # index of the end of its lines that were taken
        self._searched = 0  # index before which the next line does not end
        self._in_quotes = False  # at the end of the lines that were taken
        self._delimiter = b""
        self._eof = False

    @property
    def bytes_parsed(self) -> int:
        """Return how many bytes the rows have that were returned."""
        return self.bytes_fed - len(self._buffer) + self._row_start

    def feed(self, data: bytes) -> None:
        """Append received data."""
        self.bytes_fed += len(data)
        del self._buffer[: self._row_start]
        self._position -= self._row_start
        self._searched -= self._row_start
        self._row_start = 0
        self._buffer += data

    def feed_eof(self) -> None:
        """Signal the end of the input."""
        self._eof = True

    def next_row(self) -> Row | None:
        """Return the next row, or None if none is complete; raise `CSVSyntaxError`."""
        while lines := self._next_lines():
            if not self._in_quotes and not lines.strip(b"\r\n"):
                self._end_row()
                continue
            self._delimiter = self._delimiter or max(_DELIMITERS, key=lines.count)
            self._in_quotes = self._ends_in_quotes(lines)
            if not self._in_quotes:
                return self._finish_row()
        if len(self._buffer) - self._row_start > self._max_size:
            raise self._error(f"larger than {self._max_size >> 20} MiB; is a quote not closed?")
        if self._eof and self._in_quotes:
            raise self._error("the input ends within a quoted cell")
        return None

    def _next_lines(self) -> bytes:
        """Take a line with its end, or the rest of the input; nothing if none is complete.

        Within quotes, it is all lines up to one with a quote.
        """
        if self._in_quotes:
            quote = self._buffer.find(_QUOTE, self._searched)
            self._searched = quote if quote >= 0 else len(self._buffer)
        end = self._buffer.find(b"\n", self._searched) + 1
        if not end:
            if not self._in_quotes:
                self._searched = len(self._buffer)
            if not self._eof:
                return b""
            end = len(self._buffer)
        lines = bytes(self._buffer[self._position : end])
        is_first = self._row_line == 1 and self._position == self._row_start
        self._position = self._searched = end
        if is_first:
            if json_codec.is_utf_16(lines) or b"\0" in lines[:2]:  # not of a parameter's name
                raise CSVSyntaxError(json_codec.UTF_16_ERROR)
            if lines.startswith(_BOM):
                self._row_start += len(_BOM)
                return lines[len(_BOM) :]
        return lines

    def _ends_in_quotes(self, lines: bytes) -> bool:
        """Return whether lines of the current row end within a quoted cell.

        A quote begins such a cell only at the beginning of the cell, as for the `csv` module.
        """
        if not self._in_quotes and _QUOTE not in lines:
            return False
        in_quotes = self._in_quotes or lines.startswith(_QUOTE)
        position = 1 if in_quotes and not self._in_quotes else 0
        while True:
            if in_quotes:
                match = _TO_CLOSING_QUOTE.match(lines, position)
                if not match:
                    return True
                position = match.end()
            start = lines.find(self._delimiter + _QUOTE, position)
            if start < 0:
                return False
            position, in_quotes = start + 2, True

    def _finish_row(self) -> Row:
        """Return the row of the lines that were taken."""
        text = self._buffer[self._row_start : self._position].decode("utf-8", "surrogateescape")
        try:
            [cells] = csv.reader([text], delimiter=self._delimiter.decode(), strict=True)
        except csv.Error as error:
            has_cr = "\r" in text.rstrip("\r\n")
            explanation = "CR does not end a line; convert it to LF or CRLF" if has_cr else error
            raise self._error(f"invalid CSV: {explanation}") from None
        row = Row(cells, self._row_line)
        self._end_row()
        return row

    def _end_row(self) -> None:
        self._row_line += self._buffer.count(b"\n", self._row_start, self._position)
        self._row_start = self._position

    def _error(self, message: str) -> CSVSyntaxError:
        return CSVSyntaxError(f"line {self._row_line}: {message}")
