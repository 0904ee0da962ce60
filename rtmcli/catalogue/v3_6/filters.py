"""Parameters of thread filters, and their rules."""

from rtmcli.catalogue.model import Constraint, Format, Param, ParamType, Rule, Severity


def date_range(path: str, label: str) -> tuple[Param, ...]:
    """Return the parameters of a range of times; `label` says of what."""
    return (
        Param(
            f"{path}.from",
            ParamType.STRING,
            format=Format.DATE_TIME,
            help=f"The earliest time of {label}.",
        ),
        Param(
            f"{path}.to",
            ParamType.STRING,
            format=Format.DATE_TIME,
            help=f"The latest time of {label}.",
        ),
    )


def values_filter(path: str, label: str, param_type: ParamType) -> tuple[Param, ...]:
    """Return the parameters for included and excluded values; `label` is their plural."""
    return (
        Param(f"{path}.values", param_type, help=f"Match any of these {label}."),
        Param(f"{path}.exclude_values", param_type, help=f"Match none of these {label}."),
    )


def nested_values_filter(path: str, label: str, param_type: ParamType) -> tuple[Param, ...]:
    """Return the parameters of an object with included and excluded values."""
    return (
        Param(path, ParamType.OBJECT, help=f"Criteria for {label}."),
        *values_filter(path, label, param_type),
    )


def require_every_value(path: str, label: str) -> Param:
    """Return the parameter that requires all values of a filter."""
    return Param(
        f"{path}.require_every_value",
        ParamType.BOOLEAN,
        default="false",
        help=f"Whether the listed {label} must all match, not any.",
    )


def general_filter(
    path: str, label: str, param_type: ParamType = ParamType.STRINGS
) -> tuple[Param, ...]:
    """Return the parameters of a filter with `exists`; `label` is the plural of the values."""
    return (
        Param(path, ParamType.OBJECT, help=f"Criteria for {label}."),
        Param(f"{path}.exists", ParamType.BOOLEAN, help=f"Whether there are any {label}."),
        *values_filter(path, label, param_type),
        require_every_value(path, label),
    )


def operator_rules(path: str, *operators: str) -> tuple[Rule, ...]:
    """Return the rules of a filter that takes one operator, which may have a modifier."""
    lists = (f"{path}.values", f"{path}.exclude_values")
    return (
        # B5: "one value" means one operator; its array may hold several values.
        Rule(
            Constraint.AT_MOST_ONE,
            tuple(f"{path}.{operator}" for operator in operators),
            message=f"{path} takes only one of {', '.join(operators)}",
        ),
        Rule(
            Constraint.REQUIRES,
            (f"{path}.require_every_value", *lists),
            message=f"{path}.require_every_value requires values or exclude_values",
            severity=Severity.WARNING,
        ),
    )


def exclusive_lists_rule(path: str) -> Rule:
    """Return the rule that a filter takes either included or excluded values."""
    # B15: the combination is not documented.
    return Rule(
        Constraint.AT_MOST_ONE,
        (f"{path}.values", f"{path}.exclude_values"),
        message=f"{path} takes either values or exclude_values, not both",
        severity=Severity.WARNING,
    )
