"""Completion scripts for shells, made from the rows of the commands."""

from collections.abc import Callable

from rtmcli.cli.shell_completion import bash, fish, zsh
from rtmcli.cli.shell_completion.spec import CompletionSpec

SHELLS: dict[str, Callable[[CompletionSpec], str]] = {
    "bash": bash.render,
    "zsh": zsh.render,
    "fish": fish.render,
}
