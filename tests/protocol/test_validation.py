"""Checks: every problem is named once, with its path; what is right or unknown passes."""

import copy
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rtmcli.catalogue import API
from rtmcli.catalogue.model import Constraint, Format, Method, Param, ParamType, Rule, Severity
from rtmcli.protocol.json_codec import RawNumber
from rtmcli.protocol.payload import set_path
from rtmcli.protocol.validation import MISSING, PayloadValidator, Problem, get_path, short_json

every_method = pytest.mark.parametrize(
    "method", API.methods.values(), ids=[method.command for method in API.methods.values()]
)


# --- shapes ---

VALUES: dict[str, Any] = {
    "null": None,
    "true": True,
    "0": 0,
    "-5": -5,
    "1.5": 1.5,
    "1e400": RawNumber("1e400"),
    "text": "x",
    "[]": [],
    "[text]": ["x"],
    "[5]": [5],
    "[5 text]": [5, "x"],
    "[true]": [True],
    "[{}]": [{}],
    "[[]]": [[]],
    "{}": {},
    "{a: text}": {"a": "x"},
    "{a: 5}": {"a": 5},
    "{a: {}}": {"a": {}},
    "{a: {b: 5}}": {"a": {"b": 5}},
    "{a: []}": {"a": []},
    "{a: [text]}": {"a": ["x"]},
    "{a: [5]}": {"a": [5]},
    "{a: {b: exists}}": {"a": {"b": {"exists": False}}},
    "{a: {b: values}}": {"a": {"b": {"values": [1]}}},
    "{a: {b: exclude}}": {"a": {"b": {"exclude_values": []}}},
    "{a: {b: exists 1}}": {"a": {"b": {"exists": 1}}},
    "{a: {b: values 1}}": {"a": {"b": {"values": 1}}},
    "{a: {b: two}}": {"a": {"b": {"exists": True, "values": []}}},
    "{a: {b: other}}": {"a": {"b": {"x": []}}},
    "{a: {b: {}}}": {"a": {"b": {}}},
}
OBJECTS = {name for name, value in VALUES.items() if isinstance(value, dict)}
NESTED = {name for name in OBJECTS if name.startswith("{a: {")} | {"{}"}
ACCEPTED = {
    ParamType.STRING: {"text"},
    ParamType.INTEGER: {"0", "-5"},
    ParamType.BOOLEAN: {"true"},
    ParamType.OBJECT: OBJECTS,
    ParamType.ANY: set(VALUES),
    ParamType.ID: {"0", "-5", "text"},
    ParamType.STRINGS: {"[]", "[text]"},
    ParamType.INTEGERS: {"[]", "[5]"},
    ParamType.IDS: {"[]", "[text]", "[5]", "[5 text]"},
    ParamType.OBJECTS: {"[]", "[{}]"},
    ParamType.STRING_MAP: {"{}", "{a: text}"},
    ParamType.PROPERTIES: NESTED,
    ParamType.PROPERTY_NAMES: {"{}", "{a: []}", "{a: [text]}"},
    ParamType.PROPERTY_FILTERS: {
        "{}", "{a: {}}", "{a: {b: exists}}", "{a: {b: values}}", "{a: {b: exclude}}",
    },
}  # fmt: skip  # a table


@pytest.mark.parametrize("kind", ParamType)
def test_each_kind_fits_its_values_and_no_others(kind: ParamType) -> None:
    """The table: which values a parameter of a kind may have."""
    method = Method("a", "", params=(Param("p", kind),))
    fits = {
        name
        for name, value in VALUES.items()
        if not PayloadValidator(method).validate({"p": value})
    }
    assert fits == ACCEPTED[kind]


def test_a_wrong_value_is_shown() -> None:
    """The problem says what is wanted and what was given, with the flag."""
    method = Method(
        "a", "", params=(Param("p.q_r", ParamType.INTEGERS), Param("p", ParamType.OBJECT))
    )
    [problem] = PayloadValidator(method._replace(params=method.params[::-1])).validate(
        {"p": {"q_r": "five"}}
    )
    assert problem == Problem("p.q_r", 'must be an array of whole numbers, not "five"', "--p-q-r")
    assert str(problem) == 'p.q_r must be an array of whole numbers, not "five" (--p-q-r)'
    assert str(Problem("", "says the rule")) == "says the rule"


# --- limits ---

STRING_PARAM = Param("p", ParamType.STRING)
INTEGER_PARAM = Param("p", ParamType.INTEGER, at_least=1, at_most=100)
ONE_CHOICE = STRING_PARAM._replace(choices=("agent",))
TWO_CHOICES = STRING_PARAM._replace(choices=("agent", "customer"))
THREE_CHOICES = STRING_PARAM._replace(choices=("agent", "customer", "all"))


