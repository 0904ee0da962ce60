"""The examples of the README run, and print what the README shows.

A `console` block contains commands after `$ `, each followed by its output; a line `…` matches any
lines. Each block runs in a new folder and a new sandbox, with a fixed seed and the options in the
comment before the block.
"""

import re
import subprocess
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest
from support.process import require_program, run

README = Path(__file__).parent.parent / "README.md"
_BLOCK = re.compile(
    r"^(?:<!-- sandbox (?P<options>[^\n]*) -->\n)?```console\n(?P<text>.*?)^```$",
    re.DOTALL | re.MULTILINE,
)
_SEPARATOR = "--- end of one example ---"


class Example(NamedTuple):
    """A command of the README and its output."""

    command: str
    expected_output: list[str]


class Block(NamedTuple):
    """A console block, and the options of its sandbox."""

    options: list[str]
    examples: list[Example]


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


@pytest.mark.parametrize("block", blocks(), ids=lambda block: block.examples[0].command[:40])
def test_examples_print_what_the_readme_shows(block: Block, tmp_path: Path) -> None:
    """For each command of a block."""
    options, examples = block
    script = "".join(f"{{ {command}\n}} 2>&1\necho '{_SEPARATOR}'\n" for command, _ in examples)
    for name in ("jq", "redis-server", "kcat"):
        if name in script:
            require_program(name)
    arguments = ("sandbox", "--seed", "1", *options, "--", "bash", "-c", script)
    with ExitStack() as stack:
        env = stack.enter_context(kafka_broker()) if "kcat" in script else {}
        result = run(*arguments, token=None, cwd=tmp_path, env=env)
    outputs = result.stdout.split(f"{_SEPARATOR}\n")
    for (command, expected_output), output in zip(examples, outputs, strict=False):
        assert re.fullmatch(output_pattern(expected_output), output), f"$ {command}\n{output}"
    assert len(outputs) == len(examples) + 1


@contextmanager
def kafka_broker() -> Iterator[dict[str, str]]:
    """Run the mock broker of kcat; yield the environment variable with its address."""
    command = ["kcat", "-C", "-b", "mock", "-X", "test.mock.num.brokers=1", "-t", "nothing"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr
        match = re.search(r"replaced with (\S+)", process.stderr.readline())
        assert match
        threading.Thread(target=process.stderr.read, daemon=True).start()
        yield {"BROKER": match[1]}
        process.terminate()


def output_pattern(expected_output: list[str]) -> str:
    """Return a pattern of the output: `…` matches any lines, or within a line any text."""
    lines = (
        "(?:.*\n)*" if line == "…" else re.escape(line).replace("…", ".*") + "\n"
        for line in expected_output
    )
    return "".join(lines)


def test_the_readme_has_two_set_up_commands() -> None:
    """One to try the program, one to run the tests; each is one line."""
    text = README.read_text()
    for name in ("try", "test"):
        [command] = re.findall(rf"<!-- {name} command -->\n```sh\n(.+)\n```\n", text)
        assert command.startswith("python3 -m venv .venv && ")
