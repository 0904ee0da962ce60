"""The values of a method's flags, as text: from the command line and from files."""

import os
from collections.abc import Mapping
from typing import Any

from rtmcli.catalogue.model import Method, Param
from rtmcli.cli.io import stderr, stdin
from rtmcli.cli.method_options import file_option_name, option_name
from rtmcli.errors import UsageError
from rtmcli.protocol.escaping import truncate
from rtmcli.protocol.payload import FlagValue


def file_flags(method: Method) -> list[tuple[str, str]]:
    """List the options that read a text from a file: name and flag."""
    return [
        (file_option_name(param), param.file_flag) for param in method.params if param.file_flag
    ]


def read_flag_values(method: Method, options: Mapping[str, Any]) -> dict[str, FlagValue]:
    """Return the values of a method's flags by path; files are read, as `@FILE` or as a text."""
    flag_values: dict[str, FlagValue] = {}
    for param in method.params:
        value = options.get(option_name(param.path))
        if param.file_flag:
            value = _text_of(method.action, param, value, options.get(file_option_name(param)))
        if value is None or value == []:
            continue
        if param.type.is_json:
            value = (
                [stdin.expand_file(text) for text in value]
                if isinstance(value, list)
                else stdin.expand_file(value)
            )
        flag_values[param.path] = value
    return flag_values


def _text_of(action: str, param: Param, text: str | None, path: str | None) -> str | None:
    """Return the text of a parameter, from its flag or from a file."""
    flag = param.alias or param.flag
    if path is not None:
        if text is not None:
            raise UsageError(f"{flag} and {param.file_flag} set the same text; give one of them")
        return stdin.read_text_file(path)
    if text and text.startswith("@") and os.path.isfile(text[1:]):  # noqa: PTH113  # never raises
        stderr.write_warning(
            f"{flag} sends the characters {truncate(text)}; "
            f"use {param.file_flag} to send what is in the file",
            action,
        )
    return text
