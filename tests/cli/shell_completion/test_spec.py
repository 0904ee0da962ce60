"""The content of completion scripts, collected from rows."""

from rtmcli.catalogue.v3_0 import API
from rtmcli.cli.command import make_command
from rtmcli.cli.options import HELP_OPTION, OUTPUT_OPTIONS, PAYLOAD_ARGUMENT, Argument, Option
from rtmcli.cli.shell_completion.spec import Flag, Positional, build_spec, strip_notes
from rtmcli.settings.types import BOOLEAN


def test_a_command_has_groups_own_flags_and_positionals() -> None:
    """Groups are named, hidden options left out; a switch has two flags."""
    rows: list[Option | Argument] = [
        PAYLOAD_ARGUMENT,
        Option("force", ("--force/--no-force",), "Use force. [default: false]"),
        Option("deep", ("--deep",), "Hidden.", hidden=True),
        *OUTPUT_OPTIONS,
    ]
    command = make_command(API, "do", rows, lambda _api, _: None)
    command.summary = "Do it."
    [completion] = build_spec(API, [command], "x").commands
    assert completion.name == "do"
    assert completion.summary == "Do it"
    assert completion.group_names == ("output", "connection")
    assert completion.positionals == (Positional("payload", PAYLOAD_ARGUMENT.type, multiple=False),)
    assert completion.own_flags == (
        Flag("--force", "Use force", BOOLEAN, multiple=False),
        Flag("--no-force", "Use force", BOOLEAN, multiple=False),
        *(
            Flag(flag, strip_notes(HELP_OPTION.help), BOOLEAN, multiple=False)
            for flag in HELP_OPTION.flags
        ),
    )


def test_a_help_text_is_shortened() -> None:
    """A list of flags has no room for notes."""
    assert strip_notes("How long to wait. [default: 20s]") == "How long to wait"
