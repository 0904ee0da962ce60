"""Test the parameters of customer filters."""

from rtmcli.catalogue.model import Constraint, Format, ParamType
from rtmcli.catalogue.v3_0 import filters


def test_a_string_filter_has_two_exclusive_operators() -> None:
    """A rule allows only one of the two arrays."""
    params = filters.string_filter("filters.name", "names")
    rule = filters.single_operator_rule("filters.name")
    assert [(param.path, param.type) for param in params] == [
        ("filters.name", ParamType.OBJECT),
        ("filters.name.values", ParamType.STRINGS),
        ("filters.name.exclude_values", ParamType.STRINGS),
    ]
    assert (rule.constraint, rule.paths) == (
        Constraint.AT_MOST_ONE,
        tuple(param.path for param in params[1:]),
    )


def test_a_count_filter_has_five_operators() -> None:
    """They take integers."""
    head, *operators = filters.range_filter("n", "visits")
    assert (head.path, head.type) == ("n", ParamType.OBJECT)
    assert [param.path for param in operators] == ["n.lte", "n.lt", "n.gte", "n.gt", "n.eq"]
    assert {param.type for param in operators} == {ParamType.INTEGER}


def test_a_date_filter_has_five_operators() -> None:
    """They take times with a time zone."""
    head, *operators = filters.date_filter("at", "it was")
    assert (head.path, head.type) == ("at", ParamType.OBJECT)
    assert [param.path for param in operators] == ["at.lte", "at.lt", "at.gte", "at.gt", "at.eq"]
    assert {(param.type, param.format) for param in operators} == {
        (ParamType.STRING, Format.DATE_TIME)
    }


def test_the_help_of_each_operator_is_unique() -> None:
    """Within one filter, no two texts are equal."""
    for params in (filters.range_filter("n", "visits"), filters.date_filter("at", "it was")):
        assert len({param.help for param in params}) == len(params)
