"""The view for people: a line for each push of every version."""

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len
from support.reference import Reference, every_version

from rtmcli.catalogue.v3_0 import API
from rtmcli.cli.io.stderr import redactor
from rtmcli.cli.io.text_view import Names, TextView

NOW = 1567411204.0  # 2019-09-02 08:00:04 UTC
HOSTILE_TEXT = "a\x1b[2J\r\nb \x9b \x7f \u202e\u2066 [red]c[/red] \ud800\t\td"
LINES_3_0 = {
    "incoming_chat_thread": "PJ0MRSHTDG  Jane Roe, Agent One",
    "thread_closed": "PJ0MRSHTDG  Agent One",
    "access_granted": "PJ0MRSHTDG  chat, group_ids=1,2",
    "access_revoked": "customer, Jane Roe, group_ids=1,2",
    "access_set": "PJ0MRSHTDG  chat, group_ids=1,2",
    "chat_transferred": "PJ0MRSHTDG  Agent One: group, ids=1,2",
    "chat_user_added": "PJ0MRSHTDG  Agent One: agent",
    "chat_user_removed": "PJ0MRSHTDG  Agent One: agent",
    "incoming_event": "PJ0MRSHTDG  Jane Roe: Can I pay by invoice?",
    "event_updated": "PJ0MRSHTDG  Agent One: cards",
    "incoming_rich_message_postback": "PJ0MRSHTDG  Jane Roe: yes, toggled=true",
    "chat_properties_updated": 'PJ0MRSHTDG  {"rating":{"score":{"value":1}}}',
    "chat_properties_deleted": 'PJ0MRSHTDG  {"rating":["score"]}',
    "chat_thread_properties_updated": 'PJ0MRSHTDG  {"rating":{"score":{"value":1}}}',
    "chat_thread_properties_deleted": 'PJ0MRSHTDG  {"rating":["score"]}',
    "event_properties_updated": 'PJ0MRSHTDG  K600PKZON8_2: {"rating":{"score":{"value":1}}}',
    "event_properties_deleted": 'PJ0MRSHTDG  K600PKZON8_2: {"rating":["score"]}',
    "chat_thread_tagged": "PJ0MRSHTDG  refund",
    "chat_thread_untagged": "PJ0MRSHTDG  refund",
    "customer_created": "Jane Roe: jane@example.org",
    "customer_updated": "Jane Doe: jane@example.org",
    "customer_banned": "Jane Doe: days=5",
    "customer_visit_started": "Jane Doe: Poland, Gdansk",
    "customer_page_updated": "Jane Doe: Home, https://shop.example.com/",
    "customer_visit_ended": "Jane Doe: 2019-09-02T08:10:00.000000Z",
    "agent_updated": "Agent One: not_accepting_chats",
    "agent_disconnected": "misdirected_connection, fra",
    "last_seen_timestamp_updated": "PJ0MRSHTDG  Agent One: timestamp=1567411200",
    "incoming_typing_indicator": "PJ0MRSHTDG  Jane Doe: is_typing=true",
    "incoming_sneak_peek": "PJ0MRSHTDG  Jane Doe: Can I pa",
    "incoming_multicast": 'Agent One: ci, {"deploy":"done"}',
}
LINES_3_6 = {
    "incoming_chat": "QCH4N1AB2C  Thomas: Hi",
    "chat_deactivated": "QCH4N1AB2C  smith@example.com",
    "chat_deleted": "QCH4N1AB2C",
    "thread_deleted": "QCH4N1AB2C  QTH7K2LM9P",
    "threads_deleted": "2025-01-01T00:00:00.000000Z, 2026-01-01T00:00:00.000000Z, bug_report",
    "chat_access_updated": "QCH4N1AB2C  group_ids=0,19",
    "chat_transferred": (
        "QCH4N1AB2C  jones@example.com: manual, smith@example.com, group_ids=19, position=4"
    ),
    "user_added_to_chat": "QCH4N1AB2C  Agent Smith: manual, jones@example.com",
    "user_removed_from_chat": "QCH4N1AB2C  Agent Smith: manual, jones@example.com",
    "incoming_event": "QCH4N1AB2C  Agent Smith: Hi",
    "event_deleted": "QCH4N1AB2C  QTH7K2LM9P_4",
    "event_updated": "QCH4N1AB2C  Agent Smith: Hi",
    "incoming_rich_message_postback": "QCH4N1AB2C  Thomas: buy, toggled=true",
    "chat_properties_updated": 'QCH4N1AB2C  {"test":{"int_property":3}}',
    "chat_properties_deleted": 'QCH4N1AB2C  {"test":["int_property"]}',
    "thread_properties_updated": 'QCH4N1AB2C  {"test":{"int_property":3}}',
    "thread_properties_deleted": 'QCH4N1AB2C  {"test":["int_property"]}',
    "event_properties_updated": 'QCH4N1AB2C  QTH7K2LM9P_4: {"test":{"int_property":3}}',
    "event_properties_deleted": 'QCH4N1AB2C  QTH7K2LM9P_4: {"test":["int_property"]}',
    "thread_tagged": "QCH4N1AB2C  support",
    "thread_untagged": "QCH4N1AB2C  support",
    "incoming_customers": "chatting, Thomas",
    "incoming_customer": "Thomas",
    "customer_updated": "Thomas Anderson",
    "customer_page_updated": "Thomas Anderson: Home, https://www.example.com/",
    "customer_statistics_updated": 'Thomas Anderson: {"chats_count":9,"visits_count":14}',
    "customer_banned": "Thomas Anderson: days=3",
    "customer_transferred": "Thomas Anderson: group_ids=1",
    "customer_left": "Thomas Anderson: 2026-05-04T09:31:00.000000Z",
    "subscribed_customers_totals_updated": '{"5d0a7c31e29b4f68b1c4a07d93f2e6aa":123}',
    "ticket_created": "Thomas Anderson: 9a1d5b2c-44f0-4c6e-8f3a-2b7e60c1d945, inbox",
    "ticket_deleted": "Thomas Anderson: 9a1d5b2c-44f0-4c6e-8f3a-2b7e60c1d945",
    "routing_status_set": "Agent Smith: accepting_chats",
    "agent_disconnected": "misdirected_connection, fra",
    "agent_created": "Agent Smith: viceowner",
    "agent_approved": "Agent Smith",
    "agent_updated": "Agent Smith: Lead",
    "agent_suspended": "Agent Smith",
    "agent_unsuspended": "Agent Smith",
    "agent_deleted": "Agent Smith",
    "auto_accesses_updated": (
        "b1cd0bfea640f671694110c6ae34356f, dc70916fdc9d02ea0bcdee5b2fa64717, "
        "0f70916fdc9d02ea0bcdee5b2fa64799: added, updated, deleted"
    ),
    "bot_created": "Bot",
    "bot_updated": "New name",
    "bot_deleted": "New name",
    "group_created": "id=42: Sales",
    "group_deleted": "id=42",
    "group_updated": "id=42: Sales EU",
    "tag_created": "docs: group_ids=0,42, Agent Smith",
    "tag_deleted": "docs",
    "tag_updated": "docs: group_ids=0",
    "groups_status_updated": "id=0: offline",
    "license_properties_updated": '{"test":{"string_property":"v"}}',
    "group_properties_updated": 'group_id=1: {"test":{"string_property":"v"}}',
    "incoming_thinking_indicator": "QCH4N1AB2C  New name: Thinking, Asking billing",
    "incoming_typing_indicator": "QCH4N1AB2C  Agent Smith: is_typing=true",
    "incoming_sneak_peek": "QCH4N1AB2C  Thomas Anderson: Hel",
    "events_marked_as_seen": "QCH4N1AB2C  Thomas Anderson: 2026-05-04T09:31:00.000000Z",
    "incoming_multicast": 'Agent Smith: ci, {"deploy":"done"}',
    "chat_unfollowed": "QCH4N1AB2C",
    "queue_positions_updated": "QCH4N1AB2C  position=4, wait_time=120",
    "thread_summary_set": "QCH4N1AB2C  ok, A refund was promised.",
    "incoming_error": "QCH4N1AB2C  set_thread_summary, QTH7K2LM9P",
}
LINES = {"3.0": LINES_3_0, "3.6": LINES_3_6}


