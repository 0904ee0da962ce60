"""One call as a whole process, against a server that fails in every way.

Each test asserts the exit status, standard output, standard error and how often the call was sent.
SEND_EVENT must never be sent twice, BAN_CUSTOMER is idempotent, GET_ARCHIVES only reads.
"""

import json
import re

import pytest
from support.fault_server import (
    CLOSE,
    CONNECT,
    HANDSHAKE,
    LOGIN_RESPONSE,
    FaultServer,
    Opcode,
    Step,
    StepContext,
    TcpRelay,
    binary,
    call_function,
    close,
    compression_bomb,
    delay,
    dripped,
    drop,
    execute,
    flood,
    fragmented,
    frame,
    ignore,
    message,
    normal,
    pings,
    pongs,
    push,
    raw,
    refusing_port,
    respond,
    respond_error,
    text,
    upgrade,
)
from support.process import CommandResult, memory_usage, run, start, startup_time

CUSTOMER = "b7eff798-f8df-4364-8059-649c35c9ed0c"
SEND_EVENT = ("send-event", "--chat-id", "PJ0MRSHTDG", "--text", "hello")
BAN_CUSTOMER = ("ban-customer", "--customer-id", CUSTOMER, "--ban-days", "5")
GET_ARCHIVES = ("get-archives",)
FAST_RETRIES = ("--backoff", "1ms")
MIB = 1024 * 1024


def call(server: FaultServer, command: tuple[str, ...], *options: str) -> CommandResult:
    """Run one call with short delays between attempts."""
    return run(*command, *FAST_RETRIES, *options, url=server.url)


def call_with_peak_memory(
    server: FaultServer, command: tuple[str, ...]
) -> tuple[tuple[int, bytes, bytes], float]:
    """Run one call; return how it ended, and its peak memory until it closes, in MiB."""
    server.on(CLOSE, ignore())
    close_count = server.count(CLOSE)
    with start(*command, *FAST_RETRIES, "--close-timeout", "30s", url=server.url) as process:
        server.wait_for(CLOSE, close_count + 1)
        peak = memory_usage(process.pid)[1]
        server.run_steps(drop())
        out, err = process.communicate()
    return (process.returncode, out, err), peak


def test_a_call_logs_in_and_prints_the_payload_of_the_response() -> None:
    """One login, then the call; the payload on standard output, nothing on standard error."""
    with FaultServer() as server:
        server.on("send_event", respond({"thread_id": "K600PKZON8"}))
        result = call(server, SEND_EVENT)
    assert result[:3] == (0, '{"thread_id":"K600PKZON8"}\n', "")
    assert [request.action for request in server.requests] == ["send_event"]
    [login] = server.logins
    assert login.payload["reconnect"] is True
    assert login.payload["application"]["name"] == "rtm"
    assert server.close_codes == [1000]


def test_no_call_is_sent_before_the_login_response() -> None:
    """T17: if the login gets no response, status 5 after --timeout, and no call is sent."""
    with FaultServer() as server:
        server.on("login", ignore())
        result = call(server, SEND_EVENT, "--timeout", "0.5s")
    assert (result.exit_code, result.stdout) == (5, "")
    assert result.stderr == "rtm: send_event: not sent: the login was not answered in time\n"
    assert server.requests == []
    assert result.duration < 4 + startup_time()


def test_messages_before_the_logins_response_are_ignored() -> None:
    """T18: pushes and a response to a ping before the login's response are ignored."""
    with FaultServer() as server:
        early = message({"action": "ping", "type": "response", "success": True, "payload": {}})
        server.on("login", [push("incoming_event"), early, respond()])
        result = call(server, SEND_EVENT)
    assert result[:3] == (0, "{}\n", "")


def test_only_the_first_login_of_a_call_follows_no_reconnect() -> None:
    """T122: a retry on another connection does not reset the agent's routing status."""
    with FaultServer() as server:
        server.on("get_archives", drop("rst"), respond({"chats": []}))
        result = call(server, GET_ARCHIVES, "--no-reconnect")
    assert result.exit_code == 0
    assert [login.payload["reconnect"] for login in server.logins] == [False, True]


