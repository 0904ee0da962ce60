"""Options as rows: how typer and the types read them, and that none of them collide."""

from typing import Any

import pytest

from rtmcli.catalogue.v3_0 import API
from rtmcli.cli.command import make_command
from rtmcli.cli.options import (
    CONNECTION_OPTIONS,
    JSON_ONLY_OPTION,
    LIST_OUTPUT_OPTION,
    LISTEN_OPTIONS,
    OPTION_GROUPS,
    PAYLOAD_ARGUMENT,
    PAYLOAD_OPTIONS,
    STREAM_OPTIONS,
    TRANSCRIPT_OUTPUT_OPTION,
    Argument,
    Option,
    parse_values,
    typer_signature,
)
from rtmcli.errors import UsageError
from rtmcli.settings import types
from rtmcli.settings.definitions import BY_NAME, SETTINGS, Group

TEXT = types.any_text("TEXT")
CLI_PARAMS = (
    Argument("first", types.any_text("FIRST"), "An argument."),
    Argument("rest", types.any_text("REST"), "The other arguments.", multiple=True),
    Option("text", ("--text", "-t"), "A value.", TEXT),
    Option("texts", ("--texts",), "Many values.", TEXT, multiple=True),
    Option("on", ("--on",), "A switch."),
    Option("either", ("--either/--no-either",), "A switch with a negative form."),
    Option("verbose", ("--verbose", "-v"), "How often.", counted=True),
)
FORMAT = Option(
    "format", ("--format",), "Format.", types.choice(("text", "json"), "FORMAT"), envvar="FORMAT"
)
COUNTS = Option("counts", ("--count", "-c"), "Counts.", types.integer("N", 1), multiple=True)


def run_command(*arguments: str) -> dict[str, Any]:
    """Run a command with these rows; return the values that it gets."""
    values: dict[str, Any] = {}
    make_command(API, "x", CLI_PARAMS, lambda _, got: values.update(got)).main(
        list(arguments), standalone_mode=False
    )
    return values


def test_an_absent_value_is_none() -> None:
    """No row has a default, so that lower layers can apply theirs; a count is 0."""
    assert run_command() == {
        "first": None,
        "rest": None,
        "text": None,
        "texts": None,
        "on": None,
        "either": None,
        "verbose": 0,
        "api": None,
        "profile": None,
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
def test_each_row_gets_its_value(arguments: str, name: str, value: Any) -> None:
    """Arguments, values, lists, switches and counts."""
    assert run_command(*arguments.split())[name] == value


@pytest.mark.parametrize(
    ("values", "environ", "parsed"),
    [
        ({"format": "json", "counts": ["1", "2"]}, {}, {"format": "json", "counts": [1, 2]}),
        ({"format": None, "counts": None}, {}, {"format": None, "counts": None}),
        ({"format": None, "counts": []}, {"FORMAT": "json"}, {"format": "json", "counts": []}),
        ({"format": "text", "counts": []}, {"FORMAT": "xml"}, {"format": "text", "counts": []}),
        ({"format": None, "counts": []}, {"FORMAT": ""}, {"format": None, "counts": []}),
    ],
)
def test_values_are_parsed_by_their_types(
    values: dict[str, Any], environ: dict[str, str], parsed: dict[str, Any]
) -> None:
    """Each item of a list is parsed; a variable replaces an absent flag unless it is empty."""
    assert parse_values([FORMAT, COUNTS], values, environ) == parsed


@pytest.mark.parametrize(
    ("values", "environ", "message"),
    [
        ({"format": "xml", "counts": None}, {}, "--format must be text or json"),
        ({"format": None, "counts": None}, {"FORMAT": "xml"}, "FORMAT must be text or json"),
        ({"format": None, "counts": ["1", "0"]}, {}, "--count must be a whole number, 1 or more"),
    ],
)
def test_an_error_names_the_flag_or_the_variable(
    values: dict[str, Any], environ: dict[str, str], message: str
) -> None:
    """The message begins with the name."""
    with pytest.raises(UsageError) as caught:
        parse_values([FORMAT, COUNTS], values, environ)
    assert caught.value.message == message


def test_an_error_of_an_argument_names_its_metavar() -> None:
    """An argument has no flag."""
    shell = Argument("shell", types.choice(("bash", "zsh"), "SHELL"), "The shell.")
    with pytest.raises(UsageError, match=r"^SHELL must be bash or zsh$"):
        parse_values([shell], {"shell": "tcsh"}, {})


def test_settings_stay_text() -> None:
    """They are resolved along with their variables and profiles."""
    timeout = next(row for row in CONNECTION_OPTIONS if row.name == "timeout")
    assert parse_values([timeout], {"timeout": "soon"}, {}) == {"timeout": "soon"}


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("sets", "a.b=5", (["a", "b"], 5)),
        ("sets", "a=x", (["a"], "x")),
        ("set_strings", "a=5", (["a"], "5")),
    ],
)
def test_assignments_are_paths_and_values(name: str, text: str, value: Any) -> None:
    """--set takes JSON, else text; --set-string always text."""
    option = next(row for row in PAYLOAD_OPTIONS if row.name == name)
    assert parse_values([option], {name: [text]}, {}) == {name: [value]}


