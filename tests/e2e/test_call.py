"""One call, whole process, against a server that does what servers do at their worst.

Each test asserts the exit status, standard output, standard error and how often the call was on
the wire. N is a call that must never be sent twice, I an idempotent one, R one that only reads.
"""

import json
import re

import pytest
from support.fault_server import (
    CLOSE,
    CONNECT,
    HANDSHAKE,
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
BAN_CUSTOMER = ("ban-customer", "--customer-id", CUSTOMER, "--ban-days", "5")  # see above
GET_ARCHIVES = ("get-archives",)
FAST_RETRIES = ("--backoff", "1ms")  # pauses that no test waits for
MIB = 1024 * 1024


def call(server: FaultServer, command: tuple[str, ...], *options: str) -> CommandResult:
    """Run one call with short pauses between tries."""
    return run(*command, *FAST_RETRIES, *options, url=server.url)


def call_with_peak_memory(
    server: FaultServer, command: tuple[str, ...]
) -> tuple[tuple[int, bytes, bytes], float]:
    """Run one call; return how it ended, and the most memory it had up to its goodbye, in MiB."""
    server.on(CLOSE, ignore())
    close_count = server.count(CLOSE)
    with start(*command, *FAST_RETRIES, "--close-timeout", "30s", url=server.url) as process:
        server.wait_for(CLOSE, close_count + 1)
        peak = memory_usage(process.pid)[1]
        server.run_steps(drop())
        out, err = process.communicate()
    return (process.returncode, out, err), peak


def test_a_call_logs_in_first_and_prints_the_payload_of_its_answer() -> None:
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


def test_no_call_leaves_before_the_login_is_answered() -> None:
    """T17: a login that is never answered ends with status 5 at --timeout; no call frame."""
    with FaultServer() as server:
        server.on("login", ignore())
        result = call(server, SEND_EVENT, "--timeout", "0.5s")
    assert (result.exit_code, result.stdout) == (5, "")
    assert result.stderr == "rtm: send_event: not sent: the login was not answered in time\n"
    assert server.requests == []
    assert result.duration < 4 + startup_time()


def test_what_comes_before_the_logins_answer_is_not_taken_for_it() -> None:
    """T18: pushes and a ping's answer before the login's answer change nothing."""
    with FaultServer() as server:
        early = message({"action": "ping", "type": "response", "success": True, "payload": {}})
        server.on("login", [push("incoming_event"), early, respond()])
        result = call(server, SEND_EVENT)
    assert result[:3] == (0, "{}\n", "")


@pytest.mark.parametrize("how", ["rst", "fin"])
def test_a_call_that_may_have_run_is_not_sent_again(how: str) -> None:
    """T25: lost after execution: status 7, the request's id is named, one execution."""
    with FaultServer() as server:
        server.on("send_event", [execute(), drop(how)])  # type: ignore[arg-type]  # literal
        result = call(server, SEND_EVENT)
    assert (result.exit_code, result.stdout, server.count("send_event")) == (7, "", 1)
    assert server.requests[0].request_id in result.stderr
    assert "it may have taken effect" in result.stderr


def test_a_read_that_was_lost_is_sent_again() -> None:
    """T26: two resets, then an answer: status 0 after three tries, each on a new connection."""
    with FaultServer() as server:
        server.on("get_archives", drop("rst"), drop("rst"), respond({"chats": []}))
        result = call(server, GET_ARCHIVES)
    assert result[:3] == (0, '{"chats":[]}\n', "")
    assert (server.count("get_archives"), len(server.logins)) == (3, 3)


def test_a_read_is_tried_three_times_at_the_most() -> None:
    """A link that always dies ends a read with status 7."""
    with FaultServer() as server:
        server.on("get_archives", drop("rst"))
        result = call(server, GET_ARCHIVES)
    assert (result.exit_code, result.stdout, server.count("get_archives")) == (7, "", 3)


@pytest.mark.parametrize(("options", "sent"), [((), 1), (("--retry-idempotent",), 2)])
def test_an_idempotent_call_is_resent_only_where_the_user_asks(
    options: tuple[str, ...], sent: int
) -> None:
    """A lost ban is sent again with --retry-idempotent only."""
    with FaultServer() as server:
        server.on("ban_customer", [execute(), drop("rst")], respond({}))
        result = call(server, BAN_CUSTOMER, *options)
    assert (result.exit_code, server.count("ban_customer")) == ({1: 7, 2: 0}[sent], sent)


def test_retry_idempotent_does_not_cover_other_calls() -> None:
    """A lost event is never sent again, whatever the options say."""
    with FaultServer() as server:
        server.on("send_event", [execute(), drop("rst")], respond({}))
        result = call(server, SEND_EVENT, "--retry-idempotent")
    assert (result.exit_code, server.count("send_event")) == (7, 1)


@pytest.mark.parametrize("code", [None, 1000, 1001, 1008, 1011, 1012, 1013, 4000, 4999])
def test_a_close_with_a_call_in_flight_is_never_success(code: int | None) -> None:
    """T28: whatever the close code, an event in flight is unknown; the reason is escaped."""
    with FaultServer() as server:
        reason = "" if code is None else "bye \x1b[2J\r\x9b"
        server.on("send_event", [execute(), close(code, reason)])
        result = call(server, SEND_EVENT)
    assert (result.exit_code, result.stdout, server.count("send_event")) == (7, "", 1)
    assert f"code {code or 1005}" in result.stderr
    assert ("bye \\u001b[2J\\u000d\\u009b" in result.stderr) == bool(code)
    assert result.stderr.count("\n") == 1


@pytest.mark.parametrize(("code", "tries"), [(1000, 2), (1001, 2), (1008, 1), (4000, 1)])
def test_a_read_is_asked_again_unless_the_server_sent_us_away(code: int, tries: int) -> None:
    """T28: 1000 and 1001 are resent for a read, 1008 and 4xxx are not."""
    with FaultServer() as server:
        server.on("get_archives", close(code), respond({}))
        result = call(server, GET_ARCHIVES)
    assert (result.exit_code, server.count("get_archives")) == (0 if tries == 2 else 7, tries)


def test_an_overloaded_server_gets_at_least_a_second() -> None:
    """T28: after 1011, 1012 and 1013 a read waits one second or more."""
    with FaultServer() as server:
        server.on("get_archives", close(1013), respond({}))
        result = call(server, GET_ARCHIVES)
    first, second = server.requests
    assert (result.exit_code, second.received_at - first.received_at >= 1.0) == (0, True)


def test_silence_after_sending_ends_at_the_timeout() -> None:
    """T29: from the call on no packet comes through: status 7 at --timeout, sent once."""
    with FaultServer(strict=False) as server, TcpRelay(server.port) as line:
        server.on("send_event", [execute(), call_function(lambda _: line.partition()), respond()])
        result = run(*SEND_EVENT, *FAST_RETRIES, "--timeout", "0.5s", url=line.url(server.url))
    assert (result.exit_code, result.stdout, server.count("send_event")) == (7, "", 1)
    assert "no response came in time" in result.stderr
    assert result.duration < 4 + startup_time()


def test_max_time_bounds_everything() -> None:
    """A read whose answer never comes is resent only within --max-time."""
    with FaultServer() as server:
        server.on("get_archives", ignore())
        result = call(server, GET_ARCHIVES, "--timeout", "10s", "--max-time", "1s")
    assert (result.exit_code, result.stdout) == (7, "")
    assert 0.9 < result.duration < 4 + startup_time()


@pytest.mark.slow
def test_an_answer_after_the_servers_own_limit_still_counts() -> None:
    """T30: the server may take 15 s; an answer after 16 s is awaited by default."""
    with FaultServer() as server:
        server.on("send_event", [delay(16), respond({"late": True})])
        result = call(server, SEND_EVENT)
    assert result[:3] == (0, '{"late":true}\n', "")


def test_pushes_before_the_answer_are_passed_over() -> None:
    """T32: ten thousand pushes before the answer, one of them with the call's own request_id."""
    with FaultServer() as server:
        own = push("incoming_event", {"event": {}}, with_request_id=True)
        server.on("send_event", respond(), [flood(10_000), own, respond({"thread_id": "K"})])
        _, usual = call_with_peak_memory(server, SEND_EVENT)
        result, most = call_with_peak_memory(server, SEND_EVENT)
    assert result == (0, b'{"thread_id":"K"}\n', b"")
    assert most - usual <= 32


def test_an_answer_to_somebody_else_is_ignored() -> None:
    """T33: a foreign request_id, then our own."""
    with FaultServer() as server:
        foreign = message(
            {
                "request_id": "foreign",
                "action": "send_event",
                "type": "response",
                "success": False,
                "payload": {"error": {"type": "internal", "message": "not yours"}},
            }
        )
        server.on("send_event", [foreign, respond({"own": True})])
        result = call(server, SEND_EVENT)
    assert result[:3] == (0, '{"own":true}\n', "")


def test_an_answer_that_comes_twice_is_printed_once() -> None:
    """T34: the first one counts."""
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
        text('{"a":"\\ud800"}'),
        binary(b"{}"),
        frame(3, b"{}"),
        frame(Opcode.TEXT, b"{}", mask=b"abcd"),
        frame(Opcode.TEXT, b"{}", rsv=4),
    ],
)
def test_an_answer_that_breaks_the_protocol_leaves_the_outcome_unknown(bad: Step) -> None:
    """T35, T36: a malformed answer ends a call with status 7; it is sent once."""
    with FaultServer(strict=False) as server:
        server.on("send_event", [execute(), bad])
        result = call(server, SEND_EVENT, "--timeout", "3s")
    assert (result.exit_code, result.stdout, server.count("send_event")) == (7, "", 1)
    assert result.stderr.startswith("rtm: send_event: unknown: ")
    assert result.stderr.count("\n") == 1


