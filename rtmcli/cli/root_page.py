"""The help of `rtm` itself: every command on one line."""

import textwrap
from collections.abc import Iterable, Mapping

from rtmcli.catalogue import API
from rtmcli.cli.options import Option
from rtmcli.cli.page import HELP, WIDTH, Entry, Section, entry, write_section

VERSION = Option("version", ("--version",), "Print the version.")
_ABOUT = (
    f"Scripted calls to the LiveChat Agent Chat RTM API v{API.version}: one command for each of its"
    " methods, and more. Results go to standard output as JSON, errors to standard error; the exit"
    " status tells what became of the call."
)


def page(others: Iterable[Entry], topics: Mapping[str, str]) -> str:
    """Write the help; `others` are the commands that are no methods, `topics` have summaries."""
    sections = [
        *(
            Section(
                chapter.title.capitalize(),
                [Entry(method.command, method.summary) for method in chapter.methods],
            )
            for chapter in API.methods.chapters
        ),
        Section("Other commands", list(others)),
        Section("Topics of rtm help", [Entry(name, text) for name, text in topics.items()]),
        Section("Options", [entry(VERSION), entry(HELP)]),
    ]
    parts = [
        "Example (no account needed):\n  rtm sandbox -- rtm get-customers --pretty",
        "Usage: rtm COMMAND [PAYLOAD] [OPTIONS]\n       rtm COMMAND --help",
        textwrap.fill(_ABOUT, WIDTH),
        *(write_section(section, one_line=True) for section in sections),
    ]
    return "\n\n".join(parts) + "\n"
