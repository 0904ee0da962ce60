"""The script for fish is valid, whatever texts it contains."""

import subprocess

from support.process import require_program

from rtmcli.catalogue.v3_0 import API
from rtmcli.cli.command import make_command
from rtmcli.cli.commands.completion import completion_script
from rtmcli.cli.options import Argument, Option
from rtmcli.cli.shell_completion.fish import render
from rtmcli.cli.shell_completion.spec import build_spec
from rtmcli.settings.types import any_text


def is_valid_script(script: str) -> bool:
    """Return whether the shell can parse a script."""
    result = subprocess.run(
        [require_program("fish"), "-n"], input=script, capture_output=True, text=True, check=False
    )
    return (result.returncode, result.stderr) == (0, "")


def test_the_script_is_valid() -> None:
    """The shell parses all of it."""
    assert is_valid_script(completion_script(API, "fish"))
    assert not is_valid_script("if true; then (")


def test_texts_are_quoted() -> None:
    """Quotes, brackets, colons and backslashes in help texts are literal."""
    rows: list[Option | Argument] = [
        Argument("free", any_text("FREE"), "Free text."),
        Option("x", ("--x",), 'It\'s [a] "b": \\c $(d) `e`.', any_text("JSON")),
    ]
    command = make_command(API, "do", rows, lambda _api, _: None)
    command.summary = "Don't: [do] it \\ $(now)."
    assert is_valid_script(render([build_spec(API, [command], "x/y.toml")]))
