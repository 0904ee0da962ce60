"""How typer makes a command out of rows, here and nowhere else."""

import os
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import typer
from typer.core import TyperCommand
from typer.main import get_command

from rtmcli.cli.io.stdout import write
from rtmcli.cli.options import Argument, Option, typer_signature
from rtmcli.cli.usage_errors import (
    check_choices,
    convert_usage_error,
    is_click_usage_error,
    set_command,
)
from rtmcli.errors import RtmError

if TYPE_CHECKING:
    from rtmcli.cli.help.formatting import HelpText


class Command(TyperCommand):
    """A command whose help is plain text of our own."""

    summary = ""
    cli_params: Sequence[Option | Argument] = ()
    make_help_text: Callable[[], "HelpText"] | None = None

    def get_help_text(self) -> "HelpText":
        """Return what the help says beside the rows."""
        from rtmcli.cli.help.formatting import HelpText  # only for those who ask

        return self.make_help_text() if self.make_help_text else HelpText((f"rtm {self.name}",))

    def render_help(self) -> str:
        """Write the help."""
        from rtmcli.cli.help.formatting import (
            format_command_help,  # only for those who ask
        )

        return format_command_help(
            self.name or "", self.summary, self.cli_params, self.get_help_text()
        )

    def make_context(self, *args: Any, **kwargs: Any) -> Any:
        """Read the command line; tell what is wrong with it in our words."""
        try:
            return super().make_context(*args, **kwargs)
        except Exception as error:
            if is_click_usage_error(error):
                raise convert_usage_error(error, self.name or "", self.cli_params) from None
            raise

    def format_help(self, ctx: Any, formatter: Any) -> None:  # noqa: ARG002  # typer's signature
        """Print the help; typer's own printing would take the encoding of the environment."""
        write(self.render_help().encode())
        raise typer.Exit


def make_command(
    name: str,
    cli_params: Sequence[Option | Argument],
    run: Callable[[Mapping[str, Any]], int | None],
    make_help_text: Callable[[], "HelpText"] | None = None,
) -> Command:
    """Make a command; `run` gets the values of all rows by their names, and may return a status.

    `guide` makes what the help says beside the rows; it is called only where help is asked for.
    """

    def callback(**options: Any) -> int | None:
        try:
            check_choices(options, os.environ)
            return run(options)
        except RtmError as error:
            set_command(error, name)
            raise

    callback.__signature__ = typer_signature(cli_params)  # type: ignore[attr-defined]  # typer reads it
    app = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)
    app.command(name, cls=Command)(callback)
    command = get_command(app)
    assert isinstance(command, Command)
    command.cli_params = cli_params
    command.make_help_text = make_help_text
    return command
