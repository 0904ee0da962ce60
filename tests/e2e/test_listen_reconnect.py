"""Listening when connections are lost: keepalive, reconnecting, gaps, and terminal reasons."""

import contextlib
import json
import signal
import threading
import time
from collections import Counter
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from support.connect import connect_options
from support.fault_server import (
    CLOSE,
    CONNECT,
    HANDSHAKE,
    PING,
    FaultServer,
    TcpRelay,
    close,
    delay,
    drop,
    flood,
    fragmented,
    frame,
    http_response,
    ignore,
    normal,
    pings,
    pongs,
    push,
    respond,
    respond_error,
    upgrade,
)
from support.listen_process import FAST_RETRIES, ListenProcess
from support.process import run, startup_time

from rtmcli import signals
from rtmcli.flows.listen.criteria import ListenOptions
from rtmcli.flows.listen.flow import Listener
from rtmcli.protocol.reconnection import Backoff, ReconnectPolicy
from rtmcli.session.connector import Connector

CHAT = {"chat_id": "A"}
EVENT = push("incoming_event", CHAT)


def disconnect_push(reason: str, **data: Any) -> Any:
    """Return a step that sends the push before a disconnect."""
    payload = {"reason": reason, **({"data": data} if data else {})}
    return push("agent_disconnected", payload)


def assert_gap(record: Any) -> None:
    """Check that a record is a gap with a valid time range."""
    assert record["type"] == "rtm.gap"
    assert record["from"] <= record["to"]
    assert record["from"].endswith("Z")
    assert record["reason"]


@pytest.mark.parametrize(
    "loss",
    [
        close(1000),
        close(1001, "going away"),
        close(None),
        drop("rst"),
        drop("fin"),
        close(1011),
        close(1012, "restart"),
        close(1013),
        close(1008),
        close(4000),
    ],
    ids=lambda step: step.name,
)
def test_a_lost_connection_is_reestablished_after_a_gap(loss: Any) -> None:
    """T61: with any close code; the pushes before and after the gap are printed in order."""
    with (
        FaultServer() as server,
        ListenProcess(server.url, *FAST_RETRIES, "--count", "2") as listener,
    ):
        server.wait_for("login")
        server.run_steps(push("incoming_event", {"n": 1}), loss)
        server.wait_for("login", 2)
        server.run_steps(push("incoming_event", {"n": 2}))
        first, gap, last = listener.remaining_records()
        assert_gap(gap)
        assert (first["payload"]["n"], last["payload"]["n"], listener.wait()) == (1, 2, 0)
        assert server.logins[1].payload["reconnect"] is True
    kinds = [line.split(": ")[2] for line in listener.stderr_text.splitlines()]
    assert kinds == ["disconnected", "reconnected"]


def test_only_the_first_login_follows_no_reconnect() -> None:
    """T122: another login without `reconnect` would reset the agent's routing status."""
    with (
        FaultServer() as server,
        ListenProcess(server.url, *FAST_RETRIES, "--no-reconnect", "--count", "1") as listener,
    ):
        server.wait_for("login")
        server.run_steps(drop())
        server.wait_for("login", 2)
        server.run_steps(EVENT)
        assert listener.wait() == 0
    assert [login.payload["reconnect"] for login in server.logins] == [False, True]


@pytest.mark.parametrize("code", [401, 403])
def test_a_gateway_that_refuses_the_upgrade_is_tried_again(code: int) -> None:
    """T114: at first and on a reconnect, as after a 503; the handshake carries no token."""
    with FaultServer() as server:
        server.on(HANDSHAKE, http_response(code), upgrade(), http_response(code), upgrade())
        with ListenProcess(server.url, *FAST_RETRIES, "--count", "1") as listener:
            server.wait_for("login")
            server.run_steps(drop())
            server.wait_for("login", 2)
            server.run_steps(EVENT)
            assert listener.wait() == 0
    assert "token" not in listener.stderr_text


def test_without_markers_a_gap_is_reported_on_standard_error_only() -> None:
    """--no-markers is for readers that expect only pushes."""
    with (
        FaultServer() as server,
        ListenProcess(server.url, *FAST_RETRIES, "--no-markers", "--count", "1") as listener,
    ):
        server.wait_for("login")
        server.run_steps(drop())
        server.wait_for("login", 2)
        server.run_steps(EVENT)
        assert [line["type"] for line in listener.remaining_records()] == ["push"]
    assert "listen: disconnected: " in listener.stderr_text


