"""Help as text, made from the rows of a command."""

import textwrap
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from rtmcli.catalogue.api import Api
from rtmcli.catalogue.versions import DEFAULT_VERSION
from rtmcli.cli.help.layout import PLAIN, Layout
from rtmcli.cli.options import HELP_OPTION, OPTION_GROUPS, Argument, Option, OptionGroup

TEXT_COLUMN = 30  # where texts begin; the text of a longer term begins on the next line
SHARED_OPTIONS = {row for group in OPTION_GROUPS for row in group.options}
_INDENT = 2
_MAX_LISTED_CHOICES = 12  # longer lists of choices are left out
_MIN_WRAPPED_NOTE = 20  # characters; shorter notes are not broken over lines
_NBSP = "\xa0"  # textwrap breaks no line here


class HelpEntry(NamedTuple):
    """A term, such as a flag or a command, and what it means."""

    term: str
    text: str


class HelpSection(NamedTuple):
    """Entries under a title."""

    title: str
    entries: Sequence[HelpEntry]


class HelpText(NamedTuple):
    """What the help of a command says besides its rows."""

    example: tuple[str, ...]  # a command line that runs; lines may break between these pieces
    description: str = ""  # follows the summary; an empty line separates paragraphs
    leading_entries: Sequence[HelpEntry] = ()  # before the options
    facts: Sequence[HelpEntry] = ()  # at the end
    leading_title: str = "Arguments"  # of `leading_entries`
    trailing_sections: Sequence[HelpSection] = ()  # after the options
    replaces_own_options: bool = False  # `leading_entries` describe the command's own rows
    folded_entries: Sequence[HelpEntry] = ()  # a shorter form of `leading_entries`


class CommandHelp(NamedTuple):
    """A command as its help describes it."""

    name: str
    summary: str
    cli_params: Sequence[Option | Argument]
    text: HelpText
    api_version: str = ""  # which it describes
    help_command: str = "rtm help"  # for that version

    @property
    def paragraphs(self) -> list[str]:
        """Return the summary and the description."""
        return f"{self.summary} {self.text.description}".strip().split("\n\n")


def format_command_help(
    command: CommandHelp, layout: Layout = PLAIN, *, folded: bool = True
) -> str:
    """Format the help of a command: example, usage, description, options, facts.

    If it is folded, it only names the options of topics and the members of filters.
    """
    name, cli_params, help_text = command.name, command.cli_params, command.text
    topics = [group for group in OPTION_GROUPS if folded and _is_folded(group, cli_params)]
    if folded and help_text.folded_entries:
        help_text = help_text._replace(leading_entries=help_text.folded_entries)
    hidden_rows = {row for group in topics for row in group.options}
    shown = [row for row in cli_params if row not in hidden_rows]
    sections = [*build_sections(shown, help_text), *help_text.trailing_sections]
    is_folded = folded and bool(topics or help_text.folded_entries)
    pointers = [*_pointers(command, topics)] if is_folded else []
    parts = [
        f"{layout.heading('Example')}\n{format_example(help_text.example, layout)}",
        f"{layout.heading('Usage')} {format_usage(name, cli_params)}",
        *(fill(text, layout) for text in command.paragraphs),
        *(format_section(section, layout=layout) for section in sections),
        *(format_facts(facts, layout) for facts in (pointers, help_text.facts) if facts),
    ]
    return "\n\n".join(parts) + "\n"


def _is_folded(group: OptionGroup, cli_params: Sequence[Option | Argument]) -> bool:
    """Return whether a page only names the options of a group: not if it is only one."""
    return bool(group.topic) and len(_visible_options(group, cli_params)) > 1


def _visible_options(group: OptionGroup, cli_params: Sequence[Option | Argument]) -> list[Option]:
    return [row for row in group.options if row in cli_params and not row.hidden]


def _pointers(command: CommandHelp, groups: Iterable[OptionGroup]) -> Iterator[HelpEntry]:
    """Name the options of folded groups and where they are described, and the API version."""
    for group in groups:
        flags = ", ".join(map(format_flags, _visible_options(group, command.cli_params)))
        text = f"{flags}: see {command.help_command} {group.topic}"
        yield HelpEntry(group.topic.capitalize(), text)
    yield HelpEntry("All options", f"{command.help_command} {command.name} --all")
    if command.api_version:
        yield HelpEntry("API", f"{command.api_version}; see rtm help api-versions")


def fill(text: str, layout: Layout = PLAIN) -> str:
    """Break a paragraph over lines."""
    return textwrap.fill(text, layout.width, break_on_hyphens=False)


def format_usage(name: str, cli_params: Iterable[Option | Argument]) -> str:
    """Format the usage line of a command."""
    metavars = [row.type.metavar for row in cli_params if isinstance(row, Argument)]
    before_options = [
        metavar if metavar[0] == "[" else f"[{metavar}]"
        for metavar in metavars
        if "--" not in metavar
    ]
    after_options = [metavar for metavar in metavars if "--" in metavar]
    return " ".join(["rtm", name, *before_options, "[OPTIONS]", *after_options])


