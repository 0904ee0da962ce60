"""Validate a payload against the definition of its method.

All problems are reported, each with its path.
"""

import re
from collections.abc import Callable, Container, Iterator, Mapping
from typing import Any, NamedTuple

from rtmcli.catalogue.model import Constraint, Format, Method, Param, ParamType, Rule, Severity
from rtmcli.protocol import json_codec, suggestions
from rtmcli.protocol.paths import MISSING, get_path


class Problem(NamedTuple):
    """One problem of a payload."""

    path: str
    message: str
    flag: str = ""
    severity: Severity = Severity.ERROR
    fatal: bool = False  # the payload lacks requested values: never send it

    def __str__(self) -> str:
        prefix = f"{self.path} " if self.path else ""
        return f"{prefix}{self.message}" + (f" ({self.flag})" if self.flag else "")


class PayloadValidator:
    """Validates payloads of one method."""

    def __init__(self, method: Method) -> None:
        """Prepare the checks, so that many payloads can be validated quickly."""
        self._validator = _ObjectValidator(method.params, method.rules)

    def validate(self, payload: Mapping[str, Any]) -> list[Problem]:
        """Return all problems of a payload; unknown members are valid."""
        return self._validator.validate(payload)


class _ObjectValidator:
    """Validates a payload, or an item of an array; paths start at the object."""

    def __init__(self, params: tuple[Param, ...], rules: tuple[Rule, ...] = ()) -> None:
        self._params = [(param, *_split_path(param.path)) for param in params]
        self._params_by_path = {param.path: param for param in params}
        self._item_validators = {
            param.path: _ObjectValidator(param.items) for param in params if param.items
        }
        known_paths = {"", *self._params_by_path}
        self._rules = [(rule, _relevant_objects(rule, known_paths)) for rule in rules]

    def validate(self, payload: Mapping[str, Any]) -> list[Problem]:
        """Return all problems; unknown members are valid."""
        problems: list[Problem] = []
        objects = {"": payload}  # the present ones, by path
        for param, parent, name in self._params:
            parent_object = objects.get(parent)
            if parent_object is not None and name in parent_object:
                value = parent_object[name]
                if isinstance(value, dict):
                    objects[param.path] = value
                problems += _validate_value(param, value)
                problems += self._item_problems(param, value)
            elif param.required and _is_missing(self._params_by_path, payload, param):
                problems.append(Problem(param.path, "is required", param.flag))
        for rule, relevant in self._rules:
            if not relevant.isdisjoint(objects) and _is_violated(rule, payload):
                problems.append(Problem("", rule.message, "", rule.severity))
        return problems

    def _item_problems(self, param: Param, value: Any) -> Iterator[Problem]:
        validator = self._item_validators.get(param.path)
        if validator is None or not isinstance(value, list):
            return
        for index, item in enumerate(value):
            for problem in validator.validate(item) if isinstance(item, dict) else ():
                path = f"{param.path}[{index}].{problem.path}"
                yield problem._replace(path=path, flag=param.flag)


def _split_path(path: str) -> tuple[str, str]:
    """Split a path into the path of the parent object and the name of the member."""
    parent, _, name = path.rpartition(".")
    return parent, name


def _relevant_objects(rule: Rule, known_paths: Container[str]) -> frozenset[str]:
    """Return paths of objects; if all of them are absent, the rule cannot be violated."""
    paths = tuple(rule.when) or rule.paths
    if rule.constraint is Constraint.AT_LEAST_ONE or not paths:
        return frozenset({""})
    parents = (_split_path(path)[0] for path in paths)
    return frozenset(parent if parent in known_paths else "" for parent in parents)


