"""Test the words of the catalogue."""

import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from rtmcli.catalogue import API, api, model
from rtmcli.catalogue.model import Kind, Method, Param


def test_a_flag_is_its_path_with_hyphens() -> None:
    """Dots and underscores of a path both become hyphens."""
    assert Param("postback.thread_id", Kind.STRING).flag == "--postback-thread-id"


def test_a_command_is_its_action_with_hyphens() -> None:
    """Underscores of an action become hyphens."""
    assert Method("tag_it_now", "Tag it now.").command == "tag-it-now"


@pytest.mark.parametrize(
    ("kind", "repeats", "is_json"),
    [
        (Kind.STRING, False, False),
        (Kind.INTEGER, False, False),
        (Kind.BOOL, False, False),
        (Kind.OBJECT, False, True),
        (Kind.ANY, False, True),
        (Kind.ID, False, False),
        (Kind.STRINGS, True, False),
        (Kind.INTEGERS, True, False),
        (Kind.IDS, True, False),
        (Kind.OBJECTS, True, True),
        (Kind.TEXTS, False, True),
        (Kind.PROPERTIES, False, True),
        (Kind.PROPERTY_NAMES, False, True),
        (Kind.PROPERTY_FILTERS, False, True),
    ],
)
def test_a_kind_tells_how_its_flag_is_given(kind: Kind, repeats: bool, is_json: bool) -> None:
    """Arrays repeat their flag; objects and free values are given as JSON."""
    assert (kind.repeats, kind.is_json) == (repeats, is_json)


def test_the_table_of_kinds_is_whole() -> None:
    """Nobody adds a kind without deciding how its flag is given: there are 14."""
    assert len(Kind) == 14


def test_rows_are_frozen() -> None:
    """A row cannot be changed, so that every reader sees the same catalogue."""
    param = Param("chat_id", Kind.STRING)
    with pytest.raises(AttributeError):
        param.path = "other"  # type: ignore[misc]  # that it is forbidden is the law


@pytest.mark.parametrize("module", [model, api])
def test_the_words_name_no_fact_of_the_api(module: ModuleType) -> None:
    """No action and no push is named where only words stand."""
    source = Path(str(module.__file__)).read_text()
    named = {*API.methods, *(push.name for push in API.pushes)}
    assert not {name for name in named - {"login", "logout"} if name in source}


def test_the_catalogue_is_light() -> None:
    """Reading the rows brings in neither dataclasses nor anything that talks to a network."""
    heavy = "{'dataclasses', 'inspect', 'socket', 'ssl', 'asyncio', 'orjson', 'websockets'}"
    code = f"import sys, rtmcli.catalogue; print(sorted({heavy} & set(sys.modules)))"
    # -S: no site module, which may import what it likes; the parent's path stands in for it.
    found = subprocess.run(
        [sys.executable, "-S", "-c", f"import sys; sys.path[:] = {sys.path!r}; {code}"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert found.stdout == "[]\n"