def build_sections(
    cli_params: Sequence[Option | Argument], help_text: HelpText
) -> list[HelpSection]:
    """Sort the rows into sections: the command's own, then each group of shared options."""
    visible = [row for row in cli_params if isinstance(row, Argument) or not row.hidden]
    own = [] if help_text.replaces_own_options else visible
    sections = [
        HelpSection(help_text.leading_title, help_text.leading_entries),
        HelpSection("Options", [help_entry(row) for row in own if row not in SHARED_OPTIONS]),
        *(
            HelpSection(group.title, [help_entry(row) for row in group.options if row in visible])
            for group in OPTION_GROUPS
        ),
    ]
    nonempty = [section for section in sections if section.entries]
    nonempty[-1] = nonempty[-1]._replace(entries=[*nonempty[-1].entries, help_entry(HELP_OPTION)])
    return nonempty


def help_entry(cli_param: Option | Argument, *notes: str) -> HelpEntry:
    """Describe one row; notes follow its text in brackets."""
    all_notes = [*notes]
    if isinstance(cli_param, Option):
        all_notes += cli_param.notes
        all_notes += ["repeatable"] * (cli_param.multiple or cli_param.counted)
    choices = cli_param.type.choices
    if not _fits_in_term(choices) and len(choices) <= _MAX_LISTED_CHOICES:
        all_notes.insert(0, f"one of {', '.join(choices)}")
    return HelpEntry(format_term(cli_param), with_notes(cli_param.help, all_notes))


def with_notes(text: str, notes: Iterable[str]) -> str:
    """Add notes in brackets; lines do not break within a short one."""
    unbroken = [
        note.replace(" ", _NBSP) if len(note) < _MIN_WRAPPED_NOTE else note for note in notes
    ]
    return f"{text} [{'; '.join(unbroken)}]".strip() if unbroken else text


def format_term(cli_param: Option | Argument) -> str:
    """Format a row as the user types it, the short flag first."""
    choices = cli_param.type.choices
    value = "|".join(choices) if choices and _fits_in_term(choices) else cli_param.type.metavar
    if isinstance(cli_param, Argument):
        return value
    flags = format_flags(cli_param)
    return f"{flags} {value}" if value else flags


def format_flags(option: Option) -> str:
    """Format the flags of an option, the short one first: `-q, --quiet`."""
    flags = sorted(map(_merge_negation, option.flags), key=lambda flag: flag.startswith("--"))
    return ", ".join(flags)


def _merge_negation(flag: str) -> str:
    """Format both flags of a switch as one: `--[no-]force`."""
    positive, negative, _ = flag.partition("/")
    return f"--[no-]{positive[2:]}" if negative else flag


def _fits_in_term(choices: Sequence[str]) -> bool:
    return len("|".join(choices)) <= TEXT_COLUMN


def format_section(
    section: HelpSection,
    column: int = TEXT_COLUMN,
    *,
    one_line: bool = False,
    layout: Layout = PLAIN,
) -> str:
    """Format a section: terms at the left, texts at the right.

    With `one_line`, a text follows a term that is too long on the same line.
    """
    lines = [layout.heading(section.title)]
    for term, text in section.entries:
        first_line = " " * _INDENT + term
        text_lines = textwrap.wrap(text, layout.width - column, break_on_hyphens=False)
        text_lines = [line.replace(_NBSP, " ") for line in text_lines]
        if text_lines and (one_line or len(first_line) + 2 <= column):
            first_line = f"{first_line}  ".ljust(column) + text_lines.pop(0)
        lines += [first_line, *(" " * column + line for line in text_lines)]
    return "\n".join(lines)


def format_facts(entries: Sequence[HelpEntry], layout: Layout = PLAIN) -> str:
    """Format facts as `Label: text`, aligned and wrapped."""
    column = max(len(label) for label, _ in entries) + 3
    indent = "\n" + " " * column
    return "\n".join(
        layout.heading(label)
        + " " * (column - len(label) - 1)
        + indent.join(textwrap.wrap(text, layout.width - column, break_on_hyphens=False))
        for label, text in entries
    )


def name_version(api: Api, command_line: str) -> str:
    """Add `--api` to a command line, unless the version is the default one."""
    if api.version == DEFAULT_VERSION:
        return command_line
    return command_line.replace("rtm ", f"rtm --api {api.version} ", 1)


def format_example(pieces: Iterable[str], layout: Layout = PLAIN) -> str:
    """Break a command line between its pieces; it can be pasted into a shell."""
    first, *others = pieces
    lines = [" " * _INDENT + first]
    for piece in others:
        if len(lines[-1]) + len(piece) + 3 <= layout.width:
            lines[-1] += f" {piece}"
        else:
            lines[-1] += " \\"
            lines.append(" " * (_INDENT + 4) + piece)
    return "\n".join(lines)