def test_notices_are_json_if_errors_are() -> None:
    """Each notice is one line with its type and message."""
    with (
        FaultServer() as server,
        ListenProcess(server.url, *FAST_RETRIES, "--error-format", "json") as listener,
    ):
        server.wait_for("login")
        server.run_steps(close(1012, "restart"))
        listener.wait_for_stderr("reconnected")
    notices = [json.loads(line)["notice"] for line in listener.stderr_text.splitlines()]
    assert [notice["type"] for notice in notices] == ["disconnected", "reconnected"]
    assert "code 1012: restart" in notices[0]["message"]


def test_a_partition_without_a_fin_is_detected() -> None:
    """T60, timers scaled by 50: no pong in time, a gap, and a new connection."""
    timers = ("--ping-interval", "200ms", "--pong-timeout", "200ms")
    with (
        FaultServer() as server,
        TcpRelay(server.port) as relay,
        ListenProcess(relay.url(server.url), *FAST_RETRIES, *timers, "--count", "1") as listener,
    ):
        server.wait_for(PING, 2)
        relay.partition()
        partitioned = time.monotonic()
        listener.wait_for_stderr("disconnected")
        seconds = time.monotonic() - partitioned
        relay.heal()
        server.wait_for("login", 2)
        server.run_steps(EVENT)
        gap, event = listener.remaining_records()
    assert_gap(gap)
    assert "stopped answering pings" in gap["reason"]
    assert (event["action"], seconds < 2.0) == ("incoming_event", True)


@pytest.mark.slow
def test_a_partition_is_detected_within_25_seconds() -> None:
    """T60 with the default timers, which ping at least every 15 s."""
    with (
        FaultServer() as server,
        TcpRelay(server.port) as relay,
        ListenProcess(relay.url(server.url)) as listener,
    ):
        server.wait_for(PING, 3, timeout=40)
        times = [each.received_at for each in server.frames if each.opcode == 9]
        relay.partition()
        partitioned = time.monotonic()
        listener.wait_for_stderr("disconnected", 30)
        assert time.monotonic() - partitioned <= 25
        assert all(later - earlier <= 15 for earlier, later in pairwise(times))


def test_a_slow_connection_is_kept() -> None:
    """T60: slow pongs within --pong-timeout keep the connection."""
    timers = ("--ping-interval", "150ms", "--pong-timeout", "2s")
    with FaultServer() as server, TcpRelay(server.port) as relay:
        relay.set_latency(0.3)
        with ListenProcess(relay.url(server.url), *timers) as listener:
            server.wait_for(PING, 5)  # each pong takes longer than an interval
            listener.send_signal(signal.SIGTERM)
            assert (listener.wait(), server.connection_count) == (-signal.SIGTERM, 1)


def test_an_outage_ends_with_a_reconnection() -> None:
    """T62 in short: refused connections are reported once and retried until one succeeds."""
    with (
        FaultServer() as server,
        ListenProcess(server.url, *FAST_RETRIES, "--count", "1") as listener,
    ):
        server.wait_for("login")
        server.stop_listening()
        server.run_steps(drop())
        listener.wait_for_stderr("not connected")
        server.start_listening()
        server.wait_for("login", 2)
        server.run_steps(EVENT)
        gap, _ = listener.remaining_records()
    assert_gap(gap)
    kinds = [line.split(": ")[2] for line in listener.stderr_text.splitlines()]
    assert kinds == ["disconnected", "not connected", "reconnected"]


def test_an_outage_of_ten_minutes_has_few_attempts_and_a_quick_return() -> None:
    """T62 scaled by 200: at most 60 attempts, and reconnected within 30 s of the recovery."""
    scaled = ("--backoff", "2.5ms", "--backoff-cap", "150ms", "--login-interval", "5ms")
    with (
        FaultServer() as server,
        ListenProcess(server.url, *scaled, "--healthy-after", "5ms", "-v") as listener,
    ):
        server.wait_for("login")
        server.stop_listening()
        server.run_steps(drop())
        with contextlib.suppress(AssertionError):  # no login can come
            server.wait_for("login", 2, timeout=3.0)
        attempts = listener.stderr_text.count("connecting to") - 1
        server.start_listening()
        restarted = time.monotonic()
        server.wait_for("login", 2)
        assert time.monotonic() - restarted < 0.15 + 1.0  # one second for a busy machine
        assert_gap(listener.read_record())
    assert 5 <= attempts <= 60


