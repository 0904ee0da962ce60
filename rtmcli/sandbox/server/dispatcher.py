"""The dispatcher: it passes requests to the license and sends responses and pushes."""

import asyncio
import logging
import random
from collections.abc import Callable, Sequence

from rtmcli.sandbox.domain.facts import Fact
from rtmcli.sandbox.domain.license import License
from rtmcli.sandbox.interface import ActionResult, Dialect, Later, PushDelivery, RequestError
from rtmcli.sandbox.server import envelopes
from rtmcli.sandbox.server.connection import Connection
from rtmcli.sandbox.server.connections import ConnectionRegistry
from rtmcli.sandbox.server.envelopes import Request
from rtmcli.sandbox.server.faults import FaultSelector
from rtmcli.sandbox.server.options import ServerOptions
from rtmcli.sandbox.server.pending_request import OutgoingMessage, PendingRequest, disconnect

_REMOTE_LOGOUT = "agent_logged_out_remotely"
_logger = logging.getLogger(__name__)

# Called after each request with the connection id, the agent ("" before login), the action and
# the outcome.
RequestObserver = Callable[[int, str, str, str], None]


class Dispatcher:
    """Handles requests: sends each response, at once or delayed, and its pushes."""

    def __init__(
        self,
        license_: License,
        options: ServerOptions,
        connections: ConnectionRegistry,
        flush_all: Callable[[], None],
        observer: RequestObserver | None,
    ) -> None:
        """`flush_all` writes output that was queued outside a connection's read callback."""
        self._license = license_
        self._limits = options.limits
        self._latency = options.latency if any(options.latency) else None
        self._fault_selector = FaultSelector(options.faults, options.seed)
        self._random = random.Random(options.seed)  # noqa: S311  # jitter, not secrecy
        self._connections = connections
        self._flush_all = flush_all
        self._observer = observer

    def handle(self, connection: Connection, message: bytes, *, binary: bool) -> None:
        """Handle a message; the response may be sent later."""
        try:
            if binary:
                raise envelopes.InvalidRequest("a request is a text frame")
            request = envelopes.parse_request(message, connection.dialect.api.request_fields)
        except envelopes.InvalidRequest as error:
            partial_request = Request(error.action, {}, error.request_id)
            self._reject(connection, partial_request, RequestError("validation", error.message))
            return
        is_ping = request.action == connection.dialect.api.ping_action
        if is_ping and connection.caller is None:
            return
        exceeded = "" if is_ping else connection.request_started()
        if exceeded:
            self._reject(connection, request, RequestError(exceeded, ""))
            return
        pending = PendingRequest(connection, request, self._fault_selector.select(request.action))
        if pending.should_execute:
            self._execute(pending)
        pending.apply_faults()
        self._schedule_completion(pending)

    def _reject(self, connection: Connection, request: Request, error: RequestError) -> None:
        """Send an error response to a request that is not executed."""
        connection.send(_error_response(request, error))
        self._notify_observer(connection, request.action, str(error))

    def _execute(self, pending: PendingRequest) -> None:
        connection, request = pending.connection, pending.request
        try:
            result = self._perform_action(connection, request)
        except RequestError as request_error:
            pending.responses = [OutgoingMessage(_error_response(request, request_error))]
            pending.outcome = str(request_error)
        except Exception as error:  # a bug is reported as `internal`
            pending.responses = [
                OutgoingMessage(_error_response(request, RequestError("internal", "")))
            ]
            pending.outcome = f"internal: {error!r}"
            _logger.exception("%s failed", request.action)
        else:
            response = envelopes.response(request.action, request.request_id, result.payload)
            pending.responses = [OutgoingMessage(response)]
            pending.outcome = "ok"
            pending.deliveries = self.render(result.facts, connection.dialect)
            pending.own_pushes = result.own_pushes
            pending.later = result.later
            pending.logged_out_agent_id = result.logged_out_agent_id
            if result.token and connection.caller:
                connection.caller = connection.caller._replace(token=result.token)
            if result.close_connection:
                pending.close_callback = connection.close

    def _perform_action(self, connection: Connection, request: Request) -> ActionResult:
        action, payload, _, members = request
        caller, dialect = connection.caller, connection.dialect
        if action == dialect.api.login_action:
            if caller:
                raise RequestError("validation", "this connection is logged in already")
            caller, result = dialect.login(self._license, payload, connection.id)
            connection.login_succeeded(caller)
            self._connections.log_in(connection, caller)
            return result
        if caller is None:
            raise RequestError("authentication", "log in first")
        if action == dialect.api.ping_action:
            connection.ping_received()
            return ActionResult({})
        return dialect.execute(self._license, caller, action, payload, members)

    def render(
        self, facts: Sequence[Fact], requesters_dialect: Dialect | None = None
    ) -> list[tuple[Dialect, PushDelivery]]:
        """Render what happened in each dialect that is spoken."""
        if not facts:
            return []
        dialects = self._connections.dialects
        if requesters_dialect and requesters_dialect not in dialects:
            dialects.append(requesters_dialect)
        return [
            (dialect, delivery)
            for dialect in dialects
            for delivery in dialect.render(self._license, facts)
        ]

    def _schedule_completion(self, pending: PendingRequest) -> None:
        delay = pending.delay + (self._random_latency() if self._latency else 0.0)
        if delay > self._limits.request_timeout and pending.responses:
            delay = self._limits.request_timeout
            timeout_error = RequestError("request_timeout", "")
            pending.responses = [OutgoingMessage(_error_response(pending.request, timeout_error))]
            pending.outcome += f" {timeout_error}"
        if delay > 0:
            self._call_later(delay, lambda: self._complete(pending))
        else:
            self._complete(pending)

    def _random_latency(self) -> float:
        mean, jitter = self._latency or (0.0, 0.0)
        return mean + self._random.uniform(-jitter, jitter)

    def _call_later(self, delay: float, callback: Callable[[], None]) -> None:
        def run() -> None:
            callback()
            self._flush_all()

        asyncio.get_running_loop().call_later(delay, run)

    def _complete(self, pending: PendingRequest) -> None:
        connection, request = pending.connection, pending.request
        # First, because output may be written, and logged, as soon as it is queued.
        self._notify_observer(connection, request.action, pending.outcome)
        is_ping = request.action == connection.dialect.api.ping_action
        if not pending.suppress_response and not is_ping:
            connection.request_answered()
        if not pending.suppress_output and not pending.pushes_first:
            self._send_responses(pending)
        self._send_pushes(pending)
        if not pending.suppress_output and pending.pushes_first:
            self._send_responses(pending)
        self._start_consequences(pending)
        if pending.close_callback and pending.close_delay:
            self._call_later(pending.close_delay, pending.close_callback)
        elif pending.close_callback:
            pending.close_callback()

    def _send_pushes(self, pending: PendingRequest) -> None:
        connection, request_id = pending.connection, pending.request.request_id
        skip_requester = pending.suppress_output
        for dialect, delivery in pending.deliveries:
            self._connections.send_push(
                dialect, delivery, connection, request_id, skip_requester=skip_requester
            )
        for delivery in () if skip_requester else pending.own_pushes:
            self._connections.send_push(connection.dialect, delivery)

    def _start_consequences(self, pending: PendingRequest) -> None:
        """Schedule what happens later, and disconnect an agent who was logged out remotely."""
        for later in pending.later:
            self._schedule(later)
        if pending.logged_out_agent_id:
            for other in self._connections.of_agent(pending.logged_out_agent_id):
                if other is not pending.connection:
                    disconnect(other, _REMOTE_LOGOUT)

    def _schedule(self, later: Later) -> None:
        def happen() -> None:
            for dialect, delivery in self.render(later.happen()):
                self._connections.send_push(dialect, delivery)

        self._call_later(later.delay, happen)

    def _send_responses(self, pending: PendingRequest) -> None:
        for data, binary in pending.responses:
            pending.connection.send(data, binary=binary)

    def _notify_observer(self, connection: Connection, action: str, outcome: str) -> None:
        if self._observer:
            agent_id = connection.caller.agent_id if connection.caller else ""
            self._observer(connection.id, agent_id, action, outcome)


def _error_response(request: Request, error: RequestError) -> bytes:
    action, _, request_id, _ = request
    return envelopes.error_response(action, request_id, error.type, error.message, error.data)
