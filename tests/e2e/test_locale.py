"""Legacy locales: what the user typed is what is sent."""

import json
import subprocess
from pathlib import Path

import pytest
from support.process import RTM, environment, require_program, run

TEXT = "żółć 你好 ä"


@pytest.fixture(scope="module")
def locale_env(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Compile a locale with ISO-8859-1; return the variables that choose it."""
    folder = tmp_path_factory.mktemp("locale")
    command = [
        require_program("localedef"),
        "-i",
        "en_US",
        "-f",
        "ISO-8859-1",
        str(folder / "legacy"),
    ]
    made = subprocess.run(command, capture_output=True, check=False)
    if not (folder / "legacy" / "LC_CTYPE").exists():
        pytest.skip(f"localedef cannot make the locale: {made.stderr!r}")
    return {"LOCPATH": str(folder), "LC_ALL": "legacy"}


def test_arguments_and_paths_are_utf8(locale_env: dict[str, str], tmp_path: Path) -> None:
    """T148: flags, JSON, file names and standard input, and what is printed."""
    path = tmp_path / "tæg.json"
    path.write_text(json.dumps({"tag": TEXT}, ensure_ascii=False), encoding="utf-8")
    words = ("tag-chat-thread", "--chat-id", "A", "--thread-id", "B", "--dry-run")
    for more in (("--tag", TEXT), (json.dumps({"tag": TEXT}, ensure_ascii=False),), (f"@{path}",)):
        result = run(*words, *more, env=locale_env)
        assert (result.exit_code, json.loads(result.stdout)["payload"]["tag"]) == (0, TEXT)


def test_bytes_that_are_not_utf8_are_never_guessed(locale_env: dict[str, str]) -> None:
    """T148: a terminal in ISO-8859-1 sends other bytes, which one line refuses."""
    words: list[str | bytes] = [RTM, "call", "x", '{"a": "ä"}'.encode("latin-1"), "--dry-run"]
    env = environment(overrides=locale_env)
    result = subprocess.run(words, env=env, capture_output=True, check=False)
    assert (result.returncode, result.stdout, result.stderr.count(b"\n")) == (2, b"", 1)
