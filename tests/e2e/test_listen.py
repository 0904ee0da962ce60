"""Listening: what is printed, when it ends, and with what status."""

import json
import ssl
import time
from pathlib import Path

import pytest
import trustme
from support.fault_server import (
    FaultServer,
    delay,
    flood,
    message,
    push,
    refusing_port,
    respond,
    respond_error,
    text,
)
from support.listen_process import FAST_RETRIES, ListenProcess
from support.process import run, startup_time

from rtmcli.catalogue.v3_0 import API

CHAT = {"chat_id": "A", "thread_id": "T"}


def test_a_push_is_visible_to_a_pipe_within_100_ms() -> None:
    """T58: written at once; the best of three attempts counts, because the machine may be busy."""
    delays = []
    with FaultServer() as server, ListenProcess(server.url) as listener:
        server.wait_for("login")
        for _ in range(3):
            sent = time.monotonic()
            server.run_steps(push("incoming_event", CHAT))
            delays.append(listener.read_timed_line()[0] - sent)
    assert min(delays) <= 0.1


def test_every_push_is_printed_unchanged_on_one_line() -> None:
    """T82, T87: unknown members, digits, nesting and spaces are kept; responses are not printed."""
    texts = [
        '{"action":"push_of_tomorrow","type":"push","version":"9","payload":{"a":[1,{}]}}',
        '{ "type" : "push", "action" : "x" }',
        '{"type":"push","n":[18446744073709551617,1e400,-0.0,1.0,1E2]}',
        '{"type":"push","s":"\\u0000\\ud800","a":1}',
        '{"type":"push","d":' + "[" * 300 + "]" * 300 + "}",
        '{"type":"push","n":' + "7" * 5000 + "}",
    ]
    with FaultServer() as server, ListenProcess(server.url, "--count", "6") as listener:
        server.wait_for("login")
        server.run_steps(message({"type": "response", "action": "ping", "success": True}))
        server.run_steps(*map(text, texts))
        printed = [listener.read_line().decode() for _ in texts]
        assert (printed, listener.wait()) == ([f"{each}\n" for each in texts], 0)


@pytest.mark.parametrize(
    "push_message",
    [
        {"type": "push", "s": "\x1b]0;title\x07 \x9b2J \x7f \u202e \u2028 \x85 \u2066"},
        {"type": "push", "s": "emoji \U0001f600, ąę, 漢字"},
        {"type": "push", "s": "line\nbreak\r\tand\0nul"},
    ],
    ids=["controls", "emoji", "line breaks"],
)
@pytest.mark.parametrize("indent", [None, 2], ids=["compact", "pretty"])
def test_a_push_is_one_escaped_line_in_utf_8_in_any_locale(
    push_message: object, indent: int | None
) -> None:
    """T79, T83, T84, T85: no control characters, one newline, and the same JSON value."""
    env = {"LC_ALL": "C", "PYTHONIOENCODING": "ascii"}
    with FaultServer() as server, ListenProcess(server.url, "--count", "1", env=env) as listener:
        server.wait_for("login")
        server.run_steps(text(json.dumps(push_message, ensure_ascii=False, indent=indent)))
        raw = listener.read_line()
    assert json.loads(raw) == push_message
    assert raw.count(b"\n") == 1
    assert not set(raw.decode()) & {*map(chr, range(10)), *map(chr, range(127, 160)), *"\u202e\r"}


def test_pushes_before_the_login_response_are_printed() -> None:
    """T18: pushes that arrive before the login's response are printed first, in order."""
    with FaultServer() as server:
        early = [push("customer_created", {"n": 1}), push("customer_created", {"n": 2})]
        ping = message({"type": "response", "action": "ping", "success": True})
        server.on("login", [ping, *early, respond(), push("customer_created", {"n": 3})])
        with ListenProcess(server.url, "--count", "3") as listener:
            assert listener.remaining_numbers() == [1, 2, 3]


