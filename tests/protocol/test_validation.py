"""Validation of payloads: all problems are reported, and unknown members are valid."""

import copy
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rtmcli.catalogue.model import Constraint, Format, Method, Param, ParamType, Rule, Severity
from rtmcli.catalogue.v3_0 import API
from rtmcli.protocol.json_codec import RawNumber
from rtmcli.protocol.paths import MISSING, get_path, set_path
from rtmcli.protocol.validation import PayloadValidator, Problem, short_json

every_method = pytest.mark.parametrize(
    "method", API.methods.values(), ids=[method.command for method in API.methods.values()]
)


# --- types ---

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
    "[{a: 5}]": [{"a": 5}],
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
    ParamType.NUMBER: {"0", "-5", "1.5", "1e400"},
    ParamType.BOOLEAN: {"true"},
    ParamType.OPTIONAL_BOOLEAN: {"true", "null"},
    ParamType.OBJECT: OBJECTS,
    ParamType.ANY: set(VALUES),
    ParamType.ID: {"0", "-5", "text"},
    ParamType.STRINGS: {"[]", "[text]"},
    ParamType.INTEGERS: {"[]", "[5]"},
    ParamType.IDS: {"[]", "[text]", "[5]", "[5 text]"},
    ParamType.OBJECTS: {"[]", "[{}]", "[{a: 5}]"},
    ParamType.PAIRS: {"[]", "[{a: 5}]"},
    ParamType.STRING_MAP: {"{}", "{a: text}"},
    ParamType.INTEGER_MAP: {"{}", "{a: 5}"},
    ParamType.PROPERTIES: NESTED,
    ParamType.PROPERTY_NAMES: {"{}", "{a: []}", "{a: [text]}"},
    ParamType.PROPERTY_FILTERS: {
        "{}", "{a: {}}", "{a: {b: exists}}", "{a: {b: values}}", "{a: {b: exclude}}",
    },
    ParamType.PUSH_NAMES: {"{a: []}", "{a: [text]}"},
}  # fmt: skip  # a table


@pytest.mark.parametrize("param_type", ParamType)
def test_each_type_accepts_its_values_only(param_type: ParamType) -> None:
    """The table lists the valid values of each type."""
    method = Method("a", "", params=(Param("p", param_type),))
    accepted = {
        name
        for name, value in VALUES.items()
        if not PayloadValidator(method).validate({"p": value})
    }
    assert accepted == ACCEPTED[param_type]


def test_a_problem_names_path_expectation_value_and_flag() -> None:
    """The problem of a rule has only a message."""
    method = Method(
        "a", "", params=(Param("p.q_r", ParamType.INTEGERS), Param("p", ParamType.OBJECT))
    )
    [problem] = PayloadValidator(method._replace(params=method.params[::-1])).validate(
        {"p": {"q_r": "five"}}
    )
    assert problem == Problem("p.q_r", 'must be an array of integers, not "five"', "--p-q-r")
    assert str(problem) == 'p.q_r must be an array of integers, not "five" (--p-q-r)'
    assert str(Problem("", "a rule")) == "a rule"


# --- limits ---

STRING_PARAM = Param("p", ParamType.STRING)
INTEGER_PARAM = Param("p", ParamType.INTEGER, at_least=1, at_most=100)
ONE_CHOICE = STRING_PARAM._replace(choices=("agent",))
TWO_CHOICES = STRING_PARAM._replace(choices=("agent", "customer"))
STRINGS_PARAM = TWO_CHOICES._replace(type=ParamType.STRINGS, max_items=2)
THREE_CHOICES = STRING_PARAM._replace(choices=("agent", "customer", "all"))


