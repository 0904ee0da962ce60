"""The layout of help: its width and its colors."""

import fcntl
import os
import pty
import struct
import termios
from collections.abc import Iterator

import pytest

from rtmcli.cli.help.layout import PLAIN, Layout, layout_for


@pytest.fixture
def terminal_fd() -> Iterator[int]:
    """Open a terminal of 90 columns."""
    controller_fd, terminal_fd = pty.openpty()
    fcntl.ioctl(terminal_fd, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 90, 0, 0))
    yield terminal_fd
    os.close(terminal_fd)
    os.close(controller_fd)


@pytest.fixture
def pipe_fd() -> Iterator[int]:
    """Open a pipe."""
    read_fd, write_fd = os.pipe()
    yield write_fd
    os.close(read_fd)
    os.close(write_fd)


@pytest.mark.parametrize(
    ("columns", "width"),
    [("", 80), ("72", 72), ("40", 60), ("200", 100), ("x", 80), ("0", 80), ("-1", 80)],
)
def test_a_pipe_has_80_columns_unless_columns_is_set(
    pipe_fd: int, columns: str, width: int
) -> None:
    """From 60 to 100."""
    assert layout_for(pipe_fd, {"COLUMNS": columns}) == Layout(width)


def test_the_width_is_that_of_the_terminal(terminal_fd: int) -> None:
    """COLUMNS overrides it."""
    assert layout_for(terminal_fd, {"NO_COLOR": "1"}) == Layout(90)
    assert layout_for(terminal_fd, {"COLUMNS": "70", "NO_COLOR": "1"}) == Layout(70)


def test_only_headings_are_colored(terminal_fd: int) -> None:
    """On a terminal, or by CLICOLOR_FORCE."""
    assert layout_for(terminal_fd, {}) == Layout(90, use_color=True)
    assert PLAIN.heading("Options") == "Options:"
    assert Layout(use_color=True).heading("Options") == "\x1b[1;34mOptions:\x1b[0m"