def test_standard_input_may_be_named_like_a_file() -> None:
    """T140: @- is standard input, for a payload and for a flag that takes JSON."""
    words = ("ban-customer", "--customer-id", "b7eff798-f8df-4364-8059-649c35c9ed0c", "--dry-run")
    for more, stdin in ((("@-",), '{"ban": {"days": 2}}'), (("--ban", "@-"), '{"days": 2}')):
        result = run(*words, *more, stdin=stdin)
        assert json.loads(result.stdout)["payload"]["ban"] == {"days": 2}
    twice = run("send-event", "-", "--chat-id", "A", "--event", "@-", stdin='{"type":"message"}')
    assert (twice.exit_code, twice.stdout) == (2, "")
    assert "standard input cannot be both a value (@-) and the stream of values" in twice.stderr
    both = run("call", "x", "@-", "--token-file", "-", url="ws://127.0.0.1:1")
    assert (both.exit_code, "cannot be both" in both.stderr) == (2, True)


@pytest.mark.parametrize("how", ["rst", "fin"])
def test_a_call_that_may_have_run_is_not_sent_again(how: str) -> None:
    """T25: lost after execution: status 7, the message names the request id, one execution."""
    with FaultServer() as server:
        server.on("send_event", [execute(), drop(how)])  # type: ignore[arg-type]  # literal
        result = call(server, SEND_EVENT)
    assert (result.exit_code, result.stdout, server.count("send_event")) == (7, "", 1)
    assert server.requests[0].request_id in result.stderr
    assert "it may have taken effect" in result.stderr


def test_a_lost_read_is_sent_again() -> None:
    """T26: two resets, then a response: status 0 after three attempts on three connections."""
    with FaultServer() as server:
        server.on("get_archives", drop("rst"), drop("rst"), respond({"chats": []}))
        result = call(server, GET_ARCHIVES)
    assert result[:3] == (0, '{"chats":[]}\n', "")
    assert (server.count("get_archives"), len(server.logins)) == (3, 3)


def test_a_read_is_tried_at_most_three_times() -> None:
    """If every connection is lost, a read ends with status 7."""
    with FaultServer() as server:
        server.on("get_archives", drop("rst"))
        result = call(server, GET_ARCHIVES)
    assert (result.exit_code, result.stdout, server.count("get_archives")) == (7, "", 3)


@pytest.mark.parametrize(("options", "sent"), [((), 1), (("--retry-idempotent",), 2)])
def test_an_idempotent_call_is_resent_only_on_request(options: tuple[str, ...], sent: int) -> None:
    """A lost ban is sent again only with --retry-idempotent."""
    with FaultServer() as server:
        server.on("ban_customer", [execute(), drop("rst")], respond({}))
        result = call(server, BAN_CUSTOMER, *options)
    assert (result.exit_code, server.count("ban_customer")) == ({1: 7, 2: 0}[sent], sent)


def test_retry_idempotent_does_not_cover_other_calls() -> None:
    """A lost event is never sent again, even with --retry-idempotent."""
    with FaultServer() as server:
        server.on("send_event", [execute(), drop("rst")], respond({}))
        result = call(server, SEND_EVENT, "--retry-idempotent")
    assert (result.exit_code, server.count("send_event")) == (7, 1)


@pytest.mark.parametrize("code", [None, 1000, 1001, 1008, 1011, 1012, 1013, 4000, 4999])
def test_a_close_with_a_call_in_flight_is_never_success(code: int | None) -> None:
    """T28: with any close code, an event in flight is unknown; the reason is escaped."""
    with FaultServer() as server:
        reason = "" if code is None else "bye \x1b[2J\r\x9b"
        server.on("send_event", [execute(), close(code, reason)])
        result = call(server, SEND_EVENT)
    assert (result.exit_code, result.stdout, server.count("send_event")) == (7, "", 1)
    assert f"code {code or 1005}" in result.stderr
    assert ("bye \\u001b[2J\\u000d\\u009b" in result.stderr) == bool(code)
    assert result.stderr.count("\n") == 1


