"""Checks: every problem is named once, with its path; what is right or unknown passes."""

import copy
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rtmcli.catalogue import API
from rtmcli.catalogue.model import Format, Kind, Law, Method, Param, Rule, Severity
from rtmcli.protocol.payload import put
from rtmcli.protocol.validation import MISSING, Checker, Problem, find, quoted
from rtmcli.protocol.values import Number

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
    "1e400": Number("1e400"),
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
FITS = {
    Kind.STRING: {"text"},
    Kind.INTEGER: {"0", "-5"},
    Kind.BOOL: {"true"},
    Kind.OBJECT: OBJECTS,
    Kind.ANY: set(VALUES),
    Kind.ID: {"0", "-5", "text"},
    Kind.STRINGS: {"[]", "[text]"},
    Kind.INTEGERS: {"[]", "[5]"},
    Kind.IDS: {"[]", "[text]", "[5]", "[5 text]"},
    Kind.OBJECTS: {"[]", "[{}]"},
    Kind.TEXTS: {"{}", "{a: text}"},
    Kind.PROPERTIES: NESTED,
    Kind.PROPERTY_NAMES: {"{}", "{a: []}", "{a: [text]}"},
    Kind.PROPERTY_FILTERS: {
        "{}", "{a: {}}", "{a: {b: exists}}", "{a: {b: values}}", "{a: {b: exclude}}",
    },
}  # fmt: skip  # a table


@pytest.mark.parametrize("kind", Kind)
def test_each_kind_fits_its_values_and_no_others(kind: Kind) -> None:
    """The table: which values a parameter of a kind may have."""
    method = Method("a", "", params=(Param("p", kind),))
    fits = {name for name, value in VALUES.items() if not Checker(method).check({"p": value})}
    assert fits == FITS[kind]


def test_a_wrong_value_is_shown() -> None:
    """The problem says what is wanted and what was given, with the flag."""
    method = Method("a", "", params=(Param("p.q_r", Kind.INTEGERS), Param("p", Kind.OBJECT)))
    [problem] = Checker(method._replace(params=method.params[::-1])).check({"p": {"q_r": "five"}})
    assert problem == Problem("p.q_r", 'must be an array of whole numbers, not "five"', "--p-q-r")
    assert str(problem) == 'p.q_r must be an array of whole numbers, not "five" (--p-q-r)'
    assert str(Problem("", "says the rule")) == "says the rule"


# --- limits ---

PARAM = Param("p", Kind.STRING)
COUNT = Param("p", Kind.INTEGER, at_least=1, at_most=100)
ONE = PARAM._replace(choices=("agent",))
TWO = PARAM._replace(choices=("agent", "customer"))
THREE = PARAM._replace(choices=("agent", "customer", "all"))


@pytest.mark.parametrize(
    ("param", "value", "wrong"),
    [
        (COUNT, 1, ""),
        (COUNT, 100, ""),
        (COUNT, 0, "must be at least 1, not 0"),
        (COUNT, 101, "must be at most 100, not 101"),
        (ONE, "agent", ""),
        (ONE, "", 'must be agent, not ""'),
        (TWO, "x", 'must be agent or customer, not "x"'),
        (THREE, "x", 'must be agent, customer or all, not "x"'),
        (THREE, "Agent", 'must be agent, customer or all, not "Agent"; did you mean agent?'),
        (PARAM._replace(format=Format.TEXT), "é" * 8192, ""),
        (PARAM._replace(format=Format.TEXT), "é" * 8192 + "x", "must read at most 16 KB of UTF-8"),
    ],
)
def test_choices_ranges_and_lengths_are_kept(param: Param, value: Any, wrong: str) -> None:
    """The edges are in; what is out is told with what is wanted."""
    problems = Checker(Method("a", "", params=(param,))).check({"p": value})
    assert [problem.message for problem in problems] == ([wrong] if wrong else [])


@pytest.mark.parametrize("severity", Severity)
def test_a_limit_is_as_strict_as_its_row(severity: Severity) -> None:
    """Outside choices, range and format the row decides; a wrong type is always an error."""
    method = Method("a", "", params=(COUNT._replace(unchecked=severity),))
    assert [problem.severity for problem in Checker(method).check({"p": 0})] == [severity]
    assert [problem.severity for problem in Checker(method).check({"p": "x"})] == [Severity.ERROR]


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
    method = Method("a", "", params=(PARAM._replace(format=format_),))
    good, bad = (words.split() for words in FORMATS[format_].split("not:"))
    assert [text for text in good if Checker(method).check({"p": text})] == []
    for text in [*bad, "", f"{good[0]}\n"]:
        [problem] = Checker(method).check({"p": text})
        assert problem.message == f"must read {format_.value}, not {json.dumps(text)}"


# --- rules ---

# For each law: which of the paths a, b may be there together.
LAWS = {
    Law.ANY: ["a", "b", "ab"],
    Law.ALL_OR_NONE: ["", "ab"],
    Law.AT_MOST_ONE: ["", "a", "b"],
    Law.NOT_ALL_TRUE: ["", "a", "b"],
    Law.NEVER: [],
}


