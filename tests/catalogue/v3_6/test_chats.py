"""Test the chapter "Chats"."""

from typing import Any

import pytest

from rtmcli.catalogue.model import Severity
from rtmcli.catalogue.v3_6.chats import CHAPTER
from rtmcli.protocol.validation import PayloadValidator

METHODS = {method.action: method for method in CHAPTER.methods}
DAY = "2026-05-01T00:00:00.000000+00:00"


def problems(action: str, **payload: object) -> list[str]:
    """Return a payload's problems: the path, or the message of a rule."""
    found = PayloadValidator(METHODS[action]).validate(payload)
    return [problem.path or problem.message for problem in found]


def severities(action: str, **payload: object) -> list[Severity]:
    """Return the severities of a payload's problems."""
    found = PayloadValidator(METHODS[action]).validate(payload)
    return [problem.severity for problem in found]


@pytest.mark.parametrize("action", ["list_chats", "list_threads", "list_archives"])
@pytest.mark.parametrize("member", [{"filters": {}}, {"limit": 5}, {"sort_order": "asc"}])
def test_a_page_id_excludes_what_the_first_request_sets(
    action: str, member: dict[str, Any]
) -> None:
    """The server keeps filters, limit and order."""
    ids = {"chat_id": "QCH4N1AB2C"} if action == "list_threads" else {}
    assert problems(action, **ids, page_id="x") == []
    assert problems(action, **ids, **member) == []
    [problem] = problems(action, **ids, page_id="x", **member)
    assert problem.startswith("page_id excludes")


@pytest.mark.parametrize("active", [True, False, None])
def test_the_filter_of_active_chats_has_three_values(active: bool | None) -> None:
    """Null stands for both."""
    assert problems("list_chats", filters={"active": active}) == []
    assert problems("list_chats", filters={"active": "both"}) == ["filters.active"]


@pytest.mark.parametrize(
    ("action", "name", "limit", "item"),
    [
        ("list_chats", "group_ids", 200, 1),
        ("list_archives", "group_ids", 200, 1),
        ("list_archives", "chat_ids", 1000, "QCH4N1AB2C"),
        ("list_archives", "thread_ids", 20, "QTH7K2LM9P"),
    ],
)
def test_filters_limit_their_numbers_of_ids(
    action: str, name: str, limit: int, item: object
) -> None:
    """One more is an error."""
    assert problems(action, filters={name: [item] * limit}) == []
    assert problems(action, filters={name: [item] * (limit + 1)}) == [f"filters.{name}"]


def test_the_default_limits_match_the_documentation() -> None:
    """list_threads returns three threads."""
    defaults = {
        action: param.default
        for action, method in METHODS.items()
        for param in method.params
        if param.path == "limit"
    }
    assert defaults == {"list_chats": "10", "list_threads": "3", "list_archives": "10"}


def test_an_undocumented_minimum_causes_a_warning() -> None:
    """Only list_archives has a documented minimum."""
    assert severities("list_chats", limit=0) == [Severity.WARNING]
    assert severities("list_archives", limit=0) == [Severity.ERROR]
    assert severities("list_chats", limit=101) == [Severity.ERROR]


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        ({}, []),
        ({"limit": 5}, [Severity.ERROR]),
        ({"filters": {"from": DAY}}, [Severity.ERROR]),
        ({"page_id": "x"}, [Severity.WARNING]),
    ],
)
def test_a_number_of_events_excludes_others(
    members: dict[str, Any], expected: list[Severity]
) -> None:
    """That it also excludes page_id is not documented."""
    payload = {"chat_id": "QCH4N1AB2C", "min_events_count": 50, **members}
    assert severities("list_threads", **payload) == expected


@pytest.mark.parametrize("name", ["agents", "tags", "customer_countries", "sales", "goals"])
def test_a_general_filter_takes_one_operator(name: str) -> None:
    """Its modifier needs a list of values."""
    path = f"filters.{name}"
    assert problems("list_archives", filters={name: {"exists": True}}) == []
    every = {"values": ["x"], "require_every_value": True}
    assert problems("list_archives", filters={name: every}) == []
    both = {"values": ["x"], "exclude_values": ["y"]}
    assert problems("list_archives", filters={name: both}) == [
        f"{path} takes only one of exists, values, exclude_values"
    ]
    modifier = {"exists": True, "require_every_value": True}
    assert severities("list_archives", filters={name: modifier}) == [Severity.WARNING]


