"""The command of a method: payload, checks, the call, and what it prints."""

import json
import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from support.fault_server import (
    CLOSE,
    LOGIN_RESPONSE,
    FaultServer,
    Step,
    ignore,
    push,
    respond,
    respond_error,
)

from rtmcli.catalogue.v3_0 import API
from rtmcli.cli.command import make_command
from rtmcli.cli.commands import method as method_command
from rtmcli.cli.commands.method import payload_completer
from rtmcli.cli.io import stderr, stdin
from rtmcli.cli.method_options import method_cli_params
from rtmcli.errors import AuthError, CallId, Interrupted, NotWritten, RtmError, UsageError
from rtmcli.protocol.redaction import Redactor

Capture = pytest.CaptureFixture[str]
CUSTOMER = "b7eff798-f8df-4364-8059-649c35c9ed0c"
BAN = ("ban_customer", "--customer-id", CUSTOMER, "--ban-days", "5")


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Remove the tester's settings; redact only the secrets of the test."""
    for name in [name for name in os.environ if name.startswith("RTM_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("RTM_CONFIG", os.devnull)
    monkeypatch.setenv("RTM_TOKEN", "dal:test-token-Zx81")
    redactor = Redactor()
    for module in ("io.stderr", "io.stdout", "connection"):
        monkeypatch.setattr(f"rtmcli.cli.{module}.redactor", redactor)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[FaultServer]:
    """Start a server, and set RTM_URL to its URL."""
    with FaultServer() as fault_server:
        monkeypatch.setenv("RTM_URL", fault_server.url)
        yield fault_server


def parse_options(action: str, *arguments: str) -> dict[str, Any]:
    """Parse a command line of a method's command."""
    options: dict[str, Any] = {}
    cli_params = method_cli_params(API, API.methods[action])
    make_command(API, "x", cli_params, lambda _, got: options.update(got)).main(
        list(arguments), standalone_mode=False
    )
    return options


def run(action: str, *arguments: str) -> int | None:
    """Run a method's command."""
    return method_command.run(API, API.methods[action], parse_options(action, *arguments))


def usage_error_of(action: str, *arguments: str) -> str:
    """Return the message of the usage error that the command raises."""
    with pytest.raises(UsageError) as raised:
        run(action, *arguments)
    return raised.value.message


def test_a_skeleton_has_the_values_of_flags(capfd: Capture) -> None:
    """T150: --set and flags change the sample; --dry-run and PAYLOAD make no sense with it."""
    run("tag_chat_thread", "--skeleton", "--tag", "x", "--set", "n=1")
    assert json.loads(capfd.readouterr().out) == {
        "chat_id": "PJ0MRSHTDG",
        "thread_id": "K600PKZON8",
        "tag": "x",
        "n": 1,
    }
    assert "give one of them" in usage_error_of("tag_chat_thread", "--skeleton", "--dry-run")
    assert "takes no PAYLOAD" in usage_error_of("tag_chat_thread", "{}", "--skeleton")


@pytest.mark.parametrize("words", ["--all", "--max-items 5", "--wait-for x", "--wait-timeout 1s"])
def test_a_skeleton_refuses_what_only_a_call_can_do(words: str) -> None:
    """It would be ignored."""
    flag = words.partition(" ")[0]
    message = usage_error_of("get_customers", "--skeleton", *words.split())
    assert message == f"{flag} has no effect on what --skeleton prints; drop one of them"


def dry_run(capfd: Capture, action: str, *arguments: str) -> Any:
    """Return the request that a command would send."""
    assert run(action, *arguments, "--dry-run") is None
    return json.loads(capfd.readouterr().out)


# --- without the network ---


def test_a_skeleton_needs_no_settings(capfd: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    """--skeleton prints the sample even if settings are wrong or missing."""
    monkeypatch.delenv("RTM_TOKEN")
    run("ban_customer", "--skeleton", "--url", "nonsense")
    assert json.loads(capfd.readouterr().out) == API.methods["ban_customer"].example


def test_a_dry_run_prints_the_request(capfd: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    """Payload, `--set` and flags, in this order; with the author, if given; without a token."""
    monkeypatch.delenv("RTM_TOKEN")
    assert dry_run(
        capfd,
        "ban_customer",
        '{"customer_id":"x","more":1}',
        "--set",
        "more=2",
        "--set-string",
        "other=2",
        "--set",
        "ban.days=1",
        *BAN[1:],
        "--author-id",
        "bot",
    ) == {
        "action": "ban_customer",
        "author_id": "bot",
        "payload": {"customer_id": CUSTOMER, "more": 2, "ban": {"days": 5}, "other": "2"},
    }


@pytest.mark.parametrize("way", ["--skeleton", "--dry-run"])
def test_quiet_does_not_silence_dry_runs_and_skeletons(way: str, capfd: Capture) -> None:
    """--quiet applies to the results of calls."""
    run(*BAN, way, "--quiet")
    assert CUSTOMER in capfd.readouterr().out


def test_json_flags_may_name_files(capfd: Capture, tmp_path: Any) -> None:
    """Objects and arrays of objects may be @FILE; other values are literal."""
    path = tmp_path / "x.json"
    path.write_text('{"x": {"y": 1}}')
    shown = dry_run(capfd, "update_chat_properties", "--chat-id", "@a", "--properties", f"@{path}")
    assert shown["payload"] == {"chat_id": "@a", "properties": {"x": {"y": 1}}}
    path.write_text('{"id": "agent@example.com", "type": "agent"}')
    users = dry_run(capfd, "start_chat", "--chat-users", f"@{path}", "--chat-users", f"@{path}")
    assert len(users["payload"]["chat"]["users"]) == 2


def test_the_dry_run_of_a_login_redacts_the_token(capfd: Capture) -> None:
    """Application and reconnect are those that a session sends; flags replace them."""
    shown = dry_run(capfd, "login", "--timezone", "Europe/Berlin")["payload"]
    assert shown["token"] == "***"
    assert shown["application"]["name"] == "rtm"
    assert (shown["reconnect"], shown["timezone"]) == (True, "Europe/Berlin")
    assert dry_run(capfd, "login", "--no-reconnect")["payload"]["reconnect"] is False
    assert dry_run(capfd, "login", '{"reconnect": false}')["payload"]["reconnect"] is False


@pytest.mark.parametrize(
    ("action", "prefix", "more"),
    [
        ("change_push_notifications", "", ["--enabled"]),
        ("login", "push-notifications-", []),
    ],
)
def test_a_secret_in_the_payload_is_redacted(
    action: str, prefix: str, more: list[str], capfd: Capture
) -> None:
    """Secret parameters are redacted in dry runs and in errors."""
    device = (f"--{prefix}firebase-token", "sesame-open", f"--{prefix}platform", "ios")
    assert "sesame" not in json.dumps(dry_run(capfd, action, *device, *more))
    stderr.write_line("unknown token sesame-open")
    assert capfd.readouterr().err == "unknown token ***\n"


# --- usage errors ---


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("[1]",), "the payload must be a JSON object"),
        (
            ("--ban-days", "x", "--set", "customer_id=1"),
            (
                'ban.days must be an integer, not "x" (--ban-days); '
                "customer_id must be a string, not 1 (--customer-id)"
            ),
        ),
        (
            ('{"ban":{}}',),
            "customer_id is required (--customer-id); ban.days is required (--ban-days)",
        ),
        (("--set", "x"), "--set x: must be PATH=VALUE"),
        (("--set-string", "=x"), "--set-string =x: must be PATH=VALUE"),
        (("--set", 'a={"x":1,"x":2}'), '--set a={"x":1,"x":2}: duplicate key "x"'),
        ((*BAN[1:], "--wait-timeout", "1s"), "--wait-timeout needs --wait"),
        ((*BAN[1:], "--wait", "--wait-timeout", "0s"), "--wait-timeout must be more than zero"),
        ((*BAN[1:], "--compact", "--pretty"), "exclude each other"),
        (("-", "--wait"), "--wait needs a single payload; it cannot be used with -"),
    ],
)
def test_usage_errors_are_raised_before_anything_is_sent(arguments: Any, why: str) -> None:
    """One message lists all problems, each with its flag."""
    assert why in usage_error_of("ban_customer", *arguments)


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("--max-items", "5"), "--max-items needs --all"),
        (
            ("--all", "--envelope"),
            "--all prints items; it cannot be used with --envelope",
        ),
        (("-", "--all"), "--all needs a single payload; it cannot be used with -"),
    ],
)
def test_pagination_options_depend_on_each_other(arguments: tuple[str, ...], why: str) -> None:
    """--max-items needs --all, which excludes --envelope and streams."""
    assert usage_error_of("get_customers", *arguments) == why


