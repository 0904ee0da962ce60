"""Lists of v3.6: chats, threads and archives, their filters and pages."""

from collections.abc import Callable
from typing import Any

import pytest
from support.independent_client import Client
from support.sample_ids import (
    AGENT1,
    AGENT2,
    ANNOTATED_CHAT,
    BOT,
    CHAT,
    CLOSED_CHAT,
    CUSTOMER_OF_CLOSED_CHAT,
    GRACES_CHAT,
    GROUP2_CHAT,
    GROUP3_CHAT,
    OLD_THREAD,
    THREAD,
    UNASSIGNED_CHAT,
)

Connect = Callable[..., Client]
ITEMS = {"list_chats": "chats_summary", "list_threads": "threads", "list_archives": "chats"}
TOTALS = {
    "list_chats": "found_chats",
    "list_threads": "found_threads",
    "list_archives": "found_chats",
}


def read_pages(agent: Client, action: str, **payload: Any) -> list[Any]:
    """Follow next_page_id to the end and previous_page_id back; return all items."""
    page = agent.result(action, **payload)
    total, pages = page[TOTALS[action]], [page]
    while "next_page_id" in page:
        only_ids = {"chat_id": payload["chat_id"]} if "chat_id" in payload else {}
        page = agent.result(action, page_id=page["next_page_id"], **only_ids)
        pages.append(page)
    for expected in pages[-2::-1]:
        page = agent.result(action, page_id=page["previous_page_id"], **only_ids)
        assert page[ITEMS[action]] == expected[ITEMS[action]]
    assert "previous_page_id" not in pages[0]
    items = [item for each in pages for item in each[ITEMS[action]]]
    assert len(items) == total
    return items


@pytest.mark.parametrize("order", ["asc", "desc"])
@pytest.mark.parametrize("limit", [1, 2, 4, 100])
def test_the_pages_of_a_list_have_every_item_once(reader: Client, order: str, limit: int) -> None:
    """A page id needs nothing besides: it remembers order, limit and filters."""
    chats = read_pages(reader, "list_chats", sort_order=order, limit=limit)
    created = [each["last_thread_summary"]["created_at"] for each in chats]
    assert created == sorted(created, reverse=order == "desc")
    assert len(chats) == 9

    threads = read_pages(reader, "list_threads", chat_id=CHAT, sort_order=order, limit=limit)
    created = [each["created_at"] for each in threads]
    assert created == sorted(created, reverse=order == "desc")

    filters = {"agents": {"values": [AGENT1]}}
    found = read_pages(reader, "list_archives", sort_order=order, limit=limit, filters=filters)
    created = [each["thread"]["created_at"] for each in found]
    assert created == sorted(created, reverse=order == "desc")
    assert all(AGENT1 in each["thread"]["user_ids"] for each in found)


@pytest.mark.parametrize("change", [{"filters": {}}, {"limit": 2}, {"sort_order": "asc"}])
def test_a_page_id_excludes_what_it_remembers(reader: Client, change: dict[str, Any]) -> None:
    """filters, limit and sort_order accompany the first request only."""
    page_id = reader.result("list_chats", limit=2)["next_page_id"]

    assert reader.error_type("list_chats", page_id=page_id, **change) == "validation"
    assert reader.result("list_chats", page_id=page_id)["chats_summary"]


def test_a_page_id_belongs_to_one_list(reader: Client) -> None:
    """Another method or chat refuses it."""
    page_id = reader.result("list_threads", chat_id=CHAT, limit=1)["next_page_id"]

    assert reader.error_type("list_archives", page_id=page_id) == "validation"
    other = {"chat_id": CLOSED_CHAT, "page_id": page_id}
    assert reader.error_type("list_threads", **other) == "validation"
    assert reader.result("list_threads", chat_id=CHAT, page_id=page_id)["threads"]


def test_a_page_id_lives_while_the_list_grows(agent: Client) -> None:
    """New chats appear before the page, not in it."""
    first = agent.result("list_chats", limit=2)
    expected = agent.result("list_chats", limit=4)["chats_summary"][2:]
    agent.result("start_chat")
    second = agent.result("list_chats", page_id=first["next_page_id"])

    assert [each["id"] for each in second["chats_summary"]] == [each["id"] for each in expected]


def chat_ids(agent: Client, **filters: Any) -> set[str]:
    """Return the IDs of the listed chats."""
    listed = agent.result("list_chats", filters=filters, limit=100)["chats_summary"]
    return {each["id"] for each in listed}


def test_chats_are_filtered(reader: Client) -> None:
    """Active has three values; groups are taken literally; properties have one filter each."""
    active, closed = chat_ids(reader, active=True), chat_ids(reader, active=False)

    assert active == {CHAT, GROUP2_CHAT, GROUP3_CHAT, UNASSIGNED_CHAT, "TB4V8M2NLP"}
    assert chat_ids(reader, active=None) == chat_ids(reader) == active | closed
    assert chat_ids(reader, group_ids=[2]) == {GROUP2_CHAT, "TB4V8M2NLP", ANNOTATED_CHAT}
    rated = {"rating": {"score": {"values": [1]}}}
    assert chat_ids(reader, properties=rated, include_chats_without_threads=False) == {CHAT}