@pytest.mark.parametrize(
    ("param", "value", "wrong"),
    [
        (INTEGER_PARAM, 1, ""),
        (INTEGER_PARAM, 100, ""),
        (INTEGER_PARAM, 0, "must be at least 1, not 0"),
        (INTEGER_PARAM, 101, "must be at most 100, not 101"),
        (ONE_CHOICE, "agent", ""),
        (ONE_CHOICE, "", 'must be agent, not ""'),
        (TWO_CHOICES, "x", 'must be agent or customer, not "x"'),
        (THREE_CHOICES, "x", 'must be agent, customer or all, not "x"'),
        (
            THREE_CHOICES,
            "Agent",
            'must be agent, customer or all, not "Agent"; did you mean agent?',
        ),
        (STRING_PARAM._replace(format=Format.TEXT), "é" * 8192, ""),
        (
            STRING_PARAM._replace(format=Format.TEXT),
            "é" * 8192 + "x",
            "must read at most 16 KB of UTF-8",
        ),
    ],
)
def test_choices_ranges_and_lengths_are_kept(param: Param, value: Any, wrong: str) -> None:
    """The edges are in; what is out is told with what is wanted."""
    problems = PayloadValidator(Method("a", "", params=(param,))).validate({"p": value})
    assert [problem.message for problem in problems] == ([wrong] if wrong else [])


@pytest.mark.parametrize("severity", Severity)
def test_a_limit_is_as_strict_as_its_row(severity: Severity) -> None:
    """Outside choices, range and format the row decides; a wrong type is always an error."""
    method = Method("a", "", params=(INTEGER_PARAM._replace(severity=severity),))
    assert [problem.severity for problem in PayloadValidator(method).validate({"p": 0})] == [
        severity
    ]
    assert [problem.severity for problem in PayloadValidator(method).validate({"p": "x"})] == [
        Severity.ERROR
    ]


# What reads as each format, and what does not.
FORMATS = {
    Format.DATE: """
        2019-12-31 2020-02-30 0001-01-01
        not: 2019-13-01 2019-00-10 2019-01-32 2019-1-1 19-01-01 2019-01-01T00:00:00Z
    """,
    Format.DATE_TIME: """
        2017-10-12T13:56:16Z 2017-10-12t13:56:16z 2017-10-12T13:56:16.123456+02:00
        2016-12-31T23:59:60Z 2017-10-12T00:00:00-23:59
        not: 2017-10-12T13:56:16 2017-10-12 2017-10-12T24:00:00Z 2017-10-12T13:60:00Z
        2017-10-12T13:56:16.Z 2017-10-12T13:56:16+0200 2017-10-12T13:56Z
    """,
    Format.CUSTOMER_ID: """
        b7eff798-f8df-4364-8059-649c35c9ed0c B7EFF798-f8df-433e-63c5-649C35C9ED0C
        not: b7eff798f8df43648059649c35c9ed0c b7eff798-f8df-4364-8059-649c35c9ed0
        {b7eff798-f8df-4364-8059-649c35c9ed0c} b7eff798-f8df-4364-8059-649c35c9ed0g
    """,
}


@pytest.mark.parametrize("format_", FORMATS)
def test_formats_are_read_as_the_reference_means_them(format_: Format) -> None:
    """RFC 3339 dates and times with a zone; of a customer's id only the shape."""
    method = Method("a", "", params=(STRING_PARAM._replace(format=format_),))
    good, bad = (words.split() for words in FORMATS[format_].split("not:"))
    assert [text for text in good if PayloadValidator(method).validate({"p": text})] == []
    for text in [*bad, "", f"{good[0]}\n"]:
        [problem] = PayloadValidator(method).validate({"p": text})
        assert problem.message == f"must read {format_.value}, not {json.dumps(text)}"


# --- rules ---

# For each law: which of the paths a, b may be there together.
CONSTRAINTS = {
    Constraint.AT_LEAST_ONE: ["a", "b", "ab"],
    Constraint.ALL_OR_NONE: ["", "ab"],
    Constraint.AT_MOST_ONE: ["", "a", "b"],
    Constraint.NOT_ALL_TRUE: ["", "a", "b"],
    Constraint.FORBIDDEN: [],
}


@pytest.mark.parametrize("law", Constraint)
def test_each_law_allows_what_it_says(law: Constraint) -> None:
    """The table: of two paths, which may be there (and true)."""
    params = tuple(Param(name, ParamType.BOOLEAN) for name in "ab")
    rule = Rule(law, ("a", "b"), "the rule says so", severity=Severity.WARNING)
    method = Method("m", "", params=params, rules=(rule,))
    allowed = []
    for there in ("", "a", "b", "ab"):
        problems = PayloadValidator(method).validate(dict.fromkeys(there, True))
        assert problems in ([], [Problem("", "the rule says so", "", Severity.WARNING)])
        allowed += [] if problems else [there]
    assert allowed == CONSTRAINTS[law]


