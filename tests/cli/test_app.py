"""The root command: exit statuses, errors, help, version."""

import json
import os
import sys
from types import ModuleType
from typing import Any

import pytest

from rtmcli import __version__
from rtmcli.cli.app import run
from rtmcli.cli.command import make_command
from rtmcli.cli.io import stdout
from rtmcli.cli.registry import BUILTINS, CommandSpec
from rtmcli.errors import Busy, Interrupted

Capture = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Remove the tester's settings; restore standard output."""
    for name in [name for name in os.environ if name.startswith("RTM_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("RTM_CONFIG", os.devnull)
    monkeypatch.setattr(sys, "stdout", sys.stdout)


def register_command(monkeypatch: pytest.MonkeyPatch, handler: Any) -> None:
    """Register one more command, `odd`, which calls the handler."""
    module = ModuleType("odd")
    module.command = lambda api: make_command(api, "odd", (), handler)  # type: ignore[attr-defined]  # as others
    monkeypatch.setitem(sys.modules, "odd", module)
    monkeypatch.setitem(BUILTINS, "odd", CommandSpec("odd", "Do something odd."))


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (
            ["ban-custmer"],
            "rtm: usage: unknown command ban-custmer; did you mean ban-customer?",
        ),
        (["tag_chat_thred"], "unknown command tag_chat_thred; did you mean tag-chat-thread"),
        (["set_customers"], "did you mean get-customers or update-customer?"),
        (["set-customers"], "did you mean get-customers or update-customer?"),
        (["xyzzy"], "rtm: usage: unknown command xyzzy; see rtm --help"),
        ([""], "unknown command ''; see rtm --help"),
        (
            ["--bogus"],
            "unknown option --bogus here: options follow the command, as in rtm COMMAND --bo",
        ),
        (["-v", "get-customers"], "options follow the command, as in rtm COMMAND -v"),
        (["--author-id", "x", "get-customers"], "as in rtm COMMAND --author-id"),
        (["--verison"], "unknown option --verison; did you mean --version?"),
        (["--", "-x"], "rtm: usage: unknown option -x"),
    ],
)
def test_an_unknown_command_gets_a_suggestion(
    arguments: list[str], line: str, capfd: Capture
) -> None:
    """Exit status 2, one line."""
    assert run(arguments) == 2
    out, err = capfd.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert line in err


@pytest.mark.parametrize(
    ("arguments", "title", "line"),
    [
        ([], "Example (no account needed):", "rtm: usage: which command? see rtm --help"),
        (["config"], "Example:\n  rtm config set", "rtm: config: usage: config needs one of path"),
    ],
)
def test_a_bare_command_prints_its_help(
    arguments: list[str], title: str, line: str, capfd: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """T150: on standard error, with status 2; as JSON, only the error is printed."""
    assert run(arguments) == 2
    out, err = capfd.readouterr()
    assert out == ""
    assert err.startswith(title)
    assert err.splitlines()[-1].startswith(line)
    monkeypatch.setenv("RTM_ERROR_FORMAT", "json")
    assert run(arguments) == 2
    assert capfd.readouterr().err.count("\n") == 1


@pytest.mark.parametrize("flag", ["--version"])
def test_the_version_is_printed(flag: str, capfd: Capture) -> None:
    """On standard output, with status 0."""
    assert run([flag]) == 0
    assert capfd.readouterr() == (f"rtm {__version__}\n", "")


@pytest.mark.parametrize("arguments", [["--help"], ["-h"], ["--help", "ban-customer"]])
def test_help_is_plain_text(arguments: list[str], capfd: Capture) -> None:
    """Without the boxes of Rich, with status 0."""
    assert run(arguments) == 0
    out, err = capfd.readouterr()
    assert err == ""
    assert "ban-customer" in out
    assert "╭" not in out


@pytest.mark.parametrize(("returned", "status"), [(None, 0), (0, 0), (9, 9), ("text", 0)])
def test_a_command_may_return_the_exit_status(
    returned: Any, status: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """None is success."""
    register_command(monkeypatch, lambda _api, _: returned)
    assert run(["odd"]) == status


@pytest.mark.parametrize("as_json", [False, True])
def test_an_error_is_printed_and_its_exit_status_returned(
    as_json: bool, monkeypatch: pytest.MonkeyPatch, capfd: Capture
) -> None:
    """As text, or as JSON if the variable says so."""

    def handler(_api: Any, _: Any) -> None:
        raise Busy("slow down", type="too_many_requests")

    register_command(monkeypatch, handler)
    if as_json:
        monkeypatch.setenv("RTM_ERROR_FORMAT", "json")
    assert run(["odd"]) == 6
    out, err = capfd.readouterr()
    assert out == ""
    if as_json:
        assert json.loads(err)["exit"] == 6
    else:
        assert err == "rtm: odd: too_many_requests: slow down (not executed; try again later)\n"


def test_a_bug_is_reported_as_one(monkeypatch: pytest.MonkeyPatch, capfd: Capture) -> None:
    """Status 1, one line with the location, no traceback."""
    register_command(monkeypatch, lambda _api, _: 1 // 0)
    assert run(["odd"]) == 1
    assert capfd.readouterr().err.startswith(
        "rtm: internal: this is a bug of rtm: ZeroDivisionError at test_app.py:"
    )


def test_a_signal_is_not_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """`__main__` handles it."""

    def handler(_api: Any, _: Any) -> None:
        raise Interrupted(15)

    register_command(monkeypatch, handler)
    with pytest.raises(Interrupted):
        run(["odd"])


def test_a_closed_pipe_ends_silently(monkeypatch: pytest.MonkeyPatch, capfd: Capture) -> None:
    """Status 141, without a message."""
    reader, writer = os.pipe()
    os.close(reader)
    monkeypatch.setattr(stdout, "STDOUT", writer)
    for arguments in (["--version"], ["--help"], ["close-thread", "--skeleton"]):
        assert run(arguments) == 141
    os.close(writer)
    assert capfd.readouterr() == ("", "")


def test_the_token_is_redacted_in_usage_errors(
    monkeypatch: pytest.MonkeyPatch, capfd: Capture
) -> None:
    """Even if the command line contains it."""
    monkeypatch.setenv("RTM_TOKEN", "dal:sesame-open-8")
    assert run(["dal:sesame-open-8"]) == 2
    assert "sesame" not in capfd.readouterr().err
