"""The format of help."""

import re

import pytest

from rtmcli.cli.help.formatting import (
    CommandHelp,
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
from rtmcli.cli.help.layout import Layout
from rtmcli.cli.options import CONNECTION_OPTIONS, Argument, Option
from rtmcli.settings.types import any_text, choice

NAME = Argument("name", any_text("NAME"), "A name.")
LONG_CHOICES = any_text("TEXT", ["a" * 20, "b" * 20])
FORCE = Option("force", ("--force/--no-force",), "Whether to force.")


def test_help_has_its_parts_in_order() -> None:
    """Example, usage, description, options, facts."""
    help_text = HelpText(("rtm do",), "More.\n\nAnd more.", facts=(HelpEntry("Push", "none"),))
    assert format_command_help(CommandHelp("do", "Do it.", [NAME, FORCE], help_text)) == (
        "Example:\n"
        "  rtm do\n"
        "\n"
        "Usage: rtm do [NAME] [OPTIONS]\n"
        "\n"
        "Do it. More.\n"
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


def test_shared_options_have_their_own_sections() -> None:
    """After the command's own options; hidden ones are left out."""
    command = CommandHelp("do", "Do it.", [FORCE, *CONNECTION_OPTIONS], HelpText(("rtm do",)))
    text = format_command_help(command, folded=False)
    assert text.index("\nOptions:\n") < text.index("\nConnection:\n")
    assert "--profile NAME" in text
    assert "--backoff" not in text


def test_options_that_a_topic_describes_are_only_named() -> None:
    """With the topic, and the command that prints them all."""
    cli_params = [FORCE, *CONNECTION_OPTIONS]
    command = CommandHelp("do", "Do it.", cli_params, HelpText(("rtm do",)))
    end = format_command_help(command).partition("  -h, --help")[2].split("\n\n")[1]
    assert end.startswith("Connection:   --api, --profile, --url,")
    assert end.endswith("see rtm help connection\nAll options:  rtm help do --all\n")


def test_a_single_option_is_not_folded() -> None:
    """The pointer would be as long as its description."""
    cli_params = [FORCE, CONNECTION_OPTIONS[0]]
    command = CommandHelp("do", "Do it.", cli_params, HelpText(("rtm do",)))
    assert "\nConnection:\n  --api " in format_command_help(command)


def test_entries_may_have_a_folded_form() -> None:
    """Which the whole page replaces."""
    entries = [HelpEntry("--x-a", "A."), HelpEntry("--x-b", "B.")]
    help_text = HelpText(
        ("rtm do",), leading_entries=entries, folded_entries=[HelpEntry("--x-{a,b}", "Both.")]
    )
    command = CommandHelp("do", "Do it.", [FORCE], help_text)
    folded = format_command_help(command)
    assert ("--x-{a,b}" in folded, "--x-a" in folded, "rtm help do --all" in folded) == (
        True,
        False,
        True,
    )
    whole = format_command_help(command, folded=False)
    assert ("--x-{a,b}" in whole, "--x-a" in whole, "rtm help do --all" in whole) == (
        False,
        True,
        False,
    )


@pytest.mark.parametrize("width", [60, 100])
def test_the_layout_decides_on_width_and_colors(width: int) -> None:
    """Texts use the whole width; only the titles are colored."""
    facts = [HelpEntry("Fact", "word " * 40)]
    help_text = HelpText(("rtm do",), "word " * 40, facts=facts)
    command = CommandHelp("do", "Do it.", [FORCE], help_text)
    text = format_command_help(command, Layout(width, use_color=True))
    titles = re.findall(r"\x1b\[1;34m([A-Z][a-z ]*:)\x1b\[0m", text)
    assert titles == ["Example:", "Usage:", "Options:", "Fact:"]
    lines = re.sub(r"\x1b\[[0-9;]*m", "", text).splitlines()
    assert width - 5 <= max(map(len, lines)) <= width
    assert re.sub(r"\x1b\[[0-9;]*m", "", text) == format_command_help(command, Layout(width))


def test_entries_may_replace_the_own_options() -> None:
    """The help of a method describes its parameters itself."""
    help_text = HelpText(
        ("rtm do",),
        leading_entries=[HelpEntry("--x", "X.")],
        leading_title="Payload",
        replaces_own_options=True,
    )
    text = format_command_help(CommandHelp("do", "Do it.", [NAME, FORCE], help_text))
    assert "Payload:\n  --x" in text
    assert "--[no-]force" not in text


def test_trailing_sections_follow_the_options() -> None:
    """Such as the syntax of a value."""
    help_text = HelpText(
        ("rtm do",), trailing_sections=[HelpSection("A SPEC", [HelpEntry("x=N", "So often.")])]
    )
    text = format_command_help(CommandHelp("do", "Do it.", [FORCE], help_text))
    assert text.index("Options:") < text.index("A SPEC:\n  x=N  ")


@pytest.mark.parametrize(
    ("row", "term"),
    [
        (Option("x", ("--quiet", "-q"), ""), "-q, --quiet"),
        (Option("x", ("--set",), "", any_text("PATH=VALUE")), "--set PATH=VALUE"),
        (FORCE, "--[no-]force"),
        (Option("x", ("--color",), "", choice(("auto", "never"), "WHEN")), "--color auto|never"),
        (Option("x", ("--type",), "", LONG_CHOICES), "--type TEXT"),
        (NAME, "NAME"),
    ],
)
def test_a_term_is_what_the_user_types(row: Option | Argument, term: str) -> None:
    """Short flags first, choices if they fit."""
    assert format_term(row) == term


def test_an_entry_has_notes() -> None:
    """Choices that do not fit in the term, and whether it is repeatable."""
    row = Option("x", ("--type",), "The type.", LONG_CHOICES, multiple=True)
    text = help_entry(row, "required").text.replace("\xa0", " ")
    assert text == f"The type. [one of {'a' * 20}, {'b' * 20}; required; repeatable]"


def test_an_entry_names_its_variable_and_its_default() -> None:
    """Of a counted option, that it is repeatable."""
    row = Option("x", ("--x",), "X.", any_text("N"), envvar="RTM_X", default="5")
    assert help_entry(row).text.replace("\xa0", " ") == "X. [env: RTM_X; default: 5]"
    [verbose] = [row for row in CONNECTION_OPTIONS if row.counted]
    assert "[env: RTM_VERBOSE; repeatable]" in help_entry(verbose).text.replace("\xa0", " ")


def test_the_text_of_a_long_term_is_on_the_next_line() -> None:
    """All texts begin in one column."""
    section = HelpSection(
        "Options", [HelpEntry("--a", "Short."), HelpEntry("--" + "b" * 30, "Long.")]
    )
    assert format_section(section, 10).splitlines() == [
        "Options:",
        "  --a     Short.",
        "  --" + "b" * 30,
        "          Long.",
    ]


def test_a_short_note_is_not_broken() -> None:
    """`[default: 10]` stays on one line."""
    text = with_notes("A text that is as long as it needs to be.", ["default: 10"])
    lines = format_section(HelpSection("Options", [HelpEntry("--a", text)])).splitlines()
    assert [line.strip() for line in lines[1:]][-1].endswith("[default: 10]")


def test_an_example_can_be_pasted_into_a_shell() -> None:
    """A line breaks between pieces, after a backslash."""
    pieces = ("rtm do", "--first " + "x" * 40, "--second " + "y" * 40)
    assert format_example(pieces) == f"  rtm do {pieces[1]} \\\n      {pieces[2]}"


@pytest.mark.parametrize(
    ("rows", "line"),
    [
        ([], "rtm do [OPTIONS]"),
        ([NAME], "rtm do [NAME] [OPTIONS]"),
        (
            [NAME, Argument("rest", any_text("[-- COMMAND]"), "", multiple=True)],
            "rtm do [NAME] [OPTIONS] [-- COMMAND]",
        ),
    ],
)
def test_usage_has_every_argument(rows: list[Argument], line: str) -> None:
    """A wrapped command line follows the options."""
    assert format_usage("do", rows) == line


def test_facts_are_aligned() -> None:
    """Labels at the left, wrapped texts at the right."""
    facts = [HelpEntry("A", "x " * 50), HelpEntry("Longer", "y")]
    first, second, third = format_facts(facts).splitlines()
    assert first.startswith("A:       x x")
    assert second.startswith("         x x")
    assert third == "Longer:  y"
