"""Payloads from the command line, files and standard input."""

import os
import pty
import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from rtmcli.cli.io import stderr, stdin
from rtmcli.cli.io.stdin import expand_file, prompt_if_tty, read_file, read_value, stdin_is_piped
from rtmcli.errors import UsageError
from rtmcli.protocol.json_codec import RawNumber

Shown = pytest.CaptureFixture[str]


@pytest.fixture
def pipe(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """Make a pipe standard input; yield its write end, which the test closes."""
    read_end, write_end = os.pipe()
    monkeypatch.setattr(stdin, "STDIN", read_end)
    yield write_end
    os.close(read_end)


@contextmanager
def standard_input(path: Path | str, data: bytes | None = None) -> Iterator[None]:
    """Make a file with this content standard input."""
    if data is not None:
        Path(path).write_bytes(data)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(stdin, "STDIN", os.open(path, os.O_RDONLY))
        yield
        os.close(stdin.STDIN)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (None, {}),
        ("{}", {}),
        ('{"a": 1e400}', {"a": RawNumber("1e400")}),
        ("null", None),
        (' "x" ', "x"),
    ],
)
def test_a_payload_is_json_text(text: str | None, value: Any) -> None:
    """None is an empty object."""
    assert read_value(text) == value


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("{bad}", "PAYLOAD is not valid JSON: "),
        ("", "PAYLOAD is not valid JSON: Expecting value: line 1 column 1"),
        ('{"a":1,"a":1}', 'PAYLOAD is not valid JSON: duplicate key "a"'),
        ('{"a":"\udcff"}', "PAYLOAD is not valid JSON: not UTF-8: byte 7"),
        ("@/nowhere/x", "/nowhere/x: no such file or directory"),
        ("@/", "/: is a directory"),
        ("@a\x00b", "a\x00b: invalid file name"),
    ],
)
def test_an_invalid_payload_names_its_source(text: str, why: str) -> None:
    """The argument or the file, and what is wrong."""
    with pytest.raises(UsageError) as raised:
        read_value(text)
    assert raised.value.message.startswith(why)


def test_a_file_is_named_by_an_at_sign(tmp_path: Path) -> None:
    """Errors name the file."""
    path = tmp_path / "payload.json"
    path.write_bytes(b'\xef\xbb\xbf{"a":1}\r\n')
    assert read_value(f"@{path}") == {"a": 1}
    path.write_bytes(b"[1")
    with pytest.raises(UsageError, match=r"payload\.json is not valid JSON: .* line 1 column 3"):
        read_value(f"@{path}")


def test_a_file_may_be_a_pipe(tmp_path: Path) -> None:
    """`@<(command)` of a shell works."""
    path = tmp_path / "fifo"
    os.mkfifo(path)
    threading.Thread(target=path.write_bytes, args=(b"[1]",), daemon=True).start()
    assert read_value(f"@{path}") == [1]


def test_a_payload_that_is_too_large_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a file and on standard input; the limit itself is allowed."""
    monkeypatch.setattr(stdin, "_MAX_BYTES", 10)
    path = tmp_path / "large"
    with standard_input(path, b"1" * 10):
        assert read_file(str(path)) == b"1" * 10
        assert read_value("-") == int("1" * 10)
    with standard_input(path, b"1" * 11):
        with pytest.raises(UsageError, match="large: larger than 10 bytes"):
            read_file(str(path))
        with pytest.raises(UsageError, match="larger than 10 bytes"):
            read_value("-")


def test_a_flag_may_name_a_file(tmp_path: Path) -> None:
    """Only with @ at the beginning; bytes that are not UTF-8 are kept."""
    path = tmp_path / "x"
    path.write_bytes(b"\xff{}")
    assert expand_file(f"@{path}") == "\udcff{}"
    assert expand_file("a@b") == "a@b"


# --- standard input ---


@pytest.mark.parametrize("blocking", [True, False])
def test_standard_input_is_read_to_its_end(pipe: int, blocking: bool) -> None:
    """In pieces, however long they take, also if another program made it non-blocking."""
    os.set_blocking(stdin.STDIN, blocking)
    text = b"[" + b"1," * 100_000 + b"1]"

    def feed() -> None:
        for start in range(0, len(text), 50_000):
            os.write(pipe, text[start : start + 50_000])
        os.close(pipe)

    thread = threading.Thread(target=feed)
    thread.start()
    assert len(read_value("-")) == 100_001
    thread.join(10)


def test_unreadable_standard_input_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A directory, or a closed descriptor."""
    with (
        standard_input(tmp_path),
        pytest.raises(UsageError, match="standard input: is a directory"),
    ):
        read_value("-")
    monkeypatch.setattr(sys, "stdin", None)
    with pytest.raises(UsageError, match="standard input is closed; - cannot read it"):
        read_value("-")


def test_whether_standard_input_is_piped(
    tmp_path: Path, pipe: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A pipe or a file is; a terminal, /dev/null, a socket or nothing is not."""
    assert stdin_is_piped()
    os.close(pipe)
    with standard_input(tmp_path / "file", b""):
        assert stdin_is_piped()
    with standard_input(os.devnull):
        assert not stdin_is_piped()
    ours, theirs = pty.openpty()
    with socket.socket() as connection:
        for descriptor in (theirs, connection.fileno(), 1023):
            monkeypatch.setattr(stdin, "STDIN", descriptor)
            assert not stdin_is_piped()
    os.close(ours)
    os.close(theirs)


def test_a_terminal_shows_that_input_is_read(pipe: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only if both sides are terminals: a script gets no such line."""
    os.close(pipe)
    prompt_if_tty()
    ours, theirs = pty.openpty()
    monkeypatch.setattr(stderr, "STDERR", theirs)
    prompt_if_tty()
    monkeypatch.setattr(stdin, "STDIN", theirs)
    prompt_if_tty("CSV")
    assert os.read(ours, 1000) == (
        b"rtm: reading CSV from the terminal; press Ctrl-D on an empty line to end it\r\n"
    )
    os.close(ours)
    os.close(theirs)
