"""The server: one licence behind a listening socket, and whoever is connected."""

import asyncio
import contextlib
import socket
from collections.abc import Iterable, Iterator

from rtmcli.sandbox.conduct import FAITHFUL, Conduct
from rtmcli.sandbox.connection import GOING_AWAY, Connection
from rtmcli.sandbox.desk import Desk, Watch
from rtmcli.sandbox.exchange import disconnect
from rtmcli.sandbox.framelog import FrameLog
from rtmcli.sandbox.licence import Licence
from rtmcli.sandbox.pace import Clock, Pace
from rtmcli.sandbox.roster import Roster
from rtmcli.sandbox.seam import Delivery
from rtmcli.sandbox.traffic import Traffic

_CHUNK = 64 * 1024  # bytes read at once
_TIMED_OUT = "connection_timeout"


class Server:
    """The server of one licence, in one event loop."""

    def __init__(
        self,
        licence: Licence,
        conduct: Conduct = FAITHFUL,
        log: FrameLog | None = None,
        watch: Watch | None = None,
    ) -> None:
        """Prepare to serve."""
        self.licence = licence
        self.limits = conduct.limits
        self.log = log
        self.buffer = memoryview(bytearray(_CHUNK))
        self._conduct = conduct
        self._connected = 0  # ever
        self._roster = Roster()
        self._desk = Desk(licence, conduct, self._roster, self.turn_ended, watch)
        self._waiting: set[Connection] = set()  # they have something to write
        self._none_left = asyncio.Event()

    @property
    def connections(self) -> int:
        """Count the present connections."""
        return len(self._roster)

    async def serve(self, listener: socket.socket, stop: asyncio.Event) -> None:
        """Serve on a listening socket until told to stop; then close every connection."""
        loop = asyncio.get_running_loop()
        server = await loop.create_server(self._connect, sock=listener)
        paces = list(self._paces(loop))
        await stop.wait()
        for pace in paces:
            pace.stop()
        server.close()
        self._none_left.clear()
        for connection in self._roster:
            connection.close(GOING_AWAY)
        if self._roster:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._none_left.wait(), self.limits.stop_within)
        for connection in self._roster:
            connection.transport.abort()

    def _paces(self, clock: Clock) -> Iterator[Pace]:
        if self._conduct.traffic:
            act = Traffic(self.licence, self._conduct.seed).act
            yield Pace(clock, self._conduct.traffic, lambda: self.tell(act()))
        if self._conduct.seed is None:  # the moment of a look would show in what follows
            silence = self.licence.visitors.fall_silent
            yield Pace(clock, 1 / self.limits.tidy_every, lambda: self.tell(silence()))

    def _connect(self) -> Connection:
        self._connected += 1
        return Connection(self, self._connected)

    def tell(self, deliveries: Iterable[Delivery]) -> None:
        """Push what nobody who is connected has caused."""
        for delivery in deliveries:
            self._roster.deliver(delivery)
        self.turn_ended()

    # What connections tell.

    def received(self, connection: Connection, message: bytes, *, binary: bool) -> None:
        """Answer a message, now or later."""
        self._desk.take(connection, message, binary=binary)

    def came(self, connection: Connection) -> None:
        """Note a new connection."""
        self._roster.add(connection)

    def sent(self, connection: Connection) -> None:
        """Note that something waits to be written."""
        self._waiting.add(connection)

    def turn_ended(self) -> None:
        """Write what waits."""
        while self._waiting:
            self._waiting.pop().flush()

    def timed_out(self, connection: Connection) -> None:
        """Take leave of a client that did not log in, or sent no ping, in time."""
        disconnect(connection, _TIMED_OUT)
        self.turn_ended()

    def left(self, connection: Connection) -> None:
        """Forget who was logged in on a connection; may be called again."""
        caller = connection.caller
        if caller is None:
            return
        connection.caller = None
        self._roster.log_out(connection, caller)
        self.tell(self.licence.leave(caller))

    def lost(self, connection: Connection) -> None:
        """Forget a connection."""
        self.left(connection)
        self._roster.remove(connection)
        if not self._roster:
            self._none_left.set()
        self.turn_ended()