def _is_missing(params: Mapping[str, Param], payload: Mapping[str, Any], param: Param) -> bool:
    """Return whether to report an absent parameter.

    If a required object is absent, its required members are reported instead.
    """
    if param.set_by_session:
        return False
    prefix = f"{param.path}."
    if any(other.required and path.startswith(prefix) for path, other in params.items()):
        return False
    parent, _, _ = param.path.rpartition(".")
    while parent and get_path(payload, parent) is MISSING:
        if not params[parent].required:
            return False
        parent, _, _ = parent.rpartition(".")
    return not parent or isinstance(get_path(payload, parent), dict)


def _validate_value(param: Param, value: Any) -> list[Problem]:
    expected, is_valid = _TYPE_CHECKS[param.type]
    if not is_valid(value):
        return [Problem(param.path, f"must be {expected}, not {short_json(value)}", param.flag)]
    problem = _limit_problem(param, value)
    return [Problem(param.path, problem, param.flag, _severity(param, value))] if problem else []


def _severity(param: Param, value: Any) -> Severity:
    if param.min_severity and param.at_least is not None and value < param.at_least:
        return param.min_severity
    return param.severity


def _limit_problem(param: Param, value: Any) -> str:
    items = value if isinstance(value, list) else [value]
    unknown = [item for item in items if param.choices and item not in param.choices]
    if unknown:
        suggestion = suggestions.did_you_mean(str(unknown[0]), param.choices)
        return f"must be {_join_choices(param.choices)}, not {short_json(unknown[0])}{suggestion}"
    if param.format and not _FORMAT_CHECKS[param.format](value):
        return f"must be in the format {param.format.value}, not {short_json(value)}"
    return _size_problem(param, value)


def _size_problem(param: Param, value: Any) -> str:
    if param.at_least is not None and value < param.at_least:
        return f"must be at least {param.at_least}, not {value}"
    if param.at_most is not None and value > param.at_most:
        return f"must be at most {param.at_most}, not {value}"
    if param.max_items is not None and len(value) > param.max_items:
        return f"must have at most {param.max_items} items, not {len(value)}"
    if param.max_bytes is not None and _utf8_length(value) > param.max_bytes:
        return f"must be {param.max_size}"
    return ""


def _utf8_length(text: str) -> int:
    return len(text.encode("utf-8", "surrogatepass"))


def _is_violated(rule: Rule, payload: Mapping[str, Any]) -> bool:
    if any(get_path(payload, path) != value for path, value in rule.when.items()):
        return False
    return _VIOLATION_CHECKS[rule.constraint]([get_path(payload, path) for path in rule.paths])


def _count_present(values: list[Any]) -> int:
    return sum(value is not MISSING for value in values)


def _have_common_item(values: list[Any]) -> bool:
    sets = [{*map(json_codec.dumps, value)} for value in values if isinstance(value, list)]
    return len(set().union(*sets)) < sum(map(len, sets))


# Each takes the values at the paths of a rule.
_VIOLATION_CHECKS: dict[Constraint, Callable[[list[Any]], bool]] = {
    Constraint.AT_LEAST_ONE: lambda values: _count_present(values) == 0,
    Constraint.ALL_OR_NONE: lambda values: 0 < _count_present(values) < len(values),
    Constraint.AT_MOST_ONE: lambda values: _count_present(values) > 1,
    Constraint.NOT_ALL_TRUE: lambda values: all(value is True for value in values),
    Constraint.EXCLUDES: lambda values: values[0] is not MISSING and _count_present(values) > 1,
    Constraint.REQUIRES: lambda values: values[0] is not MISSING and _count_present(values) == 1,
    Constraint.DISJOINT: _have_common_item,
    Constraint.FORBIDDEN: lambda _: True,  # the condition itself is a violation
}


def _join_choices(choices: tuple[str, ...]) -> str:
    return choices[0] if len(choices) == 1 else f"{', '.join(choices[:-1])} or {choices[-1]}"


def short_json(value: Any) -> str:
    """Format a value as JSON, truncated to 60 characters."""
    text = json_codec.dumps(value).decode()
    return text if len(text) <= 60 else text[:57] + "…"  # noqa: PLR2004  # one line


