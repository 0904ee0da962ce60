"""Edit TOML text: find the line of a key, change one value, and keep the rest as it is.

The parser itself splits the text into statements: a statement ends at the first line up to which
the text is valid TOML. This parses the text once per line, so it is for errors and edits only.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

KeyPath = Sequence[str]
_LINE_IN_MESSAGE = re.compile(r"\(at line ([0-9]+), column [0-9]+\)$")


class TOMLError(ValueError):
    """The text is not valid TOML; `line` counts from 1."""

    def __init__(self, line: int) -> None:
        super().__init__(line)
        self.line = line


class Statement(NamedTuple):
    """The lines `start` to `end`, counted from 0, and the document before and after them."""

    start: int
    end: int
    before: Mapping[str, Any]
    after: Mapping[str, Any]

    def sets(self, keys: KeyPath) -> bool:
        """Return whether this statement sets the value at `keys`."""
        return get_path(self.before, keys) is None and get_path(self.after, keys) is not None


def loads(text: str) -> dict[str, Any]:
    """Parse TOML; raise `TOMLError`, which never quotes it."""
    import tomllib  # takes a tenth of a call, and only a configuration file needs it

    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # its message quotes the text
        match_ = _LINE_IN_MESSAGE.search(str(error))
        raise TOMLError(int(match_[1]) if match_ else text.count("\n") + 1) from None


def get_path(document: Mapping[str, Any], keys: KeyPath) -> Any:
    """Return the value at a path of keys, or None."""
    value: Any = document
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def line_of(text: str, keys: KeyPath) -> int:
    """Return the line, from 1, that sets a value."""
    starts = (each.start for each in _statements(text) if each.sets(keys))
    return next(starts, 0) + 1


def with_value(text: str, keys: KeyPath, value: Any) -> str:
    """Set the value at `keys`, or remove it if `value` is None; keep comments and order.

    If the text does not have one key per line, all of it is rewritten.
    """
    import tomli_w  # only to write

    expected = loads(text)
    _set_path(expected, keys, value)
    edited = _edit(text, keys, value)
    try:
        if loads(edited) == expected:
            return edited
    except TOMLError:
        pass
    return tomli_w.dumps(expected)


def _edit(text: str, keys: KeyPath, value: Any) -> str:
    import tomli_w  # loaded by the caller

    new_lines = [] if value is None else tomli_w.dumps({keys[-1]: value}).split("\n")[:-1]
    lines = text.removesuffix("\n").split("\n") if text else []
    statements = list(_statements(text))
    for statement in statements:
        if statement.sets(keys):
            return _join_lines(lines[: statement.start], new_lines, lines[statement.end :])
    table = keys[:-1]
    for statement in statements:
        if table and statement.sets(table):
            return _join_lines(lines[: statement.end], new_lines, lines[statement.end :])
    if not table:
        return _join_lines(new_lines, lines)
    header = f"[{'.'.join(table)}]"
    return _join_lines(lines, [""] if lines else [], [header, *new_lines])


def _join_lines(*parts: Sequence[str]) -> str:
    return "".join(f"{line}\n" for part in parts for line in part)


def _set_path(document: dict[str, Any], keys: KeyPath, value: Any) -> None:
    *tables, last = keys
    for key in tables:
        document = document.setdefault(key, {})
    if value is None:
        document.pop(last)
    else:
        document[last] = value


def _statements(text: str) -> Iterator[Statement]:
    lines = text.split("\n")
    before: Mapping[str, Any] = {}
    start = 0
    for end in range(1, len(lines) + 1):
        try:
            after = loads("\n".join(lines[:end]))
        except TOMLError:
            continue
        yield Statement(start, end, before, after)
        before, start = after, end
