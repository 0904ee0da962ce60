"""Properties: which there are, what they take, and how they change.

In requests a value is bare, `{namespace: {name: value}}` (wrapped is accepted too); everywhere
else it is wrapped, `{namespace: {name: {"value": value}}}`. They are kept as they go on the wire.
"""

from collections.abc import Callable, Mapping
from typing import Any, Literal

from rtmcli.protocol.validation import quoted
from rtmcli.row import Row
from rtmcli.sandbox.model import Wire
from rtmcli.sandbox.seam import Refusal
from rtmcli.sandbox.state import refuse

Place = Literal["chat", "thread", "event"]
_EVERYWHERE = frozenset({"chat", "thread", "event"})
_THREADS = frozenset({"chat", "thread"})


class Property(Row):
    """What one property takes, where it may stand, and whether agents may change it."""

    type: str
    places: frozenset[str] = _EVERYWHERE
    by_agents: bool = True


NAMESPACES: dict[str, dict[str, Property]] = {
    "test": {  # every licence has it
        "bool_property": Property("bool"),
        "int_property": Property("int"),
        "string_property": Property("string"),
        "tokenized_string_property": Property("tokenized_string"),
    },
    "rating": {
        "score": Property("int"),
        "comment": Property("string"),
    },
    "source": {
        "client_id": Property("string"),
        "type": Property("string"),
    },
    "routing": {
        "idle": Property("bool", _THREADS, by_agents=False),
        "unassigned": Property("bool", _THREADS, by_agents=False),
        "pinned": Property("bool", _THREADS),
        "continuous": Property("bool", _THREADS),
        "referrer": Property("string", _THREADS, by_agents=False),
        "start_url": Property("string", _THREADS, by_agents=False),
    },
    "supervising": {
        "agent_ids": Property("string", _THREADS),
    },
    "lc2": {
        "archives_id": Property("string", _THREADS, by_agents=False),
    },
}


def _is_int32(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and -(2**31) <= value < 2**31


_TYPES: dict[str, tuple[str, Callable[[object], bool]]] = {
    "bool": ("true or false", lambda value: isinstance(value, bool)),
    "int": ("a whole number of 32 bits", _is_int32),
    "string": ("a string", lambda value: isinstance(value, str)),
    "tokenized_string": ("a string", lambda value: isinstance(value, str)),
}


def _defined(namespace: str, name: str, place: Place) -> Property:
    names = NAMESPACES.get(namespace)
    if names is None:
        refuse(f"property namespace {namespace} not found")
    row = names.get(name)
    if row is None:
        refuse(f"property {namespace}.{name} not found")
    if place not in row.places:
        refuse(f"property {namespace}.{name} does not exist in {place}s")
    if not row.by_agents:
        raise Refusal("authorization", f"agents may not change property {namespace}.{name}")
    return row


def wrapped(given: Mapping[str, Mapping[str, Any]], place: Place) -> Wire:
    """Check the properties of a request and wrap their values; refuse what is not defined."""
    return {
        namespace: {name: {"value": _checked(namespace, name, value, place)} for name, value in
                    names.items()}
        for namespace, names in given.items()
    }  # fmt: skip


def _checked(namespace: str, name: str, value: Any, place: Place) -> Any:
    expected, holds = _TYPES[_defined(namespace, name, place).type]
    if isinstance(value, dict) and value.keys() == {"value"}:
        value = value["value"]
    if not holds(value):
        refuse(f"property {namespace}.{name} must be {expected}, not {quoted(value)}")
    return value


def check_names(given: Mapping[str, list[str]], place: Place) -> None:
    """Check the names of properties to delete; refuse what is not defined."""
    for namespace, names in given.items():
        for name in names:
            _defined(namespace, name, place)


def merged(old: Wire, new: Wire) -> Wire:
    """Return the properties with others set."""
    return {**old, **{each: {**old.get(each, {}), **names} for each, names in new.items()}}


def without(old: Wire, given: Mapping[str, list[str]]) -> Wire:
    """Return the properties less those of the names; an empty namespace goes too."""
    left = {
        namespace: {
            name: value for name, value in names.items() if name not in given.get(namespace, ())
        }
        for namespace, names in old.items()
    }
    return {namespace: names for namespace, names in left.items() if names}


def value_of(properties: Wire, namespace: str, name: str) -> Any:
    """Return a property's bare value, or None."""
    wrapping = properties.get(namespace, {}).get(name)
    return None if wrapping is None else wrapping["value"]


def match(properties: Wire, filters: Mapping[str, Mapping[str, Mapping[str, Any]]]) -> bool:
    """Tell whether properties pass all filters, `{namespace: {name: {filter: value}}}`."""
    return all(
        _passes(value_of(properties, namespace, name), kind, operand)
        for namespace, names in filters.items()
        for name, operators in names.items()
        for kind, operand in operators.items()
    )


def _passes(value: Any, kind: str, operand: Any) -> bool:
    if kind == "exists":
        return (value is not None) is operand
    found = any(type(value) is type(each) and value == each for each in operand)
    return found is (kind == "values")


def check_filters(filters: Mapping[str, Mapping[str, Any]]) -> None:
    """Refuse filters on properties that are not defined."""
    for namespace, names in filters.items():
        for name in names:
            if name not in NAMESPACES.get(namespace, ()):
                refuse(f"property {namespace}.{name} not found")