@pytest.mark.parametrize(("code", "tries"), [(1000, 2), (1001, 2), (1008, 1), (4000, 1)])
def test_a_read_is_resent_unless_the_close_code_forbids_it(code: int, tries: int) -> None:
    """T28: a read is resent after 1000 and 1001, but not after 1008 and 4xxx."""
    with FaultServer() as server:
        server.on("get_archives", close(code), respond({}))
        result = call(server, GET_ARCHIVES)
    assert (result.exit_code, server.count("get_archives")) == (0 if tries == 2 else 7, tries)


def test_an_overloaded_server_gets_at_least_a_second() -> None:
    """T28: after 1011, 1012 and 1013 a read waits at least one second."""
    with FaultServer() as server:
        server.on("get_archives", close(1013), respond({}))
        result = call(server, GET_ARCHIVES)
    first, second = server.requests
    assert (result.exit_code, second.received_at - first.received_at >= 1.0) == (0, True)


def test_silence_after_sending_ends_at_the_timeout() -> None:
    """T29: a partition after sending: status 7 after --timeout, sent once."""
    with FaultServer(strict=False) as server, TcpRelay(server.port) as line:
        server.on("send_event", [execute(), call_function(lambda _: line.partition()), respond()])
        result = run(*SEND_EVENT, *FAST_RETRIES, "--timeout", "0.5s", url=line.url(server.url))
    assert (result.exit_code, result.stdout, server.count("send_event")) == (7, "", 1)
    assert "no response came in time" in result.stderr
    assert result.duration < 4 + startup_time()


def test_max_time_limits_everything() -> None:
    """A read that gets no response is resent only within --max-time."""
    with FaultServer() as server:
        server.on("get_archives", ignore())
        result = call(server, GET_ARCHIVES, "--timeout", "10s", "--max-time", "1s")
    assert (result.exit_code, result.stdout) == (7, "")
    assert 0.9 < result.duration < 4 + startup_time()


@pytest.mark.slow
def test_a_response_after_the_servers_limit_is_accepted() -> None:
    """T30: the server may take 15 s; by default a response after 16 s is accepted."""
    with FaultServer() as server:
        server.on("send_event", [delay(16), respond({"late": True})])
        result = call(server, SEND_EVENT)
    assert result[:3] == (0, '{"late":true}\n', "")


def test_pushes_before_the_response_are_skipped() -> None:
    """T32: ten thousand pushes before the response, one of them with the call's request_id."""
    with FaultServer() as server:
        own = push("incoming_event", {"event": {}}, with_request_id=True)
        server.on("send_event", respond(), [flood(10_000), own, respond({"thread_id": "K"})])
        _, normal_peak = call_with_peak_memory(server, SEND_EVENT)
        result, peak = call_with_peak_memory(server, SEND_EVENT)
    assert result == (0, b'{"thread_id":"K"}\n', b"")
    assert peak - normal_peak <= 32


def test_a_response_to_another_request_is_ignored() -> None:
    """T33: a response with an unknown request_id, then the right one."""
    with FaultServer() as server:
        other = message(
            {
                "request_id": "other",
                "action": "send_event",
                "type": "response",
                "success": False,
                "payload": {"error": {"type": "internal", "message": "not yours"}},
            }
        )
        server.on("send_event", [other, respond({"own": True})])
        result = call(server, SEND_EVENT)
    assert result[:3] == (0, '{"own":true}\n', "")


ODD_PAYLOAD = {
    "half": "\ud83d",
    "key \udc00": [],
    "deep": json.loads("[" * 900 + "]" * 900),
    "number": 10**40,
}


def test_what_follows_the_grammar_is_printed_as_it_came() -> None:
    """T111: half of a surrogate pair, depth and digits, in the login's response and in another."""
    with FaultServer() as server:
        server.on("login", respond({**LOGIN_RESPONSE, **ODD_PAYLOAD}))
        server.on("send_event", respond(ODD_PAYLOAD))
        result = call(server, SEND_EVENT)
        login = run("login", url=server.url)
        streamed = run("call", "-", url=server.url, stdin='{"action":"send_event"}' * 2)
    line = json.dumps(ODD_PAYLOAD, separators=(",", ":")) + "\n"
    assert result[:3] == (0, line, "")
    assert (login.exit_code, login.stderr) == (0, "")
    assert '"half":"\\ud83d"' in login.stdout
    assert (streamed.exit_code, streamed.stdout) == (0, line * 2)


