"""The wheel, installed in a fresh environment, works without the source tree."""

import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest
from support.process import TIMEOUT

PROJECT_DIR = Path(__file__).parent.parent
SHARED_DATA = {
    "share/bash-completion/completions/rtm": "rtm.bash",
    "share/zsh/site-functions/_rtm": "_rtm",
    "share/fish/vendor_completions.d/rtm.fish": "rtm.fish",
    "share/man/man1/rtm.1": "rtm.1",
}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel with the build backend of pyproject.toml, without the network."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=PROJECT_DIR, check=True, capture_output=True, timeout=TIMEOUT)
    [path] = folder.iterdir()
    return path


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install the wheel in a new environment that shares this one's dependencies."""
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder, symlinks=True)
    pip = [sys.executable, "-m", "pip", "--python", str(folder / "bin" / "python")]
    install = [*pip, "install", "-q", "--no-deps", "--no-index", str(wheel)]
    subprocess.run(install, check=True, timeout=TIMEOUT)
    [packages] = folder.glob("lib/python*/site-packages")
    (packages / "shared.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return folder


def rtm(installed: Path, *arguments: str) -> str:
    """Run the installed command outside of the source tree."""
    result = subprocess.run(
        [str(installed / "bin" / "rtm"), *arguments],
        cwd=installed,
        env={"PATH": "/usr/bin:/bin", "HOME": str(installed)},
        capture_output=True,
        text=True,
        timeout=TIMEOUT,
        check=True,
    )
    return result.stdout


def test_the_wheel_contains_the_package_without_tests(wheel: Path) -> None:
    """Modules, the `py.typed` marker and the license."""
    names = zipfile.ZipFile(wheel).namelist()
    assert "rtmcli/__main__.py" in names
    assert "rtmcli/py.typed" in names
    assert any(name.endswith("licenses/LICENSE") for name in names)
    assert not any("test" in name for name in names)


def test_every_module_is_in_the_wheel(wheel: Path) -> None:
    """Including those that are imported lazily."""
    names = set(zipfile.ZipFile(wheel).namelist())
    modules = {
        path.relative_to(PROJECT_DIR).as_posix() for path in (PROJECT_DIR / "rtmcli").rglob("*.py")
    }
    assert modules <= names


def test_the_wheel_installs_completions_and_the_manual_page(installed: Path) -> None:
    """In the folders that the shells and man search."""
    for path, name in SHARED_DATA.items():
        assert (installed / path).read_text() == (PROJECT_DIR / "completions" / name).read_text()


def test_the_installed_command_runs_without_the_source_tree(installed: Path) -> None:
    """The version, a dry run and the sandbox."""
    assert rtm(installed, "--version").startswith("rtm ")
    request = rtm(installed, "ban-customer", "--customer-id", "A", "--ban-days", "1", "--dry-run")
    assert request == '{"action":"ban_customer","payload":{"customer_id":"A","ban":{"days":1}}}\n'
    arguments = (
        "sandbox",
        "--seed",
        "1",
        "--",
        "rtm",
        "get-customers",
        "--all",
        "--max-items",
        "2",
    )
    assert len(rtm(installed, *arguments).splitlines()) == 2


def test_the_package_can_be_run_as_a_module(installed: Path) -> None:
    """`python -m rtmcli` runs the installed package."""
    python = str(installed / "bin" / "python")
    code = "import rtmcli; print(rtmcli.__file__)"
    location = subprocess.run(
        [python, "-c", code], cwd="/", capture_output=True, text=True, check=True
    )
    assert location.stdout.startswith(str(installed))
    result = subprocess.run(
        [python, "-m", "rtmcli", "--version"], cwd="/", capture_output=True, text=True, check=True
    )
    assert result.stdout == rtm(installed, "--version")
