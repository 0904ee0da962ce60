"""The manual page: kept in completions/, in sound roff, and nothing left out."""

import re
import subprocess
from pathlib import Path

import pytest
from support.process import require_program, run

from rtmcli.cli.app import command_names
from rtmcli.cli.commands.help import man_page
from rtmcli.cli.help.formatting import OPTION_GROUPS
from rtmcli.cli.help.man import escape_roff
from rtmcli.cli.help.topics import TOPICS

COMMITTED_PAGE = Path(__file__).parent.parent.parent.parent / "completions" / "rtm.1"
ROFF_MACROS = (".TH", ".SH", ".SS", ".TP", ".B", ".I", ".PP", ".nf", ".fi", ".RS", ".RE")


def test_the_kept_page_is_the_one_that_is_written() -> None:
    """Else .ci/regenerate writes it anew."""
    assert COMMITTED_PAGE.read_text() == man_page()


def test_the_command_prints_the_page() -> None:
    """For those whose man does not find it: rtm help --man | man -l -."""
    result = run("help", "--man", token=None)
    assert (result.exit_code, result.stdout, result.stderr) == (0, man_page(), "")


def test_every_line_is_text_or_a_known_macro() -> None:
    """No text is taken for a macro, and nothing is outside ASCII."""
    for line in man_page().splitlines():
        assert line.isascii()
        assert line[:1] not in (".", "'") or line.split()[0] in ROFF_MACROS


def test_a_formatter_has_nothing_to_complain_of() -> None:
    """Groff formats it without a warning; commands and flags stand there as they are typed."""
    result = subprocess.run(
        [require_program("groff"), "-man", "-ww", "-Tutf8", "-P-cbou", "-rLL=78n"],
        input=man_page(),
        capture_output=True,
        text=True,
        check=True,
    )
    assert result.stderr == ""
    titles = re.findall(r"^   rtm ([a-z-]+)", result.stdout, re.MULTILINE)
    assert titles == command_names()
    flags = set(re.findall(r"--?[a-z][a-z-]*", result.stdout))
    shared = [
        flag for _, group in OPTION_GROUPS for row in group if not row.hidden for flag in row.flags
    ]
    assert {flag for flag in shared if "/" not in flag} <= flags
    assert all(topic.split("-")[0].upper() in result.stdout for topic in TOPICS)


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
def test_text_is_protected(text: str, roff: str) -> None:
    """Signs of roff, quotes and what is not ASCII come out as they went in."""
    assert escape_roff(text) == roff
