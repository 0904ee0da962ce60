"""The commands, by name. Only the module of the command that runs is imported."""

from collections.abc import Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any, NamedTuple

from rtmcli.catalogue.api import Api
from rtmcli.catalogue.model import Method
from rtmcli.cli.command import Command, make_command
from rtmcli.cli.method_options import method_cli_params
from rtmcli.protocol import suggestions

if TYPE_CHECKING:
    from rtmcli.cli.help.formatting import HelpText


class CommandSpec(NamedTuple):
    """A command that is not a method."""

    module: str  # which has a function `command`
    summary: str


_COMMANDS = "rtmcli.cli.commands"
BUILTINS = {
    "call": CommandSpec(f"{_COMMANDS}.call", "Send any action, unchecked."),
    "listen": CommandSpec(f"{_COMMANDS}.listen", "Print every push, one per line, until stopped."),
    "sandbox": CommandSpec(
        f"{_COMMANDS}.sandbox", "Run a local test server with sample data; no account needed."
    ),
    "methods": CommandSpec(f"{_COMMANDS}.methods", "List the API methods as a table or JSON."),
    "config": CommandSpec(f"{_COMMANDS}.config", "Show and change profiles and settings."),
    "doctor": CommandSpec(
        f"{_COMMANDS}.doctor", "Check configuration, network and login, step by step."
    ),
    "completion": CommandSpec(f"{_COMMANDS}.completion", "Print a shell completion script."),
    "help": CommandSpec(f"{_COMMANDS}.help", "Show help for a command or a topic."),
}


def command_names(api: Api) -> list[str]:
    """List every command: the methods in the reference's order, then the others."""
    return [*(method.command for method in api.methods.values()), *BUILTINS]


def load_command(api: Api, name: str) -> Command | None:
    """Make the command of that name, or return None; an action's own spelling counts, too."""
    if name in BUILTINS:
        command: Command = import_module(BUILTINS[name].module).command(api)
        command.summary = BUILTINS[name].summary
        return command
    method = api.methods.get(name.replace("-", "_"))
    return _make_method_command(api, method) if method else None


def load_all_commands(api: Api) -> list[Command]:
    """Make every command."""
    return [command for name in command_names(api) if (command := load_command(api, name))]


def did_you_mean(api: Api, name: str) -> str:
    """Return a hint at the commands most like a wrong name, or at the list of commands."""
    action = name.replace("-", "_")
    if action not in api.replacements:
        return suggestions.did_you_mean(
            name.replace("_", "-"), command_names(api), "; see rtm --help"
        )
    candidates = [api.methods[other].command for other in api.replacements[action]]
    return f"; did you mean {' or '.join(candidates)}?"


def _make_method_command(api: Api, method: Method) -> Command:
    """Make the command of a method without the modules that run it: help needs none of them."""

    def run(api: Api, options: Mapping[str, Any]) -> int | None:
        exit_code: int | None = import_module(f"{_COMMANDS}.method").run(api, method, options)
        return exit_code

    def make_help_text() -> "HelpText":
        from rtmcli.cli.help.method import method_help_text  # only for --help

        return method_help_text(api, method)

    command = make_command(
        api,
        method.command,
        method_cli_params(api, method),
        run,
        make_help_text,
        action=method.action,
    )
    command.summary = method.summary
    return command
