"""The writer of standard output: everything in order and whole, and never a wait for the reader."""

import contextlib
import os
import pty
import select
import signal
import socket
import termios
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from rtmcli import signals
from rtmcli.cli.io.writer import ReaderGone, StdoutWriter
from rtmcli.errors import Disconnected, Interrupted, NotWritten

Pipe = tuple[int, int]  # read end, write end
TOO_MUCH = 4_000_000  # bytes: no pipe, terminal or socket takes that many at once


@pytest.fixture
def pipe() -> Iterator[Pipe]:
    """Make a pipe, whose ends the test may close."""
    ends = os.pipe()
    yield ends
    for end in ends:
        with contextlib.suppress(OSError):
            os.close(end)


@pytest.fixture(params=["reopened", "shared"])
def any_pipe(pipe: Pipe, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Pipe:
    """Make a pipe that can be opened again, and one that cannot, as another user's."""
    if request.param == "shared":

        def refuse(*_: object) -> int:
            raise PermissionError

        monkeypatch.setattr(os, "open", refuse)
    return pipe


class ReaderThread:
    """Reads a file to its end, in a thread."""

    def __init__(self, fd: int) -> None:
        self._chunks: list[bytes] = []
        self._fd = fd
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self) -> None:
        while chunk := os.read(self._fd, 1000):
            self._chunks.append(chunk)

    def read_all(self) -> bytes:
        """Wait for the end; return what was read."""
        self._thread.join(20)
        return b"".join(self._chunks)


