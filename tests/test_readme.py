"""The examples of the README run, and print what the README shows.

A `console` block contains commands after `$ `, each followed by its output; a line `…` matches any
lines. Each block runs in a new folder and a new sandbox, with a fixed seed and the options in the
comment before the block.
"""

import json
import os
import re
import tomllib
from pathlib import Path
from typing import NamedTuple

import pytest
from support.process import RTM, CommandResult, require_program, run, run_shell

from rtmcli.catalogue.v3_0 import API
from rtmcli.cli.help.blocks import CodeBlock
from rtmcli.cli.help.topic_registry import TOPICS, topic_blocks
from rtmcli.sandbox.domain.license import License
from rtmcli.sandbox.server_thread import run_sandbox

README = Path(__file__).parent.parent / "README.md"
_BLOCK = re.compile(
    r"^(?:<!-- sandbox (?P<options>[^\n]*) -->\n)?```console\n(?P<text>.*?)^```$",
    re.DOTALL | re.MULTILINE,
)
_DOTALL = re.DOTALL | re.MULTILINE
_SEPARATOR = "--- end of one example ---"


class Example(NamedTuple):
    """A command of the README and its output."""

    command: str
    expected_output: list[str]


class Block(NamedTuple):
    """A console block, and the options of its sandbox."""

    options: list[str]
    examples: list[Example]

    @property
    def name(self) -> str:
        """Name the block by its first command that is not a setting of the shell."""
        commands = [each.command for each in self.examples]
        return next(each for each in commands if not each.startswith("set "))[:40]


def blocks() -> list[Block]:
    """Parse the console blocks of the README."""
    parsed_blocks = []
    for block in _BLOCK.finditer(README.read_text()):
        examples: list[Example] = []
        for line in block["text"].splitlines():
            if line.startswith("$ "):
                examples.append(Example(line.removeprefix("$ "), []))
            elif line.startswith("> "):
                command, expected_output = examples[-1]
                examples[-1] = Example(f"{command}\n{line.removeprefix('> ')}", expected_output)
            else:
                examples[-1].expected_output.append(line)
        parsed_blocks.append(Block((block["options"] or "").split(), examples))
    return parsed_blocks


@pytest.mark.parametrize("block", blocks(), ids=lambda block: block.name)
def test_examples_print_what_the_readme_shows(block: Block, tmp_path: Path) -> None:
    """For each command of a block."""
    options, examples = block
    script = "".join(f"{{ {command}\n}} 2>&1\necho '{_SEPARATOR}'\n" for command, _ in examples)
    if "jq" in script:
        require_program("jq")
    arguments = (
        "sandbox",
        "--seed",
        "1",
        *options,
        "--",
        "bash",
        "-c",
        f"exec < /dev/null\n{script}",
    )
    result = run(*arguments, token=None, cwd=tmp_path)
    outputs = result.stdout.split(f"{_SEPARATOR}\n")
    for (command, expected_output), output in zip(examples, outputs, strict=False):
        assert re.fullmatch(output_pattern(expected_output), output), f"$ {command}\n{output}"
    assert len(outputs) == len(examples) + 1


def output_pattern(expected_output: list[str]) -> str:
    """Return a pattern of the output: `…` matches any lines, or within a line any text."""
    lines = (
        "(?:.*\n)*" if line == "…" else re.escape(line).replace("…", ".*") + "\n"
        for line in expected_output
    )
    return "".join(lines)


def code_block(name: str) -> str:
    """Return the code block after a comment."""
    match = re.search(rf"^<!-- {name} -->\n```[a-z]+\n(.*?)^```$", README.read_text(), _DOTALL)
    assert match
    return match[1]


def run_with_fake_sleep(
    folder: Path, script: str, *faults: str, shell: str = "sh"
) -> tuple[CommandResult, str]:
    """Run a script in a sandbox; return its result, and the delays that it passed to sleep."""
    bin_folder = folder / "bin"
    bin_folder.mkdir()
    (bin_folder / "sleep").write_text('#!/bin/sh\necho "$1" >> "$HOME/delays"\n')
    (bin_folder / "sleep").chmod(0o755)
    delays = folder / "delays"
    delays.touch()
    options = [f"--fault={fault}" for fault in faults]
    result = run(
        *("sandbox", "--seed", "1", *options, "--", shell, "-c", script),
        token=None,
        cwd=folder,
        env={"HOME": str(folder), "PATH": f"{bin_folder}{os.pathsep}{os.environ['PATH']}"},
    )
    return result, delays.read_text()


