"""The spool: everything in order and whole, whatever the reader does."""

import errno
import os
import signal
import threading
import time
from collections.abc import Iterator

import pytest

from rtmcli.cli.output import ClosedPipe
from rtmcli.cli.spool import Spool
from rtmcli.errors import Disconnected, Interrupted, NotWritten


@pytest.fixture
def pipe() -> Iterator[tuple[int, int]]:
    """Make a pipe; closing an end twice is fine."""
    ends = os.pipe()
    yield ends
    for end in ends:
        try:
            os.close(end)
        except OSError as error:
            assert error.errno == errno.EBADF  # noqa: PT017  # a test closed it


class Reader:
    """Reads a pipe to its end, in a thread."""

    def __init__(self, fd: int) -> None:
        self._chunks: list[bytes] = []
        self._fd = fd
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self) -> None:
        while chunk := os.read(self._fd, 1000):
            self._chunks.append(chunk)

    def all(self) -> bytes:
        """Wait for the end; return what was read."""
        self._thread.join(20)
        return b"".join(self._chunks)


def until_still(spool: Spool) -> int:
    """Wait until nothing moves any more; return how much is held."""
    held = -1
    while held != spool.held:
        held = spool.held
        time.sleep(0.05)
    return held


def end_by(error: BaseException, spool: Spool, lines: bytes) -> None:
    """Have lines written, and raise."""
    spool.put(lines)
    raise error


@pytest.mark.parametrize("size", [1, 100, 5000, 60_000, 200_000])
def test_all_lines_come_out_in_their_order(pipe: tuple[int, int], size: int) -> None:
    """Leaving the context waits until the last of them is written."""
    read, write = pipe
    reader = Reader(read)
    lines = [b"%d" % number + b"x" * size + b"\n" for number in range(1_000_000 // (size + 1000))]
    with Spool(fd=write) as spool:
        for line in lines:
            spool.put(line)
        spool.put(b"".join(lines))
    os.close(write)
    assert reader.all() == b"".join(lines) * 2


def test_lines_that_are_sure_to_fit_are_there_at_once(pipe: tuple[int, int]) -> None:
    """No thread has to wake up for them; the line that does not fit comes after them, whole."""
    read, write = pipe
    with Spool(fd=write) as spool:
        spool.put(b"one\ntwo\n")
        os.set_blocking(read, False)
        assert os.read(read, 100) == b"one\ntwo\n"
        os.set_blocking(read, True)
        spool.put(b"x" * 60_000 + b"\n" + b"y" * 60_000 + b"\n")
        assert os.read(read, 60_001) == b"x" * 60_000 + b"\n"
        reader = Reader(read)
    os.close(write)
    assert reader.all() == b"y" * 60_000 + b"\n"


def test_the_end_waits_for_a_slow_reader_even_where_it_is_an_error(pipe: tuple[int, int]) -> None:
    """What was heard before the server ended the session is printed before we end."""
    read, write = pipe
    with pytest.raises(Disconnected), Spool(fd=write) as spool:
        end_by(Disconnected("over"), spool, b"x" * 99 + b"\n")
    assert len(os.read(read, 1000)) == 100


def test_a_signal_stops_the_writing_between_two_lines(pipe: tuple[int, int]) -> None:
    """A second is given for what is left, and then the last line in the pipe is whole."""
    read, write = pipe
    line = b"x" * 2999 + b"\n"
    started = time.monotonic()
    with pytest.raises(Interrupted), Spool(fd=write) as spool:
        end_by(Interrupted(signal.SIGTERM), spool, line * 1000)
    assert time.monotonic() - started < 2.0
    os.close(write)
    written = Reader(read).all()
    assert written == line * (len(written) // 3000)


def test_a_reader_that_is_gone_interrupts_the_main_thread(pipe: tuple[int, int]) -> None:
    """Though nothing is written: it ends a wait of any kind."""
    read, write = pipe
    timer = threading.Timer(0.05, os.close, [read])
    timer.start()
    with pytest.raises(ClosedPipe), Spool(fd=write):
        time.sleep(10)
    timer.join()


def test_what_cannot_be_written_is_an_error() -> None:
    """A full disk, told with the system's words."""
    full = os.open("/dev/full", os.O_WRONLY)
    with (
        pytest.raises(NotWritten, match="standard output not written: no space left on device"),
        Spool(fd=full) as spool,
    ):
        spool.put(b"line\n")
    os.close(full)


def test_a_broken_pipe_of_another_kind_means_nothing(pipe: tuple[int, int]) -> None:
    """The signal alone, as a write to a dead socket raises it, is no failure."""
    read, write = pipe
    with Spool(fd=write) as spool:
        signal.raise_signal(signal.SIGPIPE)
        spool.put(b"line\n")
    assert os.read(read, 100) == b"line\n"


def test_the_handling_of_the_signal_is_given_back(pipe: tuple[int, int]) -> None:
    """Afterwards it is what it was."""
    before = signal.getsignal(signal.SIGPIPE)
    with Spool(fd=pipe[1]):
        pass
    assert signal.getsignal(signal.SIGPIPE) is before


def test_a_full_spool_has_no_room_until_an_eighth_is_free(pipe: tuple[int, int]) -> None:
    """What is held is bounded, and a reader who comes back makes room."""
    read, write = pipe
    line = b"x" * 999 + b"\n"
    with Spool(80_000, fd=write) as spool:
        while spool.has_room():
            spool.put(line)
        held = until_still(spool)
        assert 80_000 < held <= 81_000
        os.read(read, 5000)
        until_still(spool)
        assert not spool.has_room()
        while spool.held > 70_000:
            os.read(read, 5000)
            time.sleep(0.001)
        assert spool.has_room()
        reader = Reader(read)
    os.close(write)
    assert reader.all().endswith(line)


def test_a_file_that_others_made_non_blocking_is_written_nevertheless(
    pipe: tuple[int, int],
) -> None:
    """Whole and in order, as soon as there is room."""
    read, write = pipe
    os.set_blocking(write, False)
    lines = b"x" * 99 + b"\n"
    reader = Reader(read)
    with Spool(fd=write) as spool:
        spool.put(lines * 10_000)
    os.close(write)
    assert reader.all() == lines * 10_000


def test_a_file_that_takes_less_than_it_said_is_asked_again(pipe: tuple[int, int]) -> None:
    """Another writer may be faster: nothing is lost, and nothing is written twice."""
    read, write = pipe
    os.set_blocking(write, False)
    spool = Spool(fd=write)
    assert os.write(write, b"y" * 65_536) == 65_536
    assert spool._write_some(memoryview(b"x")) == 0
    reader = Reader(read)
    with spool:
        spool.put(b"line\n")
    os.close(write)
    assert reader.all().endswith(b"yline\n")


def test_a_line_larger_than_the_pipe_does_not_hold_the_end_up(pipe: tuple[int, int]) -> None:
    """It cannot be written whole where nobody reads; the process ends all the same."""
    read, write = pipe
    started = time.monotonic()
    spool = Spool(fd=write)
    with pytest.raises(Interrupted), spool:
        begin_and_end_by(Interrupted(signal.SIGTERM), spool, b"x" * 200_000 + b"\n")
    assert time.monotonic() - started < 2.0
    reader = Reader(read)  # a process would be over; here the thread has to come to its end
    spool._thread.join(5)
    os.close(write)
    assert len(reader.all()) == 200_001


def begin_and_end_by(error: BaseException, spool: Spool, lines: bytes) -> None:
    """Have lines written, and raise when the first of them have been."""
    spool.put(lines)
    while spool.held == len(lines):
        time.sleep(0.001)
    raise error