def test_a_page_may_contain_half_of_a_surrogate_pair() -> None:
    """T111: in an item, and in the cursor that is sent back as it came."""
    with FaultServer() as server:
        pages = [respond({"customers": [{"n": "\ud83d"}], "next_page_id": "\ud83d"}),
                 respond({"customers": [{"n": 2}]})]  # fmt: skip
        server.on("get_customers", *pages)
        result = call(server, ("get-customers", "--all"))
        cursors = [request.payload.get("page_id") for request in server.requests]
    assert result[:3] == (0, '{"n":"\\ud83d"}\n{"n":2}\n', "")
    assert cursors == [None, "\ud83d"]


@pytest.mark.parametrize(
    "other",
    [
        message([]),
        message("x"),
        message({"type": "push"}),
        message({"action": "incoming_event", "type": "news"}),
        message({"action": "x", "type": "response", "request_id": 7, "success": True}),
        message({"action": "x", "type": "response", "request_id": "foreign", "success": 1}),
        message({"action": "x", "type": "push", "payload": "\ud83d"}),
    ],
)
def test_a_message_that_is_not_the_response_never_decides_a_call(other: Step) -> None:
    """T111: before the response to the login, to a call, and in a stream."""
    with FaultServer() as server:
        server.on("login", [other, respond()])
        server.on("send_event", [other, respond({"n": 1})])
        result = call(server, SEND_EVENT)
        streamed = run("call", "-", url=server.url, stdin='{"action":"send_event"}' * 3)
        assert len(server.logins) == 2
    assert result[:3] == (0, '{"n":1}\n', "")
    assert (streamed.exit_code, streamed.stdout) == (0, '{"n":1}\n' * 3)


