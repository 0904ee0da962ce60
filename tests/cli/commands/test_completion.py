"""`rtm completion`."""

import pytest
from support.process import run

from rtmcli.cli.shell_completion import SHELLS


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "which shell? bash, zsh, fish"),
        (["bsh"], "SHELL must be bash, zsh or fish; did you mean"),
    ],
)
def test_the_shell_must_be_known(arguments: list[str], message: str) -> None:
    """Exit status 2, and the list of shells."""
    result = run("completion", *arguments, token=None)
    assert (result.exit_code, result.stdout) == (2, "")
    assert message in result.stderr


@pytest.mark.parametrize("shell", SHELLS)
def test_the_help_shows_how_to_install_the_script(shell: str) -> None:
    """One line for each shell."""
    assert f"  rtm completion {shell} > " in run("completion", "--help", token=None).stdout
