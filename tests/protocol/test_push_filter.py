"""Selection of pushes, and their output as unchanged JSON lines."""

import json
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rtmcli.catalogue.v3_0 import API
from rtmcli.protocol.push_filter import PushFilter, to_json_lines

CHAT_PAYLOAD = {"chat_id": "A", "thread_id": "T"}

scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text()
)
json_values = st.recursive(
    scalars, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=10
)


def make_message(action: Any = "incoming_event", payload: Any = None, **members: Any) -> bytes:
    """Return a push, or with `type` another message."""
    envelope = {"action": action, "type": "push", "payload": payload, **members}
    return json.dumps(envelope).encode()


def filter_pushes(push_filter: PushFilter, *raw_messages: bytes) -> list[bytes]:
    """Return the pushes that the filter selects."""
    return push_filter.apply(raw_messages).pushes


@pytest.mark.parametrize(
    "text",
    [
        make_message("push_of_tomorrow", {"member": [1]}, also={"unknown": None}),
        b'{"type":"push"}',
        b'{"type":"push","action":17,"payload":"text"}',
        b' { "type" : "push" } ',
    ],
)
def test_an_empty_filter_selects_every_push(text: bytes) -> None:
    """Also with unknown actions, unknown members or unusual payloads."""
    assert filter_pushes(PushFilter(API), text) == [text]


def test_responses_are_omitted() -> None:
    """A response, such as that to a ping, is neither a push nor undecodable."""
    result = PushFilter(API).apply([make_message("ping", type="response", success=True)])
    assert (result.pushes, result.undecodable) == ([], [])


@pytest.mark.parametrize(
    "text",
    [
        b"{bad",
        b"",
        b"[]",
        b"null",
        b'"push"',
        b'{"type":"other"}',
        b'{"type":["push"]}',
        b'{"type":"push","text":"\xff"}',
        b'{"type":"push","n":NaN}',
        b'\xef\xbb\xbf{"type":"push"}',
        b'{"type":"push","payload":' + b"[" * 600_000 + b"]" * 600_000 + b"}",
    ],
    ids=range(11),
)
def test_other_messages_are_undecodable(text: bytes) -> None:
    """They are returned for a report; the pushes before and after them are selected."""
    result = PushFilter(API).apply([make_message(), text, make_message()])
    assert (len(result.pushes), result.undecodable) == (2, [(1, text)])


@pytest.mark.parametrize(
    "text",
    [
        b'{"type":"push","n":18446744073709551617}',
        b'{"type":"push","n":1e400}',
        b'{"type":"push","n":-0.0}',
        b'{"type":"push","n":1.0}',
        b'{"type":"push","n":' + b"1" * 5000 + b"}",
        b'{"type":"push","s":"\\ud800"}',
        b'{"type":"push","s":"\\u0000"}',
        b'{"type":"push","d":' + b"[" * 500 + b"]" * 500 + b"}",
    ],
    ids=range(8),
)
def test_unusual_values_are_printed_unchanged(text: bytes) -> None:
    """Wide numbers, lone surrogates, NUL and deep nesting."""
    assert to_json_lines(filter_pushes(PushFilter(API), text)) == text + b"\n"


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        (b'{"type":"push","a":1,"a":2}', b'{"type":"push","a":2}'),
        (b'{"type":"rtm.gap","count":7,"type":"push"}', b'{"type":"push","count":7}'),
        (b'{"typ\\u0065":"rtm.gap","type":"push"}', b'{"type":"push"}'),
        (b'{"type":"rtm.gap","x":"\\u0022","type":"push"}', b'{"type":"push","x":"\\""}'),
        (b'{"type":"r","x":[{"k":1.50,"k":"\\u0022\\u0022"}],"type":"push","s":"\\ud83d","n":1e999}',
         b'{"type":"push","x":[{"k":"\\"\\""}],"s":"\\ud83d","n":1e999}'),
    ],
    ids=range(5),
)  # fmt: skip
def test_a_push_cannot_pretend_to_be_a_marker(text: bytes, printed: bytes) -> None:
    """T135: of duplicate keys only the last one is printed, which decides what a push is."""
    assert to_json_lines(filter_pushes(PushFilter(API), text)) == printed + b"\n"


