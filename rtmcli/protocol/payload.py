"""Build a payload out of JSON, `--set` and flags.

Later wins: the JSON, then what `--set` puts, then the named flags; what none of them names stays
as it was.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from rtmcli.catalogue.model import Kind, Method, Param
from rtmcli.protocol import values
from rtmcli.protocol.validation import MISSING, Problem, find, quoted

_WHOLE = r"-?(0|[1-9][0-9]*)"
_INDEX = r"[0-9]{1,9}"
_WHOLE_KINDS = (Kind.INTEGER, Kind.INTEGERS)

Flag = str | bool | list[str]


class Misplaced(ValueError):
    """A path leads through a value that has no members."""


def put(payload: dict[str, Any], path: Iterable[str], value: Any) -> None:
    """Put a value at a path, making objects on the way; a number steps into an array.

    Raises:
        Misplaced: a value on the way has no members.

    """
    *parents, last = path
    here: Any = payload
    for part in parents:
        if isinstance(here, list):
            here = here[_index(here, part, grow=False)]
        else:
            here = here.setdefault(part, {})
        if not isinstance(here, dict | list):
            raise Misplaced(f"{part} is no object")
    if isinstance(here, list):
        index = _index(here, last, grow=True)
        here[index : index + 1] = [value]
    else:
        here[last] = value


def _index(array: list[Any], part: str, *, grow: bool) -> int:
    if not re.fullmatch(_INDEX, part) or int(part) >= len(array) + grow:
        raise Misplaced(f"{part} is no index of an array of {len(array)}")
    return int(part)


def assignment(text: str, *, raw: bool) -> tuple[list[str], Any]:
    r"""Split `PATH=VALUE`; the value is JSON where it parses (unless `raw`), else text.

    A dot within a name is written `\.`.

    Raises:
        ValueError: there is no path, or the value is not to be sent; the text says why.

    """
    if not values.is_unicode(text):
        raise ValueError("is not UTF-8")
    path, equals, value = text.partition("=")
    parts = [part.replace("\\.", ".") for part in re.split(r"(?<!\\)\.", path)]
    if not equals or not all(parts):
        raise ValueError("must read PATH=VALUE")
    if raw:
        return parts, value
    try:
        return parts, values.parse(value.encode())
    except values.Unsendable:
        raise
    except values.BadJson:
        return parts, value


def build(
    method: Method,
    base: Mapping[str, Any],
    sets: Iterable[tuple[list[str], Any]] = (),
    flags: Mapping[str, Flag] | None = None,
) -> tuple[dict[str, Any], list[Problem]]:
    """Put a payload together; the problems are those of flags and paths only.

    `flags` maps the paths of parameters to what the command line gave. A flag's text that does
    not convert goes in as text.
    """
    payload = _copy(base)
    problems = []
    for parts, value in sets:
        try:
            put(payload, parts, _copy(value))
        except Misplaced as error:
            wrong = f"cannot be set: {error}"
            problems.append(Problem(".".join(parts), wrong, "--set", fatal=True))
    rows = {param.path: param for param in method.params}
    for path, given in (flags or {}).items():
        row = rows[path]
        if not _is_unicode(given):
            problems.append(Problem(path, "is not UTF-8", row.flag, fatal=True))
            continue
        value, wrong = convert(row, given)
        problems += [Problem(path, wrong, row.flag)] if wrong else []
        try:
            if row.implies and find(payload, row.implies[0]) is MISSING:
                put(payload, row.implies[0].split("."), row.implies[1])
            put(payload, path.split("."), value)
        except Misplaced as error:
            problems.append(Problem(path, f"cannot be set: {error}", row.flag, fatal=True))
    return payload, problems


def _copy(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _copy(item) for key, item in value.items()}
    return [_copy(item) for item in value] if isinstance(value, list) else value


def convert(param: Param, given: Flag) -> tuple[Any, str]:
    """Turn a flag's text into its value; return it and what is wrong with it, if anything."""
    if isinstance(given, bool):
        return given, ""
    if isinstance(given, list):
        if param.kind is Kind.OBJECTS:
            return _objects(given)
        pairs = [_scalar(param.kind, item) for item in given]
        return [value for value, _ in pairs], next((wrong for _, wrong in pairs if wrong), "")
    return _json(given) if param.kind.is_json else _scalar(param.kind, given)


def _is_unicode(given: Flag) -> bool:
    words = given if isinstance(given, list) else [str(given)]
    return all(map(values.is_unicode, words))


def _scalar(kind: Kind, text: str) -> tuple[Any, str]:
    if kind in (Kind.STRING, Kind.STRINGS):
        return text, ""
    if re.fullmatch(_WHOLE, text):
        return values.parse(text.encode()), ""
    return text, f"must be a whole number, not {quoted(text)}" if kind in _WHOLE_KINDS else ""


def _json(text: str) -> tuple[Any, str]:
    try:
        return values.parse(text.encode()), ""
    except values.BadJson as error:
        return text, f"is no JSON: {error}"


def _objects(given: list[str]) -> tuple[list[Any], str]:
    items: list[Any] = []
    for text in given:
        value, wrong = _json(text)
        if wrong:
            return given, wrong
        items += value if isinstance(value, list) else [value]
    return items, ""
