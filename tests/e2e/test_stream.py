"""`-`: a call for each value of standard input on one socket, whatever the server does."""

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
    """Write whole requests, one a line, each with its number."""
    return "".join(
        json.dumps({"action": action, "payload": {"n": n}}) + "\n"
        for n in range(first, first + count)
    )


def call(server: FaultServer | str, stdin: str | bytes, *options: str) -> CommandResult:
    """Run `rtm call -`."""
    url = server if isinstance(server, str) else server.url
    return run("call", "-", *FASTEST_RETRIES, *options, url=url, stdin=stdin)


def records(result: CommandResult) -> list[Any]:
    """Read the records of a stream."""
    return [json.loads(line) for line in result.stdout.splitlines()]


def statuses(result: CommandResult) -> list[str]:
    """Name the statuses of the records, in order."""
    return [record["error"]["status"] if "error" in record else "ok" for record in records(result)]


def value_numbers(requests: list[Any]) -> list[int]:
    """Name the values that requests belong to."""
    return [request.payload["n"] for request in requests]


def test_each_value_makes_a_call_and_gives_a_line() -> None:
    """T44: a thousand values, a thousand records in order, one login, status 0, and a summary."""
    with FaultServer() as server:
        echo_payloads(server)
        result = call(server, request_lines(1000))
    assert (result.exit_code, result.stderr) == (0, "rtm: 1000 ok\n")
    assert [record["n"] for record in records(result)] == list(range(1, 1001))
    assert (len(server.logins), len(server.executed)) == (1, 1000)


def test_flags_complete_every_value() -> None:
    """What a flag or --set names is put into each payload; what the value holds beside it stays."""
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


def test_each_value_is_checked_and_the_others_go_on() -> None:
    """A value that breaks a rule is a record of its own, with its path; nothing of it is sent."""
    with FaultServer() as server:
        result = run("follow-chat", "-", url=server.url, stdin='{}{"chat_id":1}{"chat_id":"a"}7')
    assert (result.exit_code, result.stderr) == (2, "rtm: 1 ok, 3 usage\n")
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


def test_actions_may_be_mixed_and_ids_are_given_back() -> None:
    """`rtm call -`: the caller's request_id may be anything, twice too; on the wire is ours."""
    own = ["same", "same", 7, None, {"a": [1.0]}, ""]
    requests = [{"action": f"a{n}", "request_id": each} for n, each in enumerate(own)]
    with FaultServer() as server:
        server.on("a1", respond_error("validation"))
        result = call(server, json.dumps(requests)[1:-1].replace("}, {", "}{"), "--envelope")
    assert [
        record["error"]["request_id"] if "error" in record else record["request_id"]
        for record in records(result)
    ] == own
    assert [request.action for request in server.requests] == [f"a{n}" for n in range(6)]
    assert len({request.request_id for request in server.requests}) == 6
    assert "same" not in {request.request_id for request in server.requests}


def test_a_call_of_one_action_takes_payloads() -> None:
    """`rtm call ACTION -`: each value is a payload, any JSON, unchecked."""
    with FaultServer() as server:
        result = run("call", "brand_new", "-", url=server.url, stdin='{"n": 1e400} [2] "x"')
    assert (result.exit_code, result.stdout) == (0, "{}\n{}\n{}\n")
    assert [request.action for request in server.requests] == ["brand_new"] * 3


def test_nobody_logs_in_through_a_stream() -> None:
    """T103: a login among the requests is refused, not sent, and its token is not shown."""
    with FaultServer() as server:
        result = call(
            server, '{"action":"login","payload":{"token":"secret-2718"}}' + request_lines(1)
        )
    assert (result.exit_code, statuses(result)) == (2, ["usage", "ok"])
    assert "2718" not in result.stdout + result.stderr
    assert len(server.logins) == 1


