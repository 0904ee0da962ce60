"""The options that several commands share, as rows, and how rows become a typer signature."""

import inspect
from collections.abc import Iterable
from typing import Any

import typer

from rtmcli.row import Row
from rtmcli.settings.rows import SETTINGS, About


class Option(Row):
    """One option of the command line. `metavar` is empty for a switch."""

    name: str  # the key under which the command gets its value
    flags: tuple[str, ...]  # a switch with a negative form is spelled "--x/--no-x"
    help: str
    metavar: str = ""
    many: bool = False
    counts: bool = False  # -v, -vv
    hidden: bool = False
    choices: tuple[str, ...] = ()  # what its value may be
    variable: str = ""  # the environment's, where that is no setting's


class Argument(Row):
    """One positional argument, which may be absent."""

    name: str
    metavar: str
    help: str
    many: bool = False
    choices: tuple[str, ...] = ()  # what it may be


PAYLOAD = Argument("payload", "PAYLOAD", "JSON text, @FILE, or - for standard input.")

INPUT = (
    Option("sets", ("--set",), "Put JSON, else text, at any path.", "PATH=VALUE", many=True),
    Option("set_strings", ("--set-string",), "Put text at any path.", "PATH=TEXT", many=True),
    Option("no_validate", ("--no-validate",), "Send the payload unchecked."),
    Option("dry_run", ("--dry-run", "-n"), "Print the request and send nothing."),
    Option("skeleton", ("--skeleton",), "Print a sample payload to start from."),
)

# For methods that cause a push.
WAIT = (
    Option("wait", ("--wait",), "Wait for the push that confirms it; print it too."),
    Option("wait_timeout", ("--wait-timeout",), "How long to wait. [default: 10s]", "DURATION"),
)

# For methods that list something.
PAGES = (
    Option("all_items", ("--all",), "Follow the pages; print each item on a line."),
    Option("max_items", ("--max-items",), "Stop after so many items.", "N"),
)

OUTPUT = (
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
        variable="RTM_ERROR_FORMAT",
    ),
)


def _options_of(*abouts: About) -> list[Option]:
    return [
        Option(
            setting.name,
            (setting.option,),
            setting.help,
            setting.metavar,
            many=setting.many,
            hidden=setting.hidden,
            choices=setting.choices,
        )
        for setting in SETTINGS
        if setting.flag and setting.about in abouts
    ]


# For commands that read standard input as a stream.
STREAM = (
    *_options_of(About.STREAM),
    Option("fail_fast", ("--fail-fast",), "Stop at the first failure."),
)

_VERBOSE = Option(
    "verbose", ("--verbose", "-v"), "Tell on standard error what happens.", counts=True
)
CONNECTION = (*_options_of(About.CONNECTION, About.CALL), _VERBOSE)

# For commands that connect and make no call.
BARE_CONNECTION = (*_options_of(About.CONNECTION), _VERBOSE)


def signature(rows: Iterable[Option | Argument]) -> inspect.Signature:
    """Write the rows as the signature that typer reads; every value defaults to None."""
    return inspect.Signature([_parameter(row) for row in rows])


def _parameter(row: Option | Argument) -> inspect.Parameter:
    annotation: Any = list[str] | None if row.many else str | None
    default: Any
    if isinstance(row, Argument):
        default = typer.Argument(None, metavar=row.metavar, show_default=False)
    elif row.counts:
        default = typer.Option(0, *row.flags, count=True, show_default=False)
        annotation = int
    elif row.metavar:
        default = typer.Option(None, *row.flags, metavar=row.metavar, show_default=False)
    else:
        default = typer.Option(None, *row.flags, show_default=False)
        annotation = bool | None
    keyword = inspect.Parameter.KEYWORD_ONLY
    return inspect.Parameter(row.name, keyword, default=default, annotation=annotation)
