"""Help as plain text, 80 columns wide, out of the rows that also make a command."""

import textwrap
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from rtmcli.cli.options import (
    CONNECTION_OPTIONS,
    OUTPUT_OPTIONS,
    PAGINATION_OPTIONS,
    PAYLOAD_OPTIONS,
    STREAM_OPTIONS,
    WAIT_OPTIONS,
    Argument,
    Option,
)

WIDTH = 80
_INDENT = 2
TEXT_COLUMN = 30  # where the texts begin; a longer term has its text on the next line
OPTION_GROUPS = (
    ("More about the payload", PAYLOAD_OPTIONS),
    ("Streams of payloads (-)", STREAM_OPTIONS),
    ("Confirmation", WAIT_OPTIONS),
    ("Pages", PAGINATION_OPTIONS),
    ("Output", OUTPUT_OPTIONS),
    ("Connection", CONNECTION_OPTIONS),
)
_MAX_LISTED_CHOICES = 12  # choices; more are not listed
_MIN_WRAPPED_NOTE = 20  # characters
_NBSP = "\xa0"  # a space at which no line is broken
HELP_OPTION = Option("help", ("--help", "-h"), "Show this help.")


class HelpEntry(NamedTuple):
    """A term, such as a flag or a command, and what it means."""

    term: str
    text: str


class HelpSection(NamedTuple):
    """Entries under a title."""

    title: str
    entries: Sequence[HelpEntry]


class HelpText(NamedTuple):
    """What the help of a command says beside its rows."""

    example: tuple[str, ...]  # a command line that runs; it may be broken between these pieces
    description: str = ""  # what to know beyond the summary; an empty line parts paragraphs
    leading_entries: Sequence[HelpEntry] = ()  # what stands before the options
    facts: Sequence[HelpEntry] = ()  # at the end
    leading_title: str = "Arguments"  # of the entries
    trailing_sections: Sequence[HelpSection] = ()  # behind the options
    replaces_own_options: bool = (
        False  # whether the entries stand for all rows that are the command's own
    )


def format_command_help(
    name: str, summary: str, cli_params: Sequence[Option | Argument], help_text: HelpText
) -> str:
    """Write the help of a command: example, usage, what it does, its options, further facts."""
    parts = [
        f"Example:\n{format_example(help_text.example)}",
        f"Usage: {format_usage(name, cli_params)}",
        *(
            textwrap.fill(text, WIDTH)
            for text in f"{summary} {help_text.description}".strip().split("\n\n")
        ),
        *(
            format_section(section)
            for section in (*build_sections(cli_params, help_text), *help_text.trailing_sections)
        ),
    ]
    if help_text.facts:
        parts.append(format_facts(help_text.facts))
    return "\n\n".join(parts) + "\n"


def format_usage(name: str, cli_params: Iterable[Option | Argument]) -> str:
    """Spell how a command is called."""
    metavars = [row.metavar for row in cli_params if isinstance(row, Argument)]
    before_options = [
        place if place[0] == "[" else f"[{place}]" for place in metavars if "--" not in place
    ]
    after_options = [place for place in metavars if "--" in place]
    return " ".join(["rtm", name, *before_options, "[OPTIONS]", *after_options])


def build_sections(
    cli_params: Sequence[Option | Argument], help_text: HelpText
) -> list[HelpSection]:
    """Sort the rows into sections: the command's own first, then the groups that many share."""
    visible = [row for row in cli_params if isinstance(row, Argument) or not row.hidden]
    shared = [row for _, group in OPTION_GROUPS for row in group]
    own_entries = (
        []
        if help_text.replaces_own_options
        else [help_entry(row) for row in visible if row not in shared]
    )
    groups = [(title, [row for row in group if row in visible]) for title, group in OPTION_GROUPS]
    group_entries = [(title, list(map(help_entry, group))) for title, group in groups if group]
    sections = [
        (help_text.leading_title, help_text.leading_entries),
        ("Options", own_entries),
        *group_entries,
    ]
    nonempty = [HelpSection(title, entries) for title, entries in sections if entries]
    nonempty[-1] = nonempty[-1]._replace(entries=[*nonempty[-1].entries, help_entry(HELP_OPTION)])
    return nonempty


def help_entry(cli_param: Option | Argument, *notes: str) -> HelpEntry:
    """Describe one row; labels go in brackets behind its text."""
    all_notes = [*notes]
    if cli_param.multiple and isinstance(cli_param, Option):
        all_notes.append("repeatable")
    if not _fits_in_term(cli_param.choices) and len(cli_param.choices) <= _MAX_LISTED_CHOICES:
        all_notes.insert(0, f"one of {', '.join(cli_param.choices)}")
    return HelpEntry(format_term(cli_param), with_notes(cli_param.help, all_notes))


def with_notes(text: str, notes: Iterable[str]) -> str:
    """Add notes in brackets; a short one is not broken over lines."""
    unbroken = [
        note.replace(" ", _NBSP) if len(note) < _MIN_WRAPPED_NOTE else note for note in notes
    ]
    return f"{text} [{'; '.join(unbroken)}]".strip() if unbroken else text


def format_term(cli_param: Option | Argument) -> str:
    """Spell a row as one types it, the short flag first."""
    value = (
        "|".join(cli_param.choices)
        if cli_param.choices and _fits_in_term(cli_param.choices)
        else cli_param.metavar
    )
    if isinstance(cli_param, Argument):
        return value
    flags = ", ".join(
        sorted(map(_merge_negation, cli_param.flags), key=lambda flag: flag.startswith("--"))
    )
    return f"{flags} {value}" if value else flags


def _merge_negation(flag: str) -> str:
    """Write both forms of a switch as one: `--[no-]force`."""
    positive, negative, _ = flag.partition("/")
    return f"--[no-]{positive[2:]}" if negative else flag


def _fits_in_term(choices: Sequence[str]) -> bool:
    return len("|".join(choices)) <= TEXT_COLUMN


def format_section(
    section: HelpSection, column: int = TEXT_COLUMN, *, one_line: bool = False
) -> str:
    """Lay a section out: terms to the left, texts to the right, wrapped unless on `one_line`."""
    lines = [f"{section.title}:"]
    for term, text in section.entries:
        first_line = " " * _INDENT + term
        text_lines = textwrap.wrap(text, WIDTH - column, break_on_hyphens=False)
        text_lines = [line.replace(_NBSP, " ") for line in text_lines]
        if text_lines and (one_line or len(first_line) + 2 <= column):
            first_line = f"{first_line}  ".ljust(column) + text_lines.pop(0)
        lines += [first_line, *(" " * column + line for line in text_lines)]
    return "\n".join(lines)


def format_facts(entries: Sequence[HelpEntry]) -> str:
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


def format_example(pieces: Iterable[str]) -> str:
    """Break a command line between its pieces, so that it can still be pasted into a shell."""
    first, *others = pieces
    lines = [" " * _INDENT + first]
    for piece in others:
        if len(lines[-1]) + len(piece) + 3 <= WIDTH:
            lines[-1] += f" {piece}"
        else:
            lines[-1] += " \\"
            lines.append(" " * (_INDENT + 4) + piece)
    return "\n".join(lines)
