"""Validate a payload against the definition of its method.

All problems are reported, each with its path.
"""

from collections.abc import Callable, Container, Iterator, Mapping
from functools import partial
from typing import Any, NamedTuple

from rtmcli.catalogue.model import Constraint, Method, Param, ParamType, Rule, Severity
from rtmcli.protocol import json_codec, suggestions
from rtmcli.protocol.paths import MISSING, get_path
from rtmcli.protocol.value_types import DATE_FORMATS, TYPE_CHECKS, day_exists, has_format


class Problem(NamedTuple):
    """One problem of a payload."""

    path: str
    message: str
    flag: str = ""
    severity: Severity = Severity.ERROR
    fatal: bool = False  # the payload lacks requested values: never send it
    is_missing: bool = False  # a required member is absent

    def __str__(self) -> str:
        prefix = f"{self.path} " if self.path else ""
        return f"{prefix}{self.message}" + (f" ({self.flag})" if self.flag else "")


_Check = Callable[[Any], Problem | None]
_EMPTY: tuple[Any, ...] = ([], {})


class PayloadValidator:
    """Validates payloads of one method."""

    def __init__(self, method: Method) -> None:
        """Prepare the checks, so that many payloads can be validated quickly."""
        self._validator = _ObjectValidator(method.params, method.rules)

    def validate(self, payload: Mapping[str, Any]) -> list[Problem]:
        """Return all problems of a payload; an unknown member is at most a note."""
        return self._validator.validate(payload)


class _Member(NamedTuple):
    """A parameter, and how to find and check it."""

    param: Param
    parent: str  # the path of the object around it
    name: str
    checks: tuple[_Check, ...]  # the first problem counts
    item_validator: "_ObjectValidator | None"  # of an array of objects


class _ObjectValidator:
    """Validates a payload, or an item of an array; paths start at the object."""

    def __init__(
        self, params: tuple[Param, ...], rules: tuple[Rule, ...] = (), *, in_filter: bool = False
    ) -> None:
        self._params_by_path = {param.path: param for param in params}
        self._members = [
            _make_member(param, in_filter=in_filter or param.is_filter) for param in params
        ]
        self._names: dict[str, frozenset[str]] = {}  # of the members of each object
        for member in self._members:
            self._names[member.parent] = self._names.get(member.parent, frozenset()) | {member.name}
        known_paths = {"", *self._params_by_path}
        self._rules = [(rule, _relevant_objects(rule, known_paths)) for rule in rules]

    def validate(self, payload: Mapping[str, Any]) -> list[Problem]:
        """Return all problems; an unknown member is at most a note."""
        problems: list[Problem] = []
        objects = {"": payload}  # the present ones, by path
        for param, parent, name, checks, item_validator in self._members:
            parent_object = objects.get(parent)
            if parent_object is not None and name in parent_object:
                value = parent_object[name]
                if isinstance(value, dict):
                    objects[param.path] = value
                for check in checks:
                    if problem := check(value):
                        problems.append(problem)
                        break
                if item_validator and isinstance(value, list):
                    problems += _item_problems(param, value, item_validator)
            elif param.required and _is_missing(self._params_by_path, payload, param):
                problems.append(Problem(param.path, "is required", param.flag, is_missing=True))
        for rule, relevant in self._rules:
            if not relevant.isdisjoint(objects) and _is_violated(rule, payload):
                problems.append(Problem("", rule.message, "", rule.severity))
        misspelled = self._misspelled(objects)
        return _with_misspelled(problems, misspelled) if misspelled else problems

    def _misspelled(self, objects: Mapping[str, Mapping[str, Any]]) -> dict[str, str]:
        """Map the paths of absent members to unknown ones that nearly match them."""
        misspelled: dict[str, str] = {}
        for path, value in objects.items():
            known = self._names.get(path)
            if known is None or known.issuperset(value):
                continue
            prefix = f"{path}." if path else ""
            for name in value:
                nearest = "" if name in known else suggestions.nearest(name, known)
                if nearest and nearest not in value:
                    misspelled[f"{prefix}{nearest}"] = f"{prefix}{name}"
        return misspelled


def _make_member(param: Param, *, in_filter: bool) -> _Member:
    parent, name = _split_path(param.path)
    item_validator = _ObjectValidator(param.items, in_filter=in_filter) if param.items else None
    checks = tuple(_checks_of(param, is_filter=in_filter))
    return _Member(param, parent, name, checks, item_validator)


