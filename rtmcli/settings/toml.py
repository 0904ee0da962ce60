"""TOML as text: where a key stands, and how a value is changed while the rest stays as it was.

The text is cut into statements by the parser itself: a statement ends at the first line up to
which the text is TOML. That reads it once for each line, and so is for errors and edits only.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from rtmcli.row import Row

Keys = Sequence[str]
_AT_LINE = re.compile(r"\(at line ([0-9]+), column [0-9]+\)$")


class NoToml(ValueError):
    """The text is no TOML; `line` counts from 1."""

    def __init__(self, line: int) -> None:
        super().__init__(line)
        self.line = line


class Statement(Row):
    """Some lines of the text, counted from 0, and what the document was before and is after."""

    start: int
    end: int
    before: Mapping[str, Any]
    after: Mapping[str, Any]

    def sets(self, keys: Keys) -> bool:
        """Tell whether the value at `keys` comes from here."""
        return find(self.before, keys) is None and find(self.after, keys) is not None


def parse(text: str) -> dict[str, Any]:
    """Read TOML; raise `NoToml`, which never quotes it."""
    import tomllib  # noqa: PLC0415  # takes as long as a tenth of a call; most have no file

    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # its words quote the text
        found = _AT_LINE.search(str(error))
        raise NoToml(int(found[1]) if found else text.count("\n") + 1) from None


def find(document: Mapping[str, Any], keys: Keys) -> Any:
    """Return the value at the end of a path of keys, or None."""
    value: Any = document
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def line_of(text: str, keys: Keys) -> int:
    """Return the line, from 1, in which a value is set."""
    found = (each.start for each in _statements(text) if each.sets(keys))
    return next(found, 0) + 1


def with_value(text: str, keys: Keys, value: Any) -> str:
    """Set the value at `keys`, or remove the one there is where `value` is None.

    Comments and order stay.

    A text that is laid out in another way than one key a line is written anew.
    """
    import tomli_w  # noqa: PLC0415  # only for those who write

    wanted = parse(text)
    _put(wanted, keys, value)
    edited = _edited(text, keys, value)
    try:
        if parse(edited) == wanted:
            return edited
    except NoToml:
        pass
    return tomli_w.dumps(wanted)


def _edited(text: str, keys: Keys, value: Any) -> str:
    import tomli_w  # noqa: PLC0415  # loaded by the caller

    new = [] if value is None else tomli_w.dumps({keys[-1]: value}).split("\n")[:-1]
    lines = text.removesuffix("\n").split("\n") if text else []
    statements = list(_statements(text))
    for each in statements:
        if each.sets(keys):
            return _joined(lines[: each.start], new, lines[each.end :])
    table = keys[:-1]
    for each in statements:
        if table and each.sets(table):
            return _joined(lines[: each.end], new, lines[each.end :])
    if not table:
        return _joined(new, lines)
    header = f"[{'.'.join(table)}]"
    return _joined(lines, [""] if lines else [], [header, *new])


def _joined(*parts: Sequence[str]) -> str:
    return "".join(f"{line}\n" for part in parts for line in part)


def _put(document: dict[str, Any], keys: Keys, value: Any) -> None:
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
            after = parse("\n".join(lines[:end]))
        except NoToml:
            continue
        yield Statement(start, end, before, after)
        before, start = after, end
