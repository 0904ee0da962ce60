"""Help as text: how rows are laid out."""

import pytest

from rtmcli.cli.help.formatting import (
    HelpEntry,
    HelpSection,
    HelpText,
    format_command_help,
    format_example,
    format_facts,
    format_section,
    format_term,
    format_usage,
    help_entry,
    with_notes,
)
from rtmcli.cli.options import CONNECTION_OPTIONS, Argument, Option

NAME = Argument("name", "NAME", "A name.")
FORCE = Option("force", ("--force/--no-force",), "Whether to force.")


def test_a_page_has_its_parts_in_order() -> None:
    """Example, usage, what it does, options, facts."""
    guide = HelpText(("rtm do",), "More of it.\n\nAnd more.", facts=(HelpEntry("Push", "none"),))
    assert format_command_help("do", "Do it.", [NAME, FORCE], guide) == (
        "Example:\n"
        "  rtm do\n"
        "\n"
        "Usage: rtm do [NAME] [OPTIONS]\n"
        "\n"
        "Do it. More of it.\n"
        "\n"
        "And more.\n"
        "\n"
        "Options:\n"
        "  NAME                        A name.\n"
        "  --[no-]force                Whether to force.\n"
        "  -h, --help                  Show this help.\n"
        "\n"
        "Push:  none\n"
    )


def test_shared_options_have_sections_of_their_own() -> None:
    """After what is the command's own; what is hidden is not shown."""
    text = format_command_help("do", "Do it.", [FORCE, *CONNECTION_OPTIONS], HelpText(("rtm do",)))
    assert text.index("\nOptions:\n") < text.index("\nConnection:\n")
    assert "--profile NAME" in text
    assert "--backoff" not in text


def test_entries_may_stand_for_all_rows_of_a_command() -> None:
    """A method's page describes its parameters in its own way."""
    guide = HelpText(
        ("rtm do",),
        leading_entries=[HelpEntry("--x", "X.")],
        leading_title="Payload",
        replaces_own_options=True,
    )
    text = format_command_help("do", "Do it.", [NAME, FORCE], guide)
    assert "Payload:\n  --x" in text
    assert "--[no-]force" not in text


def test_more_sections_stand_behind_the_options() -> None:
    """Such as what a value may be made of."""
    guide = HelpText(
        ("rtm do",), trailing_sections=[HelpSection("A SPEC", [HelpEntry("x=N", "So often.")])]
    )
    text = format_command_help("do", "Do it.", [FORCE], guide)
    assert text.index("Options:") < text.index("A SPEC:\n  x=N  ")


@pytest.mark.parametrize(
    ("row", "spelled"),
    [
        (Option("x", ("--quiet", "-q"), ""), "-q, --quiet"),
        (Option("x", ("--set",), "", "PATH=VALUE"), "--set PATH=VALUE"),
        (FORCE, "--[no-]force"),
        (Option("x", ("--color",), "", "WHEN", choices=("auto", "never")), "--color auto|never"),
        (Option("x", ("--type",), "", "TEXT", choices=("a" * 20, "b" * 20)), "--type TEXT"),
        (NAME, "NAME"),
    ],
)
def test_a_row_is_spelled_as_it_is_typed(row: Option | Argument, spelled: str) -> None:
    """Short flags first, choices where they fit."""
    assert format_term(row) == spelled


def test_an_entry_says_what_its_term_cannot() -> None:
    """Whether it may be repeated; choices that are too long for the term."""
    row = Option("x", ("--type",), "The type.", "TEXT", multiple=True, choices=("a" * 20, "b" * 20))
    text = help_entry(row, "required").text.replace("\xa0", " ")
    assert text == f"The type. [one of {'a' * 20}, {'b' * 20}; required; repeatable]"


def test_a_long_term_has_its_text_below() -> None:
    """Nothing is cut off, and all texts begin in one column."""
    section = HelpSection(
        "Options", [HelpEntry("--a", "Short."), HelpEntry("--" + "b" * 30, "Long.")]
    )
    assert format_section(section, 10).splitlines() == [
        "Options:",
        "  --a     Short.",
        "  --" + "b" * 30,
        "          Long.",
    ]


def test_a_note_is_not_torn_apart() -> None:
    """`[default: 10]` stays on one line."""
    text = with_notes("A text that is as long as it needs to be.", ["default: 10"])
    lines = format_section(HelpSection("Options", [HelpEntry("--a", text)])).splitlines()
    assert [line.strip() for line in lines[1:]][-1].endswith("[default: 10]")


def test_an_example_is_broken_as_a_shell_allows() -> None:
    """Only between its pieces, with a backslash at the end of the line."""
    pieces = ("rtm do", "--first " + "x" * 40, "--second " + "y" * 40)
    assert format_example(pieces) == f"  rtm do {pieces[1]} \\\n      {pieces[2]}"


@pytest.mark.parametrize(
    ("rows", "line"),
    [
        ([], "rtm do [OPTIONS]"),
        ([NAME], "rtm do [NAME] [OPTIONS]"),
        (
            [NAME, Argument("rest", "[-- COMMAND]", "", multiple=True)],
            "rtm do [NAME] [OPTIONS] [-- COMMAND]",
        ),
    ],
)
def test_usage_has_every_place(rows: list[Argument], line: str) -> None:
    """Another command line comes behind the options."""
    assert format_usage("do", rows) == line


def test_facts_are_aligned() -> None:
    """Labels to the left, texts wrapped to the right."""
    facts = [HelpEntry("A", "x " * 50), HelpEntry("Longer", "y")]
    first, second, third = format_facts(facts).splitlines()
    assert first.startswith("A:       x x")
    assert second.startswith("         x x")
    assert third == "Longer:  y"
