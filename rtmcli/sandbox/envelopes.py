"""Requests as the server reads them, and its answers and pushes (protocol reference, envelopes)."""

import re
from typing import Any, NamedTuple

from rtmcli.catalogue import API
from rtmcli.protocol import json_codec

DEFAULT_ERROR_MESSAGES = {row.type: row.message for row in API.errors}

_REQUEST_ID_PATTERN = re.compile(r'"request_id"\s*:\s*"([^"\\]*)"')


_MEMBER_TYPES: tuple[tuple[str, type, str], ...] = (
    ("action", str, "a string"),
    ("request_id", str, "a string"),
    ("author_id", str, "a string"),
    ("payload", dict, "an object"),
)


class Request(NamedTuple):
    """A request whose envelope is whole; `request_id` is None where it has none."""

    action: str
    payload: dict[str, Any]
    request_id: str | None
    author_id: str


class InvalidRequest(Exception):
    """A message that is no request; keeps what could be read of it, for the answer."""

    def __init__(self, message: str, action: str = "", request_id: str | None = None) -> None:
        """Say what is wrong, in one line."""
        super().__init__(message)
        self.message = message
        self.action = action
        self.request_id = request_id


def parse_request(message: bytes) -> Request:
    """Read a request; raise `Unreadable` where it breaks the envelope."""
    try:
        envelope = json_codec.loads(message)
    except json_codec.JSONError as error:
        match = _REQUEST_ID_PATTERN.search(message.decode("utf-8", "replace"))
        raise InvalidRequest(f"no JSON: {error}", "", match[1] if match else None) from None
    if not isinstance(envelope, dict):
        raise InvalidRequest("a request is a JSON object")
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
    """Say what is wrong with an envelope."""
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
    """Write the answer to a request that succeeded."""
    return _encode(action, request_id, "response", payload, success=True)


def error_response(
    action: str,
    request_id: str | None,
    type: str,  # noqa: A002  # the wire's own word
    message: str = "",
    data: Any = None,
) -> bytes:
    """Write the answer to a request that failed; without a message the type's default is sent."""
    error = {"type": type, "message": message or DEFAULT_ERROR_MESSAGES.get(type, type)}
    if data is not None:
        error["data"] = data
    return _encode(action, request_id, "response", {"error": error}, success=False)


def push(name: str, payload: dict[str, Any], request_id: str | None = None) -> bytes:
    """Write a push; only the copy for whoever caused it has a `request_id`."""
    return _encode(name, request_id, "push", payload)


def _encode(
    action: str,
    request_id: str | None,
    type: str,  # noqa: A002  # the wire's own word
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