@pytest.mark.parametrize(
    ("param", "value", "message"),
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
        (STRING_PARAM._replace(max_bytes=16384), "é" * 8192, ""),
        (
            STRING_PARAM._replace(max_bytes=16384),
            "é" * 8192 + "x",
            "must be at most 16 KB of UTF-8",
        ),
        (STRINGS_PARAM, ["agent", "customer"], ""),
        (
            STRINGS_PARAM,
            ["agent", "x", "y"],
            'must be agent or customer, not "x"',
        ),
        (
            STRINGS_PARAM,
            ["agent"] * 3,
            "must have at most 2 items, not 3",
        ),
    ],
)
def test_choices_ranges_and_lengths(param: Param, value: Any, message: str) -> None:
    """Limits are inclusive; the message says what is expected."""
    problems = PayloadValidator(Method("a", "", params=(param,))).validate({"p": value})
    assert [problem.message for problem in problems] == ([message] if message else [])


@pytest.mark.parametrize("severity", Severity)
def test_the_parameter_sets_the_severity(severity: Severity) -> None:
    """It applies to choices, range and format; a wrong type is always an error."""
    method = Method("a", "", params=(INTEGER_PARAM._replace(severity=severity),))
    assert [problem.severity for problem in PayloadValidator(method).validate({"p": 0})] == [
        severity
    ]
    assert [problem.severity for problem in PayloadValidator(method).validate({"p": "x"})] == [
        Severity.ERROR
    ]


def test_a_minimum_may_have_its_own_severity() -> None:
    """It applies to values below the minimum only."""
    param = INTEGER_PARAM._replace(min_severity=Severity.WARNING)
    validator = PayloadValidator(Method("a", "", params=(param,)))
    severities = {value: validator.validate({"p": value})[0].severity for value in (0, 101)}
    assert severities == {0: Severity.WARNING, 101: Severity.ERROR}


# --- items ---

ITEM_PARAM = Param(
    "list.users",
    ParamType.OBJECTS,
    items=(
        Param("id", ParamType.STRING, required=True),
        Param("type", ParamType.STRING, choices=("agent", "customer"), severity=Severity.WARNING),
        Param("links", ParamType.OBJECTS, items=(Param("url", ParamType.STRING, required=True),)),
    ),
)
ITEM_METHOD = Method("a", "", params=(Param("list", ParamType.OBJECT), ITEM_PARAM))


def test_each_item_of_an_array_is_validated() -> None:
    """A problem's path contains the index; the flag is that of the array."""
    users = [{"id": "x", "type": "agent"}, {"type": "bot"}, {"id": "x", "links": [{}]}]
    problems = PayloadValidator(ITEM_METHOD).validate({"list": {"users": users}})
    assert [(problem.path, problem.flag, problem.severity) for problem in problems] == [
        ("list.users[1].id", "--list-users", Severity.ERROR),
        ("list.users[1].type", "--list-users", Severity.WARNING),
        ("list.users[2].links[0].url", "--list-users", Severity.ERROR),
    ]


@pytest.mark.parametrize("users", [[{"id": "x"}, 5], {"id": 5}, "x", None])
def test_items_of_a_wrong_type_are_one_problem(users: Any) -> None:
    """Only the array is reported."""
    [problem] = PayloadValidator(ITEM_METHOD).validate({"list": {"users": users}})
    assert problem.path == "list.users"


