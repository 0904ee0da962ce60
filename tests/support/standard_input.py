"""Standard input of a command that runs in the process of a test."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from rtmcli.cli.io import stdin

_MODULES = ("cli.io.stream_input", "cli.io.stdin", "cli.calls.stream_journal")


@contextmanager
def standard_input(descriptor: int) -> Iterator[None]:
    """Make a descriptor standard input that nothing has read yet, and close it in the end."""
    with pytest.MonkeyPatch.context() as patch:
        for module in _MODULES:
            patch.setattr(f"rtmcli.{module}.STDIN", descriptor)
        patch.setattr(stdin, "_claims", [])
        yield
    os.close(descriptor)