def numbered_lines(size: int, total: int) -> bytes:
    """Return different lines of a size, `total` bytes together, or a little less."""
    largest = 10 ** min(size - 1, 9)
    return b"".join(b"%0*d\n" % (size - 1, number % largest) for number in range(total // size))


def read_available(fd: int) -> bytes:
    """Read what is there."""
    data = b""
    while select.select([fd], [], [], 0)[0] and (chunk := os.read(fd, 1 << 20)):
        data += chunk
    return data


def write_and_raise(writer: StdoutWriter, data: bytes, error: BaseException) -> None:
    """Write what goes without waiting, and raise."""
    writer.write(data)
    writer.flush()
    raise error


# --- in order and whole ---


@pytest.mark.parametrize("size", [2, 100, 4096, 5000, 60_000, 200_000])
def test_all_lines_are_written_in_order(any_pipe: Pipe, size: int) -> None:
    """Leaving the context waits until the last of them is written."""
    read_end, write_end = any_pipe
    reader = ReaderThread(read_end)
    lines = numbered_lines(size, 500_000)
    with StdoutWriter(write_end) as writer:
        for line in lines.splitlines(keepends=True):
            writer.write(line)
        writer.write(lines)
    os.close(write_end)
    assert reader.read_all() == lines * 2


@pytest.mark.parametrize("size", [2, 100, 3000, 4096])
def test_a_line_of_one_page_is_never_torn(any_pipe: Pipe, size: int) -> None:
    """Not even if the process is killed while the pipe is full."""
    read_end, write_end = any_pipe
    os.write(write_end, b"x" * 30_000 + b"\n")
    writer = StdoutWriter(write_end)
    writer.write(numbered_lines(size, 500_000))
    writer.flush()
    writer.flush()
    assert writer.buffered_bytes
    found = read_available(read_end)
    assert found.endswith(b"\n")
    assert all(len(line) == size for line in found.splitlines(keepends=True)[1:])


@pytest.mark.parametrize("size", [5000, 20_000, 60_000, 200_000])
def test_a_longer_line_is_completed_if_a_signal_ends_the_writer(any_pipe: Pipe, size: int) -> None:
    """Although the pipe is not being read: it is made larger for the rest of the line."""
    read_end, write_end = any_pipe
    os.write(write_end, b"x" * 30_000 + b"\n")
    lines = numbered_lines(size, 2_000_000)
    with pytest.raises(Interrupted), StdoutWriter(write_end) as writer:
        write_and_raise(writer, lines, Interrupted(signal.SIGTERM))
    written = read_available(read_end)[30_001:]
    assert written.endswith(b"\n")
    assert lines.startswith(written)


@pytest.mark.parametrize(("size", "kept"), [(65_536, 1), (2_000_000, 0)])
def test_pending_writes_are_counted(pipe: Pipe, size: int, kept: int) -> None:
    """One that is written in part is pending."""
    writer = StdoutWriter(pipe[1])
    for _ in range(3):
        writer.write(b"x" * (size - 1) + b"\n")
    writer.write(b"")
    assert writer.pending_writes == 3
    writer.flush()
    assert writer.pending_writes == 3 - kept


# --- never a wait ---


def test_a_pipe_stays_blocking_for_others(pipe: Pipe) -> None:
    """The flag is that of a second open file description."""
    writer = StdoutWriter(pipe[1])
    writer.write(b"x" * TOO_MUCH)
    writer.flush()
    assert writer.wants_write
    assert os.get_blocking(pipe[1])


@pytest.mark.parametrize("is_blocking", [True, False])
def test_a_full_pipe_is_not_waited_for(any_pipe: Pipe, is_blocking: bool) -> None:
    """What it does not take stays buffered, in order, and follows as it is read."""
    read_end, write_end = any_pipe
    os.set_blocking(write_end, is_blocking)
    lines = numbered_lines(100, TOO_MUCH)
    writer = StdoutWriter(write_end)
    writer.write(lines)
    writer.flush()
    found = b""
    while writer.buffered_bytes:
        found += read_available(read_end)
        writer.flush()
    assert found + read_available(read_end) == lines


def test_a_stopped_terminal_is_not_waited_for() -> None:
    """Ctrl-S stops the output, and not the process; what was held back follows after Ctrl-Q."""
    controller, terminal = pty.openpty()
    lines = b"x\n" * 10_000
    writer = StdoutWriter(terminal)
    termios.tcflow(terminal, termios.TCOOFF)
    writer.write(lines)
    writer.flush()
    assert writer.buffered_bytes == len(lines)
    termios.tcflow(terminal, termios.TCOON)
    found = b""
    while len(found) < 3 * len(lines) // 2:  # a line end is two characters on a terminal
        writer.flush()
        found += read_available(controller)
    assert found.replace(b"\r\n", b"\n") == lines
    assert os.get_blocking(terminal)
    os.close(controller)
    os.close(terminal)


def test_a_socket_is_not_waited_for() -> None:
    """As inetd and some process managers have it."""
    ours, theirs = socket.socketpair()
    lines = numbered_lines(100, TOO_MUCH)
    with ours, theirs:
        writer = StdoutWriter(theirs.fileno())
        writer.write(lines)
        writer.flush()
        assert 0 < writer.buffered_bytes < len(lines)
        found = b""
        while len(found) < len(lines):
            found += read_available(ours.fileno())
            writer.flush()
    assert found == lines


def test_a_file_takes_everything_at_once(tmp_path: Path) -> None:
    """It has no reader to wait for; what was in it stays."""
    target = tmp_path / "out"
    target.write_bytes(b"first\n")
    with target.open("ab") as file:
        writer = StdoutWriter(file.fileno())
        writer.write(b"x" * 200_000 + b"\n")
        writer.flush()
        assert writer.buffered_bytes == 0
    assert target.stat().st_size == 200_007


# --- waiting ---


def test_drain_waits_for_a_reader_that_reads(pipe: Pipe) -> None:
    """Until no more than the wanted number of bytes is buffered."""
    read_end, write_end = pipe
    reader = ReaderThread(read_end)
    with StdoutWriter(write_end) as writer:
        writer.write(numbered_lines(100, 1_000_000))
        writer.drain(max_left=500_000, timeout=20.0)
        assert writer.buffered_bytes <= 500_000
        writer.drain()
        assert writer.buffered_bytes == 0
    os.close(write_end)
    assert len(reader.read_all()) == 1_000_000


def test_drain_gives_up_if_the_reader_takes_nothing(pipe: Pipe) -> None:
    """After the timeout, and at once if that has passed without progress already."""
    writer = StdoutWriter(pipe[1])
    writer.write(b"x" * TOO_MUCH)
    for least, most in (0.2, 10.0), (0.0, 0.1):
        started = time.monotonic()
        writer.drain(timeout=0.2)
        assert least <= time.monotonic() - started < most
    assert writer.buffered_bytes


def test_every_wait_writes_in_the_background(pipe: Pipe) -> None:
    """Whatever is waited for, the output goes on as fast as it is read."""
    read_end, write_end = pipe
    reader = ReaderThread(read_end)
    done, ready = os.pipe()
    with StdoutWriter(write_end) as writer, signals.background(writer):
        writer.write(numbered_lines(100, 1_000_000))
        while writer.buffered_bytes:
            signals.wait_for(done, select.POLLIN, 50)
        os.write(ready, b"x")
        assert signals.wait_for(done, select.POLLIN)
    for fd in (done, ready, write_end):
        os.close(fd)
    assert len(reader.read_all()) == 1_000_000


def test_every_wait_ends_if_the_reader_is_gone(any_pipe: Pipe) -> None:
    """Although nothing is to be written; waits for other things go on after that."""
    read_end, write_end = any_pipe
    timer = threading.Timer(0.05, os.close, [read_end])
    timer.start()
    writer = StdoutWriter(write_end)
    with signals.background(writer):
        with pytest.raises(ReaderGone):
            signals.sleep(20)
        signals.sleep(0.01)
    timer.join()


# --- the end ---


def test_an_error_waits_for_a_slow_reader(pipe: Pipe) -> None:
    """What was received before the server ended the session is printed before the end."""
    read_end, write_end = pipe
    reader = ReaderThread(read_end)
    with pytest.raises(Disconnected), StdoutWriter(write_end) as writer:
        write_and_raise(writer, numbered_lines(100, 1_000_000), Disconnected("over"))
    os.close(write_end)
    assert len(reader.read_all()) == 1_000_000


def test_a_signal_waits_a_second_at_most(any_pipe: Pipe) -> None:
    """Of a reader that stands still nothing more is to be expected."""
    started = time.monotonic()
    with pytest.raises(Interrupted), StdoutWriter(any_pipe[1]) as writer:
        write_and_raise(writer, b"x\n" * TOO_MUCH, Interrupted(signal.SIGTERM))
    assert 0.9 < time.monotonic() - started < 2.0


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_reader_that_is_gone_is_noticed(any_pipe: Pipe, when: str) -> None:
    """Before the writer is made, and after; nothing is written then."""
    read_end, write_end = any_pipe
    if when == "before":
        os.close(read_end)
    writer = StdoutWriter(write_end)
    if when == "after":
        os.close(read_end)
    writer.write(b"line\n")
    writer.flush()
    assert isinstance(writer.write_error, ReaderGone)
    assert (writer.wants_write, writer.pending_writes) == (False, 1)
    with pytest.raises(ReaderGone):
        writer.drain()


def test_an_error_that_ended_the_context_outweighs_a_reader_that_is_gone(pipe: Pipe) -> None:
    """The first reason to end is the one that is reported."""
    os.close(pipe[0])
    with pytest.raises(Disconnected), StdoutWriter(pipe[1]) as writer:
        write_and_raise(writer, b"line\n", Disconnected("over"))


def test_a_full_disk_is_an_error() -> None:
    """With the system's words."""
    with (
        Path("/dev/full").open("wb") as full,
        pytest.raises(NotWritten, match="standard output not written: no space left on device"),
        StdoutWriter(full.fileno()) as writer,
    ):
        writer.write(b"line\n")


def test_the_writer_closes_what_it_opened(pipe: Pipe) -> None:
    """And not standard output."""
    before = os.listdir("/proc/self/fd")  # noqa: PTH208  # of /proc
    with StdoutWriter(pipe[1]):
        pass
    assert os.listdir("/proc/self/fd") == before  # noqa: PTH208  # of /proc
