"""Standard error: one line for an error, as text or JSON."""

import json
import os
from typing import Any

import pytest

from rtmcli.catalogue.v3_0 import API
from rtmcli.cli.io import stderr
from rtmcli.errors import (
    AuthError,
    Busy,
    CallId,
    Interrupted,
    NotConnected,
    OutcomeUnknown,
    Refused,
    RtmError,
    UsageError,
)
from rtmcli.protocol.redaction import Redactor

Shown = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def _api() -> None:
    """Choose a version of the API, as `cli.app` does before anything is printed."""
    stderr.use_api(API)


@pytest.mark.parametrize(
    ("arguments", "variable", "wanted"),
    [
        ("", None, False),
        ("--error-format json", None, True),
        ("--error-format=json", None, True),
        ("ban-customer --error-format json", "text", True),
        ("--error-format text", "json", False),
        ("", "json", True),
        ("", "text", False),
        ("", "", False),
        ("--error-format", "json", True),
        ("--error-format xml", None, False),
        ("--error-format text --error-format json", None, True),
        ("--error-format=json --error-format text", None, False),
        ("--error-formatter json", None, False),
    ],
)
def test_the_last_error_format_is_used(arguments: str, variable: str | None, wanted: bool) -> None:
    """It is known before the command line is parsed, as parsing may fail."""
    environ = {} if variable is None else {"RTM_ERROR_FORMAT": variable}
    assert stderr.wants_json_errors(arguments.split(), environ) == wanted


OUTCOME_UNKNOWN_ADVICE = (
    "(sent as request 7; it may have taken effect: check before you send it again)"
)

# An error, and the line for it.
ERROR_LINES: list[tuple[RtmError, str]] = [
    (UsageError("no option --x"), "rtm: usage: no option --x"),
    (UsageError("bad", action="login"), "rtm: login: usage: bad"),
    (NotConnected("no route"), "rtm: not connected: no route"),
    (NotConnected("no route", action="logout"), "rtm: logout: not sent: no route"),
    (Refused("bad", type="validation", action="a"), "rtm: a: validation: bad"),
    (
        AuthError("not allowed", type="authorization", action="ban_customer"),
        "rtm: ban_customer: authorization: not allowed (needs the scope customers.ban:rw)",
    ),
    (AuthError("no", type="authorization", action="logout"), "rtm: logout: authorization: no"),
    (AuthError("no", type="authorization", action="x"), "rtm: x: authorization: no"),
    (
        AuthError("no", type="authentication"),
        "rtm: authentication: no (the token is invalid or has expired)",
    ),
    (
        AuthError("no", type="license_expired"),
        "rtm: license_expired: no (renew the license)",
    ),
    (
        Busy("slow down", type="too_many_requests", action="a"),
        "rtm: a: too_many_requests: slow down (not executed; try again later)",
    ),
    (
        OutcomeUnknown("lost", action="send_event", request_id="7"),
        f"rtm: send_event: unknown: lost {OUTCOME_UNKNOWN_ADVICE}",
    ),
    (
        OutcomeUnknown("boom", type="internal", action="x", request_id="7"),
        f"rtm: x: internal: boom {OUTCOME_UNKNOWN_ADVICE}",
    ),
    (
        OutcomeUnknown("lost", action="get_archives", request_id="7"),
        "rtm: get_archives: unknown: lost (it changes nothing; try again)",
    ),
]


@pytest.mark.parametrize(("error", "line"), ERROR_LINES)
def test_an_error_is_one_line_that_says_what_to_do(
    error: RtmError, line: str, capfd: Shown
) -> None:
    """What failed, why, and what to do, if the message does not say so."""
    stderr.print_error(error, as_json=False)
    assert capfd.readouterr() == ("", f"{line}\n")


def test_an_error_as_json_has_the_same_facts(capfd: Shown) -> None:
    """The record of a stream, and the exit status."""
    stderr.print_error(Refused("no", type="validation", action="a", request_id="1"), as_json=True)
    out, err = capfd.readouterr()
    assert (out, json.loads(err)) == (
        "",
        {
            "error": {
                "type": "validation",
                "message": "no",
                "status": "refused",
                "input": 1,
                "action": "a",
                "request_id": "1",
            },
            "exit": 3,
        },
    )


def test_an_error_without_a_call_has_no_input(capfd: Shown) -> None:
    """Unknown values are null."""
    stderr.print_error(UsageError("bad"), as_json=True)
    error = json.loads(capfd.readouterr().err)["error"]
    assert (error["input"], error["action"], error["request_id"]) == (None, None, None)
    assert stderr.error_record(UsageError("bad"), 7)["error"]["input"] == 7


@pytest.mark.parametrize("as_json", [False, True])
def test_control_characters_are_escaped(as_json: bool, capfd: Shown) -> None:
    """T78: one line, without control characters and direction marks; JSON has the same value."""
    words = (
        "a\x1b]0;x\x07\r\n\x9b\x7f\u202e\u2028[/b] é \udcff" if not as_json else "a\x9b\r\n\u202e"
    )
    stderr.print_error(Refused(words, type="validation"), as_json=as_json)
    shown = capfd.readouterr().err
    assert shown.endswith("\n")
    assert not [c for c in shown[:-1] if ord(c) < 32 or 127 <= ord(c) < 160 or c in "\u202e\u2028"]
    if as_json:
        assert json.loads(shown)["error"]["message"] == words
    else:
        assert "\\u001b]0;x\\u0007\\u000d\\u000a\\u009b\\u007f\\u202e\\u2028[/b] é \\udcff" in shown