def test_an_array_is_not_a_stream() -> None:
    """T141: the message says how to make a call for each item."""
    assert usage_error_of("follow_chat", '[{"chat_id":"a"}]') == (
        "the payload must be a JSON object; to make a call for each item of an array, pipe it"
        " through jq -c '.[]'"
    )
    assert usage_error_of("follow_chat", "1") == "the payload must be a JSON object"


def test_a_misspelled_member_gets_a_warning(capfd: Capture) -> None:
    """T144: it is sent; --quiet prints no warning."""
    assert dry_run(capfd, "get_archives", '{"filter":{}}')["payload"] == {"filter": {}}
    run("get_archives", '{"filter":{}}', "--dry-run")
    warning = "rtm: get_archives: warning: filter is unknown; did you mean filters?\n"
    assert capfd.readouterr().err == warning
    run("get_archives", '{"filter":{}}', "--dry-run", "--quiet")
    assert capfd.readouterr().err == ""


def test_an_unknown_push_to_wait_for_is_a_usage_error(capfd: Capture) -> None:
    """T144: it would never come; --no-validate accepts any name."""
    assert usage_error_of(*BAN, "--wait-for", "incoming_evnt") == (
        "--wait-for: unknown push incoming_evnt; did you mean incoming_event?"
        " (--no-validate accepts any name)"
    )
    assert dry_run(capfd, *BAN, "--wait-for", "incoming_evnt", "--no-validate")


