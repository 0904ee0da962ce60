"""Test the rows for filters."""

from rtmcli.catalogue.model import Constraint, Format, ParamType
from rtmcli.catalogue.v3_0 import filters


def test_a_text_filter_includes_or_excludes() -> None:
    """A filter on text has an object and two arrays, of which a rule allows one."""
    rows = filters.string_filter("filters.name", "names")
    rule = filters.single_operator_rule("filters.name")
    assert [(row.path, row.type) for row in rows] == [
        ("filters.name", ParamType.OBJECT),
        ("filters.name.values", ParamType.STRINGS),
        ("filters.name.exclude_values", ParamType.STRINGS),
    ]
    assert (rule.constraint, rule.paths) == (
        Constraint.AT_MOST_ONE,
        tuple(row.path for row in rows[1:]),
    )


def test_a_range_has_five_comparisons() -> None:
    """A filter on a count compares whole numbers in five ways."""
    head, *rows = filters.range_filter("n", "visits")
    assert (head.path, head.type) == ("n", ParamType.OBJECT)
    assert [row.path for row in rows] == ["n.lte", "n.lt", "n.gte", "n.gt", "n.eq"]
    assert {row.type for row in rows} == {ParamType.INTEGER}


def test_a_date_filter_compares_moments() -> None:
    """A filter on a moment compares dates with a time zone in the same five ways."""
    head, *rows = filters.date_filter("at", "it was")
    assert (head.path, head.type) == ("at", ParamType.OBJECT)
    assert [row.path for row in rows] == ["at.lte", "at.lt", "at.gte", "at.gt", "at.eq"]
    assert {(row.type, row.format) for row in rows} == {(ParamType.STRING, Format.DATE_TIME)}


def test_each_comparison_says_another_thing() -> None:
    """No two operators of a filter share their help."""
    for rows in (filters.range_filter("n", "visits"), filters.date_filter("at", "it was")):
        assert len({row.help for row in rows}) == len(rows)
