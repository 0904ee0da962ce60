"""How much fits into a pipe: never more than is said, however the pipe was filled."""

import fcntl
import os
import select
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rtmcli.cli.room import PAGE, Room


@pytest.fixture
def pipe() -> Iterator[tuple[int, int]]:
    """Make a pipe of the usual size, whose writes fail rather than wait."""
    read, write = os.pipe()
    os.set_blocking(write, False)
    yield read, write
    os.close(read)
    os.close(write)


def is_writable(fd: int) -> bool:
    """Tell whether poll allows a write."""
    poll = select.poll()
    poll.register(fd, select.POLLOUT)
    return bool(poll.poll(0))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(st.tuples(st.integers(1, 9000), st.integers(0, 9000)), max_size=60))
def test_what_is_said_to_fit_fits(pipe: tuple[int, int], steps: list[tuple[int, int]]) -> None:
    """However a pipe was filled and read, a write of what `now` tells is never cut short."""
    read, write = pipe
    room = Room(write)
    unread = 0
    for written, taken in steps:
        if not is_writable(write):
            break
        size = min(written, room.now())
        assert os.write(write, b"x" * size) == size
        unread += size
        if taken and unread:
            unread -= len(os.read(read, taken))
    if is_writable(write):
        size = room.now()
        assert os.write(write, b"x" * size) == size
    while is_readable(read):
        os.read(read, 1 << 20)


def is_readable(fd: int) -> bool:
    """Tell whether something waits in a pipe."""
    poll = select.poll()
    poll.register(fd, select.POLLIN)
    return bool(poll.poll(0))


def test_an_empty_pipe_has_all_its_room(pipe: tuple[int, int]) -> None:
    """64 KiB, as Linux makes them."""
    assert Room(pipe[1]).now() == Room(pipe[1]).whole == 64 * 1024


def test_a_file_takes_large_pieces_and_a_terminal_small_ones() -> None:
    """Of a device nothing is known; a regular file does not wait for anybody."""
    with open("/dev/null", "wb") as null, open(__file__, "rb") as regular:  # noqa: PTH123  # by fd
        assert Room(null.fileno()).now() == PAGE
        assert Room(regular.fileno()).now() > PAGE


def test_where_the_size_of_a_pipe_is_not_told_the_usual_one_is_assumed(
    pipe: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only Linux tells it."""
    monkeypatch.delattr(fcntl, "F_GETPIPE_SZ")
    assert Room(pipe[1]).whole == 64 * 1024


def test_only_a_pipe_with_room_takes_anything_at_once(pipe: tuple[int, int]) -> None:
    """Not a full one, nor one that nobody reads, nor any other file: they might wait."""
    read, write = pipe
    room = Room(write)
    assert room.at_once() == room.whole
    os.write(write, b"x" * room.whole)
    assert room.at_once() == 0
    os.read(read, room.whole)
    gone = os.dup(write)
    with open("/dev/null", "wb") as null:  # noqa: PTH123  # by fd
        assert Room(null.fileno()).at_once() == 0
        os.dup2(null.fileno(), read)
    assert Room(gone).at_once() == 0
    os.close(gone)