# Valid and invalid texts of each format.
FORMATS = {
    Format.DATE: """
        2019-12-31 2020-02-29 0001-01-01
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
    Format.PHONE_NUMBER: """
        +48123456789 +12 +123456789012345
        not: 48123456789 +0123 +1 +1234567890123456 +48-123 +48x
    """,
}


@pytest.mark.parametrize("format_", FORMATS)
def test_formats(format_: Format) -> None:
    """Dates, RFC 3339 times with a time zone, the form of a customer's id, E.164 numbers."""
    method = Method("a", "", params=(STRING_PARAM._replace(format=format_),))
    good, bad = (words.split() for words in FORMATS[format_].split("not:"))
    assert [text for text in good if PayloadValidator(method).validate({"p": text})] == []
    for text in [*bad, "", f"{good[0]}\n"]:
        [problem] = PayloadValidator(method).validate({"p": text})
        assert problem.message == f"must be in the format {format_.value}, not {json.dumps(text)}"


# --- rules ---

# For each constraint: which of the paths a and b may be present together.
CONSTRAINTS = {
    Constraint.AT_LEAST_ONE: ["a", "b", "ab"],
    Constraint.ALL_OR_NONE: ["", "ab"],
    Constraint.AT_MOST_ONE: ["", "a", "b"],
    Constraint.NOT_ALL_TRUE: ["", "a", "b"],
    Constraint.EXCLUDES: ["", "a", "b"],
    Constraint.REQUIRES: ["", "b", "ab"],
    Constraint.DISJOINT: ["", "a", "b", "ab"],  # true is not an array
    Constraint.FORBIDDEN: [],
}


@pytest.mark.parametrize("constraint", Constraint)
def test_each_constraint(constraint: Constraint) -> None:
    """The table lists which of two paths may be present (and true)."""
    params = tuple(Param(name, ParamType.BOOLEAN) for name in "ab")
    rule = Rule(constraint, ("a", "b"), "a rule", severity=Severity.WARNING)
    method = Method("m", "", params=params, rules=(rule,))
    allowed = []
    for present in ("", "a", "b", "ab"):
        problems = PayloadValidator(method).validate(dict.fromkeys(present, True))
        assert problems in ([], [Problem("", "a rule", "", Severity.WARNING)])
        allowed += [] if problems else [present]
    assert allowed == CONSTRAINTS[constraint]


@pytest.mark.parametrize(
    ("payload", "violated"),
    [({}, False), ({"t": "y"}, False), ({"t": "x"}, True), ({"t": 1}, False)],
)
def test_a_rule_may_have_a_condition(payload: dict[str, Any], violated: bool) -> None:
    """The rule applies only if the condition is met."""
    rule = Rule(Constraint.FORBIDDEN, ("a",), "a rule", when={"t": "x"})
    problems = PayloadValidator(Method("m", "", rules=(rule,))).validate(payload)
    assert [problem.message for problem in problems] == (["a rule"] if violated else [])


def test_all_conditions_of_a_rule_must_be_met() -> None:
    """One of two does not suffice."""
    rule = Rule(Constraint.FORBIDDEN, ("a",), "a rule", when={"t": "x", "u": "y"})
    validator = PayloadValidator(Method("m", "", rules=(rule,)))
    assert not validator.validate({"t": "x"})
    assert not validator.validate({"t": "x", "u": "x"})
    assert validator.validate({"t": "x", "u": "y"})


@pytest.mark.parametrize(
    ("payload", "violated"),
    [
        ({"a": ["x"], "b": ["y", "y"]}, False),
        ({"a": ["x"], "b": ["y"], "c": ["x"]}, True),
        ({"a": [{"n": 1}], "c": [{"n": 1}]}, True),
        ({"a": ["x"]}, False),
    ],
)
def test_disjoint_arrays_have_no_common_value(payload: dict[str, Any], violated: bool) -> None:
    """A value may be in the same array twice; values are compared as JSON."""
    rule = Rule(Constraint.DISJOINT, ("a", "b", "c"), "a rule")
    problems = PayloadValidator(Method("m", "", rules=(rule,))).validate(payload)
    assert [problem.message for problem in problems] == (["a rule"] if violated else [])


def test_exclusion_and_requirement_concern_the_first_path() -> None:
    """The others may be combined with each other."""
    excludes = Rule(Constraint.EXCLUDES, ("a", "b", "c"), "excludes")
    requires = Rule(Constraint.REQUIRES, ("a", "b", "c"), "requires")
    validator = PayloadValidator(Method("m", "", rules=(excludes, requires)))
    messages = {
        present: [problem.message for problem in validator.validate(dict.fromkeys(present, 1))]
        for present in ("bc", "a", "ac")
    }
    assert messages == {"bc": [], "a": ["requires"], "ac": ["excludes"]}


def test_not_all_true_applies_to_true_only() -> None:
    """False, or a value of another type, is allowed."""
    rule = Rule(Constraint.NOT_ALL_TRUE, ("a", "b"), "a rule")
    method = Method("m", "", rules=(rule,))
    assert not PayloadValidator(method).validate({"a": True, "b": False})
    assert not PayloadValidator(method).validate({"a": True, "b": 1})


# --- all methods ---


def remove_path(payload: Any, path: str) -> Any:
    """Copy a payload without the value at a path."""
    payload = copy.deepcopy(payload)
    parent, _, name = path.rpartition(".")
    del (get_path(payload, parent) if parent else payload)[name]
    return payload


def problem_paths(method: Method, payload: Any) -> list[str]:
    """Return the paths of the problems, except those of rules."""
    return [problem.path for problem in PayloadValidator(method).validate(payload) if problem.path]


@every_method
def test_a_missing_value_is_the_only_problem(method: Method) -> None:
    """For the example without any one of its required values."""
    for param in method.params:
        members = [other for other in method.params if other.path.startswith(f"{param.path}.")]
        if not param.required or param.set_by_session or any(other.required for other in members):
            continue
        assert problem_paths(method, remove_path(method.example, param.path)) == [param.path]


@every_method
def test_members_of_an_optional_object_are_required_only_with_it(method: Method) -> None:
    """An absent optional object causes no problem; an empty one lacks its required members."""
    for param in method.params:
        if param.type is not ParamType.OBJECT or get_path(method.example, param.path) is MISSING:
            continue
        required = [
            other.path
            for other in method.params
            if other.required and other.path.rpartition(".")[0] == param.path
        ]
        absent = problem_paths(method, remove_path(method.example, param.path))
        assert absent == (required or [param.path] if param.required else [])
        if not required:
            continue
        empty = copy.deepcopy(dict(method.example))
        set_path(empty, param.path.split("."), {})
        assert set(required) <= set(problem_paths(method, empty))


@every_method
def test_a_wrong_type_is_the_only_problem(method: Method) -> None:
    """Missing members of the wrong value are not reported."""
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
def test_unknown_members_are_valid(method: Method, data: st.DataObject) -> None:
    """At the top level and in any object."""
    payload = copy.deepcopy(dict(method.example))
    objects = [param.path for param in method.params if param.type is ParamType.OBJECT]
    present = ["", *(path for path in objects if isinstance(get_path(payload, path), dict))]
    parent = data.draw(st.sampled_from(present))
    prefix = parent.split(".") if parent else []
    set_path(payload, [*prefix, "x_" + data.draw(st.text(max_size=3))], data.draw(st.integers()))
    assert PayloadValidator(method).validate(payload) == []


def test_all_problems_are_reported_together() -> None:
    """In the order of the parameters."""
    method = API.methods["transfer_chat"]
    payload = {"target": {"type": "team"}, "force": 1}
    assert problem_paths(method, payload) == ["chat_id", "target.type", "target.ids", "force"]


# --- ids, tags and filters ---


SELECTORS = Method(
    "a",
    "",
    params=(
        Param("chat_id", ParamType.STRING),
        Param("thread_ids", ParamType.STRINGS),
        Param("tag", ParamType.STRING, choices=("x",), severity=Severity.NOTE),
        Param("access", ParamType.OBJECT),
        Param("access.id", ParamType.ID),
        Param("user_ids", ParamType.STRINGS, may_be_empty=True),
        Param("text", ParamType.STRING),
        Param("filters", ParamType.OBJECT),
        Param("filters.query", ParamType.STRING),
        Param("filters.active", ParamType.OPTIONAL_BOOLEAN),
        Param("filters.groups", ParamType.INTEGERS),
        Param("filters.country", ParamType.OBJECT),
        Param("filters.properties", ParamType.PROPERTY_FILTERS),
        Param(
            "filters.forms",
            ParamType.OBJECTS,
            items=(Param("type", ParamType.STRING), Param("values", ParamType.STRINGS)),
        ),
    ),
)
EMPTY = "must not be empty"
EMPTY_FILTER = "must not be empty: it would match everything"
EMPTY_ITEM = "must not have an empty item"


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        ("chat_id", "x", ""),
        ("chat_id", "", EMPTY),
        ("chat_id", " ", EMPTY),
        ("chat_id", "\r", EMPTY),
        ("chat_id", "x\r", 'must not end in a line end: "x\\r"'),
        ("chat_id", "x\n", 'must not end in a line end: "x\\n"'),
        ("thread_ids", [], EMPTY),
        ("thread_ids", ["x", ""], EMPTY_ITEM),
        ("thread_ids", ["x\r"], 'must not end in a line end: ["x\\r"]'),
        ("tag", "", EMPTY),
        ("tag", "x\r", 'must not end in a line end: "x\\r"'),
        ("user_ids", [], ""),
        ("text", "", ""),
        ("text", "x\r", ""),
    ],
)
def test_an_identifier_is_not_empty(path: str, value: Any, message: str) -> None:
    """T142: an unset variable, or a line of a file with CRLF, must not select anything."""
    problems = PayloadValidator(SELECTORS).validate({path: value})
    assert [str(each) for each in problems] == (
        [f"{path} {message} ({Param(path, ParamType.ANY).flag})"] if message else []
    )
    assert all(each.severity is Severity.ERROR for each in problems)


