"""Records leave in order and whole, as fast as they are read, and no faster."""

import json
import os
import select
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from rtmcli.catalogue.model import Retry
from rtmcli.cli import stream_output
from rtmcli.cli.output import ClosedPipe
from rtmcli.cli.stream_output import Records, error_record
from rtmcli.errors import NotWritten, OutcomeUnknown, UsageError
from rtmcli.protocol.messages import Request, Response
from rtmcli.protocol.pipeline import NO_ID, Task

PLAIN: dict[str, Any] = dict.fromkeys(("compact", "pretty", "color", "quiet", "envelope"))
ENVELOPE = {"request_id": "wire-1", "type": "response", "success": True, "payload": {"a": 1}}
ANSWER = Response("x", "wire-1", success=True, payload={"a": 1}, envelope=ENVELOPE)


def task(own_id: object = NO_ID, request_id: str = "wire-1") -> Task:
    """Make the call of the seventh value."""
    return Task(7, Request("x", None, request_id), Retry.NEVER, own_id)


def records(**options: Any) -> Records:
    """Make what writes records."""
    return Records({**PLAIN, **options}, {})


@pytest.fixture
def pipe(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[int, int]]:
    """Let a pipe stand for standard output."""
    read_end, write_end = os.pipe()
    monkeypatch.setattr(stream_output, "STDOUT", write_end)
    yield read_end, write_end
    os.close(write_end)


def drain(read_end: int) -> bytes:
    """Read what is there."""
    found = b""
    while select.select([read_end], [], [], 0)[0]:
        found += os.read(read_end, 1 << 20)
    return found


@pytest.mark.parametrize(
    ("options", "own_id", "record"),
    [
        ({}, NO_ID, b'{"a":1}\n'),
        ({"quiet": True}, NO_ID, b""),
        ({"pretty": True}, NO_ID, b'{\n  "a": 1\n}\n'),
        ({"color": "always"}, NO_ID, b'{\x1b[34;1m"a"\x1b[0m:\x1b[36m1\x1b[0m}\n'),
        ({"envelope": True}, NO_ID, json.dumps(ENVELOPE, separators=(",", ":")).encode() + b"\n"),
    ],
)
def test_an_answer_is_told_as_the_user_wants_it(
    options: dict[str, Any], own_id: object, record: bytes
) -> None:
    """Its payload by default, or all of it, or nothing."""
    assert records(**options).record(task(own_id), ANSWER) == record


def test_an_envelope_carries_the_callers_id() -> None:
    """Whatever it is; ours is for the wire."""
    assert json.loads(records(envelope=True).record(task({"b": 2}), ANSWER)) == {
        **ENVELOPE,
        "request_id": {"b": 2},
    }


@pytest.mark.parametrize(
    ("own_id", "wire_id", "shown"),
    [(NO_ID, "wire-1", "wire-1"), (NO_ID, "", None), (5, "wire-1", 5), (None, "wire-1", None)],
)
def test_an_error_carries_the_callers_id_else_the_wires(
    own_id: object, wire_id: str, shown: object
) -> None:
    """And the number of the value in the input."""
    assert error_record(task(own_id, wire_id), OutcomeUnknown("lost")) == {
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
    answer = ANSWER._replace(payload={"a": "\x9b\u202e"})
    assert records().record(task(), answer) == b'{"a":"\\u009b\\u202e"}\n'


def test_styles_exclude_each_other() -> None:
    """As for a single call."""
    with pytest.raises(UsageError):
        records(compact=True, pretty=True)


def test_a_full_pipe_is_not_waited_for(pipe: tuple[int, int]) -> None:
    """What it does not take stays, in order; lines are whole in the end."""
    read_end, _ = pipe
    sink = records()
    lines = [b"%d %b\n" % (number, b"x" * (number % 9000)) for number in range(2000)]
    for line in lines:
        sink.put(line)
    sink.write()
    assert 0 < sink.written < 2000
    assert sink.waiting > 0
    found = b""
    while sink.waiting:
        found += drain(read_end)
        sink.write()
    found += drain(read_end)
    assert found == b"".join(lines)
    assert (sink.written, sink.failure) == (2000, None)
    os.close(read_end)


def test_a_closed_pipe_is_noticed_when_writing(pipe: tuple[int, int]) -> None:
    """Nothing is written after that."""
    os.close(pipe[0])
    sink = records()
    sink.put(b"{}\n")
    sink.write()
    sink.write()
    assert isinstance(sink.failure, ClosedPipe)
    assert sink.written == 0


def test_a_closed_pipe_is_noticed_without_writing() -> None:
    """Whoever polls it tells."""
    sink = records()
    sink.hang_up()
    assert isinstance(sink.failure, ClosedPipe)


def test_a_full_disk_is_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    """It says why, and how much was written is known."""
    with Path("/dev/full").open("wb") as full:
        monkeypatch.setattr(stream_output, "STDOUT", full.fileno())
        sink = records()
        sink.put(b"{}\n")
        sink.write()
    assert isinstance(sink.failure, NotWritten)
    assert "no space left on device" in str(sink.failure)
    assert sink.written == 0


def test_a_file_takes_everything_at_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No poll is needed, and what is not to be told counts as written."""
    target = tmp_path / "out"
    with target.open("wb") as file:
        monkeypatch.setattr(stream_output, "STDOUT", file.fileno())
        sink = records()
        for line in (b"1\n", b"", b"%b\n" % (b"x" * 200_000)):
            sink.put(line)
        sink.write()
    assert (sink.waiting, sink.written) == (0, 3)
    assert target.stat().st_size == 200_003
