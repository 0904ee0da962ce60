"""What there is to complete, read out of rows."""

import pytest

from rtmcli.cli.command import make_command
from rtmcli.cli.help.formatting import HELP_OPTION
from rtmcli.cli.options import OUTPUT_OPTIONS, PAYLOAD_ARGUMENT, Argument, Option
from rtmcli.cli.shell_completion.spec import (
    Flag,
    Positional,
    ValueKind,
    ValueSpec,
    build_spec,
    strip_notes,
    value_spec,
)


@pytest.mark.parametrize(
    ("row", "value"),
    [
        (Option("x", ("--x",), ""), ValueSpec(ValueKind.NONE)),
        (Option("x", ("--x",), "", "TEXT"), ValueSpec(ValueKind.TEXT)),
        (Option("x", ("--x",), "", "JSON"), ValueSpec(ValueKind.JSON)),
        (Option("x", ("--x",), "", "PATH"), ValueSpec(ValueKind.FILE)),
        (Option("x", ("--x",), "", "FILE"), ValueSpec(ValueKind.FILE)),
        (
            Option("x", ("--x",), "", "X", choices=("a", "b")),
            ValueSpec(ValueKind.CHOICES, ("a", "b")),
        ),
        (Option("profile", ("--profile",), "", "NAME"), ValueSpec(ValueKind.PROFILE)),
        (PAYLOAD_ARGUMENT, ValueSpec(ValueKind.JSON)),
        (Argument("x", "X", "", choices=("a",)), ValueSpec(ValueKind.CHOICES, ("a",))),
    ],
)
def test_a_row_says_what_it_takes(row: Option | Argument, value: ValueSpec) -> None:
    """By its choices, else by its metavar."""
    assert value_spec(row) == value


def test_a_command_becomes_its_flags_groups_and_places() -> None:
    """Shared options are named by their group, hidden ones left out, switches spelled twice."""
    rows: list[Option | Argument] = [
        PAYLOAD_ARGUMENT,
        Option("force", ("--force/--no-force",), "Use force. [default: false]"),
        Option("deep", ("--deep",), "Hidden.", hidden=True),
        *OUTPUT_OPTIONS,
    ]
    command = make_command("do", rows, lambda _: None)
    command.summary = "Do it."
    [subject] = build_spec([command], "x").commands
    switch = ValueSpec(ValueKind.NONE)
    assert subject.name == "do"
    assert subject.summary == "Do it"
    assert subject.group_names == ("output",)
    assert subject.positionals == (
        Positional("payload", ValueSpec(ValueKind.JSON), multiple=False),
    )
    assert subject.own_flags == (
        Flag("--force", "Use force", switch, multiple=False, metavar=""),
        Flag("--no-force", "Use force", switch, multiple=False, metavar=""),
        *(
            Flag(flag, strip_notes(HELP_OPTION.help), switch, multiple=False, metavar="")
            for flag in HELP_OPTION.flags
        ),
    )


def test_a_text_is_shown_without_its_notes() -> None:
    """A list of flags has little room."""
    assert strip_notes("The limit of one answer. [default: 20s]") == "The limit of one answer"