@pytest.mark.parametrize(
    ("options", "numbers"),
    [
        (["--action", "thread_closed"], [2]),
        (["--action", "thread_closed", "--action", "incoming_chat_thread"], [2, 3]),
        (["--chat-id", "A"], [1, 3]),
        (["--chat-id", "A", "--action", "incoming_chat_thread"], [3]),
    ],
)
def test_filters_select_pushes(options: list[str], numbers: list[int]) -> None:
    """By action, by chat id anywhere in the push, or by both."""
    with (
        FaultServer() as server,
        ListenProcess(server.url, *options, "--idle", "300ms") as listener,
    ):
        server.wait_for("login")
        server.run_steps(
            push("incoming_event", {"chat_id": "A", "n": 1}),
            push("thread_closed", {"chat_id": "B", "n": 2}),
            push("incoming_chat_thread", {"chat": {"id": "A"}, "n": 3}),
            push("agent_updated", {"agent_id": "A", "n": 4}),
        )
        assert (listener.remaining_numbers(), listener.wait()) == (numbers, 0)


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (("listen", "--action", "incoming_evnt"), "--action: unknown push incoming_evnt; did you"),
        (("listen", "--action", "incoming_chat"), "in API 3.0 it is incoming_chat_thread"),
        (("logout", "--wait-for", "thread_tagged"), "in API 3.0 it is chat_thread_tagged"),
    ],
)
def test_an_unknown_push_name_is_a_usage_error(words: tuple[str, ...], hint: str) -> None:
    """T144: a listener for it would wait forever; --no-validate lets it pass."""
    result = run(*words, url="ws://[::1]:1")
    assert result.exit_code == 2
    assert hint in result.stderr
    assert run(*words, "--no-validate", "--max-time", "1ms", url="ws://[::1]:1").exit_code == 5


@pytest.mark.parametrize("flag", ["--action", "--chat-id"])
def test_an_empty_filter_is_a_usage_error(flag: str) -> None:
    """An unset shell variable gives an empty filter, which would match nothing."""
    result = run("listen", flag, "", url="ws://127.0.0.1:1")
    assert (result.exit_code, result.stdout) == (2, "")
    assert f"{flag} must not be empty" in result.stderr


def test_the_count_is_exact_and_ends_with_success() -> None:
    """Exactly the first N pushes are printed."""
    with FaultServer() as server, ListenProcess(server.url, "--count", "17") as listener:
        server.wait_for("login")
        server.run_steps(flood(1000))
        assert (listener.remaining_numbers(), listener.wait()) == (list(range(1, 18)), 0)


def test_ten_thousand_pushes_keep_their_order() -> None:
    """T73 at a small scale: every number once, in order."""
    with FaultServer() as server, ListenProcess(server.url, "--count", "10000") as listener:
        server.wait_for("login")
        server.run_steps(flood(10_000))
        assert listener.remaining_numbers() == list(range(1, 10_001))


def test_no_push_stays_in_the_tls_buffer(tmp_path: Path) -> None:
    """Decrypted data does not make the socket readable, but is read all the same."""
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    options = ("--ca-file", str(tmp_path / "ca.pem"), "--count", "5000")
    with FaultServer(tls=context) as server, ListenProcess(server.url, *options) as listener:
        server.wait_for("login")
        server.run_steps(flood(4999, text="x" * 300), push("incoming_event", {"n": 5000}))
        assert listener.remaining_numbers() == list(range(1, 5001))


@pytest.mark.parametrize(
    ("options", "status"),
    [
        (["--for", "300ms"], 0),
        (["--idle", "200ms"], 0),
        (["--for", "300ms", "--count", "2"], 8),
        (["--idle", "200ms", "--count", "2"], 8),
        (["--max-time", "300ms"], 0),
    ],
)
def test_the_end_of_the_time_is_success_unless_a_count_is_missing(
    options: list[str], status: int
) -> None:
    """Status 0 without a count; 8 if fewer pushes than the count came in time."""
    with FaultServer() as server:
        server.on("login", [respond(), push("incoming_event", CHAT)])
        result = run("listen", *options, url=server.url)
    assert (result.exit_code, result.stdout.count("\n")) == (status, 1)
    assert ("1 of 2 pushes came in time" in result.stderr) == (status == 8)


def test_idle_ends_where_no_connection_is_ever_established() -> None:
    """Status 5, after the time of --idle."""
    with refusing_port() as port:
        result = run("listen", "--idle", "1s", url=f"ws://127.0.0.1:{port}")
    assert result.exit_code == 5
    assert "timed out while disconnected: cannot connect" in result.stderr
    assert 1 <= result.duration < 3 + startup_time()


