"""A call is settled once, and what is told of it is true."""

import json
from typing import Any

import pytest
from support.fault_server import (
    LOGIN_RESPONSE,
    FaultServer,
    Opcode,
    StepContext,
    batch,
    call_function,
    close,
    drop,
    execute,
    frames,
    push,
    respond,
    respond_error,
)
from support.stream import FAST_TIMERS, RecordedOutcome, stream_outcomes

from rtmcli.flows.stream.flow import StreamOptions
from rtmcli.protocol.pipeline import Pipeline, RetryQuota
from rtmcli.protocol.reconnection import Backoff

READ_ONLY, IDEMPOTENT, NEVER = "get_archives", "ban_customer", "send_event"
DEFAULT, RETRY_IDEMPOTENT = StreamOptions(), StreamOptions(retry_idempotent=True)


def record_statuses(server: FaultServer, *actions: str, **options: Any) -> list[str]:
    """Make these calls; return the statuses of their records."""
    values = [{"action": action, "payload": {"n": n}} for n, action in enumerate(actions, 1)]
    return [record.status for record in stream_outcomes(server.url, values, **options)]


@pytest.mark.parametrize(
    ("action", "rules", "status"),
    [
        (READ_ONLY, DEFAULT, "ok"),
        (IDEMPOTENT, DEFAULT, "unknown"),
        (IDEMPOTENT, RETRY_IDEMPOTENT, "ok"),
        (NEVER, RETRY_IDEMPOTENT, "unknown"),
    ],
)
@pytest.mark.parametrize(
    ("deed", "patience"),
    [([execute(), drop()], 5.0), (respond_error("internal"), 5.0), (execute(), 0.3)],
)
def test_what_may_have_been_done_is_done_again_only_where_that_is_no_harm(
    deed: Any, patience: float, action: str, rules: StreamOptions, status: str
) -> None:
    """By the method's class and the user's word; whether the link, the server or time failed."""
    with FaultServer() as server:
        server.on(action, deed, respond())
        timers = FAST_TIMERS._replace(response_timeout=patience, backoff=Backoff(0.0, 0.0))
        assert record_statuses(server, action, stream_options=rules, timers=timers) == [status]


@pytest.mark.parametrize("kind", ["too_many_requests", "service_unavailable"])
def test_what_was_refused_before_it_was_done_is_done_again(kind: str) -> None:
    """Whatever it is, three times at the most."""
    with FaultServer() as server:
        server.on(NEVER, respond_error(kind), respond_error(kind), respond())
        assert record_statuses(server, NEVER) == ["ok"]
        server.on(NEVER, respond_error(kind))
        assert record_statuses(server, NEVER) == ["busy"]
        assert server.count(NEVER) == 6


def test_the_budget_of_repetitions_is_for_all_calls() -> None:
    """Once it is spent, a busy answer is the last word."""
    with FaultServer() as server:
        server.on("*", respond_error("too_many_requests"))
        assert (
            record_statuses(server, *[NEVER] * 20, pipeline=Pipeline(8, retry_quota=RetryQuota(25)))
            == ["busy"] * 20
        )
        assert server.count(NEVER) == 25


def test_good_answers_pay_for_repetitions() -> None:
    """A stream of weeks does not lose its repetitions to what went wrong in its first days."""
    with FaultServer() as server:
        ups_and_downs = [*[respond()] * 5, respond_error("too_many_requests")]
        server.on("*", *ups_and_downs * 5, respond())
        pipeline = Pipeline(1, retry_quota=RetryQuota(5))
        assert record_statuses(server, *[NEVER] * 26, pipeline=pipeline) == ["ok"] * 26
        assert server.count(NEVER) == 31


@pytest.mark.parametrize(
    ("second", "status", "words"),
    [
        (
            respond_error("validation", "again?"),
            "unknown",
            "the connection was lost; then validation",
        ),
        (
            respond_error("authorization", "no"),
            "unknown",
            "the connection was lost; then authorization",
        ),
        (respond(), "ok", ""),
    ],
)
def test_a_refused_repetition_leaves_the_first_try_in_doubt(
    second: Any, status: str, words: str
) -> None:
    """Only a good answer tells that it was done."""
    with FaultServer() as server:
        server.on(IDEMPOTENT, [execute(), drop()], second)
        [record] = stream_outcomes(
            server.url, [{"action": IDEMPOTENT, "payload": {}}], stream_options=RETRY_IDEMPOTENT
        )
    assert record.status == status
    assert record.message.startswith(words)


def test_a_read_that_is_refused_the_second_time_is_refused() -> None:
    """There is nothing to be in doubt about."""
    with FaultServer() as server:
        server.on(READ_ONLY, drop(), respond_error("validation"))
        assert record_statuses(server, READ_ONLY) == ["refused"]


def test_a_token_that_expires_on_the_way_is_renewed() -> None:
    """The calls that were refused for it go out again with the new one, all in flight alike."""
    with FaultServer() as server:
        server.on("*", *[respond()] * 5, respond_error("authentication"), connection=1)
        found = record_statuses(server, *[NEVER] * 30, refresh=lambda _: "Bearer new")
        assert [login.payload["token"] for login in server.logins] == [
            "Bearer dal:test",
            "Bearer new",
        ]
        assert len(server.executed) == 30
    assert found == ["ok"] * 30


