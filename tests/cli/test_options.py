"""Options as rows: what typer makes of each, and that none of them collide."""

from typing import Any

import pytest

from rtmcli.cli.command import make_command
from rtmcli.cli.options import (
    CONNECTION_OPTIONS,
    OUTPUT_OPTIONS,
    PAGINATION_OPTIONS,
    PAYLOAD_ARGUMENT,
    PAYLOAD_OPTIONS,
    STREAM_OPTIONS,
    WAIT_OPTIONS,
    Argument,
    Option,
    typer_signature,
)
from rtmcli.settings.definitions import SETTINGS

CLI_PARAMS = (
    Argument("first", "FIRST", "An argument."),
    Argument("rest", "REST", "The other arguments.", multiple=True),
    Option("text", ("--text", "-t"), "A value.", "TEXT"),
    Option("texts", ("--texts",), "Many values.", "TEXT", multiple=True),
    Option("on", ("--on",), "A switch."),
    Option("either", ("--either/--no-either",), "A switch with two sides."),
    Option("verbose", ("--verbose", "-v"), "How often.", counted=True),
)


def parse(*arguments: str) -> dict[str, Any]:
    """Give arguments to a command of these rows; return what it gets."""
    values: dict[str, Any] = {}
    make_command("x", CLI_PARAMS, values.update).main(list(arguments), standalone_mode=False)
    return values


def test_what_is_not_given_is_none() -> None:
    """No row has a default of its own, so that the layers below can tell; a count is 0."""
    assert parse() == {
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
    assert parse(*arguments.split())[name] == value


def test_a_signature_names_the_rows_in_order() -> None:
    """What typer reads has all rows, by keyword."""
    parameters = typer_signature(CLI_PARAMS).parameters
    assert list(parameters) == [row.name for row in CLI_PARAMS]
    assert {parameter.kind.name for parameter in parameters.values()} == {"KEYWORD_ONLY"}


def test_no_two_shared_options_collide() -> None:
    """All groups fit into one command: names and spellings are their own."""
    rows: list[Argument | Option] = [
        PAYLOAD_ARGUMENT,
        *PAYLOAD_OPTIONS,
        *WAIT_OPTIONS,
        *PAGINATION_OPTIONS,
        *OUTPUT_OPTIONS,
        *STREAM_OPTIONS,
        *CONNECTION_OPTIONS,
    ]
    names = [row.name for row in rows]
    flags = [flag for row in rows if isinstance(row, Option) for flag in row.flags]
    spelled = [part for flag in flags for part in flag.split("/")]
    assert len(set(names)) == len(names)
    assert len(set(spelled)) == len(spelled)


def test_every_setting_that_has_a_flag_is_an_option_once() -> None:
    """The connection's options and those of streams follow from the settings."""
    options = {
        row.name: row for row in (*CONNECTION_OPTIONS, *STREAM_OPTIONS) if isinstance(row, Option)
    }
    for setting in SETTINGS:
        assert (setting.name in options) == (setting.has_flag or setting.name == "verbose")
        if setting.has_flag:
            row = options[setting.name]
            assert row.flags == (setting.option,)
            assert (row.metavar, row.multiple) == (setting.metavar, setting.multiple)
            assert (row.hidden, row.choices) == (setting.hidden, setting.choices)