def test_an_id_of_open_type_is_not_empty() -> None:
    """T142: an integer has no text."""
    assert problem_paths(SELECTORS, {"access": {"id": 0}}) == []
    assert problem_paths(SELECTORS, {"access": {"id": ""}}) == ["access.id"]


@pytest.mark.parametrize(
    ("filters", "message"),
    [
        ({}, ""),
        ({"active": None}, ""),
        ({"active": False, "groups": [0], "query": "0"}, ""),
        ({"properties": {"ns": {"name": {"values": [""]}}}}, ""),
        ({"query": ""}, f"filters.query {EMPTY_FILTER} (--filters-query)"),
        ({"query": "  "}, f"filters.query {EMPTY_FILTER} (--filters-query)"),
        ({"groups": []}, f"filters.groups {EMPTY_FILTER} (--filters-groups)"),
        ({"country": {}}, f"filters.country {EMPTY_FILTER} (--filters-country)"),
        ({"properties": {}}, f"filters.properties {EMPTY_FILTER} (--filters-properties)"),
        (
            {"properties": {"ns": {"name": {"values": []}}}},
            f"filters.properties {EMPTY_FILTER} (--filters-properties)",
        ),
        ({"forms": []}, f"filters.forms {EMPTY_FILTER} (--filters-forms)"),
        (
            {"forms": [{"type": "x", "values": []}]},
            f"filters.forms[0].values {EMPTY_FILTER} (--filters-forms)",
        ),
        ({"forms": [{"values": [""]}]}, f"filters.forms[0].values {EMPTY_ITEM} (--filters-forms)"),
    ],
)
def test_a_filter_is_not_empty(filters: dict[str, Any], message: str) -> None:
    """T143: it would match everything; null is a value of 3.6."""
    problems = PayloadValidator(SELECTORS).validate({"filters": filters})
    assert [str(each) for each in problems] == ([message] if message else [])


