"""Recipes for services and for CI."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from support.process import RTM, require_program, run, run_shell
from support.sample_ids import CUSTOMER

from rtmcli.catalogue.v3_0 import API
from rtmcli.cli.help.topic_registry import format_topic
from rtmcli.cli.help.topics.recipes import RECIPES

PROJECT_DIR = Path(__file__).parents[4]
UNIT = RECIPES["systemd"].code_for(API)
WORKFLOW = RECIPES["github-actions"].code_for(API)


def test_systemd_accepts_the_unit(tmp_path: Path) -> None:
    """T128: systemd-analyze has nothing to say about it, pasted with its indentation."""
    unit = tmp_path / "rtm-recipe.service"
    text = format_topic(API, "recipes", section="systemd")
    unit.write_text(text[text.index("  [Unit]") :])
    command = [require_program("systemd-analyze"), "verify", "--man=no", str(unit)]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert result.returncode == 0
    assert unit.name not in result.stdout + result.stderr


@pytest.mark.parametrize(
    ("faults", "robot", "exit_code"),
    [
        (("login:error=authentication",), "cat", 4),
        (("login:disconnect=license_expired,at=answered",), "cat", 4),
        (("login:disconnect=agent_disconnected_by_server,at=answered",), "cat", 10),
        ((), "true", 141),
    ],
)
def test_the_unit_ends_with_the_status_of_listen(
    faults: tuple[str, ...], robot: str, exit_code: int
) -> None:
    """T128: systemd restarts it unless the status is 4 or 10, so also if the robot dies."""
    lines = UNIT.replace("\\\n", "").split("\n")
    unit = dict(line.split("=", 1) for line in lines if "=" in line)
    assert unit["RestartPreventExitStatus"] == "4 10"
    assert "$" not in unit["ExecStart"].replace("$$", "")  # systemd would expand it
    program, flag, script = shlex.split(unit["ExecStart"].replace("$$", "$"))
    script = script.replace("/usr/local/bin/rtm", RTM)
    script = script.replace("/usr/local/bin/handle-pushes", robot)
    options = [f"--fault={fault}" for fault in faults]
    command = ("sandbox", "--traffic", "200", *options, "--", program, flag, script)
    assert run(*command, token=None).exit_code == exit_code


def test_the_steps_of_the_workflow_run(tmp_path: Path) -> None:
    """Each `run:` line, in a folder with the source, here without the network."""
    (tmp_path / "rtm").symlink_to(PROJECT_DIR)
    script = tmp_path / "ban.sh"
    script.write_text(f"#!/bin/sh\nrtm ban-customer --customer-id {CUSTOMER} --ban-days 1\n")
    script.chmod(0o755)
    install, *tests = re.findall(r"- run: (.+)", WORKFLOW)
    pip = f"{sys.executable} -m {install} -q --no-deps --no-build-isolation --target packages"
    for number, command in enumerate((pip, *tests)):
        script_text = f"set -e; cd '{tmp_path}'; {command}"
        result = run_shell(script_text, token=None, env={"HOME": str(tmp_path)})
        assert result.returncode == 0, result.stderr
        assert result.stdout == (b"{}\n" if number else b"")
    assert (tmp_path / "packages" / "rtmcli").is_dir()
