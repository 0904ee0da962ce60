"""The manual page `rtm.1`, in the language of man(7), made from the same texts as the help."""

from collections.abc import Iterable, Iterator, Sequence

from rtmcli import __version__
from rtmcli.catalogue.api import Api
from rtmcli.cli.help.blocks import Block, CodeBlock, Table
from rtmcli.cli.help.formatting import (
    SHARED_OPTIONS,
    CommandHelp,
    HelpEntry,
    build_sections,
    format_example,
    format_usage,
    help_entry,
)
from rtmcli.cli.help.root import description, example
from rtmcli.cli.help.topic_registry import TOPICS, topic_blocks
from rtmcli.cli.options import HELP_OPTION, OPTION_GROUPS, Argument

_HELP_ENTRY = help_entry(HELP_OPTION)
# Topics that man pages have under these titles; they come before the commands.
_SECTION_TITLES = {"exit-statuses": "EXIT STATUS", "environment": "ENVIRONMENT"}
_TOPICS_OF_EXAMPLES = ("tokens", "payload", "streams", "listen")
_SEE_ALSO = "jq(1), systemd.service(5), systemd.exec(5), crontab(5)"


def format_man_page(api: Api, commands: Iterable[CommandHelp]) -> str:
    """Format the page."""
    return "".join(f"{line}\n" for line in _man_lines(api, list(commands)))


def _man_lines(api: Api, commands: Sequence[CommandHelp]) -> Iterator[str]:
    yield f'.TH RTM 1 "" "rtm {__version__}" "User Commands"'
    yield from (".SH NAME", escape_roff("rtm - scripted calls to the LiveChat Agent Chat RTM API"))
    yield from (".SH SYNOPSIS", escape_roff("rtm COMMAND [PAYLOAD] [OPTIONS]"))
    yield from (".SH DESCRIPTION", escape_roff(description(api)))
    yield from _example_lines(api)
    for name, title in _SECTION_TITLES.items():
        yield from _topic_lines(api, name, title)
    yield from (".SH FILES", ".TP", ".I ~/.config/rtmcli/config.toml")
    yield escape_roff(
        "Profiles and settings; RTM_CONFIG or XDG_CONFIG_HOME name another. See rtm config --help."
    )
    yield from (".SH SEE ALSO", escape_roff(_SEE_ALSO), ".PP")
    yield escape_roff("rtm COMMAND --help; rtm help TOPIC, for the topics at the end of this page.")
    yield ".SH COMMANDS"
    for command in commands:
        yield from _command_lines(command)
    yield ".SH OPTIONS OF MANY COMMANDS"
    used = {row for command in commands for row in command.cli_params}
    for group in OPTION_GROUPS:
        yield f".SS {escape_roff(group.title)}"
        yield from _entry_lines(
            help_entry(row) for row in group.options if row in used and not row.hidden
        )
    yield from _entry_lines([_HELP_ENTRY])
    for name in TOPICS:
        if name not in _SECTION_TITLES:
            yield from _topic_lines(api, name, name.upper())


def _example_lines(api: Api) -> Iterator[str]:
    """Yield the first example of each of some topics."""
    yield from (".SH EXAMPLES", "Try it in a sandbox, without an account:")
    yield from _block_lines(CodeBlock((example(api),)))
    for name in _TOPICS_OF_EXAMPLES:
        code = next(block for block in topic_blocks(api, name) if isinstance(block, CodeBlock))
        yield from (".PP", escape_roff(f"{TOPICS[name].summary} See rtm help {name}:"))
        yield from _block_lines(code)


def _topic_lines(api: Api, name: str, title: str) -> Iterator[str]:
    yield f".SH {escape_roff(title)}"
    for block in topic_blocks(api, name):
        yield from _block_lines(block)


def _command_lines(command: CommandHelp) -> Iterator[str]:
    name, cli_params, help_text = command.name, command.cli_params, command.text
    own_params = [
        row for row in cli_params if isinstance(row, Argument) or row not in SHARED_OPTIONS
    ]
    yield f".SS {escape_roff(format_usage(name, cli_params))}"
    for number, paragraph in enumerate(command.paragraphs):
        yield from [".PP"] * (number > 0)
        yield escape_roff(paragraph)
    lines = format_example(help_text.example).splitlines()
    yield from _block_lines(CodeBlock(tuple(line.removeprefix("  ") for line in lines)))
    for section in build_sections(own_params, help_text):
        yield from _entry_lines(entry for entry in section.entries if entry != _HELP_ENTRY)
    for section in help_text.trailing_sections:
        yield from (".PP", escape_roff(f"{section.title}:"))
        yield from _entry_lines(section.entries)
    yield from _entry_lines(help_text.facts)


def _block_lines(block: Block) -> Iterator[str]:
    match block:
        case CodeBlock(lines):
            yield from (".PP", ".nf", ".RS 4", *map(escape_roff, lines), ".RE", ".fi")
        case Table(section, _):
            yield from _entry_lines(section.entries)
        case _:
            yield from (".PP", escape_roff(block))


def _entry_lines(entries: Iterable[HelpEntry]) -> Iterator[str]:
    for term, text in entries:
        yield from (".TP", f".B {escape_roff(term)}")
        yield escape_roff(text) if text else "\\&"


def escape_roff(text: str) -> str:
    """Escape what roff would take for its own syntax, and everything outside ASCII."""
    text = text.replace("\xa0", " ").replace("\\", "\\e").replace("-", "\\-").replace('"', "\\(dq")
    text = "".join(char if char < "\x7f" else f"\\[u{ord(char):04X}]" for char in text)
    return f"\\&{text}" if text[:1] in (".", "'") else text
