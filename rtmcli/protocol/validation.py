"""Check a payload against its method's row.

A check never stops at the first problem: the report names all of them, each with its path.
"""

import re
from collections.abc import Callable, Container, Mapping
from typing import Any

from rtmcli.catalogue import API
from rtmcli.catalogue.model import Format, Kind, Law, Method, Param, Rule, Severity
from rtmcli.protocol import nearest, values
from rtmcli.row import Row

MISSING: Any = object()  # no value stands at the path


class Problem(Row):
    """One thing that is wrong with a payload."""

    path: str
    message: str
    flag: str = ""
    severity: Severity = Severity.ERROR
    fatal: bool = False  # what was asked for is not in the payload, so it is sent in no case

    def __str__(self) -> str:
        where = f"{self.path} " if self.path else ""
        return f"{where}{self.message}" + (f" ({self.flag})" if self.flag else "")


def find(payload: Any, path: str) -> Any:
    """Return the value at a dotted path, or `MISSING`."""
    for part in path.split("."):
        if not isinstance(payload, dict) or part not in payload:
            return MISSING
        payload = payload[part]
    return payload


class Checker:
    """The checks of a method, laid out once for many payloads."""

    def __init__(self, method: Method) -> None:
        """Find out where each parameter stands, and what each rule is about."""
        self._method = method
        self._params = [(param, *_place(param.path)) for param in method.params]
        known = {"", *(param.path for param in method.params)}
        self._rules = [(rule, _objects_of(rule, known)) for rule in method.rules]

    def check(self, payload: Mapping[str, Any]) -> list[Problem]:
        """Name everything that is wrong with a payload; unknown members pass."""
        problems: list[Problem] = []
        objects = {"": payload}  # by their paths, as far as they are there
        for param, parent, name in self._params:
            holder = objects.get(parent)
            if holder is not None and name in holder:
                value = holder[name]
                if isinstance(value, dict):
                    objects[param.path] = value
                problems += _check_value(param, value)
            elif param.required and _is_due(self._method, payload, param):
                problems.append(Problem(param.path, "is required", param.flag))
        for rule, about in self._rules:
            if not about.isdisjoint(objects) and _is_broken(rule, payload):
                problems.append(Problem("", rule.says, "", rule.severity))
        return problems


def _place(path: str) -> tuple[str, str]:
    """Tell in which object a path stands, and under which name."""
    parent, _, name = path.rpartition(".")
    return parent, name


def _objects_of(rule: Rule, known: Container[str]) -> frozenset[str]:
    """Name the objects without any of which a rule cannot be broken."""
    paths = (rule.when[0],) if rule.when else rule.paths
    if rule.law is Law.ANY or not paths:
        return frozenset({""})
    parents = (_place(path)[0] for path in paths)
    return frozenset(parent if parent in known else "" for parent in parents)


def _is_due(method: Method, payload: Mapping[str, Any], param: Param) -> bool:
    """Tell whether a missing parameter is to be reported: its leaves stand for an object."""
    if param.supplied:
        return False
    below = f"{param.path}."
    if any(other.required and other.path.startswith(below) for other in method.params):
        return False
    rows = {row.path: row for row in method.params}
    parent, _, _ = param.path.rpartition(".")
    while parent and find(payload, parent) is MISSING:
        if not rows[parent].required:
            return False
        parent, _, _ = parent.rpartition(".")
    return not parent or isinstance(find(payload, parent), dict)


def _check_value(param: Param, value: Any) -> list[Problem]:
    expected, holds = _SHAPES[param.kind]
    if not holds(value):
        return [Problem(param.path, f"must be {expected}, not {quoted(value)}", param.flag)]
    wrong = _outside(param, value)
    return [Problem(param.path, wrong, param.flag, param.unchecked)] if wrong else []


def _outside(param: Param, value: Any) -> str:
    if param.choices and value not in param.choices:
        hint = nearest.hint(str(value), param.choices)
        return f"must be {_either(param.choices)}, not {quoted(value)}{hint}"
    if param.at_least is not None and value < param.at_least:
        return f"must be at least {param.at_least}, not {value}"
    if param.at_most is not None and value > param.at_most:
        return f"must be at most {param.at_most}, not {value}"
    if param.format and not _FORMATS[param.format](value):
        return f"must read {param.format.value}" + (
            f", not {quoted(value)}" if param.format is not Format.TEXT else ""
        )
    return ""


