"""What is wrong with a command line, and what might be right."""

import json

import pytest
import typer
from support.process import run

from rtmcli.cli import app
from rtmcli.cli.options import Option
from rtmcli.cli.usage_errors import check_choices, convert_usage_error, split_flags
from rtmcli.errors import UsageError

LONG = "x" * 3000


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (
            ["ban-customer", "--custmer-id", "A"],
            "no option --custmer-id; did you mean --customer-id?",
        ),
        (["ban-customer", "--ban-day", "5"], "no option --ban-day; did you mean --ban-days?"),
        (["ban-customer", "--xyz"], "no option --xyz; see rtm ban-customer --help"),
        (["ban-customer", "-x"], "no option -x; see rtm ban-customer --help"),
        (["--xyz"], "no option --xyz here: options follow the command"),
        (["sandbox", "--prt", "1"], "no option --prt; did you mean --port?"),
        (["ban-customer", "--customer-id"], "--customer-id needs a value"),
        (["logout", "--quiet=yes"], "--quiet takes no value"),
        (["ban-customer", "{", "}"], "an argument too many: }; is the payload quoted?"),
        (["help", "payload", "streams"], "an argument too many: streams"),
        (["ban-custmer"], "no command ban-custmer; did you mean ban-customer?"),
        (["logout", "--color", "alwys"], "not alwys; did you mean always?"),
        (["logout", "--error-format", "xml"], "--error-format must be text or json, not xml"),
        (["update-agent", "--routing-status", "accepting_chat"], "did you mean accepting_chats or"),
    ],
)
def test_a_slip_gets_a_sentence_and_a_proposal(words: list[str], says: str) -> None:
    """Exit status 2; the error names the part that offends, on one line."""
    result = run(*words)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith("rtm: ")
    assert says in result.stderr
    assert result.stderr.count("\n") == 1


def test_the_error_names_the_method() -> None:
    """Also as JSON, for scripts."""
    result = run("ban-customer", "--xyz", "--error-format", "json")
    error = json.loads(result.stderr)["error"]
    assert (error["action"], error["type"]) == ("ban_customer", "usage")


@pytest.mark.parametrize(
    ("words", "begins"),
    [
        (["ban-customer", "--xyz"], "rtm: ban_customer: usage: there is no option"),
        (["ban-customer", "--color", "x"], "rtm: ban_customer: usage: --color must be"),
        (["ban_customer", "--timeout", "x"], "rtm: ban_customer: usage: --timeout must be"),
        (["call", "x", "--timeout", "x"], "rtm: call: usage: --timeout must be"),
        (["listen", "--for", "0"], "rtm: listen: usage: --for must be more than zero"),
        (["listen", "--idle", "0s"], "rtm: listen: usage: --idle must be more than zero"),
        (["ban-customer", "--customer-id"], "rtm: ban_customer: usage: --customer-id needs a"),
        (["logout", "--quiet=yes"], "rtm: logout: usage: --quiet takes no value"),
        (["completion", "tcsh"], "rtm: completion: usage: there is no script for tcsh; which sh"),
        (["config", "get"], "rtm: config: usage: config get takes one KEY"),
        (["listen", "--author-id", "x"], "rtm: listen: usage: there is no option --author-id"),
        (["doctor", "--retry-idempotent"], "rtm: doctor: usage: there is no option --retry-"),
        (["help", "nobody"], "rtm: help: usage: there is no command or topic nobody"),
        (["get-customers", "@"], "rtm: get_customers: usage: a lone @ names no file"),
    ],
)
def test_the_line_names_the_command(words: list[str], begins: str) -> None:
    """By its action where it has one, so that a mail from cron tells which line it was."""
    result = run(*words)
    assert result.exit_code == 2
    assert result.stderr.startswith(begins)


@pytest.mark.parametrize(
    "words",
    [
        ["get-customers", "--set", LONG],
        ["get-customers", "--color", LONG],
        ["get-customers", f"--{LONG}"],
        ["get-customers", "{}", LONG],
        ["get-customers", "--limit", LONG],
        ["config", "get", LONG],
        [LONG],
        [f"--{LONG}"],
    ],
)
def test_what_is_long_is_cut(words: list[str], capfd: pytest.CaptureFixture[str]) -> None:
    """The line can be read, whatever was typed."""
    assert app.run(words) == 2
    assert len(capfd.readouterr().err) < 350


def test_a_variable_is_checked_as_its_flag_is(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a command has an option for; an empty one is none, and the flag wins."""
    monkeypatch.setenv("RTM_ERROR_FORMAT", "xml")
    assert app.run(["logout", "-n"]) == 2
    assert capfd.readouterr().err == (
        "rtm: logout: usage: RTM_ERROR_FORMAT must be text or json, not xml\n"
    )
    assert app.run(["logout", "-n", "--error-format", "text"]) == 0
    assert app.run(["help", "payload"]) == 0
    monkeypatch.setenv("RTM_ERROR_FORMAT", "")
    assert app.run(["logout", "-n"]) == 0


def test_what_lacks_a_part_that_is_wrong_is_not_missing(
    capfd: pytest.CaptureFixture[str],
) -> None:
    """One slip is one problem."""
    assert app.run(["send-event", "--chat-id", "a", "--text", "\udcff", "-n"]) == 2
    assert capfd.readouterr().err == (
        "rtm: send_event: usage: event.text is not UTF-8 (--event-text)\n"
    )


def test_whatever_else_is_wrong_is_told_as_typer_says_it() -> None:
    """Without the full stop that no other error has."""
    assert convert_usage_error(typer.BadParameter("odd.")).message == "Invalid value: odd"


def test_a_switch_has_two_spellings() -> None:
    """Both are flags that may be meant."""
    assert split_flags(Option("x", ("--x/--no-x", "-x"), "")) == ["--x", "--no-x", "-x"]


def test_choices_are_checked_before_anything_runs() -> None:
    """Absent and known ones pass."""
    check_choices({"color": None, "error_format": "json"}, {})
    with pytest.raises(UsageError, match="--color must be auto, always or never, not red"):
        check_choices({"color": "red"}, {})