def test_event_types_have_no_exists() -> None:
    """An unknown member is not an error."""
    params = {param.path for param in METHODS["list_archives"].params}
    assert "filters.event_types.values" in params
    assert "filters.event_types.exists" not in params


@pytest.mark.parametrize(
    ("lists", "count"),
    [
        ({"all_values": ["human"], "exclude_values": ["chatbot"]}, 0),
        ({"all_values": ["human"], "any_values": ["human"]}, 1),
        ({"any_values": ["person"]}, 1),
    ],
)
def test_a_type_of_agents_is_in_one_list(lists: dict[str, list[str]], count: int) -> None:
    """Each of the three lists takes the same types."""
    assert len(problems("list_archives", filters={"agent_types": lists})) == count


@pytest.mark.parametrize(
    ("payload", "expected"),
    [
        ({}, []),
        ({"page_id": "x"}, [Severity.ERROR] * 2),  # page_id also excludes filters
        ({"limit": 5}, [Severity.WARNING]),
        ({"sort_order": "asc"}, [Severity.WARNING]),
    ],
)
def test_thread_ids_exclude_pagination(payload: dict[str, Any], expected: list[Severity]) -> None:
    """Whether a limit or an order is rejected is not certain."""
    found = severities("list_archives", filters={"thread_ids": ["QTH7K2LM9P"]}, **payload)
    assert found == expected


def test_thread_ids_exclude_every_other_filter() -> None:
    """There are 18 others at the top level."""
    params = [param.path for param in METHODS["list_archives"].params]
    names = {path.split(".")[1] for path in params if path.startswith("filters.")} - {"thread_ids"}
    assert len(names) == 18
    for name in names:
        filters = {"thread_ids": ["QTH7K2LM9P"], name: None}
        assert any(
            problem.startswith("filters.thread_ids excludes")
            for problem in problems("list_archives", filters=filters)
        )


def test_form_filters_have_the_members_of_both_references() -> None:
    """A filter's form has one of two types."""
    forms = [{"type": "pre_chat", "answer_id": "x"}, {"type": "post_chat", "values": ["y"]}]
    assert problems("list_archives", filters={"forms": forms}) == []
    assert problems("list_archives", filters={"forms": [{"type": "chat"}]}) == [
        "filters.forms[0].type"
    ]


@pytest.mark.parametrize(
    ("payload", "expected"),
    [
        ({"highlights": {}, "filters": {"query": "x"}}, []),
        ({"highlights": {}}, [Severity.NOTE]),
        ({"highlights": {"pre_tag": "<b>"}, "filters": {"query": "x"}}, [Severity.ERROR]),
    ],
)
def test_highlights_need_a_query_and_both_tags(
    payload: dict[str, Any], expected: list[Severity]
) -> None:
    """Without a query they have no effect."""
    assert severities("list_archives", **payload) == expected


def test_users_of_a_new_chat_have_an_id_and_a_type() -> None:
    """The path of a problem contains the index of the user."""
    users = [{"id": "smith@example.com", "type": "agent"}, {"type": "bot"}]
    assert problems("start_chat", chat={"users": users}) == [
        "chat.users[1].id",
        "chat.users[1].type",
    ]


def test_initial_events_have_a_type() -> None:
    """Their text is limited like that of send_event."""
    events = [{"text": "x"}, {"type": "message", "text": "x" * 16385}]
    assert problems("start_chat", chat={"thread": {"events": events}}) == [
        "chat.thread.events[0].type",
        "chat.thread.events[1].text",
    ]


def test_only_resume_requires_an_id() -> None:
    """An empty payload starts a chat."""
    assert problems("start_chat") == []
    assert problems("resume_chat") == ["chat.id"]


def test_closing_a_chat_is_also_pushed_as_a_system_message() -> None:
    """A late second call closes the next thread."""
    method = METHODS["deactivate_chat"]
    assert (method.push, list(method.other_pushes)) == ("chat_deactivated", ["incoming_event"])
    assert "next thread" in method.retry_note


def test_unfollowing_needs_no_scope() -> None:
    """Following needs one for reading."""
    assert METHODS["unfollow_chat"].scopes == ()
    assert METHODS["follow_chat"].scopes == ("chats--all:ro", "chats--access:ro")
