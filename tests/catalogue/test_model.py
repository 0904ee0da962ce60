"""Test the types of the catalogue's entries."""

import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from rtmcli.catalogue import api, model
from rtmcli.catalogue.model import Method, Param, ParamType
from rtmcli.catalogue.versions import VERSIONS, load


def test_a_flag_is_its_path_with_hyphens() -> None:
    """Dots and underscores of a path both become hyphens."""
    assert Param("postback.thread_id", ParamType.STRING).flag == "--postback-thread-id"


def test_a_limit_of_bytes_is_stated_in_words() -> None:
    """There is no text without a limit."""
    param = Param("text", ParamType.STRING)
    assert param.max_size == ""
    assert param._replace(max_bytes=16384).max_size == "at most 16 KB of UTF-8"


def test_a_command_is_its_action_with_hyphens() -> None:
    """Underscores of an action become hyphens."""
    assert Method("tag_it_now", "Tag it now.").command == "tag-it-now"


@pytest.mark.parametrize(
    ("param_type", "is_array", "is_json"),
    [
        (ParamType.STRING, False, False),
        (ParamType.INTEGER, False, False),
        (ParamType.NUMBER, False, False),
        (ParamType.BOOLEAN, False, False),
        (ParamType.OPTIONAL_BOOLEAN, False, False),
        (ParamType.OBJECT, False, True),
        (ParamType.ANY, False, True),
        (ParamType.ID, False, False),
        (ParamType.STRINGS, True, False),
        (ParamType.INTEGERS, True, False),
        (ParamType.IDS, True, False),
        (ParamType.OBJECTS, True, True),
        (ParamType.PAIRS, True, True),
        (ParamType.STRING_MAP, False, True),
        (ParamType.INTEGER_MAP, False, True),
        (ParamType.PROPERTIES, False, True),
        (ParamType.PROPERTY_NAMES, False, True),
        (ParamType.PROPERTY_FILTERS, False, True),
        (ParamType.PUSH_NAMES, False, True),
    ],
)
def test_the_type_decides_how_a_flag_is_given(
    param_type: ParamType, is_array: bool, is_json: bool
) -> None:
    """Flags of arrays are repeatable; objects and values of any type are given as JSON."""
    assert (param_type.is_array, param_type.is_json) == (is_array, is_json)


def test_the_table_covers_all_types() -> None:
    """There are 19; a new type needs a row in the table above."""
    assert len(ParamType) == 19


def test_entries_are_immutable() -> None:
    """Every reader sees the same catalogue."""
    param = Param("chat_id", ParamType.STRING)
    with pytest.raises(AttributeError):
        param.path = "other"  # type: ignore[misc]  # the error under test


@pytest.mark.parametrize("module", [model, api])
def test_the_types_name_no_action_or_push(module: ModuleType) -> None:
    """The types fit any version of the API."""
    source = Path(str(module.__file__)).read_text()
    apis = [load(version) for version in VERSIONS]
    names = {name for api in apis for name in (*api.methods, *(push.name for push in api.pushes))}
    assert not {name for name in names - {"login", "logout"} if name in source}


def test_importing_the_catalogue_is_cheap() -> None:
    """It imports neither dataclasses nor any module for JSON or the network."""
    heavy = "{'dataclasses', 'inspect', 'socket', 'ssl', 'asyncio', 'orjson', 'websockets'}"
    code = f"import sys, rtmcli.catalogue; print(sorted({heavy} & set(sys.modules)))"
    # -S: without the site module, which may import anything; sys.path is copied instead.
    result = subprocess.run(
        [sys.executable, "-S", "-c", f"import sys; sys.path[:] = {sys.path!r}; {code}"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert result.stdout == "[]\n"