def test_a_value_is_sent_as_soon_as_it_is_there() -> None:
    """Nothing waits for more input or its end: neither the request, nor the answer's line."""
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
    """T52: 40 s without a value, scaled by 20 and as they are: a ping each 15 s, one connection."""
    with (
        FaultServer() as server,
        start("call", "-", "--ping-interval", f"{10 / scale}s", url=server.url) as process,
    ):
        assert process.stdin
        process.stdin.write(request_lines(1).encode())
        process.stdin.flush()
        server.wait_for("x")
        with contextlib.suppress(AssertionError):  # nobody else comes
            server.wait_for("login", 2, timeout=40 / scale)
        out, _ = process.communicate(request_lines(1, first=2).encode())
    assert (out, process.returncode, server.connection_count) == (b"{}\n{}\n", 0, 1)
    signs = [frame.received_at for frame in server.frames]
    assert max(later - earlier for earlier, later in pairwise(signs)) * scale <= 15


def test_a_connection_that_is_lost_while_idle_is_renewed_quietly() -> None:
    """The next value opens another one, which is a reconnection whatever the first login was."""
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


def test_a_lost_connection_costs_no_more_than_the_window() -> None:
    """T45: the link dies at value 500; each value once, at most 8 unknown, none twice."""
    with FaultServer() as server:
        mirrored = respond(lambda request: request.payload)
        server.on("*", *[mirrored] * 499, [execute(), drop("rst")], mirrored)
        result = call(server, request_lines(1000))
    found = statuses(result)
    assert (result.exit_code, len(found), len(server.logins)) == (7, 1000, 2)
    assert 1 <= found.count("unknown") <= 8
    assert found.count("unknown") + found.count("ok") == 1000
    assert len(value_numbers(server.executed)) == len(set(value_numbers(server.executed)))
    sent = {request.request_id for request in server.requests}
    unknown = [record["error"] for record in records(result) if "error" in record]
    assert all(error["input"] == number + 1 for number, error in enumerate(unknown, 499))
    assert unknown[0]["request_id"] in sent


def test_reads_are_asked_again_on_a_new_connection() -> None:
    """A call that changes nothing survives the loss of the link."""
    with FaultServer() as server:
        mirrored = respond(lambda request: request.payload)
        server.on("*", *[mirrored] * 49, drop("rst"), mirrored)
        result = call(server, request_lines(100, READ))
    assert (result.exit_code, len(server.logins)) == (0, 2)
    assert [record["n"] for record in records(result)] == list(range(1, 101))


@pytest.mark.parametrize(("options", "status"), [((), 7), (("--retry-idempotent",), 0)])
def test_idempotent_calls_are_repeated_where_the_user_asks(
    options: tuple[str, ...], status: int
) -> None:
    """By default their outcome is unknown."""
    with FaultServer() as server:
        server.on("*", [execute(), drop("fin")], respond())
        result = call(server, request_lines(1, IDEMPOTENT), *options)
    assert result.exit_code == status


def test_a_refused_repetition_is_no_refusal() -> None:
    """Where the first try may have been executed, the second one's answer does not tell."""
    with FaultServer() as server:
        server.on("*", [execute(), drop()], respond_error("validation", "it is banned already"))
        result = call(server, request_lines(1, IDEMPOTENT), "--retry-idempotent")
    assert (result.exit_code, statuses(result)) == (7, ["unknown"])
    assert "then validation: it is banned already" in records(result)[0]["error"]["message"]


def test_answers_in_any_order_are_told_in_the_inputs() -> None:
    """T48: matched by type and request_id."""

    def mixed(turns: list[StepContext]) -> list[StepContext]:
        return random.sample(turns, len(turns))

    with FaultServer() as server:
        mirrored = respond(lambda request: request.payload)
        server.on("*", batch(8, mixed, then=mirrored, idle=0.05))
        result = call(server, request_lines(200))
    assert [record["n"] for record in records(result)] == list(range(1, 201))