def test_a_wrong_assignment_is_quoted() -> None:
    """There may be many on one command line."""
    option = next(row for row in PAYLOAD_OPTIONS if row.name == "sets")
    with pytest.raises(UsageError, match=r"^--set a: must be PATH=VALUE$"):
        parse_values([option], {"sets": ["a"]}, {})


def test_an_option_may_accept_less_than_its_setting() -> None:
    """The flag is checked at once; the setting stays text."""
    assert parse_values([LIST_OUTPUT_OPTION], {"output": "csv"}, {}) == {"output": "csv"}
    with pytest.raises(UsageError, match=r"^--output must be json, table or csv$"):
        parse_values([LIST_OUTPUT_OPTION], {"output": "text"}, {})


@pytest.mark.parametrize("option", [LIST_OUTPUT_OPTION, TRANSCRIPT_OUTPUT_OPTION, JSON_ONLY_OPTION])
def test_the_forms_of_an_output_are_those_of_the_setting(option: Option) -> None:
    """With the same name and flag; an option without a choice is not shown."""
    assert (option.name, option.flags) == ("output", (BY_NAME["output"].option,))
    assert set(option.type.choices) <= set(BY_NAME["output"].type.choices)
    assert option.hidden == (len(option.type.choices) == 1)


def test_a_signature_has_the_rows_in_order() -> None:
    """All rows are keyword-only parameters."""
    parameters = typer_signature(CLI_PARAMS).parameters
    assert list(parameters) == [row.name for row in CLI_PARAMS]
    assert {parameter.kind.name for parameter in parameters.values()} == {"KEYWORD_ONLY"}


def test_a_switch_may_have_two_flags() -> None:
    """Both count as flags of the option."""
    assert Option("x", ("--x/--no-x", "-x"), "").all_flags == ["--x", "--no-x", "-x"]


def test_no_two_shared_options_collide() -> None:
    """All groups fit into one command, except those that are alternatives."""
    options = [
        row
        for group in OPTION_GROUPS
        for row in group.options
        if row is not TRANSCRIPT_OUTPUT_OPTION  # a list has the other --output
    ]
    names = [PAYLOAD_ARGUMENT.name, *(row.name for row in options)]
    flags = [flag for row in options for flag in row.all_flags]
    assert len(set(names)) == len(names)
    assert len(set(flags)) == len(flags)


def test_each_setting_with_a_flag_is_one_option() -> None:
    """The options for connections and streams follow from the settings.

    Each command makes its own --output, with the formats that it has.
    """
    options = {row.name: row for row in (*CONNECTION_OPTIONS, *STREAM_OPTIONS, *LISTEN_OPTIONS)}
    for setting in SETTINGS:
        if setting.group is Group.OUTPUT:
            continue
        assert (setting.name in options) == (setting.has_flag or setting.name == "verbose")
        if setting.has_flag:
            row = options[setting.name]
            assert row.flags == (setting.option,)
            assert (row.type, row.multiple) == (setting.type, setting.multiple)
            assert row.hidden == setting.hidden