def test_a_response_of_too_many_values_is_unknown_and_a_push_a_gap() -> None:
    """T129: memory is bounded by the number of values, too."""
    values = "[" + "[]," * (60 * MIB // 3) + "0]"
    with FaultServer(strict=False) as server:
        server.on("send_event", [execute(), text(values)])
        (code, out, err), peak = call_with_peak_memory(server, SEND_EVENT)
        assert (code, out, server.count("send_event")) == (7, b"", 1)
        assert b"too many values" in err
        assert peak < 1024
        server.on("login", [respond(), text(values), push("incoming_event")])
        listened = run("listen", "--count", "1", url=server.url)
    records = [json.loads(line)["type"] for line in listened.stdout.splitlines()]
    assert (listened.exit_code, records) == (0, ["rtm.gap", "push"])


def test_a_duplicate_response_is_printed_once() -> None:
    """T34: the first response counts."""
    with FaultServer() as server:
        server.on("send_event", [respond({"n": 1}), respond({"n": 2})])
        result = call(server, SEND_EVENT)
    assert result[:3] == (0, '{"n":1}\n', "")


@pytest.mark.parametrize(
    "bad",
    [
        respond(request_id=7),
        respond(request_id=None),
        respond(success="true"),
        respond(success=1),
        respond(omit=["success"]),
        respond(omit=["type"]),
        respond([1]),
        message(None),
        message([]),
        message("x"),
        text("{bad"),
        text(b'"\xff\xfe"'),
        text(""),
        binary(b"{}"),
        frame(3, b"{}"),
        frame(Opcode.TEXT, b"{}", mask=b"abcd"),
        frame(Opcode.TEXT, b"{}", rsv=4),
    ],
)
def test_a_malformed_response_leaves_the_outcome_unknown(bad: Step) -> None:
    """T35, T36: a malformed response ends a call with status 7; it is sent once."""
    with FaultServer(strict=False) as server:
        server.on("send_event", [execute(), bad])
        result = call(server, SEND_EVENT, "--timeout", "1s")
    assert (result.exit_code, result.stdout, server.count("send_event")) == (7, "", 1)
    assert result.stderr.startswith("rtm: send_event: unknown: ")
    assert result.stderr.count("\n") == 1


def test_a_response_without_a_request_id_is_ignored() -> None:
    """T35: a response without a request_id cannot be matched."""
    with FaultServer() as server:
        server.on("send_event", [execute(), respond(omit=["request_id"])])
        result = call(server, SEND_EVENT, "--timeout", "0.5s")
    assert (result.exit_code, result.stdout) == (7, "")


@pytest.mark.parametrize(
    ("bad", "code"),
    [
        (frame(3, b"{}"), 1002),
        (frame(Opcode.TEXT, b"{}", mask=b"abcd"), 1002),
        (binary(b"{}"), 1003),
        (text(b'"\xff"'), 1007),
    ],
)
def test_an_invalid_frame_gets_the_right_close_code(bad: Step, code: int) -> None:
    """T36: the close code is 1002, 1003 or 1007, depending on the violation."""
    with FaultServer(strict=False) as server:
        server.on("send_event", bad)
        call(server, SEND_EVENT)
        server.wait_for(CLOSE)
    assert server.close_codes[:1] == [code]


def test_a_large_fragmented_response_is_complete() -> None:
    """T38: 2 MB in fragments with pings between; more than the library's default limit of 1 MiB."""
    body = {"text": "x" * 2_000_000}
    with FaultServer() as server:
        server.on("get_archives", fragmented(respond(body), size=100_000, between=b"\x89\x00"))
        result = call(server, GET_ARCHIVES)
    assert (result.exit_code, json.loads(result.stdout)) == (0, body)


def test_a_hundred_thousand_fragments_of_one_byte_are_one_message() -> None:
    """T38: the number of fragments is not limited."""
    with FaultServer() as server:
        server.on("get_archives", fragmented(respond({"text": "x" * 100_000})))
        result = call(server, GET_ARCHIVES)
    assert (result.exit_code, len(json.loads(result.stdout)["text"])) == (0, 100_000)


def test_a_message_above_the_limit_is_refused_by_its_header() -> None:
    """T38: a header announces 65 MiB: status 7 without waiting for the payload."""
    header = b"\x81\x7f" + (65 * MIB).to_bytes(8, "big")
    with FaultServer(strict=False) as server:
        server.on("send_event", [execute(), raw(header + b"{")])
        result = call(server, SEND_EVENT, "--timeout", "5s")
    assert (result.exit_code, server.count("send_event")) == (7, 1)
    assert "too big" in result.stderr
    assert result.duration < 4 + startup_time()


def test_a_compression_bomb_is_not_decompressed() -> None:
    """T38: compression is not offered, so a compressed frame is a violation: 1 MB for 1 GB."""
    with FaultServer(strict=False) as server:
        server.on(HANDSHAKE, upgrade(deflate=True))
        server.on("send_event", [execute(), compression_bomb(1 << 30)])
        (status, out, _), peak = call_with_peak_memory(server, SEND_EVENT)
    assert (status, out, server.count("send_event"), peak < 100) == (7, b"", 1, True)


def test_a_message_that_grows_beyond_the_limit_is_not_kept() -> None:
    """T38: 80 MiB in frames of 8 MiB: status 7, and at most 100 MiB more memory than the limit."""
    with FaultServer(strict=False) as server:
        large = b"x" * (8 * MIB)
        frames = [frame(Opcode.TEXT, large, fin=False), *[frame(0, large, fin=False)] * 9]
        server.on("send_event", [execute(), *frames])
        (status, out, err), peak = call_with_peak_memory(server, SEND_EVENT)
    assert (status, out, server.count("send_event")) == (7, b"", 1)
    assert b"too big" in err
    assert peak < 64 + 100


def test_a_server_that_never_closes_does_not_block_the_exit() -> None:
    """The response is printed, and the process ends within two seconds."""
    with FaultServer() as server:
        server.on(CLOSE, ignore())
        result = call(server, SEND_EVENT)
    assert result[:3] == (0, "{}\n", "")
    assert result.duration < 4 + startup_time()


@pytest.mark.parametrize(
    "kind", ["too_many_requests", "service_unavailable", "pending_requests_limit_reached"]
)
def test_a_throttled_call_is_resent_because_it_was_not_executed(kind: str) -> None:
    """T40, T43: refused twice, then executed: one execution, even of an event."""
    with FaultServer() as server:
        server.on("send_event", respond_error(kind), respond_error(kind), respond({"ok": 1}))
        result = call(server, SEND_EVENT)
    assert result[:3] == (0, '{"ok":1}\n', "")
    assert (server.count("send_event"), len(server.executed)) == (3, 1)
    assert len({request.request_id for request in server.requests}) == 3


def test_a_call_that_is_always_throttled_is_busy() -> None:
    """T40: after three attempts status 6; nothing was executed."""
    with FaultServer() as server:
        server.on("send_event", respond_error("too_many_requests", "Slow down"))
        result = call(server, SEND_EVENT)
    assert (result.exit_code, result.stdout, server.count("send_event")) == (6, "", 3)
    assert result.stderr == (
        "rtm: send_event: too_many_requests: Slow down (not executed; try again later)\n"
    )


@pytest.mark.parametrize("kind", ["request_timeout", "internal"])
@pytest.mark.parametrize(
    ("command", "tries"), [(SEND_EVENT, 1), (BAN_CUSTOMER, 1), (GET_ARCHIVES, 2)]
)
def test_an_ambiguous_error_is_resent_for_reads_only(
    kind: str, command: tuple[str, ...], tries: int
) -> None:
    """T41: after request_timeout or internal, reads are resent; other calls end with status 7."""
    with FaultServer() as server:
        action = command[0].replace("-", "_")
        server.on(action, respond_error(kind, "boom"), respond({}))
        result = call(server, command)
    assert (result.exit_code, server.count(action)) == (0 if tries == 2 else 7, tries)
    assert (f"{kind}: boom" in result.stderr) == (tries == 1)


@pytest.mark.parametrize(
    ("kind", "status"),
    [("validation", 3), ("brand_new_error", 3), ("authorization", 4), ("license_expired", 4)],
)
def test_a_refusal_is_reported_and_prints_no_result(kind: str, status: int) -> None:
    """T42: the error type decides between status 3 and 4; no output; sent once."""
    with FaultServer() as server:
        server.on("ban_customer", respond_error(kind, "because"))
        result = call(server, BAN_CUSTOMER)
    assert (result.exit_code, result.stdout, server.count("ban_customer")) == (status, "", 1)
    assert result.stderr.startswith(f"rtm: ban_customer: {kind}: because")
    assert ("customers.ban:rw" in result.stderr) == (kind == "authorization")


def test_an_error_without_a_reason_is_still_an_error() -> None:
    """If an error has no type or message, rtm says that the server gave no reason."""
    with FaultServer() as server:
        server.on("ban_customer", respond({}, success=False))
        result = call(server, BAN_CUSTOMER)
    assert (result.exit_code, result.stdout) == (3, "")
    assert result.stderr == "rtm: ban_customer: unknown: the server gave no reason\n"


def test_an_expired_token_that_ends_the_session_is_an_auth_error() -> None:
    """A disconnect push about the token, then the close: status 4 with an explanation."""
    with FaultServer() as server:
        gone = push("agent_disconnected", {"reason": "access_token_revoked"})
        server.on("send_event", [execute(), gone, close(1000)])
        result = call(server, SEND_EVENT)
    assert (result.exit_code, server.count("send_event")) == (4, 1)
    assert "access_token_revoked" in result.stderr
    assert "may have taken effect" in result.stderr


def test_a_refused_port_is_named_and_tried_three_times() -> None:
    """T01: status 5, one line with host and port, three attempts."""
    with refusing_port() as port:
        url = f"ws://127.0.0.1:{port}/v3.0/agent/rtm/ws"
        result = run(*SEND_EVENT, *FAST_RETRIES, url=url)
        verbose = run(*SEND_EVENT, *FAST_RETRIES, "-v", url=url)
    assert result[:3] == (
        5,
        "",
        f"rtm: send_event: not sent: cannot connect to 127.0.0.1:{port}: connection refused\n",
    )
    assert verbose.stderr.count(f"connecting to 127.0.0.1:{port}\n") == 3


def test_a_connection_lost_before_the_call_is_tried_again() -> None:
    """A connection that ends before the call was sent is retried for any call."""
    with FaultServer() as server:
        server.on(CONNECT, drop("rst"), drop("fin"), normal())
        result = call(server, SEND_EVENT)
    assert result[:3] == (0, "{}\n", "")
    assert (server.connection_count, server.count("send_event")) == (3, 1)


def test_silence_after_the_connect_ends_at_the_timeout() -> None:
    """T05: the server accepts and sends nothing: status 5 after --timeout."""
    with FaultServer() as server:
        server.on(CONNECT, ignore())
        result = call(server, SEND_EVENT, "--timeout", "1s")
    assert (result.exit_code, result.stdout) == (5, "")
    assert 0.9 < result.duration < 3 + startup_time()


def test_a_dripped_handshake_ends_at_the_timeout() -> None:
    """T06: one byte per second: status 5 after --timeout."""
    with FaultServer(strict=False) as server:
        server.on(HANDSHAKE, dripped(upgrade()))
        result = call(server, SEND_EVENT, "--timeout", "1s")
    assert (result.exit_code, result.stdout) == (5, "")
    assert result.duration < 3 + startup_time()


def test_many_control_frames_are_harmless() -> None:
    """T76: a flood of pings and pongs before the response."""
    with FaultServer() as server:
        payload = b"p" * 125
        server.on("send_event", [pings(500, payload), pongs(500), respond({"n": 1})])
        result = call(server, SEND_EVENT)
    assert result[:3] == (0, '{"n":1}\n', "")


def test_control_characters_are_escaped_in_messages() -> None:
    """T78: the server's text has no control characters on standard error, except the newline."""
    with FaultServer() as server:
        server.on(
            "send_event", respond_error("validation", "a\x1b]0;x\x07\r\n\x9b\x7f\u202e\u2028[/b]")
        )
        result = call(server, SEND_EVENT)
    assert result.exit_code == 3
    assert re.fullmatch(r"[^\x00-\x1f\x7f-\x9f\u202e\u2028]*\n", result.stderr)
    assert "\\u001b]0;x\\u0007\\u000d\\u000a\\u009b\\u007f\\u202e\\u2028[/b]" in result.stderr


def test_control_characters_are_escaped_in_results() -> None:
    """T79, T84: the JSON value is unchanged, on one line."""
    body = {"text": "\x1b[1m \x7f \x9b \u202e \u2028 \x85 \n \x00 é 😀"}
    with FaultServer() as server:
        server.on("get_archives", respond(body))
        result = call(server, GET_ARCHIVES)
    assert (result.exit_code, json.loads(result.stdout)) == (0, body)
    assert re.fullmatch(r"[^\x00-\x1f\x7f-\x9f\u202e\u2028]*\n", result.stdout)
    assert "é 😀" in result.stdout


def test_no_digit_is_changed() -> None:
    """T82: numbers beyond the range of a double keep their digits."""
    numbers = "[18446744073709551617,-0.0,1.0,1e400,0.1234567890123456789,12345678901234567890123]"
    with FaultServer() as server:
        server.on(
            "get_archives",
            [
                execute(),
                respond_text(
                    '{"action":"get_archives","type":"response","success":true,'
                    '"request_id":"ID","payload":{"n":' + numbers + "}}"
                ),
            ],
        )
        result = call(server, GET_ARCHIVES)
    assert result[:3] == (0, '{"n":' + numbers + "}\n", "")


def test_a_deeply_nested_response_is_printed() -> None:
    """A response of 300 levels, more than orjson can serialize, is printed."""
    deep = "[" * 300 + "]" * 300
    with FaultServer() as server:
        server.on(
            "get_archives",
            [
                execute(),
                respond_text(
                    '{"action":"get_archives","type":"response","success":true,'
                    '"request_id":"ID","payload":{"n":' + deep + "}}"
                ),
            ],
        )
        result = call(server, GET_ARCHIVES)
    assert result[:3] == (0, '{"n":' + deep + "}\n", "")


def test_envelope_prints_the_whole_message() -> None:
    """--envelope prints action, type, success and request_id too."""
    with FaultServer() as server:
        server.on("send_event", respond({"n": 1}, extra="kept"))
        result = call(server, SEND_EVENT, "--envelope")
    shown = json.loads(result.stdout)
    assert shown == {
        "request_id": server.requests[0].request_id,
        "action": "send_event",
        "type": "response",
        "success": True,
        "payload": {"n": 1},
        "extra": "kept",
    }


def test_quiet_prints_nothing_on_success() -> None:
    """With --quiet, only the exit status reports success."""
    with FaultServer() as server:
        result = call(server, SEND_EVENT, "--quiet")
    assert result[:3] == (0, "", "")


@pytest.mark.parametrize("by_variable", [False, True])
def test_an_error_can_be_one_line_of_json(by_variable: bool) -> None:
    """--error-format json, or its variable, prints the error as JSON."""
    with FaultServer() as server:
        server.on("ban_customer", respond_error("validation", "no"))
        options = () if by_variable else ("--error-format", "json")
        env = {"RTM_ERROR_FORMAT": "json"} if by_variable else {}
        result = run(*BAN_CUSTOMER, *options, url=server.url, env=env)
    assert (result.exit_code, result.stdout) == (3, "")
    assert json.loads(result.stderr) == {
        "error": {
            "type": "validation",
            "message": "no",
            "status": "refused",
            "input": 1,
            "action": "ban_customer",
            "request_id": server.requests[0].request_id,
        },
        "exit": 3,
    }


def test_calls_can_be_made_as_a_bot() -> None:
    """--author-id is sent in the request, but not in the login."""
    with FaultServer() as server:
        result = call(server, SEND_EVENT, "--author-id", "bot1")
    assert result.exit_code == 0
    assert [request.message.get("author_id") for request in server.requests] == ["bot1"]
    assert "author_id" not in server.logins[0].message


def test_login_prints_its_response_and_has_the_documented_flags() -> None:
    """`rtm login` sends one login with the fields of its flags."""
    with FaultServer() as server:
        result = run("login", "--timezone", "Europe/Berlin", "--no-reconnect", url=server.url)
    assert result.exit_code == 0
    assert sorted(json.loads(result.stdout)) == ["chats_summary", "license", "my_profile"]
    assert server.requests == []
    assert server.logins[0].payload["timezone"] == "Europe/Berlin"
    assert server.logins[0].payload["reconnect"] is False


def test_logout_is_sent_only_on_request() -> None:
    """Only `rtm logout` sends the action."""
    with FaultServer() as server:
        result = run("logout", url=server.url)
    assert result[:3] == (0, "{}\n", "")
    assert [request.action for request in server.requests] == ["logout"]


def respond_text(template: str) -> Step:
    """Respond with raw text in which `ID` is replaced by the request's id."""

    def send(context: StepContext) -> None:
        text(template.replace("ID", str(context.require_request().request_id))).run(context)

    return call_function(send)


def test_any_action_can_be_called_unchecked() -> None:
    """`rtm call` does not check the action or the payload."""
    with FaultServer() as server:
        result = run("call", "brand_new", '{"x":[1,null]}', url=server.url)
    assert result[:3] == (0, "{}\n", "")
    assert [(r.action, r.payload) for r in server.requests] == [("brand_new", {"x": [1, None]})]


def test_a_complete_request_can_be_called() -> None:
    """Without ACTION the value is a complete request."""
    with FaultServer() as server:
        result = run("call", '{"action":"ping2","author_id":"b","payload":{"a":1}}', url=server.url)
    assert result[:3] == (0, "{}\n", "")
    [request] = server.requests
    assert (request.action, request.payload) == ("ping2", {"a": 1})
    assert request.message["author_id"] == "b"
