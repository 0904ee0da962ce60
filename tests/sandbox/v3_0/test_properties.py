"""Wrapping the values of properties."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from rtmcli.sandbox.domain.properties import NAMESPACES
from rtmcli.sandbox.v3_0 import properties

SAMPLE_VALUES = {
    "bool": st.booleans(),
    "int": st.integers(-(2**31), 2**31 - 1),
    "string": st.text("abc ", max_size=9),
    "tokenized_string": st.text("abc ", max_size=9),
}
bare_properties = st.fixed_dictionaries(
    {},
    optional={
        namespace: st.fixed_dictionaries(
            {},
            optional={
                name: SAMPLE_VALUES[definition.type]
                for name, definition in definitions.items()
                if definition.writable_by_agents
            },
        )
        for namespace, definitions in NAMESPACES.items()
    },
)


@given(bare_properties)
def test_bare_values_are_wrapped(bare: dict[str, Any]) -> None:
    """Each value becomes {"value": value}; wrapped values are accepted unchanged."""
    wrapped = properties.wrap(properties.parse(bare, "chat"))

    assert {
        namespace: {name: value["value"] for name, value in names.items()}
        for namespace, names in wrapped.items()
    } == bare
    assert properties.parse(wrapped, "chat") == properties.parse(bare, "chat") == bare