def test_a_hundred_listeners_do_not_reconnect_at_once() -> None:
    """T64 scaled by 10: after two restarts, a second has at most 20 % of the first attempts."""
    policy = ReconnectPolicy(Backoff(0.05, 3.0), stable_after=0.0, min_login_interval=0.1)
    delays: list[float] = []  # as chosen: when an attempt arrives depends on a busy machine, too

    def sleep(seconds: float) -> None:
        delays.append(seconds)
        signals.sleep(seconds)

    threads = []
    with FaultServer() as server:
        for _ in range(100):
            connector = Connector(connect_options(server))
            listener = Listener(connector, ListenOptions(max_pushes=1), policy, sleep=sleep)
            threads.append(threading.Thread(target=lambda each=listener: list(each.run())))
            threads[-1].start()
        server.wait_for("login", 100)
        for restart in (1, 2):
            if restart == 2:
                server.on("login", [respond(), EVENT])  # the one push that each listener waits for
            lost = time.monotonic()
            for number in server.open_connections:
                server.run_steps(drop(), connection=number)
            server.wait_for("login", 100 + 100 * restart)
            assert server.logins[-1].received_at - lost >= max(delays[100 * (restart - 1) :])
        for thread in threads:
            thread.join()
    assert 150 <= len(delays) <= 200
    delays += [0.0] * (200 - len(delays))  # no sleep if the delay is over at once
    assert max(Counter(int(each * 10) for each in delays).values()) <= 40


@pytest.mark.parametrize(
    "fault",
    [
        (CONNECT, drop("rst"), normal()),
        (HANDSHAKE, http_response(503), normal()),
        ("login", respond_error("too_many_requests"), respond()),
        ("login", respond_error("internal"), respond()),
        ("login", ignore(), respond()),
        ("login", drop("fin"), respond()),
        ("login", disconnect_push("internal_error"), respond()),
    ],
    ids=lambda fault: f"{fault[0]} {fault[1].name}",
)
def test_the_first_connection_is_retried_like_all_others(fault: Any) -> None:
    """At boot the network may start later than rtm."""
    trigger, *behaviors = fault
    with FaultServer() as server:
        server.on(trigger, *behaviors)
        if behaviors[0].name == "push agent_disconnected":
            server.on("login", [behaviors[0], close(1000)], respond())
        with ListenProcess(
            server.url, *FAST_RETRIES, "--timeout", "1s", "--count", "1"
        ) as listener:
            server.wait_for(
                lambda: len(server.open_connections) == 1 and server.connection_count == 2
            )
            server.wait_for("login", 2 if trigger == "login" else 1)
            server.run_steps(EVENT)
            assert [line["type"] for line in listener.remaining_records()] == ["push"]
            assert listener.wait() == 0
    assert "listen: not connected: " in listener.stderr_text


def test_a_listener_waits_as_the_server_asks() -> None:
    """T147: `Retry-After` counts for the first connection and for each later one."""
    with FaultServer() as server:
        server.on(HANDSHAKE, http_response(503, headers=[("Retry-After", "3600")]), normal())
        started = time.monotonic()
        result = run(
            "listen", *FAST_RETRIES, "--backoff-cap", "1s", "--for", "2500ms", url=server.url
        )
    assert (result.exit_code, server.count("login")) == (0, 1)
    assert "(Retry-After: 3600 s); trying again in 1.0 s" in result.stderr
    assert server.logins[0].received_at - started > 1


def test_fail_fast_ends_with_the_first_failure() -> None:
    """Status 5 after one attempt."""
    with FaultServer() as server:
        server.on(HANDSHAKE, http_response(503))
        result = run("listen", "--fail-fast", url=server.url)
        assert (result.exit_code, server.connection_count) == (5, 1)


def test_fail_fast_applies_to_the_first_connection_only() -> None:
    """A connection that is lost later is re-established."""
    with FaultServer() as server:
        server.on(CONNECT, normal(), drop("rst"), normal())
        with ListenProcess(server.url, *FAST_RETRIES, "--fail-fast", "--count", "1") as listener:
            server.wait_for("login")
            server.run_steps(drop())
            server.wait_for("login", 2)
            server.run_steps(EVENT)
            assert listener.wait() == 0


