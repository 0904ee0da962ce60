"""The manual page: kept in completions/, in sound roff, and nothing left out."""

import re
import subprocess
from pathlib import Path

import pytest
from running import program, run

from rtmcli.cli.app import names
from rtmcli.cli.help import man_page
from rtmcli.cli.manual import escaped
from rtmcli.cli.page import GROUPS
from rtmcli.cli.topics import TOPICS

KEPT = Path(__file__).parent.parent.parent / "completions" / "rtm.1"
MACROS = (".TH", ".SH", ".SS", ".TP", ".B", ".I", ".PP", ".nf", ".fi", ".RS", ".RE")


def test_the_kept_page_is_the_one_that_is_written() -> None:
    """Else .ci/regenerate writes it anew."""
    assert KEPT.read_text() == man_page()


def test_the_command_prints_the_page() -> None:
    """For those whose man does not find it: rtm help --man | man -l -."""
    done = run("help", "--man", token=None)
    assert (done.status, done.out, done.err) == (0, man_page(), "")


def test_every_line_is_text_or_a_known_macro() -> None:
    """No text is taken for a macro, and nothing is outside ASCII."""
    for line in man_page().splitlines():
        assert line.isascii()
        assert line[:1] not in (".", "'") or line.split()[0] in MACROS


def test_a_formatter_has_nothing_to_complain_of() -> None:
    """Groff formats it without a warning; commands and flags stand there as they are typed."""
    done = subprocess.run(
        [program("groff"), "-man", "-ww", "-Tutf8", "-P-cbou", "-rLL=78n"],
        input=man_page(),
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stderr == ""
    titles = re.findall(r"^   rtm ([a-z-]+)", done.stdout, re.MULTILINE)
    assert titles == names()
    flags = set(re.findall(r"--?[a-z][a-z-]*", done.stdout))
    shared = [flag for _, group in GROUPS for row in group if not row.hidden for flag in row.flags]
    assert {flag for flag in shared if "/" not in flag} <= flags
    assert all(topic.split("-")[0].upper() in done.stdout for topic in TOPICS)


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
    assert escaped(text) == roff
