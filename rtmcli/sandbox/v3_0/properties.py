"""Properties in the words of v3.0.

In requests a value is bare, `{namespace: {name: value}}` (wrapped is accepted, too); in responses
and pushes it is wrapped, `{namespace: {name: {"value": value}}}`.
"""

from collections.abc import Mapping
from typing import Any

from rtmcli.sandbox.domain import properties
from rtmcli.sandbox.domain.model import JSONObject, Properties
from rtmcli.sandbox.domain.properties import PropertyTarget


def parse(raw: Mapping[str, Mapping[str, Any]], target: PropertyTarget) -> Properties:
    """Return the properties of a request; reject invalid ones."""
    bare = {
        namespace: {name: _unwrap(value) for name, value in names.items()}
        for namespace, names in raw.items()
    }
    return properties.validate(bare, target)


def _unwrap(value: Any) -> Any:
    return value["value"] if isinstance(value, dict) and value.keys() == {"value"} else value


def wrap(bare: Properties) -> JSONObject:
    """Wrap the values."""
    return {
        namespace: {name: {"value": value} for name, value in names.items()}
        for namespace, names in bare.items()
    }