def _is_broken(rule: Rule, payload: Mapping[str, Any]) -> bool:
    if rule.when and find(payload, rule.when[0]) != rule.when[1]:
        return False
    found = [find(payload, path) for path in rule.paths]
    there = sum(value is not MISSING for value in found)
    match rule.law:
        case Law.ANY:
            return there == 0
        case Law.ALL_OR_NONE:
            return 0 < there < len(found)
        case Law.AT_MOST_ONE:
            return there > 1
        case Law.NOT_ALL_TRUE:
            return all(value is True for value in found)
        case _:  # NEVER: the condition itself is the breach
            return True


def _either(choices: tuple[str, ...]) -> str:
    return choices[0] if len(choices) == 1 else f"{', '.join(choices[:-1])} or {choices[-1]}"


def quoted(value: Any) -> str:
    """Show a value as short JSON."""
    text = values.dump(value).decode()
    return text if len(text) <= 60 else text[:57] + "…"  # noqa: PLR2004  # keeps a report short


def _is_number(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_id(value: Any) -> bool:
    return _is_number(value) or isinstance(value, str)


def _array_of(holds: Callable[[Any], bool]) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, list) and all(map(holds, value))


def _object_of(holds: Callable[[Any], bool]) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, dict) and all(map(holds, value.values()))


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_object(value: Any) -> bool:
    return isinstance(value, dict)


def _is_filter(value: Any) -> bool:
    if not isinstance(value, dict) or len(value) != 1:
        return False
    [(name, wanted)] = value.items()
    if name == "exists":
        return isinstance(wanted, bool)
    return name in ("values", "exclude_values") and isinstance(wanted, list)


_SHAPES: dict[Kind, tuple[str, Callable[[Any], bool]]] = {
    Kind.STRING: ("a string", _is_text),
    Kind.INTEGER: ("a whole number", _is_number),
    Kind.BOOL: ("true or false", lambda value: isinstance(value, bool)),
    Kind.OBJECT: ("an object", _is_object),
    Kind.ANY: ("any value", lambda _: True),
    Kind.ID: ("a whole number or a string", _is_id),
    Kind.STRINGS: ("an array of strings", _array_of(_is_text)),
    Kind.INTEGERS: ("an array of whole numbers", _array_of(_is_number)),
    Kind.IDS: ("an array of whole numbers or strings", _array_of(_is_id)),
    Kind.OBJECTS: ("an array of objects", _array_of(_is_object)),
    Kind.TEXTS: ("an object of strings", _object_of(_is_text)),
    Kind.PROPERTIES: ("{namespace: {name: value}}", _object_of(_is_object)),
    Kind.PROPERTY_NAMES: ("{namespace: [name, …]}", _object_of(_array_of(_is_text))),
    Kind.PROPERTY_FILTERS: (
        "{namespace: {name: {exists, values or exclude_values}}}",
        _object_of(_object_of(_is_filter)),
    ),
}

_DATE = r"[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
_TIME = (
    _DATE + r"[Tt]([01][0-9]|2[0-3]):[0-5][0-9]:([0-5][0-9]|60)(\.[0-9]+)?"
    r"([Zz]|[+-]([01][0-9]|2[0-3]):[0-5][0-9])"
)
# Real customer ids have a version nibble of 4 but any variant nibble: only the shape counts.
_CUSTOMER_ID = [8, 4, 4, 4, 12]  # hexadecimal digits, with hyphens between

_FORMATS: dict[Format, Callable[[str], bool]] = {
    Format.DATE: lambda text: bool(re.fullmatch(_DATE, text)),
    Format.DATE_TIME: lambda text: bool(re.fullmatch(_TIME, text)),
    Format.CUSTOMER_ID: lambda text: (
        [*map(len, text.split("-"))] == _CUSTOMER_ID and not text.lower().strip("0123456789abcdef-")
    ),
    Format.TEXT: lambda text: len(text.encode("utf-8", "surrogatepass")) <= API.text_limit,
}