BUSY_ONCE = "ban_customer:error=too_many_requests,nth=1-3"  # the three attempts of one command
UNREACHABLE_TWICE = "login:drop=before,nth=1-6"
SILENT = "ban_customer:silent,nth=1-3"
RETRY_CASES = [
    ((), 0, 0),
    ((BUSY_ONCE,), 0, 1),
    ((UNREACHABLE_TWICE,), 0, 2),
    (("login:drop=before",), 5, 4),
    ((SILENT,), 7, 0),
    (("ban_customer:error=validation",), 3, 0),
]


def timeout_for(faults: tuple[str, ...]) -> int:
    """Return a timeout in seconds: short if it has to expire, long for a busy machine if not."""
    return 2 if SILENT in faults else 20


@pytest.mark.parametrize(("faults", "exit_code", "retries"), RETRY_CASES)
def test_the_cron_script_retries_only_what_was_not_executed(
    tmp_path: Path, faults: tuple[str, ...], exit_code: int, retries: int
) -> None:
    """T128: statuses 5 and 6 are retried; success prints nothing, and failure one line."""
    command = f"RTM_TIMEOUT={timeout_for(faults)} {RTM}"
    script = code_block("cron script").replace("/usr/local/bin/rtm", command)
    set_up = 'umask 077; printf %s "$RTM_TOKEN" > "$HOME/.rtm-token"; unset RTM_TOKEN\n'
    result, delays = run_with_fake_sleep(tmp_path, set_up + script, *faults)
    assert (result.exit_code, result.stdout) == (exit_code, "")
    assert result.stderr.count("\n") == (exit_code != 0)
    assert delays.split() == ["60", "300", "1500", "0"][:retries]


@pytest.mark.parametrize(("faults", "exit_code", "retries"), RETRY_CASES[:3] + RETRY_CASES[4:])
def test_the_loop_of_the_help_retries_only_what_was_not_executed(
    tmp_path: Path, faults: tuple[str, ...], exit_code: int, retries: int
) -> None:
    """T128: statuses 5 and 6 are retried, 7 is checked first, and others end the script."""
    blocks = topic_blocks(API, "exit-statuses")
    [block] = [each for each in blocks if isinstance(each, CodeBlock)]
    customer = {"customer_id": "b7eff798-f8df-4364-8059-649c35c9ed0c", "ban": {"days": 1}}
    (tmp_path / "customer.json").write_text(json.dumps(customer))
    script = f"export RTM_TIMEOUT={timeout_for(faults)}\n" + "\n".join(block.lines)
    result, delays = run_with_fake_sleep(tmp_path, script, *faults)
    assert result.exit_code == (1 if exit_code == 3 else exit_code)
    assert delays.split() == ["60"] * retries


def test_the_token_commands_configure_a_profile(tmp_path: Path) -> None:
    """Here the prompt reads a pipe, and the account ID, which the sandbox lacks, comes last."""
    api, account_id, token, doctor = code_block("token commands").splitlines()
    script = "\n".join((api, f'{token} <<< "$TOKEN"', doctor, account_id))
    with run_sandbox(License(seed=1)) as sandbox:
        env = {
            "TOKEN": sandbox.token,
            "RTM_CONFIG": str(tmp_path / "config.toml"),
            "RTM_URL": sandbox.urls["3.6"],
        }
        result = run_shell(f"set -e; {script}", token=None, env=env)
    assert (result.returncode, result.stderr) == (0, b"")
    config = tomllib.loads((tmp_path / "config.toml").read_text())
    assert set(config["profiles"]["default"]) == {"api", "token", "account_id"}


def test_no_pipeline_with_listen_loses_a_status() -> None:
    """T128: each example that reads from `rtm listen` sets pipefail, or uses PIPESTATUS."""
    examples = re.findall(r"^```[a-z]+\n(.*?)^```$", README.read_text(), _DOTALL)
    examples += [
        "\n".join(block.lines)
        for name in TOPICS
        for block in topic_blocks(API, name)
        if isinstance(block, CodeBlock)
    ]
    pipelines = [each for each in examples if re.search(r"rtm listen[^\n;]*\|", each)]
    assert len(pipelines) >= 8
    for pipeline in pipelines:
        before, _, after = pipeline.partition("rtm listen")
        assert "set -o pipefail" in before or "PIPESTATUS[0]" in after


def test_the_readme_has_two_set_up_commands() -> None:
    """One to try the program, one to run the tests; each is one line."""
    text = README.read_text()
    for name in ("try", "test"):
        [command] = re.findall(rf"<!-- {name} command -->\n```sh\n(.+)\n```\n", text)
        assert command.startswith("python3 -m venv .venv && ")
