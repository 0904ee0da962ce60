"""The terminal: its width, and whether to color what goes there."""

import os
from collections.abc import Mapping

RESET = "\x1b[0m"
BOLD = "\x1b[1m"
DIM = "\x1b[2m"
FAILURE_COLOR = "\x1b[31m"
WARNING_COLOR = "\x1b[33m"


def terminal_width(fd: int) -> int | None:
    """Return the columns of a terminal; None for another file, or if they are not known."""
    try:
        return os.get_terminal_size(fd).columns or None
    except OSError:
        return None


def use_color(
    choice: str | None, environ: Mapping[str, str], *, is_tty: bool, is_json: bool = True
) -> bool:
    """Return whether to color the output, by `--color`, else by the usual variables.

    NO_COLOR (https://no-color.org) and CLICOLOR=0 disable colors, and so does a dumb terminal.
    CLICOLOR_FORCE (https://bixense.com/clicolors) enables them without a terminal, too, but not for
    JSON, which programs read.
    """
    if choice in ("always", "never"):
        return choice == "always"
    if environ.get("NO_COLOR"):
        return False
    if not is_json and environ.get("CLICOLOR_FORCE", "0") not in ("", "0"):
        return True
    return is_tty and environ.get("CLICOLOR") != "0" and environ.get("TERM") != "dumb"
