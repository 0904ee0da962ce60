"""Steps that speak the protocol: answers, refusals, pushes."""

from collections.abc import Callable, Iterable
from typing import Any

from support.fault_server import frames
from support.fault_server.frames import Opcode
from support.fault_server.records import Request
from support.fault_server.script import Step, StepContext

LOGIN_RESPONSE: dict[str, Any] = {
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

DEFAULT_PAYLOAD = object()  # the payload of a sound answer: LOGIN for login, {} for the rest


def normal() -> Step:
    """Do what a sound server does at this occasion."""
    return Step("normal", lambda context: context.default_step.run(context))


def call_function(function: Callable[[StepContext], None], *, in_thread: bool = False) -> Step:
    """Do what a function of the test does with the turn."""
    return Step(getattr(function, "__name__", "do"), function, in_thread)


def execute() -> Step:
    """Count the request as executed; `answer` implies it, `[execute(), drop()]` shows its use."""
    return Step(
        "execute",
        lambda context: context.connection.server.record_execution(context.require_request()),
    )


def respond(
    payload: object = DEFAULT_PAYLOAD, *, omit: Iterable[str] = (), **fields: object
) -> Step:
    """Execute the request and answer it.

    `payload` may be a function of the Request; `fields` replace or add to those of the envelope,
    `without` leaves some out: `answer(success="true")`, `answer(without=["type"])`.
    """
    omitted = frozenset(omit)

    def run(context: StepContext) -> None:
        request = context.require_request()
        context.connection.server.record_execution(request)
        _send_response(
            context,
            {"success": True, "payload": _resolve_payload(payload, request), **fields},
            omitted,
        )

    return Step("answer", run)


def respond_error(
    error_type: str, message: str = "", data: object = None, **fields: object
) -> Step:
    """Answer with an error of this type, without executing: `refuse("authorization")`."""
    error = {"type": error_type, "message": message or error_type.replace("_", " ").capitalize()}
    body = error if data is None else {**error, "data": data}
    envelope = {"success": False, "payload": {"error": body}, **fields}
    return Step(
        f"refuse {error_type}", lambda context: _send_response(context, envelope, frozenset())
    )


def push(
    action: str, payload: object = None, *, with_request_id: bool = False, **fields: object
) -> Step:
    """Send a push; `echo` gives it the request_id of the request, as the cause's copy has."""

    def run(context: StepContext) -> None:
        request_id = {"request_id": context.require_request().request_id} if with_request_id else {}
        context.send_json(
            {"action": action, "type": "push", "payload": payload or {}, **request_id, **fields}
        )

    return Step(f"push {action}", run)


def flood(count: int, action: str = "incoming_event", text: str = "") -> Step:
    """Send `count` pushes as fast as they are read: payload {"n": 1…count, "text": text}."""

    def run(context: StepContext) -> None:
        for start in range(1, count + 1, 500):
            numbers = range(start, min(start + 500, count + 1))
            context.write(b"".join(_numbered_push(action, number, text) for number in numbers))

    return Step(f"flood of {count}", run)


def message(value: object) -> Step:
    """Send any JSON value as a text message: `message(None)`, `message({"type": "response"})`."""
    return Step("message", lambda context: context.send_json(value))


def _numbered_push(action: str, number: int, text: str) -> bytes:
    payload = f'{{"n":{number},"text":"{text}"}}'
    body = f'{{"action":"{action}","type":"push","payload":{payload}}}'
    return frames.encode(Opcode.TEXT, body.encode())


def _resolve_payload(payload: object, request: Request) -> object:
    if payload is DEFAULT_PAYLOAD:
        return LOGIN_RESPONSE if request.action == "login" else {}
    return payload(request) if callable(payload) else payload


def _send_response(
    context: StepContext, result: dict[str, object], omitted: frozenset[str]
) -> None:
    request = context.require_request()
    request_id = {} if request.request_id is None else {"request_id": request.request_id}
    envelope = {**request_id, "action": request.action, "type": "response", **result}
    message = {name: value for name, value in envelope.items() if name not in omitted}
    if envelope.get("request_id") == request.request_id:
        # Before the answer leaves: a fast client's next request may overtake this thread.
        context.connection.mark_answered(request, success=result["success"] is True)
    context.send_json(message)
