"""`-`: a call for each value of standard input on one connection, with any server fault."""

import contextlib
import json
import random
from itertools import pairwise
from typing import Any

import pytest
from support.fault_server import (
    CONNECT,
    FaultServer,
    StepContext,
    TcpRelay,
    batch,
    call_function,
    close,
    drop,
    execute,
    ignore,
    message,
    normal,
    pause_reading,
    push,
    refusing_port,
    respond,
    respond_error,
    text,
)
from support.process import CommandResult, run, start, startup_time
from support.stream_data import echo_payloads

READ, IDEMPOTENT, NOT_RETRIABLE = "get_archives", "ban_customer", "send_event"
FASTEST_RETRIES = ("--backoff", "0.001s", "--backoff-cap", "0.002s")


def request_lines(count: int, action: str = "x", first: int = 1) -> str:
    """Return `count` numbered requests, one per line."""
    return "".join(
        json.dumps({"action": action, "payload": {"n": n}}) + "\n"
        for n in range(first, first + count)
    )


def call(server: FaultServer | str, stdin: str | bytes, *options: str) -> CommandResult:
    """Run `rtm call -`."""
    url = server if isinstance(server, str) else server.url
    return run("call", "-", *FASTEST_RETRIES, *options, url=url, stdin=stdin)


def records(result: CommandResult) -> list[Any]:
    """Return the records of a stream."""
    return [json.loads(line) for line in result.stdout.splitlines()]


def statuses(result: CommandResult) -> list[str]:
    """Return the statuses of the records, in order."""
    return [record["error"]["status"] if "error" in record else "ok" for record in records(result)]


def value_numbers(requests: list[Any]) -> list[int]:
    """Return the numbers of the values of requests."""
    return [request.payload["n"] for request in requests]


def test_each_value_is_one_call_and_one_record() -> None:
    """T44: a thousand values, a thousand records in order, one login, status 0, a summary."""
    with FaultServer() as server:
        echo_payloads(server)
        result = call(server, request_lines(1000))
    assert (result.exit_code, result.stderr) == (0, "rtm: 1000 ok\n")
    assert [record["n"] for record in records(result)] == list(range(1, 1001))
    assert (len(server.logins), len(server.executed)) == (1, 1000)


def test_flags_are_set_in_every_value() -> None:
    """Flags and --set are set in each payload; other members are unchanged."""
    with FaultServer() as server:
        result = run(
            *("ban-customer", "-", "--ban-days", "5", "--set", "note.by=cron"),
            url=server.url,
            stdin='{"customer_id": "a"}\n{"customer_id": "b", "ban": {"days": 9}}\n',
        )
    assert (result.exit_code, result.stdout) == (0, "{}\n{}\n")
    assert [request.payload for request in server.requests] == [
        {"customer_id": customer, "ban": {"days": 5}, "note": {"by": "cron"}}
        for customer in ("a", "b")
    ]


def test_an_invalid_value_does_not_stop_the_others() -> None:
    """An invalid value gets an error record with its path, and is not sent."""
    with FaultServer() as server:
        result = run("follow-chat", "-", url=server.url, stdin='{}{"chat_id":1}{"chat_id":"a"}7')
    assert (result.exit_code, result.stderr) == (
        2,
        "rtm: 1 ok, 3 usage (input 1: chat_id is required (--chat-id))\n",
    )
    assert statuses(result) == ["usage", "usage", "ok", "usage"]
    assert records(result)[0] == {
        "error": {
            "type": "usage",
            "message": "chat_id is required (--chat-id)",
            "status": "usage",
            "input": 1,
            "action": "follow_chat",
            "request_id": None,
        }
    }
    assert server.count("*") == 1


def test_actions_may_be_mixed_and_request_ids_are_returned() -> None:
    """`rtm call -`: the caller's request_id may be any value, even repeated; rtm sends its own."""
    caller_ids = ["same", "same", 7, None, {"a": [1.0]}, ""]
    requests = [{"action": f"a{n}", "request_id": each} for n, each in enumerate(caller_ids)]
    with FaultServer() as server:
        server.on("a1", respond_error("validation"))
        result = call(server, json.dumps(requests)[1:-1].replace("}, {", "}{"), "--envelope")
    assert [
        record["error"]["request_id"] if "error" in record else record["request_id"]
        for record in records(result)
    ] == caller_ids
    assert [request.action for request in server.requests] == [f"a{n}" for n in range(6)]
    assert len({request.request_id for request in server.requests}) == 6
    assert "same" not in {request.request_id for request in server.requests}


