"""Lists as CSV: what a spreadsheet reads, and that it executes nothing."""

import csv
import io
import re
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rtmcli.cli.io.formats.csv_writer import CSVFormatter

COLUMNS = ("id", "user.name")
FORMULA = re.compile(r"[=+\-@\t\r]")
NUMBER = re.compile(r"[+-]?\d+(\.\d+)?([eE][+-]?\d+)?", re.ASCII)
texts = st.text(st.characters() | st.sampled_from("=+-@\t\r\n\"',;\x1b\x85"))


def read_back(data: bytes) -> list[list[str]]:
    """Read CSV as a spreadsheet does."""
    return list(csv.reader(io.StringIO(data.decode(), newline="")))


def format_items(*pages: Sequence[Any], is_tty: bool = False) -> bytes:
    """Format pages of items."""
    formatter = CSVFormatter(COLUMNS, is_tty=is_tty)
    return b"".join(map(formatter.format_items, pages))


def items(*names: Any) -> list[Any]:
    """Return an item for each name."""
    return [{"id": str(number), "user": {"name": name}} for number, name in enumerate(names)]


def test_the_header_comes_once() -> None:
    """Before the first page, with the paths of the columns; lines end as on Unix."""
    assert format_items(items("Ann"), items("Bo")) == b"id,user.name\n0,Ann\n0,Bo\n"


def test_an_empty_list_is_the_header() -> None:
    """So that a program can read it."""
    assert format_items([]) == b"id,user.name\n"


@given(st.lists(st.lists(texts)), st.booleans())
def test_a_csv_reader_gets_the_same_cells(pages: list[list[str]], is_tty: bool) -> None:
    """Whatever the text: quotes, separators, line ends."""
    formatter = CSVFormatter(COLUMNS, is_tty=is_tty)
    records = [formatter.record(item) for page in pages for item in items(*page)]
    data = format_items(*(items(*page) for page in pages), is_tty=is_tty)
    assert read_back(data) == ([list(COLUMNS), *records] if pages else [])


@given(texts)
def test_no_cell_is_a_formula(text: str) -> None:
    """What begins like one is a number, or follows an apostrophe; nothing else is changed."""
    printable = "".join(char for char in text if char.isprintable() or char in "\t\r")
    cell = CSVFormatter(COLUMNS, is_tty=False).record({"id": printable})[0]
    is_formula = FORMULA.match(printable) and not NUMBER.fullmatch(printable)
    assert cell == (f"'{printable}" if is_formula else printable)


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        ("=1+1", "'=1+1"),
        ("+48 123", "'+48 123"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("-", "'-"),
        ("\t=1", "'\t=1"),
        ("\r=1", "'\r=1"),
        ("-1+cmd", "'-1+cmd"),
        ("-5", "-5"),
        ("+48123", "+48123"),
        (-1.5e-7, "-1.5e-7"),
        ("'=1", "''=1"),
        ("a=1", "a=1"),
    ],
)
def test_formulas_are_guarded_and_numbers_are_not(value: Any, cell: str) -> None:
    """An apostrophe makes a spreadsheet take the rest as text."""
    assert CSVFormatter(COLUMNS, is_tty=False).record({"id": value})[0] == cell


@given(texts)
def test_control_characters_are_inert(text: str) -> None:
    """In a file, tabs and line ends remain; on a terminal, nothing that it obeys."""
    for is_tty, allowed in ((False, "\t\r\n"), (True, "")):
        cell = CSVFormatter(COLUMNS, is_tty=is_tty).record({"id": text})[0]
        controls = [char for char in cell if char < " " or "\x7f" <= char <= "\x9f"]
        assert set(controls) <= set(allowed)


def test_marks_of_direction_are_data_in_a_file() -> None:
    """Names in Arabic and Hebrew may hold them; a terminal gets them escaped."""
    [name] = items("a\u200fb")
    assert CSVFormatter(COLUMNS, is_tty=False).record(name)[1] == "a\u200fb"
    assert CSVFormatter(COLUMNS, is_tty=True).record(name)[1] == "a\\u200fb"
