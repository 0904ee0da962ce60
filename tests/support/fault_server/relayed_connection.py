"""One relayed connection: two directions, each with its queue."""

import contextlib
import select
import socket
import time
from collections import deque
from collections.abc import Callable

from support.fault_server.listener import reset_on_close, shutdown_quietly

CHUNK_SIZE = 1 << 16
MAX_QUEUED_BYTES = 1 << 18  # per direction; more bytes wait in the sender's socket


class NetworkConditions:
    """The state of a simulated network, which the test changes at run time.

    `latency` is in seconds each way, `bandwidth` in bytes per second, `segment_size` in bytes.
    """

    def __init__(self) -> None:
        self.latency = 0.0
        self.bandwidth: float | None = None
        self.segment_size: int | None = None
        self.partitioned = False
        self.byte_limits: dict[str, int] = {}


class Direction:
    """The bytes from one socket to the other: read, delayed by the latency, written."""

    def __init__(
        self, name: str, source: socket.socket, sink: socket.socket, conditions: NetworkConditions
    ) -> None:
        self.name = name
        self.source = source
        self.sink = sink
        self.finished = False
        self.bytes_sent = 0
        self._conditions = conditions
        self._queue: deque[tuple[float, bytes]] = deque()
        self._queued_bytes = 0
        self._eof_read = False
        self._next_send_time = 0.0  # when the bandwidth allows the next bytes

    @property
    def wants_read(self) -> bool:
        """Return whether to read more bytes."""
        return not self._eof_read and self._queued_bytes < MAX_QUEUED_BYTES

    @property
    def next_write_time(self) -> float | None:
        """Return when the next bytes are due, on the monotonic clock."""
        return max(self._queue[0][0], self._next_send_time) if self._queue else None

    @property
    def limit_reached(self) -> bool:
        """Return whether this direction has reached its limit of bytes."""
        return self.bytes_sent >= self._conditions.byte_limits.get(self.name, self.bytes_sent + 1)

    def read(self) -> None:
        """Read the available bytes; an empty chunk stands for the end."""
        chunk = self.source.recv(CHUNK_SIZE)
        self._eof_read = not chunk
        self._queued_bytes += len(chunk)
        self._queue.append((time.monotonic() + self._conditions.latency, chunk))

    def write(self) -> None:
        """Write as much of the first chunk as the conditions allow."""
        due, chunk = self._queue.popleft()
        if not chunk:
            self.send_fin()
            return
        count = self.sink.send(chunk[: self._max_send_size()])
        self.bytes_sent += count
        self._queued_bytes -= count
        if self._conditions.bandwidth:
            self._next_send_time = time.monotonic() + count / self._conditions.bandwidth
        if count < len(chunk):
            self._queue.appendleft((due, chunk[count:]))

    def send_fin(self) -> None:
        """End this direction with a FIN; the other continues."""
        self._eof_read = self.finished = True
        self._queue.clear()
        shutdown_quietly(self.sink, socket.SHUT_WR)

    def _max_send_size(self) -> int:
        size = self._conditions.segment_size or CHUNK_SIZE
        if self._conditions.bandwidth:
            size = min(size, max(1, int(self._conditions.bandwidth / 100)))
        limit = self._conditions.byte_limits.get(self.name, self.bytes_sent + CHUNK_SIZE)
        return min(size, max(0, limit - self.bytes_sent))


class RelayedConnection:
    """Relay one connection: `up` from the client to the server, `down` back."""

    def __init__(
        self, client: socket.socket, server: socket.socket, conditions: NetworkConditions
    ) -> None:
        self.up = Direction("up", client, server, conditions)
        self.down = Direction("down", server, client, conditions)
        self._conditions = conditions
        self._wakeup_sender, self._wakeup_receiver = socket.socketpair()
        self._callbacks: deque[Callable[[], None]] = deque()
        self._stopped = False

    def call_soon(self, callback: Callable[[], None]) -> None:
        """Run a function in the relay's thread, which then checks the conditions again."""
        self._callbacks.append(callback)
        with contextlib.suppress(OSError):
            self._wakeup_sender.send(b"!")

    def reset(self) -> None:
        """End both sides with an RST; only in the relay's thread (`call_soon`)."""
        self._stopped = True
        for sock in (self.up.source, self.down.source):
            reset_on_close(sock)

    def stop(self) -> None:
        """End both sides with a FIN; only in the relay's thread (`call_soon`)."""
        self._stopped = True

    def run(self) -> None:
        """Relay until both directions are finished; if one fails, reset both."""
        try:
            while not self._stopped and not (self.up.finished and self.down.finished):
                self._relay_once()
        except OSError:
            self.reset()
        finally:
            self._wakeup_sender.close()
            self._wakeup_receiver.close()

    def _relay_once(self) -> None:
        if self.up.limit_reached or self.down.limit_reached:
            self.reset()
            return
        directions = () if self._conditions.partitioned else (self.up, self.down)
        now = time.monotonic()
        write_times = [
            direction.next_write_time
            for direction in directions
            if direction.next_write_time is not None
        ]
        readers = [direction.source for direction in directions if direction.wants_read]
        writers = [
            direction.sink
            for direction in directions
            if direction.next_write_time is not None and direction.next_write_time <= now
        ]
        delays = [due - now for due in write_times if due > now]
        timeout = min(delays, default=None)
        readable, writable, _ = select.select(
            [self._wakeup_receiver, *readers], writers, [], timeout
        )
        # Run the callbacks first: a partition applies to everything that arrives after it.
        if self._wakeup_receiver in readable:
            self._wakeup_receiver.recv(CHUNK_SIZE)
            while self._callbacks:
                self._callbacks.popleft()()
            return
        for direction in directions:
            if direction.sink in writable and not direction.finished:
                direction.write()
            if direction.source in readable:
                direction.read()