def _item_problems(
    param: Param, items: list[Any], validator: _ObjectValidator
) -> Iterator[Problem]:
    for index, item in enumerate(items):
        for problem in validator.validate(item) if isinstance(item, dict) else ():
            path = f"{param.path}[{index}].{problem.path}"
            yield problem._replace(path=path, flag=param.flag)


def _with_misspelled(problems: list[Problem], misspelled: Mapping[str, str]) -> list[Problem]:
    """Add the misspelled members: to the problem of the missing one, or as notes."""
    found: list[Problem] = []
    unexplained = dict(misspelled)
    for problem in problems:
        path = next((each for each in _self_and_parents(problem.path) if each in misspelled), "")
        if problem.is_missing and path:
            unexplained.pop(path, None)
            message = f"{problem.message}, but the payload has {misspelled[path]}"
            found.append(problem._replace(message=message))
        else:
            found.append(problem)
    for path, written in unexplained.items():
        message = f"is unknown; did you mean {path}?"
        found.append(Problem(written, message, severity=Severity.NOTE))
    return found


def _self_and_parents(path: str) -> Iterator[str]:
    while path:
        yield path
        path, _ = _split_path(path)


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


def _checks_of(param: Param, *, is_filter: bool) -> Iterator[_Check]:
    """Yield the checks that the values of a parameter need, the type first."""
    yield partial(_type_problem, param, *TYPE_CHECKS[param.type])
    if is_filter or param.is_identifier:
        yield partial(_selection_problem, param, is_filter=is_filter)
    limits = (param.at_least, param.at_most, param.max_items, param.max_bytes)
    if param.choices or param.format or any(limit is not None for limit in limits):
        yield partial(_limit_problem, param)


def _type_problem(
    param: Param, expected: str, is_valid: Callable[[Any], bool], value: Any
) -> Problem | None:
    if is_valid(value):
        return None
    return Problem(param.path, f"must be {expected}, not {short_json(value)}", param.flag)


def _selection_problem(param: Param, value: Any, *, is_filter: bool) -> Problem | None:
    """Return what is wrong with a value that selects something: an id, a tag or a filter.

    If it is empty, a variable of a script was probably not set. If it ends in a line end, it was
    probably read from a file with CRLF.
    """
    items = value if isinstance(value, list) else [value]
    is_filter_without_values = param.type is ParamType.PROPERTY_FILTERS and _has_empty(value)
    if _is_blank(value) or value in _EMPTY or is_filter_without_values:
        message = "must not be empty" + (": it would match everything" if is_filter else "")
    elif any(map(_is_blank, items)):
        message = "must not have an empty item"
    elif any(map(_ends_in_line_end, items)):
        message = f"must not end in a line end: {short_json(value)}"
    else:
        return None
    return Problem(param.path, message, param.flag)


def _is_blank(value: Any) -> bool:
    return isinstance(value, str) and not value.strip()


def _ends_in_line_end(value: Any) -> bool:
    return isinstance(value, str) and value.endswith(("\r", "\n"))


def _has_empty(value: Any) -> bool:
    return value in _EMPTY or (isinstance(value, dict) and any(map(_has_empty, value.values())))


def _severity(param: Param, value: Any) -> Severity:
    if param.min_severity and param.at_least is not None and value < param.at_least:
        return param.min_severity
    return param.severity


def _limit_problem(param: Param, value: Any) -> Problem | None:
    message = _limit_message(param, value)
    if not message:
        return None
    return Problem(param.path, message, param.flag, _severity(param, value))


def _limit_message(param: Param, value: Any) -> str:
    items = value if isinstance(value, list) else [value]
    unknown = [item for item in items if param.choices and item not in param.choices]
    if unknown:
        suggestion = suggestions.did_you_mean(str(unknown[0]), param.choices)
        return f"must be {_join_choices(param.choices)}, not {short_json(unknown[0])}{suggestion}"
    if param.format and not has_format(value, param.format):
        return f"must be in the format {param.format.value}, not {short_json(value)}"
    if param.format in DATE_FORMATS and not day_exists(value):
        return f"must be a day that exists, not {short_json(value)}"
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
