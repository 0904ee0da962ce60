"""Files: read to their end, whatever they are, within a limit."""

import os
import threading
from pathlib import Path

import pytest

from rtmcli.files import read_descriptor, read_file


def test_a_file_is_read_with_its_mode(tmp_path: Path) -> None:
    """The mode is that of the file that was read, not of another one put in its place."""
    path = tmp_path / "file"
    path.write_bytes(b"x" * 200_000)
    path.chmod(0o640)
    data, mode, *_ = read_file(path, 200_000)
    assert (data, mode) == (b"x" * 200_000, 0o100640)


def test_a_larger_file_is_an_error(tmp_path: Path) -> None:
    """A device that never ends is one as well."""
    path = tmp_path / "file"
    path.write_bytes(b"x" * 11)
    for name in (path, "/dev/zero"):
        with pytest.raises(OSError, match="larger than 10 bytes"):
            read_file(name, 10)


@pytest.mark.parametrize("path", ["/nonexistent", "/", "a\0b", ""])
def test_what_cannot_be_read_is_an_os_error(path: str) -> None:
    """A missing file, a folder, or not a name at all."""
    with pytest.raises(OSError, match=r"[a-z]"):
        read_file(path, 10)


@pytest.mark.parametrize("pieces", [[], [b"one"], [b"one", b"two"]])
def test_a_fifo_is_read_until_its_writer_closes_it(tmp_path: Path, pieces: list[bytes]) -> None:
    """Though the writer comes later, and may write nothing."""
    path = tmp_path / "fifo"
    os.mkfifo(path)

    def write() -> None:
        with path.open("wb", buffering=0) as file:
            for piece in pieces:
                file.write(piece)

    thread = threading.Thread(target=write)
    thread.start()
    assert read_file(path, 10).data == b"".join(pieces)
    thread.join()


def test_a_descriptor_that_another_program_made_non_blocking_is_read_to_its_end() -> None:
    """As standard input may be: the flag belongs to all that share it."""
    read_end, write_end = os.pipe()
    os.set_blocking(read_end, False)
    writer = os.fdopen(write_end, "wb")

    def write() -> None:
        with writer:
            writer.write(b"late")

    thread = threading.Timer(0.05, write)
    thread.start()
    try:
        assert read_descriptor(read_end, 10) == b"late"
    finally:
        os.close(read_end)
        thread.join()


def test_an_empty_pipe_whose_writer_is_gone_is_empty() -> None:
    """As `<(true)` of a shell may be when it is opened again by its name."""
    read_end, write_end = os.pipe()
    os.close(write_end)
    try:
        assert read_file(f"/dev/fd/{read_end}", 10).data == b""
    finally:
        os.close(read_end)
