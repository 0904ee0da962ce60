"""Find and start other programs."""

import os
import sys
from pathlib import Path

import pytest

from rtmcli.programs import CommandStartError, exit_code_of, find_executable, spawn


@pytest.mark.parametrize(
    ("name", "status"), [("missing", 127), ("/no/such/file", 127), ("plain", 126), ("folder", 126)]
)
def test_a_command_that_cannot_be_run_has_the_shells_status(
    tmp_path: Path, name: str, status: int
) -> None:
    """127 if it is not found, 126 if it cannot be executed."""
    (tmp_path / "plain").touch(mode=0o644)
    (tmp_path / "folder").mkdir()
    with pytest.raises(CommandStartError) as caught:
        find_executable(name, {"PATH": str(tmp_path)})
    assert caught.value.exit_code == status


def test_a_program_is_found_on_the_search_path() -> None:
    """Or by its path."""
    folder, name = os.path.split(sys.executable)
    assert find_executable(name, {"PATH": f"/nonexistent:{folder}"}) == sys.executable
    assert find_executable(sys.executable, {}) == sys.executable


def test_a_file_of_unknown_format_cannot_be_started(tmp_path: Path) -> None:
    """The status is 126."""
    (tmp_path / "odd").touch(mode=0o755)
    (tmp_path / "odd").write_text("\x7fELF is what it is not")
    with pytest.raises(CommandStartError, match="odd: ") as caught:
        spawn(str(tmp_path / "odd"), ["odd"], {}, signal_mask=())
    assert caught.value.exit_code == 126


@pytest.mark.parametrize(("command", "status"), [("exit 7", 7), ("kill -9 $$", 137)])
def test_the_exit_status_is_that_of_a_shell(command: str, status: int) -> None:
    """It is 128 + n for a signal; other streams may take the place of our own."""
    null = (os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)
    pid = spawn("/bin/sh", ["sh", "-c", command], {}, signal_mask=(), file_actions=[null])
    assert exit_code_of(os.waitpid(pid, 0)[1]) == status