def test_an_answer_without_an_id_is_not_ours() -> None:
    """T35: an answer with no request_id cannot be matched, so it is not."""
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
def test_a_broken_frame_is_answered_with_its_close_code(bad: Step, code: int) -> None:
    """T36: the server learns by 1002, 1003 or 1007 what it did wrong."""
    with FaultServer(strict=False) as server:
        server.on("send_event", bad)
        call(server, SEND_EVENT)
        server.wait_for(CLOSE)
    assert server.close_codes[:1] == [code]


def test_a_large_answer_in_small_pieces_is_whole() -> None:
    """T38: 2 MB in 100-byte fragments with pings between; beyond the library's 1 MiB."""
    body = {"text": "x" * 2_000_000}
    with FaultServer() as server:
        server.on("get_archives", fragmented(respond(body), size=100_000, between=b"\x89\x00"))
        result = call(server, GET_ARCHIVES)
    assert (result.exit_code, json.loads(result.stdout)) == (0, body)


def test_a_hundred_thousand_fragments_of_one_byte_are_one_message() -> None:
    """T38: the number of fragments does not matter."""
    with FaultServer() as server:
        server.on("get_archives", fragmented(respond({"text": "x" * 100_000})))
        result = call(server, GET_ARCHIVES)
    assert (result.exit_code, len(json.loads(result.stdout)["text"])) == (0, 100_000)


