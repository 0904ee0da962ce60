"""The root command: it makes the one command that is asked for, and no other."""

import os
import sys
import traceback
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

import typer
from typer.core import TyperGroup

from rtmcli import __version__
from rtmcli.catalogue import API
from rtmcli.cli.command import Command
from rtmcli.cli.io import stderr
from rtmcli.cli.io.stdout import make_text_stdout, write
from rtmcli.cli.io.writer import ReaderGone
from rtmcli.cli.method_command import make_method_command
from rtmcli.cli.usage_errors import convert_usage_error, is_click_usage_error
from rtmcli.errors import RtmError, UsageError
from rtmcli.protocol import suggestions
from rtmcli.protocol.escaping import truncate
from rtmcli.settings.definitions import TOKEN_ENVVAR


class CommandSpec(NamedTuple):
    """A command that is no method: where it is made, and what it does."""

    module: str  # has a function `command`
    summary: str


BUILTINS = {
    "call": CommandSpec("rtmcli.cli.commands.call", "Send any action, unchecked."),
    "listen": CommandSpec(
        "rtmcli.cli.commands.listen", "Print every push as a JSON line, until stopped."
    ),
    "sandbox": CommandSpec(
        "rtmcli.cli.commands.sandbox", "Serve a small, lively licence: no account needed."
    ),
    "methods": CommandSpec(
        "rtmcli.cli.commands.methods", "What there is to call, as a table or as JSON."
    ),
    "config": CommandSpec("rtmcli.cli.commands.config", "Show and change profiles and settings."),
    "doctor": CommandSpec(
        "rtmcli.cli.commands.doctor", "Examine configuration, network and login, step by step."
    ),
    "completion": CommandSpec(
        "rtmcli.cli.commands.completion", "Print the script that completes at the TAB key."
    ),
    "help": CommandSpec("rtmcli.cli.commands.help", "Help for a command or a topic."),
}


class RootGroup(TyperGroup):
    """All commands, by name."""

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ARG002  # typer's signature
        """Make the command of that name; an action's own spelling counts as well."""
        return load_command(cmd_name)

    def format_help(self, ctx: Any, formatter: Any) -> None:  # noqa: ARG002  # typer's signature
        """Print the help of `rtm` itself."""
        from rtmcli.cli.commands.help import root_help  # only for those who ask

        write(root_help().encode())
        raise typer.Exit

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Find the command that the first argument names; suggest the nearest for a bad one."""
        command = self.get_command(ctx, args[0])
        if command:  # made once: typer would make it a second time
            return command.name, command, args[1:]
        if args[0].startswith("-"):
            return super().resolve_command(ctx, args)
        raise UsageError(f"there is no command {truncate(args[0])}{_did_you_mean(args[0])}")


def _did_you_mean(name: str) -> str:
    action = name.replace("-", "_")
    if action not in API.replacements:
        return suggestions.did_you_mean(name.replace("_", "-"), command_names(), "; see rtm --help")
    candidates = [API.methods[other].command for other in API.replacements[action]]
    return f"; did you mean {' or '.join(candidates)}?"


def command_names() -> list[str]:
    """Name every command: the methods in the reference's order, then the others."""
    return [*(method.command for method in API.methods.values()), *BUILTINS]


def load_command(name: str) -> Command | None:
    """Make the command of that name, or return None."""
    if name in BUILTINS:
        command: Command = import_module(BUILTINS[name].module).command()
        command.summary = BUILTINS[name].summary
        return command
    method = API.methods.get(name.replace("-", "_"))
    return make_method_command(method) if method else None


def run(arguments: Sequence[str]) -> int:
    """Run one command line; return the exit status. The one place where errors are printed."""
    as_json = stderr.wants_json_errors(arguments, os.environ)
    stderr.redactor.add(
        os.environ.get(TOKEN_ENVVAR, "")
    )  # whatever the command line turns out to be
    sys.stdout = make_text_stdout()
    try:
        exit_code = _invoke(arguments)
    except RtmError as error:
        stderr.print_error(error, as_json=as_json)
        return error.exit_code
    except ReaderGone:
        return 141
    except Exception as error:  # noqa: BLE001  # a bug of ours is told like any other error
        stderr.print_error(_internal_error(error), as_json=as_json)
        return RtmError.exit_code
    return exit_code if isinstance(exit_code, int) else 0


def _internal_error(error: Exception) -> RtmError:
    frames = traceback.extract_tb(error.__traceback__)
    location = f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else "?"
    return RtmError(f"this is a bug of rtm: {type(error).__name__} at {location}: {error}")


def _invoke(arguments: Sequence[str]) -> Any:
    try:
        return make_root().main(list(arguments), prog_name="rtm", standalone_mode=False)
    except Exception as error:
        if is_click_usage_error(error):
            raise convert_usage_error(error) from None
        raise


def make_root() -> RootGroup:
    """Make the root command."""
    app = typer.Typer(
        cls=RootGroup,
        add_completion=False,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        invoke_without_command=True,
        context_settings={"help_option_names": ["--help", "-h"]},
    )
    app.callback()(_root_callback)
    root_group = typer.main.get_command(app)
    assert isinstance(root_group, RootGroup)
    return root_group


def _root_callback(
    ctx: typer.Context, version: bool | None = typer.Option(None, "--version")
) -> None:
    if version:
        typer.echo(f"rtm {__version__}")
        raise typer.Exit
    if ctx.invoked_subcommand is None:
        raise UsageError("which command? see rtm --help")
