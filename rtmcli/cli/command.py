"""How typer makes a command out of rows, here and nowhere else."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import typer
from typer.core import TyperCommand
from typer.main import get_command

from rtmcli.cli.options import Argument, Option, signature


class Command(TyperCommand):
    """A command whose help is plain text of our own."""

    help_text: Callable[[], str] | None = None

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Write the help, where the command has one of its own."""
        if self.help_text is None:
            super().format_help(ctx, formatter)
        else:
            formatter.write(self.help_text())


def make_command(
    name: str,
    rows: Iterable[Option | Argument],
    run: Callable[[Mapping[str, Any]], None],
    help_text: Callable[[], str] | None = None,
) -> Command:
    """Make a command; `run` gets the values of all rows by their names."""

    def callback(**options: Any) -> None:
        run(options)

    callback.__signature__ = signature(rows)  # type: ignore[attr-defined]  # typer reads it
    app = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)
    app.command(name, cls=Command)(callback)
    command = get_command(app)
    assert isinstance(command, Command)
    command.help_text = help_text
    return command