def test_a_call_of_one_action_takes_payloads() -> None:
    """`rtm call ACTION -`: each value is an unchecked payload, any JSON."""
    with FaultServer() as server:
        result = run("call", "brand_new", "-", url=server.url, stdin='{"n": 1e400} [2] "x"')
    assert (result.exit_code, result.stdout) == (0, "{}\n{}\n{}\n")
    assert [request.action for request in server.requests] == ["brand_new"] * 3


def test_a_login_in_a_stream_is_refused() -> None:
    """T103: a login among the requests is not sent, and its token is not printed."""
    with FaultServer() as server:
        result = call(
            server, '{"action":"login","payload":{"token":"secret-2718"}}' + request_lines(1)
        )
    assert (result.exit_code, statuses(result)) == (2, ["usage", "ok"])
    assert "2718" not in result.stdout + result.stderr
    assert len(server.logins) == 1


def test_a_value_is_sent_as_soon_as_it_arrives() -> None:
    """Neither the request nor its record waits for more input or its end."""
    with FaultServer() as server, start("call", "-", url=server.url) as process:
        echo_payloads(server)
        assert process.stdin
        assert process.stdout
        for n in (1, 2):
            process.stdin.write(b'{"action":"x","payload":{"n":%d}}' % n)
            process.stdin.flush()
            assert process.stdout.readline() == b'{"n":%d}\n' % n
        process.stdin.close()
        assert process.wait() == 0


@pytest.mark.parametrize("scale", [20, pytest.param(1, marks=pytest.mark.slow)])
def test_an_idle_stream_is_kept_alive(scale: int) -> None:
    """T52: 40 s without a value (also scaled by 20): a ping every 15 s, one connection."""
    with (
        FaultServer() as server,
        start("call", "-", "--ping-interval", f"{10 / scale}s", url=server.url) as process,
    ):
        assert process.stdin
        process.stdin.write(request_lines(1).encode())
        process.stdin.flush()
        server.wait_for("x")
        with contextlib.suppress(AssertionError):  # no second login comes
            server.wait_for("login", 2, timeout=40 / scale)
        out, _ = process.communicate(request_lines(1, first=2).encode())
    assert (out, process.returncode, server.connection_count) == (b"{}\n{}\n", 0, 1)
    times = [frame.received_at for frame in server.frames]
    assert max(later - earlier for earlier, later in pairwise(times)) * scale <= 15


def test_a_connection_lost_while_idle_is_replaced_silently() -> None:
    """The next value opens another connection, whose login sets `reconnect`."""
    with (
        FaultServer() as server,
        start("call", "-", "--no-reconnect", url=server.url) as process,
    ):
        assert process.stdin
        process.stdin.write(request_lines(1).encode())
        process.stdin.flush()
        server.wait_for("x")
        server.run_steps(close(1001))
        server.wait_for(lambda: not server.open_connections)
        out, err = process.communicate(request_lines(1, first=2).encode())
    assert (out, err, process.returncode) == (b"{}\n{}\n", b"rtm: 2 ok\n", 0)
    assert [login.payload["reconnect"] for login in server.logins] == [False, True]


def test_a_lost_connection_costs_at_most_the_window() -> None:
    """T45: the connection is lost at value 500; at most 8 unknown, none executed twice."""
    with FaultServer() as server:
        echo = respond(lambda request: request.payload)
        server.on("*", *[echo] * 499, [execute(), drop("rst")], echo)
        result = call(server, request_lines(1000))
    outcomes = statuses(result)
    assert (result.exit_code, len(outcomes), len(server.logins)) == (7, 1000, 2)
    assert 1 <= outcomes.count("unknown") <= 8
    assert outcomes.count("unknown") + outcomes.count("ok") == 1000
    assert len(value_numbers(server.executed)) == len(set(value_numbers(server.executed)))
    sent = {request.request_id for request in server.requests}
    unknown = [record["error"] for record in records(result) if "error" in record]
    assert all(error["input"] == number + 1 for number, error in enumerate(unknown, 499))
    assert unknown[0]["request_id"] in sent