def test_a_secret_is_redacted_in_every_line(capfd: Shown, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever message contains it."""
    monkeypatch.setattr(stderr, "redactor", Redactor(["Bearer dal:sesame-open"]))
    stderr.write_line("the server said: bad token dal:sesame-open")
    stderr.print_error(Refused("dal:sesame-open"), as_json=True)
    assert "sesame" not in capfd.readouterr().err


def test_a_line_of_json_stays_json(capfd: Shown, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a token that looks like the rest of an escape, or any file name."""
    monkeypatch.setattr(stderr, "redactor", Redactor(["network-key"]))
    stderr.print_error(Refused("bad:\network-key, twork-k, \udcff"), as_json=True)
    shown = json.loads(capfd.readouterr().err)["error"]["message"]
    assert shown == "bad:***, twork-k, \\udcff"


def test_a_long_line_is_written_completely(monkeypatch: pytest.MonkeyPatch) -> None:
    """In pieces, as a pipe takes them."""
    read, write = os.pipe()
    os.set_blocking(read, False)
    monkeypatch.setattr(stderr, "STDERR", write)
    stderr.write_line("x" * 60_000)
    assert os.read(read, 100_000) == b"x" * 60_000 + b"\n"
    os.close(read)
    os.close(write)


def test_errors_of_standard_error_are_ignored(monkeypatch: pytest.MonkeyPatch) -> None:
    """It may be closed, full or a pipe without a reader."""
    read, write = os.pipe()
    os.close(read)
    full = os.open("/dev/full", os.O_WRONLY)
    for descriptor in (write, full, 1023):
        monkeypatch.setattr(stderr, "STDERR", descriptor)
        stderr.write_line("lost")
    os.close(write)
    os.close(full)


def test_a_signal_names_the_calls_in_flight(capfd: Shown) -> None:
    """Unknown calls, and executed calls that were not printed."""
    signal = Interrupted(15)
    stderr.print_interruption(signal, as_json=False)
    assert capfd.readouterr() == ("", "")
    signal.unknown_calls = [CallId("a-1", "ban_customer")]
    signal.executed_calls = [CallId("a-2", "send_event", 3)]
    stderr.print_interruption(signal, as_json=False)
    assert capfd.readouterr().err == (
        "rtm: interrupted: sent, outcome unknown (it may have taken effect): request a-1\n"
        "rtm: interrupted: executed, but the response was not printed: request a-2 (input 3)\n"
    )


def test_the_record_of_an_interruption_names_the_call(capfd: Shown) -> None:
    """T115: with its input, its action, its request id and the status of the death by a signal."""
    signal = Interrupted(15)
    signal.unknown_calls = [CallId("a-1", "ban_customer", 3)]
    signal.executed_calls = [CallId("a-2", "send_event")]
    stderr.print_interruption(signal, as_json=True)
    unknown, executed = (json.loads(line) for line in capfd.readouterr().err.splitlines())
    assert (unknown["error"].pop("message"), unknown) == (
        "interrupted: sent, outcome unknown (it may have taken effect)",
        {
            "error": {
                "type": "unknown",
                "status": "unknown",
                "input": 3,
                "action": "ban_customer",
                "request_id": "a-1",
            },
            "exit": 143,
        },
    )
    assert executed["error"]["request_id"] == "a-2"
    assert executed["error"]["input"] == 1


def test_an_interrupted_read_has_no_effects(capfd: Shown) -> None:
    """T149: nothing is to be looked up before it is repeated."""
    signal = Interrupted(2)
    signal.unknown_calls = [CallId("a-1", "get_archives")]
    signal.executed_calls = [CallId("a-2", "get_archives")]
    stderr.print_interruption(signal, as_json=False)
    assert capfd.readouterr().err == (
        "rtm: interrupted: no response came: request a-1\n"
        "rtm: interrupted: the response was not printed: request a-2\n"
    )


def test_every_line_is_json_if_errors_are(capfd: Shown) -> None:
    """T115: a warning, a log line or a prompt is a notice."""
    stderr.use_json(on=True)
    stderr.write_line("rtm: warning: \udcff", "warning")
    stderr.write_line("rtm: connecting")
    assert [json.loads(line) for line in capfd.readouterr().err.splitlines()] == [
        {"notice": {"type": "warning", "message": "warning: \\udcff"}},
        {"notice": {"type": "info", "message": "connecting"}},
    ]


def test_every_error_has_a_record_and_a_sentence() -> None:
    """For every class of the tree."""
    for kind in RtmError.__subclasses__():
        error: Any = kind("why", action="a", request_id="1")
        assert stderr.error_record(error)["error"]["status"] == kind.status
        assert stderr.format_error(error).startswith(
            f"rtm: a: {kind.status.replace('_', ' ')}: why"
        )
