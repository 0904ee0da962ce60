"""The script for fish: sound, and safe against what texts may hold."""

import subprocess

from running import program

from rtmcli.cli.command import make_command
from rtmcli.cli.completion import text
from rtmcli.cli.completions.fish import write
from rtmcli.cli.completions.model import script
from rtmcli.cli.options import Argument, Option


def parses(code: str) -> bool:
    """Tell whether the shell understands a script, without running it."""
    done = subprocess.run(
        [program("fish"), "-n"], input=code, capture_output=True, text=True, check=False
    )
    return (done.returncode, done.stderr) == (0, "")


def test_the_shell_understands_the_script() -> None:
    """All of it, before anything is completed."""
    assert parses(text("fish"))
    assert not parses("if true; then (")


def test_a_text_cannot_break_out_of_its_quotes() -> None:
    """Quotes, brackets, colons and backslashes in a help text are text."""
    rows: list[Option | Argument] = [
        Argument("free", "FREE", "Free text."),
        Option("x", ("--x",), 'It\'s [a] "b": \\c $(d) `e`.', "JSON"),
    ]
    command = make_command("do", rows, lambda _: None)
    command.summary = "Don't: [do] it \\ $(now)."
    assert parses(write(script([command], "x/y.toml")))
