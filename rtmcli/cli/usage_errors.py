"""What is wrong with a command line, in our words instead of typer's."""

from collections.abc import Mapping, Sequence
from typing import Any

from rtmcli.catalogue import API
from rtmcli.cli.options import OUTPUT_OPTIONS, PAYLOAD_ARGUMENT, Argument, Option
from rtmcli.errors import RtmError, UsageError
from rtmcli.protocol import suggestions
from rtmcli.protocol.escaping import truncate


def is_click_usage_error(error: Exception) -> bool:
    """Tell whether typer raised it for a command line; the class has no name of its own."""
    return hasattr(error, "format_message")


def convert_usage_error(
    error: Any, command: str = "", cli_params: Sequence[Option | Argument] = ()
) -> UsageError:
    """Turn what typer raised for a command line into our error; without a command it is `rtm`'s."""
    converted = UsageError(_format_message(error, command, cli_params))
    set_command(converted, command)
    return converted


def set_command(error: RtmError, command: str) -> None:
    """Say which command an error befell, and which action where that is known already."""
    action = command.replace("-", "_")
    error.command = command
    error.action = error.action or (action if action in API.methods else "")


def _format_message(error: Any, name: str, cli_params: Sequence[Option | Argument]) -> str:
    option = str(getattr(error, "option_name", ""))
    if hasattr(error, "possibilities"):
        return f"there is no option {truncate(option)}{_option_hint(option, name, cli_params)}"
    message = str(error.format_message()).removesuffix(".")
    if message.endswith("requires an argument"):
        return f"{option} needs a value"
    if message.endswith("does not take a value"):
        return f"{option} takes no value"
    if message.startswith("Got unexpected extra"):
        quoting_hint = "; is the payload quoted?" if PAYLOAD_ARGUMENT in cli_params else ""
        extra = truncate(message.partition("(s) (")[2][:-1])
        return f"there is an argument too many: {extra}{quoting_hint}"
    return message


def _option_hint(option: str, name: str, cli_params: Sequence[Option | Argument]) -> str:
    known_flags = [
        flag for row in cli_params if isinstance(row, Option) for flag in split_flags(row)
    ]
    if cli_params:
        fallback = f"; see rtm {name} --help"
    else:  # of rtm itself
        known_flags = ["--help", "--version"]
        fallback = f" here: options follow the command, as in rtm COMMAND {truncate(option)}"
    if not option.startswith("--"):
        return fallback
    # The hyphens are no likeness.
    hint = suggestions.did_you_mean(
        option[2:], [flag[2:] for flag in known_flags if flag.startswith("--")], fallback
    )
    return hint if hint == fallback else hint.replace("mean ", "mean --").replace(" or ", " or --")


def split_flags(option: Option) -> list[str]:
    """List all flags of a row; a switch has two."""
    return [flag for declaration in option.flags for flag in declaration.split("/")]


def check_choices(options: Mapping[str, Any], environ: Mapping[str, str]) -> None:
    """Raise `UsageError` where an option of the output has a value that it does not know.

    That of its variable is checked where the command has the option.
    """
    for option in OUTPUT_OPTIONS:
        value, source = options.get(option.name), option.flags[0]
        if value is None and option.name in options and option.envvar:
            value, source = environ.get(option.envvar) or None, option.envvar
        if option.choices and value is not None and value not in option.choices:
            expected = f"{', '.join(option.choices[:-1])} or {option.choices[-1]}"
            hint = suggestions.did_you_mean(value, option.choices)
            raise UsageError(f"{source} must be {expected}, not {truncate(value)}{hint}")
