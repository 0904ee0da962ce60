"""Envelopes: how a request is encoded, and what is decoded as a message of the server."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rtmcli.protocol.json_codec import RawNumber
from rtmcli.protocol.messages import ProtocolError, Push, Request, Response, decode

RESPONSE = {
    "action": "a",
    "type": "response",
    "request_id": "1",
    "success": True,
    "payload": {"n": 1},
}
PUSH = {"action": "a", "type": "push", "request_id": "1", "payload": {"n": 1}}

numbers = st.integers(-1000, 1000)
objects = st.dictionaries(st.text(), numbers | st.text(), max_size=3)


def decode_envelope(envelope: Any) -> Response | Push:
    """Decode a message of the server."""
    return decode(json.dumps(envelope).encode())


@pytest.mark.parametrize(
    ("request_", "envelope"),
    [
        (Request("ping"), {"action": "ping"}),
        (Request("a", {}), {"action": "a", "payload": {}}),
        (Request("a", []), {"action": "a", "payload": []}),
        (Request("a", {"n": 1}, "7"), {"action": "a", "request_id": "7", "payload": {"n": 1}}),
        (Request("a", fields={"author_id": ""}), {"action": "a", "author_id": ""}),
        (
            Request("a", {}, "7", {"author_id": "bot"}),
            {"action": "a", "request_id": "7", "author_id": "bot", "payload": {}},
        ),
    ],
)
def test_a_request_has_the_members_it_was_given(
    request_: Request, envelope: dict[str, Any]
) -> None:
    """They are in the order of the reference; empty ones are left out."""
    assert list(request_.envelope().items()) == list(envelope.items())
    assert request_.encode() == json.dumps(envelope, separators=(",", ":")).encode()


def test_a_request_is_encoded_on_one_line_with_its_numbers_unchanged() -> None:
    """Line ends are escaped, and numbers keep every digit."""
    assert Request("a", {"t": "x\ny", "n": RawNumber("1e400")}).encode() == (
        b'{"action":"a","payload":{"t":"x\\ny","n":1e400}}'
    )


@given(st.text(), st.text(), st.booleans(), objects, objects)
def test_a_response_is_decoded_completely(
    action: str, request_id: str, success: bool, payload: dict[str, Any], others: dict[str, Any]
) -> None:
    """It has its members by name, and the whole envelope."""
    own = {
        "action": action,
        "type": "response",
        "request_id": request_id,
        "success": success,
        "payload": payload,
    }
    envelope = {**others, **own}
    assert decode_envelope(envelope) == Response(action, request_id, success, payload, envelope)


@given(st.text(), st.text(), st.none() | objects | numbers | st.lists(numbers))
def test_a_push_is_decoded_completely(action: str, request_id: str, payload: Any) -> None:
    """Its payload may be any value."""
    envelope = {"action": action, "type": "push", "request_id": request_id, "payload": payload}
    text = json.dumps(envelope).encode()
    assert decode(text) == Push(action, payload, request_id, envelope, text)


@pytest.mark.parametrize("payload", [{}, {"payload": None}, {"payload": {}}])
def test_a_response_without_a_payload_has_an_empty_one(payload: dict[str, Any]) -> None:
    """A missing payload, null and an empty object are the same."""
    envelope = {"action": "a", "type": "response", "success": True, **payload}
    assert decode_envelope(envelope) == Response("a", "", True, {}, envelope)


@pytest.mark.parametrize("request_id", [None, 7, ["1"], {"id": 1}])
def test_a_push_with_an_invalid_request_id_has_none(request_id: Any) -> None:
    """The push itself is valid: it is known by its action."""
    push = decode_envelope({**PUSH, "request_id": request_id})
    assert (type(push), push.action, push.request_id) == (Push, "a", "")


def test_type_decides_before_request_id() -> None:
    """T33: a push with the id of a request is not the response to it."""
    assert isinstance(decode_envelope({**RESPONSE, "type": "push"}), Push)
    assert isinstance(decode_envelope({**PUSH, "type": "response", "success": False}), Response)


MALFORMED_MESSAGES: dict[str, list[Any]] = {
    "sent invalid JSON": [b"{bad", b"", b'"\xff"', b"\xef\xbb\xbf{}", b"NaN"],
    "JSON that is not an object": [b"null", b"[]", b'"x"', b"7", b"true", b"1e400"],
    "message has no action": [{}, {**RESPONSE, "action": None}, {**PUSH, "action": 7}],
    "neither a response nor a push": [
        {"action": "a"},
        {**RESPONSE, "type": None},
        {**RESPONSE, "type": "Response"},
        {**RESPONSE, "type": ["push"]},
        {**PUSH, "type": 1},
    ],
    "request_id that is not a string": [
        {**RESPONSE, "request_id": None},
        {**RESPONSE, "request_id": 7},
        {**RESPONSE, "request_id": ["1"]},
    ],
    "does not say success": [
        {name: value for name, value in RESPONSE.items() if name != "success"},
        {**RESPONSE, "success": None},
        {**RESPONSE, "success": "true"},
        {**RESPONSE, "success": 1},
    ],
}


@pytest.mark.parametrize("payload", [[], [{"id": 1}], "x", 0, False, {}])
def test_a_payload_may_be_any_value(payload: Any) -> None:
    """Some methods respond with an array; a missing payload is an empty object."""
    response = decode(json.dumps({**RESPONSE, "payload": payload}).encode())
    assert isinstance(response, Response)
    assert response.payload == payload
    assert response.error.type == "unknown"


@pytest.mark.parametrize(
    ("message", "error"),
    [(message, error) for error, some in MALFORMED_MESSAGES.items() for message in some],
)
def test_an_invalid_message_is_a_protocol_error(message: Any, error: str) -> None:
    """T35, T36: nothing is guessed; one line says what is wrong."""
    with pytest.raises(ProtocolError) as raised:
        decode(message if isinstance(message, bytes) else json.dumps(message).encode())
    assert str(raised.value).startswith("the server")
    assert error in str(raised.value)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize(
    ("message", "request_id"),
    [
        (b"{bad", None),
        (b"[]", ""),
        (b"{}", ""),
        (b'{"action":"a","type":"push"', None),
        (json.dumps({**PUSH, "action": None}).encode(), ""),
        (json.dumps({**RESPONSE, "request_id": 7}).encode(), ""),
        (json.dumps({**RESPONSE, "success": 1}).encode(), "1"),
        (json.dumps({**RESPONSE, "type": None}).encode(), "1"),
    ],
)
def test_a_protocol_error_knows_the_request(message: bytes, request_id: str | None) -> None:
    """T111: whose response is malformed; "" for none, None for what is not JSON."""
    with pytest.raises(ProtocolError) as raised:
        decode(message)
    assert raised.value.request_id == request_id


@given(st.binary() | st.recursive(objects, st.lists).map(json.dumps))
def test_only_protocol_errors_are_raised(text: bytes | str) -> None:
    """Any input is a message or a protocol error."""
    try:
        message = decode(text if isinstance(text, bytes) else text.encode())
    except ProtocolError:
        return
    assert isinstance(message, Response | Push)


@pytest.mark.parametrize(
    ("payload", "error"),
    [
        ({}, ("unknown", "the server gave no reason", None)),
        ({"error": None}, ("unknown", "the server gave no reason", None)),
        ({"error": "validation"}, ("unknown", "the server gave no reason", None)),
        ({"error": {}}, ("unknown", "the server gave no reason", None)),
        ({"error": {"type": "", "message": ""}}, ("unknown", "the server gave no reason", None)),
        ({"error": {"type": 7, "message": []}}, ("unknown", "the server gave no reason", None)),
        ({"error": {"type": "a", "message": "b", "data": [1]}}, ("a", "b", [1])),
    ],
)
def test_an_error_has_defaults_for_what_is_malformed(payload: Any, error: Any) -> None:
    """Type, message and data are each checked."""
    assert Response("a", "1", success=False, payload=payload, envelope={}).error == error


def test_an_error_message_is_truncated() -> None:
    """A message of any length becomes one readable line."""
    payload = {"error": {"message": "x" * 100_000}}
    response = Response("a", "1", success=False, payload=payload, envelope={})
    assert response.error.message == "x" * 2000 + "…"
