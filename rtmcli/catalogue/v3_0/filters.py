"""Parameters of customer filters: an object for each field, with its operators.

A string filter takes one operator; those of a range may be combined.
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
    """Return the parameters of a string filter; `label` is the plural of the field."""
    return (
        Param(path, ParamType.OBJECT, help=f"Criteria for {label}."),
        Param(f"{path}.values", ParamType.STRINGS, help=f"Match any of these {label}."),
        Param(f"{path}.exclude_values", ParamType.STRINGS, help=f"Match none of these {label}."),
    )


def single_operator_rule(path: str) -> Rule:
    """Return the rule that a string filter takes one operator."""
    # B19: "one value" means one operator; its array may hold several values.
    return Rule(
        Constraint.AT_MOST_ONE,
        (f"{path}.values", f"{path}.exclude_values"),
        message=f"{path} takes either values or exclude_values, not both",
    )


def range_filter(path: str, label: str) -> tuple[Param, ...]:
    """Return the parameters of a filter on a count; `label` is the plural of what is counted."""
    return (
        Param(path, ParamType.OBJECT, help=f"Criteria for the number of {label}."),
        *(
            Param(f"{path}.{name}", ParamType.INTEGER, help=f"With {words} this many {label}.")
            for name, words in _COUNT_OPERATORS.items()
        ),
    )


def date_filter(path: str, label: str) -> tuple[Param, ...]:
    """Return the parameters of a filter on a time; `label` is the clause after "when"."""
    return (
        Param(path, ParamType.OBJECT, help=f"Criteria for when {label}."),
        *(
            Param(
                f"{path}.{name}",
                ParamType.STRING,
                format=Format.DATE_TIME,
                help=f"When {label}: {words} this time.",
            )
            for name, words in _DATE_OPERATORS.items()
        ),
    )
