"""Look up and set values by their paths in nested JSON objects."""

import re
from collections.abc import Iterable
from typing import Any

MISSING: Any = object()  # what `get_path` returns for an absent value

_ARRAY_INDEX = r"[0-9]{1,9}"


class PathError(ValueError):
    """A path leads through a value that is not an object or array."""


def get_path(payload: Any, path: str) -> Any:
    """Return the value at a dotted path through objects, or `MISSING`."""
    for key in path.split("."):
        if not isinstance(payload, dict) or key not in payload:
            return MISSING
        payload = payload[key]
    return payload


def get_all(payload: Any, path: str) -> list[Any]:
    """Return the values at a dotted path that may lead through arrays: `users.name`.

    An empty path is the payload itself. The result has each item of an array at the end.
    """
    values = _items([payload])
    for key in path.split(".") if path else ():
        found = [value[key] for value in values if isinstance(value, dict) and key in value]
        values = _items(found)
    return values


def _items(values: list[Any]) -> list[Any]:
    """Replace each array by its items."""
    return [item for value in values for item in (value if isinstance(value, list) else [value])]


def set_path(payload: dict[str, Any], path: Iterable[str], value: Any) -> None:
    """Set the value at a path, creating missing objects; a number is an index of an array.

    Raises:
        PathError: the path leads through a value that is not an object or array.

    """
    *parents, last_key = path
    node: Any = payload
    for key in parents:
        if isinstance(node, list):
            node = node[_parse_index(node, key, allow_append=False)]
        else:
            node = node.setdefault(key, {})
        if not isinstance(node, dict | list):
            raise PathError(f"{key} is not an object")
    if isinstance(node, list):
        index = _parse_index(node, last_key, allow_append=True)
        node[index : index + 1] = [value]
    else:
        node[last_key] = value


def _parse_index(array: list[Any], key: str, *, allow_append: bool) -> int:
    if not re.fullmatch(_ARRAY_INDEX, key) or int(key) >= len(array) + allow_append:
        raise PathError(f"{key} is not an index of an array of length {len(array)}")
    return int(key)