@pytest.fixture(autouse=True)
def _in_utc(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Show times in UTC."""
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def push(action: Any, payload: Any) -> bytes:
    """Return a push as the server sends it."""
    return json.dumps({"action": action, "type": "push", "payload": payload}).encode()


def message(text: str, author_id: str = "agent1@example.com") -> bytes:
    """Return the push of an event with a text."""
    event = {"type": "message", "author_id": author_id, "text": text}
    return push("incoming_event", {"chat_id": "C", "thread_id": "T", "event": event})


def format_push(raw: bytes, width: int | None = None, *, use_color: bool = False) -> str:
    """Return the line of a push."""
    view = TextView(API, use_color=use_color, get_width=lambda: width)
    return view.format_push(raw, NOW).decode()


@every_version
def test_each_push_has_its_line(reference: Reference) -> None:
    """Who and what, of sample payloads of every push; names that were heard replace ids."""
    view = TextView(reference.api, use_color=False)
    view.names.learn({"my_profile": {"id": "agent1@example.com", "name": "Agent One"}})
    samples = reference.table("pushes")
    assert list(samples) == list(reference.pushes)
    lines = {name: view.format_push(push(name, samples[name]), NOW).decode() for name in samples}
    assert lines == {
        name: f"08:00:04  {name}  {line}\n" for name, line in LINES[reference.api.version].items()
    }


@every_version
@pytest.mark.parametrize("payload", [None, "text", 5, [], {}, [[{}]], {"chat_id": 1, "id": {}}])
def test_an_unusual_payload_has_a_line_too(reference: Reference, payload: Any) -> None:
    """If no member can be shown, the payload itself is."""
    view = TextView(reference.api, use_color=False)
    for name in reference.pushes:
        line = view.format_push(push(name, payload), NOW).decode()
        assert line.startswith(f"08:00:04  {name}  ")
        assert line.count("\n") == 1


def test_an_unknown_push_is_shown_as_compact_json() -> None:
    """With its name, if it has one."""
    assert format_push(push("new_push", {"a": [1, 2]})) == '08:00:04  new_push  {"a":[1,2]}\n'
    assert format_push(b'{"type":"push"}') == '08:00:04  push  {"type":"push"}\n'


def test_a_name_is_used_once_it_was_heard() -> None:
    """The ids in other members, such as a text, stay."""
    view = TextView(API, use_color=False)
    raw = message("agent1@example.com")
    before = "08:00:04  incoming_event  C  agent1@example.com: agent1@example.com\n"
    # The second member repeats the first one.
    assert view.format_push(raw, NOW).decode() == before.replace(": agent1@example.com", "")
    view.names.learn({"user": {"id": "agent1@example.com", "name": "Agent One"}})
    assert view.format_push(raw, NOW).decode() == before.replace(
        "C  agent1@example.com", "C  Agent One"
    )


def test_a_long_id_without_a_name_is_short_on_a_terminal() -> None:
    """A file has it whole."""
    raw = message("Hi", "b7eff798-f8df-4364-8059-649c35c9ed0c")
    assert format_push(raw, 80) == "08:00:04  incoming_event  C  b7eff798…: Hi\n"
    assert "b7eff798-f8df-4364-8059-649c35c9ed0c: Hi" in format_push(raw)


def test_names_are_bounded() -> None:
    """The oldest are forgotten, and a long name is shortened."""
    names = Names(API)
    for number in range(10_001):
        names.learn({"user": {"id": str(number), "name": f"name {number}" * 10}})
    assert names.get("0") is None
    assert names.get("10000") == ("name 10000" * 10)[:40] + "…"


def test_the_text_of_the_server_is_inert() -> None:
    """One line without control characters, bidirectional marks or markup."""
    line = format_push(message(HOSTILE_TEXT))
    assert line.endswith("a\\u001b[2J b \\u009b \\u007f \\u202e\\u2066 [red]c[/red] \\ud800 d\n")
    hostile_action = format_push(push(HOSTILE_TEXT, HOSTILE_TEXT), use_color=True)
    assert hostile_action.count("\x1b") == hostile_action.count("\x1b[2m") + 3
    assert not set(hostile_action) & {"\r", "\x9b", "\x7f", "\u202e", "\u2066"}


def test_a_token_is_redacted() -> None:
    """As everywhere."""
    redactor.add("Bearer dal:very-secret-token")
    assert "very-secret" not in format_push(message("is it dal:very-secret-token?"), 60)


@pytest.mark.parametrize(
    ("text", "cells", "shown"),
    [
        ("abcdefgh", 8, "abcdefgh"),
        ("abcdefgh", 4, "abc…"),
        ("日本語日本語", 6, "日本…"),  # two cells each
        ("e\u0301" * 9, 4, "e\u0301e\u0301e\u0301…"),  # a combining accent has no cell
    ],
)
def test_a_line_is_cut_to_the_width_of_the_terminal(text: str, cells: int, shown: str) -> None:
    """In cells, which are not characters."""
    author = "08:00:04  incoming_event  C  agent1: "
    view = TextView(API, use_color=False, get_width=lambda: len(author) + cells)
    raw = message(text, "agent1")
    assert view.format_push(raw, NOW).decode() == f"{author}{shown}\n"


@pytest.mark.parametrize("width", [1, 2, 5, 10, 20])
def test_a_narrow_terminal_gets_a_short_line(width: int) -> None:
    """Of whole color sequences."""
    line = format_push(message("x" * 1_000_000), width, use_color=True)
    for sequence in ("\x1b[2m", "\x1b[36m", "\x1b[0m"):
        line = line.replace(sequence, "")
    assert len(line.rstrip("\n")) <= width
    assert "\x1b" not in line


@pytest.mark.parametrize(
    ("raw", "color"),
    [
        (push("incoming_event", {}), "36"),
        (push("customer_banned", {}), "32"),
        (push("agent_updated", {}), "35"),
        (push("agent_disconnected", {}), "33"),
        (push("unknown", {}), "1"),
    ],
)
def test_the_color_of_the_name_says_whom_it_concerns(raw: bytes, color: str) -> None:
    """Chats, customers, agents, the session."""
    name = json.loads(raw)["action"]
    line = format_push(raw, use_color=True)
    assert line == f"\x1b[2m08:00:04  \x1b[0m\x1b[{color}m{name}\x1b[0m  {{}}\n"


@pytest.mark.parametrize(
    ("start", "shown"), [(NOW - 3, "08:00:01"), (NOW - 86400, "2019-09-01 08:00:04")]
)
def test_a_gap_is_a_line_of_its_own_color(start: float, shown: str) -> None:
    """With the date if it began long ago."""
    view = TextView(API, use_color=True)
    text = f"gap  {shown} to 08:00:04, pushes may be missing: why\\u001b"
    assert view.format_gap(start, NOW, "why\x1b", NOW).decode() == (
        f"\x1b[2m08:00:04  \x1b[0m\x1b[31m{text}\x1b[0m\n"
    )


UNSAFE = {*map(chr, range(32)), *map(chr, range(127, 160)), *"\u2028\u2029\u202e\u2066\u061c"}
JSON_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda children: (
        st.lists(children)
        | st.dictionaries(st.sampled_from(["id", "name", "chat_id", "x"]), children)
    ),
)
MEMBERS = st.dictionaries(
    st.sampled_from(["chat_id", "chat", "user", "users", "event", "id", "name", "customer"]),
    JSON_VALUES,
)


@given(
    st.sampled_from([push.name for push in API.pushes]) | JSON_VALUES,
    st.lists(MEMBERS, max_size=2) | MEMBERS | JSON_VALUES,
    st.none() | st.integers(1, 200),
)
@settings(max_examples=40)
def test_any_push_is_one_inert_line(action: Any, payload: Any, width: int | None) -> None:
    """Whatever the server sends, as wide as the terminal at most."""
    line = format_push(push(action, payload), width)
    assert set(line) & UNSAFE == {"\n"}
    assert line.count("\n") == 1
    assert width is None or cell_len(line.rstrip("\n")) <= width


@pytest.mark.parametrize("width", [None, 80])
def test_a_deeply_nested_push_is_a_line_too(width: int | None) -> None:
    """As deep as one may come."""
    nested = "[" * 10_000 + "]" * 10_000
    for action in ("unknown", "incoming_multicast"):
        raw = f'{{"type":"push","action":"{action}","payload":{{"content":{nested}}}}}'
        assert format_push(raw.encode(), width).count("\n") == 1


def test_a_line_for_a_file_is_whole() -> None:
    """Nothing is cut without a terminal."""
    assert format_push(message("z" * 5000)).count("z") == 5000
