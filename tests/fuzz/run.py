"""Fuzz a target with atheris.

    python tests/fuzz/run.py TARGET -max_total_time=600

TARGET is websocket_frames, server_messages, payloads, csv_input, settings or output. Needs
`atheris` (pip install atheris). The arguments after the target are libFuzzer options; the path of a
file runs that one input. An input that violates a law is written to the working folder; add a test
for it when you fix the bug.
"""

import importlib
import sys
import tempfile
from pathlib import Path
from typing import Any


def main() -> None:
    """Fuzz the target that the command line names."""
    name, *options = sys.argv[1:]
    sys.path.insert(0, str(Path(__file__).parents[1]))
    # Not imported as usual, since the checks of this repository run without it.
    atheris: Any = importlib.import_module("atheris")
    with atheris.instrument_imports(include=["rtmcli"]):
        target = importlib.import_module(f"fuzz.{name}")
    with tempfile.TemporaryDirectory() as corpus:
        for number, seed in enumerate(target.SEEDS):
            Path(corpus, str(number)).write_bytes(seed)
        dictionary = Path(corpus).with_suffix(".dict")
        dictionary.write_text("".join(f'"{_hex_escaped(word)}"\n' for word in target.DICTIONARY))
        is_one_input = any(Path(option).is_file() for option in options)
        folders = [] if is_one_input else [corpus]
        atheris.Setup(
            [name, "-timeout=20", f"-dict={dictionary}", *options, *folders], target.check
        )
        atheris.Fuzz()


def _hex_escaped(token: bytes) -> str:
    return "".join(f"\\x{byte:02x}" for byte in token)


if __name__ == "__main__":
    main()
