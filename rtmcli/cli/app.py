"""The root command: it makes the one command that is asked for, and no other."""

import os
import sys
import traceback
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

import typer
from typer.core import TyperGroup

from rtmcli import __version__
from rtmcli.catalogue import API
from rtmcli.cli import report
from rtmcli.cli.command import Command
from rtmcli.cli.methods import command_of
from rtmcli.cli.output import ClosedPipe, text_stream, write
from rtmcli.cli.usage import is_usage, usage_error
from rtmcli.errors import RtmError, UsageError
from rtmcli.protocol import nearest
from rtmcli.protocol.escaping import shortened
from rtmcli.row import Row
from rtmcli.settings.rows import TOKEN


class Other(Row):
    """A command that is no method: where it is made, and what it does."""

    module: str  # has a function `command`
    summary: str


OTHERS = {
    "call": Other("rtmcli.cli.call", "Send any action, unchecked."),
    "listen": Other("rtmcli.cli.listen", "Print every push as a JSON line, until stopped."),
    "sandbox": Other("rtmcli.cli.sandbox", "Serve a small, lively licence: no account needed."),
    "methods": Other("rtmcli.cli.catalogue", "What there is to call, as a table or as JSON."),
    "config": Other("rtmcli.cli.config", "Show and change profiles and settings."),
    "doctor": Other("rtmcli.cli.doctor", "Examine configuration, network and login, step by step."),
    "completion": Other("rtmcli.cli.completion", "Print the script that completes at the TAB key."),
    "help": Other("rtmcli.cli.help", "Help for a command or a topic."),
}


class Root(TyperGroup):
    """All commands, by name."""

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ARG002  # typer's signature
        """Make the command of that name; an action's own spelling counts as well."""
        return command_named(cmd_name)

    def format_help(self, ctx: Any, formatter: Any) -> None:  # noqa: ARG002  # typer's signature
        """Print the help of `rtm` itself."""
        from rtmcli.cli.help import root_help  # noqa: PLC0415  # only for those who ask

        write(root_help().encode())
        raise typer.Exit

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Find the command that the first argument names; suggest the nearest for a bad one."""
        command = self.get_command(ctx, args[0])
        if command:  # made once: typer would make it a second time
            return command.name, command, args[1:]
        if args[0].startswith("-"):
            return super().resolve_command(ctx, args)
        raise UsageError(f"there is no command {shortened(args[0])}{_nearest(args[0])}")


def _nearest(name: str) -> str:
    action = name.replace("-", "_")
    if action not in API.not_methods:
        return nearest.hint(name.replace("_", "-"), names(), "; see rtm --help")
    near = [API.methods[other].command for other in API.not_methods[action]]
    return f"; did you mean {' or '.join(near)}?"


def names() -> list[str]:
    """Name every command: the methods in the reference's order, then the others."""
    return [*(method.command for method in API.methods.values()), *OTHERS]


def command_named(name: str) -> Command | None:
    """Make the command of that name, or return None."""
    if name in OTHERS:
        command: Command = import_module(OTHERS[name].module).command()
        command.summary = OTHERS[name].summary
        return command
    method = API.methods.get(name.replace("-", "_"))
    return command_of(method) if method else None


def run(arguments: Sequence[str]) -> int:
    """Run one command line; return the exit status. The one place where errors are printed."""
    as_json = report.wants_json(arguments, os.environ)
    report.HIDDEN.add(os.environ.get(TOKEN, ""))  # whatever the command line turns out to be
    sys.stdout = text_stream()
    try:
        status = _obey(arguments)
    except RtmError as error:
        report.error(error, as_json=as_json)
        return error.status
    except ClosedPipe:
        return 141
    except Exception as error:  # noqa: BLE001  # a bug of ours is told like any other error
        report.error(_bug(error), as_json=as_json)
        return RtmError.status
    return status if isinstance(status, int) else 0


def _bug(error: Exception) -> RtmError:
    frames = traceback.extract_tb(error.__traceback__)
    place = f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else "?"
    return RtmError(f"this is a bug of rtm: {type(error).__name__} at {place}: {error}")


def _obey(arguments: Sequence[str]) -> Any:
    try:
        return root().main(list(arguments), prog_name="rtm", standalone_mode=False)
    except Exception as error:
        if is_usage(error):
            raise usage_error(error) from None
        raise


def root() -> Root:
    """Make the root command."""
    app = typer.Typer(
        cls=Root,
        add_completion=False,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        invoke_without_command=True,
        context_settings={"help_option_names": ["--help", "-h"]},
    )
    app.callback()(_start)
    group = typer.main.get_command(app)
    assert isinstance(group, Root)
    return group


def _start(ctx: typer.Context, version: bool | None = typer.Option(None, "--version")) -> None:
    if version:
        typer.echo(f"rtm {__version__}")
        raise typer.Exit
    if ctx.invoked_subcommand is None:
        raise UsageError("which command? see rtm --help")