def test_what_is_no_answer_of_ours_is_ignored() -> None:
    """T33, T34: a foreign answer, a push under our id, a second answer."""
    foreign = {"type": "response", "action": "x", "request_id": "?", "success": True, "payload": {}}
    with FaultServer() as server:
        server.on(
            "*",
            [
                message(foreign),
                push("incoming_event", {"n": 0}, with_request_id=True),
                respond(lambda request: request.payload),
                respond({"n": 0}),
            ],
        )
        result = call(server, request_lines(20))
    assert [record["n"] for record in records(result)] == list(range(1, 21))


@pytest.mark.parametrize("window", [1, 3, 8, 10])
def test_no_more_calls_are_in_flight_than_the_window(window: int) -> None:
    """T57: never more than --window, and that is filled."""
    with FaultServer() as server:
        server.on("*", batch(window, idle=0.2))
        result = call(server, request_lines(50), "--window", str(window))
    assert (result.exit_code, server.peak_in_flight) == (0, window)


@pytest.mark.parametrize("option", [("--window", "11"), ("--window", "0"), ("--rate", "0")])
def test_a_window_beyond_the_servers_limit_is_refused(option: tuple[str, str]) -> None:
    """The server allows 10 calls in flight."""
    result = run("call", "-", *option, url="ws://127.0.0.1:9/", stdin=request_lines(1))
    assert (result.exit_code, result.stdout) == (2, "")
    assert option[0] in result.stderr


def test_a_rate_is_kept() -> None:
    """--rate: so many calls a second, evenly."""
    with FaultServer() as server:
        result = call(server, request_lines(11), "--rate", "50")
        moments = [request.received_at for request in server.requests]
    assert result.exit_code == 0
    assert 0.19 < moments[-1] - moments[0] < 2


def test_a_throttled_call_is_sent_again() -> None:
    """T40, T43: it was not executed, so it may; the others wait as well."""
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


def test_repetitions_have_a_budget() -> None:
    """T55: every call throttled, for ever: at most 100 repetitions, and an end."""
    with FaultServer() as server:
        server.on("*", respond_error("too_many_requests"))
        result = call(server, request_lines(1000))
    assert (result.exit_code, result.stderr) == (9, "rtm: 0 ok, 1000 busy\n")
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
def test_an_error_is_a_record_and_the_others_go_on(
    kind: str, action: str, status: str, sent: int
) -> None:
    """T41, T42: each by what the server's error type says of the call."""
    with FaultServer() as server:
        server.on(action, respond_error(kind, "no"))
        result = call(server, request_lines(1, action) + request_lines(1))
    assert statuses(result) == [status, "ok"]
    assert server.count(action) == sent
    error = records(result)[0]["error"]
    assert (error["type"], error["message"], error["input"], error["action"]) == (
        *(kind, "no", 1),
        action,
    )
    assert error["request_id"] in {request.request_id for request in server.requests}


def test_one_garbled_answer_costs_one_call() -> None:
    """Malformed JSON: the calls beside it are waited for, then another connection goes on."""
    with FaultServer() as server:
        mirrored = respond(lambda request: request.payload)
        server.on("*", *[mirrored] * 4, [execute(), text("{bad")], mirrored)
        result = call(server, request_lines(20))
    assert (result.exit_code, len(server.logins)) == (7, 2)
    assert [number for number, status in enumerate(statuses(result), 1) if status != "ok"] == [5]
    assert 1007 in server.close_codes


def test_a_call_without_an_answer_is_unknown_and_the_stream_goes_on() -> None:
    """T29: --timeout counts for each answer; the calls after it go on a new connection."""
    with FaultServer() as server:
        server.on("*", respond(), execute(), respond())
        result = call(server, request_lines(20), "--timeout", "0.3s", "--rate", "40")
    assert (result.exit_code, statuses(result).count("unknown"), len(server.logins)) == (7, 1, 2)
    assert server.peak_in_flight <= 8


