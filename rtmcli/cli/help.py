"""`rtm help`: the help of `rtm` itself, of a command, or of a topic."""

from collections.abc import Mapping
from typing import Any

from rtmcli.catalogue import API
from rtmcli.cli import root_page
from rtmcli.cli.app import OTHERS, command_named, names
from rtmcli.cli.command import Command, make_command
from rtmcli.cli.options import Argument, Option
from rtmcli.cli.output import write
from rtmcli.cli.page import Entry, Guide
from rtmcli.cli.topics import TOPICS, text
from rtmcli.errors import UsageError
from rtmcli.protocol import nearest

_METHODS = [method.command for method in API.methods.values()]
ROWS = (
    Argument(
        "name",
        "[COMMAND|TOPIC]",
        f"A command, or one of {', '.join(TOPICS)}.",
        choices=(*TOPICS, *_METHODS, *OTHERS),
    ),
    Option("man", ("--man",), "Print the manual page: rtm help --man | man -l -"),
)


def command() -> Command:
    """Make the command."""
    return make_command("help", ROWS, run, lambda: Guide(("rtm help exit-statuses",)))


def run(options: Mapping[str, Any]) -> None:
    """Print the help that is asked for."""
    write((man_page() if options["man"] else help_of(options["name"])).encode())


def man_page() -> str:
    """Return the manual page rtm.1."""
    from rtmcli.cli import manual  # noqa: PLC0415  # only for those who ask

    return manual.write(command for name in names() if (command := command_named(name)))


def help_of(name: str | None) -> str:
    """Return the help of a command or topic, of `rtm` itself without a name."""
    if name is None:
        return root_help()
    if name in TOPICS:
        return text(name)
    found = command_named(name)
    if found is None:
        hint = nearest.hint(name, ROWS[0].choices, "; see rtm help")
        raise UsageError(f"there is no command or topic {name}{hint}")
    return found.help_text()


def root_help() -> str:
    """Return the help of `rtm` itself."""
    others = [Entry(name, other.summary) for name, other in OTHERS.items()]
    return root_page.page(others, {name: topic.summary for name, topic in TOPICS.items()})