@pytest.mark.parametrize("law", Law)
def test_each_law_allows_what_it_says(law: Law) -> None:
    """The table: of two paths, which may be there (and true)."""
    params = tuple(Param(name, Kind.BOOL) for name in "ab")
    rule = Rule(law, ("a", "b"), "the rule says so", severity=Severity.WARNING)
    method = Method("m", "", params=params, rules=(rule,))
    allowed = []
    for there in ("", "a", "b", "ab"):
        problems = Checker(method).check(dict.fromkeys(there, True))
        assert problems in ([], [Problem("", "the rule says so", "", Severity.WARNING)])
        allowed += [] if problems else [there]
    assert allowed == LAWS[law]


@pytest.mark.parametrize(
    ("payload", "broken"), [({}, False), ({"t": "y"}, False), ({"t": "x"}, True), ({"t": 1}, False)]
)
def test_a_rule_may_wait_for_a_value(payload: dict[str, Any], broken: bool) -> None:
    """A rule with a condition counts only where the condition holds."""
    rule = Rule(Law.NEVER, ("a",), "never so", when=("t", "x"))
    problems = Checker(Method("m", "", rules=(rule,))).check(payload)
    assert [problem.message for problem in problems] == (["never so"] if broken else [])


def test_only_true_counts_as_true() -> None:
    """What is there but false, or no bool, breaks no rule about what is true."""
    rule = Rule(Law.NOT_ALL_TRUE, ("a", "b"), "not both")
    method = Method("m", "", rules=(rule,))
    assert not Checker(method).check({"a": True, "b": False})
    assert not Checker(method).check({"a": True, "b": 1})


# --- laws over every method ---


def without(payload: Any, path: str) -> Any:
    """Copy a payload without what stands at a path."""
    payload = copy.deepcopy(payload)
    parent, _, name = path.rpartition(".")
    del (find(payload, parent) if parent else payload)[name]
    return payload


def named(method: Method, payload: Any) -> list[str]:
    """Return the paths of the problems, those of rules left out."""
    return [problem.path for problem in Checker(method).check(payload) if problem.path]


@every_method
def test_each_missing_leaf_is_named_and_nothing_else(method: Method) -> None:
    """An example with one required leaf removed names exactly that path."""
    for param in method.params:
        below = [other for other in method.params if other.path.startswith(f"{param.path}.")]
        if not param.required or param.supplied or any(other.required for other in below):
            continue
        assert named(method, without(method.example, param.path)) == [param.path]


@every_method
def test_what_is_required_in_an_object_counts_where_the_object_is(method: Method) -> None:
    """Of an optional object nothing is missing where it is absent; empty, all it needs is."""
    for param in method.params:
        if param.kind is not Kind.OBJECT or find(method.example, param.path) is MISSING:
            continue
        needed = [
            other.path
            for other in method.params
            if other.required and other.path.rpartition(".")[0] == param.path
        ]
        absent = named(method, without(method.example, param.path))
        assert absent == (needed or [param.path] if param.required else [])
        if not needed:
            continue
        empty = copy.deepcopy(dict(method.example))
        put(empty, param.path.split("."), {})
        assert set(needed) <= set(named(method, empty))


@every_method
def test_each_wrong_type_is_named_and_nothing_else(method: Method) -> None:
    """A value of another type at any path is one problem, also where members were required."""
    for param in method.params:
        if param.kind is Kind.ANY or param.supplied:
            continue
        payload = copy.deepcopy(dict(method.example))
        put(payload, param.path.split("."), None)
        assert param.path in named(method, payload)
        if find(method.example, param.path) is not MISSING:
            assert named(method, payload) == [param.path]


@every_method
@settings(max_examples=10)  # of each of the 37
@given(data=st.data())
def test_unknown_members_pass(method: Method, data: st.DataObject) -> None:
    """What no document names is the server's affair: beside, and inside, what is known."""
    payload = copy.deepcopy(dict(method.example))
    objects = [param.path for param in method.params if param.kind is Kind.OBJECT]
    there = ["", *(path for path in objects if isinstance(find(payload, path), dict))]
    where = data.draw(st.sampled_from(there))
    prefix = where.split(".") if where else []
    put(payload, [*prefix, "x_" + data.draw(st.text(max_size=3))], data.draw(st.integers()))
    assert Checker(method).check(payload) == []


def test_everything_wrong_is_named_in_one_report() -> None:
    """No problem hides another."""
    method = API.methods["transfer_chat"]
    payload = {"target": {"type": "team"}, "force": 1}
    assert named(method, payload) == ["chat_id", "target.type", "target.ids", "force"]


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
    assert find({"a": {"b": {"c": 1}}, "n": None, "l": [1], "t": "x"}, path) == value


@given(st.lists(st.none() | st.integers(0, 9) | st.text()))
def test_a_quoted_value_is_short(value: Any) -> None:
    """A value is shown as JSON, cut where it would fill the report."""
    shown = quoted(value)
    assert len(shown) <= 60
    assert shown.endswith("…") or json.loads(shown) == value
