"""The JSON Schema of a payload accepts what the validation accepts."""

import copy
import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft7Validator, Draft202012Validator

from rtmcli.catalogue.model import Constraint, Format, Method, Param, ParamType, Rule, Severity
from rtmcli.catalogue.versions import VERSIONS, load
from rtmcli.protocol.json_schema import DIALECT, fields_schema, payload_schema
from rtmcli.protocol.validation import PayloadValidator

METHODS = [
    pytest.param(method, id=f"{version}-{method.command}")
    for version in VERSIONS
    for method in load(version).methods.values()
]
every_method = pytest.mark.parametrize("method", METHODS)

# What the schema accepts although the validation refuses it: its messages, and the reason.
LOOSER = {
    r"must be an? .*integers?.*, not .*\d\.0": "in JSON Schema, 1.0 is an integer",
    r"must be a day that exists": "a pattern does not know the calendar",
    r"must be at most \d+ KB of UTF-8": "maxLength counts characters",
    r"may contain each type of agents only once": "no keyword compares two arrays",
}

VALUES: tuple[Any, ...] = (
    *(None, True, False, 0, 1, -5, 20, 101, 1001, 1.5, 2.0),
    *("x", "", " ", "\u2003", "\ufeff", "x\n", "x\r", "\nx", "all", "agent", "customer"),
    *("2026-02-28", "2026-02-30", "2026-02-28T10:00:00Z", "2026-02-30T10:00:00Z", "2026-02-28\n"),
    *("b7eff798-f8df-4364-8059-649c35c9ed0c", "+48123456789", "é" * 10000, "x" * 20000),
    *([], [[]], [{}], ["x"], [""], ["x\n"], [5], [5, "x"], [2.0], [True], ["x"] * 2000, [1] * 201),
    *({}, {"a": "x"}, {"a": 5}, {"a": {}}, {"a": []}, {"a": ["x"]}, {"a": [5]}, [{"a": 5}]),
    *[
        {"a": {"b": {operand: value}}}
        for operand in ("exists", "values", "exclude_values", "c")
        for value in (True, 1, [], [1])
    ],
    {"a": {"b": {"exists": True, "values": [1]}}},
)


def members(params: tuple[Param, ...], *prefix: str | int) -> Iterator[tuple[str | int, ...]]:
    """Yield the path of each parameter, and of the members of the first item of each array."""
    for param in params:
        path = (*prefix, *param.path.split("."))
        yield path
        yield from members(param.items, *path, 0)


def put(payload: Any, path: tuple[str | int, ...], value: Any) -> None:
    """Set the value at a path, replacing what is in its way."""
    *parents, last = path
    for key, following in zip(parents, path[1:], strict=True):
        wanted = list if following == 0 else dict
        present = payload[key] if key == 0 or key in payload else None
        if not isinstance(present, wanted) or present == []:
            payload[key] = [{}] if wanted is list else {}
        if payload[key] and following == 0 and not isinstance(payload[key][0], dict):
            payload[key] = [{}]
        payload = payload[key]
    payload[last] = copy.deepcopy(value)


def remove(payload: Any, path: tuple[str | int, ...]) -> None:
    """Remove the value at a path, if there is one."""
    *parents, last = path
    for key in parents:
        if isinstance(payload, list):
            payload = payload[0] if payload else None
        else:
            payload = payload.get(key) if isinstance(payload, dict) else None
    if isinstance(payload, dict):
        payload.pop(last, None)


class Comparison:
    """Compares the verdicts on payloads of one method."""

    def __init__(self, method: Method) -> None:
        """Prepare the three validators."""
        schema = payload_schema(method)
        self._validator = PayloadValidator(method)
        self._drafts = (Draft202012Validator(schema), Draft7Validator(schema))

    def check(self, payload: Any) -> None:
        """Both drafts agree; only a problem of `LOOSER` may be missed."""
        problems = [
            str(problem)
            for problem in self._validator.validate(payload)
            if problem.severity is Severity.ERROR
        ]
        for draft in self._drafts:
            errors = [error.message for error in draft.iter_errors(payload)]
            if problems:
                is_known = all(any(re.search(each, text) for each in LOOSER) for text in problems)
                assert errors or is_known, (payload, problems)
            else:
                assert not errors, (payload, errors)


@every_method
def test_a_schema_accepts_the_example(method: Method) -> None:
    """It is a valid schema in both drafts."""
    schema = {"$schema": DIALECT, **payload_schema(method)}
    Draft202012Validator.check_schema(schema)
    Draft7Validator.check_schema(payload_schema(method))
    assert json.loads(json.dumps(schema)) == schema
    Comparison(method).check(dict(method.example))


@every_method
@settings(max_examples=25)
@given(data=st.data())
def test_schema_and_validation_accept_the_same(method: Method, data: st.DataObject) -> None:
    """Whatever is changed in the example or in an empty payload."""
    paths = [*members(method.params), ("unknown",)]
    payload = copy.deepcopy(dict(data.draw(st.sampled_from([method.example, {}]))))
    edit = st.tuples(st.sampled_from(paths), st.sampled_from(VALUES), st.integers(0, 3))
    for path, value, kind in data.draw(st.lists(edit, max_size=6)):
        if kind:
            put(payload, path, value)
        else:
            remove(payload, path)
    Comparison(method).check(payload)


