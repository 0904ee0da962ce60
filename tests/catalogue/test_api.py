"""Test the index of methods, and the look-up of errors and reasons by name."""

import subprocess
import sys
from typing import Any

import pytest

from rtmcli.catalogue.api import MethodIndex
from rtmcli.catalogue.model import Chapter, DisconnectReason, ErrorType, Method, Recovery
from rtmcli.catalogue.v3_0 import API

SECOND, FIRST = Method("b", "B."), Method("a", "A.")
CHAPTERS = {"one": Chapter("The first", (SECOND,)), "two": Chapter("The second", (FIRST,))}


def test_methods_are_indexed_by_action_in_order() -> None:
    """Methods keep the order of the chapters, and their order within a chapter."""
    index = MethodIndex({"one": ("b",), "two": ("a",)}, CHAPTERS.__getitem__)
    assert list(index.items()) == [("b", SECOND), ("a", FIRST)]
    assert (len(index), index.chapters) == (2, tuple(CHAPTERS.values()))
    with pytest.raises(KeyError):
        index["c"]


def test_a_look_up_loads_only_the_methods_chapter() -> None:
    """Listing the actions, or looking up an unknown one, loads no chapter."""
    loaded: list[str] = []

    def load_chapter(name: str) -> Chapter:
        loaded.append(name)
        return CHAPTERS[name]

    index = MethodIndex({"one": ("b",), "two": ("a",)}, load_chapter)
    assert list(index) == ["b", "a"]
    assert ("c" in index, index.get("c"), loaded) == (False, None, [])
    assert (index["a"], loaded) == (FIRST, ["two"])


def test_the_index_matches_the_chapters() -> None:
    """Each method is in the chapter that the index names, and no other is."""
    assert list(API.methods) == [
        method.action for chapter in API.methods.chapters for method in chapter.methods
    ]
    assert [API.methods[action].action for action in API.methods] == list(API.methods)


def test_one_method_imports_one_chapter() -> None:
    """A command that bans a customer does not import the chapter on events."""
    code = (
        "import sys; from rtmcli.catalogue.versions import load;"
        " load('3.0').methods['ban_customer']"
    )
    result = subprocess.run(
        [sys.executable, "-c", f"{code}; print(*sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
    )
    loaded = {name.rpartition(".")[2] for name in result.stdout.split() if ".v3_0." in name}
    # Besides the chapter and its parts: `session`, which defines the login of every connection.
    assert loaded == {"customers", "session", "errors", "pushes", "filters", "pagination"}


def test_errors_and_reasons_are_found_by_either_name() -> None:
    """A synonym maps to the same entry as the name."""
    error = ErrorType("a", "A", Recovery.REPORT, synonym="b")
    reason = DisconnectReason("c", "C", Recovery.STOP)
    api = API._replace(errors=(error,), reasons=(reason,))
    assert (api.error_types_by_name, api.disconnect_reasons_by_name) == (
        {"a": error, "b": error},
        {"c": reason},
    )


@pytest.mark.parametrize(
    ("error_type", "recovery"),
    [
        ("validation", Recovery.REPORT),
        ("authentication", Recovery.REFRESH_TOKEN),
        ("requester_offline", Recovery.REPORT),
        ("misdirected_request", Recovery.REDIRECT),
        ("brand_new", Recovery.REPORT),
        ("", Recovery.REPORT),
    ],
)
def test_an_error_type_asks_for_the_recovery_of_its_row(
    error_type: str, recovery: Recovery
) -> None:
    """Under either name; an unknown type is only reported."""
    assert API.recovery_for(error_type) is recovery


@pytest.mark.parametrize(
    ("payload", "reason", "recovery"),
    [
        ({"reason": "access_token_expired"}, "access_token_expired", Recovery.REFRESH_TOKEN),
        ({"reason": "ping_timeout"}, "connection_timeout", Recovery.RECONNECT),
        ({"reason": "too_many_connections"}, "too_many_connections", Recovery.STOP),
        ({"reason": "brand_new"}, "", Recovery.RECONNECT),
        ({"reason": ["access_token_expired"]}, "", Recovery.RECONNECT),
        ({}, "", Recovery.RECONNECT),
    ],
)
def test_a_disconnect_has_the_row_of_its_reason(
    payload: Any, reason: str, recovery: Recovery
) -> None:
    """Under either name; an unknown reason asks to reconnect."""
    row = API.disconnect_reason("agent_disconnected", payload)
    assert row
    assert (row.reason, row.recovery) == (reason, recovery)


@pytest.mark.parametrize("payload", [None, [], "access_token_expired", {"reason": "x"}])
def test_other_pushes_have_no_disconnect_reason(payload: Any) -> None:
    """Neither has one whose payload is not an object."""
    assert API.disconnect_reason("incoming_event", payload) is None
    if not isinstance(payload, dict):
        assert API.disconnect_reason("agent_disconnected", payload) is None


@pytest.mark.parametrize(
    ("data", "region"),
    [({"region": "fra"}, "fra"), ({"region": ["fra"]}, ""), ({}, ""), ("fra", ""), (None, "")],
)
def test_a_region_is_a_string(data: Any, region: str) -> None:
    """Anything else names no region."""
    assert API.region_in(data) == region
