"""One command for each method, made on demand from its row."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from rtmcli.catalogue.model import Format, Method, Param
from rtmcli.cli.command import Command, make_command
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
)

if TYPE_CHECKING:
    from rtmcli.cli.help.formatting import HelpText

_METAVAR_BY_FORMAT: dict[Format | None, str] = {Format.DATE: "DATE", Format.DATE_TIME: "TIME"}
_SHARED_FLAGS = {flag for row in CONNECTION_OPTIONS for flag in row.flags}


def make_method_command(method: Method) -> Command:
    """Make the command of one method."""
    param_options = [param_option(param) for param in method.params if has_own_flag(param)]
    extra_options = (
        *(WAIT_OPTIONS if method.push else ()),
        *(PAGINATION_OPTIONS if method.pagination else ()),
    )
    cli_params: list[Option | Argument] = [
        PAYLOAD_ARGUMENT,
        *param_options,
        *PAYLOAD_OPTIONS,
        *STREAM_OPTIONS,
        *extra_options,
        *OUTPUT_OPTIONS,
        *CONNECTION_OPTIONS,
    ]
    command = make_command(
        method.command,
        cli_params,
        lambda options: _run(method, options),
        lambda: _help_text(method),
    )
    command.summary = method.summary
    return command


def _run(method: Method, options: Mapping[str, Any]) -> int | None:
    from rtmcli.cli.commands.method import run  # loads orjson, which help does not need

    return run(method, options)


def _help_text(method: Method) -> "HelpText":
    from rtmcli.cli.help.method import method_help_text  # only for those who ask

    return method_help_text(method)


def has_own_flag(param: Param) -> bool:
    """Tell whether a parameter has a flag of its own, not one that every command shares."""
    shared = {f"{param.flag}/--no-{param.flag[2:]}", param.flag}
    return not param.set_by_session and _SHARED_FLAGS.isdisjoint(shared)


def param_option(param: Param) -> Option:
    """Make the option of one parameter."""
    flag = param.flag
    if param.type.is_boolean:
        return Option(option_name(param.path), (f"{flag}/--no-{flag[2:]}",), param.help)
    flags = (flag, param.alias) if param.alias else (flag,)
    metavar = _METAVAR_BY_FORMAT.get(param.format, param.type.metavar)
    return Option(
        option_name(param.path),
        flags,
        param.help,
        metavar,
        multiple=param.type.is_array,
        choices=param.choices,
    )


def option_name(path: str) -> str:
    """Name the option of the parameter at a path."""
    return "p_" + path.replace(".", "__")
