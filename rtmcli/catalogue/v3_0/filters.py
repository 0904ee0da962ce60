"""Rows for the filters of customers: one object for each field, with its operators.

A filter on text takes one operator; the bounds of a range may be combined.
"""

from rtmcli.catalogue.model import Format, Kind, Law, Param, Rule

_COMPARISONS = {
    "lte": "at most",
    "lt": "less than",
    "gte": "at least",
    "gt": "more than",
    "eq": "exactly",
}
_MOMENTS = {
    "lte": "at or before",
    "lt": "before",
    "gte": "at or after",
    "gt": "after",
    "eq": "at exactly",
}


def string_filter(path: str, what: str) -> tuple[Param, ...]:
    """Make the rows of a filter on text: `what` names the field, in the plural."""
    return (
        Param(path, Kind.OBJECT, help=f"Which {what} to find."),
        Param(f"{path}.values", Kind.STRINGS, help=f"Find these {what}."),
        Param(f"{path}.exclude_values", Kind.STRINGS, help=f"Find all but these {what}."),
    )


def one_operator(path: str) -> Rule:
    """Make the rule that a filter on text takes one operator."""
    # B19: "one value" means one operator; its array may hold several.
    return Rule(
        Law.AT_MOST_ONE,
        (f"{path}.values", f"{path}.exclude_values"),
        says=f"{path} takes either values or exclude_values, not both",
    )


def range_filter(path: str, what: str) -> tuple[Param, ...]:
    """Make the rows of a filter on a count: `what` names the things counted."""
    return (
        Param(path, Kind.OBJECT, help=f"How many {what} a customer has."),
        *(
            Param(f"{path}.{name}", Kind.INTEGER, help=f"With {words} this many {what}.")
            for name, words in _COMPARISONS.items()
        ),
    )


def date_filter(path: str, what: str) -> tuple[Param, ...]:
    """Make the rows of a filter on a moment: `what` names what happened then."""
    return (
        Param(path, Kind.OBJECT, help=f"When {what}."),
        *(
            Param(
                f"{path}.{name}",
                Kind.STRING,
                format=Format.DATE_TIME,
                help=f"When {what}: {words} this moment.",
            )
            for name, words in _MOMENTS.items()
        ),
    )