def test_once_ends_when_the_connection_is_lost() -> None:
    """Status 10; the pushes before the loss are printed, and there is no other attempt."""
    with FaultServer() as server:
        server.on("login", [respond(), EVENT, close(1000)])
        result = run("listen", "--once", *FAST_RETRIES, url=server.url)
        assert (result.exit_code, result.stdout.count("\n"), server.connection_count) == (10, 1, 1)


@pytest.mark.parametrize(
    ("reason", "exit_code"),
    [
        ("access_token_revoked", 4),
        ("agent_deleted", 4),
        ("license_expired", 4),
        ("license_not_found", 4),
        ("product_version_changed", 4),
        ("access_token_expired", 4),
        ("agent_disconnected_by_server", 10),
        ("agent_logged_out_remotely", 10),
        ("too_many_connections", 10),
        ("connection_evicted", 10),
        ("unsupported_version", 10),
        ("misdirected_connection", 10),
        ("misdirected_request", 10),
    ],
)
@pytest.mark.parametrize("then", ["close", "silence"])
def test_a_terminal_reason_is_printed_and_ends_listening(
    reason: str, exit_code: int, then: str
) -> None:
    """T65: exit within a second without another login, even if the server does not close."""
    with FaultServer() as server:
        server.on(CLOSE, ignore())
        with ListenProcess(server.url, *FAST_RETRIES, "--action", "agent_disconnected") as listener:
            server.wait_for("login")
            started = time.monotonic()
            server.run_steps(
                disconnect_push(reason), *([close(1000, then="fin")] if then == "close" else [])
            )
            printed = list(listener.remaining_records())
            assert listener.wait() == exit_code
            seconds = time.monotonic() - started
            assert len(server.logins) == 1
    assert [line["payload"]["reason"] for line in printed] == [reason]
    assert seconds <= 1.0 or seconds <= 1.0 + startup_time()
    assert reason.replace("misdirected_request", "misdirected_connection") in listener.stderr_text


@pytest.mark.parametrize(
    "reason", ["connection_timeout", "ping_timeout", "internal_error", "reason_of_tomorrow"]
)
def test_other_reasons_lead_to_a_reconnection(reason: str) -> None:
    """The push is printed, then the gap; old, new and unknown reasons alike."""
    with (
        FaultServer() as server,
        ListenProcess(server.url, *FAST_RETRIES, "--count", "2") as listener,
    ):
        server.wait_for("login")
        server.run_steps(disconnect_push(reason), close(1000))
        server.wait_for("login", 2)
        server.run_steps(EVENT)
        disconnect, gap, event = listener.remaining_records()
        assert_gap(gap)
        assert disconnect["payload"]["reason"] == reason
        assert (event["action"], listener.wait()) == ("incoming_event", 0)


def test_too_many_unauthorized_connections_lengthen_the_delay() -> None:
    """The delay is at least a third of --backoff-cap."""
    options = ("--backoff", "1ms", "--backoff-cap", "3s", "--login-interval", "1ms")
    with FaultServer() as server, ListenProcess(server.url, *options, "--count", "2") as listener:
        server.wait_for("login")
        server.run_steps(disconnect_push("too_many_unauthorized_connections"), close(1000))
        server.wait_for("login", 2)
        first, second = server.logins
        assert second.received_at - first.received_at >= 1.0
        server.run_steps(EVENT)
        assert listener.wait() == 0


def rotating_token_profile(tmp_path: Path, *tokens: str) -> dict[str, str]:
    """Configure a token command that prints the next token at each run, then the last one."""
    (tmp_path / "tokens").write_text("\n".join(tokens))
    script = tmp_path / "token"
    script.write_text(
        "#!/bin/sh\n"
        f"head -n 1 {tmp_path}/tokens\n"
        f"[ $(wc -l < {tmp_path}/tokens) -gt 0 ] && sed -i 1d {tmp_path}/tokens\n"
        "exit 0\n"
    )
    script.chmod(0o700)
    config = tmp_path / "config.toml"
    config.write_text(f'[profiles.default]\ntoken_command = ["{script}"]\n')
    config.chmod(0o600)
    return {"RTM_CONFIG": str(config)}


