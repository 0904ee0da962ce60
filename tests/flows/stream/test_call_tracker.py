"""A call is settled once, and its record is true."""

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
    ("action", "options", "status"),
    [
        (READ_ONLY, DEFAULT, "ok"),
        (IDEMPOTENT, DEFAULT, "unknown"),
        (IDEMPOTENT, RETRY_IDEMPOTENT, "ok"),
        (NEVER, RETRY_IDEMPOTENT, "unknown"),
    ],
)
@pytest.mark.parametrize(
    ("behavior", "timeout"),
    [([execute(), drop()], 5.0), (respond_error("internal"), 5.0), (execute(), 0.3)],
)
def test_an_ambiguous_call_is_retried_only_if_it_cannot_act_twice(
    behavior: Any, timeout: float, action: str, options: StreamOptions, status: str
) -> None:
    """It depends on the retry class and the options, not on the failure."""
    with FaultServer() as server:
        server.on(action, behavior, respond())
        timers = FAST_TIMERS._replace(response_timeout=timeout, backoff=Backoff(0.0, 0.0))
        assert record_statuses(server, action, stream_options=options, timers=timers) == [status]


@pytest.mark.parametrize("error_type", ["too_many_requests", "service_unavailable"])
def test_a_call_that_was_not_executed_is_retried(error_type: str) -> None:
    """Any call, with three attempts at most."""
    with FaultServer() as server:
        server.on(NEVER, respond_error(error_type), respond_error(error_type), respond())
        assert record_statuses(server, NEVER) == ["ok"]
        server.on(NEVER, respond_error(error_type))
        assert record_statuses(server, NEVER) == ["busy"]
        assert server.count(NEVER) == 6


def test_the_retry_quota_is_for_all_calls() -> None:
    """Once it is spent, a busy call is not retried."""
    with FaultServer() as server:
        server.on("*", respond_error("too_many_requests"))
        assert (
            record_statuses(server, *[NEVER] * 20, pipeline=Pipeline(8, retry_quota=RetryQuota(25)))
            == ["busy"] * 20
        )
        assert server.count(NEVER) == 25


def test_successful_calls_refill_the_retry_quota() -> None:
    """A stream of weeks does not run out of retries."""
    with FaultServer() as server:
        behaviors = [*[respond()] * 5, respond_error("too_many_requests")]
        server.on("*", *behaviors * 5, respond())
        pipeline = Pipeline(1, retry_quota=RetryQuota(5))
        assert record_statuses(server, *[NEVER] * 26, pipeline=pipeline) == ["ok"] * 26
        assert server.count(NEVER) == 31


