"""The conversation of a chat as text: complete, and inert."""

import re
import time
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rtmcli.catalogue.model import Transcript
from rtmcli.catalogue.versions import VERSIONS, load
from rtmcli.cli.io.formats.transcript import TranscriptFormatter, other_threads

TRANSCRIPTS = {
    version: method.transcript
    for version in VERSIONS
    for method in load(version).methods.values()
    if method.transcript
}
V3_0, V3_6 = TRANSCRIPTS["3.0"], TRANSCRIPTS["3.6"]
USERS = [{"id": "a1", "name": "Ann"}, {"id": "c1", "name": " "}, {"id": 5, "name": "Bo"}, "odd"]
TIME = 1567410480


@pytest.fixture(autouse=True, scope="module")
def _utc() -> Iterator[None]:
    """Make UTC the local time zone."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TZ", "UTC")
        time.tzset()
        yield
    time.tzset()


def chat(*events: Any, **members: Any) -> Any:
    """Return a response of API 3.0 with one thread."""
    thread = {"id": "T1", "order": 1, "events": list(events), **members}
    return {"chat": {"users": USERS, "threads": [thread]}}


def event(text: Any = "Hi", order: int = 1, **members: Any) -> dict[str, Any]:
    """Return an event of API 3.0."""
    message = {"type": "message", "text": text, "order": order, "timestamp": TIME}
    return {**message, "author_id": "a1", **members}


def format_text(
    payload: Any, transcript: Transcript = V3_0, *, use_color: bool = False
) -> list[str]:
    """Format a response; return the lines."""
    formatter = TranscriptFormatter(transcript, ("id", "name"), use_color=use_color)
    return formatter.format_response(payload).decode().split("\n")


def format_event(**members: Any) -> str:
    """Return what the line of an event says after its time and author."""
    _, line, _ = format_text(chat({"timestamp": TIME, "author_id": "a1", **members}))
    return line.removeprefix("2019-09-02 07:48:00  Ann  ")


def test_an_event_is_time_author_and_text() -> None:
    """The name of the author if the response has it, else the id; none is the system."""
    payload = chat(
        event("one", 1),
        event("two", 2, author_id="c1"),
        event("three", 3, author_id=None),
        event("four", 4, author_id="gone@example.com"),
    )
    assert format_text(payload) == [
        "--- thread T1 ---",
        "2019-09-02 07:48:00  Ann  one",
        "2019-09-02 07:48:00  c1  two",
        "2019-09-02 07:48:00  system  three",
        "2019-09-02 07:48:00  gone@example.com  four",
        "",
    ]


def test_events_and_threads_are_in_order() -> None:
    """By `order`; if something has none, as received."""
    threads = [
        {"id": "T2", "order": 2, "events": [event("b", 2), event("a", 1)]},
        {"id": "T1", "order": 1, "events": [event("d", 2), event("c", order=None)]},  # type: ignore[arg-type]  # a server may do it
    ]
    lines = format_text({"chat": {"threads": threads}})
    assert [line[-1:] for line in lines] == ["-", "d", "c", "", "-", "a", "b", ""]


def test_api_3_6_has_one_thread_and_times_as_text() -> None:
    """The same lines from other members."""
    events = [
        {"type": "message", "text": "late", "created_at": "2019-09-02T07:48:01.000001Z"},
        {"type": "message", "text": "early", "created_at": "2019-09-02T07:48:00.5Z"},
    ]
    assert format_text({"users": [], "thread": {"id": "T1", "events": events}}, V3_6) == [
        "--- thread T1 ---",
        "2019-09-02 07:48:00  system  early",
        "2019-09-02 07:48:01  system  late",
        "",
    ]


def test_further_lines_are_indented() -> None:
    """All kinds of line ends; no text can pose as an event or a thread."""
    lines = format_text(chat(event("one\n--- thread X ---\r\n2019\r\n\tend\n")))
    assert lines == [
        "--- thread T1 ---",
        "2019-09-02 07:48:00  Ann  one",
        "                     --- thread X ---",
        "                     2019",
        "                         end",
        "",
        "",
    ]


@pytest.mark.parametrize(
    ("members", "text"),
    [
        (
            {"type": "file", "name": "a.png", "url": "https://x/a.png"},
            "a.png | https://x/a.png",
        ),
        ({"type": "rich_message", "elements": [{"title": "Buy?", "buttons": [{"text": "Yes"}]}]},
         "Buy? | Yes"),
        ({"type": "filled_form", "fields": [{"label": "Name:", "answer": "Bo"}]}, "Name: | Bo"),
        ({"type": "filled_form", "fields": [{"label": "Old?", "answer": {"label": "Yes"}}]},
         "Old? | Yes"),
        ({"type": "filled_form", "fields": [{"label": "Q", "answers": [{"label": "A"},
                                                                       {"label": "B"}]}]},
         "Q | A | B"),
        ({"type": "custom", "content": {"cart": [1]}}, '{"cart":[1]}'),
        ({"type": "annotation", "annotation_type": "rating", "text": "good"}, "rating | good"),
        ({"type": "new\x1bkind"}, "[new\\u001bkind]"),
        ({}, "[]"),
        ({"text": "psst", "recipients": "agents"}, "[agents only] psst"),
        ({"text": 5}, "5"),
    ],
)  # fmt: skip
def test_every_type_of_event_has_a_text(members: dict[str, Any], text: str) -> None:
    """Its members, or its type if it has none of them."""
    assert format_event(**members) == text


def test_a_deleted_event_is_marked() -> None:
    """Administrators see its text, too."""
    events = [{"id": "1", "type": "message", "deleted": True, "created_at": "x"}]
    lines = format_text({"thread": {"id": "T", "events": events}}, V3_6)
    assert lines[1] == "?                    system  [deleted] [message]"


def test_a_thread_without_access_says_so() -> None:
    """Its events are not in the response."""
    lines = format_text(chat(restricted_access=True))
    assert lines == ["--- thread T1 ---", "                     (no access to its events)", ""]


@pytest.mark.parametrize("value", [None, "x", 1e300, -(10**18), True, [], "9999-12-31T23:59:59Z"])
def test_any_time_keeps_the_columns(value: Any) -> None:
    """An unknown one is a question mark."""
    line = format_text(chat(event("Hi", timestamp=value)))[1]
    assert line[19:] == "  Ann  Hi"


def test_a_terminal_gets_colors() -> None:
    """Time and thread are dim, the author is bold, the text is plain."""
    assert format_text(chat(event()), use_color=True) == [
        "\x1b[2m--- thread T1 ---\x1b[0m",
        "\x1b[2m2019-09-02 07:48:00\x1b[0m  \x1b[1mAnn\x1b[0m  Hi",
        "",
    ]


values = st.none() | st.booleans() | st.integers(-9, 2**40) | st.text(max_size=5)
names = st.sampled_from(
    [
        "id",
        "order",
        "timestamp",
        "created_at",
        "type",
        "text",
        "elements",
        "title",
        "fields",
        "answer",
        "content",
        "author_id",
        "recipients",
        "deleted",
        "events",
    ]
)
parts = st.lists(st.dictionaries(names, values, max_size=2), max_size=2)
objects = st.dictionaries(names, values | parts, max_size=4)


@given(st.lists(objects, max_size=2), objects)
def test_any_response_is_inert_text(events: list[Any], thread: dict[str, Any]) -> None:
    """No error, no control character but line ends; texts begin behind the time."""
    thread = {**thread, "events": events}
    for transcript, payload in (
        (V3_0, {"chat": {"threads": [thread], "users": events}}),
        (V3_6, {"thread": thread, "users": events}),
    ):
        lines = format_text(payload, transcript)
        assert not re.search("[\x00-\x1f\x7f-\x9f\u2028\u202e]", "".join(lines))
        head = r"--- thread |[0-9 :?-]{19}  |$| {21}"
        assert all(re.match(head, line) for line in lines)
        assert len([line for line in lines if line.startswith("-")]) == 1


@given(st.text(st.characters(exclude_categories=["Cc", "Cs", "Cf", "Zl", "Zp"])))
def test_no_text_is_cut(text: str) -> None:
    """Whatever its length."""
    assert format_text(chat(event("x" + text + "x" * 5000)))[1].endswith(text + "x" * 5000)


def test_a_response_without_threads_is_empty() -> None:
    """And names the threads that it lacks."""
    payload = {"chat": {"threads_summary": [{"thread_id": "T1"}, {"thread_id": "T2"}]}}
    assert format_text(payload) == [""]
    assert other_threads(V3_0, payload) == ["T1", "T2"]
    payload["chat"]["threads"] = [{"id": "T1"}]
    assert other_threads(V3_0, payload) == ["T2"]
    assert other_threads(V3_6, {"thread": {"id": "T", "previous_thread_id": "S"}}) == ["S"]
    assert other_threads(V3_6, None) == []
