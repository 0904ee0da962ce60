"""The documents for contributors: every path that they name exists."""

import re
from pathlib import Path

import pytest

import rtmcli

PROJECT_DIR = Path(__file__).parent.parent
DOCUMENTS = {
    "CONTRIBUTING.md": (PROJECT_DIR / ".github" / "CONTRIBUTING.md").read_text(),
    "SECURITY.md": (PROJECT_DIR / ".github" / "SECURITY.md").read_text(),
    "ci.yml": (PROJECT_DIR / ".github" / "workflows" / "ci.yml").read_text(),
}
PROJECT_PATH = r"(?<![\w/.])(?:rtmcli|tests|completions|\.ci|\.github)/[\w./]*\w"
MAP_PATH = r"(?<![\w/.])(?:cli|flows|settings|session|websocket|protocol|catalogue)/[\w/]+\.py"


@pytest.mark.parametrize("name", DOCUMENTS)
def test_paths_in_a_document_exist(name: str) -> None:
    """A reader can open every file and folder that the document names."""
    paths = set(re.findall(PROJECT_PATH, DOCUMENTS[name]))
    assert paths or name == "SECURITY.md"
    assert [path for path in sorted(paths) if not (PROJECT_DIR / path).exists()] == []


def test_paths_in_the_map_exist() -> None:
    """The docstring of `rtmcli` names existing modules."""
    paths = set(re.findall(MAP_PATH, rtmcli.__doc__ or ""))
    assert len(paths) > 15
    package = PROJECT_DIR / "rtmcli"
    assert [path for path in sorted(paths) if not (package / path).exists()] == []
