"""The server: who is connected, what each request leads to, and who gets which push."""

import asyncio
import contextlib
import random
import socket
from collections.abc import Callable
from typing import Any

from rtmcli.catalogue import API
from rtmcli.sandbox import envelopes
from rtmcli.sandbox.conduct import FAITHFUL, Conduct
from rtmcli.sandbox.connection import GOING_AWAY, Connection
from rtmcli.sandbox.envelopes import Incoming
from rtmcli.sandbox.exchange import Exchange, Message, disconnect
from rtmcli.sandbox.faults import Faults
from rtmcli.sandbox.framelog import FrameLog
from rtmcli.sandbox.licence import Licence
from rtmcli.sandbox.roster import Roster
from rtmcli.sandbox.seam import Delivery, Outcome, Refusal

# Told of each request: the connection's number, the agent ("" before login), the action, and
# what became of it.
Watch = Callable[[int, str, str, str], None]

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
        self._watch = watch
        self._latency = conduct.latency
        self._faults = Faults(conduct.faults, conduct.seed)
        self._random = random.Random(conduct.seed)  # noqa: S311  # jitter, not secrecy
        self._connected = 0  # ever
        self._roster = Roster()
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
        await stop.wait()
        server.close()
        self._none_left.clear()
        for connection in self._roster:
            connection.close(GOING_AWAY)
        if self._roster:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._none_left.wait(), self.limits.stop_within)
        for connection in self._roster:
            connection.transport.abort()

    def _connect(self) -> Connection:
        self._connected += 1
        return Connection(self, self._connected)

    # What a request leads to.

    def received(self, connection: Connection, message: bytes, *, binary: bool) -> None:
        """Answer a message, now or later."""
        try:
            if binary:
                raise envelopes.Unreadable("a request is a text frame")
            request = envelopes.read(message)
        except envelopes.Unreadable as wrong:
            broken = Incoming(wrong.action, {}, wrong.request_id, "")
            self._refuse(connection, broken, Refusal("validation", wrong.message))
            return
        is_ping = request.action == API.ping
        if is_ping and connection.caller is None:
            return
        if not is_ping and connection.unanswered >= self.limits.in_flight:
            limit = f"{self.limits.in_flight} requests are unanswered"
            self._refuse(connection, request, Refusal("pending_requests_limit_reached", limit))
            return
        connection.unanswered += not is_ping
        exchange = Exchange(connection, request, self._faults.befalling(request.action))
        if exchange.acts:
            self._act(exchange)
        exchange.suffer()
        self._schedule(exchange)

    def _refuse(self, connection: Connection, request: Incoming, refusal: Refusal) -> None:
        """Answer a request that is not even looked at."""
        connection.send(_failure(request, refusal))
        self._tell(connection, request.action, str(refusal))

    def _act(self, exchange: Exchange) -> None:
        connection, request = exchange.connection, exchange.request
        try:
            outcome = self._ask(connection, request)
        except Refusal as refusal:
            exchange.answers = [Message(_failure(request, refusal))]
            exchange.verdict = str(refusal)
        except Exception as error:  # noqa: BLE001  # a bug of ours is an `internal` of the server
            exchange.answers = [Message(_failure(request, Refusal("internal", "")))]
            exchange.verdict = f"internal: {error!r}"
            asyncio.get_running_loop().call_exception_handler(
                {"message": f"{request.action} failed", "exception": error}
            )
        else:
            answer = envelopes.response(request.action, request.request_id, outcome.answer)
            exchange.answers = [Message(answer)]
            exchange.deliveries = outcome.deliveries
            if outcome.close:
                exchange.ending = connection.close

    def _ask(self, connection: Connection, request: Incoming) -> Outcome:
        action, payload, _, author_id = request
        caller = connection.caller
        if action == API.login:
            if caller:
                raise Refusal("validation", "this connection is logged in already")
            token = payload.get("token")
            caller, outcome = self.licence.login(token, payload, connection.number)
            connection.logged_in(caller)
            self._roster.log_in(connection, caller)
            return outcome
        if caller is None:
            raise Refusal("authentication", "log in first")
        if action == API.ping:
            connection.pinged()
            return Outcome({}, [])
        if author_id:
            caller = caller._replace(author_id=author_id)
        return self.licence.perform(caller, action, payload)

    def _schedule(self, exchange: Exchange) -> None:
        delay = exchange.delay + self._jitter()
        if delay > self.limits.request_timeout and exchange.answers:
            delay = self.limits.request_timeout
            timed_out = Refusal("request_timeout", "")
            exchange.answers = [Message(_failure(exchange.request, timed_out))]
            exchange.verdict += f" {timed_out}"
        if delay > 0:
            asyncio.get_running_loop().call_later(delay, self._later, self._finish, exchange)
        else:
            self._finish(exchange)

    def _jitter(self) -> float:
        mean, spread = self._latency
        return mean + self._random.uniform(-spread, spread) if spread else mean

    def _later(self, act: Callable[..., None], *args: Any) -> None:
        act(*args)
        self.turn_ended()

    def _finish(self, exchange: Exchange) -> None:
        connection, request = exchange.connection, exchange.request
        if not exchange.is_silent:
            connection.answered += request.action != API.ping
        if not exchange.is_cut and not exchange.pushes_first:
            self._answer(exchange)
        for delivery in exchange.deliveries:
            if not exchange.is_cut and self._is_for(delivery, connection):
                connection.send(envelopes.push(delivery.push, delivery.payload, request.request_id))
            self.deliver(delivery, but=connection)
        if not exchange.is_cut and exchange.pushes_first:
            self._answer(exchange)
        self._tell(connection, request.action, exchange.verdict)
        if exchange.ending and exchange.ends_later:
            loop = asyncio.get_running_loop()
            loop.call_later(exchange.ends_later, self._later, exchange.ending)
        elif exchange.ending:
            exchange.ending()

    def _answer(self, exchange: Exchange) -> None:
        for content, binary in exchange.answers:
            exchange.connection.send(content, binary=binary)

    def _tell(self, connection: Connection, action: str, verdict: str) -> None:
        if self._watch:
            agent_id = connection.caller.agent_id if connection.caller else ""
            self._watch(connection.number, agent_id, action, verdict)

    # Who gets which push.

    def deliver(self, delivery: Delivery, *, but: Connection | None = None) -> None:
        """Push to everybody who is to know, but for the connection that caused it."""
        push = b""
        for connection in self._roster.audience(delivery):
            if connection is not but:
                push = push or envelopes.push(delivery.push, delivery.payload)
                connection.send(push)

    def _is_for(self, delivery: Delivery, cause: Connection) -> bool:
        return delivery.requester or cause in self._roster.audience(delivery)

    def dismiss(self, reason: str, data: dict[str, Any] | None = None) -> None:
        """Disconnect everybody who is logged in."""
        for connection in self._roster:
            if connection.caller:
                disconnect(connection, reason, data)

    def drop(self) -> None:
        """Reset every connection."""
        for connection in self._roster:
            connection.drop()

    # What connections tell.

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
        for delivery in self.licence.leave(caller):
            self.deliver(delivery)

    def lost(self, connection: Connection) -> None:
        """Forget a connection."""
        self.left(connection)
        self._roster.remove(connection)
        if not self._roster:
            self._none_left.set()
        self.turn_ended()


def _failure(request: Incoming, refusal: Refusal) -> bytes:
    action, _, request_id, _ = request
    return envelopes.failure(action, request_id, refusal.type, refusal.message, refusal.data)
