"""The progress line of a stream."""

import io
from types import SimpleNamespace
from typing import Any

import pytest
from rich.console import Console

from rtmcli.cli.io import progress
from rtmcli.cli.io.progress import ProgressLine


@pytest.fixture
def screen(monkeypatch: pytest.MonkeyPatch) -> io.StringIO:
    """Replace the terminal by a string."""
    buffer = io.StringIO()

    def console(**_: Any) -> Console:
        return Console(file=buffer, force_terminal=True, width=80, color_system=None)

    monkeypatch.setattr(progress, "Console", console)
    return buffer


def test_the_line_shows_count_and_failures(screen: io.StringIO) -> None:
    """And is erased at the end."""
    line = ProgressLine(0, lambda: 50, lambda: (12, 3))
    line()
    line.stop()
    text = screen.getvalue()
    assert "12 calls, " in text
    assert "3 failed" in text
    assert text.endswith("\x1b[2K")


def test_a_file_has_a_bar(screen: io.StringIO) -> None:
    """By the bytes that were read."""
    line = ProgressLine(100, lambda: 50, lambda: (1, 0))
    line()
    line.stop()
    assert "━" in screen.getvalue()


@pytest.mark.usefixtures("screen")
def test_the_line_is_redrawn_when_that_is_due(monkeypatch: pytest.MonkeyPatch) -> None:
    """Five times a second, however often it is called."""
    clock = SimpleNamespace(now=100.0)
    monkeypatch.setattr(progress, "monotonic", lambda: clock.now)
    drawn: list[float] = []

    def get_counts() -> tuple[int, int]:
        drawn.append(clock.now)
        return 0, 0

    line = ProgressLine(0, lambda: 0, get_counts)
    assert line() == pytest.approx(100.2)
    count = len(drawn)
    line()
    assert len(drawn) == count
    clock.now = 100.3
    line()
    assert drawn[-1] == 100.3
    line.stop()
