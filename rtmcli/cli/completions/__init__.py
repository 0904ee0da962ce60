"""Completion scripts for shells, written out of the rows that make the commands."""

from collections.abc import Callable

from rtmcli.cli.completions import bash, fish, zsh
from rtmcli.cli.completions.model import Script

SHELLS: dict[str, Callable[[Script], str]] = {
    "bash": bash.write,
    "zsh": zsh.write,
    "fish": fish.write,
}
