"""The root: one command is found and made, every end is a status, errors are printed once."""

import json
import os
import sys
from types import ModuleType
from typing import Any

import pytest

from rtmcli import __version__
from rtmcli.catalogue import API
from rtmcli.cli import app
from rtmcli.cli.app import BUILTINS, command_names, load_command, run
from rtmcli.cli.command import make_command
from rtmcli.cli.io import stdout
from rtmcli.errors import Busy, Interrupted

Shown = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave nothing of the tester's own settings, and give standard output back."""
    for name in [name for name in os.environ if name.startswith("RTM_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("RTM_CONFIG", os.devnull)
    monkeypatch.setattr(sys, "stdout", sys.stdout)


def register_command(monkeypatch: pytest.MonkeyPatch, handler: Any) -> None:
    """Offer one more command, `odd`, that does something."""
    module = ModuleType("odd")
    module.command = lambda: make_command("odd", (), handler)  # type: ignore[attr-defined]  # as others
    monkeypatch.setitem(sys.modules, "odd", module)
    monkeypatch.setitem(BUILTINS, "odd", app.CommandSpec("odd", "Do something odd."))


# --- names ---


def test_there_are_37_methods_and_the_commands_written_by_hand() -> None:
    """Names are unique, methods come first in the reference's order, and each can be made."""
    assert command_names() == [*(method.command for method in API.methods.values()), *BUILTINS]
    assert len(set(command_names())) == len(command_names()) == 37 + len(BUILTINS)
    for name in command_names():
        command = load_command(name)
        assert command
        assert (command.name, bool(command.summary)) == (name, True)


@pytest.mark.parametrize(
    ("spelled", "name"),
    [
        ("ban-customer", "ban-customer"),
        ("ban_customer", "ban-customer"),
        ("help", "help"),
        ("Ban-Customer", None),
        ("set_customers", None),
        ("", None),
    ],
)
def test_an_actions_own_spelling_counts(spelled: str, name: str | None) -> None:
    """With hyphens or underscores; nothing else is guessed."""
    command = load_command(spelled)
    assert (command.name if command else None) == name


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        ([], "rtm: usage: which command? see rtm --help"),
        (
            ["ban-custmer"],
            "rtm: usage: there is no command ban-custmer; did you mean ban-customer?",
        ),
        (["tag_chat_thred"], "there is no command tag_chat_thred; did you mean tag-chat-thread"),
        (["set_customers"], "did you mean get-customers or update-customer?"),
        (["set-customers"], "did you mean get-customers or update-customer?"),
        (["xyzzy"], "rtm: usage: there is no command xyzzy; see rtm --help"),
        ([""], "there is no command ''; see rtm --help"),
        (
            ["--bogus"],
            "there is no option --bogus here: options follow the command, as in rtm COMMAND --bo",
        ),
        (["-v", "get-customers"], "options follow the command, as in rtm COMMAND -v"),
        (["--profile", "x", "get-customers"], "as in rtm COMMAND --profile"),
        (["--verison"], "there is no option --verison; did you mean --version?"),
        (["--", "-x"], "rtm: usage: there is no option -x"),
    ],
)
def test_what_is_no_command_gets_the_nearest(arguments: list[str], line: str, capfd: Shown) -> None:
    """Exit status 2, one line."""
    assert run(arguments) == 2
    out, err = capfd.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert line in err


@pytest.mark.parametrize("flag", ["--version"])
def test_the_version_is_told(flag: str, capfd: Shown) -> None:
    """On standard output, with status 0."""
    assert run([flag]) == 0
    assert capfd.readouterr() == (f"rtm {__version__}\n", "")


@pytest.mark.parametrize("arguments", [["--help"], ["-h"], ["--help", "ban-customer"]])
def test_help_is_not_the_help_of_a_library(arguments: list[str], capfd: Shown) -> None:
    """Plain text of our own, with status 0."""
    assert run(arguments) == 0
    out, err = capfd.readouterr()
    assert err == ""
    assert "ban-customer" in out
    assert "╭" not in out


# --- ends ---


@pytest.mark.parametrize(("returned", "status"), [(None, 0), (0, 0), (9, 9), ("text", 0)])
def test_a_commands_status_is_the_status(
    returned: Any, status: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing returned is success."""
    register_command(monkeypatch, lambda _: returned)
    assert run(["odd"]) == status


@pytest.mark.parametrize("as_json", [False, True])
def test_an_error_is_printed_here_and_its_status_returned(
    as_json: bool, monkeypatch: pytest.MonkeyPatch, capfd: Shown
) -> None:
    """In text, or as JSON where the variable asks for it."""

    def act(_: Any) -> None:
        raise Busy("slow down", type="too_many_requests")

    register_command(monkeypatch, act)
    if as_json:
        monkeypatch.setenv("RTM_ERROR_FORMAT", "json")
    assert run(["odd"]) == 6
    out, err = capfd.readouterr()
    assert out == ""
    if as_json:
        assert json.loads(err)["exit"] == 6
    else:
        assert err == "rtm: odd: too_many_requests: slow down (not executed; try again later)\n"


def test_a_bug_is_named_as_one(monkeypatch: pytest.MonkeyPatch, capfd: Shown) -> None:
    """Status 1, one line with the place, and no traceback."""
    register_command(monkeypatch, lambda _: 1 // 0)
    assert run(["odd"]) == 1
    assert capfd.readouterr().err.startswith(
        "rtm: internal: this is a bug of rtm: ZeroDivisionError at test_app.py:"
    )


def test_a_bug_without_a_place_is_named_too() -> None:
    """An error that was never raised has none."""
    assert (
        app._internal_error(ValueError("x")).message == "this is a bug of rtm: ValueError at ?: x"
    )


def test_a_signal_passes_through(monkeypatch: pytest.MonkeyPatch) -> None:
    """The way out decides what a signal means, not typer and not us."""

    def act(_: Any) -> None:
        raise Interrupted(15)

    register_command(monkeypatch, act)
    with pytest.raises(Interrupted):
        run(["odd"])


def test_a_reader_that_is_gone_ends_us_silently(
    monkeypatch: pytest.MonkeyPatch, capfd: Shown
) -> None:
    """Status 141, and nobody is told."""
    reader, writer = os.pipe()
    os.close(reader)
    monkeypatch.setattr(stdout, "STDOUT", writer)
    for arguments in (["--version"], ["--help"], ["close-thread", "--skeleton"]):
        assert run(arguments) == 141
    os.close(writer)
    assert capfd.readouterr() == ("", "")


def test_the_token_is_hidden_before_anything_is_understood(
    monkeypatch: pytest.MonkeyPatch, capfd: Shown
) -> None:
    """A command line that repeats the token does not show it."""
    monkeypatch.setenv("RTM_TOKEN", "dal:sesame-open-8")
    assert run(["dal:sesame-open-8"]) == 2
    assert "sesame" not in capfd.readouterr().err
