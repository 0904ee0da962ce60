"""The options of a method's command, made from the method's parameters."""

import shlex
from typing import Any

from rtmcli.catalogue.api import Api
from rtmcli.catalogue.model import Format, Method, Param
from rtmcli.cli.options import (
    CONNECTION_OPTIONS,
    JSON_ONLY_OPTION,
    LIST_OUTPUT_OPTION,
    OUTPUT_OPTIONS,
    PAGINATION_OPTIONS,
    PAYLOAD_ARGUMENT,
    PAYLOAD_OPTIONS,
    STREAM_OPTIONS,
    TRANSCRIPT_OUTPUT_OPTION,
    WAIT_FOR_OPTIONS,
    WAIT_OPTION,
    Argument,
    Option,
    known_options,
)
from rtmcli.settings import types
from rtmcli.settings.types import Completion

_METAVAR_BY_FORMAT: dict[Format | None, str] = {Format.DATE: "DATE", Format.DATE_TIME: "TIME"}
_CONNECTION_FLAGS = {flag for row in CONNECTION_OPTIONS for flag in row.all_flags}


def method_cli_params(api: Api, method: Method) -> list[Option | Argument]:
    """List the argument and the options of a method's command.

    A parameter's flag takes precedence over a connection option of the same name.
    """
    own = [
        option
        for param in method.params
        if has_own_flag(api, method, param)
        for option in param_options(param)
    ]
    own_flags = {flag for option in own for flag in option.all_flags}
    return [
        PAYLOAD_ARGUMENT,
        *own,
        *PAYLOAD_OPTIONS,
        *STREAM_OPTIONS,
        *((WAIT_OPTION,) if method.push else ()),
        *WAIT_FOR_OPTIONS,
        *(PAGINATION_OPTIONS if method.pagination else ()),
        output_option_of(method),
        *OUTPUT_OPTIONS,
        *(
            option
            for option in known_options(api, CONNECTION_OPTIONS)
            if own_flags.isdisjoint(option.all_flags)
        ),
    ]


def output_option_of(method: Method) -> Option:
    """Return the option that chooses the format of a method's output."""
    if method.columns:
        return LIST_OUTPUT_OPTION
    return TRANSCRIPT_OUTPUT_OPTION if method.transcript else JSON_ONLY_OPTION


def has_own_flag(api: Api, method: Method, param: Param) -> bool:
    """Return whether a parameter has a flag; not if the session or a setting has its value."""
    is_setting = method.action == api.login_action and param.flag in _CONNECTION_FLAGS
    return not (param.set_by_session or is_setting)


def param_option(param: Param) -> Option:
    """Make the option of one parameter; `PayloadValidator` checks its value, not its type."""
    name, flag = option_name(param.path), param.flag
    if param.type.is_boolean:
        return Option(name, (f"{flag}/--no-{flag[2:]}",), param.help, once=True)
    flags = (flag, param.alias) if param.alias else (flag,)
    metavar = _METAVAR_BY_FORMAT.get(param.format, param.type.metavar)
    value_type = types.any_text(metavar, param.choices)
    if param.type.is_json:
        value_type = value_type._replace(completion=Completion.JSON)
    is_array = param.type.is_array
    return Option(name, flags, param.help, value_type, multiple=is_array, once=not is_array)


def param_options(param: Param) -> tuple[Option, ...]:
    """Make the option of one parameter, and the one that reads its text from a file."""
    if not param.file_flag:
        return (param_option(param),)
    help_text = "The same, read from a file; - is standard input."
    name = file_option_name(param)
    return param_option(param), Option(name, (param.file_flag,), help_text, types.PATH, once=True)


def file_option_name(param: Param) -> str:
    """Return the name of the option that reads a parameter's text from a file."""
    return option_name(param.path) + "_file"


def flag_with_value(param: Param, value: Any) -> str:
    """Return a parameter's flag with a value, as words for a shell."""
    return f"{param.flag} {shlex.quote(str(value))}"


def option_name(path: str) -> str:
    """Return the name of the option of the parameter at a path."""
    return "p_" + path.replace(".", "__")