def test_a_chats_filter_passes_access_to_the_chat() -> None:
    """Such a push names its resource by type and id."""
    pushes = [
        push("access_granted", {"resource": resource, "id": id_, "access": {"group_ids": [1]}})
        for resource, id_ in (("chat", "OTHER"), ("customer", "CHAT"), ("chat", "CHAT"))
    ]
    with FaultServer() as server:
        server.on("login", [respond(), *pushes])
        result = run("listen", "--chat-id", "CHAT", "--count", "1", url=server.url)
    assert json.loads(result.stdout)["payload"]["resource"] == "chat"
    assert json.loads(result.stdout)["payload"]["id"] == "CHAT"


def test_idle_counts_from_the_last_push() -> None:
    """Every push restarts the idle time."""
    with FaultServer() as server, ListenProcess(server.url, "--idle", "400ms") as listener:
        server.wait_for("login")
        for number in range(5):
            server.run_steps(delay(0.15), push("incoming_event", {"n": number}))
            assert listener.read_record()["payload"]["n"] == number
        assert listener.wait() == 0


def test_the_end_of_the_time_while_disconnected_is_a_failure() -> None:
    """Pushes may have been missed: status 5, with the reason."""
    with FaultServer() as server:
        server.stop_listening()
        result = run("listen", "--for", "300ms", *FAST_RETRIES, url=server.url)
    assert (result.exit_code, result.stdout) == (5, "")
    assert "timed out while disconnected: cannot connect to 127.0.0.1" in result.stderr


@pytest.mark.parametrize(
    "options",
    [
        ["--count", "0"],
        ["--count", "-1"],
        ["--count", "x"],
        ["--for", "soon"],
        ["--idle", "5 weeks"],
        ["--spool-size", "0"],
        ["--max-time", "0"],
        ["unexpected"],
    ],
)
def test_invalid_options_are_reported_before_connecting(options: list[str]) -> None:
    """Status 2, the message names the option, and no connection."""
    with FaultServer() as server:
        result = run("listen", *options, url=server.url)
        assert (result.exit_code, server.connection_count) == (2, 0)
    assert options[0] in result.stderr


def test_the_login_keeps_the_routing_status() -> None:
    """A listener that starts or reconnects does not change the agent's status."""
    with FaultServer() as server:
        run("listen", "--for", "100ms", url=server.url)
        assert server.logins[0].payload["reconnect"] is True


def test_a_refused_login_ends_with_the_reason() -> None:
    """T15: status 4, one attempt, no output."""
    with FaultServer() as server:
        server.on("login", respond_error("authentication", "Invalid access token"))
        result = run("listen", *FAST_RETRIES, url=server.url)
        assert (result.exit_code, result.stdout, server.connection_count) == (4, "", 1)
    assert "Invalid access token" in result.stderr


def test_success_prints_nothing_on_standard_error_in_a_bare_environment() -> None:
    """T95: only the required variables are set, and there is no terminal."""
    with FaultServer() as server:
        server.on("login", [respond(), push("incoming_event", CHAT)])
        result = run("listen", "--count", "1", url=server.url, env={"HOME": "/nonexistent"})
    assert (result.exit_code, result.stderr) == (0, "")


def test_listening_to_the_sandbox() -> None:
    """Every push of the sandbox's traffic is in the catalogue."""
    listen = ("rtm", "listen", "--count", "50", "--max-time", "30s")
    result = run("sandbox", "--seed", "1", "--traffic", "100", "--", *listen)
    names = {json.loads(line)["action"] for line in result.stdout.splitlines()}
    assert (result.exit_code, result.stdout.count("\n")) == (0, 50)
    assert names <= {each.name for each in API.pushes}


def test_an_invalid_message_is_reported_as_a_gap() -> None:
    """T87: an invalid message may have been a push: it counts as a gap, and listening continues."""
    with FaultServer() as server, ListenProcess(server.url, "--count", "2") as listener:
        server.wait_for("login")
        server.run_steps(
            push("incoming_event", {"n": 1}),
            text("{bad \x1b]0;x\x07"),
            text(b'{"type":"push","s":"\xff"}'),
            push("incoming_event", {"n": 2}),
        )
        first, *gaps, last = listener.remaining_records()
        assert (first["payload"]["n"], last["payload"]["n"], len(server.logins)) == (1, 2, 1)
        assert sum(gap["count"] for gap in gaps) == 2
        assert {gap["type"] for gap in gaps} == {"rtm.gap"}
        assert listener.wait() == 0
    assert (
        "unreadable: the server sent an unrecognized message: {bad \\u001b" in listener.stderr_text
    )
