"""The width of a terminal, and when its output is colored."""

import os
import pty

import pytest

from rtmcli.cli.io.terminal import terminal_width, use_color


@pytest.mark.parametrize(
    ("choice", "environ", "is_tty", "expected"),
    [
        (None, {}, True, True),
        (None, {}, False, False),
        ("auto", {}, True, True),
        ("auto", {}, False, False),
        ("always", {"NO_COLOR": "1", "TERM": "dumb"}, False, True),
        ("never", {"CLICOLOR_FORCE": "1"}, True, False),
        (None, {"NO_COLOR": "1"}, True, False),
        (None, {"NO_COLOR": ""}, True, True),
        ("auto", {"NO_COLOR": "1"}, True, False),
        (None, {"TERM": "dumb"}, True, False),
        (None, {"TERM": "xterm"}, True, True),
        (None, {"CLICOLOR": "0"}, True, False),
        (None, {"CLICOLOR": "1"}, False, False),
        (None, {"CLICOLOR_FORCE": "1"}, False, True),
        (None, {"CLICOLOR_FORCE": "1", "CLICOLOR": "0", "TERM": "dumb"}, True, True),
        (None, {"CLICOLOR_FORCE": "1", "NO_COLOR": "1"}, True, False),
        (None, {"CLICOLOR_FORCE": "0"}, False, False),
        (None, {"CLICOLOR_FORCE": ""}, False, False),
    ],
)
def test_whether_output_is_colored(
    choice: str | None, environ: dict[str, str], is_tty: bool, expected: bool
) -> None:
    """The option decides, then NO_COLOR, CLICOLOR_FORCE, CLICOLOR and TERM."""
    assert use_color(choice, environ, is_tty=is_tty, is_json=False) == expected


def test_no_variable_colors_json_that_a_program_reads() -> None:
    """In a pipe, jq could not read it; only --color does."""
    assert not use_color(None, {"CLICOLOR_FORCE": "1"}, is_tty=False)
    assert use_color("always", {}, is_tty=False)


def test_only_a_terminal_has_a_width() -> None:
    """A terminal that does not know its width reports 0 columns."""
    controller_fd, terminal_fd = pty.openpty()
    assert terminal_width(terminal_fd) is None
    os.close(terminal_fd)
    os.close(controller_fd)
    assert terminal_width(controller_fd) is None
