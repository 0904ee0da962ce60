"""What shells complete: commands, their flags and arguments, and the values of these."""

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from rtmcli.catalogue.api import Api
from rtmcli.cli.command import Command
from rtmcli.cli.options import (
    API_OPTION,
    HELP_OPTION,
    OPTION_GROUPS,
    PROFILE_OPTION,
    VERSION_OPTION,
    Argument,
    Option,
    OptionGroup,
)
from rtmcli.settings.types import ValueType


class Flag(NamedTuple):
    """One flag as the user types it."""

    name: str
    help: str
    type: ValueType
    multiple: bool


class Positional(NamedTuple):
    """One positional argument."""

    name: str
    type: ValueType
    multiple: bool
    following: tuple[tuple[str, ValueType], ...] = ()  # the types of values after certain words


class CompletionCommand(NamedTuple):
    """One command."""

    name: str
    summary: str
    group_names: tuple[str, ...]  # the groups of flags that it has
    own_flags: tuple[Flag, ...]
    positionals: tuple[Positional, ...]


class CompletionSpec(NamedTuple):
    """What a completion script contains of one version of the API."""

    commands: tuple[CompletionCommand, ...]
    flag_groups: Mapping[str, tuple[Flag, ...]]
    api_version: str  # whose commands these are
    root_flags: tuple[Flag, ...]  # before the command
    config_path: str  # the configuration file, relative to XDG_CONFIG_HOME

    def all_flags(self, command: CompletionCommand) -> list[Flag]:
        """List all flags of a command."""
        return [
            *command.own_flags,
            *(flag for name in command.group_names for flag in self.flag_groups[name]),
        ]


def build_spec(api: Api, commands: Iterable[Command], config_path: str) -> CompletionSpec:
    """Collect what a completion script contains of one version of the API."""
    commands = list(commands)
    used = {row for command in commands for row in command.cli_params}
    groups = [
        group._replace(options=tuple(row for row in group.options if row in used))
        for group in OPTION_GROUPS
    ]
    return CompletionSpec(
        tuple(_build_command(command, groups) for command in commands),
        {group.name: tuple(completion_flags(group.options)) for group in groups},
        api.version,
        tuple(completion_flags([HELP_OPTION, VERSION_OPTION, *_root_options()])),
        config_path,
    )


def _root_options() -> Iterator[Option]:
    """Yield the options that may also stand before the command."""
    for option in (API_OPTION, PROFILE_OPTION):
        yield option._replace(hidden=False)


def _build_command(command: Command, groups: Iterable[OptionGroup]) -> CompletionCommand:
    groups = [
        group for group in groups if group.options and set(group.options) <= set(command.cli_params)
    ]
    shared = {row for group in groups for row in group.options}
    own_options = [
        row for row in command.cli_params if isinstance(row, Option) and row not in shared
    ]
    positionals = tuple(
        Positional(row.type.metavar.strip("[].").lower(), row.type, row.multiple, row.following)
        for row in command.cli_params
        if isinstance(row, Argument)
    )
    assert command.name
    return CompletionCommand(
        command.name,
        strip_notes(command.summary),
        tuple(group.name for group in groups),
        tuple(completion_flags([*own_options, HELP_OPTION])),
        positionals,
    )


def completion_flags(options: Iterable[Option]) -> Iterator[Flag]:
    """Yield every flag of the options that are not hidden."""
    for option in options:
        for flag in () if option.hidden else option.all_flags:
            is_multiple = option.multiple or option.counted
            yield Flag(flag, strip_notes(option.help), option.type, is_multiple)


def strip_notes(text: str) -> str:
    """Return a help text without its notes and its period."""
    return text.partition(" [")[0].removesuffix(".")