def test_the_scopes_limit_the_lists(connect_as: Connect) -> None:
    """An agent with the role normal sees the chats of its groups."""
    normal = connect_as("agent2")

    assert GROUP3_CHAT not in chat_ids(normal)
    archived = normal.result("list_archives", limit=100)["chats"]
    assert GROUP3_CHAT not in {each["id"] for each in archived}


def test_a_summary_has_the_last_event_of_each_type(connect_as: Connect) -> None:
    """Annotations of v3.0 are not shown; a thread out of reach has no event."""
    agent = connect_as("agent3")
    [summary] = [
        each
        for each in agent.result("list_chats", limit=100)["chats_summary"]
        if each["id"] == ANNOTATED_CHAT
    ]

    assert summary["last_event_per_type"].keys() == {"message", "custom", "system_message"}
    message = summary["last_event_per_type"]["message"]
    assert message.keys() == {"thread_id", "thread_created_at", "event"}
    assert summary["last_thread_summary"].keys() >= {"id", "created_at", "user_ids", "active"}


def test_threads_are_listed_by_number_of_events(reader: Client) -> None:
    """The default is 3 threads; min_events_count takes as many as are necessary."""
    found = reader.result("list_threads", chat_id=CHAT)
    assert [each["id"] for each in found["threads"]] == [THREAD, "PT039ES4OG", OLD_THREAD]
    assert (found["found_threads"], len(found["threads"][0]["events"])) == (3, 4)

    for count, expected in ((1, 1), (4, 1), (5, 2), (8, 3), (100, 3)):
        listed = reader.result("list_threads", chat_id=CHAT, min_events_count=count)["threads"]
        assert len(listed) == expected, count
    dates = {"from": "2018-01-01T00:00:00.000000Z", "to": "2018-12-31T00:00:00+01:00"}
    listed = reader.result("list_threads", chat_id=CHAT, filters=dates)["threads"]
    assert [each["id"] for each in listed] == ["PT039ES4OG"]


def test_get_chat_checks_the_thread(connect_as: Connect) -> None:
    """The default is the latest thread; a thread of another group is out of reach."""
    agent = connect_as("agent2")

    assert agent.result("get_chat", chat_id=GRACES_CHAT)["thread"]["id"] == "P0O9I8U7Y6"
    agent.result("get_chat", chat_id=GRACES_CHAT, thread_id="N1M3Q5W7E9")
    # The agent took part in it, so it is within reach although it belongs to group 3.
    agent.result("get_chat", chat_id=GRACES_CHAT, thread_id="Z8X6C4V2B0")
    other = connect_as("supervisor").result("start_chat", chat={"access": {"group_ids": [3]}})
    assert agent.error_type("get_chat", chat_id=other["chat_id"]) == "missing_access"


def archived(agent: Client, **filters: Any) -> set[str]:
    """Return the IDs of the archived threads that match."""
    response = agent.result("list_archives", filters=filters, limit=100)
    assert len(response["chats"]) == response["found_chats"]
    return {each["thread"]["id"] for each in response["chats"]}


