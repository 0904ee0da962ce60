"""The server: serves one license to the clients of a listening socket."""

import asyncio
import contextlib
import socket
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial

from rtmcli.sandbox.domain.facts import Fact
from rtmcli.sandbox.domain.license import TOKEN_RENEWALS, License
from rtmcli.sandbox.domain.traffic import TrafficGenerator
from rtmcli.sandbox.domain.website import subscriptions
from rtmcli.sandbox.interface import Dialect, PushDelivery
from rtmcli.sandbox.server.connection import GOING_AWAY, Connection
from rtmcli.sandbox.server.connections import ConnectionRegistry
from rtmcli.sandbox.server.dispatcher import Dispatcher, RequestObserver
from rtmcli.sandbox.server.frame_log import FrameLog
from rtmcli.sandbox.server.options import DEFAULT, ServerOptions
from rtmcli.sandbox.server.pending_request import disconnect
from rtmcli.sandbox.server.ticker import EventLoop, Ticker

# Called with what simulated customers do.
TrafficObserver = Callable[[Sequence[Fact]], None]
# Called with each new token.
TokenObserver = Callable[[str], None]
_READ_SIZE = 64 * 1024  # bytes
_TIMEOUT_REASON = "connection_timeout"
_EXPIRY_REASON = "access_token_expired"


class Server:
    """A server of one license in one event loop; implements `ServerCallbacks`."""

    def __init__(
        self,
        license_: License,
        dialects: Iterable[Dialect],
        options: ServerOptions = DEFAULT,
        frame_log: FrameLog | None = None,
        observer: RequestObserver | None = None,
        *,
        traffic_observer: TrafficObserver | None = None,
        token_observer: TokenObserver | None = None,
    ) -> None:
        """Create the server; call `start` and then `serve` to run it."""
        self._observer = observer
        self._traffic_observer = traffic_observer
        self._token_observer = token_observer
        self.license = license_
        self.dialects: Mapping[str, Dialect] = {dialect.api.path: dialect for dialect in dialects}
        self.limits = options.limits
        self.frame_log = frame_log
        self.read_buffer = memoryview(bytearray(_READ_SIZE))
        self._options = options
        self._last_connection_id = 0
        self._connections = ConnectionRegistry()
        self._dispatcher = Dispatcher(
            license_, options, self._connections, self.flush_all, observer
        )
        self._unflushed: set[Connection] = set()
        self._all_closed = asyncio.Event()

    @property
    def connection_count(self) -> int:
        """Return the number of open connections."""
        return len(self._connections)

    async def start(self, listener: socket.socket) -> None:
        """Accept the connections of a listening socket."""
        loop = asyncio.get_running_loop()
        self._listener = await loop.create_server(self._create_connection, sock=listener)

    async def serve(self, stop: asyncio.Event) -> None:
        """Serve until `stop` is set, then close every connection."""
        tickers = list(self._start_tickers(asyncio.get_running_loop()))
        await stop.wait()
        for ticker in tickers:
            ticker.stop()
        self._listener.close()
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
            yield Ticker(loop, self._options.traffic_rate, lambda: self._send_traffic(simulate()))
        if self._options.token_lifetime:
            yield Ticker(loop, TOKEN_RENEWALS / self._options.token_lifetime, self.renew_token)
        exceeded = partial(subscriptions.exceeded, self.license.state)
        yield Ticker(loop, 1 / self.limits.totals_interval, lambda: self.send_facts(exceeded()))
        if self._options.seed is None:  # the time of a check is not reproducible
            close_inactive = self.license.visitors.close_inactive
            yield Ticker(
                loop,
                1 / self.limits.inactivity_check_interval,
                lambda: self.send_facts(close_inactive()),
            )

    def _create_connection(self) -> Connection:
        self._last_connection_id += 1
        return Connection(self, self._last_connection_id)

    def send_facts(self, facts: Sequence[Fact]) -> None:
        """Send the pushes about what happened without a request."""
        for dialect, delivery in self._dispatcher.render(facts):
            self._connections.send_push(dialect, delivery)
        self.flush_all()

    def renew_token(self) -> None:
        """Give the first agent a new token; disconnect those whose token has expired."""
        expired = self.license.renew_token()
        new_token = self.license.tokens[0].token
        if self.frame_log:
            self.frame_log.redact(each.token for each in self.license.tokens)
        if self._token_observer:
            self._token_observer(new_token)
        for connection in self._connections:
            if connection.caller and connection.caller.token in expired:
                disconnect(connection, _EXPIRY_REASON)

    def _send_traffic(self, facts: Sequence[Fact]) -> None:
        if self._traffic_observer:
            self._traffic_observer(facts)
        self.send_facts(facts)

    def send_push(self, dialect: Dialect, delivery: PushDelivery) -> None:
        """Send a push that no request caused."""
        self._connections.send_push(dialect, delivery)
        self.flush_all()

    # Callbacks of connections.

    def message_received(self, connection: Connection, message: bytes, *, binary: bool) -> None:
        """Handle a message; the response may be sent later."""
        self._dispatcher.handle(connection, message, binary=binary)

    def connection_made(self, connection: Connection) -> None:
        """Register a connection."""
        self._connections.add(connection)

    def bad_request(self, dialect: Dialect, query: str) -> str:
        """Return why to refuse the query of a URL with HTTP 400; empty: accept it."""
        return dialect.check_query(self.license, query).bad_request

    def opened(self, connection: Connection, query: str) -> None:
        """Disconnect a client at once if its dialect refuses the query of its URL."""
        _, reason, warning = connection.dialect.check_query(self.license, query)
        if reason:
            disconnect(connection, reason)
        if warning and self._observer:
            self._observer(connection.id, "", "connect", f"warning: {warning}")

    def output_queued(self, connection: Connection) -> None:
        """Schedule a connection for flushing."""
        self._unflushed.add(connection)

    def flush_all(self) -> None:
        """Write all queued output."""
        while self._unflushed:
            self._unflushed.pop().flush()

    def connection_timed_out(self, connection: Connection) -> None:
        """Disconnect a client that did not log in, or send a ping, in time."""
        if connection.is_open:
            disconnect(connection, _TIMEOUT_REASON)
        else:
            connection.close()
        self.flush_all()

    def logged_out(self, connection: Connection) -> None:
        """Dissociate a connection from its agent; idempotent."""
        caller = connection.caller
        if caller is None:
            return
        connection.caller = None
        self._connections.log_out(connection, caller)
        self.send_facts(self.license.connection_closed(caller.agent_id, connection.id))

    def connection_lost(self, connection: Connection) -> None:
        """Unregister a connection."""
        self.logged_out(connection)
        self._connections.remove(connection)
        if not self._connections:
            self._all_closed.set()
        self.flush_all()
