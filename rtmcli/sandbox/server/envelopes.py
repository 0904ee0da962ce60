"""The server's side of the envelopes: parse requests, encode responses and pushes.

Source: protocol reference, envelopes.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from rtmcli.catalogue.versions import VERSIONS, load
from rtmcli.protocol import json_codec
from rtmcli.sandbox.interface import NO_MEMBERS

DEFAULT_ERROR_MESSAGES = {
    row.type: row.message for version in VERSIONS for row in load(version).errors
}

_REQUEST_ID_PATTERN = re.compile(r'"request_id"\s*:\s*"([^"\\]*)"')
_MEMBER_TYPES: tuple[tuple[str, type, str], ...] = (
    ("action", str, "a string"),
    ("request_id", str, "a string"),
    ("payload", dict, "an object"),
)


class Request(NamedTuple):
    """A request with a valid envelope; `request_id` is None if the envelope has none."""

    action: str
    payload: dict[str, Any]
    request_id: str | None
    members: Mapping[str, str] = NO_MEMBERS  # the others that the version defines, if present


class InvalidRequest(Exception):
    """A message that is not a request; keeps the members that the response repeats."""

    def __init__(self, message: str, action: str = "", request_id: str | None = None) -> None:
        """`message` describes the problem in one line."""
        super().__init__(message)
        self.message = message
        self.action = action
        self.request_id = request_id


def parse_request(message: bytes, other_members: Sequence[str] = ()) -> Request:
    """Parse a request; raise InvalidRequest if its envelope is not valid.

    `other_members` are strings that the version of the API defines in addition.
    """
    try:
        envelope = json_codec.loads(message)
    except json_codec.JSONError as error:
        match = _REQUEST_ID_PATTERN.search(message.decode("utf-8", "replace"))
        request_id = match[1] if match else None
        raise InvalidRequest(f"invalid JSON: {error}", "", request_id) from None
    if not isinstance(envelope, dict):
        raise InvalidRequest("a request must be a JSON object")
    action, payload = envelope.get("action", ""), envelope.get("payload", {})
    request_id = envelope.get("request_id", "")
    members = {name: envelope[name] for name in other_members if name in envelope}
    if not (
        isinstance(action, str)
        and isinstance(request_id, str)
        and isinstance(payload, dict)
        and action
        and all(isinstance(value, str) for value in members.values())
    ):
        raise _invalid_request(envelope, members)
    return Request(action, payload, request_id if "request_id" in envelope else None, members)


def _invalid_request(envelope: dict[str, Any], members: dict[str, Any]) -> InvalidRequest:
    """Return the error for an invalid envelope."""
    action, request_id = envelope.get("action", ""), envelope.get("request_id")
    recovered = (
        action if isinstance(action, str) else "",
        request_id if isinstance(request_id, str) else None,
    )
    member_types = (*_MEMBER_TYPES, *((name, str, "a string") for name in members))
    for member, member_type, expected in member_types:
        if not isinstance(envelope.get(member, member_type()), member_type):
            return InvalidRequest(f"{member} must be {expected}", *recovered)
    return InvalidRequest("action is required", *recovered)


def response(action: str, request_id: str | None, payload: Any) -> bytes:
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


def push(name: str, payload: Any, request_id: str | None = None, version: str = "") -> bytes:
    """Encode a push; only the requester's copy has a `request_id`."""
    return _encode(name, request_id, "push", payload, version=version)


def _encode(
    action: str,
    request_id: str | None,
    type: str,  # noqa: A002  # the API's word
    payload: Any,
    *,
    success: bool | None = None,
    version: str = "",
) -> bytes:
    envelope: dict[str, Any] = {"version": version} if version else {}
    if request_id is not None:
        envelope["request_id"] = request_id
    envelope["action"] = action
    envelope["type"] = type
    if success is not None:
        envelope["success"] = success
    envelope["payload"] = payload
    return json_codec.dumps(envelope)