def test_an_expired_token_is_reread_from_its_source(tmp_path: Path) -> None:
    """T67: the source is read once more, and listening continues after a gap."""
    env = rotating_token_profile(tmp_path, "dal:first-token-1234", "dal:second-token-5678")
    with (
        FaultServer() as server,
        ListenProcess(server.url, *FAST_RETRIES, "--count", "2", token=None, env=env) as listener,
    ):
        server.wait_for("login")
        server.run_steps(disconnect_push("access_token_expired"), close(1000))
        server.wait_for("login", 2)
        server.run_steps(EVENT)
        assert [line["type"] for line in listener.remaining_records()] == [
            "push",
            "rtm.gap",
            "push",
        ]
        assert listener.wait() == 0
        tokens = [login.payload["token"] for login in server.logins]
    assert tokens == ["Bearer dal:first-token-1234", "Bearer dal:second-token-5678"]


def test_an_expired_token_that_does_not_change_ends_listening(tmp_path: Path) -> None:
    """T67: if the source returns the same token, status 4 without a second login."""
    env = rotating_token_profile(tmp_path, "dal:first-token-1234")
    with (
        FaultServer() as server,
        ListenProcess(server.url, *FAST_RETRIES, token=None, env=env) as listener,
    ):
        server.wait_for("login")
        server.run_steps(disconnect_push("access_token_expired"), close(1000))
        assert (listener.wait(), len(server.logins)) == (4, 1)
    assert "access_token_expired" in listener.stderr_text


def test_a_redirect_to_another_region_is_followed_once() -> None:
    """A second redirect is not followed: status 10, two logins."""
    with FaultServer() as dal, FaultServer() as fra:
        region = ("--region-url", f"fra={fra.url}", "--region-url", f"dal={dal.url}")
        with ListenProcess(dal.url, *FAST_RETRIES, *region) as listener:
            dal.wait_for("login")
            dal.run_steps(disconnect_push("misdirected_connection", region="fra"), close(1000))
            fra.wait_for("login")
            fra.run_steps(disconnect_push("misdirected_connection", region="dal"), close(1000))
            assert listener.wait() == 10
        assert (len(dal.logins), len(fra.logins)) == (1, 1)


def test_a_login_in_the_wrong_region_is_redirected_once() -> None:
    """T21: dal names fra and fra names dal: status 5, two connections."""
    with FaultServer() as dal, FaultServer() as fra:
        region = ("--region-url", f"fra={fra.url}", "--region-url", f"dal={dal.url}")
        dal.on("login", respond_error("misdirected_request", data={"region": "fra"}))
        fra.on("login", respond_error("misdirected_request", data={"region": "dal"}))
        result = run("listen", *FAST_RETRIES, *region, url=dal.url)
        assert (result.exit_code, dal.connection_count + fra.connection_count) == (5, 2)


def test_a_process_that_was_stopped_reconnects_with_a_gap() -> None:
    """T74 scaled by 100: the server would have dropped the client; received pushes are printed."""
    timers = ("--ping-interval", "100ms")
    with (
        FaultServer() as server,
        ListenProcess(server.url, *FAST_RETRIES, *timers, "--count", "2") as listener,
    ):
        server.wait_for(PING, 2)
        listener.send_signal(signal.SIGSTOP)
        server.run_steps(push("incoming_event", {"n": 1}), delay(0.9))
        listener.send_signal(signal.SIGCONT)
        server.wait_for("login", 2)
        server.run_steps(push("incoming_event", {"n": 2}))
        first, gap, last = listener.remaining_records()
        assert_gap(gap)
        assert (first["payload"]["n"], last["payload"]["n"], listener.wait()) == (1, 2, 0)
    assert "was stopped for" in gap["reason"]


@pytest.mark.slow
def test_a_process_that_was_stopped_for_90_seconds_reconnects_with_a_gap() -> None:
    """T74 in real time."""
    with FaultServer() as server, ListenProcess(server.url) as listener:
        server.wait_for("login")
        server.run_steps(EVENT)
        listener.read_record()
        listener.send_signal(signal.SIGSTOP)
        time.sleep(90)
        listener.send_signal(signal.SIGCONT)
        assert_gap(listener.read_record(25))


def test_unusual_but_valid_frames_are_harmless() -> None:
    """T76: floods of pings and pongs, control frames of maximum size, fragments between them."""
    with FaultServer() as server, ListenProcess(server.url, "--count", "4") as listener:
        server.wait_for("login")
        ping = b"\x89\x7d" + b"p" * 125
        server.run_steps(
            pings(2000, b"x" * 125),
            push("incoming_event", {"n": 1}),
            pongs(2000),
            fragmented(push("incoming_event", {"n": 2}), size=3, between=ping),
            push("incoming_event", {"n": 3}),
            fragmented(push("incoming_event", {"n": 4}), size=1),
        )
        assert listener.remaining_numbers() == [1, 2, 3, 4]
        assert (listener.wait(), server.connection_count) == (0, 1)


