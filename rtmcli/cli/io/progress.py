"""A progress line on the terminal for a stream of calls; it is erased at the end."""

from collections.abc import Callable
from time import monotonic

from rich.console import Console
from rich.progress import BarColumn, Progress, ProgressColumn, Task, TimeRemainingColumn
from rich.text import Text

_REFRESH_INTERVAL = 0.2  # seconds


class ProgressLine:
    """The line; call it often, and it redraws itself when that is due."""

    def __init__(
        self,
        total_bytes: int,
        get_bytes_read: Callable[[], int],
        get_counts: Callable[[], tuple[int, int]],
    ) -> None:
        """Draw a bar as well, unless `total_bytes` is 0: the size of the input is not known.

        `get_counts` returns how many calls have ended, and how many of them failed.
        """
        columns: list[ProgressColumn] = [_CountsColumn(get_counts)]
        if total_bytes:
            columns += [BarColumn(bar_width=20), TimeRemainingColumn()]
        console = Console(stderr=True)
        self._progress = Progress(*columns, console=console, transient=True, auto_refresh=False)
        self._task = self._progress.add_task("", total=total_bytes or None)
        self._get_bytes_read = get_bytes_read
        self._next_refresh = monotonic()
        self._progress.start()

    def __call__(self) -> float:
        """Redraw the line if that is due; return when it is due next."""
        now = monotonic()
        if now >= self._next_refresh:
            self._next_refresh = now + _REFRESH_INTERVAL
            self._progress.update(self._task, completed=self._get_bytes_read())
            self._progress.refresh()
        return self._next_refresh

    def stop(self) -> None:
        """Erase the line."""
        self._progress.stop()


class _CountsColumn(ProgressColumn):
    """The number of calls, the rate and the failures."""

    def __init__(self, get_counts: Callable[[], tuple[int, int]]) -> None:
        super().__init__()
        self._get_counts = get_counts

    def render(self, task: Task) -> Text:
        count, failed = self._get_counts()
        rate = count / task.elapsed if task.elapsed else 0.0
        return Text(f"{count} calls, {rate:.0f}/s, {failed} failed")