def test_reads_are_resent_on_a_new_connection() -> None:
    """A read survives the loss of the connection."""
    with FaultServer() as server:
        echo = respond(lambda request: request.payload)
        server.on("*", *[echo] * 49, drop("rst"), echo)
        result = call(server, request_lines(100, READ))
    assert (result.exit_code, len(server.logins)) == (0, 2)
    assert [record["n"] for record in records(result)] == list(range(1, 101))


@pytest.mark.parametrize(("options", "status"), [((), 7), (("--retry-idempotent",), 0)])
def test_idempotent_calls_are_resent_on_request(options: tuple[str, ...], status: int) -> None:
    """Without --retry-idempotent their outcome is unknown."""
    with FaultServer() as server:
        server.on("*", [execute(), drop("fin")], respond())
        result = call(server, request_lines(1, IDEMPOTENT), *options)
    assert result.exit_code == status


def test_an_error_after_a_lost_attempt_leaves_the_outcome_unknown() -> None:
    """If the first attempt may have been executed, an error of the second does not decide."""
    with FaultServer() as server:
        server.on("*", [execute(), drop()], respond_error("validation", "it is banned already"))
        result = call(server, request_lines(1, IDEMPOTENT), "--retry-idempotent")
    assert (result.exit_code, statuses(result)) == (7, ["unknown"])
    assert "then validation: it is banned already" in records(result)[0]["error"]["message"]


def test_records_are_in_input_order_for_any_response_order() -> None:
    """T48: responses are matched by type and request_id."""

    def shuffled(contexts: list[StepContext]) -> list[StepContext]:
        return random.sample(contexts, len(contexts))

    with FaultServer() as server:
        echo = respond(lambda request: request.payload)
        server.on("*", batch(8, shuffled, then=echo, idle=0.05))
        result = call(server, request_lines(200))
    assert [record["n"] for record in records(result)] == list(range(1, 201))


def test_other_messages_are_ignored() -> None:
    """T33, T34: a response to another request, a push with our request_id, a duplicate response."""
    other = {"type": "response", "action": "x", "request_id": "?", "success": True, "payload": {}}
    with FaultServer() as server:
        server.on(
            "*",
            [
                message(other),
                push("incoming_event", {"n": 0}, with_request_id=True),
                respond(lambda request: request.payload),
                respond({"n": 0}),
            ],
        )
        result = call(server, request_lines(20))
    assert [record["n"] for record in records(result)] == list(range(1, 21))


@pytest.mark.parametrize("window", [1, 3, 8, 10])
def test_the_window_limits_the_calls_in_flight(window: int) -> None:
    """T57: at most --window calls are in flight, and the window is used fully."""
    with FaultServer() as server:
        server.on("*", batch(window, idle=0.2))
        result = call(server, request_lines(50), "--window", str(window))
    assert (result.exit_code, server.peak_in_flight) == (0, window)


@pytest.mark.parametrize("option", [("--window", "11"), ("--window", "0"), ("--rate", "0")])
def test_a_window_beyond_the_servers_limit_is_refused(option: tuple[str, str]) -> None:
    """The server allows 10 pending requests."""
    result = run("call", "-", *option, url="ws://127.0.0.1:9/", stdin=request_lines(1))
    assert (result.exit_code, result.stdout) == (2, "")
    assert option[0] in result.stderr


def test_a_rate_limits_the_calls_per_second() -> None:
    """--rate spaces the calls evenly."""
    with FaultServer() as server:
        result = call(server, request_lines(11), "--rate", "50")
        times = [request.received_at for request in server.requests]
    assert result.exit_code == 0
    assert 0.19 < times[-1] - times[0] < 2


def test_a_throttled_call_is_sent_again() -> None:
    """T40, T43: a throttled call was not executed; the other calls wait, too."""
    with FaultServer() as server:
        server.on(
            "*",
            respond(),
            respond_error("too_many_requests"),
            respond_error("service_unavailable"),
            respond(),
        )
        result = call(server, request_lines(5), "--window", "1")
    assert (result.exit_code, len(server.executed), server.count("*")) == (0, 5, 7)
    assert value_numbers(server.requests) == [1, 2, 2, 2, 3, 4, 5]


