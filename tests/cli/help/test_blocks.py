"""The blocks of topics: paragraphs, code and tables."""

from rtmcli.cli.help.blocks import (
    code_block,
    format_block,
    option_table,
    paragraph,
    table,
)
from rtmcli.cli.help.layout import Layout
from rtmcli.cli.options import Option

NARROW = Layout(width=60)


def test_a_paragraph_is_filled() -> None:
    """Its line breaks are those of the layout, not those of the source."""
    text = paragraph("""
        one
        two   three
    """)
    assert text == "one two three"
    assert [len(line) for line in format_block("word " * 20, NARROW).split("\n")] == [59, 39]


def test_code_is_indented_and_never_broken() -> None:
    """Lines can be pasted; an empty one has no blanks."""
    block = code_block("rtm listen |", "", "x" * 90)
    assert format_block(block, NARROW) == f"  rtm listen |\n\n  {'x' * 90}"


def test_the_texts_of_a_table_begin_in_one_column() -> None:
    """The text of a term that is too long begins on the next line."""
    block = table("Names", 10, ("a", "first"), ("a-long-name", "second"))
    assert format_block(block) == "Names:\n  a       first\n  a-long-name\n          second"


def test_a_table_of_options_leaves_hidden_ones_out() -> None:
    """They are for tests and rare needs."""
    rows = (Option("a", ("--a",), "Shown."), Option("b", ("--b",), "Not shown.", hidden=True))
    assert [entry.term for entry in option_table("Options", rows).section.entries] == ["--a"]
