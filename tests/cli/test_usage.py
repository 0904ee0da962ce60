"""What is wrong with a command line, and what might be right."""

import json

import pytest
import typer
from running import run

from rtmcli.cli.options import Option
from rtmcli.cli.usage import check_choices, spellings, usage_error
from rtmcli.errors import UsageError


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
        (["--xyz"], "no option --xyz; see rtm --help"),
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
    done = run(*words)
    assert (done.status, done.out) == (2, "")
    assert done.err.startswith("rtm: ")
    assert says in done.err
    assert done.err.count("\n") == 1


def test_the_error_names_the_method() -> None:
    """Also as JSON, for scripts."""
    done = run("ban-customer", "--xyz", "--error-format", "json")
    error = json.loads(done.err)["error"]
    assert (error["action"], error["type"]) == ("ban_customer", "usage")


def test_whatever_else_is_wrong_is_told_as_typer_says_it() -> None:
    """Without the full stop that no other error has."""
    assert usage_error(typer.BadParameter("odd.")).message == "Invalid value: odd"


def test_a_switch_has_two_spellings() -> None:
    """Both are flags that may be meant."""
    assert spellings(Option("x", ("--x/--no-x", "-x"), "")) == ["--x", "--no-x", "-x"]


def test_choices_are_checked_before_anything_runs() -> None:
    """Absent and known ones pass."""
    check_choices({"color": None, "error_format": "json"})
    with pytest.raises(UsageError, match="--color must be auto, always or never, not red"):
        check_choices({"color": "red"})
