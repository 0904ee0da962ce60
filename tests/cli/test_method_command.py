"""The commands of methods: one flag for each parameter, and none that collides."""

import json
from typing import Any

import pytest

from rtmcli.catalogue import API
from rtmcli.catalogue.model import Format, Method, Param, ParamType
from rtmcli.cli.command import make_command
from rtmcli.cli.method_command import has_own_flag, make_method_command, option_name, param_option
from rtmcli.cli.options import PAYLOAD_ARGUMENT, Option

every_method = pytest.mark.parametrize(
    "method", API.methods.values(), ids=[method.command for method in API.methods.values()]
)


def options_of(method: Method) -> list[Option]:
    """Return the options of a method's command."""
    return [row for row in make_method_command(method).cli_params if isinstance(row, Option)]


@every_method
def test_each_parameter_has_one_flag(method: Method) -> None:
    """All but those that a session supplies, and one that every command has already."""
    spelled = [flag for row in options_of(method) for flag in row.flags]
    for param in method.params:
        flags = [flag for flag in spelled if flag.split("/")[0] == param.flag]
        assert len(flags) == (0 if param.set_by_session else 1)
    names = [row.name for row in make_method_command(method).cli_params]
    assert len(set(names)) == len(names)


@every_method
def test_a_command_has_the_methods_name_and_its_summary(method: Method) -> None:
    """`rtm METHOD` takes a payload first."""
    command = make_method_command(method)
    assert (command.name, command.summary) == (method.command, method.summary)
    assert command.cli_params[0] is PAYLOAD_ARGUMENT


def test_a_command_does_what_it_says(capfd: pytest.CaptureFixture[str]) -> None:
    """Its help has the method's example; run, it makes the method's call."""
    command = make_method_command(API.methods["ban_customer"])
    assert "rtm ban-customer --customer-id" in command.render_help()
    command.main(["--skeleton"], standalone_mode=False)
    assert json.loads(capfd.readouterr().out) == API.methods["ban_customer"].example


@every_method
def test_waiting_and_pages_are_for_methods_that_have_them(method: Method) -> None:
    """--wait needs a push, --all needs pages."""
    names = {row.name for row in options_of(method)}
    assert ({"wait", "wait_timeout"} <= names) == bool(method.push)
    assert ({"all_items", "max_items"} <= names) == bool(method.pagination)


@every_method
def test_every_flag_is_understood(method: Method) -> None:
    """Given at once, each flag of a parameter brings its value under its own key."""
    got: dict[str, Any] = {}
    words: list[str] = []
    wanted: dict[str, Any] = {}
    for param in method.params:
        if not has_own_flag(param):
            continue
        if param.type.is_boolean:
            words.append(f"--no-{param.flag[2:]}")
            wanted[option_name(param.path)] = False
        else:
            words += [param.flag, "1"]
            wanted[option_name(param.path)] = ["1"] if param.type.is_array else "1"
    make_command("x", make_method_command(method).cli_params, got.update).main(
        words, standalone_mode=False
    )
    assert {
        name: value for name, value in got.items() if name.startswith("p_") and value is not None
    } == wanted


@pytest.mark.parametrize(
    ("param", "option"),
    [
        (Param("a_b.c_d", ParamType.STRING), Option("p_a_b__c_d", ("--a-b-c-d",), "", "TEXT")),
        (Param("a", ParamType.BOOLEAN), Option("p_a", ("--a/--no-a",), "")),
        (Param("a", ParamType.INTEGERS), Option("p_a", ("--a",), "", "N", multiple=True)),
        (Param("a", ParamType.IDS), Option("p_a", ("--a",), "", "ID", multiple=True)),
        (Param("a", ParamType.OBJECT, help="H."), Option("p_a", ("--a",), "H.", "JSON")),
        (Param("a", ParamType.STRING, format=Format.DATE), Option("p_a", ("--a",), "", "DATE")),
        (
            Param("a", ParamType.STRING, format=Format.DATE_TIME),
            Option("p_a", ("--a",), "", "TIME"),
        ),
        (Param("a", ParamType.STRING, max_bytes=9), Option("p_a", ("--a",), "", "TEXT")),
        (
            Param("a", ParamType.STRING, choices=("x", "y"), alias="--b"),
            Option("p_a", ("--a", "--b"), "", "TEXT", choices=("x", "y")),
        ),
    ],
)
def test_a_parameter_is_an_option(param: Param, option: Option) -> None:
    """The path is the flag; the kind says what it takes."""
    assert param_option(param) == option


def test_what_is_supplied_or_shared_has_no_flag_of_its_own() -> None:
    """The token comes from elsewhere, and --reconnect is an option of every connection."""
    flagless = [
        (method.action, param.path)
        for method in API.methods.values()
        for param in method.params
        if not has_own_flag(param)
    ]
    assert flagless == [("login", "token"), ("login", "reconnect")]
