"""Building payloads from JSON, `--set` assignments and flags."""

import copy
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rtmcli.catalogue.model import Method, Param, ParamType
from rtmcli.catalogue.v3_0 import API
from rtmcli.protocol.json_codec import JSONError, RawNumber, dumps
from rtmcli.protocol.paths import set_path
from rtmcli.protocol.payload import build, convert_flag, parse_assignment
from rtmcli.protocol.validation import Problem

every_method = pytest.mark.parametrize(
    "method", API.methods.values(), ids=[method.command for method in API.methods.values()]
)

names = st.text(st.characters(codec="utf-8", exclude_characters="."), min_size=1, max_size=3)
paths = st.lists(names, min_size=1, max_size=4)
leaves = st.integers(-9, 9) | st.text(st.characters(codec="utf-8"), max_size=3) | st.booleans()
payloads = st.dictionaries(
    names,
    st.recursive(leaves, lambda inner: st.dictionaries(names, inner, max_size=3), max_leaves=6),
    max_size=4,
)
json_values = st.recursive(
    leaves | st.none(),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(names, inner, max_size=2),
    max_leaves=4,
)
objects = st.dictionaries(names, json_values, max_size=2)


# --- assignments ---


@given(paths, json_values)
def test_an_assignment_has_a_path_and_a_json_value(path: list[str], value: Any) -> None:
    """A dot within a key is escaped with a backslash."""
    path = [key.replace("=", "_").replace("\\", "/") + "." for key in path]
    text = ".".join(key.replace(".", "\\.") for key in path)
    assert parse_assignment(f"{text}={dumps(value).decode()}", as_string=False) == (path, value)


@pytest.mark.parametrize(
    ("text", "as_string", "keys", "value"),
    [
        ("a=1", False, ["a"], 1),
        ("a=1", True, ["a"], "1"),
        ("a=", False, ["a"], ""),
        ("a=hello", False, ["a"], "hello"),
        ("a=b=c", False, ["a"], "b=c"),
        ("a={not json}", False, ["a"], "{not json}"),
        ("a=[x] y", False, ["a"], "[x] y"),
        ("a=NaN", False, ["a"], "NaN"),
        ("a=1 2", False, ["a"], "1 2"),
        ('a={"x":1,"x":2}', True, ["a"], '{"x":1,"x":2}'),
        ("a= true", False, ["a"], True),
        ("a=1e400", False, ["a"], RawNumber("1e400")),
        ("a.b.0=x", False, ["a", "b", "0"], "x"),
        ("a\\.b.c=x", False, ["a.b", "c"], "x"),
    ],
)
def test_a_value_that_is_not_json_is_text(
    text: str, as_string: bool, keys: list[str], value: Any
) -> None:
    """The value of `--set-string` is always text."""
    assert parse_assignment(text, as_string=as_string) == (keys, value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a", "must be PATH=VALUE"),
        ("", "must be PATH=VALUE"),
        ("=1", "must be PATH=VALUE"),
        ("a..b=1", "must be PATH=VALUE"),
        (".a=1", "must be PATH=VALUE"),
        ("a.=1", "must be PATH=VALUE"),
        ("a=\udcff", "is not UTF-8"),
        ("\udcff=1", "is not UTF-8"),
    ],
)
@pytest.mark.parametrize("as_string", [False, True])
def test_an_invalid_assignment_is_an_error(text: str, message: str, as_string: bool) -> None:
    """The path must have no empty keys, and the text must be valid Unicode."""
    with pytest.raises(ValueError, match=message):
        parse_assignment(text, as_string=as_string)


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ('{"x":1,"x":2}', 'duplicate key "x"'),
        ('"\\ud800"', "invalid Unicode in a string"),
        ("[" * 300 + "]" * 300, "nested too deeply"),
    ],
)
def test_json_that_must_not_be_sent_is_an_error(value: str, message: str) -> None:
    """It is not interpreted as text."""
    with pytest.raises(JSONError) as raised:
        parse_assignment(f"a={value}", as_string=False)
    assert str(raised.value) == message


# --- build ---

