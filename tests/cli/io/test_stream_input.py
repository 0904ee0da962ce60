"""Standard input as a stream of calls."""

import os
import pty
from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest

from rtmcli.catalogue.model import Method, Retry
from rtmcli.catalogue.v3_0 import API
from rtmcli.cli.commands.call import parse_request
from rtmcli.cli.io import stream_input
from rtmcli.cli.io.stream_input import InputFormat, StdinReader, payload_parser, request_parser
from rtmcli.errors import UsageError
from rtmcli.protocol.json_stream import StreamItem
from rtmcli.protocol.messages import Request
from rtmcli.protocol.pipeline import NO_REQUEST_ID

METHOD = Method("follow_chat", "Follow.", retry=Retry.IDEMPOTENT)


@pytest.fixture
def pipe(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[int, int]]:
    """Make a pipe standard input; the tests close its write end."""
    read_end, write_end = os.pipe()
    monkeypatch.setattr(stream_input, "STDIN", read_end)
    yield read_end, write_end
    os.close(read_end)


def complete_payload(value: Any) -> dict[str, Any]:
    """Complete a payload."""
    if not isinstance(value, dict):
        raise UsageError("no object")
    return {**value, "more": 1}


def test_payloads_are_completed() -> None:
    """Each becomes a call of the method, with the author of the settings."""
    task, problem = payload_parser(METHOD, {"author_id": "bot"}, complete_payload)(
        StreamItem(3, {"a": 1})
    )
    assert problem is None
    assert (task.number, task.retry, task.caller_request_id) == (3, Retry.IDEMPOTENT, NO_REQUEST_ID)
    assert task.request == Request("follow_chat", {"a": 1, "more": 1}, "", {"author_id": "bot"})


@pytest.mark.parametrize("item", [StreamItem(1, 7), StreamItem(1, None, "malformed")])
def test_an_invalid_payload_is_an_error_of_one_call(item: StreamItem) -> None:
    """Its record names the method."""
    task, problem = payload_parser(METHOD, {}, complete_payload)(item)
    assert isinstance(problem, UsageError)
    assert str(problem) in ("no object", "malformed")
    assert task.request.action == "follow_chat"


@pytest.mark.parametrize("own_id", ["a", "", 7, None, {"b": []}])
def test_the_callers_request_id_is_not_sent(own_id: object) -> None:
    """It is kept for the record."""
    value = {"action": "send_event", "payload": {}, "request_id": own_id}
    task, problem = request_parser(API, {}, partial(parse_request, API))(StreamItem(1, value))
    assert (task.caller_request_id, task.request, problem) == (
        own_id,
        Request("send_event", {}),
        None,
    )
    assert task.retry is Retry.NEVER


@pytest.mark.parametrize(
    ("action", "retry"), [("get_archives", Retry.READ_ONLY), ("brand_new", Retry.NEVER)]
)
def test_the_action_decides_on_retries(action: str, retry: Retry) -> None:
    """An unknown action is never sent twice."""
    task, _ = request_parser(API, {}, partial(parse_request, API))(
        StreamItem(1, {"action": action})
    )
    assert (task.retry, task.caller_request_id) == (retry, NO_REQUEST_ID)


def test_the_author_of_a_request_overrides_the_settings() -> None:
    """`author_id` in a whole request."""
    read = request_parser(API, {"author_id": "bot"}, partial(parse_request, API))
    authors = [
        read(StreamItem(1, value))[0].request.fields["author_id"]
        for value in ({"action": "x"}, {"action": "x", "author_id": "me"})
    ]
    assert authors == ["bot", "me"]


@pytest.mark.parametrize(
    ("value", "action"),
    [({"action": "login", "request_id": 1}, "login"), ({"action": 1, "request_id": 1}, "")],
)
def test_an_invalid_request_keeps_its_id_too(value: dict[str, Any], action: str) -> None:
    """So the caller can match its record."""
    task, problem = request_parser(API, {}, partial(parse_request, API))(StreamItem(1, value))
    assert isinstance(problem, UsageError)
    assert (task.caller_request_id, task.request.action) == (1, action)


def test_payloads_of_one_action_may_be_anything() -> None:
    """A `request_id` in a payload is part of the payload."""
    value = {"request_id": "a"}
    read = request_parser(API, {}, lambda payload: Request("x", payload), "x")
    task, _ = read(StreamItem(1, value))
    assert (task.request.payload, task.caller_request_id) == (value, NO_REQUEST_ID)


def test_values_are_read_as_they_arrive(pipe: tuple[int, int]) -> None:
    """Complete values are returned, and the end is noticed."""
    read_end, write_end = pipe
    values = StdinReader(InputFormat(payload_parser(METHOD, {}, complete_payload)))
    assert (values.is_finite, values.size, values.fileno()) == (False, 0, read_end)
    os.write(write_end, b'{"a":1}{"b"')
    values.read()
    found = values.next_call()
    assert found
    assert found[0].request.payload == {"a": 1, "more": 1}
    assert (values.next_call(), values.exhausted) == (None, False)
    os.write(write_end, b":2}")
    os.close(write_end)
    values.read()
    values.read()
    assert values.next_call()
    assert (values.next_call(), values.exhausted) == (None, True)
    assert values.bytes_parsed == 14


def test_a_file_is_finite(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its size is known, for the progress line."""
    source = tmp_path / "in.jsonl"
    source.write_bytes(b"{}\n")
    with source.open("rb") as file:
        monkeypatch.setattr(stream_input, "STDIN", file.fileno())
        values = StdinReader(InputFormat(payload_parser(METHOD, {}, complete_payload)))
    assert (values.is_finite, values.size) == (True, 3)


def test_an_empty_non_blocking_pipe_is_not_the_end(pipe: tuple[int, int]) -> None:
    """Some shells leave it non-blocking."""
    read_end, write_end = pipe
    os.set_blocking(read_end, False)
    values = StdinReader(InputFormat(payload_parser(METHOD, {}, complete_payload)))
    values.read()
    assert (values.next_call(), values.exhausted) == (None, False)
    os.close(write_end)


def test_a_terminal_that_hangs_up_ends_the_input(monkeypatch: pytest.MonkeyPatch) -> None:
    """Values before that are used."""
    ours, theirs = pty.openpty()
    monkeypatch.setattr(stream_input, "STDIN", ours)
    values = StdinReader(InputFormat(payload_parser(METHOD, {}, complete_payload)))
    os.close(theirs)
    values.read()  # an input/output error
    os.close(ours)
    assert (values.next_call(), values.exhausted, values.read_error) == (None, True, None)


def test_a_read_error_is_not_the_end(
    pipe: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Complete values before it are used; one that it cuts off is not."""
    _, write_end = pipe
    values = StdinReader(InputFormat(payload_parser(METHOD, {}, lambda value: {"n": value})))
    os.write(write_end, b"1 2")
    os.close(write_end)
    values.read()
    monkeypatch.setattr(stream_input, "STDIN", write_end)  # no descriptor any more
    values.read()
    found = values.next_call()
    assert found
    assert found[0].request.payload == {"n": 1}
    assert (values.next_call(), values.exhausted) == (None, True)
    assert str(values.read_error) == "standard input cannot be read: bad file descriptor"