def test_a_message_above_the_limit_is_refused_by_its_header() -> None:
    """T38: 65 MiB are announced; status 7, and nothing of it is waited for."""
    header = b"\x81\x7f" + (65 * MIB).to_bytes(8, "big")
    with FaultServer(strict=False) as server:
        server.on("send_event", [execute(), raw(header + b"{")])
        result = call(server, SEND_EVENT, "--timeout", "5s")
    assert (result.exit_code, server.count("send_event")) == (7, 1)
    assert "too big" in result.stderr
    assert result.duration < 4 + startup_time()


def test_a_compressed_bomb_never_unfolds() -> None:
    """T38: no compression is offered, so a compressed frame breaks the protocol: 1 MB of 1 GB."""
    with FaultServer(strict=False) as server:
        server.on(HANDSHAKE, upgrade(deflate=True))
        server.on("send_event", [execute(), compression_bomb(1 << 30)])
        (status, out, _), most = call_with_peak_memory(server, SEND_EVENT)
    assert (status, out, server.count("send_event"), most < 100) == (7, b"", 1, True)


def test_a_message_that_grows_beyond_the_limit_is_not_kept() -> None:
    """T38: 80 MiB in frames of 8 MiB: status 7, and no more memory than the limit and 100 MiB."""
    with FaultServer(strict=False) as server:
        large = b"x" * (8 * MIB)
        frames = [frame(Opcode.TEXT, large, fin=False), *[frame(0, large, fin=False)] * 9]
        server.on("send_event", [execute(), *frames])
        (status, out, err), most = call_with_peak_memory(server, SEND_EVENT)
    assert (status, out, server.count("send_event")) == (7, b"", 1)
    assert b"too big" in err
    assert most < 64 + 100


def test_a_server_that_never_says_goodbye_does_not_keep_us() -> None:
    """The answer is printed, and the process ends within two seconds of it."""
    with FaultServer() as server:
        server.on(CLOSE, ignore())
        result = call(server, SEND_EVENT)
    assert result[:3] == (0, "{}\n", "")
    assert result.duration < 4 + startup_time()


