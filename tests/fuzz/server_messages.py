"""Messages of the server: responses and pushes."""

from typing import Any

from fuzz.data_provider import DataProvider
from fuzz.reference_json import InvalidJSON, has_surrogates, matches, parse

from rtmcli.catalogue.v3_0 import API
from rtmcli.protocol import json_codec
from rtmcli.protocol.messages import ProtocolError, Push, Response, decode
from rtmcli.protocol.push_filter import FilterResult, PushFilter, to_json_lines

CONTROL_CHARACTERS = {*map(chr, (*range(0x20), *range(0x7F, 0xA0))), *"\u061c\u200e\u200f"} | {
    chr(code) for code in (*range(0x2028, 0x202F), *range(0x2066, 0x206A))
}
PUSH = b'{"action":"incoming_event","type":"push","payload":{"chat_id":"A","n":1.0,"s":"\xc2\x9b"}}'
DISCONNECT_PUSH = (
    b'{"action":"agent_disconnected","type":"push","payload":{"reason":"access_token_expired"}}'
)
RESPONSE = (
    b'{"request_id":"1","action":"send_event","type":"response","success":true,"payload":{"a":[]}}'
)
ERROR_RESPONSE = (
    b'{"request_id":"1","action":"send_event","type":"response","success":false,'
    b'"payload":{"error":{"type":"validation","message":"no"}}}'
)
ODD_MESSAGES = (
    b'{"action":"a","type":"push","n":18446744073709551617,"x":1e400,"s":"\\ud800","a":2}',
    b'[1E5,-0.0,0.1234567890123456789,"\\u0000"]',
    b'{ "type" :\n"push",\r"action":"a", "payload": {"chat":{"id":"A"}}}',
)
SEEDS = (
    *(b"\x00" + text for text in (PUSH, DISCONNECT_PUSH, RESPONSE, ERROR_RESPONSE, *ODD_MESSAGES)),
    b"\x01\x01\x02" + PUSH + b"\n" + DISCONNECT_PUSH + b"\n" + RESPONSE,
    b"\x02agent_disconnected\x06\x02",
)
DICTIONARY = (
    b'"type"',
    b'"push"',
    b'"response"',
    b'"action"',
    b'"payload"',
    b'"request_id"',
    b'"success"',
    b'"error"',
    b'"reason"',
    b'"agent_disconnected"',
    b'"chat_id"',
    b'"chat"',
    b"true",
    b"false",
    b"null",
    b"NaN",
    b"1e400",
    b"18446744073709551617",
    b"\\ud800",
    b"\\u0000",
    b"\xef\xbb\xbf",
    b"\xe2\x80\xa8",
)


def check(data: bytes) -> None:
    """Check the laws with the given bytes."""
    provider = DataProvider(data)
    match provider.integer(2):
        case 0:
            check_message(provider.remaining_bytes())
        case 1:
            check_push_filter(provider)
        case _:
            check_message(json_codec.dumps(_random_envelope(provider)))


def check_message(text: bytes) -> None:
    """A message equals that of the reference parser, or is malformed with a one-line reason."""
    try:
        expected = parse(text)
    except InvalidJSON:
        expected = None
    try:
        message = decode(text)
    except ProtocolError as error:
        assert str(error).isprintable(), error
        assert len(str(error)) < 200, error
        assert not _is_valid_message(expected), text
        return
    assert matches(message.envelope, expected)
    assert matches(json_codec.loads(json_codec.dumps(message.envelope)), expected)
    assert message.action == expected["action"]
    if isinstance(message, Push):
        check_push(message, text)
    else:
        check_response(message)


def check_push(message: Push, text: bytes) -> None:
    """A push keeps its text; only its action and an object as payload make a disconnect push."""
    assert message.raw == text
    assert message.payload == message.envelope.get("payload")
    is_disconnect = message.action == API.disconnect_push and isinstance(message.payload, dict)
    assert (API.disconnect_reason(message.action, message.payload) is not None) == is_disconnect


def check_response(message: Response) -> None:
    """The error texts of a response are not empty and have a limited length."""
    error_type, text, _ = message.error
    assert error_type
    assert text
    assert len(error_type) <= 2001
    assert len(text) <= 2001


def check_push_filter(provider: DataProvider) -> None:
    """Each message is passed, skipped or undecodable, and each push is one line."""
    actions = [provider.text() for _ in range(provider.integer(2))]
    chat_id = provider.text() if provider.boolean() else None
    texts = provider.remaining_bytes().split(b"\n")
    unfiltered = PushFilter(API).apply(texts)
    for text in texts:
        check_message(text)
        check_classification(text, unfiltered)
    filtered = PushFilter(API, actions, chat_id).apply(texts)
    assert set(filtered.pushes) <= set(unfiltered.pushes)
    assert [row.raw for row in filtered.undecodable] == [row.raw for row in unfiltered.undecodable]
    assert filtered.disconnect_push == unfiltered.disconnect_push
    check_lines(unfiltered.pushes)
    check_lines([text.replace(b" ", b"\n") for text in unfiltered.pushes])


def check_classification(text: bytes, result: FilterResult) -> None:
    """The filter accepts every message that `decode` accepts."""
    try:
        message = decode(text)
    except ProtocolError:
        return
    is_passed = text in result.pushes or _without_duplicates(text) in result.pushes
    assert is_passed == isinstance(message, Push)
    assert text not in [row.raw for row in result.undecodable]
    if isinstance(message, Push) and message.action == API.disconnect_push:
        assert result.disconnect_push is not None


def _without_duplicates(text: bytes) -> bytes:
    """Return a push as the filter encodes it anew if it has a duplicate key."""
    return json_codec.dumps(json_codec.loads(text))


def check_lines(texts: list[bytes]) -> None:
    """A line has the same JSON value and no control characters."""
    pushes = []
    for text in texts:
        try:
            pushes.append((text, parse(text)))
        except InvalidJSON:  # a space within a string became a newline
            continue
    printed = to_json_lines([text for text, _ in pushes]).split(b"\n")
    assert printed.pop() == b""
    assert len(printed) == len(pushes)
    for line, (_, value) in zip(printed, pushes, strict=True):
        assert parse(line) == value
        assert not CONTROL_CHARACTERS & set(line.decode())


def _random_envelope(provider: DataProvider) -> Any:
    """Draw an object that resembles a message."""
    message_type = provider.choice(("push", "response", "push", provider.json_value(1)))
    envelope: dict[str, Any] = {"action": provider.text(), "type": message_type}
    for name in ("request_id", "success", "payload"):
        if provider.boolean():
            envelope[name] = provider.json_value()
    return envelope


def _is_valid_message(value: Any) -> bool:
    """Return whether a value is a message according to the protocol."""
    if not isinstance(value, dict) or not isinstance(value.get("action"), str):
        return False
    if has_surrogates(value):
        return False
    if value.get("type") == "push":
        return True
    return (
        value.get("type") == "response"
        and isinstance(value.get("request_id", ""), str)
        and isinstance(value.get("success"), bool)
    )
