"""Usage errors of typer in the words of `rtm`."""

from collections.abc import Sequence
from typing import Any

from rtmcli.catalogue.api import Api
from rtmcli.cli.options import HELP_OPTION, PAYLOAD_ARGUMENT, VERSION_OPTION, Argument, Option
from rtmcli.cli.renames import flag_hint
from rtmcli.errors import RtmError, UsageError
from rtmcli.protocol import suggestions
from rtmcli.protocol.escaping import truncate


def is_click_usage_error(error: Exception) -> bool:
    """Return whether typer raised the error for a command line; its class is private to typer."""
    return hasattr(error, "format_message")


def convert_usage_error(
    error: Any,
    command: str = "",
    cli_params: Sequence[Option | Argument] = (),
    action: str = "",
    api: Api | None = None,
) -> UsageError:
    """Convert an error of typer; without a command it is an error of `rtm` itself."""
    hint = flag_hint(api, action, str(getattr(error, "option_name", ""))) if api else ""
    converted = UsageError(_format_message(error, command, cli_params, hint))
    set_command(converted, command, action)
    return converted


def set_command(error: RtmError, command: str, action: str = "") -> None:
    """Record the command that failed, and its action unless the error has one."""
    error.command = command
    error.action = error.action or action


def _format_message(
    error: Any, name: str, cli_params: Sequence[Option | Argument], version_hint: str
) -> str:
    option = str(getattr(error, "option_name", ""))
    if hasattr(error, "possibilities"):
        hint = f"; {version_hint}" if version_hint else _option_hint(option, name, cli_params)
        return f"unknown option {truncate(option)}{hint}"
    message = str(error.format_message()).removesuffix(".")
    if message.endswith("requires an argument"):
        return f"{option} needs a value"
    if message.endswith("does not take a value"):
        return f"{option} takes no value"
    if message.startswith("Got unexpected extra"):
        quoting_hint = " (did you quote the payload?)" if PAYLOAD_ARGUMENT in cli_params else ""
        extra = truncate(message.partition("(s) (")[2][:-1])
        return f"unexpected argument {extra}{quoting_hint}"
    return message


def _option_hint(option: str, name: str, cli_params: Sequence[Option | Argument]) -> str:
    if cli_params:
        rows = [row for row in cli_params if isinstance(row, Option)]
        fallback = f"; see rtm {name} --help"
    else:  # of rtm itself
        rows = [HELP_OPTION, VERSION_OPTION]
        fallback = f" here: options follow the command, as in rtm COMMAND {truncate(option)}"
    if not option.startswith("--"):
        return fallback
    # Only the words are compared: the hyphens, which all flags share, would count as likeness.
    names = [flag[2:] for row in rows for flag in row.all_flags if flag.startswith("--")]
    hint = suggestions.did_you_mean(option[2:], names, fallback)
    return hint if hint == fallback else hint.replace("mean ", "mean --").replace(" or ", " or --")
