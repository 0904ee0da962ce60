"""`rtm completion`: the script that teaches a shell the commands."""

from collections.abc import Mapping
from typing import Any

from rtmcli.cli.app import command_named, names
from rtmcli.cli.command import Command, make_command
from rtmcli.cli.completions import SHELLS
from rtmcli.cli.completions.model import script
from rtmcli.cli.options import Argument
from rtmcli.cli.output import write
from rtmcli.cli.page import Entry, Guide
from rtmcli.errors import UsageError
from rtmcli.protocol.escaping import shortened

ROWS = (Argument("shell", "SHELL", "The shell.", choices=tuple(SHELLS)),)
CONFIG = "rtmcli/config.toml"


def command() -> Command:
    """Make the command."""
    return make_command("completion", ROWS, run, _guide)


def _guide() -> Guide:
    about = (
        "The script completes commands, flags, their values, files after @ and the names of"
        " profiles, and starts no Python. The package brings it along; where the shell does not"
        " find it, one of these lines installs it for you alone."
    )
    places = {
        "bash": "~/.local/share/bash-completion/completions/rtm",
        "zsh": '"${fpath[1]}/_rtm"',
        "fish": "~/.config/fish/completions/rtm.fish",
    }
    lines = [Entry(f"rtm completion {shell} > {path}", "") for shell, path in places.items()]
    return Guide(('eval "$(rtm completion bash)"',), about, lines, title="Installation")


def run(options: Mapping[str, Any]) -> None:
    """Print the script."""
    shell = options["shell"]
    if shell not in SHELLS:
        asked = f"there is no script for {shortened(shell)}; " if shell is not None else ""
        raise UsageError(f"{asked}which shell? {', '.join(SHELLS)}")
    write(text(shell).encode())


def text(shell: str) -> str:
    """Write the script for a shell."""
    commands = (command_named(name) for name in names())
    return SHELLS[shell](script((found for found in commands if found), CONFIG))
