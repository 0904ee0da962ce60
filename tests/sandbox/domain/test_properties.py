"""Properties: definitions, changes, filters."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rtmcli.sandbox.domain import properties
from rtmcli.sandbox.domain.errors import DomainError, Refusal
from rtmcli.sandbox.domain.properties import NAMESPACES

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


@given(bare_properties, bare_properties)
def test_deleting_updated_properties_keeps_the_others(old: Any, new: Any) -> None:
    """After an update and a deletion of the same names, all other properties are as before."""
    before = properties.validate(old, "chat")
    names = {namespace: list(each) for namespace, each in new.items()}
    updated = properties.merge(before, properties.validate(new, "chat"))

    assert properties.remove(updated, names) == properties.remove(before, names)


@pytest.mark.parametrize(
    ("bare", "message"),
    [
        ({"tests": {"int_property": 1}}, "property namespace tests not found"),
        ({"test": {"property": 1}}, "property test.property not found"),
        (
            {"test": {"int_property": "1"}},
            'property test.int_property must be a 32-bit integer, not "1"',
        ),
        (
            {"test": {"int_property": True}},
            "property test.int_property must be a 32-bit integer, not true",
        ),
        (
            {"test": {"int_property": 2**31}},
            "property test.int_property must be a 32-bit integer, not 2147483648",
        ),
        (
            {"test": {"bool_property": 0}},
            "property test.bool_property must be true or false, not 0",
        ),
        (
            {"rating": {"comment": {"value": "a"}}},
            'property rating.comment must be a string, not {"value":"a"}',
        ),
        (
            {"routing": {"idle": True}},
            "agents may not change property routing.idle",
        ),
    ],
)
def test_invalid_properties_are_rejected(bare: dict[str, Any], message: str) -> None:
    """Unknown namespaces and names, wrong types and read-only properties are rejected."""
    with pytest.raises(DomainError) as error:
        properties.validate(bare, "thread")

    assert error.value.message == message
    is_forbidden = error.value.refusal is Refusal.FORBIDDEN
    assert is_forbidden is message.startswith("agents may not")


def test_a_property_may_be_limited_to_some_targets() -> None:
    """Chats and threads have routing properties; events do not."""
    with pytest.raises(DomainError, match=r"routing\.pinned is not defined for events"):
        properties.validate({"routing": {"pinned": True}}, "event")


def test_names_to_delete_must_be_defined() -> None:
    """Unknown names are rejected as in an update."""
    properties.validate_names({"rating": ["score"]}, "event")
    with pytest.raises(DomainError, match=r"rating\.stars not found"):
        properties.validate_names({"rating": ["score", "stars"]}, "event")


def test_an_update_keeps_other_names_and_namespaces() -> None:
    """An update changes the named properties only, and does not modify the old object."""
    old: dict[str, Any] = {"rating": {"score": 1}, "source": {"type": "a"}}
    new = properties.merge(old, {"rating": {"comment": "b"}})

    assert new["rating"] == {"score": 1, "comment": "b"}
    assert new["source"] == {"type": "a"}
    assert old["rating"] == {"score": 1}


@pytest.mark.parametrize(
    ("operators", "expected"),
    [
        ({"exists": True}, True),
        ({"exists": False}, False),
        ({"values": [1, 2]}, True),
        ({"values": [2]}, False),
        ({"values": [True]}, False),
        ({"exclude_values": [2]}, True),
        ({"exclude_values": [1]}, False),
    ],
)
def test_a_filter_matches_by_its_operator(operators: dict[str, Any], expected: bool) -> None:
    """A filter requires that a property exists, is one of the values, or is not one of them."""
    rated = {"rating": {"score": 1}}

    assert properties.matches(rated, {"rating": {"score": operators}}) is expected


def test_a_missing_property_matches_excluded_values_only() -> None:
    """A missing property is not one of any values."""
    assert not properties.matches({}, {"rating": {"score": {"values": [1]}}})
    assert properties.matches({}, {"rating": {"score": {"exclude_values": [1]}}})


def test_filters_on_unknown_properties_are_rejected() -> None:
    """A filter must name a defined property."""
    with pytest.raises(DomainError, match=r"rating\.stars not found"):
        properties.validate_filters({"rating": {"stars": {"exists": True}}})
