"""The items of a list as a table for people.

The first page decides the widths of the columns, so that later pages need no memory. On a terminal,
a cell that is too long for its column continues below; elsewhere it makes its line longer.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import zip_longest
from typing import Any

from rich.cells import cell_len, get_character_cell_size

from rtmcli.cli.io.formats.cells import item_cells, redact_value
from rtmcli.cli.io.terminal import BOLD, RESET
from rtmcli.protocol import escaping

_SEPARATOR = "  "
_ID_NAME = r"(^|[._])id$"  # of a column whose texts people copy
_MIN_WIDTH = 4  # cells of a column, unless all its texts are shorter
_MAX_PADDED_WIDTH = 100  # cells; a column of longer texts is not aligned


class TableFormatter:
    """Formats pages of items; the first is preceded by a header.

    `terminal_width` is in cells; None is for another file, whose lines have any length.
    """

    def __init__(
        self, columns: Sequence[str], *, terminal_width: int | None, use_color: bool
    ) -> None:
        self._columns = columns
        self._terminal_width = terminal_width
        self._use_color = use_color
        self._widths: list[int] = []  # from the first page on

    def format_items(self, items: Iterable[Any]) -> bytes:
        """Format items, one row each."""
        rows = [
            [escaping.escape_line(cell) for cell in item_cells(redact_value(item), self._columns)]
            for item in items
        ]
        lines: list[str] = []
        if not self._widths:
            header = short_names(self._columns)
            self._widths = column_widths([header, *rows], self._terminal_width)
            lines = self._format_header(header)
        lines += [line for row in rows for line in self._format_row(row)]
        return "".join(f"{line}\n" for line in lines).encode()

    def _format_header(self, header: Sequence[str]) -> list[str]:
        lines = list(self._format_row(header))
        return [f"{BOLD}{line}{RESET}" for line in lines] if self._use_color else lines

    def _format_row(self, row: Sequence[str]) -> Iterator[str]:
        """Yield the lines of one row."""
        if self._terminal_width is None:
            yield self._align(row)
            return
        pieces = [list(_fold(cell, width)) for cell, width in zip(row, self._widths, strict=True)]
        for cells in zip_longest(*pieces, fillvalue=""):
            yield self._align(cells)

    def _align(self, cells: Iterable[str]) -> str:
        padded = [
            cell + " " * (width - cell_len(cell))
            for cell, width in zip(cells, self._widths, strict=True)
        ]
        return _SEPARATOR.join(padded).rstrip(" ")


def short_names(paths: Sequence[str]) -> list[str]:
    """Return the shortest end of each path that is not an end of another path."""
    return [_short_name(path, [other for other in paths if other != path]) for path in paths]


def _short_name(path: str, others: Sequence[str]) -> str:
    keys = path.split(".")
    for start in reversed(range(len(keys))):
        name = ".".join(keys[start:])
        if not any(f".{other}".endswith(f".{name}") for other in others):
            return name
    return path


def column_widths(rows: Sequence[Sequence[str]], terminal_width: int | None) -> list[int]:
    """Return the width of each column in cells, so that the rows fit if a terminal shows them.

    `rows` begin with the header. The widest columns become narrower: at first only as long as no
    word is cut, then those without ids, then all, but none below a minimum. On a terminal that is
    narrower still, lines are too long.
    """
    widths = [
        min(max(map(cell_len, column)), terminal_width or _MAX_PADDED_WIDTH)
        for column in zip(*rows, strict=True)
    ]
    if terminal_width is None:
        return widths
    available = terminal_width - len(_SEPARATOR) * (len(widths) - 1)
    words = [_longest_word(column) for column in zip(*rows, strict=True)]
    ids = [
        width if re.search(_ID_NAME, name) else _MIN_WIDTH
        for name, width in zip(rows[0], words, strict=True)
    ]
    for min_widths in (words, ids, [_MIN_WIDTH] * len(widths)):
        _narrow(widths, min_widths, available)
    return widths


def _longest_word(column: Iterable[str]) -> int:
    return max((cell_len(word) for text in column for word in text.split()), default=0)


def _narrow(widths: list[int], min_widths: Sequence[int], available: int) -> None:
    """Narrow the widest columns until they fit, or all have their minimum."""
    while sum(widths) > available:
        index = max(
            (index for index, width in enumerate(widths) if width > min_widths[index]),
            key=lambda index: widths[index],
            default=None,
        )
        if index is None:
            return
        widths[index] -= 1


def _fold(text: str, width: int) -> Iterator[str]:
    """Cut a text into pieces of at most `width` cells, at a space if there is one.

    A character may need two cells.
    """
    piece, size = "", 0
    for character in text:
        character_size = get_character_cell_size(character)
        if piece and size + character_size > width:
            head, space, tail = f"{piece}{character}".rpartition(" ")
            yield head if space else piece
            piece, size = (tail, cell_len(tail)) if space else (character, character_size)
        else:
            piece += character
            size += character_size
    yield piece
