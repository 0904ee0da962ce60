"""The options that several commands share, as rows, and how rows become a typer signature."""

import inspect
from collections.abc import Iterable
from typing import Any, NamedTuple

import typer

from rtmcli.settings.definitions import SETTINGS, Group


class Option(NamedTuple):
    """One option of the command line. `metavar` is empty for a switch."""

    name: str  # the key under which the command gets its value
    flags: tuple[str, ...]  # a switch with a negative form is spelled "--x/--no-x"
    help: str
    metavar: str = ""
    multiple: bool = False
    counted: bool = False  # -v, -vv
    hidden: bool = False
    choices: tuple[str, ...] = ()  # what its value may be
    envvar: str = ""  # the environment's, where that is no setting's


class Argument(NamedTuple):
    """One positional argument, which may be absent."""

    name: str
    metavar: str
    help: str
    multiple: bool = False
    choices: tuple[str, ...] = ()  # what it may be


PAYLOAD_ARGUMENT = Argument("payload", "PAYLOAD", "JSON text, @FILE, or - for standard input.")

PAYLOAD_OPTIONS = (
    Option("sets", ("--set",), "Put JSON, else text, at any path.", "PATH=VALUE", multiple=True),
    Option("set_strings", ("--set-string",), "Put text at any path.", "PATH=TEXT", multiple=True),
    Option("no_validate", ("--no-validate",), "Send the payload unchecked."),
    Option("dry_run", ("--dry-run", "-n"), "Print the request and send nothing."),
    Option("skeleton", ("--skeleton",), "Print a sample payload to start from."),
)

# For methods that cause a push.
WAIT_OPTIONS = (
    Option("wait", ("--wait",), "Wait for the push that confirms it; print it too."),
    Option("wait_timeout", ("--wait-timeout",), "How long to wait. [default: 10s]", "DURATION"),
)

# For methods that list something.
PAGINATION_OPTIONS = (
    Option("all_items", ("--all",), "Follow the pages; print each item on a line."),
    Option("max_items", ("--max-items",), "Stop after so many items.", "N"),
)

OUTPUT_OPTIONS = (
    Option("compact", ("--compact",), "One line, even on a terminal."),
    Option("pretty", ("--pretty",), "Indented, even off a terminal."),
    Option(
        "color",
        ("--color",),
        "Whether to colour JSON.",
        "WHEN",
        choices=("auto", "always", "never"),
    ),
    Option("envelope", ("--envelope",), "Print the whole response message."),
    Option("quiet", ("--quiet", "-q"), "Print nothing on success."),
    Option(
        "error_format",
        ("--error-format",),
        "How errors are told.",
        "FORMAT",
        choices=("text", "json"),
        envvar="RTM_ERROR_FORMAT",
    ),
)


def _options_from_settings(*groups: Group) -> list[Option]:
    return [
        Option(
            setting.name,
            (setting.option,),
            setting.help,
            setting.metavar,
            multiple=setting.multiple,
            hidden=setting.hidden,
            choices=setting.choices,
        )
        for setting in SETTINGS
        if setting.has_flag and setting.group in groups
    ]


# For commands that read standard input as a stream.
STREAM_OPTIONS = (
    *_options_from_settings(Group.STREAM),
    Option("fail_fast", ("--fail-fast",), "Stop at the first failure."),
)

_VERBOSE_OPTION = Option(
    "verbose", ("--verbose", "-v"), "Tell on standard error what happens.", counted=True
)
CONNECTION_OPTIONS = (*_options_from_settings(Group.CONNECTION, Group.CALL), _VERBOSE_OPTION)

# For commands that connect and make no call.
CONNECT_ONLY_OPTIONS = (*_options_from_settings(Group.CONNECTION), _VERBOSE_OPTION)


def typer_signature(cli_params: Iterable[Option | Argument]) -> inspect.Signature:
    """Write the rows as the signature that typer reads; every value defaults to None."""
    return inspect.Signature([_signature_parameter(row) for row in cli_params])


def _signature_parameter(cli_param: Option | Argument) -> inspect.Parameter:
    annotation: Any = list[str] | None if cli_param.multiple else str | None
    default: Any
    if isinstance(cli_param, Argument):
        default = typer.Argument(None, metavar=cli_param.metavar, show_default=False)
    elif cli_param.counted:
        default = typer.Option(0, *cli_param.flags, count=True, show_default=False)
        annotation = int
    elif cli_param.metavar:
        default = typer.Option(
            None, *cli_param.flags, metavar=cli_param.metavar, show_default=False
        )
    else:
        default = typer.Option(None, *cli_param.flags, show_default=False)
        annotation = bool | None
    keyword_only = inspect.Parameter.KEYWORD_ONLY
    return inspect.Parameter(cli_param.name, keyword_only, default=default, annotation=annotation)
