"""The manual page `rtm.1`, in the language of man(7), out of the same texts as the help."""

from collections.abc import Iterable, Iterator

from rtmcli import __version__
from rtmcli.cli.command import Command
from rtmcli.cli.options import Argument
from rtmcli.cli.page import GROUPS, HELP, Entry, entry, example, sections_of, usage
from rtmcli.cli.topics import TOPICS, Code, Part, Table

_DESCRIPTION = (
    "rtm calls the LiveChat Agent Chat RTM API from the command line: one command for each of its"
    " methods, and more. Results go to standard output as JSON, errors to standard error; the exit"
    " status tells what became of the call."
)


def write(commands: Iterable[Command]) -> str:
    """Write the page."""
    return "".join(f"{line}\n" for line in _lines(list(commands)))


def _lines(commands: list[Command]) -> Iterator[str]:
    yield f'.TH RTM 1 "" "rtm {__version__}" "User Commands"'
    yield from (".SH NAME", escaped("rtm - scripted calls to the LiveChat Agent Chat RTM API"))
    yield from (".SH SYNOPSIS", escaped("rtm COMMAND [PAYLOAD] [OPTIONS]"))
    yield from (".SH DESCRIPTION", escaped(_DESCRIPTION))
    yield ".SH COMMANDS"
    for command in commands:
        yield from _command(command)
    yield ".SH OPTIONS OF MANY COMMANDS"
    for title, group in GROUPS:
        yield f".SS {escaped(title)}"
        yield from _entries(entry(row) for row in group if not row.hidden)
    yield from _entries([entry(HELP)])
    for name, topic in TOPICS.items():
        yield f".SH {escaped(_TITLES.get(name, name).upper())}"
        for part in topic.parts():
            yield from _part(part)
    yield from (".SH FILES", ".TP", ".I ~/.config/rtmcli/config.toml")
    yield escaped("Profiles and settings; see rtm config --help.")


_TITLES = {"exit-statuses": "exit status"}  # as all manual pages have it


def _command(command: Command) -> Iterator[str]:
    guide = command.described()
    own = [row for row in command.rows if isinstance(row, Argument) or row not in _SHARED]
    yield f".SS {escaped(usage(command.name or '', command.rows))}"
    for number, paragraph in enumerate(f"{command.summary} {guide.about}".split("\n\n")):
        yield from [".PP"] * (number > 0)
        yield escaped(paragraph.strip())
    lines = example(guide.example).splitlines()
    yield from _part(Code(tuple(line.removeprefix("  ") for line in lines)))
    for section in sections_of(own, guide):
        yield from _entries(each for each in section.entries if each.term != entry(HELP).term)
    for section in guide.more:
        yield from (".PP", escaped(f"{section.title}:"))
        yield from _entries(section.entries)
    yield from _entries(guide.facts)


_SHARED = [row for _, group in GROUPS for row in group]


def _part(part: Part) -> Iterator[str]:
    match part:
        case Code(lines):
            yield from (".PP", ".nf", ".RS 4", *map(escaped, lines), ".RE", ".fi")
        case Table(section, _):
            yield from _entries(section.entries)
        case _:
            yield from (".PP", escaped(part))


def _entries(entries: Iterable[Entry]) -> Iterator[str]:
    for term, text in entries:
        yield from (".TP", f".B {escaped(term)}")
        yield escaped(text) if text else "\\&"


def escaped(text: str) -> str:
    """Write text so that roff takes it for nothing else."""
    text = text.replace("\xa0", " ").replace("\\", "\\e").replace("-", "\\-").replace('"', "\\(dq")
    text = "".join(sign if sign < "\x7f" else f"\\[u{ord(sign):04X}]" for sign in text)
    return f"\\&{text}" if text[:1] in (".", "'") else text
