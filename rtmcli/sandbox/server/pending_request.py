"""A pending request: its responses and pushes, and how faults change them."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from rtmcli.sandbox.interface import Dialect, Later, PushDelivery
from rtmcli.sandbox.server import envelopes
from rtmcli.sandbox.server.connection import Connection
from rtmcli.sandbox.server.envelopes import Request
from rtmcli.sandbox.server.faults import Fault, Stage


class OutgoingMessage(NamedTuple):
    """A message to send."""

    data: bytes
    binary: bool = False


class PendingRequest:
    """A request with the responses and pushes it causes, and their timing."""

    responses: Sequence[OutgoingMessage] = ()
    deliveries: Sequence[tuple[Dialect, PushDelivery]] = ()
    own_pushes: Sequence[PushDelivery] = ()
    later: Sequence[Later] = ()
    logged_out_agent_id = ""
    outcome = "not executed"  # for the observer
    delay = 0.0  # seconds
    pushes_first = False
    suppress_response = False  # the request stays pending
    close_callback: Callable[[], None] | None = None
    close_delay = 0.0  # seconds after the responses and pushes
    suppress_output = False  # send the connection neither responses nor pushes

    def __init__(
        self, connection: Connection, request: Request, faults: Sequence[Fault] = ()
    ) -> None:
        """Start without responses and pushes."""
        self.connection = connection
        self.request = request
        self.faults = sorted(faults, key=_apply_position) if faults else faults
        if any(fault.name == "no-id" for fault in faults):
            self.request = request._replace(request_id=None)

    @property
    def should_execute(self) -> bool:
        """Return whether the action is executed."""
        return not self.faults or all(fault.stage is not Stage.BEFORE for fault in self.faults)

    def apply_faults(self) -> None:
        """Apply the faults, after the request was executed (if it is)."""
        for fault in self.faults:
            _EFFECTS[fault.name](self, fault)
            self.outcome += f" [{fault.name}]"


def disconnect(connection: Connection, reason: str, data: dict[str, Any] | None = None) -> None:
    """Push the reason for the disconnect, and close the connection."""
    dialect = connection.dialect
    payload: dict[str, Any] = {dialect.api.reason_field: reason}
    if data:
        payload["data"] = data
    push = dialect.api.disconnect_push
    connection.send(envelopes.push(push, payload, version=dialect.push_version))
    connection.close()


def _region_data(fault: Fault) -> dict[str, Any] | None:
    return {"region": fault.region} if fault.region else None


def _apply_error(pending: PendingRequest, fault: Fault) -> None:
    action, request_id = pending.request.action, pending.request.request_id
    response = envelopes.error_response(action, request_id, fault.value, data=_region_data(fault))
    pending.responses = [OutgoingMessage(response)]


def _apply_malformed(pending: PendingRequest, fault: Fault) -> None:
    pending.responses = [_MALFORMED_MESSAGES[fault.value]]


def _apply_duplicate(pending: PendingRequest, _: Fault) -> None:
    pending.responses = [*pending.responses, *pending.responses]


def _apply_foreign(pending: PendingRequest, _: Fault) -> None:
    action, request_id = pending.request.action, pending.request.request_id
    foreign_response = envelopes.response(action, f"not-{request_id or 'yours'}", {})
    pending.responses = [OutgoingMessage(foreign_response), *pending.responses]


def _apply_push_first(pending: PendingRequest, _: Fault) -> None:
    pending.pushes_first = True


def _apply_delay(pending: PendingRequest, fault: Fault) -> None:
    pending.delay += fault.value


def _apply_silent(pending: PendingRequest, _: Fault) -> None:
    pending.responses = []
    pending.suppress_response = True


def _apply_drop(pending: PendingRequest, fault: Fault) -> None:
    _plan_close(pending, fault, pending.connection.reset)


def _apply_close(pending: PendingRequest, fault: Fault) -> None:
    _plan_close(pending, fault, lambda: pending.connection.close(fault.value))


def _apply_disconnect(pending: PendingRequest, fault: Fault) -> None:
    _plan_close(
        pending, fault, lambda: disconnect(pending.connection, fault.value, _region_data(fault))
    )


def _plan_close(pending: PendingRequest, fault: Fault, close_callback: Callable[[], None]) -> None:
    if pending.close_callback is None:
        pending.close_callback = close_callback
        pending.close_delay = fault.close_delay
        pending.suppress_output = fault.stage is not Stage.ANSWERED


_MALFORMED_MESSAGES = {
    "json": OutgoingMessage(b'{"action": "'),
    "list": OutgoingMessage(b"[]"),
    "empty": OutgoingMessage(b""),
    "utf8": OutgoingMessage(b'{"action": "\xff"}'),
    "binary": OutgoingMessage(b"\x00\x01\x02", binary=True),
}

# If several faults are selected for a request, they are applied in this order.
_EFFECTS: dict[str, Callable[[PendingRequest, Fault], None]] = {
    "error": _apply_error,
    "malformed": _apply_malformed,
    "no-id": lambda *_: None,  # already applied by __init__
    "duplicate": _apply_duplicate,
    "foreign": _apply_foreign,
    "push-first": _apply_push_first,
    "delay": _apply_delay,
    "silent": _apply_silent,
    "drop": _apply_drop,
    "close": _apply_close,
    "disconnect": _apply_disconnect,
}
_APPLY_ORDER = list(_EFFECTS)


def _apply_position(fault: Fault) -> int:
    return _APPLY_ORDER.index(fault.name)
