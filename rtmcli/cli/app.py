"""The root command, which makes only the command that runs; the one place that prints errors."""

import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import typer
from typer.core import TyperGroup

from rtmcli import __version__
from rtmcli.catalogue.api import Api
from rtmcli.catalogue.versions import DEFAULT_VERSION, VERSIONS, load
from rtmcli.cli import registry, renames
from rtmcli.cli.io import stderr
from rtmcli.cli.io.stdout import make_text_stdout, write
from rtmcli.cli.io.writer import STDOUT, ReaderGone
from rtmcli.cli.usage_errors import convert_usage_error, is_click_usage_error, set_command
from rtmcli.errors import RtmError, UsageError, describe_exception, unexpected_error
from rtmcli.protocol.escaping import truncate
from rtmcli.settings import api_version
from rtmcli.settings.definitions import TOKEN_ENVVAR

if TYPE_CHECKING:
    from rtmcli.cli.help.layout import Layout

_FLAGS_BEFORE_COMMAND = ("--api", "--profile")
# Commands that help to fix a configuration, or need none.
_INDEPENDENT_COMMANDS = ("help", "completion", "config", "doctor", "sandbox")


class RootGroup(TyperGroup):
    """All commands of a version of the API, by name."""

    api: Api

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ARG002  # typer's signature
        """Make the command of that name, or return None."""
        return registry.load_command(self.api, cmd_name)

    def format_help(self, ctx: Any, formatter: Any) -> None:  # noqa: ARG002  # typer's signature
        """Print the help of `rtm` itself."""
        from rtmcli.cli.commands.help import root_help  # only for --help

        write(root_help(self.api, _help_layout(STDOUT)).encode())
        raise typer.Exit

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Return the command that the first argument names; raise `UsageError` for another."""
        command = self.get_command(ctx, args[0])
        if command:  # typer's own method would make it twice
            return command.name, command, args[1:]
        if args[0].startswith("-"):
            return super().resolve_command(ctx, args)
        if hint := renames.command_hint(self.api, args[0]):
            raise UsageError(hint)
        hint = registry.did_you_mean(self.api, args[0])
        raise UsageError(f"unknown command {truncate(args[0])}{hint}")


def run(arguments: Sequence[str]) -> int:
    """Run one command line; print an error; return the exit status."""
    as_json = stderr.wants_json_errors(arguments, os.environ)
    stderr.use_json(on=as_json)
    # Before anything is parsed: an error may quote the command line.
    stderr.redactor.add(os.environ.get(TOKEN_ENVVAR, ""))
    sys.stdout = make_text_stdout()
    try:
        api, arguments = _choose_api(arguments)
        stderr.use_api(api)
        exit_code = _invoke(api, arguments)
    except RtmError as error:
        return _report(error, as_json=as_json)
    except ReaderGone:
        return 141
    except Exception as error:  # noqa: BLE001  # a bug is reported like any other error
        return _report(RtmError(unexpected_error(error).message), as_json=as_json)
    return exit_code if isinstance(exit_code, int) else 0


def _report(error: RtmError, *, as_json: bool) -> int:
    """Print an error, without its text if that fails; return the exit status."""
    try:
        stderr.print_error(error, as_json=as_json)
    except Exception as failure:  # noqa: BLE001  # the exit status stays that of the error
        request = f" (request {error.request_id})" if error.request_id else ""
        stderr.write_unformatted(f"{error.status}{request}: {describe_exception(failure)}")
    return error.exit_code


def _choose_api(arguments: Sequence[str]) -> tuple[Api, list[str]]:
    """Choose the version of the API; return it, and the arguments with the command first."""
    flags = api_version.find_flags(arguments)
    moved, command = _split_at_command(arguments)
    try:
        version = api_version.choose_version(flags, os.environ).value
    except UsageError as error:
        is_help = not {"--help", "-h"}.isdisjoint(arguments)
        if "api" in flags or not (is_help or (command[:1] or [""])[0] in _INDEPENDENT_COMMANDS):
            set_command(error, command[0] if command else "", _action_of(command))
            raise
        version = DEFAULT_VERSION
        if not {"--verbose", "-v"}.isdisjoint(arguments):
            stderr.write_line(f"rtm: using API {version}: {error.message}")
    return load(version), [*command[:1], *moved, *command[1:]]


def _action_of(command: Sequence[str]) -> str:
    """Return the action that an error is about, if any version has it."""
    action = command[0].replace("-", "_") if command else ""
    return action if any(action in load(version).methods for version in VERSIONS) else ""


def _split_at_command(arguments: Sequence[str]) -> tuple[list[str], list[str]]:
    """Separate `--api` and `--profile` before the command, which belong behind it."""
    moved: list[str] = []
    others: list[str] = []
    words = list(arguments)
    while words and words[0].startswith("-"):
        flag, separator, _ = words[0].partition("=")
        target = moved if flag in _FLAGS_BEFORE_COMMAND else others
        count = 2 if target is moved and not separator else 1
        target += words[:count]
        words = words[count:]
    if others or not words:  # of `rtm` itself
        return [], [*others, *words]
    return moved, words


def _invoke(api: Api, arguments: Sequence[str]) -> Any:
    try:
        return make_root(api).main(list(arguments), prog_name="rtm", standalone_mode=False)
    except Exception as error:
        if is_click_usage_error(error):
            raise convert_usage_error(error) from None
        raise


def make_root(api: Api) -> RootGroup:
    """Make the root command for a version of the API."""
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
    root_group.api = api
    return root_group


def _help_layout(fd: int) -> "Layout":
    from rtmcli.cli.help.layout import layout_for  # only for help

    return layout_for(fd, os.environ)


def _root_callback(
    ctx: typer.Context, version: bool | None = typer.Option(None, "--version")
) -> None:
    if version:
        typer.echo(f"rtm {__version__}")
        raise typer.Exit
    if ctx.invoked_subcommand is None:
        from rtmcli.cli.commands.help import root_help  # rarely needed

        api: Api = ctx.command.api  # type: ignore[attr-defined]  # RootGroup
        stderr.write_help(root_help(api, _help_layout(stderr.STDERR)))
        raise UsageError("which command? see rtm --help")
