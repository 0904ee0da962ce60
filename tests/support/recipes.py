"""Run recipes of `rtm help recipes` in bash against a sandbox of the test."""

import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from support.process import run_shell

from rtmcli.catalogue.api import Api
from rtmcli.cli.help.topics.recipes import RECIPES
from rtmcli.sandbox.domain.license import License
from rtmcli.sandbox.server.fault_specs import parse_fault
from rtmcli.sandbox.server.options import ServerOptions
from rtmcli.sandbox.server_thread import Sandbox, run_sandbox


@contextmanager
def recipe_sandbox(
    license_: License | None = None, *faults: str, traffic_rate: float = 0
) -> Iterator[Sandbox]:
    """Serve a license, by default the sample data of 2019."""
    options = ServerOptions(
        faults=tuple(map(parse_fault, faults)), traffic_rate=traffic_rate, seed=1
    )
    with run_sandbox(license_ or License(seed=1), options) as sandbox:
        yield sandbox


def run_recipe(
    api: Api,
    name: str,
    sandbox: Sandbox,
    folder: Path,
    *,
    replacements: Mapping[str, str] | None = None,
    env: Mapping[str, str] | None = None,
) -> subprocess.CompletedProcess[bytes]:
    """Run the code of a recipe as its help shows it, with replacements, which must all apply."""
    code = RECIPES[name].code_for(api)
    for old, new in (replacements or {}).items():
        assert old in code
        code = code.replace(old, new)
    return run_shell(
        f"set -euo pipefail; cd '{folder}'\n{code}",
        url=sandbox.urls[api.version],
        token=sandbox.token,
        env={"RTM_API": api.version, **(env or {})},
    )
