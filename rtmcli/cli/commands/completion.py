"""`rtm completion`: the script with which a shell completes command lines."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from rtmcli.catalogue.api import Api
from rtmcli.catalogue.versions import VERSIONS, load
from rtmcli.cli.command import Command, make_command
from rtmcli.cli.help.formatting import HelpEntry, HelpText, name_version
from rtmcli.cli.io.stdout import write
from rtmcli.cli.options import Argument
from rtmcli.cli.registry import load_all_commands
from rtmcli.cli.shell_completion import SHELLS
from rtmcli.cli.shell_completion.spec import build_spec
from rtmcli.errors import UsageError
from rtmcli.settings import types

CLI_PARAMS = (Argument("shell", types.choice(tuple(SHELLS), "SHELL"), "The shell."),)
CONFIG_PATH = "rtmcli/config.toml"
INSTALL_PATHS = {  # where each shell looks for scripts of a user: the folder and the file
    "bash": ("~/.local/share/bash-completion/completions", "rtm"),
    "zsh": ("~/.zfunc", "_rtm"),
    "fish": ("~/.config/fish/completions", "rtm.fish"),
}


def command(api: Api) -> Command:
    """Make the command."""
    return make_command(api, "completion", CLI_PARAMS, run, partial(_help_text, api))


def _help_text(api: Api) -> HelpText:
    description = (
        "The script completes commands, flags, their values, files after @ and the names of"
        " profiles. Completion never starts Python. The package installs the script; if your shell"
        " does not find it, two of these lines install it for you. bash also needs the package"
        " bash-completion; zsh needs fpath=(~/.zfunc $fpath) in ~/.zshrc before compinit."
    )
    install_entries = [
        HelpEntry(line, "")
        for shell, (folder, name) in INSTALL_PATHS.items()
        for line in (
            f"mkdir -p {folder}",
            name_version(api, f"rtm completion {shell} > {folder}/{name}"),
        )
    ]
    return HelpText(
        ('eval "$(rtm completion bash)"',),
        description,
        install_entries,
        leading_title="Installation",
    )


def run(api: Api, options: Mapping[str, Any]) -> None:
    """Print the script."""
    shell = options["shell"]
    if shell is None:
        raise UsageError(f"which shell? {', '.join(SHELLS)}")
    write(completion_script(api, shell).encode())


def completion_script(api: Api, shell: str) -> str:
    """Return the script for a shell; without `--api` it completes for the version `api`."""
    apis = [api, *(load(version) for version in VERSIONS if version != api.version)]
    return SHELLS[shell]([build_spec(each, load_all_commands(each), CONFIG_PATH) for each in apis])
