"""Payloads: flags, `--set` and JSON say the same, later wins, and nothing is lost unsaid."""

import copy
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rtmcli.catalogue import API
from rtmcli.catalogue.model import Method, Param, ParamType
from rtmcli.protocol.json_codec import JSONError, RawNumber, dumps
from rtmcli.protocol.payload import PathError, build, convert_flag, parse_assignment, set_path
from rtmcli.protocol.validation import MISSING, Problem, get_path

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


# --- put ---


@given(payloads, paths, json_values)
def test_what_was_put_is_found(payload: dict[str, Any], path: list[str], value: Any) -> None:
    """A value stands at its path afterwards, or a value on the way has no members."""
    before = copy.deepcopy(payload)
    try:
        set_path(payload, path, value)
    except PathError:
        on_the_way = [get_path(before, ".".join(path[:length])) for length in range(1, len(path))]
        assert not all(item is MISSING or isinstance(item, dict) for item in on_the_way)
    else:
        assert get_path(payload, ".".join(path)) == value
    assert {name: item for name, item in payload.items() if name != path[0]} == {
        name: item for name, item in before.items() if name != path[0]
    }


@pytest.mark.parametrize(
    ("payload", "path", "result"),
    [
        ({}, "a.b.c", {"a": {"b": {"c": 0}}}),
        ({"a": {"b": 1}}, "a.c", {"a": {"b": 1, "c": 0}}),
        ({"a": {"b": 1}}, "a", {"a": 0}),
        ({"a": [1, 2]}, "a.0", {"a": [0, 2]}),
        ({"a": [1, 2]}, "a.2", {"a": [1, 2, 0]}),
        ({"a": []}, "a.0", {"a": [0]}),
        ({"a": [{"b": 1}]}, "a.0.b", {"a": [{"b": 0}]}),
        ({"a": [[1]]}, "a.0.1", {"a": [[1, 0]]}),
        ({"a": {}}, "a.0", {"a": {"0": 0}}),
    ],
)
def test_a_path_steps_into_objects_and_arrays(
    payload: dict[str, Any], path: str, result: dict[str, Any]
) -> None:
    """Objects are made on the way, and a number steps into an array or just behind its end."""
    set_path(payload, path.split("."), 0)
    assert payload == result


@pytest.mark.parametrize(
    ("payload", "path", "why"),
    [
        ({"a": "text"}, "a.b", "a is no object"),
        ({"a": None}, "a.b", "a is no object"),
        ({"a": {"b": 1}}, "a.b.c", "b is no object"),
        ({"a": RawNumber("1e400")}, "a.b", "a is no object"),
        ({"a": [1]}, "a.b", "b is no index of an array of 1"),
        ({"a": [1]}, "a.2", "2 is no index of an array of 1"),
        ({"a": [1]}, "a.-1", "-1 is no index of an array of 1"),
        ({"a": [1]}, "a.1.b", "1 is no index of an array of 1"),
        ({"a": [1]}, "a.0.b", "0 is no object"),
        ({"a": [1]}, "a.²", "² is no index of an array of 1"),
        ({"a": [1]}, f"a.{'9' * 5000}", "no index of an array of 1"),
    ],
)
def test_a_path_through_what_has_no_members_is_refused(
    payload: dict[str, Any], path: str, why: str
) -> None:
    """Nothing is replaced that was not named; the part that is in the way is."""
    with pytest.raises(PathError) as raised:
        set_path(payload, path.split("."), 0)
    assert why in str(raised.value)


# --- assignments ---


@given(paths, json_values)
def test_an_assignment_reads_json(path: list[str], value: Any) -> None:
    """PATH=JSON gives path and value; a dot within a name is written with a backslash."""
    path = [part.replace("=", "_").replace("\\", "/") + "." for part in path]
    spelled = ".".join(part.replace(".", "\\.") for part in path)
    assert parse_assignment(f"{spelled}={dumps(value).decode()}", as_string=False) == (path, value)