def test_a_token_that_cannot_be_renewed_is_told_of_each_call() -> None:
    """The others are asked nevertheless: the server may think otherwise of them."""
    with FaultServer() as server:
        server.on("*", respond_error("authentication"), respond())
        assert record_statuses(server, NEVER, NEVER) == ["auth", "ok"]


@pytest.mark.parametrize("announced", [False, True])
def test_a_licence_that_moves_on_the_way_is_followed(announced: bool) -> None:
    """By the answers to the calls in flight, or by a push that ends the connection."""
    data = {"region": "fra"}
    moved = [
        push("agent_disconnected", {"reason": "misdirected_connection", "data": data}),
        respond(),
        close(1000),
    ]
    with FaultServer() as server, FaultServer() as fra:
        refused = respond_error("misdirected_request", data=data)
        server.on("*", respond(), moved if announced else refused, refused)
        found = record_statuses(
            server, *[NEVER] * 20, fra_url=fra.url, window=1 if announced else 8
        )
        assert len(server.executed) + len(fra.executed) == 20
        assert len(fra.logins) == 1
    assert found == ["ok"] * 20


@pytest.mark.parametrize("data", [None, {"region": "mars"}, {"region": 7}, "fra"])
def test_a_region_that_nobody_knows_is_not_followed(data: object) -> None:
    """A server that breaks the protocol is not believed; the other calls are not sent."""
    with FaultServer() as server:
        server.on("*", respond_error("misdirected_request", data=data))
        assert record_statuses(server, *[NEVER] * 3, window=1) == [
            "unknown",
            "not_sent",
            "not_sent",
        ]


def test_a_session_that_ends_for_who_asks_is_told_so_of_its_calls() -> None:
    """What was in flight may have taken effect, and says so; the rest was never sent."""
    gone = push("agent_disconnected", {"reason": "access_token_revoked"})
    values = [{"action": NEVER, "payload": {}}] * 2
    with FaultServer() as server:
        server.on(NEVER, [execute(), gone, close(1000)])
        first, second = stream_outcomes(server.url, values, window=1)
    assert (first.status, second.status) == ("auth", "auth")
    assert first.message == second.message + "; the call may have taken effect"


def test_a_doubt_that_stays_keeps_its_last_reason() -> None:
    """Lost, then lost again: the outcome is unknown, and once is enough to say so."""
    with FaultServer() as server:
        server.on(IDEMPOTENT, drop(), close(1012))
        [record] = stream_outcomes(
            server.url, [{"action": IDEMPOTENT, "payload": {}}], stream_options=RETRY_IDEMPOTENT
        )
    assert record.status == "unknown"


def test_answers_that_nobody_waits_for_are_counted_only() -> None:
    """The first answer counts."""
    with FaultServer() as server:
        server.on("*", [respond(), respond_error("validation")])
        assert record_statuses(server, *[NEVER] * 9) == ["ok"] * 9


def test_late_answers_are_not_taken_for_others() -> None:
    """What came too late is unknown, and the calls after it have their own answers."""
    with FaultServer() as server:
        server.on(NEVER, batch(2, iter, idle=0.5), respond())
        records = stream_outcomes(
            server.url,
            [{"action": NEVER, "payload": {"n": n}} for n in (1, 2, 3)],
            window=1,
            timers=FAST_TIMERS._replace(response_timeout=0.2),
        )
    assert [record.status for record in records] == ["unknown", "ok", "ok"]
    assert records[0] == RecordedOutcome(1, "unknown", "unknown", "no response came in time")


def answer_login_and_close(context: StepContext) -> None:
    """Answer the login and close with 1012, in one packet."""
    envelope = {
        "request_id": context.require_request().request_id,
        "action": "login",
        "type": "response",
    }
    text = json.dumps({**envelope, "success": True, "payload": LOGIN_RESPONSE}).encode()
    context.connection.mark_answered(context.require_request(), success=True)
    context.connection.close_sent = True
    closing = frames.encode(Opcode.CLOSE, (1012).to_bytes(2))
    context.write(frames.encode(Opcode.TEXT, text) + closing)


def test_what_did_not_leave_is_not_unknown() -> None:
    """Where the connection ended with the login's answer, calls go out on the next one."""
    timers = FAST_TIMERS._replace(backoff=Backoff(0.0, 0.0))
    with FaultServer() as server:
        server.on("login", call_function(answer_login_and_close), respond())
        assert record_statuses(server, *[NEVER] * 3, timers=timers) == ["ok"] * 3
        assert (server.count(NEVER), server.connection_count) == (3, 2)


def test_what_never_leaves_is_not_sent() -> None:
    """Three connections that end with the login's answer are enough."""
    with FaultServer() as server:
        server.on("login", call_function(answer_login_and_close))
        assert record_statuses(server, *[NEVER] * 3) == ["not_sent"] * 3
        assert (server.count(NEVER), server.connection_count) == (0, 3)


def test_a_farewell_before_the_login_s_answer_costs_a_connection() -> None:
    """Nothing is sent on it, and all goes out on the next one."""
    farewell = push("agent_disconnected", {"reason": "internal_error"})
    with FaultServer() as server:
        server.on("login", [farewell, respond()], respond())
        assert record_statuses(server, NEVER, NEVER) == ["ok", "ok"]
        assert (server.count(NEVER), server.connection_count) == (2, 2)
