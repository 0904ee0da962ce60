"""`rtm call`: requests are sent as the user wrote them, except logins and invalid text."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from support.fault_server import FaultServer, drop, execute, respond, respond_error

from rtmcli.catalogue.v3_0 import API
from rtmcli.cli.command import make_command
from rtmcli.cli.commands import call
from rtmcli.cli.commands.call import command, parse_request
from rtmcli.errors import OutcomeUnknown, Refused, UsageError
from rtmcli.protocol.messages import Request

Capture = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Remove the tester's settings."""
    for name in [name for name in os.environ if name.startswith("RTM_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("RTM_CONFIG", os.devnull)
    monkeypatch.setenv("RTM_TOKEN", "dal:test-token-Zx81")


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[FaultServer]:
    """Start a server, and set RTM_URL to its URL."""
    with FaultServer() as fault_server:
        monkeypatch.setenv("RTM_URL", fault_server.url)
        yield fault_server


def run(*arguments: str) -> int | None:
    """Run the command."""
    options: dict[str, Any] = {}
    make_command(API, "call", command(API).cli_params, lambda _, got: options.update(got)).main(
        list(arguments), standalone_mode=False
    )
    return call.run(API, options)


# What is written, and the request that goes out.
EXPECTED_REQUESTS = [
    (("ping",), {"action": "ping"}),
    (("brand_new", "{}"), {"action": "brand_new", "payload": {}}),
    (("a", "[1,null]"), {"action": "a", "payload": [1, None]}),
    (("a", '"text"'), {"action": "a", "payload": "text"}),
    (("A-b", "{}"), {"action": "A-b", "payload": {}}),
    (("a", "{}", "--author-id", "bot"), {"action": "a", "author_id": "bot", "payload": {}}),
    (('{"action":"a"}',), {"action": "a"}),
    (
        (
            '{"action":"a","payload":{"x":1},"author_id":"own","request_id":"mine"}',
            "--author-id",
            "b",
        ),
        {"action": "a", "author_id": "own", "payload": {"x": 1}},
    ),
]


@pytest.mark.parametrize(("arguments", "request_"), EXPECTED_REQUESTS)
def test_a_request_is_sent_as_written(
    arguments: tuple[str, ...], request_: dict[str, Any], capfd: Capture
) -> None:
    """Any action and any payload; a whole request has its own author."""
    assert run(*arguments, "--dry-run") is None
    assert json.loads(capfd.readouterr().out) == request_


def test_quiet_does_not_silence_a_dry_run(capfd: Capture) -> None:
    """Printing is all that it does."""
    run("ping", "-n", "--quiet")
    assert capfd.readouterr() == ('{"action":"ping"}\n', "")


def test_a_whole_request_may_be_in_a_file(tmp_path: Path, capfd: Capture) -> None:
    """@FILE replaces the action."""
    path = tmp_path / "request.json"
    path.write_text('{"action": "a", "payload": 1}')
    run(f"@{path}", "-n")
    assert json.loads(capfd.readouterr().out) == {"action": "a", "payload": 1}


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        ((), "which action?"),
        (('{"action":"a"}', "{}"), "a whole request takes no PAYLOAD"),
        (("-", "{}"), "a whole request takes no PAYLOAD"),
        (("{}",), 'a whole request must be an object with a string "action"'),
        (('{"action":1}',), 'a whole request must be an object with a string "action"'),
        (("a", "{bad"), "PAYLOAD is not valid JSON"),
        (("{bad",), "PAYLOAD is not valid JSON"),
        (("login", "{}"), "every connection logs in by itself"),
        (('{"action":"login"}',), "every connection logs in by itself"),
        (("\udcff",), "ACTION is not UTF-8"),
    ],
)
def test_an_invalid_request_is_a_usage_error(arguments: tuple[str, ...], why: str) -> None:
    """Before connecting."""
    with pytest.raises(UsageError) as raised:
        run(*arguments)
    assert raised.value.message.startswith(why)