@pytest.mark.parametrize(
    ("text", "raw", "parts", "value"),
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
def test_what_is_no_json_is_text(text: str, raw: bool, parts: list[str], value: Any) -> None:
    """The value is JSON where it parses, else text; `--set-string` never parses."""
    assert parse_assignment(text, as_string=raw) == (parts, value)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("a", "must read PATH=VALUE"),
        ("", "must read PATH=VALUE"),
        ("=1", "must read PATH=VALUE"),
        ("a..b=1", "must read PATH=VALUE"),
        (".a=1", "must read PATH=VALUE"),
        ("a.=1", "must read PATH=VALUE"),
        ("a=\udcff", "is not UTF-8"),
        ("\udcff=1", "is not UTF-8"),
    ],
)
@pytest.mark.parametrize("raw", [False, True])
def test_what_is_no_assignment_is_refused(text: str, why: str, raw: bool) -> None:
    """A path is needed, each of its parts, and Unicode."""
    with pytest.raises(ValueError, match=why):
        parse_assignment(text, as_string=raw)


@pytest.mark.parametrize(
    ("value", "why"),
    [
        ('{"x":1,"x":2}', 'duplicate key "x"'),
        ('"\\ud800"', "broken Unicode in a string"),
        ("[" * 300 + "]" * 300, "nested too deeply"),
    ],
)
def test_json_that_must_not_be_sent_is_not_taken_for_text(value: str, why: str) -> None:
    """A duplicate key is an error in `--set` as anywhere."""
    with pytest.raises(JSONError) as raised:
        parse_assignment(f"a={value}", as_string=False)
    assert str(raised.value) == why


# --- build: three ways to say the same ---

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
    """Name the parameters that have no parameters below them."""
    return [
        param
        for param in method.params
        if not any(other.path.startswith(f"{param.path}.") for other in method.params)
    ]


def to_flag_value(param: Param, value: Any) -> Any:
    """Spell a value as typer hands it over."""
    if param.type.is_boolean:
        return value
    return (
        [to_flag_text(param, item) for item in value]
        if param.type.is_array
        else to_flag_text(param, value)
    )


def to_flag_text(param: Param, value: Any) -> str:
    """Spell one value of a flag."""
    return value if isinstance(value, str) and not param.type.is_json else dumps(value).decode()


@every_method
@settings(max_examples=10)  # of each of the 37
@given(data=st.data())
def test_flags_sets_and_json_agree(method: Method, data: st.DataObject) -> None:
    """Whatever parameters are given, the three ways to give them make one payload."""
    leaves = leaf_params(method)
    chosen = data.draw(st.lists(st.sampled_from(leaves), unique=True) if leaves else st.just([]))
    given_ = {param: data.draw(VALUES_BY_TYPE[param.type], label=param.path) for param in chosen}
    for param in chosen:  # what a flag implies is said in JSON as well
        if param.implies:
            path, value = param.implies
            given_.setdefault(next(p for p in method.params if p.path == path), value)

    by_json: dict[str, Any] = {}
    for param, value in given_.items():
        set_path(by_json, param.path.split("."), value)
    flags = {param.path: to_flag_value(param, value) for param, value in given_.items()}
    sets = [
        parse_assignment(f"{param.path}={dumps(value).decode()}", as_string=False)
        for param, value in given_.items()
    ]

    assert build(method, {}, (), flags) == (by_json, [])
    assert build(method, {}, sets) == (by_json, [])
    assert build(method, json.loads(dumps(by_json))) == (by_json, [])
    # Later wins, and a part of it completes the rest.
    assert build(method, by_json, sets, flags) == (by_json, [])


@given(payloads, st.lists(st.tuples(paths, json_values), max_size=3))
def test_building_changes_nothing_that_it_was_given(
    base: dict[str, Any], sets: list[tuple[list[str], Any]]
) -> None:
    """The base and the values of `--set` serve many payloads: no payload shares a part of them."""
    before = copy.deepcopy((base, sets))
    flags = {"event.text": "hi", "event.recipients": "all"}
    payload, _ = build(API.methods["send_event"], base, sets, flags)
    assert (base, sets) == before
    clear_nested(payload)
    assert (base, sets) == before


def clear_nested(value: Any) -> None:
    """Take everything out of a value, and out of what is in it."""
    if isinstance(value, dict | list):
        for item in list(value.values() if isinstance(value, dict) else value):
            clear_nested(item)
        value.clear()


