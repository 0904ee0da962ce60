"""Envelopes: what a request looks like on the wire, and what counts as a message of the server."""

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
    """Decode what a server would have written."""
    return decode(json.dumps(envelope).encode())


@pytest.mark.parametrize(
    ("request_", "envelope"),
    [
        (Request("ping"), {"action": "ping"}),
        (Request("a", {}), {"action": "a", "payload": {}}),
        (Request("a", []), {"action": "a", "payload": []}),
        (Request("a", {"n": 1}, "7"), {"action": "a", "request_id": "7", "payload": {"n": 1}}),
        (Request("a", author_id=""), {"action": "a", "author_id": ""}),
        (
            Request("a", {}, "7", "bot"),
            {"action": "a", "request_id": "7", "author_id": "bot", "payload": {}},
        ),
    ],
)
def test_a_request_has_the_members_that_it_was_given(
    request_: Request, envelope: dict[str, Any]
) -> None:
    """A request's envelope holds its facts, in the reference's order, and nothing empty."""
    assert list(request_.envelope().items()) == list(envelope.items())
    assert request_.encode() == json.dumps(envelope, separators=(",", ":")).encode()


def test_a_request_is_one_line_with_every_digit() -> None:
    """What goes on the wire has no line end, and numbers as they were written."""
    assert Request("a", {"t": "x\ny", "n": RawNumber("1e400")}).encode() == (
        b'{"action":"a","payload":{"t":"x\\ny","n":1e400}}'
    )


@given(st.text(), st.text(), st.booleans(), objects, objects)
def test_an_answer_keeps_what_the_server_said(
    action: str, request_id: str, success: bool, payload: dict[str, Any], others: dict[str, Any]
) -> None:
    """An answer is read whole: its facts by name, and the message as it came."""
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
def test_a_push_keeps_what_the_server_said(action: str, request_id: str, payload: Any) -> None:
    """A push is read whole; its payload may be any value."""
    envelope = {"action": action, "type": "push", "request_id": request_id, "payload": payload}
    text = json.dumps(envelope).encode()
    assert decode(text) == Push(action, payload, request_id, envelope, text)


@pytest.mark.parametrize("payload", [{}, {"payload": None}, {"payload": {}}])
def test_an_answer_without_a_payload_has_an_empty_one(payload: dict[str, Any]) -> None:
    """An absent payload, null and an empty object are the same answer."""
    envelope = {"action": "a", "type": "response", "success": True, **payload}
    assert decode_envelope(envelope) == Response("a", "", True, {}, envelope)


@pytest.mark.parametrize("request_id", [None, 7, ["1"], {"id": 1}])
def test_an_odd_request_id_does_not_spoil_a_push(request_id: Any) -> None:
    """A push is known by its action; an id that is no text is as good as none."""
    push = decode_envelope({**PUSH, "request_id": request_id})
    assert (type(push), push.action, push.request_id) == (Push, "a", "")


def test_type_decides_before_request_id() -> None:
    """T33: a push with the id of a request is no answer to it, whatever else it says."""
    assert isinstance(decode_envelope({**RESPONSE, "type": "push"}), Push)
    assert isinstance(decode_envelope({**PUSH, "type": "response", "success": False}), Response)


MALFORMED_MESSAGES: dict[str, list[Any]] = {
    "no JSON": [b"{bad", b"", b'"\xff"', b'{"a":"\\ud800"}', b"\xef\xbb\xbf{}", b"NaN"],
    "JSON that is no object": [b"null", b"[]", b'"x"', b"7", b"true", b"1e400"],
    "message has no action": [{}, {**RESPONSE, "action": None}, {**PUSH, "action": 7}],
    "neither a response nor a push": [
        {"action": "a"},
        {**RESPONSE, "type": None},
        {**RESPONSE, "type": "Response"},
        {**RESPONSE, "type": ["push"]},
        {**PUSH, "type": 1},
    ],
    "request_id that is no string": [
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
    "payload that is no object": [
        {**RESPONSE, "payload": []},
        {**RESPONSE, "payload": [1]},
        {**RESPONSE, "payload": "x"},
        {**RESPONSE, "payload": 0},
        {**RESPONSE, "payload": False},
    ],
}


@pytest.mark.parametrize(
    ("message", "why"),
    [(message, why) for why, some in MALFORMED_MESSAGES.items() for message in some],
)
def test_what_breaks_the_protocol_is_malformed(message: Any, why: str) -> None:
    """T35, T36: no message is guessed at; what is wrong is said in one line."""
    with pytest.raises(ProtocolError) as raised:
        decode(message if isinstance(message, bytes) else json.dumps(message).encode())
    assert str(raised.value).startswith("the server")
    assert why in str(raised.value)
    assert "\n" not in str(raised.value)


@given(st.binary() | st.recursive(objects, st.lists).map(json.dumps))
def test_nothing_but_malformed_is_raised(text: bytes | str) -> None:
    """Whatever comes, it is a message or it is malformed."""
    try:
        message = decode(text if isinstance(text, bytes) else text.encode())
    except ProtocolError:
        return
    assert isinstance(message, Response | Push)
