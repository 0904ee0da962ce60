"""The options of a method's command, made from the method's parameters."""

from rtmcli.catalogue.model import Format, Method, Param
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
from rtmcli.settings import types
from rtmcli.settings.types import Completion

_METAVAR_BY_FORMAT: dict[Format | None, str] = {Format.DATE: "DATE", Format.DATE_TIME: "TIME"}
_CONNECTION_FLAGS = {flag for row in CONNECTION_OPTIONS for flag in row.all_flags}


def method_cli_params(method: Method) -> list[Option | Argument]:
    """List the argument and the options of a method's command."""
    return [
        PAYLOAD_ARGUMENT,
        *(param_option(param) for param in method.params if has_own_flag(param)),
        *PAYLOAD_OPTIONS,
        *STREAM_OPTIONS,
        *(WAIT_OPTIONS if method.push else ()),
        *(PAGINATION_OPTIONS if method.pagination else ()),
        *OUTPUT_OPTIONS,
        *CONNECTION_OPTIONS,
    ]


def has_own_flag(param: Param) -> bool:
    """Return whether a parameter has a flag; the session sets some, others are settings."""
    return not param.set_by_session and param.flag not in _CONNECTION_FLAGS


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


def option_name(path: str) -> str:
    """Return the name of the option of the parameter at a path."""
    return "p_" + path.replace(".", "__")
