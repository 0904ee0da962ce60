"""The line that tells how far a stream has come."""

import io
from types import SimpleNamespace
from typing import Any

import pytest
from rich.console import Console

from rtmcli.cli.io import progress
from rtmcli.cli.io.progress import ProgressLine


@pytest.fixture
def screen(monkeypatch: pytest.MonkeyPatch) -> io.StringIO:
    """Let a text stand for the terminal."""
    buffer = io.StringIO()

    def console(**_: Any) -> Console:
        return Console(file=buffer, force_terminal=True, width=80, color_system=None)

    monkeypatch.setattr(progress, "Console", console)
    return buffer


def test_the_line_tells_count_and_failures(screen: io.StringIO) -> None:
    """And is wiped away in the end."""
    line = ProgressLine(0, lambda: 50, lambda: (12, 3))
    line()
    line.stop()
    text = screen.getvalue()
    assert "12 calls, " in text
    assert "3 failed" in text
    assert text.endswith("\x1b[2K")


def test_a_file_has_a_bar_and_an_end(screen: io.StringIO) -> None:
    """Measured by its bytes."""
    line = ProgressLine(100, lambda: 50, lambda: (1, 0))
    line()
    line.stop()
    assert "━" in screen.getvalue()


@pytest.mark.usefixtures("screen")
def test_the_line_is_drawn_when_it_is_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Five times a second, however often it is called."""
    clock = SimpleNamespace(now=100.0)
    monkeypatch.setattr(progress, "monotonic", lambda: clock.now)
    drawn: list[float] = []

    def told() -> tuple[int, int]:
        drawn.append(clock.now)
        return 0, 0

    line = ProgressLine(0, lambda: 0, told)
    assert line() == pytest.approx(100.2)
    count = len(drawn)
    line()
    assert len(drawn) == count
    clock.now = 100.3
    line()
    assert drawn[-1] == 100.3
    line.stop()
