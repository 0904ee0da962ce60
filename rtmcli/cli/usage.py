"""What is wrong with a command line, in our words instead of typer's."""

from collections.abc import Mapping, Sequence
from typing import Any

from rtmcli.catalogue import API
from rtmcli.cli.options import OUTPUT, PAYLOAD, Argument, Option
from rtmcli.errors import RtmError, UsageError
from rtmcli.protocol import nearest
from rtmcli.protocol.escaping import shortened


def is_usage(error: Exception) -> bool:
    """Tell whether typer raised it for a command line; the class has no name of its own."""
    return hasattr(error, "format_message")


def usage_error(
    error: Any, command: str = "", rows: Sequence[Option | Argument] = ()
) -> UsageError:
    """Turn what typer raised for a command line into our error; without a command it is `rtm`'s."""
    found = UsageError(_sentence(error, command, rows))
    assign(found, command)
    return found


def assign(error: RtmError, command: str) -> None:
    """Say which command an error befell, and which action where that is known already."""
    action = command.replace("-", "_")
    error.command = command
    error.action = error.action or (action if action in API.methods else "")


def _sentence(error: Any, name: str, rows: Sequence[Option | Argument]) -> str:
    option = str(getattr(error, "option_name", ""))
    if hasattr(error, "possibilities"):
        return f"there is no option {shortened(option)}{_nearest(option, name, rows)}"
    words = str(error.format_message()).removesuffix(".")
    if words.endswith("requires an argument"):
        return f"{option} needs a value"
    if words.endswith("does not take a value"):
        return f"{option} takes no value"
    if words.startswith("Got unexpected extra"):
        ask = "; is the payload quoted?" if PAYLOAD in rows else ""
        return f"there is an argument too many: {shortened(words.partition('(s) (')[2][:-1])}{ask}"
    return words


def _nearest(option: str, name: str, rows: Sequence[Option | Argument]) -> str:
    known = [flag for row in rows if isinstance(row, Option) for flag in spellings(row)]
    if rows:
        see = f"; see rtm {name} --help"
    else:  # of rtm itself
        known = ["--help", "--version"]
        see = f" here: options follow the command, as in rtm COMMAND {shortened(option)}"
    if not option.startswith("--"):
        return see
    # The hyphens are no likeness.
    hint = nearest.hint(option[2:], [flag[2:] for flag in known if flag.startswith("--")], see)
    return hint if hint == see else hint.replace("mean ", "mean --").replace(" or ", " or --")


def spellings(row: Option) -> list[str]:
    """List all flags of a row; a switch has two."""
    return [flag for spelled in row.flags for flag in spelled.split("/")]


def check_choices(options: Mapping[str, Any], environ: Mapping[str, str]) -> None:
    """Raise `UsageError` where an option of the output has a value that it does not know.

    That of its variable is checked where the command has the option.
    """
    for row in OUTPUT:
        given, source = options.get(row.name), row.flags[0]
        if given is None and row.name in options and row.variable:
            given, source = environ.get(row.variable) or None, row.variable
        if row.choices and given is not None and given not in row.choices:
            wanted = f"{', '.join(row.choices[:-1])} or {row.choices[-1]}"
            hint = nearest.hint(given, row.choices)
            raise UsageError(f"{source} must be {wanted}, not {shortened(given)}{hint}")