texts = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=5)
VALUES_BY_TYPE: dict[ParamType, st.SearchStrategy[Any]] = {
    ParamType.STRING: texts,
    ParamType.INTEGER: st.integers(-(1 << 40), 1 << 40),
    ParamType.BOOLEAN: st.booleans(),
    ParamType.OBJECT: objects,
    ParamType.ANY: json_values,
    ParamType.ID: st.integers(0, 99) | st.emails(),
    ParamType.STRINGS: st.lists(texts, min_size=1, max_size=3),
    ParamType.INTEGERS: st.lists(st.integers(-99, 99), min_size=1, max_size=3),
    ParamType.IDS: st.lists(st.integers(0, 99) | st.emails(), min_size=1, max_size=3),
    ParamType.OBJECTS: st.lists(objects, min_size=1, max_size=3),
    ParamType.STRING_MAP: st.dictionaries(names, texts, max_size=3),
    ParamType.PROPERTIES: st.dictionaries(names, objects, max_size=3),
    ParamType.PROPERTY_NAMES: st.dictionaries(names, st.lists(names), max_size=3),
    ParamType.PROPERTY_FILTERS: st.dictionaries(
        names, st.dictionaries(names, st.just({"exists": True}), max_size=2), max_size=2
    ),
}


def leaf_params(method: Method) -> list[Param]:
    """Return the parameters that have no members."""
    return [
        param
        for param in method.params
        if not any(other.path.startswith(f"{param.path}.") for other in method.params)
    ]


def to_flag_value(param: Param, value: Any) -> Any:
    """Convert a value to what typer parses from the flag."""
    if param.type.is_boolean:
        return value
    return (
        [to_flag_text(param, item) for item in value]
        if param.type.is_array
        else to_flag_text(param, value)
    )


def to_flag_text(param: Param, value: Any) -> str:
    """Convert a value to the text of a flag."""
    return value if isinstance(value, str) and not param.type.is_json else dumps(value).decode()


@every_method
@settings(max_examples=10)  # of each of the 37
@given(data=st.data())
def test_flags_assignments_and_json_are_equivalent(method: Method, data: st.DataObject) -> None:
    """Any parameters make the same payload in the three forms."""
    leaves = leaf_params(method)
    chosen = data.draw(st.lists(st.sampled_from(leaves), unique=True) if leaves else st.just([]))
    values = {param: data.draw(VALUES_BY_TYPE[param.type], label=param.path) for param in chosen}
    for param in chosen:  # add the values that flags imply
        if param.implies:
            path, value = param.implies
            values.setdefault(next(p for p in method.params if p.path == path), value)

    by_json: dict[str, Any] = {}
    for param, value in values.items():
        set_path(by_json, param.path.split("."), value)
    flags = {param.path: to_flag_value(param, value) for param, value in values.items()}
    assignments = [
        parse_assignment(f"{param.path}={dumps(value).decode()}", as_string=False)
        for param, value in values.items()
    ]

    assert build(method, {}, (), flags) == (by_json, [])
    assert build(method, {}, assignments) == (by_json, [])
    assert build(method, json.loads(dumps(by_json))) == (by_json, [])
    assert build(method, by_json, assignments, flags) == (by_json, [])


@given(payloads, st.lists(st.tuples(paths, json_values), max_size=3))
def test_build_does_not_change_its_arguments(
    base: dict[str, Any], assignments: list[tuple[list[str], Any]]
) -> None:
    """The arguments are used for many payloads, which share no mutable values with them."""
    before = copy.deepcopy((base, assignments))
    flags = {"event.text": "hi", "event.recipients": "all"}
    payload, _ = build(API.methods["send_event"], base, assignments, flags)
    assert (base, assignments) == before
    clear_nested(payload)
    assert (base, assignments) == before


def clear_nested(value: Any) -> None:
    """Clear a container and all containers in it."""
    if isinstance(value, dict | list):
        for item in list(value.values() if isinstance(value, dict) else value):
            clear_nested(item)
        value.clear()


BAN_CUSTOMER = API.methods["ban_customer"]
SEND_EVENT = API.methods["send_event"]


def test_the_order_of_precedence() -> None:
    """Flags override assignments, and these the JSON; other members are unchanged."""
    base = {"customer_id": "a", "ban": {"days": 1, "why": "x"}, "more": [1]}
    assignments = [(["ban", "days"], 2), (["customer_id"], "b"), (["ban", "days"], 3)]
    assert build(BAN_CUSTOMER, base, assignments, {"customer_id": "c"}) == (
        {"customer_id": "c", "ban": {"days": 3, "why": "x"}, "more": [1]},
        [],
    )


@pytest.mark.parametrize(
    ("base", "flags", "event"),
    [
        ({}, {"event.text": "hi"}, {"type": "message", "text": "hi"}),
        ({"event": {"type": "x"}}, {"event.text": "hi"}, {"type": "x", "text": "hi"}),
        ({}, {"event.text": "a", "event.type": "x"}, {"type": "x", "text": "a"}),
    ],
)
def test_an_implied_value_is_a_default(
    base: dict[str, Any], flags: dict[str, Any], event: dict[str, Any]
) -> None:
    """`--text` implies a message, unless the payload has a type."""
    assert build(SEND_EVENT, base, (), flags) == ({"event": event}, [])


