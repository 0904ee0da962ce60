"""Usage errors: what is wrong with a command line, and a suggestion."""

import json

import pytest
import typer
from support.process import run

from rtmcli.cli import app
from rtmcli.cli.usage_errors import convert_usage_error

LONG = "x" * 3000


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ["ban-customer", "--custmer-id", "A"],
            "unknown option --custmer-id; did you mean --customer-id?",
        ),
        (["ban-customer", "--ban-day", "5"], "unknown option --ban-day; did you mean --ban-days?"),
        (["ban-customer", "--xyz"], "unknown option --xyz; see rtm ban-customer --help"),
        (["ban-customer", "-x"], "unknown option -x; see rtm ban-customer --help"),
        (["--xyz"], "unknown option --xyz here: options follow the command"),
        (["sandbox", "--prt", "1"], "unknown option --prt; did you mean --port?"),
        (["ban-customer", "--customer-id"], "--customer-id needs a value"),
        (["logout", "--quiet=yes"], "--quiet takes no value"),
        (["ban-customer", "{", "}"], "unexpected argument } (did you quote the payload?)"),
        (["help", "payload", "streams"], "unexpected argument streams"),
        (["ban-custmer"], "unknown command ban-custmer; did you mean ban-customer?"),
        (
            ["logout", "--color", "alwys"],
            "--color must be auto, always or never; did you mean",
        ),
        (["logout", "--error-format", "xml"], "--error-format must be text or json"),
        (["update-agent", "--routing-status", "accepting_chat"], "did you mean accepting_chats or"),
    ],
)
def test_a_usage_error_is_one_line_with_a_suggestion(arguments: list[str], message: str) -> None:
    """Exit status 2; the error names the wrong part."""
    result = run(*arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith("rtm: ")
    assert message in result.stderr
    assert result.stderr.count("\n") == 1


def test_the_error_names_the_method() -> None:
    """In JSON, too."""
    result = run("ban-customer", "--xyz", "--error-format", "json")
    error = json.loads(result.stderr)["error"]
    assert (error["action"], error["type"]) == ("ban_customer", "usage")


@pytest.mark.parametrize(
    ("arguments", "start"),
    [
        (["ban-customer", "--xyz"], "rtm: ban_customer: usage: unknown option"),
        (["ban-customer", "--color", "x"], "rtm: ban_customer: usage: --color must be"),
        (["ban_customer", "--timeout", "x"], "rtm: ban_customer: usage: --timeout must be"),
        (["call", "x", "--timeout", "x"], "rtm: call: usage: --timeout must be"),
        (["listen", "--for", "0"], "rtm: listen: usage: --for must be more than zero"),
        (["listen", "--idle", "0s"], "rtm: listen: usage: --idle must be more than zero"),
        (["ban-customer", "--customer-id"], "rtm: ban_customer: usage: --customer-id needs a"),
        (["logout", "--quiet=yes"], "rtm: logout: usage: --quiet takes no value"),
        (["completion", "tcsh"], "rtm: completion: usage: SHELL must be bash, zsh or fish"),
        (["config", "get"], "rtm: config: usage: config get takes one KEY"),
        (["listen", "--author-id", "x"], "rtm: listen: usage: unknown option --author-id"),
        (["doctor", "--retry-idempotent"], "rtm: doctor: usage: unknown option --retry-"),
        (["help", "nobody"], "rtm: help: usage: unknown command or topic nobody"),
        (["get-customers", "@"], "rtm: get_customers: usage: @ needs a file name"),
    ],
)
def test_the_line_names_the_command(arguments: list[str], start: str) -> None:
    """By its action if it has one, so that a mail from cron shows which line failed."""
    result = run(*arguments)
    assert result.exit_code == 2
    assert result.stderr.startswith(start)


@pytest.mark.parametrize(
    "arguments",
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
def test_long_values_are_truncated(arguments: list[str], capfd: pytest.CaptureFixture[str]) -> None:
    """The line stays readable."""
    assert app.run(arguments) == 2
    assert len(capfd.readouterr().err) < 350


def test_a_variable_is_checked_as_its_flag_is(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """If the command has the option; an empty variable is ignored, and the flag wins."""
    monkeypatch.setenv("RTM_ERROR_FORMAT", "xml")
    assert app.run(["logout", "-n"]) == 2
    assert capfd.readouterr().err == ("rtm: logout: usage: RTM_ERROR_FORMAT must be text or json\n")
    assert app.run(["logout", "-n", "--error-format", "text"]) == 0
    assert app.run(["help", "payload"]) == 0
    monkeypatch.setenv("RTM_ERROR_FORMAT", "")
    assert app.run(["logout", "-n"]) == 0


def test_one_mistake_is_one_problem(
    capfd: pytest.CaptureFixture[str],
) -> None:
    """An object with a wrong part is not reported as missing."""
    assert app.run(["send-event", "--chat-id", "a", "--text", "\udcff", "-n"]) == 2
    assert capfd.readouterr().err == (
        "rtm: send_event: usage: event.text is not UTF-8 (--event-text)\n"
    )


def test_other_errors_keep_the_text_of_typer() -> None:
    """Without its period, which no other error has."""
    assert convert_usage_error(typer.BadParameter("odd.")).message == "Invalid value: odd"