def test_retries_have_a_quota() -> None:
    """T55: if every call is throttled, the stream ends after 100 retries."""
    with FaultServer() as server:
        server.on("*", respond_error("too_many_requests"))
        result = call(server, request_lines(1000))
    assert (result.exit_code, result.stderr) == (
        9,
        "rtm: 0 ok, 1000 busy (input 1: too_many_requests: Too many requests)\n",
    )
    assert (server.count("*"), len(server.executed)) == (1100, 0)
    assert max(value_numbers(server.requests).count(n) for n in range(1, 40)) == 3


@pytest.mark.parametrize(
    ("kind", "action", "status", "sent"),
    [
        ("validation", NOT_RETRIABLE, "refused", 1),
        ("brand_new", READ, "refused", 1),
        ("authorization", NOT_RETRIABLE, "auth", 1),
        ("internal", NOT_RETRIABLE, "unknown", 1),
        ("request_timeout", IDEMPOTENT, "unknown", 1),
        ("internal", READ, "unknown", 3),
    ],
)
def test_an_error_response_does_not_stop_the_others(
    kind: str, action: str, status: str, sent: int
) -> None:
    """T41, T42: the error type decides the status of the record and about retries."""
    with FaultServer() as server:
        server.on(action, respond_error(kind, "no"))
        result = call(server, request_lines(1, action) + request_lines(1))
    assert statuses(result) == [status, "ok"]
    assert server.count(action) == sent
    error = records(result)[0]["error"]
    assert (error["type"], error["message"]) == (kind, "no")
    assert (error["input"], error["action"]) == (1, action)
    assert error["request_id"] in {request.request_id for request in server.requests}


def test_a_malformed_response_costs_one_call() -> None:
    """The other calls in flight are completed, then the stream continues on a new connection."""
    with FaultServer() as server:
        echo = respond(lambda request: request.payload)
        server.on("*", *[echo] * 4, [execute(), text("{bad")], echo)
        result = call(server, request_lines(20))
    assert (result.exit_code, len(server.logins)) == (7, 2)
    assert [number for number, status in enumerate(statuses(result), 1) if status != "ok"] == [5]
    assert 1007 in server.close_codes


def test_a_call_without_a_response_does_not_stop_the_stream() -> None:
    """T29: after --timeout the call is unknown; later calls use a new connection."""
    with FaultServer() as server:
        server.on("*", respond(), execute(), respond())
        result = call(server, request_lines(20), "--timeout", "0.3s", "--rate", "40")
    assert (result.exit_code, statuses(result).count("unknown"), len(server.logins)) == (7, 1, 2)
    assert server.peak_in_flight <= 8


def test_a_server_that_never_responds_ends_the_stream() -> None:
    """After three connections without a response, the remaining values are not sent."""
    with FaultServer() as server:
        server.on("*", execute())
        result = call(server, request_lines(50), "--timeout", "0.2s", "--window", "2")
    assert (result.exit_code, len(server.logins)) == (7, 3)
    assert statuses(result) == ["unknown"] * 6 + ["not_sent"] * 44
    assert server.count("*") == 6


def test_a_server_that_stops_reading_does_not_block_the_stream() -> None:
    """Writes are buffered, and --timeout ends the wait for the response."""
    large = json.dumps({"action": "x", "payload": {"text": "x" * 3_000_000}})
    with FaultServer(strict=False) as server:
        server.on("first", [respond(), pause_reading(server.make_gate())])
        result = call(
            server, request_lines(1, "first") + large * 4, "--timeout", "0.5s", "--max-time", "20s"
        )
    assert statuses(result)[0] == "ok"
    assert result.exit_code == 7
    assert result.duration < 15


def test_a_partition_without_a_fin_is_detected() -> None:
    """Pings detect the partition, and the calls in flight are unknown."""
    with FaultServer(strict=False) as server, TcpRelay(server.port) as relay:
        server.on("x", call_function(lambda _: relay.partition()))
        result = run(
            *("call", "-", "--ping-interval", "0.1s", "--pong-timeout", "0.2s", "--timeout", "1s"),
            url=relay.url(server.url),
            stdin=request_lines(3),
        )
    assert (result.exit_code, set(statuses(result))) == (7, {"unknown"})
    assert "stopped answering pings" in records(result)[0]["error"]["message"]


