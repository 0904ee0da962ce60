"""The progress line of a stream or a list."""

import os
import re
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.fds import replaced_fd, terminal_at

from rtmcli.cli.io import progress, stderr
from rtmcli.cli.io.progress import Progress, ProgressLine, format_progress, is_watched


@pytest.mark.parametrize(
    ("values", "elapsed", "line"),
    [
        (Progress(0, 0, 0), 0.0, "0 calls, 0/s"),
        (Progress(0, 200, 0, 0), 0.0, "[--------------------] 0%, 0 calls, 0/s, 0 failed"),
        (Progress(50, 200, 5, 1), 0.5, "[#####---------------] 25%, 5 calls, 10/s, 1 failed"),
        (Progress(50, 0, 1234, 1), 2.0, "1,234 calls, 617/s, 1 failed"),
        (
            Progress(50, 200, 1234, 0),
            30.0,
            "[#####---------------] 25%, 1,234 calls, 41/s, 0 failed, 1:30 left",
        ),
        (Progress(1, 200, 1), 60.0, "[--------------------] 0%, 1 calls, 0/s, 3:19:00 left"),
        (Progress(300, 200, 9), 1.0, "[####################] 100%, 9 calls, 9/s, 0:00 left"),
    ],
)
def test_a_line_says_how_far_how_fast_and_how_long(
    values: Progress, elapsed: float, line: str
) -> None:
    """Percentage and rate at once, the remaining time after a second."""
    assert format_progress(values, "calls", elapsed, 80) == line


@pytest.mark.parametrize(
    ("columns", "line"),
    [
        (59, "25%, 1,234 calls, 41/s, 0 failed, 1:30 left"),
        (44, "25%, 1,234 calls, 41/s, 0 failed, 1:30 left"),
        (43, "25%, 1,234 calls, 41/s, 0 failed"),
        (20, "25%, 1,234 calls"),
        (10, "25%, 41/s"),
        (4, "25%"),
        (3, ""),
        (1, ""),
    ],
)
def test_a_narrow_terminal_gets_what_fits(columns: int, line: str) -> None:
    """In one line, which does not touch the last column."""
    assert format_progress(Progress(50, 200, 1234, 0), "calls", 30.0, columns) == line


@given(
    progress=st.builds(
        Progress,
        st.integers(0, 10**12),
        st.integers(0, 10**12),
        st.integers(0, 10**9),
        st.none() | st.integers(0, 10**9),
    ),
    elapsed=st.floats(0, 1e6),
    columns=st.integers(1, 120),
)
def test_no_number_is_cut_off(progress: Progress, elapsed: float, columns: int) -> None:
    """A narrow line has some of the parts of a wide one, each of them whole."""
    line = format_progress(progress, "items", elapsed, columns)
    assert len(line) < columns
    wide = format_progress(progress, "items", elapsed, 1000).rpartition("] ")[2]
    assert {*line.rpartition("] ")[2].split(", ")} <= {"", *wide.split(", ")}


def test_the_line_is_replaced_by_the_next_line_and_erased_at_the_end() -> None:
    """A shorter line leaves nothing of a longer one, and other output does not mix with it."""
    now = [Progress(0, 0, 1000)]
    line = ProgressLine("items", lambda: now[0])
    with terminal_at(2) as terminal:
        line.draw()
        now[0] = Progress(0, 0, 1)
        line.draw()
        stderr.write_line("rtm: hello")
        line.draw()
        line.stop()
        line.stop()
        drawn = read_until(terminal, b" \r")
    shown = re.sub("[0-9,]+/s", "RATE", re.sub(" +", " ", drawn))
    lines = "\r1,000 items, RATE\r1 items, RATE \r \rrtm: hello\n\r1 items, RATE\r \r"
    assert shown.replace(" \r", "\r") == lines.replace(" \r", "\r")


def read_until(terminal: int, end: bytes) -> str:
    """Read what was written to a terminal, up to text that ends so."""
    data = b""
    while not data.endswith(end):
        data += os.read(terminal, 4096)
    return data.decode().replace("\r\n", "\n")


def test_nothing_is_drawn_if_every_line_is_json() -> None:
    """A program reads standard error."""
    stderr.use_json(on=True)
    with terminal_at(2) as terminal:
        ProgressLine("items", lambda: Progress(0, 0, 1)).draw()
        stderr.write_line("rtm: hello")
        assert read_until(terminal, b"\n").startswith('{"notice"')


def test_the_line_is_redrawn_when_that_is_due(monkeypatch: pytest.MonkeyPatch) -> None:
    """Five times a second, however often it is called."""
    clock = SimpleNamespace(now=100.0)
    monkeypatch.setattr(progress, "monotonic", lambda: clock.now)
    drawn: list[float] = []

    def get_progress() -> Progress:
        drawn.append(clock.now)
        return Progress(0, 0, 0)

    line = ProgressLine("calls", get_progress)
    with terminal_at(2):
        assert [line(), line()] == [pytest.approx(100.2)] * 2
        clock.now = 100.3
        line()
    assert drawn == [100.0, 100.3]


def test_a_person_watches_a_terminal_without_a_pipe() -> None:
    """The program that reads the pipe may print on the same terminal."""
    read_end, write_end = os.pipe()
    null = os.open(os.devnull, os.O_WRONLY)
    watched = []
    for fds, stdout in (((1, 2), 1), ((2,), null), ((2,), write_end), ((1,), 1)):
        with terminal_at(*fds), replaced_fd(1, stdout):
            watched.append((is_watched(with_output=False), is_watched(with_output=True)))
    assert watched == [(False, True), (True, True), (False, False), (False, False)]
    for fd in (read_end, write_end, null):
        os.close(fd)
