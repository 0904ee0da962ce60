"""Parse a stream of CSV bytes into payloads of one method.

The header names the parameters, by path or flag; each other row is a payload. A cell is converted
by the type of its parameter, and an empty one is not part of the payload.
"""

from collections.abc import Collection, Iterable, Sequence
from typing import Any, NamedTuple

from rtmcli.catalogue.model import Method, Param, ParamType
from rtmcli.protocol import json_codec, suggestions
from rtmcli.protocol.csv_reader import CSVSyntaxError, Row, RowReader
from rtmcli.protocol.escaping import escape_text, truncate, unguard_formula
from rtmcli.protocol.json_stream import MAX_VALUE_SIZE, StreamItem, UnreadableInput
from rtmcli.protocol.paths import PathError
from rtmcli.protocol.payload import convert_flag, set_param
from rtmcli.protocol.validation import short_json
from rtmcli.protocol.value_types import TYPE_CHECKS

_BOOLEANS = {"true": True, "false": False}
_NOT_UTF_8 = "not UTF-8; a spreadsheet may save it as CSV UTF-8"
_MAX_LISTED = 20  # columns that are named in an error


class Column(NamedTuple):
    """A column: its position in each row, from 0, its name as written, and its parameter."""

    position: int
    name: str
    param: Param


class CSVParser:
    """An incremental parser with the interface of `StreamParser`.

    A malformed cell makes its row invalid. If the header cannot be used, `next_item` raises
    `UnreadableInput`.
    """

    def __init__(
        self,
        method: Method,
        overridden: Collection[str] = (),
        *,
        lenient: bool = False,
        max_size: int = MAX_VALUE_SIZE,
    ) -> None:
        """Ignore the cells of `overridden` paths; if `lenient`, keep what is invalid as text."""
        self.item_count = 0  # returned so far
        self.stopped = False
        self._method = method
        self._overridden = overridden
        self._lenient = lenient
        self._rows = RowReader(max_size)
        self._columns: list[Column] = []
        self._width = 0  # cells of each row

    @property
    def bytes_fed(self) -> int:
        """Return how many bytes were fed."""
        return self._rows.bytes_fed

    @property
    def bytes_parsed(self) -> int:
        """Return how many bytes were turned into items."""
        return self._rows.bytes_parsed

    def feed(self, data: bytes) -> None:
        """Append received data."""
        if not self.stopped:
            self._rows.feed(data)

    def feed_eof(self) -> None:
        """Signal the end of the input."""
        self._rows.feed_eof()

    def next_item(self) -> StreamItem | None:
        """Return the next payload, or None if there is no complete row."""
        if self.stopped or not (self._columns or self._read_header()):
            return None
        try:
            row = self._rows.next_row()
        except CSVSyntaxError as error:
            self.stopped = True
            self.item_count += 1
            message = f"{escape_text(str(error))}; the rest of the input is ignored"
            return StreamItem(self.item_count, None, message)
        if row is None:
            return None
        self.item_count += 1
        return self._make_item(row)

    def _read_header(self) -> bool:
        """Read the first row; return whether it is complete."""
        try:
            row = self._rows.next_row()
            if row is None:
                return False
            self._columns = parse_header(self._method, row)
        except CSVSyntaxError as error:
            self.stopped = True
            raise UnreadableInput(escape_text(str(error))) from None
        self._width = len(row.cells)
        return True

    def _make_item(self, row: Row) -> StreamItem:
        position = f"line {row.line}"
        payload: dict[str, Any] = {}
        if len(row.cells) != self._width:
            count = len(row.cells)
            error = f"{position}: the number of cells is {count}, in the header {self._width}"
        elif not any(row.cells):
            error = f"{position} has no values; remove the row"
        else:
            payload, problems = self._build_payload(row.cells)
            error = f"{position}, {'; '.join(problems)}" if problems else ""
        if error:
            return StreamItem(self.item_count, None, escape_text(error))
        return StreamItem(self.item_count, payload, position=position)

    def _build_payload(self, cells: Sequence[str]) -> tuple[dict[str, Any], list[str]]:
        """Return the payload of a row, and the problems of its cells."""
        payload: dict[str, Any] = {}
        problems = []
        for index, name, param in self._columns:
            text = unguard_formula(cells[index])
            if not text or param.path in self._overridden:
                continue
            if not json_codec.is_encodable(text):
                problems.append(f"column {name}: {_NOT_UTF_8}")
                continue
            value, problem = convert_cell(param, text)
            if problem and not self._lenient:
                problems.append(f"column {name}: {problem}")
                continue
            try:
                set_param(payload, param, value)
            except PathError as error:
                problems.append(f"column {name}: cannot be set: {error}")
        return payload, problems


