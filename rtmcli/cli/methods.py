"""One command for each method, made on demand from its row."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from rtmcli.catalogue.model import Format, Method, Param
from rtmcli.cli.command import Command, make_command
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
)

if TYPE_CHECKING:
    from rtmcli.cli.page import Guide

_METAVARS: dict[Format | None, str] = {Format.DATE: "DATE", Format.DATE_TIME: "TIME"}
_SHARED = {flag for row in CONNECTION for flag in row.flags}


def command_of(method: Method) -> Command:
    """Make the command of one method."""
    flags = [flag_of(param) for param in method.params if has_flag(param)]
    more = (*(WAIT if method.push else ()), *(PAGES if method.pages else ()))
    rows: list[Option | Argument] = [PAYLOAD, *flags, *INPUT, *STREAM, *more, *OUTPUT, *CONNECTION]
    command = make_command(
        method.command, rows, lambda options: _run(method, options), lambda: _guide(method)
    )
    command.summary = method.summary
    return command


def _run(method: Method, options: Mapping[str, Any]) -> int | None:
    from rtmcli.cli.calling import run  # noqa: PLC0415  # loads orjson, which help does not need

    return run(method, options)


def _guide(method: Method) -> "Guide":
    from rtmcli.cli.method_page import guide  # noqa: PLC0415  # only for those who ask

    return guide(method)


def has_flag(param: Param) -> bool:
    """Tell whether a parameter has a flag of its own, not one that every command shares."""
    shared = {f"{param.flag}/--no-{param.flag[2:]}", param.flag}
    return not param.supplied and _SHARED.isdisjoint(shared)


def flag_of(param: Param) -> Option:
    """Make the option of one parameter."""
    flag = param.flag
    if param.kind.is_switch:
        return Option(key_of(param.path), (f"{flag}/--no-{flag[2:]}",), param.help)
    flags = (flag, param.alias) if param.alias else (flag,)
    metavar = _METAVARS.get(param.format, param.kind.metavar)
    return Option(
        key_of(param.path),
        flags,
        param.help,
        metavar,
        many=param.kind.repeats,
        choices=param.choices,
    )


def key_of(path: str) -> str:
    """Name the option of the parameter at a path."""
    return "p_" + path.replace(".", "__")