@given(json_values)
def test_a_push_without_duplicate_keys_is_printed_as_received(value: Any) -> None:
    """T135: whatever it contains, if no quote is spelled as a number."""
    text = json.dumps({"type": "push", "value": value}).encode()
    assert filter_pushes(PushFilter(API), text) == [text]


def test_pushes_are_selected_by_action() -> None:
    """The filter may have several actions."""
    texts = [
        make_message("thread_closed"),
        make_message("incoming_event"),
        make_message("agent_updated"),
    ]
    assert filter_pushes(PushFilter(API, ["thread_closed", "agent_updated"]), *texts) == [
        texts[0],
        texts[2],
    ]


@pytest.mark.parametrize("action", [None, 1, [], {}])
def test_a_push_with_an_invalid_action_is_not_selected(action: object) -> None:
    """The action may be any JSON value."""
    assert filter_pushes(PushFilter(API, ["thread_closed"]), make_message(action)) == []


@pytest.mark.parametrize("payload", [CHAT_PAYLOAD, {"chat": {"id": "A"}}])
def test_pushes_are_selected_by_chat(payload: object) -> None:
    """By `chat_id` or by `chat.id`."""
    text = make_message(payload=payload)
    assert filter_pushes(
        PushFilter(API, chat_id="A"), text, make_message(payload={"chat_id": "B"})
    ) == [text]


@pytest.mark.parametrize("payload", [None, [], "A", {"chat": "A"}, {"chat_id": None}, {"id": "A"}])
def test_pushes_without_a_chat_are_not_selected_by_chat(payload: object) -> None:
    """Also if the payload is not an object."""
    assert filter_pushes(PushFilter(API, chat_id="A"), make_message(payload=payload)) == []


@pytest.mark.parametrize("action", [None, 1, [], {}])
def test_a_push_with_an_invalid_action_is_selected_by_its_chat(action: object) -> None:
    """Its members say which chat it is about."""
    text = make_message(action, CHAT_PAYLOAD)
    assert filter_pushes(PushFilter(API, chat_id="A"), text) == [text]


def test_action_and_chat_must_both_match() -> None:
    """A push is selected only if it meets all criteria."""
    texts = [
        make_message("thread_closed", CHAT_PAYLOAD),
        make_message("incoming_event", CHAT_PAYLOAD),
    ]
    assert filter_pushes(PushFilter(API, ["thread_closed"], "A"), *texts) == [texts[0]]


@pytest.mark.parametrize("reason", ["access_token_revoked", "ping_timeout", "reason_of_tomorrow"])
def test_the_disconnect_push_is_returned_even_if_not_selected(reason: str) -> None:
    """The client must react to it in any case."""
    announcement = make_message("agent_disconnected", {"reason": reason})
    result = PushFilter(API, ["thread_closed"]).apply([announcement])
    assert result.pushes == []
    assert result.disconnect_push
    assert result.disconnect_push.payload == {"reason": reason}


def test_other_pushes_are_not_disconnect_pushes() -> None:
    """Without one, the result has None."""
    assert PushFilter(API).apply([make_message()]).disconnect_push is None


@given(st.lists(json_values, min_size=1, max_size=5), st.booleans())
def test_each_message_is_one_line_with_the_same_value(items: list[Any], indented: bool) -> None:
    """Also if the server sent it pretty-printed."""
    texts = [
        json.dumps(item, indent="\t" if indented else None, ensure_ascii=False).encode()
        for item in items
    ]
    printed = to_json_lines(texts)
    assert printed.count(b"\n") == len(items)
    assert [json.loads(line) for line in printed.splitlines()] == items


@given(st.lists(st.text(min_size=1), min_size=1, max_size=5))
def test_lines_contain_no_unsafe_characters(items: list[str]) -> None:
    """These are C0, DEL, C1, line separators and marks of text direction."""
    unsafe = {*map(chr, range(32)), *map(chr, range(127, 160)), *"\u2028\u2029\u202e\u2066\u061c"}
    printed = to_json_lines([orjson.dumps(item) for item in items]).decode()
    assert not unsafe & set(printed.replace("\n", ""))
