"""Test the list of versions, and that loading one imports nothing else."""

import subprocess
import sys
from pathlib import Path

import pytest

from rtmcli.catalogue.versions import VERSIONS, load


def modules_after(code: str) -> set[str]:
    """Return the modules of versions that are imported after the code has run."""
    result = subprocess.run(
        [sys.executable, "-c", f"import sys; {code}; print(*sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
    )
    return {
        name.removeprefix("rtmcli.catalogue.")
        for name in result.stdout.split()
        if name.startswith("rtmcli.catalogue.v3_")
    }


def test_versions_are_listed_in_order() -> None:
    """The older one, which is the default, comes first."""
    assert list(VERSIONS) == ["3.0", "3.6"]


@pytest.mark.parametrize("version", VERSIONS)
def test_a_version_is_loaded_by_its_name(version: str) -> None:
    """Its endpoint contains the version."""
    api = load(version)
    assert (api.version, api.path) == (version, f"/v{version}/agent/rtm/ws")
    assert load(version) is api


def test_an_unknown_version_is_a_key_error() -> None:
    """The caller lists the known ones."""
    with pytest.raises(KeyError):
        load("3.5")


def test_knowing_the_versions_loads_none() -> None:
    """Except 3.0, which the package itself still imports."""
    assert not {
        name
        for name in modules_after("from rtmcli.catalogue.versions import VERSIONS")
        if name.startswith("v3_6")
    }


def test_one_method_of_3_6_imports_one_chapter() -> None:
    """And what every connection needs, but no map of names."""
    code = "from rtmcli.catalogue.versions import load; load('3.6').methods['ban_customer']"
    loaded = {name for name in modules_after(code) if name.startswith("v3_6.")}
    assert loaded == {
        f"v3_6.{name}" for name in ("customers", "errors", "pushes", "scopes", "status")
    }


def test_a_package_and_a_line_add_a_version(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No other module knows the versions."""
    package = tmp_path / "v3_7_for_test"
    package.mkdir()
    (package / "__init__.py").write_text(
        "from rtmcli.catalogue.versions import load\n"
        "API = load('3.6')._replace(version='3.7', path='/v3.7/agent/rtm/ws')\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setitem(VERSIONS, "3.7", package.name)
    assert (load("3.7").version, len(load("3.7").methods)) == ("3.7", 40)
