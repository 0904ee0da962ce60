"""`rtm completion`."""

import pytest
from support.process import run

from rtmcli.cli.shell_completion import SHELLS


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ([], "which shell? bash, zsh, fish"),
        (["bsh"], "SHELL must be bash, zsh or fish; did you mean"),
    ],
)
def test_a_shell_must_be_a_known_one(words: list[str], says: str) -> None:
    """Exit status 2, and what there is."""
    result = run("completion", *words, token=None)
    assert (result.exit_code, result.stdout) == (2, "")
    assert says in result.stderr


@pytest.mark.parametrize("shell", SHELLS)
def test_the_help_has_the_line_that_installs_it(shell: str) -> None:
    """It can be copied from there."""
    assert f"  rtm completion {shell} > " in run("completion", "--help", token=None).stdout
