"""One request and what it leads to, and what faults make of it."""

from collections.abc import Callable, Sequence
from typing import Any

from rtmcli.catalogue import API
from rtmcli.row import Row
from rtmcli.sandbox import envelopes
from rtmcli.sandbox.connection import Connection
from rtmcli.sandbox.envelopes import Incoming
from rtmcli.sandbox.faults import Fault, Stage
from rtmcli.sandbox.seam import Delivery


class Message(Row):
    """Something to send."""

    content: bytes
    binary: bool = False


class Exchange:
    """What is to be sent on account of one request, and when."""

    answers: Sequence[Message] = ()
    deliveries: Sequence[Delivery] = ()
    verdict = "not done"  # for whoever watches
    delay = 0.0  # seconds
    pushes_first = False
    is_silent = False  # never answered
    ending: Callable[[], None] | None = None  # how the connection ends
    ends_later = 0.0  # seconds after the rest was sent
    is_cut = False  # the connection ends before it gets its share

    def __init__(
        self, connection: Connection, request: Incoming, faults: Sequence[Fault] = ()
    ) -> None:
        """Begin with nothing to send."""
        self.connection = connection
        self.request = request
        self.faults = sorted(faults, key=_in_order) if faults else faults
        if any(fault.kind == "no-id" for fault in faults):
            self.request = request._replace(request_id=None)

    @property
    def acts(self) -> bool:
        """Tell whether the request is acted on at all."""
        return not self.faults or all(fault.stage is not Stage.BEFORE for fault in self.faults)

    def suffer(self) -> None:
        """Let the faults do their work, once the answer stands (if there is to be one)."""
        for fault in self.faults:
            _EFFECTS[fault.kind](self, fault)
            self.verdict += f" [{fault.kind}]"


def disconnect(connection: Connection, reason: str, data: dict[str, Any] | None = None) -> None:
    """Tell a client why it has to go, and close."""
    payload: dict[str, Any] = {"reason": reason}
    if data:
        payload["data"] = data
    connection.send(envelopes.push(API.disconnected, payload))
    connection.close()


def _region(fault: Fault) -> dict[str, Any] | None:
    return {"region": fault.region} if fault.region else None


def _error(exchange: Exchange, fault: Fault) -> None:
    action, request_id = exchange.request.action, exchange.request.request_id
    refused = envelopes.failure(action, request_id, fault.value, data=_region(fault))
    exchange.answers = [Message(refused)]


def _malformed(exchange: Exchange, fault: Fault) -> None:
    exchange.answers = [_BROKEN[fault.value]]


def _duplicate(exchange: Exchange, _: Fault) -> None:
    exchange.answers = [*exchange.answers, *exchange.answers]


def _foreign(exchange: Exchange, _: Fault) -> None:
    action, request_id = exchange.request.action, exchange.request.request_id
    strange = envelopes.response(action, f"not-{request_id or 'yours'}", {})
    exchange.answers = [Message(strange), *exchange.answers]


def _push_first(exchange: Exchange, _: Fault) -> None:
    exchange.pushes_first = True


def _delay(exchange: Exchange, fault: Fault) -> None:
    exchange.delay += fault.value


def _silent(exchange: Exchange, _: Fault) -> None:
    exchange.answers = []
    exchange.is_silent = True


def _drop(exchange: Exchange, fault: Fault) -> None:
    _end(exchange, fault, exchange.connection.drop)


def _close(exchange: Exchange, fault: Fault) -> None:
    _end(exchange, fault, lambda: exchange.connection.close(fault.value))


def _disconnect(exchange: Exchange, fault: Fault) -> None:
    _end(exchange, fault, lambda: disconnect(exchange.connection, fault.value, _region(fault)))


def _end(exchange: Exchange, fault: Fault, ending: Callable[[], None]) -> None:
    if exchange.ending is None:
        exchange.ending = ending
        exchange.ends_later = fault.wait
        exchange.is_cut = fault.stage is not Stage.ANSWERED


_BROKEN = {
    "json": Message(b'{"action": "'),
    "list": Message(b"[]"),
    "empty": Message(b""),
    "utf8": Message(b'{"action": "\xff"}'),
    "binary": Message(b"\x00\x01\x02", binary=True),
}

# In the order in which they do their work where several befall one request.
_EFFECTS: dict[str, Callable[[Exchange, Fault], None]] = {
    "error": _error,
    "malformed": _malformed,
    "no-id": lambda *_: None,  # done from the beginning
    "duplicate": _duplicate,
    "foreign": _foreign,
    "push-first": _push_first,
    "delay": _delay,
    "silent": _silent,
    "drop": _drop,
    "close": _close,
    "disconnect": _disconnect,
}
_ORDER = list(_EFFECTS)


def _in_order(fault: Fault) -> int:
    return _ORDER.index(fault.kind)
