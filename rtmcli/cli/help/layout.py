"""The layout of help: how wide it is, and whether headings are colored."""

import os
from collections.abc import Mapping
from typing import NamedTuple

from rtmcli.cli.io.terminal import RESET, terminal_width, use_color

_MIN_WIDTH, _MAX_WIDTH = 60, 100  # narrower tables and wider paragraphs are hard to read
_MAX_DIGITS = 4  # of COLUMNS; more would not change the width
_HEADING_COLOR = "\x1b[1;34m"


class Layout(NamedTuple):
    """How to lay out help; by default, as a file or a pipe gets it."""

    width: int = 80
    use_color: bool = False

    def heading(self, title: str) -> str:
        """Return a title with its colon."""
        return f"{_HEADING_COLOR}{title}:{RESET}" if self.use_color else f"{title}:"


PLAIN = Layout()


def layout_for(fd: int, environ: Mapping[str, str]) -> Layout:
    """Return the layout for a file: COLUMNS, else its terminal, decides on the width."""
    columns = environ.get("COLUMNS", "")
    # Not by a regular expression: compiling one takes longer than all the rest of this module.
    width = int(columns[:_MAX_DIGITS]) if columns.isdecimal() else terminal_width(fd)
    return Layout(
        min(max(width or PLAIN.width, _MIN_WIDTH), _MAX_WIDTH),
        use_color(None, environ, is_tty=os.isatty(fd), is_json=False),
    )
