"""One connection carried across a line: two directions, each with its own queue."""

import contextlib
import select
import socket
import time
from collections import deque
from collections.abc import Callable

from faults.listener import reset_on_close, shut

CHUNK = 1 << 16
ROOM = 1 << 18  # bytes on their way in one direction; more wait in the sender's socket


class Line:
    """The state of a line, shared by its relays; the test changes it at run time.

    `latency` in seconds each way, `bandwidth` in bytes a second, `segment` in bytes at once.
    """

    def __init__(self) -> None:
        self.latency = 0.0
        self.bandwidth: float | None = None
        self.segment: int | None = None
        self.silent = False
        self.limits: dict[str, int] = {}


class Direction:
    """The bytes from one socket to the other: read, kept for the latency, written."""

    def __init__(self, name: str, source: socket.socket, sink: socket.socket, line: Line) -> None:
        self.name = name
        self.source = source
        self.sink = sink
        self.finished = False
        self.sent = 0
        self._line = line
        self._queue: deque[tuple[float, bytes]] = deque()
        self._waiting = 0
        self._at_end = False
        self._free_at = 0.0  # when the bandwidth allows the next bytes

    @property
    def reads(self) -> bool:
        """Return whether the direction wants to read."""
        return not self._at_end and self._waiting < ROOM

    @property
    def due(self) -> float | None:
        """Return when there is something to write, on the monotonic clock."""
        return max(self._queue[0][0], self._free_at) if self._queue else None

    @property
    def broken(self) -> bool:
        """Return whether the line's limit of bytes in this direction is reached."""
        return self.sent >= self._line.limits.get(self.name, self.sent + 1)

    def read(self) -> None:
        """Take what has come; an empty piece stands for the end."""
        piece = self.source.recv(CHUNK)
        self._at_end = not piece
        self._waiting += len(piece)
        self._queue.append((time.monotonic() + self._line.latency, piece))

    def write(self) -> None:
        """Write the first piece, as much as the line takes."""
        due, piece = self._queue.popleft()
        if not piece:
            self.finish()
            return
        count = self.sink.send(piece[: self._most()])
        self.sent += count
        self._waiting -= count
        if self._line.bandwidth:
            self._free_at = time.monotonic() + count / self._line.bandwidth
        if count < len(piece):
            self._queue.appendleft((due, piece[count:]))

    def finish(self) -> None:
        """End this direction with a FIN; the other goes on."""
        self._at_end = self.finished = True
        self._queue.clear()
        shut(self.sink, socket.SHUT_WR)

    def _most(self) -> int:
        most = self._line.segment or CHUNK
        if self._line.bandwidth:
            most = min(most, max(1, int(self._line.bandwidth / 100)))
        left = self._line.limits.get(self.name, self.sent + CHUNK) - self.sent
        return min(most, max(0, left))


class Relay:
    """Carry one connection: `up` from the client to the server, `down` back."""

    def __init__(self, client: socket.socket, server: socket.socket, line: Line) -> None:
        self.up = Direction("up", client, server, line)
        self.down = Direction("down", server, client, line)
        self._line = line
        self._waker, self._alarm = socket.socketpair()
        self._orders: deque[Callable[[], None]] = deque()
        self._over = False

    def order(self, act: Callable[[], None]) -> None:
        """Have the relay's own thread do something, or look at the line again."""
        self._orders.append(act)
        with contextlib.suppress(OSError):
            self._waker.send(b"!")

    def reset(self) -> None:
        """End both sides by RST; only for the relay's own thread, as an order."""
        self._over = True
        for end in (self.up.source, self.down.source):
            reset_on_close(end)

    def stop(self) -> None:
        """End both sides by FIN; an order too."""
        self._over = True

    def run(self) -> None:
        """Carry until both directions are finished, or one end fails: then both are reset."""
        try:
            while not self._over and not (self.up.finished and self.down.finished):
                self._carry()
        except OSError:
            self.reset()
        finally:
            self._waker.close()
            self._alarm.close()

    def _carry(self) -> None:
        if self.up.broken or self.down.broken:
            self.reset()
            return
        ways = () if self._line.silent else (self.up, self.down)
        now = time.monotonic()
        dues = [way.due for way in ways if way.due is not None]
        readers = [way.source for way in ways if way.reads]
        writers = [way.sink for way in ways if way.due is not None and way.due <= now]
        later = [due - now for due in dues if due > now]
        timeout = min(later, default=None)
        ready, free, _ = select.select([self._alarm, *readers], writers, [], timeout)
        if self._alarm in ready:  # first of all: silence holds for whatever came after it
            self._alarm.recv(CHUNK)
            while self._orders:
                self._orders.popleft()()
            return
        for way in ways:
            if way.sink in free and not way.finished:
                way.write()
            if way.source in ready:
                way.read()
