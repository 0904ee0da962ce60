"""Steps that send messages of the API: responses, errors, pushes."""

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

DEFAULT_PAYLOAD = object()  # LOGIN_RESPONSE for login, {} for other actions


def normal() -> Step:
    """Do what a correct server does on this trigger."""
    return Step("normal", lambda context: context.default_step.run(context))


def call_function(function: Callable[[StepContext], None], *, in_thread: bool = False) -> Step:
    """Call a function of the test with the StepContext."""
    return Step(getattr(function, "__name__", "call function"), function, in_thread)


def execute() -> Step:
    """Count the request as executed, as `respond` does; used in `[execute(), drop()]`."""
    return Step(
        "execute",
        lambda context: context.connection.server.record_execution(context.require_request()),
    )


def respond(
    payload: object = DEFAULT_PAYLOAD, *, omit: Iterable[str] = (), **fields: object
) -> Step:
    """Execute the request and send a response.

    `payload` may be a function of the Request. `fields` replace or extend the envelope, `omit`
    removes fields: `respond(success="true")`, `respond(omit=["type"])`.
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

    return Step("respond", run)


def respond_error(
    error_type: str, message: str = "", data: object = None, **fields: object
) -> Step:
    """Respond with an error, without executing: `respond_error("authorization")`."""
    error = {"type": error_type, "message": message or error_type.replace("_", " ").capitalize()}
    body = error if data is None else {**error, "data": data}
    envelope = {"success": False, "payload": {"error": body}, **fields}
    name = f"respond {error_type}"
    return Step(name, lambda context: _send_response(context, envelope, frozenset()))


def push(
    action: str, payload: object = None, *, with_request_id: bool = False, **fields: object
) -> Step:
    """Send a push; `with_request_id` adds the id of the request that caused it."""

    def run(context: StepContext) -> None:
        request_id = {"request_id": context.require_request().request_id} if with_request_id else {}
        context.send_json(
            {"action": action, "type": "push", "payload": payload or {}, **request_id, **fields}
        )

    return Step(f"push {action}", run)


def flood(count: int, action: str = "incoming_event", text: str = "") -> Step:
    """Send `count` pushes at once: payload {"n": 1…count, "text": text}."""

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
        # Before sending: a fast client's next request may arrive before this thread continues.
        context.connection.mark_answered(request, success=result["success"] is True)
    context.send_json(message)
