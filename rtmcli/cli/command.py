"""How rows become a typer command."""

import os
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import typer
from typer.core import TyperCommand
from typer.main import get_command

from rtmcli.catalogue.api import Api
from rtmcli.cli.io import stderr
from rtmcli.cli.io.stdout import write
from rtmcli.cli.io.writer import STDOUT
from rtmcli.cli.options import (
    API_OPTION,
    PROFILE_OPTION,
    Argument,
    Option,
    parse_values,
    typer_signature,
)
from rtmcli.cli.usage_errors import convert_usage_error, is_click_usage_error, set_command
from rtmcli.errors import RtmError, UsageError
from rtmcli.protocol.escaping import truncate
from rtmcli.settings.types import BOOLEAN

if TYPE_CHECKING:
    from rtmcli.cli.help.formatting import CommandHelp, HelpText
    from rtmcli.cli.help.layout import Layout


class Command(TyperCommand):
    """A command whose help is made from its rows."""

    api: Api
    action = ""  # of a method
    summary = ""
    cli_params: Sequence[Option | Argument] = ()
    make_help_text: Callable[[], "HelpText"] | None = None

    def describe(self) -> "CommandHelp":
        """Return everything that the help says of this command."""
        from rtmcli.cli.help.formatting import CommandHelp, HelpText, name_version  # only for help

        name = self.name or ""
        help_text = self.make_help_text() if self.make_help_text else HelpText((f"rtm {name}",))
        first, *others = help_text.example
        help_text = help_text._replace(example=(name_version(self.api, first), *others))
        help_command = name_version(self.api, "rtm help")
        return CommandHelp(
            name, self.summary, self.cli_params, help_text, self.api.version, help_command
        )

    def render_help(self, layout: "Layout | None" = None, *, folded: bool = True) -> str:
        """Return the help as text, by default in the layout of a file."""
        from rtmcli.cli.help.formatting import format_command_help  # only for help
        from rtmcli.cli.help.layout import PLAIN

        return format_command_help(self.describe(), layout or PLAIN, folded=folded)

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Refuse an option in the place of a value, and a second value for one parameter.

        `--text $UNSET --dry-run` would send the text --dry-run, and `--chat-id A --chat-id B` would
        act on one chat only.
        """
        words_after_separator = args[args.index("--") + 1 :] if "--" in args else []
        try:
            _check_words(args, self.cli_params)
            remaining = super().parse_args(ctx, args)
            _check_separator(ctx.params, words_after_separator, self.cli_params)
        except RtmError as error:
            set_command(error, self.name or "", self.action)
            raise
        return remaining

    def make_context(self, *args: Any, **kwargs: Any) -> Any:
        """Parse the command line; raise our own errors instead of typer's."""
        try:
            return super().make_context(*args, **kwargs)
        except Exception as error:
            if is_click_usage_error(error):
                raise convert_usage_error(
                    error, self.name or "", self.cli_params, self.action, self.api
                ) from None
            raise

    def format_help(self, ctx: Any, formatter: Any) -> None:  # noqa: ARG002  # typer's signature
        """Print the help in UTF-8; typer would use the encoding of the environment."""
        from rtmcli.cli.help.layout import layout_for  # only for help

        write(self.render_help(layout_for(STDOUT, os.environ)).encode())
        raise typer.Exit


def _check_words(args: Sequence[str], cli_params: Sequence[Option | Argument]) -> None:
    options = [row for row in cli_params if isinstance(row, Option)]
    flags = {flag: row for row in options for flag in row.all_flags}
    first_flags: dict[str, str] = {}  # of each option that was given
    words = iter(args)
    for word in words:
        if word == "--":
            return
        flag, equals, _ = word.partition("=") if word.startswith("--") else (word, "", "")
        if flag not in flags:
            continue
        row = flags[flag]
        if row.once and row.name in first_flags:
            raise UsageError(_given_twice(first_flags[row.name], flag))
        first_flags[row.name] = flag
        if not equals and row.type is not BOOLEAN and not row.counted:
            value = next(words, "")
            looks_like_flag = value.startswith("--") and value.partition("=")[0] in flags
            if value in flags or value == "--" or looks_like_flag:
                separator = "=" if word.startswith("--") else ""
                raise UsageError(
                    f"{word} needs a value; write {word}{separator}{value} to send that text"
                )


def _given_twice(first: str, second: str) -> str:
    if first == second:
        return f"{first} is given twice; it takes one value"
    return f"{first} and {second} set the same parameter; give one of them"


def _check_separator(
    values: Mapping[str, Any],
    words_after_separator: Sequence[str],
    cli_params: Sequence[Option | Argument],
) -> None:
    for row in cli_params:
        if isinstance(row, Argument) and row.needs_separator:
            words: Sequence[str] = values[row.name] or ()
            if len(words) > len(words_after_separator):
                raise UsageError(
                    f"unexpected argument {truncate(words[0])}; a command goes after --"
                )


def make_command(
    api: Api,
    name: str,
    cli_params: Sequence[Option | Argument],
    run: Callable[[Api, Mapping[str, Any]], int | None],
    make_help_text: Callable[[], "HelpText"] | None = None,
    *,
    action: str = "",
) -> Command:
    """Make a command for a version of the API; `action` is that of a method.

    `run` gets the version and the parsed value of each row by its name, and may return an exit
    status;
    `make_help_text` is called only when help is printed.
    """
    names = {row.name for row in cli_params}
    # Every command takes them, as they decide on the version of the API.
    cli_params = [
        *cli_params,
        *(row for row in (API_OPTION, PROFILE_OPTION) if row.name not in names),
    ]

    def callback(**values: Any) -> int | None:
        stderr.be_quiet(on=bool(values.get("quiet")))
        try:
            if values["api"] not in (None, api.version):
                raise UsageError(
                    f"{API_OPTION.flags[0]} {values['api']} comes too late; write it first"
                )
            return run(api, parse_values(cli_params, values, os.environ))
        except RtmError as error:
            set_command(error, name, action)
            raise

    callback.__signature__ = typer_signature(cli_params)  # type: ignore[attr-defined]  # typer reads it
    app = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)
    app.command(name, cls=Command)(callback)
    command = get_command(app)
    assert isinstance(command, Command)
    command.api, command.action, command.cli_params = api, action, cli_params
    command.make_help_text = make_help_text
    return command
