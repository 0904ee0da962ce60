"""T115: with RTM_ERROR_FORMAT=json, every line of standard error is one JSON object."""

import json
import signal
from typing import Any

import pytest
from support.fault_server import CLOSE, FaultServer, drop, execute, ignore, respond, respond_error
from support.listen_process import FAST_RETRIES, ListenProcess
from support.process import run, start

ENV = {"RTM_ERROR_FORMAT": "json"}
BAN = ("ban-customer", "--customer-id", "b7eff798-f8df-4364-8059-649c35c9ed0c")


def json_lines(text: str | bytes) -> list[Any]:
    """Parse every line."""
    return [json.loads(line) for line in text.splitlines()]


@pytest.mark.parametrize(
    "arguments",
    [
        (*BAN, "--ban-days", "5", "-vv"),
        ("ban-customer",),
        ("no-such-command",),
        ("call", "ping", "{}", "--no-such-option"),
        ("listen", "--action", "incoming_evnt", "--for", "300ms", "-vv"),
        ("get-customers", "--all", "-v"),
        ("doctor",),
        (),
    ],
)
def test_warnings_logs_and_errors_are_json(arguments: tuple[str, ...]) -> None:
    """T115: one object for each line, whatever is said."""
    with FaultServer() as server:
        server.on("ban_customer", respond_error("validation", "no\nsuch customer"))
        result = run(*arguments, url=server.url, env={**ENV, "SSLKEYLOGFILE": "/dev/null"})
    lines = json_lines(result.stderr)
    assert all(len({"notice", "error", "summary"} & set(line)) == 1 for line in lines)
    assert lines or arguments == ("doctor",)


def test_an_interrupted_call_has_its_action_and_id() -> None:
    """T115: the record names the call that may have taken effect."""
    with FaultServer() as server:
        server.on("ban_customer", [execute(), ignore()])
        server.on(CLOSE, ignore())
        with start(*BAN, "--ban-days", "5", url=server.url, env=ENV) as process:
            server.wait_for("ban_customer")
            process.send_signal(signal.SIGINT)
            _, err = process.communicate()
        [record] = json_lines(err)
    assert (record["error"]["action"], record["error"]["input"], record["exit"]) == (
        "ban_customer",
        1,
        130,
    )
    assert record["error"]["request_id"] == server.requests[0].request_id


def test_an_interrupted_stream_names_the_input_of_each_call() -> None:
    """T115: beside the summary there is a record for each call in flight."""
    with FaultServer() as server:
        server.on("ping", respond(), [execute(), ignore()])
        server.on(CLOSE, ignore())
        with start("call", "ping", "-", url=server.url, env=ENV) as process:
            assert process.stdin
            process.stdin.write(b"{}\n" * 3)
            process.stdin.flush()
            server.wait_for("ping", 3)
            process.send_signal(signal.SIGTERM)
            _, err = process.communicate()
        summary, *records = json_lines(err)
    assert summary["summary"]["unknown"] == 2
    found = [
        (each["error"]["input"], each["error"]["action"], each["error"]["request_id"])
        for each in records
    ]
    ids = [request.request_id for request in server.requests]
    assert found == [(2, "ping", ids[1]), (3, "ping", ids[2])]
    assert {each["exit"] for each in records} == {143}


def test_the_notices_of_a_listener_are_json() -> None:
    """T115: a lost connection, a retry and the log of -v."""
    with FaultServer() as server:
        server.on("login", [respond(), drop()], respond())
        with ListenProcess(server.url, *FAST_RETRIES, "-v", "--error-format", "json") as listener:
            server.wait_for("login", 2)
            listener.wait_for_stderr("reconnected")
            listener.send_signal(signal.SIGTERM)
            listener.wait()
    types = {line["notice"]["type"] for line in json_lines(listener.stderr_bytes)}
    assert types == {"disconnected", "reconnected", "info"}
