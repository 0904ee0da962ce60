"""What there is to complete: commands, their flags and places, and what each takes."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import Enum
from typing import NamedTuple

from rtmcli.cli.command import Command
from rtmcli.cli.help.formatting import HELP_OPTION
from rtmcli.cli.options import (
    CONNECTION_OPTIONS,
    OUTPUT_OPTIONS,
    PAGINATION_OPTIONS,
    PAYLOAD_OPTIONS,
    STREAM_OPTIONS,
    WAIT_OPTIONS,
    Argument,
    Option,
)


class ValueKind(Enum):
    """What may stand in a place."""

    NONE = "nothing"  # a switch
    TEXT = "text"  # whatever it is, no shell knows it
    CHOICES = "words"  # one of some words
    FILE = "file"
    JSON = "json"  # JSON text, or a file after @
    PROFILE = "profile"
    COMMAND = "command"  # another command line


class ValueSpec(NamedTuple):
    """What a place takes, and the words where it takes some."""

    kind: ValueKind
    choices: tuple[str, ...] = ()


class Flag(NamedTuple):
    """One flag as it is typed."""

    name: str
    help: str
    value: ValueSpec
    multiple: bool
    metavar: str


class Positional(NamedTuple):
    """What a positional argument takes."""

    name: str
    value: ValueSpec
    multiple: bool


class CompletionCommand(NamedTuple):
    """One command."""

    name: str
    summary: str
    group_names: tuple[str, ...]  # the names of the groups of flags that it has
    own_flags: tuple[Flag, ...]  # its own
    positionals: tuple[Positional, ...]


class CompletionSpec(NamedTuple):
    """All that a script knows."""

    commands: tuple[CompletionCommand, ...]
    flag_groups: Mapping[str, tuple[Flag, ...]]
    config_path: str  # the configuration file, below the user's folder for such files

    def all_flags(self, command: CompletionCommand) -> list[Flag]:
        """List all flags of a command."""
        return [
            *command.own_flags,
            *(flag for name in command.group_names for flag in self.flag_groups[name]),
        ]


_OPTION_GROUPS: Mapping[str, Sequence[Option]] = {
    "input": PAYLOAD_OPTIONS,
    "stream": STREAM_OPTIONS,
    "wait": WAIT_OPTIONS,
    "pages": PAGINATION_OPTIONS,
    "output": OUTPUT_OPTIONS,
    "connection": CONNECTION_OPTIONS,
}
_KIND_BY_METAVAR = {
    "PATH": ValueKind.FILE,
    "FILE": ValueKind.FILE,
    "JSON": ValueKind.JSON,
    "PAYLOAD": ValueKind.JSON,
    "[-- COMMAND…]": ValueKind.COMMAND,
}


def build_spec(commands: Iterable[Command], config_path: str) -> CompletionSpec:
    """Collect what there is to complete."""
    flag_groups = {name: tuple(completion_flags(group)) for name, group in _OPTION_GROUPS.items()}
    return CompletionSpec(tuple(map(_build_command, commands)), flag_groups, config_path)


def _build_command(command: Command) -> CompletionCommand:
    group_names = [
        name for name, group in _OPTION_GROUPS.items() if set(group) <= set(command.cli_params)
    ]
    shared = {row for name in group_names for row in _OPTION_GROUPS[name]}
    own_options = [
        row for row in command.cli_params if isinstance(row, Option) and row not in shared
    ]
    positionals = tuple(
        Positional(row.metavar.strip("[]").lower(), value_spec(row), row.multiple)
        for row in command.cli_params
        if isinstance(row, Argument)
    )
    assert command.name
    return CompletionCommand(
        command.name,
        strip_notes(command.summary),
        tuple(group_names),
        tuple(completion_flags([*own_options, HELP_OPTION])),
        positionals,
    )


def completion_flags(options: Iterable[Option]) -> Iterator[Flag]:
    """Yield every flag that is not hidden, in each of its spellings."""
    for option in options:
        for declaration in () if option.hidden else option.flags:
            for flag in declaration.split("/"):
                yield Flag(
                    flag,
                    strip_notes(option.help),
                    value_spec(option),
                    option.multiple or option.counted,
                    option.metavar,
                )


def value_spec(cli_param: Option | Argument) -> ValueSpec:
    """Say what a row takes."""
    if cli_param.choices:
        return ValueSpec(ValueKind.CHOICES, cli_param.choices)
    if isinstance(cli_param, Option) and not cli_param.metavar:
        return ValueSpec(ValueKind.NONE)
    if cli_param.name == "profile":
        return ValueSpec(ValueKind.PROFILE)
    return ValueSpec(_KIND_BY_METAVAR.get(cli_param.metavar, ValueKind.TEXT))


def strip_notes(text: str) -> str:
    """Return a help text without its notes and its full stop."""
    return text.partition(" [")[0].removesuffix(".")