@pytest.mark.parametrize(
    "kind", ["too_many_requests", "service_unavailable", "pending_requests_limit_reached"]
)
def test_a_throttled_call_is_sent_again_as_it_was_not_executed(kind: str) -> None:
    """T40, T43: refused twice before acting, then done: one execution, also of an event."""
    with FaultServer() as server:
        server.on("send_event", respond_error(kind), respond_error(kind), respond({"ok": 1}))
        result = call(server, SEND_EVENT)
    assert result[:3] == (0, '{"ok":1}\n', "")
    assert (server.count("send_event"), len(server.executed)) == (3, 1)
    assert len({request.request_id for request in server.requests}) == 3


def test_a_call_throttled_for_ever_is_busy() -> None:
    """T40: after three tries status 6; nothing was executed."""
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
def test_an_error_that_leaves_doubt_is_resent_for_reads_only(
    kind: str, command: tuple[str, ...], tries: int
) -> None:
    """T41: request_timeout and internal: status 7 for what acts, again for what reads."""
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
def test_a_refusal_says_why_and_prints_no_result(kind: str, status: int) -> None:
    """T42: the type decides on status 3 or 4; standard output stays empty; sent once."""
    with FaultServer() as server:
        server.on("ban_customer", respond_error(kind, "because"))
        result = call(server, BAN_CUSTOMER)
    assert (result.exit_code, result.stdout, server.count("ban_customer")) == (status, "", 1)
    assert result.stderr.startswith(f"rtm: ban_customer: {kind}: because")
    assert ("customers.ban:rw" in result.stderr) == (kind == "authorization")


def test_a_refusal_without_a_reason_is_still_a_refusal() -> None:
    """An error without type or message says that the server gave no reason."""
    with FaultServer() as server:
        server.on("ban_customer", respond({}, success=False))
        result = call(server, BAN_CUSTOMER)
    assert (result.exit_code, result.stdout) == (3, "")
    assert result.stderr == "rtm: ban_customer: unknown: the server gave no reason\n"


def test_an_expired_token_that_ends_the_session_is_an_auth_error() -> None:
    """A disconnect push about the token, then the close: status 4, and what it means."""
    with FaultServer() as server:
        gone = push("agent_disconnected", {"reason": "access_token_revoked"})
        server.on("send_event", [execute(), gone, close(1000)])
        result = call(server, SEND_EVENT)
    assert (result.exit_code, server.count("send_event")) == (4, 1)
    assert "access_token_revoked" in result.stderr
    assert "may have taken effect" in result.stderr


def test_a_refused_port_is_named_and_tried_three_times() -> None:
    """T01: status 5, one line with host and port."""
    with refusing_port() as port:
        url = f"ws://127.0.0.1:{port}/v3.0/agent/rtm/ws"
        result = run(*SEND_EVENT, *FAST_RETRIES, url=url)
        told = run(*SEND_EVENT, *FAST_RETRIES, "-v", url=url)
    assert result[:3] == (
        5,
        "",
        f"rtm: send_event: not sent: cannot connect to 127.0.0.1:{port}: connection refused\n",
    )
    assert told.stderr.count(f"connecting to 127.0.0.1:{port}\n") == 3


def test_a_connection_lost_before_the_call_is_tried_again() -> None:
    """Resets before and after the handshake: nothing was sent, so any call is tried again."""
    with FaultServer() as server:
        server.on(CONNECT, drop("rst"), drop("fin"), normal())
        result = call(server, SEND_EVENT)
    assert result[:3] == (0, "{}\n", "")
    assert (server.connection_count, server.count("send_event")) == (3, 1)


def test_silence_after_the_connect_ends_at_the_timeout() -> None:
    """T05: accepted and then nothing: tried again, and status 5 at --timeout."""
    with FaultServer() as server:
        server.on(CONNECT, ignore())
        result = call(server, SEND_EVENT, "--timeout", "1s")
    assert (result.exit_code, result.stdout) == (5, "")
    assert 0.9 < result.duration < 3 + startup_time()


def test_a_dripped_handshake_ends_at_the_timeout() -> None:
    """T06: one byte a second: status 5 at --timeout."""
    with FaultServer(strict=False) as server:
        server.on(HANDSHAKE, dripped(upgrade()))
        result = call(server, SEND_EVENT, "--timeout", "1s")
    assert (result.exit_code, result.stdout) == (5, "")
    assert result.duration < 3 + startup_time()