def test_a_server_that_answers_nothing_is_given_up() -> None:
    """Three connections in a row without an answer: what is left is not sent."""
    with FaultServer() as server:
        server.on("*", execute())
        result = call(server, request_lines(50), "--timeout", "0.2s", "--window", "2")
    assert (result.exit_code, len(server.logins)) == (7, 3)
    assert statuses(result) == ["unknown"] * 6 + ["not_sent"] * 44
    assert server.count("*") == 6


def test_a_server_that_stops_reading_does_not_hang_us() -> None:
    """The writes are buffered, and the answer's timeout decides."""
    large = json.dumps({"action": "x", "payload": {"text": "x" * 3_000_000}})
    with FaultServer(strict=False) as server:
        server.on("first", [respond(), pause_reading(server.make_gate())])
        result = call(
            server, request_lines(1, "first") + large * 4, "--timeout", "0.5s", "--max-time", "20s"
        )
    assert statuses(result)[0] == "ok"
    assert result.exit_code == 7
    assert result.duration < 15


def test_a_line_that_is_cut_without_a_word_is_noticed() -> None:
    """A partition without FIN: pings find it, and what was in flight is unknown."""
    with FaultServer(strict=False) as server, TcpRelay(server.port) as relay:
        server.on("x", call_function(lambda _: relay.partition()))
        result = run(
            *("call", "-", "--ping-interval", "0.1s", "--pong-timeout", "0.2s", "--timeout", "1s"),
            url=relay.url(server.url),
            stdin=request_lines(3),
        )
    assert (result.exit_code, set(statuses(result))) == (7, {"unknown"})
    assert "stopped answering pings" in records(result)[0]["error"]["message"]


def test_nothing_is_lost_where_nobody_can_be_reached() -> None:
    """Every value has its record, not_sent, and status 5."""
    with refusing_port() as port:
        result = call(f"ws://127.0.0.1:{port}/", request_lines(30))
    assert (result.exit_code, result.stderr) == (5, "rtm: 0 ok, 30 not sent\n")
    assert statuses(result) == ["not_sent"] * 30
    assert "cannot connect" in records(result)[0]["error"]["message"]


def test_a_refused_login_is_told_of_every_value() -> None:
    """T15: status 4, one connection, no call."""
    with FaultServer() as server:
        server.on("login", respond_error("authentication", "Wrong token"))
        result = call(server, request_lines(3))
    assert (result.exit_code, statuses(result)) == (4, ["auth"] * 3)
    assert (server.connection_count, server.count("*")) == (1, 0)


def test_a_connection_that_does_not_come_back_leaves_the_rest_unsent() -> None:
    """What was answered counts, what was in flight is unknown, the rest was never sent."""
    with FaultServer() as server:
        server.on(CONNECT, normal(), drop())
        server.on("*", *[respond()] * 10, [execute(), drop()])
        result = call(server, request_lines(40), "--window", "4")
    found = statuses(result)
    assert (result.exit_code, found[:10], found[-20:]) == (7, ["ok"] * 10, ["not_sent"] * 20)
    assert set(found[10:14]) <= {"unknown", "ok"}
    sent = {request.payload["n"] for request in server.requests}
    assert not sent & {n for n, status in enumerate(found, 1) if status == "not_sent"}


@pytest.mark.parametrize(
    ("reason", "rest", "logins"),
    [
        ("too_many_connections", "not_sent", 1),
        ("access_token_revoked", "auth", 1),
        ("access_token_expired", "auth", 1),
        ("internal_error", "ok", 2),
        ("brand_new", "ok", 2),
    ],
)
def test_the_servers_reasons_are_obeyed(reason: str, rest: str, logins: int) -> None:
    """T65: where it says not to come back, what is left is told so, and nobody comes back."""
    farewell = [push("agent_disconnected", {"reason": reason}), respond(), close(1000)]
    with FaultServer() as server:
        server.on("*", farewell, respond())
        result = call(server, request_lines(3), "--window", "1")
    assert statuses(result) == ["ok", rest, rest]
    assert len(server.logins) == logins


