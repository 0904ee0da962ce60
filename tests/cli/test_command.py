"""Commands made from rows: values, exit statuses, help."""

from collections.abc import Mapping
from typing import Any

import pytest

from rtmcli.catalogue.api import Api
from rtmcli.catalogue.v3_0 import API
from rtmcli.cli import app
from rtmcli.cli.command import Command, make_command
from rtmcli.cli.help.formatting import HelpText
from rtmcli.cli.options import API_OPTION, OUTPUT_OPTIONS, PROFILE_OPTION, Option
from rtmcli.errors import Refused, RtmError, UsageError
from rtmcli.settings.types import any_text

Capture = pytest.CaptureFixture[str]
CLI_PARAMS = (Option("x", ("--x",), "A value.", any_text("TEXT")), *OUTPUT_OPTIONS)


def invoke(command: Command, *arguments: str) -> Any:
    """Run a command as the root command does."""
    return command.main(list(arguments), standalone_mode=False)


@pytest.mark.parametrize("status", [None, 0, 9])
def test_run_gets_the_values_and_returns_the_exit_status(status: int | None) -> None:
    """`run` gets a value for every row."""
    got: list[Mapping[str, Any]] = []

    def run(_: Api, options: Mapping[str, Any]) -> int | None:
        got.append(options)
        return status

    assert invoke(make_command(API, "x", CLI_PARAMS, run), "--x", "1") == status
    assert got[0]["x"] == "1"
    assert set(got[0]) == {row.name for row in CLI_PARAMS} | {"api", "profile"}


def test_an_error_is_raised_unchanged() -> None:
    """`cli.app` prints it."""

    def run(_api: Api, _: Mapping[str, Any]) -> None:
        raise Refused("no")

    with pytest.raises(RtmError, match="no"):
        invoke(make_command(API, "x", CLI_PARAMS, run))


def test_values_are_parsed_before_the_command_runs() -> None:
    """A wrong value is a usage error."""
    with pytest.raises(UsageError, match=r"--color must be auto, always or never$"):
        invoke(make_command(API, "x", CLI_PARAMS, lambda _api, _: 1 // 0), "--color", "blue")


@pytest.mark.parametrize("flag", ["--help"])
def test_help_replaces_the_run(flag: str, capfd: Capture) -> None:
    """The help is printed; the command does not run."""
    command = make_command(API, "x", CLI_PARAMS, lambda _api, _: 1 // 0)
    command.summary = "Do something."
    assert invoke(command, flag) == 0
    out, err = capfd.readouterr()
    assert (out, err) == (command.render_help(), "")
    assert "Do something." in out
    assert "--x TEXT" in out


def test_the_help_text_is_made_on_demand() -> None:
    """Only for help; without a help text, the example is the bare command."""
    calls: list[str] = []

    def make_help_text() -> HelpText:
        calls.append("once")
        return HelpText(("rtm x --x 1",))

    command = make_command(API, "x", CLI_PARAMS, lambda _api, _: None, make_help_text)
    assert calls == []
    assert "rtm x --x 1" in command.render_help()
    assert "rtm x\n" in make_command(API, "x", CLI_PARAMS, lambda _api, _: None).render_help()
    assert command.cli_params == [*CLI_PARAMS, API_OPTION, PROFILE_OPTION]


def test_an_option_is_no_value_of_another() -> None:
    """T112: an unset variable must not turn --dry-run into a text that is sent."""
    command = make_command(API, "x", CLI_PARAMS, lambda _api, _: 1 // 0)
    flags = [flag for row in OUTPUT_OPTIONS for flag in row.all_flags]
    for flag in (*flags, "--color=never", "--"):
        with pytest.raises(UsageError, match=f"--x needs a value; write --x={flag} to send"):
            invoke(command, "--x", flag)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--chat-id", "A", "--chat-id", "B"), "--chat-id is given twice; it takes one value"),
        (("--chat-id=A", "--chat-id=B"), "--chat-id is given twice; it takes one value"),
        (("--text", "a", "--event-text", "b"), "--text and --event-text set the same parameter"),
        (("--attach-to-last-thread", "--no-attach-to-last-thread"), "set the same parameter"),
        (("--set", "a=1", "--set", "a=2"), "--set: a is given twice; it takes one value"),
    ],
)
def test_a_parameter_that_takes_one_value_is_given_once(
    words: tuple[str, ...], message: str, capfd: Capture
) -> None:
    """T142: a script that sets two ids would act on one of them."""
    assert app.run(["send-event", *words, "--dry-run"]) == 2
    assert message in capfd.readouterr().err


def test_of_other_options_the_last_value_counts() -> None:
    """T142: so that an alias may set them."""
    command = ["--timeout", "1s", "--timeout", "2s", "--color", "never", "--color", "always"]
    words = ["--chat-id", "A", "--thread-id", "B", "--tag", "c", "--dry-run", *command]
    assert app.run(["tag-chat-thread", *words]) == 0


@pytest.mark.parametrize("words", [("--x", "-hello"), ("--x", "- item"), ("--x=--quiet",)])
def test_a_value_may_start_with_a_hyphen(words: tuple[str, ...]) -> None:
    """T112: only a separate word that is exactly an option is refused."""
    got: list[Mapping[str, Any]] = []
    invoke(make_command(API, "x", CLI_PARAMS, lambda _, values: got.append(values)), *words)
    assert got[0]["x"] == words[-1].removeprefix("--x=")
