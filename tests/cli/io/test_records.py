"""Records leave in order and whole, as fast as they are read, and no faster."""

import json
import os
import select
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from rtmcli.catalogue.model import Retry
from rtmcli.cli.io import records
from rtmcli.cli.io.records import RecordWriter, call_error_record
from rtmcli.cli.io.stdout import ReaderGone
from rtmcli.errors import NotWritten, OutcomeUnknown, UsageError
from rtmcli.protocol.messages import Request, Response
from rtmcli.protocol.pipeline import NO_REQUEST_ID, PendingCall

DEFAULT_OPTIONS: dict[str, Any] = dict.fromkeys(("compact", "pretty", "color", "quiet", "envelope"))
ENVELOPE = {"request_id": "wire-1", "type": "response", "success": True, "payload": {"a": 1}}
RESPONSE = Response("x", "wire-1", success=True, payload={"a": 1}, envelope=ENVELOPE)


def make_call(own_id: object = NO_REQUEST_ID, request_id: str = "wire-1") -> PendingCall:
    """Make the call of the seventh value."""
    return PendingCall(7, Request("x", None, request_id), Retry.NEVER, own_id)


def make_writer(**options: Any) -> RecordWriter:
    """Make what writes records."""
    return RecordWriter({**DEFAULT_OPTIONS, **options}, {})


@pytest.fixture
def pipe(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[int, int]]:
    """Let a pipe stand for standard output."""
    read_end, write_end = os.pipe()
    monkeypatch.setattr(records, "STDOUT", write_end)
    yield read_end, write_end
    os.close(write_end)


def read_available(read_end: int) -> bytes:
    """Read what is there."""
    data = b""
    while select.select([read_end], [], [], 0)[0]:
        data += os.read(read_end, 1 << 20)
    return data


@pytest.mark.parametrize(
    ("options", "own_id", "record"),
    [
        ({}, NO_REQUEST_ID, b'{"a":1}\n'),
        ({"quiet": True}, NO_REQUEST_ID, b""),
        ({"pretty": True}, NO_REQUEST_ID, b'{\n  "a": 1\n}\n'),
        ({"color": "always"}, NO_REQUEST_ID, b'{\x1b[34;1m"a"\x1b[0m:\x1b[36m1\x1b[0m}\n'),
        (
            {"envelope": True},
            NO_REQUEST_ID,
            json.dumps(ENVELOPE, separators=(",", ":")).encode() + b"\n",
        ),
    ],
)
def test_an_answer_is_told_as_the_user_wants_it(
    options: dict[str, Any], own_id: object, record: bytes
) -> None:
    """Its payload by default, or all of it, or nothing."""
    assert make_writer(**options).format_record(make_call(own_id), RESPONSE) == record


def test_an_envelope_carries_the_callers_id() -> None:
    """Whatever it is; ours is for the wire."""
    assert json.loads(make_writer(envelope=True).format_record(make_call({"b": 2}), RESPONSE)) == {
        **ENVELOPE,
        "request_id": {"b": 2},
    }


@pytest.mark.parametrize(
    ("own_id", "wire_id", "shown"),
    [
        (NO_REQUEST_ID, "wire-1", "wire-1"),
        (NO_REQUEST_ID, "", None),
        (5, "wire-1", 5),
        (None, "wire-1", None),
    ],
)
def test_an_error_carries_the_callers_id_else_the_wires(
    own_id: object, wire_id: str, shown: object
) -> None:
    """And the number of the value in the input."""
    assert call_error_record(make_call(own_id, wire_id), OutcomeUnknown("lost")) == {
        "error": {
            "type": "unknown",
            "message": "lost",
            "status": "unknown",
            "input": 7,
            "action": "x",
            "request_id": shown,
        }
    }


def test_what_a_terminal_would_obey_is_escaped() -> None:
    """T79: the value stays the same."""
    answer = RESPONSE._replace(payload={"a": "\x9b\u202e"})
    assert make_writer().format_record(make_call(), answer) == b'{"a":"\\u009b\\u202e"}\n'


def test_styles_exclude_each_other() -> None:
    """As for a single call."""
    with pytest.raises(UsageError):
        make_writer(compact=True, pretty=True)


def test_a_full_pipe_is_not_waited_for(pipe: tuple[int, int]) -> None:
    """What it does not take stays, in order; lines are whole in the end."""
    read_end, _ = pipe
    sink = make_writer()
    lines = [b"%d %b\n" % (number, b"x" * (number % 9000)) for number in range(2000)]
    for line in lines:
        sink.put(line)
    sink.flush()
    assert 0 < sink.records_written < 2000
    assert sink.buffered_bytes > 0
    found = b""
    while sink.buffered_bytes:
        found += read_available(read_end)
        sink.flush()
    found += read_available(read_end)
    assert found == b"".join(lines)
    assert (sink.records_written, sink.write_error) == (2000, None)
    os.close(read_end)


def test_a_closed_pipe_is_noticed_when_writing(pipe: tuple[int, int]) -> None:
    """Nothing is written after that."""
    os.close(pipe[0])
    sink = make_writer()
    sink.put(b"{}\n")
    sink.flush()
    sink.flush()
    assert isinstance(sink.write_error, ReaderGone)
    assert sink.records_written == 0


def test_a_closed_pipe_is_noticed_without_writing() -> None:
    """Whoever polls it tells."""
    sink = make_writer()
    sink.reader_gone()
    assert isinstance(sink.write_error, ReaderGone)


def test_a_full_disk_is_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    """It says why, and how much was written is known."""
    with Path("/dev/full").open("wb") as full:
        monkeypatch.setattr(records, "STDOUT", full.fileno())
        sink = make_writer()
        sink.put(b"{}\n")
        sink.flush()
    assert isinstance(sink.write_error, NotWritten)
    assert "no space left on device" in str(sink.write_error)
    assert sink.records_written == 0


def test_a_file_takes_everything_at_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No poll is needed, and what is not to be told counts as written."""
    target = tmp_path / "out"
    with target.open("wb") as file:
        monkeypatch.setattr(records, "STDOUT", file.fileno())
        sink = make_writer()
        for line in (b"1\n", b"", b"%b\n" % (b"x" * 200_000)):
            sink.put(line)
        sink.flush()
    assert (sink.buffered_bytes, sink.records_written) == (0, 3)
    assert target.stat().st_size == 200_003
