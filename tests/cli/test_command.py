"""Commands out of rows: they run, give statuses, and show help of their own."""

from collections.abc import Mapping
from typing import Any

import pytest

from rtmcli.cli.command import Command, make_command
from rtmcli.cli.help.formatting import HelpText
from rtmcli.cli.options import OUTPUT_OPTIONS, Option
from rtmcli.errors import Refused, RtmError, UsageError
from rtmcli.settings.types import any_text

Shown = pytest.CaptureFixture[str]
CLI_PARAMS = (Option("x", ("--x",), "A value.", any_text("TEXT")), *OUTPUT_OPTIONS)


def invoke(command: Command, *arguments: str) -> Any:
    """Run a command as the root does."""
    return command.main(list(arguments), standalone_mode=False)


@pytest.mark.parametrize("status", [None, 0, 9])
def test_a_command_gives_its_options_and_returns_a_status(status: int | None) -> None:
    """What `run` returns is what the process ends with."""
    got: list[Mapping[str, Any]] = []

    def run(options: Mapping[str, Any]) -> int | None:
        got.append(options)
        return status

    assert invoke(make_command("x", CLI_PARAMS, run), "--x", "1") == status
    assert got[0]["x"] == "1"
    assert set(got[0]) == {row.name for row in CLI_PARAMS}


def test_an_error_gets_out_as_it_is() -> None:
    """Errors are printed in one place, and that is not here."""

    def run(_: Mapping[str, Any]) -> None:
        raise Refused("no")

    with pytest.raises(RtmError, match="no"):
        invoke(make_command("x", CLI_PARAMS, run))


def test_a_choice_is_checked_before_the_command_runs() -> None:
    """An option of the output with an unknown value stops everything."""
    with pytest.raises(UsageError, match=r"--color must be auto, always or never$"):
        invoke(make_command("x", CLI_PARAMS, lambda _: 1 // 0), "--color", "blue")


@pytest.mark.parametrize("flag", ["--help"])
def test_help_is_our_own_text_and_ends_the_command(flag: str, capfd: Shown) -> None:
    """The page, on standard output; the command does not run."""
    command = make_command("x", CLI_PARAMS, lambda _: 1 // 0)
    command.summary = "Do something."
    assert invoke(command, flag) == 0
    out, err = capfd.readouterr()
    assert (out, err) == (command.render_help(), "")
    assert "Do something." in out
    assert "--x TEXT" in out


def test_the_help_says_what_the_guide_says() -> None:
    """A guide is asked for when help is; without one the example is the bare command."""
    asked: list[str] = []

    def guide() -> HelpText:
        asked.append("once")
        return HelpText(("rtm x --x 1",))

    command = make_command("x", CLI_PARAMS, lambda _: None, guide)
    assert asked == []
    assert "rtm x --x 1" in command.render_help()
    assert "rtm x\n" in make_command("x", CLI_PARAMS, lambda _: None).render_help()
    assert command.cli_params == CLI_PARAMS
