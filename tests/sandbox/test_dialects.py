"""One license, two versions: what a client of each sees of what the other does."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from support.independent_client import Client, connected_client
from support.sample_ids import (
    AGENT1,
    AGENT2,
    ANNOTATED_CHAT,
    CHAT,
    CLOSED_CHAT,
    CUSTOMER,
    EVENT,
    GRACES_CHAT,
    RICH_MESSAGE,
    THREAD,
)

from rtmcli.sandbox.server_thread import Sandbox

Pair = tuple[Client, Client]
MESSAGE = {"type": "message", "text": "hi"}
IDS = {"chat_id": CHAT, "thread_id": THREAD}


@pytest.fixture
def connect(sandbox: Sandbox) -> Iterator[Callable[..., Client]]:
    """Return a function that logs an agent in, in a version."""
    tokens = {each.agent_id.partition("@")[0]: each.token for each in sandbox.license.tokens}
    with ExitStack() as stack:

        def connect_as(version: str, name: str = "agent1") -> Client:
            client = stack.enter_context(connected_client(sandbox.urls[version], tokens[name]))
            client.drain()
            return client

        yield connect_as


@pytest.fixture
def pair(connect: Callable[..., Client]) -> Pair:
    """Log the first agent in twice, in v3.0 and in v3.6."""
    old, new = connect("3.0"), connect("3.6")
    old.drain()
    return old, new


OLD_CALLS: list[tuple[str, dict[str, Any], list[str], list[str]]] = [
    # action, payload, pushes in v3.0, pushes in v3.6
    (
        "send_event",
        {"chat_id": CHAT, "event": MESSAGE},
        ["incoming_event"],
        ["incoming_event"],
    ),
    (
        "send_event",
        {"chat_id": CLOSED_CHAT, "event": MESSAGE},
        ["incoming_chat_thread"],
        ["incoming_chat", "customer_statistics_updated"],
    ),
    (
        "send_event",
        {"chat_id": CHAT, "event": {"type": "annotation", "annotation_type": "rating"}},
        ["incoming_event"],
        [],
    ),
    (
        "close_thread",
        {"chat_id": CHAT},
        ["incoming_event", "thread_closed"],
        ["incoming_event", "chat_deactivated"],
    ),
    ("close_thread", {"chat_id": CLOSED_CHAT}, [], []),
    (
        "set_access",
        {"resource": "chat", "id": CHAT, "access": {"type": "group", "id": 1}},
        ["access_set"],
        ["chat_access_updated"],
    ),
    (
        "grant_access",
        {"resource": "chat", "id": CHAT, "access": {"type": "agent", "id": AGENT2}},
        ["access_granted"],
        ["chat_access_updated"],
    ),
    (
        "revoke_access",
        {"resource": "chat", "id": CHAT, "access": {"type": "group", "id": 3}},
        ["access_revoked"],
        ["chat_access_updated"],
    ),
    (
        "tag_chat_thread",
        {**IDS, "tag": "a"},
        ["chat_thread_tagged"],
        ["thread_tagged"],
    ),
    (
        "update_chat_thread_properties",
        {**IDS, "properties": {"test": {"int_property": 1}}},
        ["chat_thread_properties_updated"],
        ["thread_properties_updated"],
    ),
    (
        "update_last_seen_timestamp",
        {"chat_id": CHAT, "timestamp": 1_600_000_000},
        ["last_seen_timestamp_updated"],
        ["events_marked_as_seen"],
    ),
    (
        "add_user_to_chat",
        {"chat_id": CHAT, "user_id": AGENT2, "user_type": "agent"},
        ["chat_user_added", "incoming_event"],
        ["user_added_to_chat", "incoming_event"],
    ),
    (
        "update_agent",
        {"routing_status": "not_accepting_chats"},
        ["agent_updated"],
        ["routing_status_set"],
    ),
    (
        "multicast",
        {"scopes": {"agents": {"all": True}}, "content": 1},
        ["incoming_multicast"],
        ["incoming_multicast"],
    ),
    ("send_typing_indicator", {"chat_id": CHAT, "is_typing": True}, [], []),
    (
        "ban_customer",
        {"customer_id": CUSTOMER, "ban": {"days": 1}},
        ["customer_banned", "customer_visit_ended"],
        [],
    ),
]  # fmt: skip


@pytest.mark.parametrize(("action", "payload", "old_pushes", "new_pushes"), OLD_CALLS)
def test_each_version_has_its_own_pushes(
    pair: Pair, action: str, payload: dict[str, Any], old_pushes: list[str], new_pushes: list[str]
) -> None:
    """A call of v3.0 is announced in the words of each version."""
    old, new = pair

    assert old.push_names(action, **payload) == old_pushes
    assert [name for name, _ in new.drain()] == new_pushes


NEW_CALLS: list[tuple[str, dict[str, Any], list[str], list[str]]] = [
    # action, payload, pushes in v3.6, pushes in v3.0
    ("send_event", {"chat_id": CHAT, "event": MESSAGE}, ["incoming_event"], ["incoming_event"]),
    (
        "send_event",
        {
            "chat_id": CHAT,
            "event": {
                "type": "form",
                "form_id": "1",
                "fields": [{"type": "name", "id": "1", "label": "Name"}],
            },
        },
        ["incoming_event"],
        [],
    ),
    (
        "resume_chat",
        {"chat": {"id": CLOSED_CHAT}},
        ["incoming_chat", "customer_statistics_updated"],
        ["incoming_chat_thread"],
    ),
    (
        "deactivate_chat",
        {"id": CHAT},
        ["incoming_event", "chat_deactivated"],
        ["incoming_event", "thread_closed"],
    ),
    (
        "update_customer",
        {"id": CUSTOMER, "phone_number": "+48123456789"},
        ["customer_updated"],
        ["customer_updated"],
    ),
    ("send_thinking_indicator", {"chat_id": CHAT}, [], []),
    ("untag_thread", {**IDS, "tag": "nothing"}, [], []),
    (
        "send_rich_message_postback",
        {
            **IDS,
            "event_id": RICH_MESSAGE,
            "postback": {"id": "action_yes", "toggled": True, "button_value": "Yes"},
        },
        ["incoming_rich_message_postback", "event_updated"],
        ["incoming_rich_message_postback", "event_updated"],
    ),
]


@pytest.mark.parametrize(("action", "payload", "new_pushes", "old_pushes"), NEW_CALLS)
def test_a_call_of_the_new_version_is_seen_in_the_old_one(
    pair: Pair, action: str, payload: dict[str, Any], new_pushes: list[str], old_pushes: list[str]
) -> None:
    """What v3.0 has no word for is not shown."""
    old, new = pair

    assert new.push_names(action, **payload) == new_pushes
    received = old.drain()
    assert [name for name, _ in received] == old_pushes
    if action == "send_rich_message_postback":
        assert received[0][1]["postback"] == {"id": "action_yes", "toggled": True}


def old_chat(old: Client, chat_id: str, *thread_ids: str) -> Any:
    """Read a chat in v3.0."""
    threads = {"thread_ids": list(thread_ids)} if thread_ids else {}
    return old.result("get_chat_threads", chat_id=chat_id, **threads)["chat"]


def test_both_versions_show_the_same_thread(pair: Pair) -> None:
    """IDs and contents are equal; orders and times have the form of the version."""
    old, new = pair
    old.result("send_event", chat_id=CHAT, event={**MESSAGE, "recipients": "agents"})
    [old_thread] = old_chat(old, CHAT, THREAD)["threads"]
    new_thread = new.result("get_chat", chat_id=CHAT)["thread"]

    assert [each["id"] for each in old_thread["events"]] == [
        each["id"] for each in new_thread["events"]
    ]
    assert old_thread["events"][-1]["recipients"] == new_thread["events"][-1]["visibility"]
    assert old_thread["events"][0]["properties"]["rating"]["score"] == {"value": 1}
    assert new_thread["events"][0]["properties"]["rating"]["score"] == 1
    assert old_thread["user_ids"] == new_thread["user_ids"]
    assert new_thread["events"][0]["id"] == EVENT


def test_what_only_one_version_knows_is_hidden_from_the_other(pair: Pair) -> None:
    """Annotations of v3.0, and forms and system events of v3.6."""
    old, new = pair
    [annotated] = old_chat(old, ANNOTATED_CHAT, "A9S8D7F6G5")["threads"]
    shown = new.result("get_chat", chat_id=ANNOTATED_CHAT)["thread"]
    assert "annotation" in {each["type"] for each in annotated["events"]}
    assert "annotation" not in {each["type"] for each in shown["events"]}

    new.result("request_thread_summary", **IDS)
    new.wait_for_push("thread_summary_set")
    form = {"type": "form", "form_id": "1", "fields": []}
    new.result("send_event", chat_id=CHAT, event=form)
    [old_thread] = old_chat(old, CHAT, THREAD)["threads"]
    types = {each["type"] for each in new.result("get_chat", chat_id=CHAT)["thread"]["events"]}
    assert {"form", "system"} <= types
    assert not {"form", "system"} & {each["type"] for each in old_thread["events"]}
    assert old.drain() == []


def test_access_of_agents_is_shown_as_groups_only(pair: Pair) -> None:
    """v3.6 has no access of single agents; a thread's own access is shown."""
    old, new = pair
    old.result("grant_access", resource="chat", id=CHAT, access={"type": "agent", "id": AGENT2})
    [(_, push)] = new.drain()

    assert old_chat(old, CHAT)["access"] == {"group_ids": [0], "agent_ids": [AGENT2]}
    assert push == {"id": CHAT, "access": {"group_ids": [0]}}
    thread = new.result("get_chat", chat_id=GRACES_CHAT, thread_id="Z8X6C4V2B0")["thread"]
    assert thread["access"] == {"group_ids": [3]}


