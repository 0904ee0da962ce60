"""Requests as the server reads them, and its answers and pushes (protocol reference, envelopes)."""

import re
from typing import Any

from rtmcli.catalogue import API
from rtmcli.protocol import values
from rtmcli.row import Row

DEFAULT_MESSAGES = {row.type: row.message for row in API.errors}

_ID = re.compile(r'"request_id"\s*:\s*"([^"\\]*)"')


_MEMBERS: tuple[tuple[str, type, str], ...] = (
    ("action", str, "a string"),
    ("request_id", str, "a string"),
    ("author_id", str, "a string"),
    ("payload", dict, "an object"),
)


class Incoming(Row):
    """A request whose envelope is whole; `request_id` is None where it has none."""

    action: str
    payload: dict[str, Any]
    request_id: str | None
    author_id: str


class Unreadable(Exception):
    """A message that is no request; keeps what could be read of it, for the answer."""

    def __init__(self, message: str, action: str = "", request_id: str | None = None) -> None:
        """Say what is wrong, in one line."""
        super().__init__(message)
        self.message = message
        self.action = action
        self.request_id = request_id


def read(text: bytes) -> Incoming:
    """Read a request; raise `Unreadable` where it breaks the envelope."""
    try:
        envelope = values.load(text)
    except values.BadJson as error:
        found = _ID.search(text.decode("utf-8", "replace"))
        raise Unreadable(f"no JSON: {error}", "", found[1] if found else None) from None
    if not isinstance(envelope, dict):
        raise Unreadable("a request is a JSON object")
    action, payload = envelope.get("action", ""), envelope.get("payload", {})
    request_id, author_id = envelope.get("request_id", ""), envelope.get("author_id", "")
    if not (
        isinstance(action, str)
        and isinstance(request_id, str)
        and isinstance(author_id, str)
        and isinstance(payload, dict)
        and action
    ):
        raise _unreadable(envelope)
    return Incoming(action, payload, request_id if "request_id" in envelope else None, author_id)


def _unreadable(envelope: dict[str, Any]) -> Unreadable:
    """Say what is wrong with an envelope."""
    action, request_id = envelope.get("action", ""), envelope.get("request_id")
    readable = (
        action if isinstance(action, str) else "",
        request_id if isinstance(request_id, str) else None,
    )
    for member, shape, says in _MEMBERS:
        if not isinstance(envelope.get(member, shape()), shape):
            return Unreadable(f"{member} must be {says}", *readable)
    return Unreadable("action is required", *readable)


def response(action: str, request_id: str | None, payload: dict[str, Any]) -> bytes:
    """Write the answer to a request that succeeded."""
    return _write(action, request_id, "response", payload, success=True)


def failure(
    action: str,
    request_id: str | None,
    type: str,  # noqa: A002  # the wire's own word
    message: str = "",
    data: Any = None,
) -> bytes:
    """Write the answer to a request that failed; without a message the type's default is sent."""
    error = {"type": type, "message": message or DEFAULT_MESSAGES.get(type, type)}
    if data is not None:
        error["data"] = data
    return _write(action, request_id, "response", {"error": error}, success=False)


def push(name: str, payload: dict[str, Any], request_id: str | None = None) -> bytes:
    """Write a push; only the copy for whoever caused it has a `request_id`."""
    return _write(name, request_id, "push", payload)


def _write(
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
    return values.dump(envelope)
