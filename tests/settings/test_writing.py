"""Writing the configuration: whole or not at all, for its owner only, through no link."""

import os
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from rtmcli.errors import UsageError
from rtmcli.settings.writing import atomic_update


def permissions(path: Path) -> int:
    """Return the permissions of a file."""
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o777])
def test_file_and_folders_are_for_their_owner_only(tmp_path: Path, umask: int) -> None:
    """Whatever the umask: 0600 for the file, 0700 for the folders that are made."""
    path = tmp_path / "a" / "b" / "config.toml"
    before = os.umask(umask)
    try:
        atomic_update(path, lambda: "x = 1\n")
    finally:
        os.umask(before)
    assert path.read_text() == "x = 1\n"
    assert permissions(path) == 0o600
    assert [permissions(folder) for folder in (path.parent, path.parent.parent)] == [0o700, 0o700]


def test_a_file_that_others_could_read_is_closed(tmp_path: Path) -> None:
    """The new file does not take over the mode of the old one."""
    path = tmp_path / "config.toml"
    path.write_text("old")
    path.chmod(0o666)
    atomic_update(path, lambda: "new")
    assert (path.read_text(), permissions(path)) == ("new", 0o600)


def test_no_change_leaves_the_file_alone(tmp_path: Path) -> None:
    """Where there is nothing to write, nothing is made."""
    path = tmp_path / "config.toml"
    atomic_update(path, lambda: None)
    assert list(tmp_path.iterdir()) == []


def test_a_link_is_not_written_through(tmp_path: Path) -> None:
    """A symbolic link in the file's place is refused, and what it leads to stays as it is."""
    target, link = tmp_path / "target", tmp_path / "config.toml"
    target.write_text("precious")
    link.symlink_to(target)
    with pytest.raises(UsageError, match="is a symbolic link"):
        atomic_update(link, lambda: "new")
    assert target.read_text() == "precious"
    assert link.is_symlink()


@pytest.mark.parametrize("make", [Path.mkdir, os.mkfifo])
def test_what_is_no_file_is_not_replaced(tmp_path: Path, make: object) -> None:
    """A folder or a pipe, or /dev/null, is left alone."""
    path = tmp_path / "config.toml"
    assert callable(make)
    make(path)
    with pytest.raises(UsageError, match="is not a regular file"):
        atomic_update(path, lambda: "new")
    with pytest.raises(UsageError, match="is not a regular file"):
        atomic_update(Path(os.devnull), lambda: "new")


def test_a_change_that_fails_leaves_no_trace(tmp_path: Path) -> None:
    """Neither the old file nor the folder shows that something was tried."""
    path = tmp_path / "config.toml"
    path.write_text("old")

    def fail() -> str:
        raise UsageError("no")

    with pytest.raises(UsageError):
        atomic_update(path, fail)
    with pytest.raises(UsageError, match="not a directory"):
        atomic_update(path / "x" / "config.toml", lambda: "new")
    assert [file.name for file in tmp_path.iterdir()] == ["config.toml"]
    assert path.read_text() == "old"


def test_a_file_that_cannot_be_replaced_leaves_no_draft(tmp_path: Path) -> None:
    """What was written beside it goes again."""
    path = tmp_path / "config.toml"

    def change() -> str:
        path.mkdir()  # behind our back
        return "new"

    with pytest.raises(UsageError, match="is a directory"):
        atomic_update(path, change)
    assert [file.name for file in tmp_path.iterdir()] == ["config.toml"]


def test_changes_at_the_same_time_all_count(tmp_path: Path) -> None:
    """Each change reads what the one before wrote: none is lost."""
    path = tmp_path / "config.toml"
    path.write_text("0")

    def add() -> None:
        for _ in range(20):
            atomic_update(path, lambda: str(int(path.read_text()) + 1))

    threads = [threading.Thread(target=add) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert path.read_text() == "80"


WRITER = """
import sys
from pathlib import Path
from rtmcli.settings.writing import atomic_update
path = Path(sys.argv[1])
while True:
    for letter in "ab":
        atomic_update(path, lambda: letter * 300_000)
        print(letter, flush=True)
"""


def test_a_kill_at_any_moment_leaves_a_whole_file(tmp_path: Path) -> None:
    """Killed again and again between and within writes, the file is the old one or the new one."""
    path = tmp_path / "config.toml"
    for round_ in range(8):
        arguments = [sys.executable, "-c", WRITER, str(path)]
        with subprocess.Popen(arguments, stdout=subprocess.PIPE) as writer:
            assert writer.stdout
            for _ in range(round_ + 1):
                writer.stdout.readline()
            writer.kill()
        text = path.read_text()
        assert text in ("a" * 300_000, "b" * 300_000)
        assert permissions(path) == 0o600
