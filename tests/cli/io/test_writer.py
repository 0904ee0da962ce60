"""The spool: everything in order and whole, whatever the reader does."""

import errno
import os
import signal
import threading
import time
from collections.abc import Iterator

import pytest

from rtmcli.cli.io.stdout import ReaderGone
from rtmcli.cli.io.writer import StdoutWriter
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


class ReaderThread:
    """Reads a pipe to its end, in a thread."""

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


def wait_until_idle(writer: StdoutWriter) -> int:
    """Wait until nothing moves any more; return how much is held."""
    buffered_bytes = -1
    while buffered_bytes != writer.buffered_bytes:
        buffered_bytes = writer.buffered_bytes
        time.sleep(0.05)
    return buffered_bytes


def write_and_raise(error: BaseException, writer: StdoutWriter, data: bytes) -> None:
    """Have lines written, and raise."""
    writer.write(data)
    raise error


@pytest.mark.parametrize("size", [1, 100, 5000, 60_000, 200_000])
def test_all_lines_come_out_in_their_order(pipe: tuple[int, int], size: int) -> None:
    """Leaving the context waits until the last of them is written."""
    read, write = pipe
    reader = ReaderThread(read)
    lines = [b"%d" % number + b"x" * size + b"\n" for number in range(1_000_000 // (size + 1000))]
    with StdoutWriter(fd=write) as spool:
        for line in lines:
            spool.write(line)
        spool.write(b"".join(lines))
    os.close(write)
    assert reader.read_all() == b"".join(lines) * 2


def test_lines_that_are_sure_to_fit_are_there_at_once(pipe: tuple[int, int]) -> None:
    """No thread has to wake up for them; the line that does not fit comes after them, whole."""
    read, write = pipe
    with StdoutWriter(fd=write) as spool:
        spool.write(b"one\ntwo\n")
        os.set_blocking(read, False)
        assert os.read(read, 100) == b"one\ntwo\n"
        os.set_blocking(read, True)
        spool.write(b"x" * 60_000 + b"\n" + b"y" * 60_000 + b"\n")
        assert os.read(read, 60_001) == b"x" * 60_000 + b"\n"
        reader = ReaderThread(read)
    os.close(write)
    assert reader.read_all() == b"y" * 60_000 + b"\n"


def test_the_end_waits_for_a_slow_reader_even_where_it_is_an_error(pipe: tuple[int, int]) -> None:
    """What was heard before the server ended the session is printed before we end."""
    read, write = pipe
    with pytest.raises(Disconnected), StdoutWriter(fd=write) as spool:
        write_and_raise(Disconnected("over"), spool, b"x" * 99 + b"\n")
    assert len(os.read(read, 1000)) == 100


def test_a_signal_stops_the_writing_between_two_lines(pipe: tuple[int, int]) -> None:
    """A second is given for what is left, and then the last line in the pipe is whole."""
    read, write = pipe
    line = b"x" * 2999 + b"\n"
    started = time.monotonic()
    with pytest.raises(Interrupted), StdoutWriter(fd=write) as spool:
        write_and_raise(Interrupted(signal.SIGTERM), spool, line * 1000)
    assert time.monotonic() - started < 2.0
    os.close(write)
    written = ReaderThread(read).read_all()
    assert written == line * (len(written) // 3000)


def test_a_reader_that_is_gone_interrupts_the_main_thread(pipe: tuple[int, int]) -> None:
    """Though nothing is written: it ends a wait of any kind."""
    read, write = pipe
    timer = threading.Timer(0.05, os.close, [read])
    timer.start()
    with pytest.raises(ReaderGone), StdoutWriter(fd=write):
        time.sleep(10)
    timer.join()


def test_what_cannot_be_written_is_an_error() -> None:
    """A full disk, told with the system's words."""
    full = os.open("/dev/full", os.O_WRONLY)
    with (
        pytest.raises(NotWritten, match="standard output not written: no space left on device"),
        StdoutWriter(fd=full) as spool,
    ):
        spool.write(b"line\n")
    os.close(full)


def test_a_broken_pipe_of_another_kind_means_nothing(pipe: tuple[int, int]) -> None:
    """The signal alone, as a write to a dead socket raises it, is no failure."""
    read, write = pipe
    with StdoutWriter(fd=write) as spool:
        signal.raise_signal(signal.SIGPIPE)
        spool.write(b"line\n")
    assert os.read(read, 100) == b"line\n"


def test_the_handling_of_the_signal_is_given_back(pipe: tuple[int, int]) -> None:
    """Afterwards it is what it was."""
    before = signal.getsignal(signal.SIGPIPE)
    with StdoutWriter(fd=pipe[1]):
        pass
    assert signal.getsignal(signal.SIGPIPE) is before


def test_a_full_spool_has_no_room_until_an_eighth_is_free(pipe: tuple[int, int]) -> None:
    """What is held is bounded, and a reader who comes back makes room."""
    read, write = pipe
    line = b"x" * 999 + b"\n"
    with StdoutWriter(80_000, fd=write) as spool:
        while spool.wait_for_space():
            spool.write(line)
        held = wait_until_idle(spool)
        assert 80_000 < held <= 81_000
        os.read(read, 5000)
        wait_until_idle(spool)
        assert not spool.wait_for_space()
        while spool.buffered_bytes > 70_000:
            os.read(read, 5000)
            time.sleep(0.001)
        assert spool.wait_for_space()
        reader = ReaderThread(read)
    os.close(write)
    assert reader.read_all().endswith(line)


def test_a_file_that_others_made_non_blocking_is_written_nevertheless(
    pipe: tuple[int, int],
) -> None:
    """Whole and in order, as soon as there is room."""
    read, write = pipe
    os.set_blocking(write, False)
    lines = b"x" * 99 + b"\n"
    reader = ReaderThread(read)
    with StdoutWriter(fd=write) as spool:
        spool.write(lines * 10_000)
    os.close(write)
    assert reader.read_all() == lines * 10_000


def test_a_file_that_takes_less_than_it_said_is_asked_again(pipe: tuple[int, int]) -> None:
    """Another writer may be faster: nothing is lost, and nothing is written twice."""
    read, write = pipe
    os.set_blocking(write, False)
    spool = StdoutWriter(fd=write)
    assert os.write(write, b"y" * 65_536) == 65_536
    assert spool._write_some(memoryview(b"x")) == 0
    reader = ReaderThread(read)
    with spool:
        spool.write(b"line\n")
    os.close(write)
    assert reader.read_all().endswith(b"yline\n")


def test_a_line_larger_than_the_pipe_does_not_hold_the_end_up(pipe: tuple[int, int]) -> None:
    """It cannot be written whole where nobody reads; the process ends all the same."""
    read, write = pipe
    started = time.monotonic()
    spool = StdoutWriter(fd=write)
    with pytest.raises(Interrupted), spool:
        start_writing_and_raise(Interrupted(signal.SIGTERM), spool, b"x" * 200_000 + b"\n")
    assert time.monotonic() - started < 2.0
    reader = ReaderThread(read)  # a process would be over; here the thread has to come to its end
    spool._thread.join(5)
    os.close(write)
    assert len(reader.read_all()) == 200_001


def start_writing_and_raise(error: BaseException, writer: StdoutWriter, data: bytes) -> None:
    """Have lines written, and raise when the first of them have been."""
    writer.write(data)
    while writer.buffered_bytes == len(data):
        time.sleep(0.001)
    raise error
