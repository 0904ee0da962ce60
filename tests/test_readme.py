"""The README cannot lie: its examples run, and print what it shows.

A block marked `console` holds commands after `$ ` and, below each, what it prints; a line `…`
stands for any lines. Each block runs in a fresh sandbox, with the same seed and the options of a
comment before it, in a folder of its own.
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
    """One command of the README, and what it shows below it."""

    command: str
    expected_output: list[str]


class Block(NamedTuple):
    """One console block, and the options of its sandbox."""

    options: list[str]
    examples: list[Example]


def blocks() -> list[Block]:
    """Read every console block of the README."""
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
def test_a_block_prints_what_it_shows(block: Block, tmp_path: Path) -> None:
    """Each command of a block, in the order of the page."""
    options, examples = block
    script = "".join(f"{{ {command}\n}} 2>&1\necho '{_SEPARATOR}'\n" for command, _ in examples)
    for name in ("jq", "redis-server", "kcat"):
        if name in script:
            require_program(name)
    words = ("sandbox", "--seed", "1", *options, "--", "bash", "-c", script)
    with ExitStack() as stack:
        env = stack.enter_context(kafka_broker()) if "kcat" in script else {}
        result = run(*words, token=None, cwd=tmp_path, env=env)
    printed = result.stdout.split(f"{_SEPARATOR}\n")
    for (command, shown), out in zip(examples, printed, strict=False):
        assert re.fullmatch(output_pattern(shown), out), f"$ {command}\n{out}"
    assert len(printed) == len(examples) + 1


@contextmanager
def kafka_broker() -> Iterator[dict[str, str]]:
    """Run a broker, which kcat carries in itself; yield the variable that has its address."""
    words = ["kcat", "-C", "-b", "mock", "-X", "test.mock.num.brokers=1", "-t", "nothing"]
    with subprocess.Popen(words, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr
        found = re.search(r"replaced with (\S+)", process.stderr.readline())
        assert found
        threading.Thread(target=process.stderr.read, daemon=True).start()
        yield {"BROKER": found[1]}
        process.terminate()


def output_pattern(expected_output: list[str]) -> str:
    """Make the pattern of what is shown: `…` alone stands for any lines, within one for text."""
    lines = (
        "(?:.*\n)*" if line == "…" else re.escape(line).replace("…", ".*") + "\n"
        for line in expected_output
    )
    return "".join(lines)


def test_the_two_set_up_commands_are_there() -> None:
    """One that runs the main job, one that passes the tests; both one line."""
    text = README.read_text()
    for name in ("try", "test"):
        found = re.findall(rf"<!-- {name} command -->\n```sh\n(.+)\n```\n", text)
        assert len(found) == 1
        assert found[0].startswith("python3 -m venv .venv && ")