@pytest.mark.parametrize(
    ("second", "status", "message"),
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
def test_a_refused_retry_leaves_the_first_attempt_unknown(
    second: Any, status: str, message: str
) -> None:
    """Only a successful response shows that the call was executed."""
    with FaultServer() as server:
        server.on(IDEMPOTENT, [execute(), drop()], second)
        [record] = stream_outcomes(
            server.url, [{"action": IDEMPOTENT, "payload": {}}], stream_options=RETRY_IDEMPOTENT
        )
    assert record.status == status
    assert record.message.startswith(message)


def test_a_read_that_is_refused_on_retry_is_refused() -> None:
    """It cannot have acted."""
    with FaultServer() as server:
        server.on(READ_ONLY, drop(), respond_error("validation"))
        assert record_statuses(server, READ_ONLY) == ["refused"]


def test_a_token_that_expires_during_the_stream_is_refreshed() -> None:
    """All calls that were refused with it are sent again with the new one."""
    with FaultServer() as server:
        server.on("*", *[respond()] * 5, respond_error("authentication"), connection=1)
        statuses = record_statuses(server, *[NEVER] * 30, refresh=lambda _: "Bearer new")
        assert [login.payload["token"] for login in server.logins] == [
            "Bearer dal:test",
            "Bearer new",
        ]
        assert len(server.executed) == 30
    assert statuses == ["ok"] * 30


def test_a_token_that_cannot_be_refreshed_fails_the_refused_calls_only() -> None:
    """The server may accept the others."""
    with FaultServer() as server:
        server.on("*", respond_error("authentication"), respond())
        assert record_statuses(server, NEVER, NEVER) == ["auth", "ok"]


@pytest.mark.parametrize("announced", [False, True])
def test_a_redirect_during_the_stream_is_followed(announced: bool) -> None:
    """It comes in responses, or in a push that ends the connection."""
    data = {"region": "fra"}
    moved = [
        push("agent_disconnected", {"reason": "misdirected_connection", "data": data}),
        respond(),
        close(1000),
    ]
    with FaultServer() as server, FaultServer() as fra:
        refused = respond_error("misdirected_request", data=data)
        server.on("*", respond(), moved if announced else refused, refused)
        statuses = record_statuses(
            server, *[NEVER] * 20, fra_url=fra.url, window=1 if announced else 8
        )
        assert len(server.executed) + len(fra.executed) == 20
        assert len(fra.logins) == 1
    assert statuses == ["ok"] * 20


@pytest.mark.parametrize("data", [None, {"region": "mars"}, {"region": 7}, "fra"])
def test_an_unknown_region_is_not_followed(data: object) -> None:
    """The server is not trusted: the outcome is unknown, and the other calls are not sent."""
    with FaultServer() as server:
        server.on("*", respond_error("misdirected_request", data=data))
        assert record_statuses(server, *[NEVER] * 3, window=1) == [
            "unknown",
            "not_sent",
            "not_sent",
        ]


def test_a_session_that_ends_because_of_the_token_fails_its_calls() -> None:
    """The call in flight may have taken effect, and says so; the other was never sent."""
    revoked = push("agent_disconnected", {"reason": "access_token_revoked"})
    values = [{"action": NEVER, "payload": {}}] * 2
    with FaultServer() as server:
        server.on(NEVER, [execute(), revoked, close(1000)])
        first, second = stream_outcomes(server.url, values, window=1)
    assert (first.status, second.status) == ("auth", "auth")
    assert first.message == second.message + "; the call may have taken effect"


def test_a_call_that_is_lost_twice_is_unknown() -> None:
    """It has one record."""
    with FaultServer() as server:
        server.on(IDEMPOTENT, drop(), close(1012))
        [record] = stream_outcomes(
            server.url, [{"action": IDEMPOTENT, "payload": {}}], stream_options=RETRY_IDEMPOTENT
        )
    assert record.status == "unknown"


def test_repeated_responses_are_ignored() -> None:
    """The first response counts."""
    with FaultServer() as server:
        server.on("*", [respond(), respond_error("validation")])
        assert record_statuses(server, *[NEVER] * 9) == ["ok"] * 9


def test_late_responses_are_ignored() -> None:
    """Their calls are unknown, and later calls have their own responses."""
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


def test_a_call_that_was_not_sent_is_not_unknown() -> None:
    """If the connection ended with the login response, calls are sent on the next one."""
    timers = FAST_TIMERS._replace(backoff=Backoff(0.0, 0.0))
    with FaultServer() as server:
        server.on("login", call_function(answer_login_and_close), respond())
        assert record_statuses(server, *[NEVER] * 3, timers=timers) == ["ok"] * 3
        assert (server.count(NEVER), server.connection_count) == (3, 2)


def test_calls_that_cannot_be_sent_are_reported_as_not_sent() -> None:
    """Three connections that end with the login response are fatal."""
    with FaultServer() as server:
        server.on("login", call_function(answer_login_and_close))
        assert record_statuses(server, *[NEVER] * 3) == ["not_sent"] * 3
        assert (server.count(NEVER), server.connection_count) == (0, 3)


def test_a_disconnect_announced_before_the_login_response_costs_a_connection() -> None:
    """Nothing is sent on it; all calls are sent on the next one."""
    announcement = push("agent_disconnected", {"reason": "internal_error"})
    with FaultServer() as server:
        server.on("login", [announcement, respond()], respond())
        assert record_statuses(server, NEVER, NEVER) == ["ok", "ok"]
        assert (server.count(NEVER), server.connection_count) == (2, 2)
