"""The items of a list as CSV, as a spreadsheet reads it."""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any

from rtmcli.cli.io.formats.cells import item_cells, redact_value
from rtmcli.protocol import escaping

_LINE_END = "\r\n"  # the csv module quotes cells that contain a part of it


class CSVFormatter:
    """Formats pages of items; the first is preceded by a header of the columns' paths.

    Cells keep their text, tabs and line ends included; on a terminal, which would interpret them,
    they are escaped.
    """

    def __init__(self, columns: Sequence[str], *, is_tty: bool) -> None:
        self._columns = columns
        self._escape = escaping.escape_text if is_tty else escaping.escape_cell
        self._has_header = False

    def format_items(self, items: Iterable[Any]) -> bytes:
        """Format items, one record each."""
        records = [self.record(redact_value(item)) for item in items]
        if not self._has_header:
            records.insert(0, list(self._columns))
            self._has_header = True
        return "".join(map(_format_record, records)).encode()

    def record(self, item: Any) -> list[str]:
        """Return the cells of an item; none is a formula."""
        return [
            escaping.guard_formula(self._escape(cell)) for cell in item_cells(item, self._columns)
        ]


def _format_record(cells: Sequence[str]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator=_LINE_END).writerow(cells)
    return buffer.getvalue().removesuffix(_LINE_END) + "\n"
