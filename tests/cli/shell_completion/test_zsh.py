"""The script for zsh: sound, and safe against what texts may hold."""

import subprocess

from support.process import require_program

from rtmcli.cli.command import make_command
from rtmcli.cli.commands.completion import completion_script
from rtmcli.cli.options import Argument, Option
from rtmcli.cli.shell_completion.spec import build_spec
from rtmcli.cli.shell_completion.zsh import render
from rtmcli.settings.types import any_text


def is_valid_script(script: str) -> bool:
    """Tell whether the shell understands a script, without running it."""
    result = subprocess.run(
        [require_program("zsh"), "-n"], input=script, capture_output=True, text=True, check=False
    )
    return (result.returncode, result.stderr) == (0, "")


def test_the_shell_understands_the_script() -> None:
    """All of it, before anything is completed."""
    assert is_valid_script(completion_script("zsh"))
    assert not is_valid_script("if true; then (")


def test_a_text_cannot_break_out_of_its_quotes() -> None:
    """Quotes, brackets, colons and backslashes in a help text are text."""
    rows: list[Option | Argument] = [
        Argument("free", any_text("FREE"), "Free text."),
        Option("x", ("--x",), 'It\'s [a] "b": \\c $(d) `e`.', any_text("JSON")),
    ]
    command = make_command("do", rows, lambda _: None)
    command.summary = "Don't: [do] it \\ $(now)."
    assert is_valid_script(render(build_spec([command], "x/y.toml")))