def parse_header(method: Method, row: Row) -> list[Column]:
    """Find the parameters that the cells of a header name; those of an object follow the object.

    Raises:
        CSVSyntaxError: a cell names none, or two cells name the same one.

    """
    names = [unguard_formula(cell.strip()) for cell in row.cells]
    if not all(map(json_codec.is_encodable, names)):
        raise CSVSyntaxError(f"line {row.line}: the header is {_NOT_UTF_8}")
    params = {param.path: param for param in method.params if not param.set_by_session}
    by_name = {
        name: param
        for param in params.values()
        for flag in (param.flag, param.alias)
        for name in (flag, flag.removeprefix("--"))
    } | params
    unknown = [
        f"{truncate(name)}{_hint(name, params)}" if name else f"column {number}, which has no name"
        for number, name in enumerate(names, 1)
        if not name or name not in by_name
    ]
    if unknown:
        raise CSVSyntaxError(_describe_unknown(row, unknown, list(params)))
    columns = [Column(index, name, by_name[name]) for index, name in enumerate(names)]
    _check_duplicates(row, columns)
    return sorted(columns, key=lambda column: column.param.path.count("."))


def _hint(name: str, known: Iterable[str]) -> str:
    nearest = suggestions.nearest(name, frozenset(known))
    return f" (did you mean {nearest}?)" if nearest else ""


def _check_duplicates(row: Row, columns: Sequence[Column]) -> None:
    first_names: dict[str, str] = {}
    for _, name, param in columns:
        first = first_names.setdefault(param.path, name)
        if first != name:
            raise CSVSyntaxError(
                f"line {row.line}: columns {first} and {name} are the same parameter; drop one"
            )
    names = [column.name for column in columns]
    for name in names:
        if names.count(name) > 1:
            raise CSVSyntaxError(f"line {row.line}: column {name} appears twice; drop one")


def _describe_unknown(row: Row, unknown: Sequence[str], known: Sequence[str]) -> str:
    more = f" and {len(unknown) - _MAX_LISTED} more" if len(unknown) > _MAX_LISTED else ""
    return (
        f"line {row.line}: the header has columns that are not parameters: "
        f"{', '.join(unknown[:_MAX_LISTED])}{more}; drop or rename them; "
        + (f"the parameters are {', '.join(known)}" if known else "the method has no parameters")
    )


def convert_cell(param: Param, text: str) -> tuple[Any, str]:
    """Convert the text of a cell to a value; return the value and the problem, if any.

    An array is a JSON array, or its only item.
    """
    if param.type is ParamType.STRING:  # most cells
        return text, ""
    if param.type.is_boolean:
        return _convert_boolean(param.type, text)
    if not param.type.is_array:
        return convert_flag(param, text)
    if not text.lstrip().startswith("["):
        return convert_flag(param, [text])
    try:
        return json_codec.loads_strict(text.encode()), ""
    except json_codec.JSONError as error:
        return text, f"is not a valid JSON array: {error}"


def _convert_boolean(param_type: ParamType, text: str) -> tuple[Any, str]:
    word = text.lower()
    if word in _BOOLEANS:
        return _BOOLEANS[word], ""
    if word == "null" and param_type is ParamType.OPTIONAL_BOOLEAN:
        return None, ""
    return text, f"must be {TYPE_CHECKS[param_type][0]}, not {short_json(text)}"
