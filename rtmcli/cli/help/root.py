"""The help of `rtm` itself: every command on one line."""

from collections.abc import Iterable, Mapping

from rtmcli.catalogue.api import Api
from rtmcli.cli.help.formatting import (
    HelpEntry,
    HelpSection,
    fill,
    format_section,
    help_entry,
    name_version,
)
from rtmcli.cli.help.layout import PLAIN, Layout
from rtmcli.cli.options import HELP_OPTION, VERSION_OPTION


def description(api: Api) -> str:
    """Say in a few sentences what `rtm` is."""
    return (
        f"Scripted calls to the LiveChat Agent Chat RTM API v{api.version}: one command for each"
        " method, and more. Results go to standard output as JSON, errors to standard error; the"
        " exit status says how the call ended."
    )


def example(api: Api) -> str:
    """Return a command line that needs no account."""
    command = api.methods[api.list_action].command
    return name_version(api, f"rtm sandbox -- rtm {command} --pretty")


def format_root_help(
    api: Api,
    builtin_entries: Iterable[HelpEntry],
    topic_summaries: Mapping[str, str],
    layout: Layout = PLAIN,
) -> str:
    """Format the help; `builtin_entries` are the commands that are not methods."""
    sections = [
        *(
            HelpSection(
                chapter.title.capitalize(),
                [HelpEntry(method.command, method.summary) for method in chapter.methods],
            )
            for chapter in api.methods.chapters
        ),
        HelpSection("Other commands", list(builtin_entries)),
        HelpSection(
            "Topics of rtm help", [HelpEntry(name, text) for name, text in topic_summaries.items()]
        ),
        HelpSection("Options", [help_entry(VERSION_OPTION), help_entry(HELP_OPTION)]),
    ]
    parts = [
        f"{layout.heading('Example (no account needed)')}\n  {example(api)}",
        f"{layout.heading('Usage')} rtm COMMAND [PAYLOAD] [OPTIONS]\n       rtm COMMAND --help",
        fill(description(api), layout),
        *(format_section(section, one_line=True, layout=layout) for section in sections),
    ]
    return "\n\n".join(parts) + "\n"
