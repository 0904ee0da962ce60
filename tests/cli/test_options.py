"""Options as rows: what typer makes of each, and that none of them collide."""

from typing import Any

import pytest

from rtmcli.cli.command import make_command
from rtmcli.cli.options import (
    CONNECTION,
    INPUT,
    OUTPUT,
    PAGES,
    PAYLOAD,
    STREAM,
    WAIT,
    Argument,
    Option,
    signature,
)
from rtmcli.settings.rows import SETTINGS

ROWS = (
    Argument("first", "FIRST", "An argument."),
    Argument("rest", "REST", "The other arguments.", many=True),
    Option("text", ("--text", "-t"), "A value.", "TEXT"),
    Option("texts", ("--texts",), "Many values.", "TEXT", many=True),
    Option("on", ("--on",), "A switch."),
    Option("either", ("--either/--no-either",), "A switch with two sides."),
    Option("verbose", ("--verbose", "-v"), "How often.", counts=True),
)


def parsed(*arguments: str) -> dict[str, Any]:
    """Give arguments to a command of these rows; return what it gets."""
    got: dict[str, Any] = {}
    make_command("x", ROWS, got.update).main(list(arguments), standalone_mode=False)
    return got


def test_what_is_not_given_is_none() -> None:
    """No row has a default of its own, so that the layers below can tell; a count is 0."""
    assert parsed() == {
        "first": None,
        "rest": None,
        "text": None,
        "texts": None,
        "on": None,
        "either": None,
        "verbose": 0,
    }


@pytest.mark.parametrize(
    ("arguments", "name", "value"),
    [
        ("a", "first", "a"),
        ("a b c", "rest", ["b", "c"]),
        ("-", "first", "-"),
        ("-- -a", "first", "-a"),
        ("--text a", "text", "a"),
        ("--text=a=b", "text", "a=b"),
        ("-t a", "text", "a"),
        ("-ta", "text", "a"),
        ("--text a --text b", "text", "b"),
        ("--text -5", "text", "-5"),
        ("--text=", "text", ""),
        ("--texts a --texts b", "texts", ["a", "b"]),
        ("--on", "on", True),
        ("--either", "either", True),
        ("--no-either", "either", False),
        ("--either --no-either", "either", False),
        ("-v", "verbose", 1),
        ("-vv --verbose", "verbose", 3),
    ],
)
def test_each_row_gets_what_the_command_line_gives(arguments: str, name: str, value: Any) -> None:
    """The table: arguments, values, lists, switches and counts."""
    assert parsed(*arguments.split())[name] == value


def test_a_signature_names_the_rows_in_order() -> None:
    """What typer reads has all rows, by keyword."""
    parameters = signature(ROWS).parameters
    assert list(parameters) == [row.name for row in ROWS]
    assert {parameter.kind.name for parameter in parameters.values()} == {"KEYWORD_ONLY"}


def test_no_two_shared_options_collide() -> None:
    """All groups fit into one command: names and spellings are their own."""
    rows: list[Argument | Option] = [PAYLOAD, *INPUT, *WAIT, *PAGES, *OUTPUT, *STREAM, *CONNECTION]
    names = [row.name for row in rows]
    flags = [flag for row in rows if isinstance(row, Option) for flag in row.flags]
    spelled = [part for flag in flags for part in flag.split("/")]
    assert len(set(names)) == len(names)
    assert len(set(spelled)) == len(spelled)


def test_every_setting_that_has_a_flag_is_an_option_once() -> None:
    """The connection's options and those of streams follow from the settings."""
    options = {row.name: row for row in (*CONNECTION, *STREAM) if isinstance(row, Option)}
    for setting in SETTINGS:
        assert (setting.name in options) == (setting.flag or setting.name == "verbose")
        if setting.flag:
            row = options[setting.name]
            assert row.flags == (setting.option,)
            assert (row.metavar, row.many) == (setting.metavar, setting.many)
            assert (row.hidden, row.choices) == (setting.hidden, setting.choices)
