"""Test the words of the catalogue."""

import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from rtmcli.catalogue import API, api, model
from rtmcli.catalogue.model import Method, Param, ParamType


def test_a_flag_is_its_path_with_hyphens() -> None:
    """Dots and underscores of a path both become hyphens."""
    assert Param("postback.thread_id", ParamType.STRING).flag == "--postback-thread-id"


def test_a_command_is_its_action_with_hyphens() -> None:
    """Underscores of an action become hyphens."""
    assert Method("tag_it_now", "Tag it now.").command == "tag-it-now"


@pytest.mark.parametrize(
    ("kind", "repeats", "is_json"),
    [
        (ParamType.STRING, False, False),
        (ParamType.INTEGER, False, False),
        (ParamType.BOOLEAN, False, False),
        (ParamType.OBJECT, False, True),
        (ParamType.ANY, False, True),
        (ParamType.ID, False, False),
        (ParamType.STRINGS, True, False),
        (ParamType.INTEGERS, True, False),
        (ParamType.IDS, True, False),
        (ParamType.OBJECTS, True, True),
        (ParamType.STRING_MAP, False, True),
        (ParamType.PROPERTIES, False, True),
        (ParamType.PROPERTY_NAMES, False, True),
        (ParamType.PROPERTY_FILTERS, False, True),
    ],
)
def test_a_kind_tells_how_its_flag_is_given(kind: ParamType, repeats: bool, is_json: bool) -> None:
    """Arrays repeat their flag; objects and free values are given as JSON."""
    assert (kind.is_array, kind.is_json) == (repeats, is_json)


def test_the_table_of_kinds_is_whole() -> None:
    """Nobody adds a kind without deciding how its flag is given: there are 14."""
    assert len(ParamType) == 14


def test_rows_are_frozen() -> None:
    """A row cannot be changed, so that every reader sees the same catalogue."""
    param = Param("chat_id", ParamType.STRING)
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