def _is_integer(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_id(value: Any) -> bool:
    return _is_integer(value) or isinstance(value, str)


def _is_number(value: Any) -> bool:
    return _is_integer(value) or isinstance(value, float | json_codec.RawNumber)


def _is_pair(value: Any) -> bool:
    return isinstance(value, dict) and len(value) == 1


def _array_of(is_valid: Callable[[Any], bool]) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, list) and all(map(is_valid, value))


def _object_of(is_valid: Callable[[Any], bool]) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, dict) and all(map(is_valid, value.values()))


def _is_string(value: Any) -> bool:
    return isinstance(value, str)


def _is_object(value: Any) -> bool:
    return isinstance(value, dict)


def _is_property_filter(value: Any) -> bool:
    if not isinstance(value, dict) or len(value) != 1:
        return False
    [(name, operand)] = value.items()
    if name == "exists":
        return isinstance(operand, bool)
    return name in ("values", "exclude_values") and isinstance(operand, list)


_TYPE_CHECKS: dict[ParamType, tuple[str, Callable[[Any], bool]]] = {
    ParamType.STRING: ("a string", _is_string),
    ParamType.INTEGER: ("an integer", _is_integer),
    ParamType.NUMBER: ("a number", _is_number),
    ParamType.BOOLEAN: ("true or false", lambda value: isinstance(value, bool)),
    ParamType.OPTIONAL_BOOLEAN: (
        "true, false or null",
        lambda value: value is None or isinstance(value, bool),
    ),
    ParamType.OBJECT: ("an object", _is_object),
    ParamType.ANY: ("any value", lambda _: True),
    ParamType.ID: ("an integer or a string", _is_id),
    ParamType.STRINGS: ("an array of strings", _array_of(_is_string)),
    ParamType.INTEGERS: ("an array of integers", _array_of(_is_integer)),
    ParamType.IDS: ("an array of integers or strings", _array_of(_is_id)),
    ParamType.OBJECTS: ("an array of objects", _array_of(_is_object)),
    ParamType.PAIRS: ("an array of objects with one member each", _array_of(_is_pair)),
    ParamType.STRING_MAP: ("an object of strings", _object_of(_is_string)),
    ParamType.INTEGER_MAP: ("an object of integers", _object_of(_is_integer)),
    ParamType.PROPERTIES: ("{namespace: {name: value}}", _object_of(_is_object)),
    ParamType.PROPERTY_NAMES: ("{namespace: [name, …]}", _object_of(_array_of(_is_string))),
    ParamType.PROPERTY_FILTERS: (
        "{namespace: {name: {exists, values or exclude_values}}}",
        _object_of(_object_of(_is_property_filter)),
    ),
    ParamType.PUSH_NAMES: (
        "{API version: [push, …]}",
        lambda value: value != {} and _object_of(_array_of(_is_string))(value),
    ),
}

_DATE = r"[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
_DATE_TIME = (
    _DATE + r"[Tt]([01][0-9]|2[0-3]):[0-5][0-9]:([0-5][0-9]|60)(\.[0-9]+)?"
    r"([Zz]|[+-]([01][0-9]|2[0-3]):[0-5][0-9])"
)
# Customer ids have a version nibble of 4, but any variant nibble: check the form only.
_UUID_GROUPS = [8, 4, 4, 4, 12]  # hexadecimal digits, with hyphens between

_FORMAT_CHECKS: dict[Format, Callable[[str], bool]] = {
    Format.DATE: lambda text: bool(re.fullmatch(_DATE, text)),
    Format.DATE_TIME: lambda text: bool(re.fullmatch(_DATE_TIME, text)),
    Format.CUSTOMER_ID: lambda text: (
        [*map(len, text.split("-"))] == _UUID_GROUPS and not text.lower().strip("0123456789abcdef-")
    ),
    Format.PHONE_NUMBER: lambda text: bool(re.fullmatch(r"\+[1-9][0-9]{1,14}", text)),
}
