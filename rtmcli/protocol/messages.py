"""Requests, responses and pushes, and their JSON (protocol reference, envelopes).

Each message is one JSON object in one text frame. The server's messages have a `type`, requests
have none. Dispatch on `type` first and on `request_id` second: a push may carry the id of the
request that caused it.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from rtmcli.protocol import json_codec

_MAX_TEXT_LENGTH = 2000  # characters of the server's error type and message


class ProtocolError(Exception):
    """A message that violates the protocol; the text says how, in one line.

    `request_id` is the id of the request that it answers: an empty string if it answers none, None
    if that is unknown because the message is not JSON.
    """

    def __init__(self, message: str, request_id: str | None = None) -> None:
        super().__init__(message)
        self.request_id = request_id


class Request(NamedTuple):
    """A client's message; `payload` may be any JSON value if it is sent unvalidated."""

    action: str
    payload: Any = None  # None: the message has no payload
    request_id: str = ""  # empty: the message has none
    fields: Mapping[str, Any] = {}  # further members, such as `author_id`

    def envelope(self) -> dict[str, Any]:
        """Return the request as the JSON object that is sent."""
        envelope: dict[str, Any] = {"action": self.action}
        if self.request_id:
            envelope["request_id"] = self.request_id
        envelope.update(self.fields)
        if self.payload is not None:
            envelope["payload"] = self.payload
        return envelope

    def encode(self) -> bytes:
        """Return the request as one line of JSON."""
        return json_codec.dumps(self.envelope())


class ErrorDetails(NamedTuple):
    """What a failing response says; `data` may be any JSON value."""

    type: str
    message: str
    data: Any


class Response(NamedTuple):
    """The server's answer to a request; `payload` may be any JSON value, `{}` if there is none."""

    action: str
    request_id: str
    success: bool
    payload: Any
    envelope: dict[str, Any]  # the whole message

    @property
    def error(self) -> ErrorDetails:
        """The error of a failing response; missing or malformed parts have a default."""
        error = self.payload.get("error") if isinstance(self.payload, dict) else None
        if not isinstance(error, dict):
            error = {}
        return ErrorDetails(
            _truncated_text(error.get("type")) or "unknown",
            _truncated_text(error.get("message")) or "the server gave no reason",
            error.get("data"),
        )


class Push(NamedTuple):
    """A message that the server sends unasked; the requester's copy carries the `request_id`."""

    action: str
    payload: Any
    request_id: str
    envelope: dict[str, Any]
    raw: bytes = b""  # the message as received


def decode(raw: bytes) -> Response | Push:
    """Decode one message of the server; raise `ProtocolError` if its envelope is invalid."""
    try:
        envelope = json_codec.loads(raw)
    except json_codec.JSONError as error:
        raise ProtocolError(f"the server sent invalid JSON: {error}") from None
    except MemoryError:
        raise ProtocolError("the server sent a message that does not fit into memory") from None
    if not isinstance(envelope, dict):
        raise ProtocolError("the server sent JSON that is not an object", "")
    action, request_id = envelope.get("action"), envelope.get("request_id", "")
    is_push = envelope.get("type") == "push"
    valid_id = request_id if isinstance(request_id, str) else ""
    if not isinstance(action, str):
        raise ProtocolError("the server's message has no action", "" if is_push else valid_id)
    match envelope.get("type"):
        case "push":
            return Push(action, envelope.get("payload"), valid_id, envelope, raw)
        case "response":
            success, payload = envelope.get("success"), envelope.get("payload", {})
            if problem := _response_problem(request_id, success):
                raise ProtocolError(f"the server's response {problem}", valid_id)
            payload = {} if payload is None else payload
            return Response(action, valid_id, success is True, payload, envelope)
        case _:
            raise ProtocolError("the server's message is neither a response nor a push", valid_id)


def _response_problem(request_id: Any, success: Any) -> str:
    if not isinstance(request_id, str):
        return "has a request_id that is not a string"
    if not isinstance(success, bool):
        return "does not say success: true or false"
    return ""


def _truncated_text(value: Any) -> str:
    if not isinstance(value, str):
        return ""
    return value if len(value) <= _MAX_TEXT_LENGTH else value[:_MAX_TEXT_LENGTH] + "…"