BAN_CUSTOMER = API.methods["ban_customer"]
SEND_EVENT = API.methods["send_event"]


def test_later_wins() -> None:
    """JSON, then `--set` in its order, then flags; what is not named stays."""
    base = {"customer_id": "a", "ban": {"days": 1, "why": "x"}, "more": [1]}
    sets = [(["ban", "days"], 2), (["customer_id"], "b"), (["ban", "days"], 3)]
    assert build(BAN_CUSTOMER, base, sets, {"customer_id": "c"}) == (
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
def test_a_flag_brings_what_it_implies_where_nothing_stands(
    base: dict[str, Any], flags: dict[str, Any], event: dict[str, Any]
) -> None:
    """`--text` means a message, unless a type is given in any way."""
    assert build(SEND_EVENT, base, (), flags) == ({"event": event}, [])


@pytest.mark.parametrize(
    ("base", "sets", "flags", "problem"),
    [
        (
            {"customer_id": "a"},
            [(["customer_id", "x"], 1)],
            {},
            Problem(
                "customer_id.x", "cannot be set: customer_id is no object", "--set", fatal=True
            ),
        ),
        (
            {"ban": "x"},
            [],
            {"ban.days": "1"},
            Problem("ban.days", "cannot be set: ban is no object", "--ban-days", fatal=True),
        ),
        (
            {},
            [],
            {"customer_id": "\udcff"},
            Problem("customer_id", "is not UTF-8", "--customer-id", fatal=True),
        ),
    ],
)
def test_what_cannot_be_put_is_fatal(base: Any, sets: Any, flags: Any, problem: Problem) -> None:
    """A payload that lacks what was asked for is never sent."""
    assert build(BAN_CUSTOMER, base, sets, flags)[1] == [problem]


def test_what_does_not_convert_goes_in_as_text() -> None:
    """A wrong flag is a problem, and no fatal one: who sends unchecked sends it."""
    assert build(BAN_CUSTOMER, {}, (), {"ban.days": "five"}) == (
        {"ban": {"days": "five"}},
        [Problem("ban.days", 'must be a whole number, not "five"', "--ban-days")],
    )


# --- the values of flags ---


@pytest.mark.parametrize(
    ("kind", "given_", "value"),
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
def test_a_flag_converts(kind: ParamType, given_: Any, value: Any) -> None:
    """Whole numbers, texts and JSON as the kind wants them; arrays of objects flow together."""
    assert convert_flag(Param("a", kind), given_) == (value, "")


@pytest.mark.parametrize(
    ("kind", "given_", "value", "wrong"),
    [
        (ParamType.INTEGER, "five", "five", 'must be a whole number, not "five"'),
        (ParamType.INTEGER, "5.0", "5.0", 'must be a whole number, not "5.0"'),
        (ParamType.INTEGER, "+5", "+5", 'must be a whole number, not "+5"'),
        (ParamType.INTEGER, "05", "05", 'must be a whole number, not "05"'),
        (ParamType.INTEGER, "", "", 'must be a whole number, not ""'),
        (ParamType.INTEGER, "5\n", "5\n", 'must be a whole number, not "5\\n"'),
        (ParamType.INTEGERS, ["1", "x", "y"], [1, "x", "y"], 'must be a whole number, not "x"'),
        (ParamType.OBJECT, "{a}", "{a}", "is no JSON: "),
        (ParamType.ANY, "hello", "hello", "is no JSON: "),
        (ParamType.PROPERTIES, '{"a":1,"a":2}', '{"a":1,"a":2}', 'is no JSON: duplicate key "a"'),
        (ParamType.OBJECTS, ['{"a":1}', "x"], ['{"a":1}', "x"], "is no JSON: "),
    ],
)
def test_what_does_not_convert_is_told(
    kind: ParamType, given_: Any, value: Any, wrong: str
) -> None:
    """The text stays, and what is wrong with it is said."""
    assert convert_flag(Param("a", kind), given_)[0] == value
    assert convert_flag(Param("a", kind), given_)[1].startswith(wrong)
