"""Build a payload out of JSON, `--set` and flags.

Later wins: the JSON, then what `--set` puts, then the named flags; what none of them names stays
as it was.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from rtmcli.catalogue.model import Method, Param, ParamType
from rtmcli.protocol import json_codec
from rtmcli.protocol.validation import MISSING, Problem, get_path, short_json

_INTEGER = r"-?(0|[1-9][0-9]*)"
_ARRAY_INDEX = r"[0-9]{1,9}"
_INTEGER_TYPES = (ParamType.INTEGER, ParamType.INTEGERS)

FlagValue = str | bool | list[str]


class PathError(ValueError):
    """A path leads through a value that has no members."""


def set_path(payload: dict[str, Any], path: Iterable[str], value: Any) -> None:
    """Put a value at a path, making objects on the way; a number steps into an array.

    Raises:
        Misplaced: a value on the way has no members.

    """
    *parents, last_key = path
    node: Any = payload
    for key in parents:
        if isinstance(node, list):
            node = node[_parse_index(node, key, allow_append=False)]
        else:
            node = node.setdefault(key, {})
        if not isinstance(node, dict | list):
            raise PathError(f"{key} is no object")
    if isinstance(node, list):
        index = _parse_index(node, last_key, allow_append=True)
        node[index : index + 1] = [value]
    else:
        node[last_key] = value


def _parse_index(array: list[Any], key: str, *, allow_append: bool) -> int:
    if not re.fullmatch(_ARRAY_INDEX, key) or int(key) >= len(array) + allow_append:
        raise PathError(f"{key} is no index of an array of {len(array)}")
    return int(key)


def parse_assignment(text: str, *, as_string: bool) -> tuple[list[str], Any]:
    r"""Split `PATH=VALUE`; the value is JSON where it parses (unless `raw`), else text.

    A dot within a name is written `\.`.

    Raises:
        ValueError: there is no path, or the value is not to be sent; the text says why.

    """
    if not json_codec.is_encodable(text):
        raise ValueError("is not UTF-8")
    path, equals, value = text.partition("=")
    keys = [part.replace("\\.", ".") for part in re.split(r"(?<!\\)\.", path)]
    if not equals or not all(keys):
        raise ValueError("must read PATH=VALUE")
    if as_string:
        return keys, value
    try:
        return keys, json_codec.loads_strict(value.encode())
    except json_codec.StrictJSONError:
        raise
    except json_codec.JSONError:
        return keys, value


def build(
    method: Method,
    base: Mapping[str, Any],
    assignments: Iterable[tuple[list[str], Any]] = (),
    flags: Mapping[str, FlagValue] | None = None,
) -> tuple[dict[str, Any], list[Problem]]:
    """Put a payload together; the problems are those of flags and paths only.

    `flags` maps the paths of parameters to what the command line gave. A flag's text that does
    not convert goes in as text.
    """
    payload = _deep_copy(base)
    problems = []
    for keys, value in assignments:
        try:
            set_path(payload, keys, _deep_copy(value))
        except PathError as error:
            problem = f"cannot be set: {error}"
            problems.append(Problem(".".join(keys), problem, "--set", fatal=True))
    params = {param.path: param for param in method.params}
    for path, flag_value in (flags or {}).items():
        param = params[path]
        if not _is_encodable(flag_value):
            problems.append(Problem(path, "is not UTF-8", param.flag, fatal=True))
            continue
        value, problem = convert_flag(param, flag_value)
        problems += [Problem(path, problem, param.flag)] if problem else []
        try:
            if param.implies and get_path(payload, param.implies[0]) is MISSING:
                set_path(payload, param.implies[0].split("."), param.implies[1])
            set_path(payload, path.split("."), value)
        except PathError as error:
            problems.append(Problem(path, f"cannot be set: {error}", param.flag, fatal=True))
    return payload, problems


def _deep_copy(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _deep_copy(item) for key, item in value.items()}
    return [_deep_copy(item) for item in value] if isinstance(value, list) else value


def convert_flag(param: Param, flag_value: FlagValue) -> tuple[Any, str]:
    """Turn a flag's text into its value; return it and what is wrong with it, if anything."""
    if isinstance(flag_value, bool):
        return flag_value, ""
    if isinstance(flag_value, list):
        if param.type is ParamType.OBJECTS:
            return _convert_objects(flag_value)
        pairs = [_convert_scalar(param.type, item) for item in flag_value]
        return [value for value, _ in pairs], next((wrong for _, wrong in pairs if wrong), "")
    return (
        _convert_json(flag_value) if param.type.is_json else _convert_scalar(param.type, flag_value)
    )


def _is_encodable(flag_value: FlagValue) -> bool:
    texts = flag_value if isinstance(flag_value, list) else [str(flag_value)]
    return all(map(json_codec.is_encodable, texts))


def _convert_scalar(param_type: ParamType, text: str) -> tuple[Any, str]:
    if param_type in (ParamType.STRING, ParamType.STRINGS):
        return text, ""
    if re.fullmatch(_INTEGER, text):
        return json_codec.loads_strict(text.encode()), ""
    return (
        text,
        f"must be a whole number, not {short_json(text)}" if param_type in _INTEGER_TYPES else "",
    )


def _convert_json(text: str) -> tuple[Any, str]:
    try:
        return json_codec.loads_strict(text.encode()), ""
    except json_codec.JSONError as error:
        return text, f"is no JSON: {error}"


def _convert_objects(texts: list[str]) -> tuple[list[Any], str]:
    items: list[Any] = []
    for text in texts:
        value, problem = _convert_json(text)
        if problem:
            return texts, problem
        items += value if isinstance(value, list) else [value]
    return items, ""
