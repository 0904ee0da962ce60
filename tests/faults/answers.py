"""Steps that speak the protocol: answers, refusals, pushes."""

from collections.abc import Callable, Iterable
from typing import Any

from faults import frames
from faults.frames import Opcode
from faults.records import Request
from faults.turns import Step, Turn

LOGIN: dict[str, Any] = {
    "license": {
        "id": "104130623",
        "plan": "enterprise",
        "expiration_timestamp": 1893456000,
        "creation_timestamp": 1505482311,
        "in_trial": False,
    },
    "my_profile": {
        "id": "agent@example.com",
        "type": "agent",
        "name": "Agent Smith",
        "permission": "administrator",
        "routing_status": "accepting_chats",
    },
    "chats_summary": [],
}

USUAL = object()  # the payload of a sound answer: LOGIN for login, {} for the rest


def normal() -> Step:
    """Do what a sound server does at this occasion."""
    return Step("normal", lambda turn: turn.normal.run(turn))


def do(act: Callable[[Turn], None], *, waits: bool = False) -> Step:
    """Do what a function of the test does with the turn."""
    return Step(getattr(act, "__name__", "do"), act, waits)


def execute() -> Step:
    """Count the request as executed; `answer` implies it, `[execute(), drop()]` shows its use."""
    return Step("execute", lambda turn: turn.connection.server.note_execution(turn.asked()))


def answer(payload: object = USUAL, *, without: Iterable[str] = (), **fields: object) -> Step:
    """Execute the request and answer it.

    `payload` may be a function of the Request; `fields` replace or add to those of the envelope,
    `without` leaves some out: `answer(success="true")`, `answer(without=["type"])`.
    """
    left_out = frozenset(without)

    def run(turn: Turn) -> None:
        request = turn.asked()
        turn.connection.server.note_execution(request)
        _respond(turn, {"success": True, "payload": _filled(payload, request), **fields}, left_out)

    return Step("answer", run)


def refuse(kind: str, message: str = "", data: object = None, **fields: object) -> Step:
    """Answer with an error of this type, without executing: `refuse("authorization")`."""
    error = {"type": kind, "message": message or kind.replace("_", " ").capitalize()}
    body = error if data is None else {**error, "data": data}
    envelope = {"success": False, "payload": {"error": body}, **fields}
    return Step(f"refuse {kind}", lambda turn: _respond(turn, envelope, frozenset()))


def push(action: str, payload: object = None, *, echo: bool = False, **fields: object) -> Step:
    """Send a push; `echo` gives it the request_id of the request, as the cause's copy has."""

    def run(turn: Turn) -> None:
        own = {"request_id": turn.asked().request_id} if echo else {}
        turn.message({"action": action, "type": "push", "payload": payload or {}, **own, **fields})

    return Step(f"push {action}", run)


def flood(count: int, action: str = "incoming_event", text: str = "") -> Step:
    """Send `count` pushes as fast as they are read: payload {"n": 1…count, "text": text}."""

    def run(turn: Turn) -> None:
        for start in range(1, count + 1, 500):
            numbers = range(start, min(start + 500, count + 1))
            turn.write(b"".join(_numbered(action, number, text) for number in numbers))

    return Step(f"flood of {count}", run)


def message(value: object) -> Step:
    """Send any JSON value as a text message: `message(None)`, `message({"type": "response"})`."""
    return Step("message", lambda turn: turn.message(value))


def _numbered(action: str, number: int, text: str) -> bytes:
    payload = f'{{"n":{number},"text":"{text}"}}'
    body = f'{{"action":"{action}","type":"push","payload":{payload}}}'
    return frames.encode(Opcode.TEXT, body.encode())


def _filled(payload: object, request: Request) -> object:
    if payload is USUAL:
        return LOGIN if request.action == "login" else {}
    return payload(request) if callable(payload) else payload


def _respond(turn: Turn, result: dict[str, object], left_out: frozenset[str]) -> None:
    request = turn.asked()
    own = {} if request.request_id is None else {"request_id": request.request_id}
    envelope = {**own, "action": request.action, "type": "response", **result}
    sent = {name: value for name, value in envelope.items() if name not in left_out}
    if envelope.get("request_id") == request.request_id:
        # Before the answer leaves: a fast client's next request may overtake this thread.
        turn.connection.settle(request, success=result["success"] is True)
    turn.message(sent)
