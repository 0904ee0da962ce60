"""Properties: definitions, validation, changes and filters.

They have the form `{namespace: {name: value}}`.
"""

from collections.abc import Callable, Mapping
from typing import Any, Literal, NamedTuple

from rtmcli.protocol.validation import short_json
from rtmcli.sandbox.domain.errors import forbid, reject
from rtmcli.sandbox.domain.model import Properties

PropertyTarget = Literal["chat", "thread", "event"]
_ALL_TARGETS = frozenset({"chat", "thread", "event"})
_CHATS_AND_THREADS = frozenset({"chat", "thread"})


class PropertyDefinition(NamedTuple):
    """A property's type, the objects that can have it, and whether agents may change it."""

    type: str
    targets: frozenset[str] = _ALL_TARGETS
    writable_by_agents: bool = True


NAMESPACES: dict[str, dict[str, PropertyDefinition]] = {
    "test": {  # exists on every license
        "bool_property": PropertyDefinition("bool"),
        "int_property": PropertyDefinition("int"),
        "string_property": PropertyDefinition("string"),
        "tokenized_string_property": PropertyDefinition("tokenized_string"),
    },
    "rating": {
        "score": PropertyDefinition("int"),
        "comment": PropertyDefinition("string"),
    },
    "source": {
        "client_id": PropertyDefinition("string"),
        "type": PropertyDefinition("string"),
    },
    "routing": {
        "idle": PropertyDefinition("bool", _CHATS_AND_THREADS, writable_by_agents=False),
        "unassigned": PropertyDefinition("bool", _CHATS_AND_THREADS, writable_by_agents=False),
        "pinned": PropertyDefinition("bool", _CHATS_AND_THREADS),
        "continuous": PropertyDefinition("bool", _CHATS_AND_THREADS),
        "referrer": PropertyDefinition("string", _CHATS_AND_THREADS, writable_by_agents=False),
        "start_url": PropertyDefinition("string", _CHATS_AND_THREADS, writable_by_agents=False),
    },
    "supervising": {
        "agent_ids": PropertyDefinition("string", _CHATS_AND_THREADS),
    },
    "lc2": {
        "archives_id": PropertyDefinition("string", _CHATS_AND_THREADS, writable_by_agents=False),
    },
}


def _is_int32(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and -(2**31) <= value < 2**31


_VALUE_TYPES: dict[str, tuple[str, Callable[[object], bool]]] = {
    "bool": ("true or false", lambda value: isinstance(value, bool)),
    "int": ("a 32-bit integer", _is_int32),
    "string": ("a string", lambda value: isinstance(value, str)),
    "tokenized_string": ("a string", lambda value: isinstance(value, str)),
}


def _find_definition(namespace: str, name: str, target: PropertyTarget) -> PropertyDefinition:
    names = NAMESPACES.get(namespace)
    if names is None:
        reject(f"property namespace {namespace} not found")
    definition = names.get(name)
    if definition is None:
        reject(f"property {namespace}.{name} not found")
    if target not in definition.targets:
        reject(f"property {namespace}.{name} is not defined for {target}s")
    if not definition.writable_by_agents:
        forbid(f"agents may not change property {namespace}.{name}")
    return definition


def validate(properties: Mapping[str, Mapping[str, Any]], target: PropertyTarget) -> Properties:
    """Return the properties of a request; reject them unless all are defined and writable."""
    for namespace, names in properties.items():
        for name, value in names.items():
            expected, is_valid = _VALUE_TYPES[_find_definition(namespace, name, target).type]
            if not is_valid(value):
                reject(f"property {namespace}.{name} must be {expected}, not {short_json(value)}")
    return {namespace: dict(names) for namespace, names in properties.items()}


def validate_names(names_by_namespace: Mapping[str, list[str]], target: PropertyTarget) -> None:
    """Reject the names of properties to delete unless all are defined."""
    for namespace, names in names_by_namespace.items():
        for name in names:
            _find_definition(namespace, name, target)


def merge(old: Properties, new: Properties) -> Properties:
    """Return the old properties updated with the new ones."""
    return {**old, **{each: {**old.get(each, {}), **names} for each, names in new.items()}}


def remove(old: Properties, names_by_namespace: Mapping[str, list[str]]) -> Properties:
    """Return the properties without the named ones and without empty namespaces."""
    remaining = {
        namespace: {
            name: value
            for name, value in names.items()
            if name not in names_by_namespace.get(namespace, ())
        }
        for namespace, names in old.items()
    }
    return {namespace: names for namespace, names in remaining.items() if names}


def get_value(properties: Properties, namespace: str, name: str) -> Any:
    """Return the value of a property, or None."""
    return properties.get(namespace, {}).get(name)


def matches(properties: Properties, filters: Mapping[str, Mapping[str, Mapping[str, Any]]]) -> bool:
    """Return whether properties match all filters, `{namespace: {name: {operator: operand}}}`."""
    return all(
        _matches_filter(get_value(properties, namespace, name), operator, operand)
        for namespace, names in filters.items()
        for name, operators in names.items()
        for operator, operand in operators.items()
    )


def _matches_filter(value: Any, operator: str, operand: Any) -> bool:
    if operator == "exists":
        return (value is not None) is operand
    is_listed = any(type(value) is type(each) and value == each for each in operand)
    return is_listed is (operator == "values")


def validate_filters(filters: Mapping[str, Mapping[str, Any]]) -> None:
    """Reject filters on properties that are not defined."""
    for namespace, names in filters.items():
        for name in names:
            if name not in NAMESPACES.get(namespace, ()):
                reject(f"property {namespace}.{name} not found")
