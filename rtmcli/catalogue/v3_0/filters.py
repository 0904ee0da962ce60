"""Rows for the filters of customers: one object for each field, with its operators.

A filter on text takes one operator; the bounds of a range may be combined.
"""

from rtmcli.catalogue.model import Constraint, Format, Param, ParamType, Rule

_COUNT_OPERATORS = {
    "lte": "at most",
    "lt": "less than",
    "gte": "at least",
    "gt": "more than",
    "eq": "exactly",
}
_DATE_OPERATORS = {
    "lte": "at or before",
    "lt": "before",
    "gte": "at or after",
    "gt": "after",
    "eq": "at exactly",
}


def string_filter(path: str, label: str) -> tuple[Param, ...]:
    """Make the rows of a filter on text: `what` names the field, in the plural."""
    return (
        Param(path, ParamType.OBJECT, help=f"Which {label} to find."),
        Param(f"{path}.values", ParamType.STRINGS, help=f"Find these {label}."),
        Param(f"{path}.exclude_values", ParamType.STRINGS, help=f"Find all but these {label}."),
    )


def single_operator_rule(path: str) -> Rule:
    """Make the rule that a filter on text takes one operator."""
    # B19: "one value" means one operator; its array may hold several.
    return Rule(
        Constraint.AT_MOST_ONE,
        (f"{path}.values", f"{path}.exclude_values"),
        message=f"{path} takes either values or exclude_values, not both",
    )


def range_filter(path: str, label: str) -> tuple[Param, ...]:
    """Make the rows of a filter on a count: `what` names the things counted."""
    return (
        Param(path, ParamType.OBJECT, help=f"How many {label} a customer has."),
        *(
            Param(f"{path}.{name}", ParamType.INTEGER, help=f"With {words} this many {label}.")
            for name, words in _COUNT_OPERATORS.items()
        ),
    )


def date_filter(path: str, label: str) -> tuple[Param, ...]:
    """Make the rows of a filter on a moment: `what` names what happened then."""
    return (
        Param(path, ParamType.OBJECT, help=f"When {label}."),
        *(
            Param(
                f"{path}.{name}",
                ParamType.STRING,
                format=Format.DATE_TIME,
                help=f"When {label}: {words} this moment.",
            )
            for name, words in _DATE_OPERATORS.items()
        ),
    )