@pytest.mark.parametrize(
    "violation",
    [frame(2, b"binary"), frame(3), frame(1, b"{}", mask=b"mask"), frame(1, b"{}", rsv=4)],
    ids=["binary", "reserved opcode", "masked", "compressed"],
)
def test_a_protocol_violation_costs_only_the_connection(violation: Any) -> None:
    """The connection is closed, and re-established after a gap."""
    with (
        FaultServer() as server,
        ListenProcess(server.url, *FAST_RETRIES, "--count", "2") as listener,
    ):
        server.wait_for("login")
        server.run_steps(push("incoming_event", {"n": 1}), violation)
        server.wait_for("login", 2)
        server.run_steps(push("incoming_event", {"n": 2}))
        first, gap, last = listener.remaining_records()
        assert_gap(gap)
        assert (first["payload"]["n"], last["payload"]["n"], listener.wait()) == (1, 2, 0)


def test_a_close_reason_is_escaped_in_notices_and_gaps() -> None:
    """T78: no control characters except newlines, in the notice and in the gap."""
    reason = "\x1b]0;t\x07\x9b2J\r\x7f\u202e\n"
    with (
        FaultServer() as server,
        ListenProcess(server.url, *FAST_RETRIES, "--count", "1") as listener,
    ):
        server.wait_for("login")
        server.run_steps(close(4001, reason))
        server.wait_for("login", 2)
        server.run_steps(EVENT)
        raw = listener.read_line().decode()
        listener.wait()
    for output in (listener.stderr_text, raw):
        assert not set(output) & {*map(chr, range(10)), *map(chr, range(127, 160)), "\u202e", "\r"}


def resource_usage_over_reconnects(
    server: FaultServer, listener: ListenProcess, times: int
) -> list[dict[str, int]]:
    """Drop the connection `times` times; return the usage after a tenth of them and at the end."""
    usages = []
    for number in range(1, times + 1):
        server.run_steps(drop("rst" if number % 2 else "fin"))
        server.wait_for("login", number + 1)
        listener.read_record()
        if number in (times // 10, times):
            usages.append(steady_usage(server, listener))
    return usages


def steady_usage(server: FaultServer, listener: ListenProcess) -> dict[str, int]:
    """Return the usage when nothing is being opened or closed: it is the same at two pings."""
    usage: dict[str, int] = {}
    for _ in range(20):
        server.wait_for(PING, server.count(PING) + 1)
        previous, usage = usage, listener.resource_usage()
        if {**usage, "memory": 0} == {**previous, "memory": 0}:
            return usage
    raise AssertionError(f"the usage does not become steady: {usage}")


FASTEST_RETRIES = ("--backoff", "1ms", "--backoff-cap", "10ms", "--login-interval", "1ms")


@pytest.mark.parametrize(
    "times", [50, pytest.param(1000, marks=pytest.mark.slow)], ids=["50", "1000"]
)
def test_reconnecting_leaves_nothing_behind(times: int) -> None:
    """T72: descriptors and threads are constant, memory grows by at most 10 MiB."""
    with (
        FaultServer() as server,
        ListenProcess(server.url, *FASTEST_RETRIES, "--ping-interval", "200ms") as listener,
    ):
        server.wait_for("login")
        early, late = resource_usage_over_reconnects(server, listener, times)
    assert (early["descriptors"], early["threads"]) == (late["descriptors"], late["threads"])
    assert late["memory"] - early["memory"] <= 10 * 1024


@pytest.mark.slow
def test_memory_is_flat_over_a_million_pushes() -> None:
    """T73: a million lines in order; memory grows by at most 10 MiB after the first tenth."""
    with FaultServer() as server, ListenProcess(server.url, "--count", "1000000") as listener:
        server.wait_for("login")
        server.run_steps(flood(100_000))
        numbers = [listener.read_record()["payload"]["n"] for _ in range(100_000)]
        early = listener.resource_usage()["memory"]
        for _ in range(8):
            server.run_steps(flood(100_000))
        numbers += [listener.read_record()["payload"]["n"] for _ in range(800_000)]
        late = listener.resource_usage()["memory"]
        server.run_steps(flood(100_000))
        numbers += listener.remaining_numbers()
    assert numbers == list(range(1, 100_001)) * 10
    assert late - early <= 10 * 1024