@pytest.mark.parametrize("unchecked", [(), ("--no-validate",)])
def test_some_problems_are_errors_even_with_no_validate(unchecked: tuple[str, ...]) -> None:
    """A token in the payload, a path through a string, invalid UTF-8."""
    assert "token cannot be part of the payload" in usage_error_of(
        "login", '{"token":"x"}', *unchecked
    )
    assert "ban.days.x cannot be set" in usage_error_of(
        "ban_customer", '{"customer_id":"a","ban":{"days":1}}', "--set", "ban.days.x=1", *unchecked
    )
    assert "customer_id is not UTF-8" in usage_error_of(
        "ban_customer", "--customer-id", "\udcff", *unchecked
    )


def test_no_validate_sends_the_payload_unchanged(capfd: Capture) -> None:
    """Wrong values are sent without a warning; a flag that does not convert is sent as text."""
    shown = dry_run(capfd, "ban_customer", "--ban-days", "five", "--no-validate")
    assert shown["payload"] == {"ban": {"days": "five"}}
    run("update_customer", "--customer-id", "x", "--no-validate", "--dry-run")
    assert capfd.readouterr().err == ""


def test_a_missing_dash_gets_a_hint(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only if a value is required, standard input is a pipe, and there is no payload."""
    reader, writer = os.pipe()
    monkeypatch.setattr(stdin, "STDIN", reader)
    hint = "; add - to read the payload from standard input"
    assert usage_error_of("ban_customer").endswith(hint)
    assert not usage_error_of("ban_customer", "{}").endswith(hint)
    assert not usage_error_of("ban_customer", *BAN[1:3], "--ban-days", "0").endswith(hint)
    os.close(reader)
    os.close(writer)
    assert not usage_error_of("ban_customer").endswith(hint)


# --- texts ---

TEXT = ("send_event", "--chat-id", "A")


def test_a_text_from_a_file_has_the_checks_of_a_text(capfd: Capture, tmp_path: Path) -> None:
    """It implies the type of the event, too."""
    path = tmp_path / "text"
    path.write_text("hi\n")
    payload = dry_run(capfd, *TEXT, "--text-file", str(path))["payload"]
    assert payload == {"chat_id": "A", "event": {"type": "message", "text": "hi"}}
    path.write_bytes(b"x" * 16_385)
    assert "event.text " in usage_error_of(*TEXT, "--text-file", str(path))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--text", "a"], "--text and --text-file set the same text; give one of them"),
        (["--event-text", "a"], "--text and --text-file set the same text; give one of them"),
        (["-"], "--text-file needs a single payload; it cannot be used with -"),
        (["--text-file", "y"], "--text-file is given twice; it takes one value"),
    ],
)
def test_a_text_file_is_the_only_text_of_a_single_call(arguments: list[str], message: str) -> None:
    """The file is not read."""
    assert usage_error_of(*TEXT, "--text-file", "/nowhere", *arguments) == message


# --- warnings ---


def test_a_warning_does_not_stop_the_call(capfd: Capture) -> None:
    """--quiet suppresses it."""
    run("update_customer", "--customer-id", CUSTOMER, "--dry-run")
    out, err = capfd.readouterr()
    assert json.loads(out)["payload"] == {"customer_id": CUSTOMER}
    assert err.startswith("rtm: update_customer: warning: ")
    assert err.count("\n") == 1
    run("update_customer", "--customer-id", CUSTOMER, "--dry-run", "--quiet")
    assert capfd.readouterr() == (out, "")


def test_a_stream_repeats_no_warning(capfd: Capture) -> None:
    """Each warning is printed once, and twenty at most."""
    method = API.methods["update_customer"]
    complete = payload_completer(API, method, parse_options("update_customer"))
    for _ in range(3):
        assert complete({"customer_id": CUSTOMER, "name": "x"})
        complete({"customer_id": CUSTOMER})
    assert capfd.readouterr().err.count("\n") == 1
    for number in range(30):
        complete({"customer_id": f"odd-{number}", "name": "x"})
    assert capfd.readouterr().err.count("\n") == 19


def test_the_completer_does_not_change_its_input() -> None:
    """Flags and --set change a copy; without them the value is returned unchanged."""
    method = API.methods["ban_customer"]
    complete = payload_completer(API, method, parse_options("ban_customer", "--ban-days", "5"))
    base = {"customer_id": "a"}
    assert complete(base) == complete(base) == {"customer_id": "a", "ban": {"days": 5}}
    assert base == {"customer_id": "a"}
    whole = {"customer_id": CUSTOMER, "ban": {"days": 1}}
    assert payload_completer(API, method, parse_options("ban_customer"))(whole) is whole


# --- with the network ---


def test_a_call_prints_its_response(server: FaultServer, capfd: Capture) -> None:
    """The payload; with --envelope, the whole message; with --quiet, nothing."""
    server.on("ban_customer", respond({"n": 1}))
    for options, shown in (((), '{"n":1}\n'), (("--quiet",), "")):
        run(*BAN, *options)
        assert capfd.readouterr() == (shown, "")
    run(*BAN, "--envelope")
    envelope = json.loads(capfd.readouterr().out)
    assert (envelope["payload"], envelope["success"], envelope["type"]) == (
        {"n": 1},
        True,
        "response",
    )
    assert server.close_codes == [1000] * 3


def test_an_error_names_its_action(server: FaultServer) -> None:
    """Whatever fails; the session is closed."""
    server.on("login", respond(), respond_error("authentication"))
    server.on("ban_customer", respond_error("validation"))
    for kind in (RtmError, AuthError):
        with pytest.raises(kind) as raised:
            run(*BAN)
        assert raised.value.action in ("ban_customer", "login")
    server.wait_for(lambda: len(server.close_codes) == 2)


def test_wait_and_all_select_their_runners(server: FaultServer, capfd: Capture) -> None:
    """--wait prints the push, too; --all prints the items."""
    server.on(
        "ban_customer",
        [respond(), push("customer_banned", {"ban": {"days": 5}}, with_request_id=True)],
    )
    run(*BAN, "--wait")
    lines = capfd.readouterr().out.splitlines()
    assert [json.loads(line).get("action") for line in lines] == [None, "customer_banned"]
    server.on(
        "get_customers", respond({"customers": [{"id": "a"}, {"id": "b"}], "total_customers": 2})
    )
    run("get_customers", "--all")
    assert capfd.readouterr().out == '{"id":"a"}\n{"id":"b"}\n'


def test_a_login_is_one_message(server: FaultServer, capfd: Capture) -> None:
    """It has the fields of the flags; a token in the payload is an error."""
    run("login", "--timezone", "Europe/Berlin", "--no-validate", "--set", "x=1")
    assert json.loads(capfd.readouterr().out) == LOGIN_RESPONSE
    [login] = server.logins
    assert (login.payload["timezone"], login.payload["x"]) == ("Europe/Berlin", 1)
    assert login.payload["token"] == "Bearer dal:test-token-Zx81"
    assert server.requests == []


def test_a_stream_makes_a_call_for_each_value(
    server: FaultServer, capfd: Capture, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    """`-` reads standard input; the exit status is that of the stream."""
    path = tmp_path / "values"
    path.write_text(f'{{"customer_id":"{CUSTOMER}"}}\n' * 2)
    descriptor = os.open(path, os.O_RDONLY)
    monkeypatch.setattr("rtmcli.cli.io.stream_input.STDIN", descriptor)
    assert run("ban_customer", "-", "--ban-days", "5") == 0
    assert capfd.readouterr().out == "{}\n{}\n"
    assert [request.payload["ban"] for request in server.requests] == [{"days": 5}] * 2
    os.close(descriptor)


LARGE_RESPONSE = respond({"text": "x" * 200_000})  # more than a pipe holds


@pytest.mark.parametrize(
    ("behavior", "words", "executed", "unknown"),
    [
        (ignore(), "--close-timeout 1ms", 0, 1),  # interrupts waiting for the response
        (LARGE_RESPONSE, "--close-timeout 1ms", 1, 0),  # interrupts writing the response
        (LARGE_RESPONSE, "--close-timeout 1ms --wait", 1, 0),
        (respond(), "--close-timeout 1ms --wait", 0, 0),  # interrupts waiting for the push
        (respond(), "--close-timeout 60s", 0, 0),  # interrupts the closing handshake
    ],
)
def test_an_interrupted_call_is_named_unless_its_response_was_printed(
    behavior: Step,
    words: str,
    executed: int,
    unknown: int,
    server: FaultServer,
) -> None:
    """Unknown before the response, executed before it is printed, then nothing."""

    def strike(*_: object) -> None:
        raise Interrupted(signal.SIGTERM)

    server.on("ban_customer", behavior)
    server.on(CLOSE, ignore())
    reader, writer = os.pipe()  # is not read
    before = signal.signal(signal.SIGALRM, strike)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("rtmcli.cli.io.stdout.STDOUT", writer)
        signal.setitimer(signal.ITIMER_REAL, 0.5)
        with pytest.raises(Interrupted) as raised:
            run(*BAN, *words.split())
    signal.signal(signal.SIGALRM, before)
    ids = [CallId(request.request_id, "ban_customer") for request in server.requests]
    assert (raised.value.executed_calls, raised.value.unknown_calls) == (
        ids * executed,
        ids * unknown,
    )
    os.close(reader)
    os.close(writer)


def test_an_unprinted_response_is_an_error_of_an_executed_call(
    server: FaultServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """T89: the error says that the call was executed."""
    full = os.open("/dev/full", os.O_WRONLY)
    monkeypatch.setattr("rtmcli.cli.io.stdout.STDOUT", full)
    with pytest.raises(NotWritten, match="ban_customer was executed, but its response is lost"):
        run(*BAN)
    assert server.count("ban_customer") == 1
    os.close(full)
