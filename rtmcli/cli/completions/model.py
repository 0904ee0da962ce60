"""What there is to complete: commands, their flags and places, and what each takes."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import Enum

from rtmcli.cli.command import Command
from rtmcli.cli.options import (
    CONNECTION,
    INPUT,
    OUTPUT,
    PAGES,
    STREAM,
    WAIT,
    Argument,
    Option,
)
from rtmcli.cli.page import HELP
from rtmcli.row import Row


class Takes(Enum):
    """What may stand in a place."""

    NOTHING = "nothing"  # a switch
    TEXT = "text"  # whatever it is, no shell knows it
    WORDS = "words"  # one of some words
    FILE = "file"
    JSON = "json"  # JSON text, or a file after @
    PROFILE = "profile"
    COMMAND = "command"  # another command line


class Value(Row):
    """What a place takes, and the words where it takes some."""

    takes: Takes
    words: tuple[str, ...] = ()


class Flag(Row):
    """One flag as it is typed."""

    flag: str
    help: str
    value: Value
    many: bool
    metavar: str


class Place(Row):
    """What a positional argument takes."""

    name: str
    value: Value
    many: bool


class Subject(Row):
    """One command."""

    name: str
    summary: str
    groups: tuple[str, ...]  # the names of the groups of flags that it has
    flags: tuple[Flag, ...]  # its own
    places: tuple[Place, ...]


class Script(Row):
    """All that a script knows."""

    subjects: tuple[Subject, ...]
    groups: Mapping[str, tuple[Flag, ...]]
    config: str  # the configuration file, below the user's folder for such files

    def flags(self, subject: Subject) -> list[Flag]:
        """List all flags of a command."""
        return [*subject.flags, *(flag for name in subject.groups for flag in self.groups[name])]


_GROUPS: Mapping[str, Sequence[Option]] = {
    "input": INPUT,
    "stream": STREAM,
    "wait": WAIT,
    "pages": PAGES,
    "output": OUTPUT,
    "connection": CONNECTION,
}
_BY_METAVAR = {
    "PATH": Takes.FILE,
    "FILE": Takes.FILE,
    "JSON": Takes.JSON,
    "PAYLOAD": Takes.JSON,
    "[-- COMMAND…]": Takes.COMMAND,
}


def script(commands: Iterable[Command], config: str) -> Script:
    """Collect what there is to complete."""
    groups = {name: tuple(flags(group)) for name, group in _GROUPS.items()}
    return Script(tuple(map(_subject, commands)), groups, config)


def _subject(command: Command) -> Subject:
    names = [name for name, group in _GROUPS.items() if set(group) <= set(command.rows)]
    shared = {row for name in names for row in _GROUPS[name]}
    own = [row for row in command.rows if isinstance(row, Option) and row not in shared]
    places = tuple(
        Place(row.metavar.strip("[]").lower(), value_of(row), row.many)
        for row in command.rows
        if isinstance(row, Argument)
    )
    assert command.name
    return Subject(
        command.name, plain(command.summary), tuple(names), tuple(flags([*own, HELP])), places
    )


def flags(rows: Iterable[Option]) -> Iterator[Flag]:
    """Yield every flag that is not hidden, in each of its spellings."""
    for row in rows:
        for spelled in () if row.hidden else row.flags:
            for flag in spelled.split("/"):
                yield Flag(
                    flag, plain(row.help), value_of(row), row.many or row.counts, row.metavar
                )


def value_of(row: Option | Argument) -> Value:
    """Say what a row takes."""
    if row.choices:
        return Value(Takes.WORDS, row.choices)
    if isinstance(row, Option) and not row.metavar:
        return Value(Takes.NOTHING)
    if row.name == "profile":
        return Value(Takes.PROFILE)
    return Value(_BY_METAVAR.get(row.metavar, Takes.TEXT))


def plain(text: str) -> str:
    """Return a help text without its notes and its full stop."""
    return text.partition(" [")[0].removesuffix(".")
