"""A progress line on the terminal for many calls or items; the next line of output replaces it."""

import os
import stat
from collections.abc import Callable
from time import monotonic
from typing import NamedTuple

from rtmcli.cli.io import stderr
from rtmcli.cli.io.stderr import STDERR
from rtmcli.cli.io.terminal import terminal_width
from rtmcli.cli.io.writer import STDOUT

_REFRESH_INTERVAL = 0.2  # seconds
_MIN_ESTIMATE_TIME = 1.0  # seconds from the start until the remaining time is shown
_MIN_BAR_COLUMNS = 60  # of a terminal with room for the bar
_BAR_LENGTH = 20
_DEFAULT_COLUMNS = 80


class Progress(NamedTuple):
    """How far it is; `done` and `total` have the same unit, and a total of 0 is not known."""

    done: int
    total: int
    finished: int
    failed: int | None = None  # None: not counted


def is_watched(*, with_output: bool) -> bool:
    """Return whether a person sees standard error, and no pipe that may print there, too.

    `with_output` says whether standard output may be the terminal itself.
    """
    mode = os.fstat(STDOUT).st_mode
    is_piped = stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode)
    return os.isatty(STDERR) and not is_piped and (with_output or not os.isatty(STDOUT))


class ProgressLine:
    """The line; call it often, and it redraws itself when that is due."""

    def __init__(self, unit: str, get_progress: Callable[[], Progress]) -> None:
        """Show counts as `unit`, a plural noun."""
        self._unit = unit
        self._get_progress = get_progress
        self._started_at = self._next_refresh = monotonic()

    def __call__(self) -> float:
        """Redraw the line if that is due; return when it is due next."""
        now = monotonic()
        if now >= self._next_refresh:
            self._next_refresh = now + _REFRESH_INTERVAL
            self.draw()
        return self._next_refresh

    @property
    def elapsed(self) -> float:
        """Return the seconds since the start."""
        return monotonic() - self._started_at

    def draw(self) -> None:
        """Draw the line anew."""
        columns = terminal_width(STDERR) or _DEFAULT_COLUMNS
        text = format_progress(self._get_progress(), self._unit, self.elapsed, columns)
        stderr.write_transient(text)

    def stop(self) -> None:
        """Erase the line."""
        stderr.write_transient("")


def format_progress(progress: Progress, unit: str, elapsed: float, columns: int) -> str:
    """Format a line that leaves the last column of a terminal free, with as much as fits.

    What does not fit is left out: a number that is cut off would be another number.
    """
    done, total, finished, failed = progress
    rate = finished / elapsed if elapsed else 0.0
    parts = [f"{finished:,} {unit}", f"{rate:,.0f}/s"]
    if failed is not None:
        parts.append(f"{failed:,} failed")
    if total:
        done = min(done, total)
        parts.insert(0, f"{100 * done // total}%")
        if elapsed >= _MIN_ESTIMATE_TIME and done:
            parts.append(f"{_format_time(elapsed * (total - done) / done)} left")
        if columns >= _MIN_BAR_COLUMNS:
            filled = _BAR_LENGTH * done // total
            parts[0] = f"[{'#' * filled:-<{_BAR_LENGTH}}] {parts[0]}"
    text = ""
    for part in parts:
        longer = f"{text}, {part}" if text else part
        if len(longer) < columns:
            text = longer
    return text


def _format_time(seconds: float) -> str:
    minutes, seconds = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"
