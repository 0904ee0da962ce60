"""Requests, responses and pushes, and how they stand on the wire (protocol reference, envelopes).

Each message is one JSON object in one text frame. The two sides are told apart by `type`:
the server's messages have one, requests have none. Route on `type` first and on `request_id`
second: a push may carry the id of the very request that caused it.
"""

from typing import Any, NamedTuple

from rtmcli.protocol import json_codec


class ProtocolError(Exception):
    """A message that breaks the protocol; the text says how, in one line."""


class Request(NamedTuple):
    """What a client asks; `payload` may be any JSON value where it is sent unvalidated."""

    action: str
    payload: Any = None  # None: the message has no payload member
    request_id: str = ""  # empty: the message has none
    author_id: str | None = None

    def envelope(self) -> dict[str, Any]:
        """Lay the request out as the object that goes on the wire."""
        envelope: dict[str, Any] = {"action": self.action}
        if self.request_id:
            envelope["request_id"] = self.request_id
        if self.author_id is not None:
            envelope["author_id"] = self.author_id
        if self.payload is not None:
            envelope["payload"] = self.payload
        return envelope

    def encode(self) -> bytes:
        """Write the request as one line of JSON."""
        return json_codec.dumps(self.envelope())


class Response(NamedTuple):
    """What the server answers; `envelope` is the whole message as it came."""

    action: str
    request_id: str
    success: bool
    payload: Any
    envelope: dict[str, Any]


class Push(NamedTuple):
    """What the server tells on its own; `request_id` is there on the requester's copy."""

    action: str
    payload: Any
    request_id: str
    envelope: dict[str, Any]
    raw: bytes = b""  # the message as it came


def decode(raw: bytes) -> Response | Push:
    """Read one message of the server; raise `Malformed` where it breaks the envelope."""
    try:
        envelope = json_codec.loads(raw)
    except json_codec.JSONError as error:
        raise ProtocolError(f"the server sent no JSON: {error}") from None
    if not isinstance(envelope, dict):
        raise ProtocolError("the server sent JSON that is no object")
    action, request_id = envelope.get("action"), envelope.get("request_id", "")
    if not isinstance(action, str):
        raise ProtocolError("the server's message has no action")
    match envelope.get("type"):
        case "push":
            valid_id = request_id if isinstance(request_id, str) else ""
            return Push(action, envelope.get("payload"), valid_id, envelope, raw)
        case "response":
            success, payload = envelope.get("success"), envelope.get("payload", {})
            if not isinstance(request_id, str):
                raise ProtocolError("the server's answer has a request_id that is no string")
            if not isinstance(success, bool):
                raise ProtocolError("the server's answer does not say success: true or false")
            if not isinstance(payload, dict | None):
                raise ProtocolError("the server's answer has a payload that is no object")
            return Response(action, request_id, success, payload or {}, envelope)
        case _:
            raise ProtocolError("the server's message is neither a response nor a push")