def test_every_value_has_a_record_if_connecting_fails() -> None:
    """Each record is not_sent, and the exit status is 5."""
    with refusing_port() as port:
        result = call(f"ws://127.0.0.1:{port}/", request_lines(30))
    assert result.exit_code == 5
    assert result.stderr.startswith("rtm: 0 ok, 30 not sent (input 1: cannot connect to 127.0.0.1:")
    assert statuses(result) == ["not_sent"] * 30
    assert "cannot connect" in records(result)[0]["error"]["message"]


def test_a_refused_login_is_reported_for_every_value() -> None:
    """T15: status 4, one connection, no call."""
    with FaultServer() as server:
        server.on("login", respond_error("authentication", "Wrong token"))
        result = call(server, request_lines(3))
    assert (result.exit_code, statuses(result)) == (4, ["auth"] * 3)
    assert (server.connection_count, server.count("*")) == (1, 0)


def test_a_failed_reconnection_leaves_the_remaining_values_unsent() -> None:
    """Calls with a response are ok, calls in flight are unknown, the others were not sent."""
    with FaultServer() as server:
        server.on(CONNECT, normal(), drop())
        server.on("*", *[respond()] * 10, [execute(), drop()])
        result = call(server, request_lines(40), "--window", "4")
    outcomes = statuses(result)
    assert (result.exit_code, outcomes[:10], outcomes[-20:]) == (7, ["ok"] * 10, ["not_sent"] * 20)
    assert set(outcomes[10:14]) <= {"unknown", "ok"}
    sent = {request.payload["n"] for request in server.requests}
    assert not sent & {n for n, status in enumerate(outcomes, 1) if status == "not_sent"}


@pytest.mark.parametrize(
    ("reason", "remaining", "logins"),
    [
        ("too_many_connections", "not_sent", 1),
        ("access_token_revoked", "auth", 1),
        ("access_token_expired", "auth", 1),
        ("internal_error", "ok", 2),
        ("brand_new", "ok", 2),
    ],
)
def test_the_disconnect_reason_decides_about_reconnecting(
    reason: str, remaining: str, logins: int
) -> None:
    """T65: after a terminal reason, the remaining values are not sent and there is no login."""
    disconnect = [push("agent_disconnected", {"reason": reason}), respond(), close(1000)]
    with FaultServer() as server:
        server.on("*", disconnect, respond())
        result = call(server, request_lines(3), "--window", "1")
    assert statuses(result) == ["ok", remaining, remaining]
    assert len(server.logins) == logins


def test_a_redirect_to_another_region_is_followed_once() -> None:
    """T19: a call in the wrong region was not executed, and is sent to the right one."""
    misdirected = respond_error("misdirected_request", data={"region": "fra"})
    with FaultServer() as server, FaultServer() as right:
        server.on("*", misdirected)
        result = call(server, request_lines(20), "--region-url", f"fra={right.url}")
        right.on("*", misdirected)
        lost = call(server, request_lines(20), "--region-url", f"fra={right.url}")
    assert (result.exit_code, len(right.executed), len(server.executed)) == (0, 20, 0)
    assert set(statuses(lost)) == {"unknown", "not_sent"}  # as for a single call


def test_fail_fast_stops_at_the_first_failure() -> None:
    """Nothing more is read or sent; calls in flight complete; every read value has a record."""
    with FaultServer() as server:
        server.on("*", respond(), respond(), respond_error("validation"), respond())
        result = call(server, request_lines(1000), "--fail-fast", "--window", "2")
    outcomes = statuses(result)
    assert (result.exit_code, outcomes[:3]) == (9, ["ok", "ok", "refused"])
    assert len(outcomes) < 10
    assert server.count("*") == sum(status != "not_sent" for status in outcomes)
    assert f"the input was not read beyond value {len(outcomes)}" in result.stderr


def test_fail_fast_names_the_value_that_failed() -> None:
    """It is not always one before those that were not sent: a call may be waiting for its retry."""
    with FaultServer() as server:
        server.on("*", respond_error("too_many_requests"))
        server.on("second", respond_error("validation", "no such chat"))
        lines = request_lines(1, "first") + request_lines(1, "second")
        result = call(
            server, lines, "--fail-fast", "--window", "2", "--backoff", "1h", "--backoff-cap", "1h"
        )
    first, second = (json.loads(line)["error"] for line in result.stdout.splitlines())
    assert (first["status"], second["status"]) == ("busy", "refused")
    assert result.stderr.startswith("rtm: 0 ok, 1 refused, 1 busy (input 2: validation: no such")