# --- days that do not exist ---


@pytest.mark.parametrize(
    ("format_", "day", "exists"),
    [
        (Format.DATE, "2020-02-29", True),
        (Format.DATE, "2020-02-30", False),
        (Format.DATE, "2019-02-29", False),
        (Format.DATE, "2019-04-31", False),
        (Format.DATE, "0000-01-01", False),
        (Format.DATE_TIME, "2020-02-29T12:00:00Z", True),
        (Format.DATE_TIME, "2021-02-29T12:00:00Z", False),
    ],
)
def test_a_day_must_exist(format_: Format, day: str, exists: bool) -> None:
    """T142: the calendar has no 30 February."""
    method = Method("a", "", params=(STRING_PARAM._replace(format=format_),))
    problems = PayloadValidator(method).validate({"p": day})
    assert [each.message for each in problems] == (
        [] if exists else [f'must be a day that exists, not "{day}"']
    )


# --- misspelled members ---


@pytest.mark.parametrize(
    ("payload", "messages"),
    [
        ({"custmer_id": "x", "ban": {"days": 1}}, ["customer_id", "custmer_id"]),
        ({"customerId": "x", "ban": {"days": 1}}, ["customer_id", "customerId"]),
        ({"customer_id": "x", "bann": {"days": 1}}, ["ban.days", "bann"]),
        ({"customer_id": "x", "ban": {"day": 1}}, ["ban.days", "ban.day"]),
    ],
)
def test_a_misspelled_member_explains_a_missing_one(
    payload: dict[str, Any], messages: list[str]
) -> None:
    """T144: the hint is in the error, not beside it."""
    [problem] = PayloadValidator(API.methods["ban_customer"]).validate(payload)
    missing, found = messages
    assert (problem.path, problem.is_missing, problem.severity) == (missing, True, Severity.ERROR)
    assert problem.message == f"is required, but the payload has {found}"


