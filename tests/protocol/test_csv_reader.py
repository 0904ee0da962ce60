"""Rows of a stream of CSV bytes."""

import csv
import io
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rtmcli.protocol.csv_reader import CSVSyntaxError, Row, RowReader

# The header of each test decides on the delimiter; cells may hold anything that UTF-8 can.
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=8) | st.text(
    ';,\t"\r\n =a', max_size=8
)


def read_rows(slices: list[bytes], reader: RowReader | None = None) -> list[Row]:
    """Read the rows of an input that arrives in slices."""
    reader = reader or RowReader()
    rows = []
    for chunk in slices:
        reader.feed(chunk)
        while row := reader.next_row():
            rows.append(row)
    reader.feed_eof()
    while row := reader.next_row():
        rows.append(row)
    return rows


def error_of(data: bytes, max_size: int = 1 << 20) -> str:
    """Return why an input is not CSV."""
    with pytest.raises(CSVSyntaxError) as caught:
        read_rows([data], RowReader(max_size))
    return str(caught.value)


@given(
    rows=st.lists(st.lists(TEXTS, min_size=2, max_size=2), max_size=5),
    delimiter=st.sampled_from(",;\t"),
    line_end=st.sampled_from(["\n", "\r\n"]),
    quote_all=st.booleans(),
    bom=st.sampled_from(["", "\ufeff"]),
    cuts=st.lists(st.integers(0, 200), max_size=6),
)
def test_rows_are_read_as_they_were_written(
    *,
    rows: list[list[str]],
    delimiter: str,
    line_end: str,
    quote_all: bool,
    bom: str,
    cuts: list[int],
) -> None:
    """In any dialect of spreadsheets, however the bytes arrive; each row knows its line."""
    # The writer quotes only the line ends of its own dialect.
    has_cr = any("\r" in cell for row in rows for cell in row)
    file = io.StringIO()
    writer = csv.writer(
        file,
        delimiter=delimiter,
        lineterminator=line_end,
        quoting=csv.QUOTE_ALL if quote_all or has_cr else csv.QUOTE_MINIMAL,
    )
    lines = []
    for row in [["a", "b"], *rows]:
        lines.append(file.getvalue().count("\n") + 1)
        writer.writerow(row)
    data = (bom + file.getvalue()).encode()
    edges = sorted({0, len(data), *(cut for cut in cuts if cut < len(data))})
    reader = RowReader()
    found = read_rows([data[start:end] for start, end in pairwise(edges)], reader)
    assert found == [Row(*pair) for pair in zip([["a", "b"], *rows], lines, strict=True)]
    assert reader.bytes_parsed == reader.bytes_fed == len(data)


@pytest.mark.parametrize(
    ("data", "cells"),
    [
        (b"", []),
        (b"\xef\xbb\xbf", []),
        (b"\r\n\n", []),
        (b"a", [["a"]]),
        (b"a;b,c;d\n", [["a", "b,c", "d"]]),
        (b"\r\na\tb\r\n\r\n1\t\r\n", [["a", "b"], ["1", ""]]),
        (b'a,b\n5" pipe,x\n', [["a", "b"], ['5" pipe', "x"]]),
        (b'a\n"b\n\n""c"\n', [["a"], ['b\n\n"c']]),
        (b"a\n\xff\nb\n", [["a"], ["\udcff"], ["b"]]),
    ],
)
def test_the_first_line_decides_on_the_delimiter(data: bytes, cells: list[list[str]]) -> None:
    """The most frequent one; blank lines and a byte order mark are nothing."""
    assert [row.cells for row in read_rows([data])] == cells


def test_a_row_is_returned_when_its_line_ends() -> None:
    """A pipe may be silent for hours after it."""
    reader = RowReader()
    reader.feed(b'a,b\n1,"2')
    assert (reader.next_row(), reader.next_row()) == (Row(["a", "b"], 1), None)
    assert reader.bytes_parsed == 4
    reader.feed(b'\n"\n3')
    assert (reader.next_row(), reader.next_row()) == (Row(["1", "2\n"], 2), None)
    assert (reader.bytes_fed, reader.bytes_parsed) == (12, 11)


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (b'a,b\n1,"2"3\n', "line 2: invalid CSV: ',' expected after '\"'"),
        (b'a\n\n"1\n2', "line 3: the input ends within a quoted cell"),
        (b"a,b\r1,2\r3,4\r", "line 1: invalid CSV: CR does not end a line"),
        ("a,b\n".encode("utf-16"), "it is UTF-16; convert it to UTF-8"),
        ("a,b\n".encode("utf-16-le"), "it is UTF-16; convert it to UTF-8"),
        ("a,b\n".encode("utf-16-be"), "it is UTF-16; convert it to UTF-8"),
    ],
)
def test_a_malformed_row_is_an_error(data: bytes, error: str) -> None:
    """It names the line on which the row begins."""
    assert error_of(data).startswith(error)


@pytest.mark.parametrize("row", [b'1,"' + b"\n" * 2_000_000, b"1," + b"x" * 2_000_000])
def test_a_row_does_not_fill_the_memory(row: bytes) -> None:
    """A quote that is never closed ends the input."""
    assert error_of(b"a,b\n" + row).startswith("line 2: larger than 1 MiB; is a quote not closed?")