def test_visibility_is_not_shown_in_the_old_version(pair: Pair) -> None:
    """The user itself is."""
    old, new = pair
    new.result(
        "add_user_to_chat", chat_id=CHAT, user_id=AGENT2, user_type="agent", visibility="agents"
    )
    added = dict(old.drain())["chat_user_added"]

    assert added["user"]["id"] == AGENT2
    assert "visibility" not in added["user"]


def test_a_created_customer_is_shown_to_those_who_watch(connect: Callable[..., Client]) -> None:
    """A subscriber gets incoming_customer, online or not."""
    old, new = connect("3.0"), connect("3.6")
    new.result("subscribe_customers")
    new.drain()
    created = old.result("create_customer", name="Zoe", fields={"plan": "team"})
    [(name, push)] = new.drain()

    assert (name, push["id"], push["online"]) == ("incoming_customer", created["id"], False)
    assert push["session_fields"] == [{"plan": "team"}]


def test_a_chat_started_in_one_version_can_be_used_in_the_other(pair: Pair) -> None:
    """Properties, tags and closing meet."""
    old, new = pair
    started = old.result("start_chat", chat={"thread": {"tags": ["t"]}})["chat"]
    chat_id = started["id"]
    shown = new.result("get_chat", chat_id=chat_id)
    assert (shown["thread"]["id"], shown["thread"]["tags"]) == (started["thread"]["id"], ["t"])
    new.result("send_event", chat_id=chat_id, event=MESSAGE)
    new.result("deactivate_chat", id=chat_id)
    assert old_chat(old, chat_id, started["thread"]["id"])["threads"][0]["active"] is False
    old.result("send_event", chat_id=chat_id, event=MESSAGE)
    assert (
        new.result("get_chat", chat_id=chat_id)["thread"]["previous_thread_id"]
        == (started["thread"]["id"])
    )


def test_the_requester_is_the_only_one_with_the_request_id(pair: Pair) -> None:
    """A connection in another version gets the push without it, and with its version."""
    old, new = pair
    request_id = old.send_request("tag_chat_thread", {**IDS, "tag": "x"})
    own = old.wait_for_push("chat_thread_tagged")
    other = new.wait_for_push("thread_tagged")

    assert own["request_id"] == request_id
    assert "version" not in own
    assert other.keys() == {"version", "action", "type", "payload"}


def test_the_agent_is_the_same_in_both_versions(pair: Pair, connect: Callable[..., Client]) -> None:
    """A status that was set in one is shown by the other."""
    old, new = pair
    old.result("update_agent", routing_status="not_accepting_chats")
    listed = {each["agent_id"]: each["status"] for each in new.result("list_routing_statuses")}
    assert listed[AGENT1] == "not_accepting_chats"
    new.result("set_routing_status", status="accepting_chats")
    users = old_chat(connect("3.0", "supervisor"), CHAT)["users"]
    [agent] = [each for each in users if each["id"] == AGENT1]
    assert agent["routing_status"] == "accepting_chats"
