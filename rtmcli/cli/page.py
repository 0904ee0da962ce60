"""Help as plain text, 80 columns wide, out of the rows that also make a command."""

import textwrap
from collections.abc import Iterable, Sequence

from rtmcli.cli.options import CONNECTION, INPUT, OUTPUT, PAGES, STREAM, WAIT, Argument, Option
from rtmcli.row import Row

WIDTH = 80
_MARGIN = 2
COLUMN = 30  # where the texts begin; a longer term has its text on the next line
GROUPS = (
    ("More about the payload", INPUT),
    ("Streams of payloads (-)", STREAM),
    ("Confirmation", WAIT),
    ("Pages", PAGES),
    ("Output", OUTPUT),
    ("Connection", CONNECTION),
)
_MANY = 12  # choices; more are not listed
_SHORT = 20  # characters
_TIE = "\xa0"  # a space at which no line is broken
HELP = Option("help", ("--help", "-h"), "Show this help.")


class Entry(Row):
    """A term, such as a flag or a command, and what it means."""

    term: str
    text: str


class Section(Row):
    """Entries under a title."""

    title: str
    entries: Sequence[Entry]


class Guide(Row):
    """What the help of a command says beside its rows."""

    example: tuple[str, ...]  # a command line that runs; it may be broken between these pieces
    about: str = ""  # what to know beyond the summary; an empty line parts paragraphs
    entries: Sequence[Entry] = ()  # what stands before the options
    facts: Sequence[Entry] = ()  # at the end
    title: str = "Arguments"  # of the entries
    more: Sequence[Section] = ()  # behind the options
    complete: bool = False  # whether the entries stand for all rows that are the command's own


def page(name: str, summary: str, rows: Sequence[Option | Argument], guide: Guide) -> str:
    """Write the help of a command: example, usage, what it does, its options, further facts."""
    parts = [
        f"Example:\n{example(guide.example)}",
        f"Usage: {usage(name, rows)}",
        *(textwrap.fill(text, WIDTH) for text in f"{summary} {guide.about}".strip().split("\n\n")),
        *(write_section(section) for section in (*sections_of(rows, guide), *guide.more)),
    ]
    if guide.facts:
        parts.append(write_facts(guide.facts))
    return "\n\n".join(parts) + "\n"


def usage(name: str, rows: Iterable[Option | Argument]) -> str:
    """Spell how a command is called."""
    places = [row.metavar for row in rows if isinstance(row, Argument)]
    before = [place if place[0] == "[" else f"[{place}]" for place in places if "--" not in place]
    after = [place for place in places if "--" in place]
    return " ".join(["rtm", name, *before, "[OPTIONS]", *after])


def sections_of(rows: Sequence[Option | Argument], guide: Guide) -> list[Section]:
    """Sort the rows into sections: the command's own first, then the groups that many share."""
    shown = [row for row in rows if isinstance(row, Argument) or not row.hidden]
    shared = [row for _, group in GROUPS for row in group]
    own = [] if guide.complete else [entry(row) for row in shown if row not in shared]
    groups = [(title, [row for row in group if row in shown]) for title, group in GROUPS]
    titled = [(title, list(map(entry, group))) for title, group in groups if group]
    sections = [(guide.title, guide.entries), ("Options", own), *titled]
    found = [Section(title, entries) for title, entries in sections if entries]
    found[-1] = found[-1]._replace(entries=[*found[-1].entries, entry(HELP)])
    return found


def entry(row: Option | Argument, *labels: str) -> Entry:
    """Describe one row; labels go in brackets behind its text."""
    notes = [*labels]
    if row.many and isinstance(row, Option):
        notes.append("repeatable")
    if not _fits(row.choices) and len(row.choices) <= _MANY:
        notes.insert(0, f"one of {', '.join(row.choices)}")
    return Entry(term(row), noted(row.help, notes))


def noted(text: str, notes: Iterable[str]) -> str:
    """Add notes in brackets; a short one is not broken over lines."""
    tied = [note.replace(" ", _TIE) if len(note) < _SHORT else note for note in notes]
    return f"{text} [{'; '.join(tied)}]".strip() if tied else text


def term(row: Option | Argument) -> str:
    """Spell a row as one types it, the short flag first."""
    value = "|".join(row.choices) if row.choices and _fits(row.choices) else row.metavar
    if isinstance(row, Argument):
        return value
    flags = ", ".join(sorted(map(_short, row.flags), key=lambda flag: flag.startswith("--")))
    return f"{flags} {value}" if value else flags


def _short(flag: str) -> str:
    """Write both forms of a switch as one: `--[no-]force`."""
    positive, both, _ = flag.partition("/")
    return f"--[no-]{positive[2:]}" if both else flag


def _fits(choices: Sequence[str]) -> bool:
    return len("|".join(choices)) <= COLUMN


def write_section(section: Section, column: int = COLUMN, *, one_line: bool = False) -> str:
    """Lay a section out: terms to the left, texts to the right, wrapped unless on `one_line`."""
    lines = [f"{section.title}:"]
    for word, text in section.entries:
        start = " " * _MARGIN + word
        texts = textwrap.wrap(text, WIDTH - column, break_on_hyphens=False)
        texts = [line.replace(_TIE, " ") for line in texts]
        if texts and (one_line or len(start) + 2 <= column):
            start = f"{start}  ".ljust(column) + texts.pop(0)
        lines += [start, *(" " * column + line for line in texts)]
    return "\n".join(lines)


def write_facts(entries: Sequence[Entry]) -> str:
    """Lay facts out as `Label: text`, aligned and wrapped."""
    column = max(len(label) for label, _ in entries) + 3
    return "\n".join(
        textwrap.fill(
            text,
            WIDTH,
            initial_indent=f"{label}:".ljust(column),
            subsequent_indent=" " * column,
            break_on_hyphens=False,
        )
        for label, text in entries
    )


def example(pieces: Iterable[str]) -> str:
    """Break a command line between its pieces, so that it can still be pasted into a shell."""
    first, *others = pieces
    lines = [" " * _MARGIN + first]
    for piece in others:
        if len(lines[-1]) + len(piece) + 3 <= WIDTH:
            lines[-1] += f" {piece}"
        else:
            lines[-1] += " \\"
            lines.append(" " * (_MARGIN + 4) + piece)
    return "\n".join(lines)