@pytest.mark.parametrize(
    ("base", "assignments", "flags", "problem"),
    [
        (
            {"customer_id": "a"},
            [(["customer_id", "x"], 1)],
            {},
            Problem(
                "customer_id.x", "cannot be set: customer_id is not an object", "--set", fatal=True
            ),
        ),
        (
            {"ban": "x"},
            [],
            {"ban.days": "1"},
            Problem("ban.days", "cannot be set: ban is not an object", "--ban-days", fatal=True),
        ),
        (
            {},
            [],
            {"customer_id": "\udcff"},
            Problem("customer_id", "is not UTF-8", "--customer-id", fatal=True),
        ),
    ],
)
def test_a_value_that_cannot_be_set_is_a_fatal_problem(
    base: Any, assignments: Any, flags: Any, problem: Problem
) -> None:
    """The payload, which lacks requested values, is never sent."""
    assert build(BAN_CUSTOMER, base, assignments, flags)[1] == [problem]


def test_a_value_that_cannot_be_converted_is_set_as_text() -> None:
    """The problem is not fatal: --no-validate sends the text."""
    assert build(BAN_CUSTOMER, {}, (), {"ban.days": "five"}) == (
        {"ban": {"days": "five"}},
        [Problem("ban.days", 'must be an integer, not "five"', "--ban-days")],
    )


# --- convert_flag ---


@pytest.mark.parametrize(
    ("param_type", "flag_value", "value"),
    [
        (ParamType.STRING, "5", "5"),
        (ParamType.STRING, "", ""),
        (ParamType.INTEGER, "-5", -5),
        (ParamType.INTEGER, "12345678901234567890123", RawNumber("12345678901234567890123")),
        (ParamType.ID, "5", 5),
        (ParamType.ID, "0", 0),
        (ParamType.ID, "007", "007"),
        (ParamType.ID, "agent@example.com", "agent@example.com"),
        (ParamType.IDS, ["5", "a"], [5, "a"]),
        (ParamType.STRINGS, ["5", ""], ["5", ""]),
        (ParamType.INTEGERS, ["5", "-0"], [5, 0]),
        (ParamType.BOOLEAN, False, False),
        (ParamType.ANY, "5", 5),
        (ParamType.ANY, '"5"', "5"),
        (ParamType.OBJECT, '\ufeff{"a": 1}\n', {"a": 1}),
        (ParamType.OBJECTS, ['{"a":1}', '[{"b":2},{"c":3}]'], [{"a": 1}, {"b": 2}, {"c": 3}]),
        (ParamType.OBJECTS, ["[]"], []),
    ],
)
def test_a_flag_is_converted_to_its_type(
    param_type: ParamType, flag_value: Any, value: Any
) -> None:
    """Repeated arrays of objects are concatenated."""
    assert convert_flag(Param("a", param_type), flag_value) == (value, "")


@pytest.mark.parametrize(
    ("param_type", "flag_value", "value", "problem"),
    [
        (ParamType.INTEGER, "five", "five", 'must be an integer, not "five"'),
        (ParamType.INTEGER, "5.0", "5.0", 'must be an integer, not "5.0"'),
        (ParamType.INTEGER, "+5", "+5", 'must be an integer, not "+5"'),
        (ParamType.INTEGER, "05", "05", 'must be an integer, not "05"'),
        (ParamType.INTEGER, "", "", 'must be an integer, not ""'),
        (ParamType.INTEGER, "5\n", "5\n", 'must be an integer, not "5\\n"'),
        (ParamType.INTEGERS, ["1", "x", "y"], [1, "x", "y"], 'must be an integer, not "x"'),
        (ParamType.OBJECT, "{a}", "{a}", "is not valid JSON: "),
        (ParamType.ANY, "hello", "hello", "is not valid JSON: "),
        (
            ParamType.PROPERTIES,
            '{"a":1,"a":2}',
            '{"a":1,"a":2}',
            'is not valid JSON: duplicate key "a"',
        ),
        (ParamType.OBJECTS, ['{"a":1}', "x"], ['{"a":1}', "x"], "is not valid JSON: "),
    ],
)
def test_a_failed_conversion_returns_the_text_and_the_problem(
    param_type: ParamType, flag_value: Any, value: Any, problem: str
) -> None:
    """In an array of integers, the other items are converted."""
    converted, message = convert_flag(Param("a", param_type), flag_value)
    assert converted == value
    assert message.startswith(problem)
