"""A line on the terminal that tells how far a stream of calls has come, and is gone at its end."""

from collections.abc import Callable
from time import monotonic

from rich.console import Console
from rich.progress import BarColumn, Progress, ProgressColumn, Task, TimeRemainingColumn
from rich.text import Text

_EVERY = 0.2  # seconds


class Progressing:
    """The line; call it often, and it draws itself when it is time."""

    def __init__(
        self, size: int, bytes_in: Callable[[], int], told: Callable[[], tuple[int, int]]
    ) -> None:
        """Measure by the `size` of the input in bytes, 0 where nobody knows it.

        `told` returns how many calls have ended, and how many of them badly.
        """
        columns: list[ProgressColumn] = [_Words(told)]
        if size:
            columns += [BarColumn(bar_width=20), TimeRemainingColumn()]
        console = Console(stderr=True)
        self._progress = Progress(*columns, console=console, transient=True, auto_refresh=False)
        self._task = self._progress.add_task("", total=size or None)
        self._bytes_in = bytes_in
        self._due = monotonic()
        self._progress.start()

    def __call__(self) -> float:
        """Draw the line where it is time; return when it is next."""
        now = monotonic()
        if now >= self._due:
            self._due = now + _EVERY
            self._progress.update(self._task, completed=self._bytes_in())
            self._progress.refresh()
        return self._due

    def stop(self) -> None:
        """Wipe the line away."""
        self._progress.stop()


class _Words(ProgressColumn):
    """So many calls, so many a second, so many failed."""

    def __init__(self, told: Callable[[], tuple[int, int]]) -> None:
        super().__init__()
        self._told = told

    def render(self, task: Task) -> Text:
        count, failed = self._told()
        rate = count / task.elapsed if task.elapsed else 0.0
        return Text(f"{count} calls, {rate:.0f}/s, {failed} failed")
