"""What there is to complete, read out of rows."""

import pytest

from rtmcli.cli.command import make_command
from rtmcli.cli.completions.model import Flag, Place, Takes, Value, plain, script, value_of
from rtmcli.cli.options import OUTPUT, PAYLOAD, Argument, Option
from rtmcli.cli.page import HELP


@pytest.mark.parametrize(
    ("row", "value"),
    [
        (Option("x", ("--x",), ""), Value(Takes.NOTHING)),
        (Option("x", ("--x",), "", "TEXT"), Value(Takes.TEXT)),
        (Option("x", ("--x",), "", "JSON"), Value(Takes.JSON)),
        (Option("x", ("--x",), "", "PATH"), Value(Takes.FILE)),
        (Option("x", ("--x",), "", "FILE"), Value(Takes.FILE)),
        (Option("x", ("--x",), "", "X", choices=("a", "b")), Value(Takes.WORDS, ("a", "b"))),
        (Option("profile", ("--profile",), "", "NAME"), Value(Takes.PROFILE)),
        (PAYLOAD, Value(Takes.JSON)),
        (Argument("x", "X", "", choices=("a",)), Value(Takes.WORDS, ("a",))),
    ],
)
def test_a_row_says_what_it_takes(row: Option | Argument, value: Value) -> None:
    """By its choices, else by its metavar."""
    assert value_of(row) == value


def test_a_command_becomes_its_flags_groups_and_places() -> None:
    """Shared options are named by their group, hidden ones left out, switches spelled twice."""
    rows: list[Option | Argument] = [
        PAYLOAD,
        Option("force", ("--force/--no-force",), "Use force. [default: false]"),
        Option("deep", ("--deep",), "Hidden.", hidden=True),
        *OUTPUT,
    ]
    command = make_command("do", rows, lambda _: None)
    command.summary = "Do it."
    [subject] = script([command], "x").subjects
    switch = Value(Takes.NOTHING)
    assert subject.name == "do"
    assert subject.summary == "Do it"
    assert subject.groups == ("output",)
    assert subject.places == (Place("payload", Value(Takes.JSON), many=False),)
    assert subject.flags == (
        Flag("--force", "Use force", switch, many=False, metavar=""),
        Flag("--no-force", "Use force", switch, many=False, metavar=""),
        *(Flag(flag, plain(HELP.help), switch, many=False, metavar="") for flag in HELP.flags),
    )


def test_a_text_is_shown_without_its_notes() -> None:
    """A list of flags has little room."""
    assert plain("The limit of one answer. [default: 20s]") == "The limit of one answer"
