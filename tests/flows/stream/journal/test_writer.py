"""What a journal writes, in what order, and what it says after an error."""

import resource
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from rtmcli.flows.stream.journal.entries import Header, encode_header
from rtmcli.flows.stream.journal.file import JournalFile
from rtmcli.flows.stream.journal.reader import JournalReader
from rtmcli.flows.stream.journal.writer import JournalWriter

HEADER = encode_header(Header("3.0", "x", "1", "a", {}))


@contextmanager
def open_writer(path: Path) -> Iterator[JournalWriter]:
    """Read a journal, and yield a writer that continues it."""
    file, reader = JournalFile(str(path), is_trusted=lambda _: True), JournalReader()
    file.create()
    for chunk in file.read():
        reader.feed(chunk)
    reader.finish()
    writer = JournalWriter(file, reader)
    try:
        yield writer
    finally:
        writer.close()


@pytest.mark.parametrize(
    ("before", "continued"),
    [
        (b"", b""),
        (HEADER, HEADER),
        (HEADER[:-1], HEADER),
        (HEADER[:30], b""),
        (HEADER + b'{"inp', HEADER),
        (HEADER + b"\0" * 9, HEADER),
    ],
)
def test_the_first_write_repairs_the_end(tmp_path: Path, before: bytes, continued: bytes) -> None:
    """A torn line is removed, and a missing line end added; without a write, nothing is."""
    path = tmp_path / "journal"
    path.write_bytes(before)
    with open_writer(path):
        pass
    assert path.read_bytes() == before
    with open_writer(path) as writer:
        assert writer.write_intents(b"header\n", b"one\n")
        assert writer.write_intents(b"", b"two\n")
    assert path.read_bytes() == continued + b"header\none\ntwo\n"


def test_outcomes_are_written_with_the_next_intents_or_a_flush(tmp_path: Path) -> None:
    """Before the intents."""
    path = tmp_path / "journal"
    with open_writer(path) as writer:
        writer.add_outcome(1, b"outcome 1\n")
        assert path.read_bytes() == b""
        writer.write_intents(b"", b"intent 2\n")
        writer.add_outcome(2, b"outcome 2\n")
        writer.flush()
        assert path.read_bytes() == b"outcome 1\nintent 2\noutcome 2\n"
        writer.add_outcome(3, b"outcome 3\n")
    assert path.read_bytes().endswith(b"outcome 3\n")


def test_after_an_error_nothing_is_written(tmp_path: Path) -> None:
    """The inputs whose outcome was not synced by then, or came later, are named."""
    path = tmp_path / "journal"
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    with open_writer(path) as writer:
        writer.add_outcome(1, b"outcome 1\n")
        assert writer.write_intents(b"", b"intent 2\n")
        writer.add_outcome(2, b"outcome 2\n")
        writer.flush()
        written = path.read_bytes()
        try:
            resource.setrlimit(resource.RLIMIT_FSIZE, (len(written) + 3, limits[1]))
            assert not writer.write_intents(b"", b"intent 3\n")
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, limits)
            signal.signal(signal.SIGXFSZ, handler)
        writer.add_outcome(3, b"outcome 3\n")
        assert not writer.write_intents(b"", b"intent 4\n")
    assert path.read_bytes() == written
    assert writer.error == f"{path}: file too large"
    assert writer.missing_inputs == [2, 3]
