"""Test the parameters and rules of filters."""

import pytest

from rtmcli.catalogue.model import Method, Param, ParamType, Severity
from rtmcli.catalogue.v3_6.filters import (
    date_range,
    exclusive_lists_rule,
    general_filter,
    nested_values_filter,
    operator_rules,
)
from rtmcli.protocol.validation import PayloadValidator


def test_a_general_filter_has_four_members() -> None:
    """The object itself comes first."""
    assert [(param.path, param.type) for param in general_filter("f", "tags")] == [
        ("f", ParamType.OBJECT),
        ("f.exists", ParamType.BOOLEAN),
        ("f.values", ParamType.STRINGS),
        ("f.exclude_values", ParamType.STRINGS),
        ("f.require_every_value", ParamType.BOOLEAN),
    ]


def test_the_type_of_the_values_may_differ() -> None:
    """Groups have integers as ids."""
    params = nested_values_filter("f", "groups", ParamType.INTEGERS)
    assert [param.type for param in params[1:]] == [ParamType.INTEGERS] * 2


@pytest.mark.parametrize("text", ["2026-05-01T00:00:00.000000+00:00", "2026-05-01T00:00:00Z"])
def test_a_range_consists_of_times(text: str) -> None:
    """Microseconds are optional."""
    validator = PayloadValidator(Method("a", "", params=date_range("f", "a thread")))
    assert validator.validate({"f": {"from": text, "to": text}}) == []


@pytest.mark.parametrize(
    ("members", "severities"),
    [
        (["values"], []),
        (["values", "require_every_value"], []),
        (["values", "exclude_values"], [Severity.ERROR]),
        (["require_every_value"], [Severity.WARNING]),
    ],
)
def test_a_filter_takes_one_operator(members: list[str], severities: list[Severity]) -> None:
    """A modifier alone has no effect."""
    rules = operator_rules("f", "values", "exclude_values")
    method = Method("a", "", params=(Param("f", ParamType.OBJECT),), rules=rules)
    problems = PayloadValidator(method).validate({"f": {name: [] for name in members}})
    assert [problem.severity for problem in problems] == severities


def test_included_and_excluded_values_cause_a_warning() -> None:
    """If the documentation does not say whether they may be combined."""
    method = Method("a", "", rules=(exclusive_lists_rule("f"),))
    [problem] = PayloadValidator(method).validate({"f": {"values": [], "exclude_values": []}})
    assert problem.severity is Severity.WARNING
