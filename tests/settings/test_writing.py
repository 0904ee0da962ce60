"""Atomic updates: complete or not at all, private, and under a lock."""

import fcntl
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
def test_file_and_directories_are_private(tmp_path: Path, umask: int) -> None:
    """With any umask: 0600 for the file, 0700 for new directories."""
    path = tmp_path / "a" / "b" / "config.toml"
    before = os.umask(umask)
    try:
        atomic_update(path, lambda: "x = 1\n")
    finally:
        os.umask(before)
    assert path.read_text() == "x = 1\n"
    assert permissions(path) == 0o600
    assert [permissions(folder) for folder in (path.parent, path.parent.parent)] == [0o700, 0o700]


def test_a_file_that_others_can_read_becomes_private(tmp_path: Path) -> None:
    """The new file does not keep the old mode."""
    path = tmp_path / "config.toml"
    path.write_text("old")
    path.chmod(0o666)
    atomic_update(path, lambda: "new")
    assert (path.read_text(), permissions(path)) == ("new", 0o600)


def test_without_a_change_nothing_is_written(tmp_path: Path) -> None:
    """No file is created, either."""
    path = tmp_path / "config.toml"
    atomic_update(path, lambda: None)
    assert list(tmp_path.iterdir()) == []


def test_a_symbolic_link_is_rejected(tmp_path: Path) -> None:
    """Its target is not changed."""
    target, link = tmp_path / "target", tmp_path / "config.toml"
    target.write_text("precious")
    link.symlink_to(target)
    with pytest.raises(UsageError, match="is a symbolic link"):
        atomic_update(link, lambda: "new")
    assert target.read_text() == "precious"
    assert link.is_symlink()


@pytest.mark.parametrize("make", [Path.mkdir, os.mkfifo])
def test_only_a_regular_file_is_replaced(tmp_path: Path, make: object) -> None:
    """Not a directory, a pipe or /dev/null."""
    path = tmp_path / "config.toml"
    assert callable(make)
    make(path)
    with pytest.raises(UsageError, match="is not a regular file"):
        atomic_update(path, lambda: "new")
    with pytest.raises(UsageError, match="is not a regular file"):
        atomic_update(Path(os.devnull), lambda: "new")


def test_a_change_that_fails_leaves_no_trace(tmp_path: Path) -> None:
    """The old file stays, and no other file is left."""
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


def test_a_failed_replacement_leaves_no_temporary_file(tmp_path: Path) -> None:
    """It is removed."""
    path = tmp_path / "config.toml"

    def change() -> str:
        path.mkdir()  # meanwhile
        return "new"

    with pytest.raises(UsageError, match="is a directory"):
        atomic_update(path, change)
    assert [file.name for file in tmp_path.iterdir()] == ["config.toml"]


def test_concurrent_changes_are_all_kept(tmp_path: Path) -> None:
    """Each change reads what the previous one wrote."""
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


def test_a_kill_at_any_time_leaves_a_complete_file(tmp_path: Path) -> None:
    """It is the old one or the new one."""
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


def test_a_lock_is_not_waited_for_forever(tmp_path: Path) -> None:
    """T131: the error names the directory that another process has locked."""
    descriptor = os.open(tmp_path, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        with pytest.raises(UsageError, match=f"^{tmp_path} has been locked by another process"):
            atomic_update(tmp_path / "c.toml", lambda: "new", lock_timeout=0.01)
    finally:
        os.close(descriptor)
    assert list(tmp_path.iterdir()) == []
