"""The blocks of a topic's text: paragraphs, code and tables."""

from collections.abc import Iterable
from typing import NamedTuple

from rtmcli.cli.help.formatting import (
    TEXT_COLUMN,
    HelpEntry,
    HelpSection,
    fill,
    format_section,
    help_entry,
)
from rtmcli.cli.help.layout import PLAIN, Layout
from rtmcli.cli.options import Option


class CodeBlock(NamedTuple):
    """Lines to type as shown."""

    lines: tuple[str, ...]


class Table(NamedTuple):
    """Terms and their meanings, which start in `column`."""

    section: HelpSection
    column: int


Block = str | CodeBlock | Table  # str: a paragraph


def format_block(block: Block, layout: Layout = PLAIN) -> str:
    """Format a block as text."""
    match block:
        case CodeBlock(lines):
            return "\n".join(f"  {line}".rstrip() for line in lines)
        case Table(section, column):
            return format_section(section, column, layout=layout)
        case _:
            return fill(block, layout)


def paragraph(text: str) -> str:
    """Make a paragraph of a text with any line breaks."""
    return " ".join(text.split())


def table(title: str, column: int, *rows: tuple[str, str]) -> Table:
    """Make a table of terms and meanings, which start in `column`."""
    return Table(HelpSection(title, [HelpEntry(*row) for row in rows]), column)


def option_table(title: str, options: Iterable[Option]) -> Table:
    """Make a table of options, without hidden ones."""
    entries = [help_entry(option) for option in options if not option.hidden]
    return Table(HelpSection(title, entries), TEXT_COLUMN)


def code_block(*lines: str) -> CodeBlock:
    """Make a block of lines to type."""
    return CodeBlock(lines)
