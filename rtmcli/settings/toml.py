"""Edit TOML text: find the line of a key, change one value, and keep the rest as it is.

A statement is a table's header, or a key with its value, which may span lines. Each is parsed by
itself, so the time is proportional to the size of the text.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

KeyPath = Sequence[str]
# What decides whether a line end is the end of a statement.
_TOKEN = re.compile(
    r'''
    """ (?:[^\\]|\\.)*? "{3,5} | \'\'\' .*? '{3,5}    # strings that may contain line ends
    | " (?:[^"\\]|\\.)* " | ' [^']* '                # strings that may not
    | \# [^\n]*
    | [\[\]{}\n]
    ''',
    re.DOTALL | re.VERBOSE,
)
_LINE_IN_MESSAGE = re.compile(r"\(at line ([0-9]+), column [0-9]+\)$")


class TOMLError(ValueError):
    """The text is not valid TOML; `line` counts from 1."""

    def __init__(self, line: int) -> None:
        super().__init__(line)
        self.line = line


class Statement(NamedTuple):
    """The lines `start` to `end`, counted from 0, and the document of this statement alone."""

    start: int
    end: int
    document: Mapping[str, Any]

    def sets(self, keys: KeyPath) -> bool:
        """Return whether this statement sets the value at `keys`, or a part of it."""
        return get_path(self.document, keys) is not None


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
    """Split a valid document; blank lines and comments are not statements."""
    lines = text.split("\n")
    table: list[str] = []
    for start, end in _statement_lines(text):
        first_character = lines[start].lstrip()[:1]
        if first_character in ("", "#"):
            continue
        document = loads("\n".join([*lines[start:end], ""]))
        if first_character == "[":
            table = _only_path(document)
        else:
            for key in reversed(table):
                document = {key: document}
        yield Statement(start, end, document)


def _statement_lines(text: str) -> Iterator[tuple[int, int]]:
    """Yield the first line of each statement, and the line after it."""
    start = line = depth = 0
    for match in _TOKEN.finditer(f"{text}\n"):
        symbol = match[0]
        line += symbol.count("\n")
        if symbol in ("[", "{"):
            depth += 1
        elif symbol in ("]", "}"):
            depth -= 1
        elif symbol == "\n" and not depth:
            yield start, line
            start = line


def _only_path(document: Any) -> list[str]:
    """Return the keys of a header; in an array of tables, the only table is the last."""
    keys = []
    while document:
        if isinstance(document, list):
            document = document[-1]
            continue
        [(key, document)] = document.items()
        keys.append(key)
    return keys
