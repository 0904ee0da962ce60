"""The server: one licence behind a listening socket, and whoever is connected."""

import asyncio
import contextlib
import socket
from collections.abc import Iterable, Iterator

from rtmcli.sandbox.connection import GOING_AWAY, Connection
from rtmcli.sandbox.connections import ConnectionRegistry
from rtmcli.sandbox.dispatcher import Dispatcher, RequestObserver
from rtmcli.sandbox.frame_log import FrameLog
from rtmcli.sandbox.interface import PushDelivery
from rtmcli.sandbox.license import License
from rtmcli.sandbox.pending_request import disconnect
from rtmcli.sandbox.server_options import DEFAULT, ServerOptions
from rtmcli.sandbox.ticker import EventLoop, Ticker
from rtmcli.sandbox.traffic import TrafficGenerator

_READ_SIZE = 64 * 1024  # bytes read at once
_TIMEOUT_REASON = "connection_timeout"


class Server:
    """The server of one licence, in one event loop."""

    def __init__(
        self,
        license_: License,
        options: ServerOptions = DEFAULT,
        frame_log: FrameLog | None = None,
        observer: RequestObserver | None = None,
    ) -> None:
        """Prepare to serve."""
        self.license = license_
        self.limits = options.limits
        self.frame_log = frame_log
        self.read_buffer = memoryview(bytearray(_READ_SIZE))
        self._options = options
        self._last_connection_id = 0  # ever
        self._connections = ConnectionRegistry()
        self._dispatcher = Dispatcher(
            license_, options, self._connections, self.flush_all, observer
        )
        self._unflushed: set[Connection] = set()  # they have something to write
        self._all_closed = asyncio.Event()

    @property
    def connection_count(self) -> int:
        """Count the present connections."""
        return len(self._connections)

    async def serve(self, listener: socket.socket, stop: asyncio.Event) -> None:
        """Serve on a listening socket until told to stop; then close every connection."""
        loop = asyncio.get_running_loop()
        server = await loop.create_server(self._create_connection, sock=listener)
        tickers = list(self._start_tickers(loop))
        await stop.wait()
        for ticker in tickers:
            ticker.stop()
        server.close()
        self._all_closed.clear()
        for connection in self._connections:
            connection.close(GOING_AWAY)
        if self._connections:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._all_closed.wait(), self.limits.shutdown_timeout)
        for connection in self._connections:
            connection.transport.abort()

    def _start_tickers(self, loop: EventLoop) -> Iterator[Ticker]:
        if self._options.traffic_rate:
            simulate = TrafficGenerator(self.license, self._options.seed).step
            yield Ticker(loop, self._options.traffic_rate, lambda: self.send_pushes(simulate()))
        if self._options.seed is None:  # the moment of a look would show in what follows
            close_inactive = self.license.visitors.close_inactive
            yield Ticker(
                loop,
                1 / self.limits.inactivity_check_interval,
                lambda: self.send_pushes(close_inactive()),
            )

    def _create_connection(self) -> Connection:
        self._last_connection_id += 1
        return Connection(self, self._last_connection_id)

    def send_pushes(self, deliveries: Iterable[PushDelivery]) -> None:
        """Push what nobody who is connected has caused."""
        for delivery in deliveries:
            self._connections.send_push(delivery)
        self.flush_all()

    # What connections tell.

    def message_received(self, connection: Connection, message: bytes, *, binary: bool) -> None:
        """Answer a message, now or later."""
        self._dispatcher.handle(connection, message, binary=binary)

    def connection_made(self, connection: Connection) -> None:
        """Note a new connection."""
        self._connections.add(connection)

    def output_queued(self, connection: Connection) -> None:
        """Note that something waits to be written."""
        self._unflushed.add(connection)

    def flush_all(self) -> None:
        """Write what waits."""
        while self._unflushed:
            self._unflushed.pop().flush()

    def connection_timed_out(self, connection: Connection) -> None:
        """Take leave of a client that did not log in, or sent no ping, in time."""
        disconnect(connection, _TIMEOUT_REASON)
        self.flush_all()

    def logged_out(self, connection: Connection) -> None:
        """Forget who was logged in on a connection; may be called again."""
        caller = connection.caller
        if caller is None:
            return
        connection.caller = None
        self._connections.log_out(connection, caller)
        self.send_pushes(self.license.connection_closed(caller))

    def connection_lost(self, connection: Connection) -> None:
        """Forget a connection."""
        self.logged_out(connection)
        self._connections.remove(connection)
        if not self._connections:
            self._all_closed.set()
        self.flush_all()