@pytest.mark.parametrize(
    ("payload", "broken"), [({}, False), ({"t": "y"}, False), ({"t": "x"}, True), ({"t": 1}, False)]
)
def test_a_rule_may_wait_for_a_value(payload: dict[str, Any], broken: bool) -> None:
    """A rule with a condition counts only where the condition holds."""
    rule = Rule(Constraint.FORBIDDEN, ("a",), "never so", when=("t", "x"))
    problems = PayloadValidator(Method("m", "", rules=(rule,))).validate(payload)
    assert [problem.message for problem in problems] == (["never so"] if broken else [])


def test_only_true_counts_as_true() -> None:
    """What is there but false, or no bool, breaks no rule about what is true."""
    rule = Rule(Constraint.NOT_ALL_TRUE, ("a", "b"), "not both")
    method = Method("m", "", rules=(rule,))
    assert not PayloadValidator(method).validate({"a": True, "b": False})
    assert not PayloadValidator(method).validate({"a": True, "b": 1})


# --- laws over every method ---


def remove_path(payload: Any, path: str) -> Any:
    """Copy a payload without what stands at a path."""
    payload = copy.deepcopy(payload)
    parent, _, name = path.rpartition(".")
    del (get_path(payload, parent) if parent else payload)[name]
    return payload


def problem_paths(method: Method, payload: Any) -> list[str]:
    """Return the paths of the problems, those of rules left out."""
    return [problem.path for problem in PayloadValidator(method).validate(payload) if problem.path]


@every_method
def test_each_missing_leaf_is_named_and_nothing_else(method: Method) -> None:
    """An example with one required leaf removed names exactly that path."""
    for param in method.params:
        below = [other for other in method.params if other.path.startswith(f"{param.path}.")]
        if not param.required or param.set_by_session or any(other.required for other in below):
            continue
        assert problem_paths(method, remove_path(method.example, param.path)) == [param.path]


@every_method
def test_what_is_required_in_an_object_counts_where_the_object_is(method: Method) -> None:
    """Of an optional object nothing is missing where it is absent; empty, all it needs is."""
    for param in method.params:
        if param.type is not ParamType.OBJECT or get_path(method.example, param.path) is MISSING:
            continue
        needed = [
            other.path
            for other in method.params
            if other.required and other.path.rpartition(".")[0] == param.path
        ]
        absent = problem_paths(method, remove_path(method.example, param.path))
        assert absent == (needed or [param.path] if param.required else [])
        if not needed:
            continue
        empty = copy.deepcopy(dict(method.example))
        set_path(empty, param.path.split("."), {})
        assert set(needed) <= set(problem_paths(method, empty))


@every_method
def test_each_wrong_type_is_named_and_nothing_else(method: Method) -> None:
    """A value of another type at any path is one problem, also where members were required."""
    for param in method.params:
        if param.type is ParamType.ANY or param.set_by_session:
            continue
        payload = copy.deepcopy(dict(method.example))
        set_path(payload, param.path.split("."), None)
        assert param.path in problem_paths(method, payload)
        if get_path(method.example, param.path) is not MISSING:
            assert problem_paths(method, payload) == [param.path]


@every_method
@settings(max_examples=10)  # of each of the 37
@given(data=st.data())
def test_unknown_members_pass(method: Method, data: st.DataObject) -> None:
    """What no document names is the server's affair: beside, and inside, what is known."""
    payload = copy.deepcopy(dict(method.example))
    objects = [param.path for param in method.params if param.type is ParamType.OBJECT]
    there = ["", *(path for path in objects if isinstance(get_path(payload, path), dict))]
    where = data.draw(st.sampled_from(there))
    prefix = where.split(".") if where else []
    set_path(payload, [*prefix, "x_" + data.draw(st.text(max_size=3))], data.draw(st.integers()))
    assert PayloadValidator(method).validate(payload) == []


def test_everything_wrong_is_named_in_one_report() -> None:
    """No problem hides another."""
    method = API.methods["transfer_chat"]
    payload = {"target": {"type": "team"}, "force": 1}
    assert problem_paths(method, payload) == ["chat_id", "target.type", "target.ids", "force"]


# --- words ---


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("a", {"b": {"c": 1}}),
        ("a.b.c", 1),
        ("a.b.x", MISSING),
        ("x", MISSING),
        ("n", None),
        ("n.x", MISSING),
        ("l.0", MISSING),
        ("t.0", MISSING),
        ("", MISSING),
    ],
)
def test_what_stands_at_a_path_is_found(path: str, value: Any) -> None:
    """Paths lead through objects only; null is a value."""
    assert get_path({"a": {"b": {"c": 1}}, "n": None, "l": [1], "t": "x"}, path) == value


@given(st.lists(st.none() | st.integers(0, 9) | st.text()))
def test_a_quoted_value_is_short(value: Any) -> None:
    """A value is shown as JSON, cut where it would fill the report."""
    shown = short_json(value)
    assert len(shown) <= 60
    assert shown.endswith("…") or json.loads(shown) == value