def test_control_frames_in_plenty_do_not_disturb() -> None:
    """T76: a flood of pings and pongs around the answer."""
    with FaultServer() as server:
        payload = b"p" * 125
        server.on("send_event", [pings(500, payload), pongs(500), respond({"n": 1})])
        result = call(server, SEND_EVENT)
    assert result[:3] == (0, '{"n":1}\n', "")


def test_what_a_terminal_would_obey_is_escaped_in_messages() -> None:
    """T78: the server's words reach standard error without a control character but the line end."""
    with FaultServer() as server:
        server.on(
            "send_event", respond_error("validation", "a\x1b]0;x\x07\r\n\x9b\x7f\u202e\u2028[/b]")
        )
        result = call(server, SEND_EVENT)
    assert result.exit_code == 3
    assert re.fullmatch(r"[^\x00-\x1f\x7f-\x9f\u202e\u2028]*\n", result.stderr)
    assert "\\u001b]0;x\\u0007\\u000d\\u000a\\u009b\\u007f\\u202e\\u2028[/b]" in result.stderr


def test_what_a_terminal_would_obey_is_escaped_in_results() -> None:
    """T79, T84: the value stays the same, and one line stays one line."""
    body = {"text": "\x1b[1m \x7f \x9b \u202e \u2028 \x85 \n \x00 é 😀"}
    with FaultServer() as server:
        server.on("get_archives", respond(body))
        result = call(server, GET_ARCHIVES)
    assert (result.exit_code, json.loads(result.stdout)) == (0, body)
    assert re.fullmatch(r"[^\x00-\x1f\x7f-\x9f\u202e\u2028]*\n", result.stdout)
    assert "é 😀" in result.stdout


def test_no_digit_is_changed() -> None:
    """T82: numbers that no double holds are printed digit by digit."""
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


def test_depth_that_the_library_cannot_write_is_printed() -> None:
    """An answer 300 levels deep loads and prints."""
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
    """--envelope shows action, type, success and request_id too."""
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
    """--quiet: the exit status says it all."""
    with FaultServer() as server:
        result = call(server, SEND_EVENT, "--quiet")
    assert result[:3] == (0, "", "")


@pytest.mark.parametrize("by_variable", [False, True])
def test_an_error_can_be_one_line_of_json(by_variable: bool) -> None:  # a case
    """--error-format json, or its variable: the same facts for scripts."""
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
    """--author-id goes into the request, and not into the login."""
    with FaultServer() as server:
        result = call(server, SEND_EVENT, "--author-id", "bot1")
    assert result.exit_code == 0
    assert [request.message.get("author_id") for request in server.requests] == ["bot1"]
    assert "author_id" not in server.logins[0].message


def test_login_prints_its_answer_and_takes_the_references_flags() -> None:
    """`rtm login` is the login itself: one frame, with what its flags say."""
    with FaultServer() as server:
        result = run("login", "--timezone", "Europe/Berlin", "--no-reconnect", url=server.url)
    assert (result.exit_code, sorted(json.loads(result.stdout))) == (
        0,
        ["chats_summary", "license", "my_profile"],
    )
    assert server.requests == []
    assert server.logins[0].payload["timezone"] == "Europe/Berlin"
    assert server.logins[0].payload["reconnect"] is False


def test_logout_is_asked_for_and_never_sent_otherwise() -> None:
    """`rtm logout` sends the action; no other command does."""
    with FaultServer() as server:
        result = run("logout", url=server.url)
    assert result[:3] == (0, "{}\n", "")
    assert [request.action for request in server.requests] == ["logout"]


def respond_text(template: str) -> Step:
    """Answer with text as it stands, `ID` replaced by the request's id."""

    def send(context: StepContext) -> None:
        text(template.replace("ID", str(context.require_request().request_id))).run(context)

    return call_function(send)


def test_a_call_of_any_action_is_sent_as_it_is() -> None:
    """`rtm call` knows no method and checks nothing."""
    with FaultServer() as server:
        result = run("call", "brand_new", '{"x":[1,null]}', url=server.url)
    assert result[:3] == (0, "{}\n", "")
    assert [(r.action, r.payload) for r in server.requests] == [("brand_new", {"x": [1, None]})]


def test_a_whole_request_can_be_called() -> None:
    """Without ACTION the value is the request itself."""
    with FaultServer() as server:
        result = run("call", '{"action":"ping2","author_id":"b","payload":{"a":1}}', url=server.url)
    assert result[:3] == (0, "{}\n", "")
    [request] = server.requests
    assert (request.action, request.payload, request.message["author_id"]) == (
        "ping2",
        {"a": 1},
        "b",
    )
