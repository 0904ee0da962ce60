"""Each outcome of a stream is one record, formatted as the options say."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from rtmcli.catalogue.model import Retry
from rtmcli.cli.io import records
from rtmcli.cli.io.records import RecordWriter, call_error_record
from rtmcli.errors import OutcomeUnknown, UsageError
from rtmcli.protocol.messages import Request, Response
from rtmcli.protocol.pipeline import NO_REQUEST_ID, PendingCall

DEFAULT_OPTIONS: dict[str, Any] = dict.fromkeys(("compact", "pretty", "color", "quiet", "envelope"))
ENVELOPE = {"request_id": "wire-1", "type": "response", "success": True, "payload": {"a": 1}}
RESPONSE = Response("x", "wire-1", success=True, payload={"a": 1}, envelope=ENVELOPE)


def make_call(caller_request_id: object = NO_REQUEST_ID, request_id: str = "wire-1") -> PendingCall:
    """Make the call of the seventh value."""
    return PendingCall(7, Request("x", None, request_id), Retry.NEVER, caller_request_id)


def make_writer(**options: Any) -> RecordWriter:
    """Make a writer with these options."""
    return RecordWriter({**DEFAULT_OPTIONS, **options}, {})


@pytest.mark.parametrize(
    ("options", "record"),
    [
        ({}, b'{"a":1}\n'),
        ({"quiet": True}, b""),
        ({"pretty": True}, b'{\n  "a": 1\n}\n'),
        ({"color": "always"}, b'{\x1b[34;1m"a"\x1b[0m:\x1b[36m1\x1b[0m}\n'),
        ({"envelope": True}, json.dumps(ENVELOPE, separators=(",", ":")).encode() + b"\n"),
    ],
)
def test_a_response_is_formatted_as_the_options_say(options: dict[str, Any], record: bytes) -> None:
    """By default its payload; with --envelope the whole response; with --quiet nothing."""
    assert make_writer(**options).format_record(make_call(), RESPONSE) == record


def test_an_envelope_has_the_callers_request_id() -> None:
    """Of any JSON type; the id on the wire is our own."""
    assert json.loads(make_writer(envelope=True).format_record(make_call({"b": 2}), RESPONSE)) == {
        **ENVELOPE,
        "request_id": {"b": 2},
    }


@pytest.mark.parametrize(
    ("caller_request_id", "wire_request_id", "printed"),
    [
        (NO_REQUEST_ID, "wire-1", "wire-1"),
        (NO_REQUEST_ID, "", None),
        (5, "wire-1", 5),
        (None, "wire-1", None),
    ],
)
def test_an_error_has_the_callers_request_id_or_that_of_the_wire(
    caller_request_id: object, wire_request_id: str, printed: object
) -> None:
    """And the number of the value in the input."""
    call = make_call(caller_request_id, wire_request_id)
    assert call_error_record(call, OutcomeUnknown("lost")) == {
        "error": {
            "type": "unknown",
            "message": "lost",
            "status": "unknown",
            "input": 7,
            "action": "x",
            "request_id": printed,
        }
    }


def test_terminal_control_characters_are_escaped() -> None:
    """T79: the value stays the same."""
    response = RESPONSE._replace(payload={"a": "\x9b\u202e"})
    assert make_writer().format_record(make_call(), response) == b'{"a":"\\u009b\\u202e"}\n'


def test_compact_and_pretty_exclude_each_other() -> None:
    """As for a single call."""
    with pytest.raises(UsageError):
        make_writer(compact=True, pretty=True)


def test_records_go_to_standard_output(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """In order; an empty one is none."""
    target = tmp_path / "out"
    with target.open("wb") as file:
        monkeypatch.setattr(records, "STDOUT", file.fileno())
        with make_writer() as writer:
            assert os.fstat(writer.fileno()).st_ino == target.stat().st_ino
            for record in (b"1\n", b"", b"2\n"):
                writer.write(record)
    assert target.read_bytes() == b"1\n2\n"
