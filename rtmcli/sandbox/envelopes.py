"""The server's side of the envelopes: parse requests, encode responses and pushes.

Source: protocol reference, envelopes.
"""

import re
from typing import Any, NamedTuple

from rtmcli.protocol import json_codec
from rtmcli.sandbox.api import API

DEFAULT_ERROR_MESSAGES = {row.type: row.message for row in API.errors}

_REQUEST_ID_PATTERN = re.compile(r'"request_id"\s*:\s*"([^"\\]*)"')
_MEMBER_TYPES: tuple[tuple[str, type, str], ...] = (
    ("action", str, "a string"),
    ("request_id", str, "a string"),
    ("author_id", str, "a string"),
    ("payload", dict, "an object"),
)


class Request(NamedTuple):
    """A request with a valid envelope; `request_id` is None if the envelope has none."""

    action: str
    payload: dict[str, Any]
    request_id: str | None
    author_id: str


class InvalidRequest(Exception):
    """A message that is not a request; keeps the members that the response repeats."""

    def __init__(self, message: str, action: str = "", request_id: str | None = None) -> None:
        """`message` describes the problem in one line."""
        super().__init__(message)
        self.message = message
        self.action = action
        self.request_id = request_id


def parse_request(message: bytes) -> Request:
    """Parse a request; raise InvalidRequest if its envelope is not valid."""
    try:
        envelope = json_codec.loads(message)
    except json_codec.JSONError as error:
        match = _REQUEST_ID_PATTERN.search(message.decode("utf-8", "replace"))
        request_id = match[1] if match else None
        raise InvalidRequest(f"invalid JSON: {error}", "", request_id) from None
    if not isinstance(envelope, dict):
        raise InvalidRequest("a request must be a JSON object")
    action, payload = envelope.get("action", ""), envelope.get("payload", {})
    request_id, author_id = envelope.get("request_id", ""), envelope.get("author_id", "")
    if not (
        isinstance(action, str)
        and isinstance(request_id, str)
        and isinstance(author_id, str)
        and isinstance(payload, dict)
        and action
    ):
        raise _invalid_request(envelope)
    return Request(action, payload, request_id if "request_id" in envelope else None, author_id)


def _invalid_request(envelope: dict[str, Any]) -> InvalidRequest:
    """Return the error for an invalid envelope."""
    action, request_id = envelope.get("action", ""), envelope.get("request_id")
    recovered = (
        action if isinstance(action, str) else "",
        request_id if isinstance(request_id, str) else None,
    )
    for member, member_type, expected in _MEMBER_TYPES:
        if not isinstance(envelope.get(member, member_type()), member_type):
            return InvalidRequest(f"{member} must be {expected}", *recovered)
    return InvalidRequest("action is required", *recovered)


def response(action: str, request_id: str | None, payload: dict[str, Any]) -> bytes:
    """Encode the response to a request that succeeded."""
    return _encode(action, request_id, "response", payload, success=True)


def error_response(
    action: str,
    request_id: str | None,
    type: str,  # noqa: A002  # the API's word
    message: str = "",
    data: Any = None,
) -> bytes:
    """Encode the response to a request that failed; `message` defaults to that of the type."""
    error = {"type": type, "message": message or DEFAULT_ERROR_MESSAGES.get(type, type)}
    if data is not None:
        error["data"] = data
    return _encode(action, request_id, "response", {"error": error}, success=False)


def push(name: str, payload: dict[str, Any], request_id: str | None = None) -> bytes:
    """Encode a push; only the requester's copy has a `request_id`."""
    return _encode(name, request_id, "push", payload)


def _encode(
    action: str,
    request_id: str | None,
    type: str,  # noqa: A002  # the API's word
    payload: dict[str, Any],
    *,
    success: bool | None = None,
) -> bytes:
    envelope: dict[str, Any] = {} if request_id is None else {"request_id": request_id}
    envelope["action"] = action
    envelope["type"] = type
    if success is not None:
        envelope["success"] = success
    envelope["payload"] = payload
    return json_codec.dumps(envelope)