def test_the_summary_names_the_first_failure() -> None:
    """In the order of the input; with JSON errors it is a record."""
    with FaultServer() as server:
        server.on("*", respond(), respond_error("validation", "chat X not found"), respond())
        text = call(server, request_lines(4))
    with FaultServer() as server:
        server.on("*", respond(), respond_error("validation", "chat X not found"), respond())
        as_json = call(server, request_lines(4), "--error-format", "json")
    assert text.stderr == "rtm: 3 ok, 1 refused (input 2: validation: chat X not found)\n"
    summary = json.loads(as_json.stderr)
    assert summary["summary"] == {"ok": 3, "refused": 1}
    assert (summary["first_failure"]["input"], summary["first_failure"]["message"]) == (
        2,
        "chat X not found",
    )


def test_fail_fast_applies_to_invalid_values() -> None:
    """An invalid value stops the stream, too."""
    with FaultServer() as server:
        result = run("follow-chat", "-", "--fail-fast", url=server.url, stdin='{"chat_id":1}' * 5)
    assert (result.exit_code, statuses(result), server.connection_count) == (2, ["usage"], 0)


def test_max_time_limits_a_stream() -> None:
    """After --max-time, calls in flight are unknown, and nothing more is sent."""
    with FaultServer() as server:
        server.on("*", respond(), execute())
        result = call(server, request_lines(20), "--max-time", "0.5s", "--window", "2")
    assert statuses(result) == ["ok", "unknown", "unknown"]
    assert (result.exit_code, result.duration < 5 + startup_time()) == (7, True)


def test_a_configured_max_time_limits_a_stream() -> None:
    """RTM_MAX_TIME applies to streams; they have no time limit by default."""
    with FaultServer() as server:
        server.on("*", ignore())
        result = run(
            "call", "-", url=server.url, stdin=request_lines(1), env={"RTM_MAX_TIME": "0.3s"}
        )
    assert (result.exit_code, statuses(result)) == (7, ["unknown"])


def test_quiet_prints_failures_only() -> None:
    """With --quiet there is no record for a success, and no summary if all succeeded."""
    with FaultServer() as server:
        good = call(server, request_lines(3), "--quiet")
        server.on("*", respond(), respond_error("validation"), respond())
        bad = call(server, request_lines(3), "--quiet")
    assert good[:3] == (0, "", "")
    assert (bad.exit_code, statuses(bad), bad.stderr) == (
        9,
        ["refused"],
        "rtm: 2 ok, 1 refused (input 2: validation: Validation)\n",
    )


def test_the_summary_may_be_json() -> None:
    """--error-format json prints the summary and the exit status as JSON."""
    with FaultServer() as server:
        server.on("*", respond(), respond_error("validation"))
        result = call(server, request_lines(3), "--error-format", "json")
    summary = json.loads(result.stderr)
    assert summary.pop("first_failure")["input"] == 2
    assert summary == {"summary": {"ok": 1, "refused": 2}, "exit": 9}


def test_a_dry_run_prints_every_request() -> None:
    """--dry-run needs no token and no connection; invalid values get their records."""
    result = run(
        *("ban-customer", "-", "--ban-days", "5", "--dry-run", "--author-id", "bot"),
        token=None,
        stdin='{"customer_id": "a"}\n{"customer_id": 1}\n',
    )
    assert result.exit_code == 2
    first, second = records(result)
    assert first["payload"] == {"customer_id": "a", "ban": {"days": 5}}
    assert (first["author_id"], second["error"]["status"]) == ("bot", "usage")


@pytest.mark.parametrize("option", [("--wait",), ("--all",)])
def test_options_for_one_payload_exclude_a_stream(option: tuple[str]) -> None:
    """--wait and --all with `-` are usage errors, and nothing is sent."""
    command = "follow-chat" if option == ("--wait",) else "get-customers"
    result = run(command, "-", *option, url="ws://127.0.0.1:9/", stdin="{}")
    assert (result.exit_code, result.stdout) == (2, "")
    assert option[0] in result.stderr
