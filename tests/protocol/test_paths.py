"""Look-up and assignment by path."""

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rtmcli.protocol.json_codec import RawNumber
from rtmcli.protocol.paths import MISSING, PathError, get_all, get_path, set_path

keys = st.text(st.characters(codec="utf-8", exclude_characters="."), min_size=1, max_size=3)
key_lists = st.lists(keys, min_size=1, max_size=4)
leaves = st.integers(-9, 9) | st.text(st.characters(codec="utf-8"), max_size=3) | st.booleans()
payloads = st.dictionaries(
    keys,
    st.recursive(leaves, lambda inner: st.dictionaries(keys, inner, max_size=3), max_leaves=6),
    max_size=4,
)
json_values = st.recursive(
    leaves | st.none(),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(keys, inner, max_size=2),
    max_leaves=4,
)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("a", {"b": {"c": 1}}),
        ("a.b.c", 1),
        ("a.b.x", MISSING),
        ("x", MISSING),
        ("n", None),
        ("n.x", MISSING),
        ("l.0", MISSING),
        ("t.0", MISSING),
        ("", MISSING),
    ],
)
def test_get_path_looks_into_objects_only(path: str, value: Any) -> None:
    """Null is a value; members of arrays and texts are missing."""
    assert get_path({"a": {"b": {"c": 1}}, "n": None, "l": [1], "t": "x"}, path) == value


@pytest.mark.parametrize(
    ("path", "values"),
    [
        ("", [{"users": [{"name": "a"}, {"name": "b"}, 5], "ids": [1, [2]], "n": None}]),
        ("users.name", ["a", "b"]),
        ("ids", [1, [2]]),
        ("n", [None]),
        ("n.x", []),
        ("missing", []),
        ("ids.0", []),
    ],
)
def test_get_all_leads_through_arrays(path: str, values: list[Any]) -> None:
    """An array of the payload itself, too; not through an array in an array."""
    payload = {"users": [{"name": "a"}, {"name": "b"}, 5], "ids": [1, [2]], "n": None}
    assert get_all(payload, path) == values
    assert get_all([payload, payload], path) == values * 2
    assert get_all([[payload]], "users.name") == []


@given(payloads, key_lists, json_values)
def test_get_path_returns_what_set_path_set(
    payload: dict[str, Any], path: list[str], value: Any
) -> None:
    """Otherwise the path leads through a value without members; other members are unchanged."""
    before = copy.deepcopy(payload)
    try:
        set_path(payload, path, value)
    except PathError:
        parents = [get_path(before, ".".join(path[:length])) for length in range(1, len(path))]
        assert not all(parent is MISSING or isinstance(parent, dict) for parent in parents)
    else:
        assert get_path(payload, ".".join(path)) == value
    assert {key: item for key, item in payload.items() if key != path[0]} == {
        key: item for key, item in before.items() if key != path[0]
    }


@pytest.mark.parametrize(
    ("payload", "path", "result"),
    [
        ({}, "a.b.c", {"a": {"b": {"c": 0}}}),
        ({"a": {"b": 1}}, "a.c", {"a": {"b": 1, "c": 0}}),
        ({"a": {"b": 1}}, "a", {"a": 0}),
        ({"a": [1, 2]}, "a.0", {"a": [0, 2]}),
        ({"a": [1, 2]}, "a.2", {"a": [1, 2, 0]}),
        ({"a": []}, "a.0", {"a": [0]}),
        ({"a": [{"b": 1}]}, "a.0.b", {"a": [{"b": 0}]}),
        ({"a": [[1]]}, "a.0.1", {"a": [[1, 0]]}),
        ({"a": {}}, "a.0", {"a": {"0": 0}}),
    ],
)
def test_set_path_creates_objects_and_indexes_arrays(
    payload: dict[str, Any], path: str, result: dict[str, Any]
) -> None:
    """The index after the last item appends to an array."""
    set_path(payload, path.split("."), 0)
    assert payload == result


@pytest.mark.parametrize(
    ("payload", "path", "message"),
    [
        ({"a": "text"}, "a.b", "a is not an object"),
        ({"a": None}, "a.b", "a is not an object"),
        ({"a": {"b": 1}}, "a.b.c", "b is not an object"),
        ({"a": RawNumber("1e400")}, "a.b", "a is not an object"),
        ({"a": [1]}, "a.b", "b is not an index of an array of length 1"),
        ({"a": [1]}, "a.2", "2 is not an index of an array of length 1"),
        ({"a": [1]}, "a.-1", "-1 is not an index of an array of length 1"),
        ({"a": [1]}, "a.1.b", "1 is not an index of an array of length 1"),
        ({"a": [1]}, "a.0.b", "0 is not an object"),
        ({"a": [1]}, "a.²", "² is not an index of an array of length 1"),
        ({"a": [1]}, f"a.{'9' * 5000}", "is not an index of an array of length 1"),
    ],
)
def test_set_path_replaces_no_value_on_the_way(
    payload: dict[str, Any], path: str, message: str
) -> None:
    """The error names the part of the path that has no members."""
    with pytest.raises(PathError) as raised:
        set_path(payload, path.split("."), 0)
    assert message in str(raised.value)