def test_the_other_region_is_tried_once() -> None:
    """T19: a call that went to the wrong region was not executed, and goes to the right one."""
    elsewhere = respond_error("misdirected_request", data={"region": "fra"})
    with FaultServer() as server, FaultServer() as right:
        server.on("*", elsewhere)
        result = call(server, request_lines(20), "--region-url", f"fra={right.url}")
        right.on("*", elsewhere)
        lost = call(server, request_lines(20), "--region-url", f"fra={right.url}")
    assert (result.exit_code, len(right.executed), len(server.executed)) == (0, 20, 0)
    assert set(statuses(lost)) == {"unknown", "not_sent"}  # as where one call finds no region


def test_fail_fast_stops_at_the_first_failure() -> None:
    """Nothing more is read or sent; what is in flight is awaited, what was read has its record."""
    with FaultServer() as server:
        server.on("*", respond(), respond(), respond_error("validation"), respond())
        result = call(server, request_lines(1000), "--fail-fast", "--window", "2")
    found = statuses(result)
    assert (result.exit_code, found[:3]) == (9, ["ok", "ok", "refused"])
    assert len(found) < 10
    assert server.count("*") == sum(status != "not_sent" for status in found)
    assert f"the input was not read beyond value {len(found)}" in result.stderr


def test_fail_fast_counts_bad_values_too() -> None:
    """The values before it are sent, nothing after it."""
    with FaultServer() as server:
        result = run("follow-chat", "-", "--fail-fast", url=server.url, stdin='{"chat_id":1}' * 5)
    assert (result.exit_code, statuses(result), server.connection_count) == (2, ["usage"], 0)


def test_the_whole_may_have_a_limit() -> None:
    """--max-time: what is in flight then is unknown, and nothing more is sent."""
    with FaultServer() as server:
        server.on("*", respond(), execute())
        result = call(server, request_lines(20), "--max-time", "0.5s", "--window", "2")
    assert statuses(result) == ["ok", "unknown", "unknown"]
    assert (result.exit_code, result.duration < 5 + startup_time()) == (7, True)


def test_a_stream_has_no_limit_by_default() -> None:
    """A limit of the whole command that a profile or variable sets counts for streams too."""
    with FaultServer() as server:
        server.on("*", ignore())
        result = run(
            "call", "-", url=server.url, stdin=request_lines(1), env={"RTM_MAX_TIME": "0.3s"}
        )
    assert (result.exit_code, statuses(result)) == (7, ["unknown"])


def test_quiet_tells_failures_only() -> None:
    """--quiet: no line for what went well, and no summary where all did."""
    with FaultServer() as server:
        good = call(server, request_lines(3), "--quiet")
        server.on("*", respond(), respond_error("validation"), respond())
        bad = call(server, request_lines(3), "--quiet")
    assert good[:3] == (0, "", "")
    assert (bad.exit_code, statuses(bad), bad.stderr) == (9, ["refused"], "rtm: 2 ok, 1 refused\n")


def test_the_summary_may_be_json() -> None:
    """--error-format json: one line, with the exit status."""
    with FaultServer() as server:
        server.on("*", respond(), respond_error("validation"))
        result = call(server, request_lines(3), "--error-format", "json")
    assert json.loads(result.stderr) == {"summary": {"ok": 1, "refused": 2}, "exit": 9}


def test_a_dry_run_prints_every_request() -> None:
    """--dry-run: no token, no connection, and malformed values are told as ever."""
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
def test_what_takes_one_payload_takes_no_stream(option: tuple[str]) -> None:
    """--wait and --all are told apart from streams before anything is sent."""
    command = "follow-chat" if option == ("--wait",) else "get-customers"
    result = run(command, "-", *option, url="ws://127.0.0.1:9/", stdin="{}")
    assert (result.exit_code, result.stdout) == (2, "")
    assert option[0] in result.stderr
