"""`rtm help`: the help of `rtm` itself, of a command, or of a topic."""

import os
from collections.abc import Mapping
from typing import Any

from rtmcli.catalogue.api import Api
from rtmcli.cli.command import Command, make_command
from rtmcli.cli.help import root
from rtmcli.cli.help.formatting import HelpEntry, HelpText
from rtmcli.cli.help.layout import PLAIN, Layout, layout_for
from rtmcli.cli.help.topic_registry import TOPICS, format_topic
from rtmcli.cli.io.stdout import write
from rtmcli.cli.io.writer import STDOUT
from rtmcli.cli.options import Argument, Option
from rtmcli.cli.registry import BUILTINS, command_names, load_all_commands, load_command
from rtmcli.errors import UsageError
from rtmcli.protocol import suggestions
from rtmcli.protocol.escaping import truncate
from rtmcli.settings import types


def command(api: Api) -> Command:
    """Make the command."""
    cli_params = (
        Argument(
            "name",
            types.any_text("[COMMAND|TOPIC]", [*TOPICS, *command_names(api)]),
            f"A command, or one of {', '.join(TOPICS)}.",
        ),
        Argument("section", types.any_text("[RECIPE]"), "After recipes: the one to print."),
        Option(
            "all_options", ("--all",), "Describe every option, also those that a page only names."
        ),
        Option("man", ("--man",), "Print the manual page: rtm help --man | man -l -"),
    )
    return make_command(api, "help", cli_params, run, lambda: HelpText(("rtm help exit-statuses",)))


def run(api: Api, options: Mapping[str, Any]) -> None:
    """Print the help or the manual page."""
    if options["man"]:
        write(man_page(api).encode())
        return
    layout = layout_for(STDOUT, os.environ)
    name, section, folded = options["name"], options["section"], not options["all_options"]
    write(help_for(api, name, layout, section=section, folded=folded).encode())


def man_page(api: Api) -> str:
    """Return the manual page rtm.1."""
    from rtmcli.cli.help import man  # only for --man

    return man.format_man_page(api, (command.describe() for command in load_all_commands(api)))


def help_for(
    api: Api,
    name: str | None,
    layout: Layout = PLAIN,
    *,
    section: str | None = None,
    folded: bool = True,
) -> str:
    """Return the help of a command or topic; without a name, that of `rtm` itself.

    A topic takes precedence over a command, unless every option is to be described.
    """
    if name is None:
        return root_help(api, layout)
    if name in TOPICS and (folded or name not in command_names(api)):
        return format_topic(api, name, layout, section)
    if section is not None:
        raise UsageError(f"unexpected argument {truncate(section)}; see rtm help {name}")
    subject_command = load_command(api, name)
    if subject_command is None:
        hint = suggestions.did_you_mean(name, [*TOPICS, *command_names(api)], "; see rtm help")
        raise UsageError(f"unknown command or topic {name}{hint}")
    return subject_command.render_help(layout, folded=folded)


def root_help(api: Api, layout: Layout = PLAIN) -> str:
    """Return the help of `rtm` itself."""
    builtin_entries = [HelpEntry(name, builtin.summary) for name, builtin in BUILTINS.items()]
    topic_summaries = {name: topic.summary for name, topic in TOPICS.items()}
    return root.format_root_help(api, builtin_entries, topic_summaries, layout)
