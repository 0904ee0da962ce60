"""The options of a method's command: one flag for each parameter, without collisions."""

from typing import Any

import pytest
from support.reference import REFERENCES

from rtmcli.catalogue.api import Api
from rtmcli.catalogue.model import Format, Method, Param, ParamType
from rtmcli.catalogue.v3_0 import API
from rtmcli.cli.command import make_command
from rtmcli.cli.method_options import (
    file_option_name,
    has_own_flag,
    method_cli_params,
    option_name,
    param_option,
    param_options,
)
from rtmcli.cli.options import PAYLOAD_ARGUMENT, Option
from rtmcli.settings.types import BOOLEAN, PATH, Completion, ValueType, any_text

JSON = any_text("JSON")._replace(completion=Completion.JSON)
every_method = pytest.mark.parametrize(
    ("api", "method"),
    [
        pytest.param(reference.api, method, id=f"{version}-{method.command}")
        for version, reference in REFERENCES.items()
        for method in reference.api.methods.values()
    ],
)


def options_of(api: Api, method: Method) -> list[Option]:
    """Return the options of a method's command."""
    return [row for row in method_cli_params(api, method) if isinstance(row, Option)]


@every_method
def test_each_parameter_has_one_flag(api: Api, method: Method) -> None:
    """Parameters that the session sets have none; --reconnect is a connection option."""
    flags = [flag for row in options_of(api, method) for flag in row.all_flags]
    for param in method.params:
        assert flags.count(param.flag) == (0 if param.set_by_session else 1)
    names = [row.name for row in method_cli_params(api, method)]
    assert len(set(names)) == len(names)


@every_method
def test_the_payload_comes_first(api: Api, method: Method) -> None:
    """`rtm METHOD` takes a payload."""
    assert method_cli_params(api, method)[0] is PAYLOAD_ARGUMENT


@every_method
def test_wait_and_all_depend_on_the_method(api: Api, method: Method) -> None:
    """--wait needs a push, --all needs pages."""
    names = {row.name for row in options_of(api, method)}
    assert ({"wait", "wait_timeout"} <= names) == bool(method.push)
    assert ({"all_items", "max_items"} <= names) == bool(method.pagination)


@every_method
def test_every_flag_is_parsed(api: Api, method: Method) -> None:
    """All at once, each flag of a parameter has its value under its own name."""
    values: dict[str, Any] = {}
    arguments: list[str] = []
    expected: dict[str, Any] = {}
    for param in method.params:
        if not has_own_flag(api, method, param):
            continue
        if param.type.is_boolean:
            arguments.append(f"--no-{param.flag[2:]}")
            expected[option_name(param.path)] = False
        else:
            arguments += [param.flag, "1"]
            expected[option_name(param.path)] = ["1"] if param.type.is_array else "1"
    make_command(api, "x", method_cli_params(api, method), lambda _, got: values.update(got)).main(
        arguments, standalone_mode=False
    )
    assert {
        name: value for name, value in values.items() if name.startswith("p_") and value is not None
    } == expected


@pytest.mark.parametrize(
    ("param", "flags", "value_type"),
    [
        (Param("a_b.c_d", ParamType.STRING), ("--a-b-c-d",), any_text("TEXT")),
        (Param("a", ParamType.BOOLEAN), ("--a/--no-a",), BOOLEAN),
        (Param("a", ParamType.INTEGERS), ("--a",), any_text("N")),
        (Param("a", ParamType.IDS), ("--a",), any_text("ID")),
        (Param("a", ParamType.OBJECT), ("--a",), JSON),
        (Param("a", ParamType.STRING, format=Format.DATE), ("--a",), any_text("DATE")),
        (Param("a", ParamType.STRING, format=Format.DATE_TIME), ("--a",), any_text("TIME")),
        (Param("a", ParamType.STRING, max_bytes=9), ("--a",), any_text("TEXT")),
        (
            Param("a", ParamType.STRING, choices=("x", "y"), alias="--b"),
            ("--a", "--b"),
            any_text("TEXT", ["x", "y"]),
        ),
    ],
)
def test_a_parameter_is_an_option(
    param: Param, flags: tuple[str, ...], value_type: ValueType
) -> None:
    """The flag follows from the path, the type of the value from the parameter's type."""
    name = option_name(param.path)
    assert param_option(param) == Option(
        name,
        flags,
        param.help,
        value_type,
        multiple=param.type.is_array,
        once=not param.type.is_array,
    )


def test_a_text_can_come_from_a_file() -> None:
    """The flag is that of the row; it takes a path."""
    param, other = Param("a.b", ParamType.STRING, file_flag="--b-file"), Param("a", ParamType.ANY)
    _, option = param_options(param)
    assert (option.name, option.flags) == (file_option_name(param), ("--b-file",))
    assert (option.type, option.once) == (PATH, True)
    assert param_options(other) == (param_option(other),)


def test_session_parameters_and_settings_have_no_own_flag() -> None:
    """The session sets the token; --reconnect is an option of every connection."""
    flagless = [
        (method.action, param.path)
        for method in API.methods.values()
        for param in method.params
        if not has_own_flag(API, method, param)
    ]
    assert flagless == [("login", "token"), ("login", "reconnect")]