@pytest.mark.parametrize(
    ("filters", "threads"),
    [
        ({"query": "KETTLE"}, {OLD_THREAD, "PT039ES4OG", THREAD}),
        ({"query": "Monday"}, set()),  # in an annotation
        ({"to": "2016-12-31T00:00:00Z"}, {OLD_THREAD}),
        (
            {"from": "2018-03-04T19:25:00Z", "to": "2018-03-04T19:25:00.000000+00:00"},
            {"D2F4G6H8J0"},
        ),
        ({"chat_ids": [CLOSED_CHAT, "X"]}, {"D2F4G6H8J0", "L1K3J5H7G9"}),
        ({"group_ids": [3]}, {"W4H9K2DPXS", "Z8X6C4V2B0", "Y5T4R3E2W1"}),
        ({"properties": {"rating": {"score": {"values": [0]}}}}, {"PT039ES4OG"}),
        ({"properties": {"test": {"bool_property": {"exists": True}}}}, {"A9S8D7F6G5"}),
        ({"agents": {"exists": False}}, {"U6Y3R8T5QW"}),
        ({"agents": {"values": [AGENT2, BOT], "require_every_value": True}}, set()),
        (
            {"agents": {"values": [AGENT1, BOT], "require_every_value": True}},
            {"E3S7A1Z9CX"},
        ),
        ({"tags": {"values": ["kettle", "invoice"]}}, {"PT039ES4OG", "P0O9I8U7Y6"}),
        (
            {"tags": {"values": ["kettle", "delivery"], "require_every_value": True}},
            {"PT039ES4OG"},
        ),
        (
            {"tags": {"exclude_values": ["kettle"]}, "chat_ids": [CHAT]},
            {OLD_THREAD, THREAD},
        ),
        (
            {
                "tags": {"exclude_values": ["kettle", "x"], "require_every_value": True},
                "chat_ids": [CHAT],
            },
            {OLD_THREAD, "PT039ES4OG", THREAD},
        ),
        ({"sales": {"exists": True}}, set()),
        ({"goals": {"values": [1, "a"]}}, set()),
        ({"event_types": {"values": ["rich_message", "file", "file"]}}, {THREAD}),
        (
            {"event_types": {"exclude_values": ["message"]}},
            set(),
        ),
        ({"forms": [{"type": "pre_chat"}]}, {"T1B7ZQ4MKD"}),
        ({"forms": [{"answer_id": "0"}]}, {"T1B7ZQ4MKD"}),
        ({"forms": [{"type": "post_chat"}]}, set()),
        ({"forms": [{"exists": True, "values": ["0"]}]}, {"T1B7ZQ4MKD"}),
        ({"greetings": {"exists": True}}, set()),
        ({"agent_response": {"exists": False}}, {"U6Y3R8T5QW"}),
        ({"agent_response": {"first": True, "agents": {"values": [BOT]}}}, {"E3S7A1Z9CX"}),
        (
            {"agent_response": {"first": True, "agents": {"exclude_values": [BOT, AGENT1]}},
             "chat_ids": ["TB4V8M2NLP", GROUP2_CHAT]},
            {"T1B7ZQ4MKD"},
        ),
        ({"agent_response": {"groups": {"values": [3]}}}, {"W4H9K2DPXS", "Y5T4R3E2W1"}),
        ({"agent_types": {"all_values": ["human", "chatbot"]}}, {"E3S7A1Z9CX"}),
        ({"agent_types": {"any_values": ["chatbot"]}}, {"E3S7A1Z9CX"}),
        (
            {"agent_types": {"exclude_values": ["human"]}, "group_ids": [1]},
            {"U6Y3R8T5QW"},
        ),
        ({"customer_countries": {"values": ["DE"]}}, {"T1B7ZQ4MKD", "E3S7A1Z9CX"}),
        ({"customer_id": CUSTOMER_OF_CLOSED_CHAT}, {"D2F4G6H8J0", "L1K3J5H7G9"}),
        ({"customer_email": "viktor@example.org"}, {"U6Y3R8T5QW"}),
    ],
)  # fmt: skip
def test_archives_support_every_filter(
    reader: Client, filters: dict[str, Any], threads: set[str]
) -> None:
    """All filters must hold; a filter with several values matches any of them by default."""
    assert archived(reader, **filters) == threads


def test_archives_may_be_listed_by_thread(reader: Client) -> None:
    """thread_ids stands alone."""
    assert archived_by_id(reader, THREAD, "D2F4G6H8J0", "X") == {THREAD, "D2F4G6H8J0"}


def archived_by_id(agent: Client, *thread_ids: str) -> set[str]:
    """Return the IDs of the threads that are found by ID."""
    response = agent.result("list_archives", filters={"thread_ids": list(thread_ids)})
    return {each["thread"]["id"] for each in response["chats"]}


@pytest.mark.parametrize(
    ("highlights", "expected"),
    [
        ({}, "The <em>kettle</em> does not boil."),
        ({"pre_tag": "<b>", "post_tag": "</b>"}, "The <b>kettle</b> does not boil."),
        (None, "The kettle does not boil."),
    ],
)
def test_matches_can_be_highlighted(
    reader: Client, highlights: dict[str, str] | None, expected: str
) -> None:
    """Tags surround the matches in the texts of events; by default there are none."""
    extra = {} if highlights is None else {"highlights": highlights}
    filters = {"query": "Kettle", "chat_ids": [CHAT]}
    [item, *_] = reader.result("list_archives", filters=filters, **extra)["chats"]

    assert item["thread"]["events"][0]["text"] == expected


def test_archives_name_the_accessible_neighbors(connect_as: Connect) -> None:
    """A thread that is out of reach is skipped."""
    agent = connect_as("agent1")
    items = agent.result("list_archives", filters={"chat_ids": [CHAT]}, sort_order="asc")["chats"]
    neighbors = [
        (
            each["thread"].get("previous_accessible_thread_id"),
            each["thread"].get("next_accessible_thread_id"),
        )
        for each in items
    ]

    assert neighbors == [
        (None, "PT039ES4OG"),
        (OLD_THREAD, THREAD),
        ("PT039ES4OG", None),
    ]
    other = connect_as("agent3")
    other_items = other.result("list_archives", filters={"chat_ids": [GRACES_CHAT]})["chats"]
    assert other_items == []