def test_a_misspelled_member_leaves_other_problems_as_they_are() -> None:
    """They have other reasons."""
    validator = PayloadValidator(API.methods["ban_customer"])
    problems = validator.validate({"custmer_id": "x", "ban": {"days": 0}})
    assert [(each.path, each.message) for each in problems] == [
        ("customer_id", "is required, but the payload has custmer_id"),
        ("ban.days", "must be at least 1, not 0"),
    ]


def test_a_misspelled_optional_member_is_a_note() -> None:
    """T144: it is sent, because a server may know more than its documents."""
    validator = PayloadValidator(API.methods["get_archives"])
    assert validator.validate({"filter": {}, "pagination": {"pages": 1, "limt": 2}}) == [
        Problem("filter", "is unknown; did you mean filters?", severity=Severity.NOTE),
        Problem(
            "pagination.pages",
            "is unknown; did you mean pagination.page?",
            severity=Severity.NOTE,
        ),
        Problem(
            "pagination.limt",
            "is unknown; did you mean pagination.limit?",
            severity=Severity.NOTE,
        ),
    ]


def test_a_member_beside_the_documented_one_is_not_misspelled() -> None:
    """T144: it has another meaning."""
    payload = {"chat_id": "x", "chat_ids": ["x"], "something": 1, "x" * 10_000: 1}
    assert PayloadValidator(API.methods["follow_chat"]).validate(payload) == []


def test_the_members_of_items_are_compared_too() -> None:
    """T144: with the path of the item."""
    method = Method(
        "a",
        "",
        params=(
            Param(
                "users",
                ParamType.OBJECTS,
                items=(
                    Param("type", ParamType.STRING, required=True),
                    Param("name", ParamType.STRING),
                ),
            ),
        ),
    )
    problems = PayloadValidator(method).validate({"users": [{"tpye": "x", "names": "y"}]})
    assert [str(each) for each in problems] == [
        "users[0].type is required, but the payload has tpye (--users)",
        "users[0].names is unknown; did you mean name? (--users)",
    ]


# --- formatting ---


@given(st.lists(st.none() | st.integers(0, 9) | st.text()))
def test_short_json_is_truncated(value: Any) -> None:
    """It is JSON if it has at most 60 characters."""
    text = short_json(value)
    assert len(text) <= 60
    assert text.endswith("…") or json.loads(text) == value
