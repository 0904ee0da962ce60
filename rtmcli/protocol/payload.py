"""Build a payload from JSON, `--set` assignments and flags.

Assignments override the JSON, and flags override both.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from rtmcli.catalogue.model import Method, Param, ParamType
from rtmcli.protocol import json_codec
from rtmcli.protocol.paths import MISSING, PathError, get_path, set_path
from rtmcli.protocol.validation import Problem, short_json

_INTEGER = r"-?(0|[1-9][0-9]*)"
_INTEGER_TYPES = (ParamType.INTEGER, ParamType.INTEGERS)

FlagValue = str | bool | list[str]


def parse_assignment(text: str, *, as_string: bool) -> tuple[list[str], Any]:
    r"""Parse `PATH=VALUE` into the keys of the path and the value.

    The value is JSON if it is valid (unless `as_string`), otherwise text. `\.` is a dot in a key.

    Raises:
        ValueError: the path is missing, or the value must not be sent; the message says why.

    """
    if not json_codec.is_encodable(text):
        raise ValueError("is not UTF-8")
    path, equals, value = text.partition("=")
    keys = [part.replace("\\.", ".") for part in re.split(r"(?<!\\)\.", path)]
    if not equals or not all(keys):
        raise ValueError("must be PATH=VALUE")
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
    """Build a payload; return it with the problems of flags and paths only.

    `flags` maps paths of parameters to values from the command line. If a value cannot be
    converted, the payload contains its text.
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
            set_param(payload, param, value)
        except PathError as error:
            problems.append(Problem(path, f"cannot be set: {error}", param.flag, fatal=True))
    return payload, problems


def set_param(payload: dict[str, Any], param: Param, value: Any) -> None:
    """Set the value of a parameter, and what it implies; raise `PathError`."""
    if param.implies and get_path(payload, param.implies[0]) is MISSING:
        set_path(payload, param.implies[0].split("."), param.implies[1])
    set_path(payload, param.path.split("."), value)


def _deep_copy(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _deep_copy(item) for key, item in value.items()}
    return [_deep_copy(item) for item in value] if isinstance(value, list) else value


def convert_flag(param: Param, flag_value: FlagValue) -> tuple[Any, str]:
    """Convert a flag's text to a value; return the value and the problem, if any."""
    if isinstance(flag_value, bool):
        return flag_value, ""
    if isinstance(flag_value, list):
        if param.type.is_json:
            return _convert_objects(flag_value)
        pairs = [_convert_scalar(param.type, item) for item in flag_value]
        return [value for value, _ in pairs], next((problem for _, problem in pairs if problem), "")
    return (
        _convert_json(flag_value) if param.type.is_json else _convert_scalar(param.type, flag_value)
    )


def _is_encodable(flag_value: FlagValue) -> bool:
    texts = flag_value if isinstance(flag_value, list) else [str(flag_value)]
    return all(map(json_codec.is_encodable, texts))


def _convert_scalar(param_type: ParamType, text: str) -> tuple[Any, str]:
    if param_type in (ParamType.STRING, ParamType.STRINGS):
        return text, ""
    if param_type is ParamType.NUMBER:
        value, problem = _convert_json(text)
        return value, f"must be a number, not {short_json(text)}" if problem else ""
    if re.fullmatch(_INTEGER, text):
        return json_codec.loads_strict(text.encode()), ""
    if param_type in _INTEGER_TYPES:
        return text, f"must be an integer, not {short_json(text)}"
    return text, ""


def _convert_json(text: str) -> tuple[Any, str]:
    try:
        return json_codec.loads_strict(text.encode()), ""
    except json_codec.JSONError as error:
        return text, f"is not valid JSON: {error}"


def _convert_objects(texts: list[str]) -> tuple[list[Any], str]:
    items: list[Any] = []
    for text in texts:
        value, problem = _convert_json(text)
        if problem:
            return texts, problem
        items += value if isinstance(value, list) else [value]
    return items, ""
