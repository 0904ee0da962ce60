"""What is let through, and that a push is told as it came."""

import json
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

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
    """Write a push, or with `type` another message."""
    envelope = {"action": action, "type": "push", "payload": payload, **members}
    return json.dumps(envelope).encode()


def filter_pushes(push_filter: PushFilter, *raw_messages: bytes) -> list[bytes]:
    """Return the pushes that a sieve lets through."""
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
def test_every_push_passes_as_it_came(text: bytes) -> None:
    """Unknown actions, unknown members and odd payloads are no reason to hold a push back."""
    assert filter_pushes(PushFilter(), text) == [text]


def test_responses_are_neither_pushes_nor_unreadable() -> None:
    """The answer to a ping is of no interest to whoever listens."""
    result = PushFilter().apply([make_message("ping", type="response", success=True)])
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
        b'{"type":"push","payload":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    ],
    ids=range(11),
)
def test_what_is_neither_push_nor_response_is_unreadable(text: bytes) -> None:
    """It is told apart, so that it can be reported, and the pushes around it pass."""
    result = PushFilter().apply([make_message(), text, make_message()])
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
        b'{"type":"push","a":1,"a":2}',
        b'{"type":"push","d":' + b"[" * 500 + b"]" * 500 + b"}",
    ],
    ids=range(9),
)
def test_odd_values_pass_without_a_changed_byte(text: bytes) -> None:
    """Wide numbers, lone surrogates, NUL, duplicate keys and depth are printed as they came."""
    assert to_json_lines(filter_pushes(PushFilter(), text)) == text + b"\n"


def test_only_the_wanted_actions_pass() -> None:
    """Several actions may be wanted."""
    texts = [
        make_message("thread_closed"),
        make_message("incoming_event"),
        make_message("agent_updated"),
    ]
    assert filter_pushes(PushFilter(["thread_closed", "agent_updated"]), *texts) == [
        texts[0],
        texts[2],
    ]


@pytest.mark.parametrize("action", [None, 1, [], {}])
def test_a_push_without_a_proper_action_is_not_a_wanted_one(action: object) -> None:
    """Whatever stands for the action is compared, and never trusted to be text."""
    assert filter_pushes(PushFilter(["thread_closed"]), make_message(action)) == []


@pytest.mark.parametrize("payload", [CHAT_PAYLOAD, {"chat": {"id": "A"}}])
def test_a_chat_is_found_wherever_pushes_name_it(payload: object) -> None:
    """By `chat_id`, or in the chat itself."""
    text = make_message(payload=payload)
    assert filter_pushes(PushFilter(chat_id="A"), text, make_message(payload={"chat_id": "B"})) == [
        text
    ]


@pytest.mark.parametrize("payload", [None, [], "A", {"chat": "A"}, {"chat_id": None}, {"id": "A"}])
def test_pushes_of_no_chat_are_not_those_of_the_wanted_one(payload: object) -> None:
    """What names no chat passes only where no chat is wanted."""
    assert filter_pushes(PushFilter(chat_id="A"), make_message(payload=payload)) == []


def test_action_and_chat_must_both_fit() -> None:
    """The two conditions narrow each other."""
    texts = [
        make_message("thread_closed", CHAT_PAYLOAD),
        make_message("incoming_event", CHAT_PAYLOAD),
    ]
    assert filter_pushes(PushFilter(["thread_closed"], "A"), *texts) == [texts[0]]


@pytest.mark.parametrize("reason", ["access_token_revoked", "ping_timeout", "reason_of_tomorrow"])
def test_the_announced_end_is_seen_even_where_its_push_is_not_wanted(reason: str) -> None:
    """What is printed does not decide what is obeyed."""
    announcement = make_message("agent_disconnected", {"reason": reason})
    result = PushFilter(["thread_closed"]).apply([announcement])
    assert result.pushes == []
    assert result.disconnect_push
    assert result.disconnect_push.payload == {"reason": reason}


def test_nothing_is_announced_where_no_push_announces_it() -> None:
    """Ordinary pushes give no reason to leave."""
    assert PushFilter().apply([make_message()]).disconnect_push is None


@given(st.lists(json_values, min_size=1, max_size=5), st.booleans())
def test_each_value_is_one_line_of_the_same_value(items: list[Any], indented: bool) -> None:
    """Pretty-printed or not, a message is one line, and parsing it gives what was sent."""
    texts = [
        json.dumps(item, indent="\t" if indented else None, ensure_ascii=False).encode()
        for item in items
    ]
    printed = to_json_lines(texts)
    assert printed.count(b"\n") == len(items)
    assert [json.loads(line) for line in printed.splitlines()] == items


@given(st.lists(st.text(min_size=1), min_size=1, max_size=5))
def test_no_line_holds_what_a_terminal_obeys(items: list[str]) -> None:
    """Neither C0, DEL and C1 nor what turns the direction of text or breaks lines."""
    obeyed = {*map(chr, range(32)), *map(chr, range(127, 160)), *"\u2028\u2029\u202e\u2066\u061c"}
    printed = to_json_lines([orjson.dumps(item) for item in items]).decode()
    assert not obeyed & set(printed.replace("\n", ""))
