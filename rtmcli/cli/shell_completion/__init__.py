"""Completion scripts for shells, made from the rows of the commands."""

from collections.abc import Callable, Sequence

from rtmcli.cli.shell_completion import bash, fish, zsh
from rtmcli.cli.shell_completion.spec import CompletionSpec

# Each makes a script for some versions of the API, the default one first.
SHELLS: dict[str, Callable[[Sequence[CompletionSpec]], str]] = {
    "bash": bash.render,
    "zsh": zsh.render,
    "fish": fish.render,
}
