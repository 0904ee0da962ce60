"""How typer makes a command out of rows, here and nowhere else."""

import os
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import typer
from typer.core import TyperCommand
from typer.main import get_command

from rtmcli.cli.options import Argument, Option, signature
from rtmcli.cli.output import write
from rtmcli.cli.usage import assign, check_choices, is_usage, usage_error
from rtmcli.errors import RtmError

if TYPE_CHECKING:
    from rtmcli.cli.page import Guide


class Command(TyperCommand):
    """A command whose help is plain text of our own."""

    summary = ""
    rows: Sequence[Option | Argument] = ()
    guide: Callable[[], "Guide"] | None = None

    def described(self) -> "Guide":
        """Return what the help says beside the rows."""
        from rtmcli.cli.page import Guide  # noqa: PLC0415  # only for those who ask

        return self.guide() if self.guide else Guide((f"rtm {self.name}",))

    def help_text(self) -> str:
        """Write the help."""
        from rtmcli.cli.page import page  # noqa: PLC0415  # only for those who ask

        return page(self.name or "", self.summary, self.rows, self.described())

    def make_context(self, *arguments: Any, **more: Any) -> Any:
        """Read the command line; tell what is wrong with it in our words."""
        try:
            return super().make_context(*arguments, **more)
        except Exception as error:
            if is_usage(error):
                raise usage_error(error, self.name or "", self.rows) from None
            raise

    def format_help(self, ctx: Any, formatter: Any) -> None:  # noqa: ARG002  # typer's signature
        """Print the help; typer's own printing would take the encoding of the environment."""
        write(self.help_text().encode())
        raise typer.Exit


def make_command(
    name: str,
    rows: Sequence[Option | Argument],
    run: Callable[[Mapping[str, Any]], int | None],
    guide: Callable[[], "Guide"] | None = None,
) -> Command:
    """Make a command; `run` gets the values of all rows by their names, and may return a status.

    `guide` makes what the help says beside the rows; it is called only where help is asked for.
    """

    def callback(**options: Any) -> int | None:
        try:
            check_choices(options, os.environ)
            return run(options)
        except RtmError as error:
            assign(error, name)
            raise

    callback.__signature__ = signature(rows)  # type: ignore[attr-defined]  # typer reads it
    app = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)
    app.command(name, cls=Command)(callback)
    command = get_command(app)
    assert isinstance(command, Command)
    command.rows = rows
    command.guide = guide
    return command