def test_streams_parse_whole_requests() -> None:
    """The stream handles its request_id."""
    value = {"action": "a", "payload": {"x": 1}, "request_id": "mine", "author_id": "bot"}
    assert parse_request(API, value) == Request("a", {"x": 1}, fields={"author_id": "bot"})
    with pytest.raises(UsageError):
        parse_request(API, ["a"])


def test_a_call_prints_its_response(server: FaultServer, capfd: Capture) -> None:
    """Like the command of a method."""
    server.on("brand_new", respond({"n": 1}))
    assert run("brand_new") is None
    assert capfd.readouterr() == ('{"n":1}\n', "")
    assert "payload" not in server.requests[0].message


@pytest.mark.parametrize("own", ['"mine"', "7", "null", '{"a":[1]}'])
def test_the_response_has_the_callers_request_id(
    own: str, server: FaultServer, capfd: Capture
) -> None:
    """Of any type, as in a stream; the request that is sent has a unique id."""
    run(f'{{"action":"a","request_id":{own}}}', "--envelope")
    run('{"action":"a"}', "--envelope")
    given, made = (json.loads(line) for line in capfd.readouterr().out.splitlines())
    assert given == {**made, "request_id": json.loads(own)}
    assert made["request_id"] == server.requests[1].request_id != server.requests[0].request_id


@pytest.mark.parametrize(
    ("action", "sent"), [("brand_new", 1), ("ban_customer", 1), ("get_archives", 2)]
)
def test_only_read_only_actions_are_sent_again(server: FaultServer, action: str, sent: int) -> None:
    """An unknown action may change anything; the error names it."""
    server.on(action, [execute(), drop("rst")], respond_error("validation"))
    with pytest.raises(Refused if sent == 2 else OutcomeUnknown) as raised:
        run(action, "{}", "--backoff", "1ms")
    assert raised.value.action == action
    assert server.count(action) == sent


@pytest.mark.parametrize(
    ("arguments", "lines", "sent"),
    [
        (("a", "-"), '{"x":1}\n2\n', [("a", {"x": 1}), ("a", 2)]),
        (("a", "-"), '[{"x":1},2]', [("a", [{"x": 1}, 2])]),
        (("-",), '{"action":"a"}\n{"action":"b","payload":{}}', [("a", None), ("b", {})]),
    ],
)
def test_standard_input_is_a_stream_of_payloads_or_requests(
    arguments: tuple[str, ...], lines: str, sent: list[Any], server: FaultServer
) -> None:
    """T141: one call for each value, in order; an array is a payload."""
    reader, writer = os.pipe()
    os.write(writer, lines.encode())
    os.close(writer)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("rtmcli.cli.io.stream_input.STDIN", reader)
        assert run(*arguments, "--quiet") == 0
    assert [(request.action, request.payload) for request in server.requests] == sent
    os.close(reader)


def test_the_help_has_example_and_description() -> None:
    """It says that the payload is not checked."""
    assert "rtm call get_customers" in command(API).render_help()


def test_an_array_of_requests_is_not_a_stream() -> None:
    """T141: the message says how to make a call for each item."""
    with pytest.raises(UsageError, match=r"pipe it through jq -c '\.\[\]'$"):
        parse_request(API, [{"action": "a"}])


def test_waiting_input_that_is_not_read_is_a_warning(capfd: Capture) -> None:
    """T150: the hint at - comes only if there is no payload, and only from a pipe with data."""
    read_end, write_end = os.pipe()
    original = os.dup(0)
    os.dup2(read_end, 0)
    try:
        run("ping", "--dry-run")
        os.write(write_end, b"{}")
        assert capfd.readouterr().err == ""
        run("ping", "--dry-run")
        assert "add - to read the payload from it" in capfd.readouterr().err
        run("ping", "{}", "--dry-run")
        assert capfd.readouterr().err == ""
    finally:
        os.dup2(original, 0)
        for fd in (read_end, write_end, original):
            os.close(fd)
