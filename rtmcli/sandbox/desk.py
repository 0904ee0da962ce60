"""The desk: it takes the requests and sees to their answers."""

import asyncio
import random
from collections.abc import Callable

from rtmcli.catalogue import API
from rtmcli.sandbox import envelopes
from rtmcli.sandbox.conduct import Conduct
from rtmcli.sandbox.connection import Connection
from rtmcli.sandbox.envelopes import Incoming
from rtmcli.sandbox.exchange import Exchange, Message
from rtmcli.sandbox.faults import Faults
from rtmcli.sandbox.licence import Licence
from rtmcli.sandbox.roster import Roster
from rtmcli.sandbox.seam import Outcome, Refusal

# Told of each request: the connection's number, the agent ("" before login), the action, and
# what became of it.
Watch = Callable[[int, str, str, str], None]


class Desk:
    """Answers requests, now or later, and pushes what they cause."""

    def __init__(
        self,
        licence: Licence,
        conduct: Conduct,
        roster: Roster,
        turn_ended: Callable[[], None],
        watch: Watch | None,
    ) -> None:
        """Open; `turn_ended` writes what was sent outside of a connection's turn."""
        self._licence = licence
        self._limits = conduct.limits
        self._latency = conduct.latency if any(conduct.latency) else None
        self._faults = Faults(conduct.faults, conduct.seed)
        self._random = random.Random(conduct.seed)  # noqa: S311  # jitter, not secrecy
        self._roster = roster
        self._turn_ended = turn_ended
        self._watch = watch

    def take(self, connection: Connection, message: bytes, *, binary: bool) -> None:
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
        if not is_ping and connection.unanswered >= self._limits.in_flight:
            limit = f"{self._limits.in_flight} requests are unanswered"
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
        self._report(connection, request.action, str(refusal))

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
            exchange.verdict = "ok"
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
            caller, outcome = self._licence.login(token, payload, connection.number)
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
        return self._licence.perform(caller, action, payload)

    def _schedule(self, exchange: Exchange) -> None:
        delay = exchange.delay + (self._jitter() if self._latency else 0.0)
        if delay > self._limits.request_timeout and exchange.answers:
            delay = self._limits.request_timeout
            timed_out = Refusal("request_timeout", "")
            exchange.answers = [Message(_failure(exchange.request, timed_out))]
            exchange.verdict += f" {timed_out}"
        if delay > 0:
            self._later(delay, lambda: self._finish(exchange))
        else:
            self._finish(exchange)

    def _jitter(self) -> float:
        mean, spread = self._latency or (0.0, 0.0)
        return mean + self._random.uniform(-spread, spread)

    def _later(self, delay: float, act: Callable[[], None]) -> None:
        def turn() -> None:
            act()
            self._turn_ended()

        asyncio.get_running_loop().call_later(delay, turn)

    def _finish(self, exchange: Exchange) -> None:
        connection, request = exchange.connection, exchange.request
        if not exchange.is_silent:
            connection.answered += request.action != API.ping
        if not exchange.is_cut and not exchange.pushes_first:
            self._answer(exchange)
        for delivery in exchange.deliveries:
            self._roster.deliver(delivery, connection, request.request_id, skip=exchange.is_cut)
        if not exchange.is_cut and exchange.pushes_first:
            self._answer(exchange)
        self._report(connection, request.action, exchange.verdict)
        if exchange.ending and exchange.ends_later:
            self._later(exchange.ends_later, exchange.ending)
        elif exchange.ending:
            exchange.ending()

    def _answer(self, exchange: Exchange) -> None:
        for content, binary in exchange.answers:
            exchange.connection.send(content, binary=binary)

    def _report(self, connection: Connection, action: str, verdict: str) -> None:
        if self._watch:
            agent_id = connection.caller.agent_id if connection.caller else ""
            self._watch(connection.number, agent_id, action, verdict)


def _failure(request: Incoming, refusal: Refusal) -> bytes:
    action, _, request_id, _ = request
    return envelopes.failure(action, request_id, refusal.type, refusal.message, refusal.data)
