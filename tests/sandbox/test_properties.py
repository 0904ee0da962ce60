"""Properties: definitions, wrapping, changes, filters."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rtmcli.sandbox import properties
from rtmcli.sandbox.interface import RequestError
from rtmcli.sandbox.properties import NAMESPACES

SAMPLE_VALUES = {
    "bool": st.booleans(),
    "int": st.integers(-(2**31), 2**31 - 1),
    "string": st.text("abc ", max_size=9),
    "tokenized_string": st.text("abc ", max_size=9),
}
bare = st.fixed_dictionaries(
    {},
    optional={
        namespace: st.fixed_dictionaries(
            {},
            optional={
                name: SAMPLE_VALUES[row.type]
                for name, row in rows.items()
                if row.writable_by_agents
            },
        )
        for namespace, rows in NAMESPACES.items()
    },
)


@given(bare)
def test_bare_values_are_wrapped(values: dict[str, Any]) -> None:
    """Values are wrapped in `value`; wrapped values are unchanged."""
    wrapped = properties.validate_and_wrap(values, "chat")

    assert {
        namespace: {name: value["value"] for name, value in names.items()}
        for namespace, names in wrapped.items()
    } == values
    assert properties.validate_and_wrap(wrapped, "chat") == wrapped


@given(bare, bare)
def test_deleting_reverts_an_update(old: Any, new: Any) -> None:
    """Other properties are unchanged."""
    before = properties.validate_and_wrap(old, "chat")
    names = {namespace: list(each) for namespace, each in new.items()}
    updated = properties.merge(before, properties.validate_and_wrap(new, "chat"))

    assert properties.remove(updated, names) == properties.remove(before, names)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"tests": {"int_property": 1}}, "validation: property namespace tests not found"),
        ({"test": {"property": 1}}, "validation: property test.property not found"),
        (
            {"test": {"int_property": "1"}},
            'validation: property test.int_property must be a whole number of 32 bits, not "1"',
        ),
        (
            {"test": {"int_property": True}},
            "validation: property test.int_property must be a whole number of 32 bits, not true",
        ),
        (
            {"test": {"int_property": 2**31}},
            (
                "validation: property test.int_property must be a whole number of 32 bits,"
                " not 2147483648"
            ),
        ),
        (
            {"test": {"bool_property": 0}},
            "validation: property test.bool_property must be true or false, not 0",
        ),
        (
            {"rating": {"comment": {"value": {"value": "a"}}}},
            'validation: property rating.comment must be a string, not {"value":"a"}',
        ),
        (
            {"routing": {"idle": True}},
            "authorization: agents may not change property routing.idle",
        ),
    ],
)
def test_invalid_properties_are_rejected(values: dict[str, Any], message: str) -> None:
    """Unknown namespaces or names, wrong types, and properties of the router."""
    with pytest.raises(RequestError) as error:
        properties.validate_and_wrap(values, "thread")

    assert str(error.value) == message


def test_a_property_may_be_undefined_for_some_objects() -> None:
    """Routing properties exist for chats and threads, not for events."""
    with pytest.raises(RequestError, match=r"routing\.pinned does not exist in events"):
        properties.validate_and_wrap({"routing": {"pinned": True}}, "event")


def test_names_to_delete_must_be_defined() -> None:
    """Names are checked like values."""
    properties.validate_names({"rating": ["score"]}, "event")
    with pytest.raises(RequestError, match=r"rating\.stars not found"):
        properties.validate_names({"rating": ["score", "stars"]}, "event")


def test_an_update_keeps_other_properties() -> None:
    """The old value is not modified."""
    old = {"rating": {"score": {"value": 1}}, "source": {"type": {"value": "a"}}}
    new = properties.merge(old, {"rating": {"comment": {"value": "b"}}})

    assert new["rating"] == {"score": {"value": 1}, "comment": {"value": "b"}}
    assert new["source"] == {"type": {"value": "a"}}
    assert old["rating"] == {"score": {"value": 1}}


@pytest.mark.parametrize(
    ("operator", "passes"),
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
def test_filters_apply_their_operator(operator: dict[str, Any], passes: bool) -> None:
    """A property exists, is among values, or is not among values."""
    rated = {"rating": {"score": {"value": 1}}}

    assert properties.matches(rated, {"rating": {"score": operator}}) is passes


def test_a_missing_property_matches_exclusion_only() -> None:
    """It is not among any values."""
    asked = {"rating": {"score": {"values": [1]}}}, {"rating": {"score": {"exclude_values": [1]}}}

    assert [properties.matches({}, each) for each in asked] == [False, True]


def test_filters_on_unknown_properties_are_rejected() -> None:
    """A filter must name a defined property."""
    with pytest.raises(RequestError, match=r"rating\.stars not found"):
        properties.validate_filters({"rating": {"stars": {"exists": True}}})
