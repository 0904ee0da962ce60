"""Failures of the tool itself: after a call was sent, they never hide that it was.

Memory is limited for real. Other failures are injected into a library, at the n-th value that is
encoded as JSON: the login is the first one, the call the second.
"""

import json
from pathlib import Path

import pytest
from support.fault_server import FaultServer, respond, respond_error
from support.process import TOKEN, CommandResult, install_sitecustomize, run

SEND_EVENT = ("send-event", "--chat-id", "A", "--text", "hello", "--backoff", "1ms")
LOGIN, REQUEST, RESULT = 1, 2, 3  # the values that are encoded
BIG = {"text": "x" * 60_000_000}
_FAILING_LIBRARY = """
import orjson
dumps, calls = orjson.dumps, []
def failing_dumps(*args, **options):
    calls.append(args)
    if len(calls) == NUMBER:
        raise RuntimeError(f"while encoding {args} TOKEN")
    return dumps(*args, **options)
orjson.dumps = failing_dumps
"""

# The redactor encodes the token after two other values.
_FAILING_BASE64 = """
import binascii
b2a_base64, calls = binascii.b2a_base64, []
def failing_base64(*args, **options):
    calls.append(args)
    if len(calls) == NUMBER:
        raise MemoryError
    return b2a_base64(*args, **options)
binascii.b2a_base64 = failing_base64
"""


def failing_library(folder: Path, number: int) -> dict[str, str]:
    """Return an environment in which the n-th value cannot be encoded."""
    code = _FAILING_LIBRARY.replace("NUMBER", str(number)).replace("TOKEN", TOKEN)
    return install_sitecustomize(folder, code)


def limited_memory(mebibytes: int) -> tuple[str, ...]:
    """Return a command prefix that limits the address space."""
    return ("bash", "-c", f'ulimit -v {mebibytes * 1024}; exec "$@"', "bash")


@pytest.mark.parametrize("number", [3, 4, 5])
def test_a_failure_while_an_error_is_reported_shows_no_secret(tmp_path: Path, number: int) -> None:
    """T130: the status stays, and a line without a word of the server replaces the error."""
    env = install_sitecustomize(tmp_path, _FAILING_BASE64.replace("NUMBER", str(number)))
    with FaultServer() as server:
        server.on("send_event", respond_error("validation", f"wrong: {TOKEN}"))
        result = run(*SEND_EVENT, url=server.url, env=env)
        request_id = server.requests[0].request_id
    assert (result.exit_code, result.stdout) == (3, "")
    line = f"rtm: refused (request {request_id}): MemoryError at sitecustomize.py:7\n"
    assert result.stderr == line


def request_lines(count: int) -> str:
    """Return whole requests, one line each."""
    return "".join(f"{json.dumps({'action': 'x', 'payload': {'n': n}})}\n" for n in range(count))


def assert_unknown(result: CommandResult, server: FaultServer) -> None:
    """Check that the status is 7 and that one line names the request."""
    assert (result.exit_code, result.stdout, server.count("send_event")) == (7, "", 1)
    assert server.requests[0].request_id in result.stderr
    assert result.stderr.count("\n") == 1
    assert "Traceback" not in result.stderr


def test_a_response_that_does_not_fit_into_memory_is_unknown() -> None:
    """T119: the call was sent, so 7 and the request's id."""
    with FaultServer() as server:
        server.on("send_event", respond(BIG))
        result = run(*SEND_EVENT, url=server.url, wrapper=limited_memory(220))
        assert_unknown(result, server)
    assert "memory" in result.stderr


def test_a_failure_while_the_response_is_printed_is_unknown(tmp_path: Path) -> None:
    """T119, T130: 7 and the request's id; of the exception only its class and place."""
    with FaultServer() as server:
        result = run(*SEND_EVENT, url=server.url, env=failing_library(tmp_path, RESULT))
        assert_unknown(result, server)
    assert "RuntimeError at " in result.stderr
    assert "encoding" not in result.stderr


def test_a_failure_before_the_call_is_sent_is_no_unknown_outcome(tmp_path: Path) -> None:
    """T119: nothing was sent, so it is a bug with status 1."""
    with FaultServer() as server:
        result = run(*SEND_EVENT, url=server.url, env=failing_library(tmp_path, LOGIN))
        assert (result.exit_code, result.stdout, server.requests) == (1, "", [])
    prefix = "rtm: send_event: internal: this is a bug of rtm: RuntimeError at "
    assert result.stderr.startswith(prefix)
    assert result.stderr.count("\n") == 1


@pytest.mark.parametrize("number", range(2, 8))
def test_a_stream_prints_its_records_and_names_what_is_in_flight(
    tmp_path: Path, number: int
) -> None:
    """T119: every value has a record; a call whose response was not printed is unknown."""
    with FaultServer() as server:
        result = run(
            "call", "-", "--window", "1", url=server.url, stdin=request_lines(3),
            env=failing_library(tmp_path, number),
        )  # fmt: skip
        sent = [request.request_id for request in server.requests]
    records = [json.loads(line) for line in result.stdout.splitlines()]
    failed = [record["error"] for record in records if "error" in record]
    unknown = [error["request_id"] for error in failed if error["status"] == "unknown"]
    assert len(records) - len(failed) + len(unknown) >= len(sent)
    assert (result.exit_code == 7) == bool(unknown)
    assert "Traceback" not in result.stderr
    assert "encoding" not in result.stdout + result.stderr


def test_a_stream_survives_a_response_that_does_not_fit_into_memory() -> None:
    """T119: that call is unknown and named; the others have their records."""
    with FaultServer() as server:
        server.on("x", respond({"n": 1}), respond(BIG), respond({"n": 3}))
        result = run(
            "call", "-", "--window", "1", url=server.url, stdin=request_lines(3),
            wrapper=limited_memory(220),
        )  # fmt: skip
        second = server.requests[1].request_id
    first_record, second_record, *_ = [json.loads(line) for line in result.stdout.splitlines()]
    assert (result.exit_code, first_record) == (7, {"n": 1})
    assert second_record["error"]["status"] == "unknown"
    assert second_record["error"]["request_id"] == second
