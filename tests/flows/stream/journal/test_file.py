"""The file of a journal is created safely, and a failed write leaves whole lines."""

import errno
import fcntl
import os
import stat
from contextlib import closing
from pathlib import Path

import pytest

from rtmcli.errors import UsageError
from rtmcli.files import FileContent
from rtmcli.flows.stream.journal.file import JournalFile


def open_file(path: Path, *, read_only: bool = False, is_trusted: bool = True) -> JournalFile:
    """Open a journal."""
    return JournalFile(str(path), is_trusted=lambda _: is_trusted, read_only=read_only)


def test_a_file_is_created_when_it_is_needed(tmp_path: Path) -> None:
    """Only its owner can read it, whatever the umask is."""
    path, umask = tmp_path / "journal", os.umask(0)
    try:
        file = open_file(path)
        assert not path.exists()
        file.create()
    finally:
        os.umask(umask)
    assert (path.read_bytes(), stat.S_IMODE(path.stat().st_mode)) == (b"", 0o600)
    assert file.append(b"one\n") == 4
    assert file.append(b"two\n") == 8
    file.sync()
    file.close()
    again = open_file(path)
    again.create()
    assert list(again.read()) == [b"one\ntwo\n"]
    assert again.read_line(4) == b"two"
    again.close()


def test_a_file_that_another_run_uses_is_refused(tmp_path: Path) -> None:
    """Until that run ends; a dry run only reads."""
    path = tmp_path / "journal"
    file = open_file(path)
    file.create()
    with pytest.raises(UsageError, match=r"journal is in use by another run$"):
        open_file(path)
    open_file(path, read_only=True).close()
    file.close()
    open_file(path).close()


def test_a_file_that_appears_meanwhile_is_refused(tmp_path: Path) -> None:
    """It was not read."""
    path = tmp_path / "journal"
    file = open_file(path)
    path.write_text("x")
    with pytest.raises(UsageError, match=r"was created by another process just now; try again$"):
        file.create()
    file.close()


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("link", " is a symbolic link; rtm does not write through links"),
        ("dangling", " is a symbolic link; rtm does not write through links"),
        ("fifo", " is not a regular file"),
        ("folder", ": is a directory"),
        ("none/journal", ": no such file or directory"),
        ("file/journal", ": not a directory"),
        ("..", " is not the name of a file"),
        ("a\0b", ": invalid file name"),
        ("x" * 300, ": file name too long"),
    ],
)
@pytest.mark.parametrize("read_only", [False, True])
def test_what_cannot_be_a_journal_is_refused(
    tmp_path: Path, name: str, problem: str, read_only: bool
) -> None:
    """One line says why."""
    (tmp_path / "file").write_text("")
    (tmp_path / "link").symlink_to("file")
    (tmp_path / "dangling").symlink_to("none")
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "fifo")
    path = tmp_path / name
    if name == "x" * 300:
        with pytest.raises(UsageError, match=problem):
            open_file(path, read_only=read_only)
        return
    if (name, read_only) == ("folder", True):
        problem = " is not a regular file"
    with pytest.raises(UsageError) as caught:
        open_file(path, read_only=read_only).create()
    assert caught.value.message == f"--journal: {path}{problem}"


def test_a_file_that_strangers_may_write_is_refused(tmp_path: Path) -> None:
    """They would decide what is called."""
    path, seen = tmp_path / "journal", []

    def is_trusted(file: FileContent) -> bool:
        seen.append((file.data, stat.S_IMODE(file.mode), file.uid))
        return False

    path.write_text("x")
    path.chmod(0o620)
    with pytest.raises(UsageError, match="can be written by others; run chmod go-w "):
        JournalFile(str(path), is_trusted=is_trusted)
    assert seen == [(b"", 0o620, os.getuid())]


def test_a_file_can_be_compared_with_a_descriptor(tmp_path: Path) -> None:
    """Standard output must be another file."""
    path = tmp_path / "journal"
    file = open_file(path)
    with (tmp_path / "other").open("w") as other:
        assert not file.is_same_file(other.fileno())
        file.create()
        assert not file.is_same_file(other.fileno())
        with path.open() as same:
            assert file.is_same_file(same.fileno())
    file.close()


def test_a_write_that_fails_leaves_whole_lines(tmp_path: Path) -> None:
    """A file that may not grow: the part that was written is removed."""
    import resource
    import signal

    file = open_file(tmp_path / "journal")
    file.create()
    file.append(b"one\n")
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (6, limits[1]))
        with pytest.raises(OSError, match="File too large"):
            file.append(b"two\n")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, handler)
    assert list(file.read()) == [b"one\n"]
    file.cut(1)
    assert list(file.read()) == [b"o"]
    file.close()


def fail(*_: object) -> None:
    """Fail as a disk does."""
    raise OSError(errno.EIO, os.strerror(errno.EIO))


@pytest.mark.parametrize("function", ["fchmod", "fsync", "pread", "flock"])
def test_a_failure_of_the_system_is_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, function: str
) -> None:
    """It names the file, and what the system says."""
    path = tmp_path / "journal"
    monkeypatch.setattr(fcntl if function == "flock" else os, function, fail)
    problem = " cannot be locked" if function == "flock" else ""

    def create_and_read() -> None:
        with closing(open_file(path)) as file:
            file.create()
            list(file.read())

    with pytest.raises(UsageError) as caught:
        create_and_read()
    assert caught.value.message == f"--journal: {path}{problem}: input/output error"


def test_a_folder_that_is_gone_is_an_error(tmp_path: Path) -> None:
    """It was there when the file was opened."""
    folder = tmp_path / "folder"
    folder.mkdir()
    file = open_file(folder / "journal")
    folder.rmdir()
    with pytest.raises(UsageError, match=r"journal: no such file or directory$"):
        file.create()
    file.close()
