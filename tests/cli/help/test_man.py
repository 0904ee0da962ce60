"""The manual page: complete, valid roff, and equal to the file in completions/."""

import re
import subprocess
from pathlib import Path

import pytest
from support.process import require_program, run

from rtmcli.catalogue.v3_0 import API
from rtmcli.cli.commands.help import man_page
from rtmcli.cli.help.man import escape_roff
from rtmcli.cli.help.topic_registry import TOPICS
from rtmcli.cli.options import OPTION_GROUPS, known_options
from rtmcli.cli.registry import command_names

COMMITTED_PAGE = Path(__file__).parent.parent.parent.parent / "completions" / "rtm.1"
ROFF_MACROS = (".TH", ".SH", ".SS", ".TP", ".B", ".I", ".PP", ".nf", ".fi", ".RS", ".RE")


def test_the_committed_page_is_current() -> None:
    """If this fails, run .ci/regenerate."""
    assert COMMITTED_PAGE.read_text() == man_page(API)


def test_the_command_prints_the_page() -> None:
    """If man does not find it: rtm help --man | man -l -."""
    result = run("help", "--man", token=None)
    assert (result.exit_code, result.stdout, result.stderr) == (0, man_page(API), "")


def test_every_line_is_text_or_a_known_macro() -> None:
    """No text is a macro by accident, and all of it is ASCII."""
    for line in man_page(API).splitlines():
        assert line.isascii()
        assert line[:1] not in (".", "'") or line.split()[0] in ROFF_MACROS


def test_groff_prints_no_warning() -> None:
    """Commands and flags appear as the user types them."""
    result = subprocess.run(
        [require_program("groff"), "-man", "-ww", "-Tutf8", "-P-cbou", "-rLL=78n"],
        input=man_page(API),
        capture_output=True,
        text=True,
        check=True,
    )
    assert result.stderr == ""
    titles = re.findall(r"^   rtm ([a-z-]+)", result.stdout, re.MULTILINE)
    assert titles == command_names(API)
    flags = set(re.findall(r"--?[a-z][a-z-]*", result.stdout))
    shared = [
        flag
        for group in OPTION_GROUPS
        for row in known_options(API, group.options)
        if not row.hidden
        for flag in row.flags
    ]
    assert {flag for flag in shared if "/" not in flag} <= flags
    assert all(topic.split("-")[0].upper() in result.stdout for topic in TOPICS)


def test_the_sections_that_readers_look_for_come_first() -> None:
    """In the usual order, before the many commands."""
    lines = man_page(API).splitlines()[:300]
    assert [line.removeprefix(".SH ") for line in lines if line.startswith(".SH ")] == [
        "NAME",
        "SYNOPSIS",
        "DESCRIPTION",
        "EXAMPLES",
        "EXIT STATUS",
        "ENVIRONMENT",
        "FILES",
        "SEE ALSO",
        "COMMANDS",
    ]


@pytest.mark.parametrize(
    ("text", "roff"),
    [
        ("a-b", "a\\-b"),
        (".TP", "\\&.TP"),
        ("'x'", "\\&'x'"),
        ("a\\.b", "a\\e.b"),
        ("…", "\\[u2026]"),
        ('"x"', "\\(dqx\\(dq"),
    ],
)
def test_roff_syntax_is_escaped(text: str, roff: str) -> None:
    """Macros, quotes, hyphens, and characters outside ASCII."""
    assert escape_roff(text) == roff