def test_a_schema_refuses_each_kind_of_violation() -> None:
    """Types, limits, empty ids and all rules that are errors."""
    params = (
        Param("text", ParamType.STRING, required=True, max_bytes=3),
        Param("token", ParamType.STRING, required=True, set_by_session=True),
        Param("count", ParamType.INTEGER, at_least=1, at_most=5),
        Param("tags", ParamType.STRINGS, max_items=2),
        Param("kind", ParamType.STRING, choices=("a", "b")),
        Param("lax", ParamType.STRING, choices=("a", "b"), severity=Severity.WARNING),
        Param("on", ParamType.BOOLEAN),
        Param("off", ParamType.BOOLEAN),
        Param("size", ParamType.INTEGER, at_least=1, at_most=5, min_severity=Severity.WARNING),
        Param("filters", ParamType.OBJECT),
        Param("filters.range", ParamType.OBJECT),
        Param("filters.range.from", ParamType.STRING, format=Format.DATE),
        Param("filters.list", ParamType.OBJECTS, items=(Param("x", ParamType.STRING),)),
    )
    rules = (
        Rule(Constraint.ALL_OR_NONE, ("count", "tags"), "both"),
        Rule(Constraint.AT_MOST_ONE, ("count", "kind", "lax"), "one"),
        Rule(Constraint.NOT_ALL_TRUE, ("on", "off"), "not both"),
        Rule(Constraint.REQUIRES, ("on", "kind", "lax"), "on needs another"),
        Rule(Constraint.EXCLUDES, ("off", "lax"), "off excludes lax"),
        Rule(Constraint.FORBIDDEN, ("kind",), "never b", {"kind": "b"}),
        Rule(Constraint.AT_LEAST_ONE, ("lax",), "only a note", severity=Severity.NOTE),
    )
    method = Method("x", "X.", params=params, rules=rules)
    comparison, validator = Comparison(method), Draft202012Validator(payload_schema(method))
    valid: tuple[dict[str, Any], ...] = (
        {},
        {"count": 5, "tags": ["a", "b"]},
        {"kind": "a", "on": True},
        {"lax": "c", "other": 1},
        {"on": True, "off": False, "kind": "a"},
        {"size": 0},
        {"filters": {}},
        {"filters": {"range": {"from": "2026-02-28"}, "list": [{}, {"x": "y"}]}},
    )
    invalid: tuple[dict[str, Any], ...] = (
        {"text": None},
        {"text": "long"},
        {"count": 0, "tags": ["a"]},
        {"count": 6, "tags": ["a"]},
        {"count": 1},
        {"count": 1, "tags": ["a", "b", "c"]},
        {"count": 1, "tags": [""]},
        {"count": 1, "tags": []},
        {"kind": "c"},
        {"kind": "b"},
        {"kind": "a", "lax": "a"},
        {"on": True},
        {"on": True, "off": True, "kind": "a"},
        {"off": False, "lax": "a"},
        {"size": 6},
        {"filters": {"range": {}}},
        {"filters": {"range": {"from": "2026-02-28\n"}}},
        {"filters": {"range": {"from": "x2026-02-28"}}},
        {"filters": {"list": []}},
        {"filters": {"list": [{"x": " "}]}},
        {"filters": {"list": ["x"]}},
    )
    assert [each for each in valid if not validator.is_valid({"text": "x", **each})] == []
    assert [each for each in invalid if validator.is_valid({"text": "x", **each})] == []
    assert not validator.is_valid({})
    for each in (*valid, *invalid):
        comparison.check({"text": "x", **each})


@pytest.mark.parametrize(
    ("action", "change", "expected"),
    [
        ("get_archives", ("pagination", {"page": 2.0}), 0),
        ("get_archives", ("filters", {"date_from": "2026-02-30"}), 1),
        ("send_event", ("event", {"type": "message", "text": "é" * 10000}), 2),
    ],
)
def test_what_a_schema_cannot_say(action: str, change: tuple[str, Any], expected: int) -> None:
    """The validation refuses it, for a reason of `LOOSER`."""
    method = load("3.0").methods[action]
    payload = {**method.example, change[0]: change[1]}
    assert Draft202012Validator(payload_schema(method)).is_valid(payload)
    [problem] = PayloadValidator(method).validate(payload)
    assert re.search([*LOOSER][expected], str(problem))


def test_two_arrays_with_a_common_item_are_valid_for_a_schema() -> None:
    """The last reason of `LOOSER`."""
    method = load("3.6").methods["list_archives"]
    payload = {"filters": {"agent_types": {"all_values": ["human"], "any_values": ["human"]}}}
    assert Draft202012Validator(payload_schema(method)).is_valid(payload)
    [problem] = PayloadValidator(method).validate(payload)
    assert re.search([*LOOSER][3], str(problem))


def test_the_blank_characters_are_those_of_the_validation() -> None:
    """An id of any blank character alone is refused, and of any other character accepted."""
    method = Method("x", "X.", params=(Param("id", ParamType.STRING),))
    pattern = re.compile(payload_schema(method)["properties"]["id"]["pattern"])
    characters = [chr(code) for code in range(0x10000)]
    assert [each for each in characters if bool(pattern.search(each)) == each.isspace()] == []


def test_known_members_of_any_type() -> None:
    """A question mark marks an optional member; arrays contain such objects."""
    schema = fields_schema(("a", "b?"))
    assert schema == {"type": "object", "properties": {"a": {}, "b": {}}, "required": ["a"]}
    assert fields_schema(("a", "b?"), ParamType.OBJECTS) == {"type": "array", "items": schema}
    assert fields_schema(()) == {"type": "object"}
    numbers = {"type": "object", "additionalProperties": {"type": "integer"}}
    assert fields_schema((), ParamType.INTEGER_MAP) == numbers
