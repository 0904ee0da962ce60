"""Chapter "other": archives, threads, postbacks, multicasts, typing, closing, last seen."""

from datetime import UTC, datetime
from typing import Any

import pytest
from support.license_client import (
    AGENT1,
    AGENT2,
    AGENT3,
    AGENT4,
    BOT,
    CHAT,
    CLOSED_CHAT,
    CUSTOMER,
    EVENT,
    GROUP2_CHAT,
    GROUP3_CHAT,
    SUPERVISOR,
    THREAD,
    LicenseClient,
    normal_agent,
    push_names,
)

from rtmcli.catalogue.v3_0 import API

ARCHIVES_EXAMPLE = dict(API.methods["get_archives"].example)
POSTBACK_EXAMPLE = dict(API.methods["send_rich_message_postback"].example)


def list_archives(client: LicenseClient, **filters: Any) -> list[tuple[str, str]]:
    """List the IDs of archived chats and threads that match filters."""
    response = client.call("get_archives", filters=filters, pagination={"limit": 100}).payload
    assert len(response["chats"]) == response["pagination"]["total"]
    return [(each["chat"]["id"], each["chat"]["thread"]["id"]) for each in response["chats"]]


def test_archives_list_one_thread_per_item() -> None:
    """Items have the form {chat: {…, thread}}; a chat is listed once for each of its threads."""
    client = LicenseClient()
    [item] = client.call("get_archives", ARCHIVES_EXAMPLE).payload["chats"]

    assert item["chat"].keys() == {"id", "users", "properties", "access", "thread"}
    assert [chat for chat, _ in list_archives(client)].count(CHAT) == 3


def test_archives_list_all_threads_newest_first() -> None:
    """Active threads are listed, too; threads are sorted by start time."""
    client = LicenseClient()
    chats = client.call("get_archives", pagination={"limit": 100}).payload["chats"]
    timestamps = [each["chat"]["thread"]["timestamp"] for each in chats]

    assert (CHAT, THREAD) in list_archives(client)
    assert timestamps == sorted(timestamps, reverse=True)


@pytest.mark.parametrize(
    ("filters", "threads"),
    [
        ({"query": "KETTLE"}, {"PT039DS6IP", "PT039ES4OG", THREAD}),
        ({"query": "john@example"}, {"D2F4G6H8J0", "L1K3J5H7G9"}),
        ({"query": "no such text"}, set()),
        ({"date_to": "2016-09-15"}, {"PT039DS6IP"}),
        ({"date_from": "2018-03-04", "date_to": "2018-03-04"}, {"D2F4G6H8J0"}),
        ({"agent_ids": [AGENT2], "date_to": "2018-12-31"}, {"D2F4G6H8J0", "Z8X6C4V2B0"}),
        ({"group_ids": [2], "query": "?"}, {"T1B7ZQ4MKD", "E3S7A1Z9CX", "A9S8D7F6G5"}),
        ({"properties": {"rating": {"score": {"values": [0]}}}}, {"PT039ES4OG"}),
        ({"properties": {"test": {"int_property": {"exists": True}}}}, {"A9S8D7F6G5"}),
    ],
)
def test_archives_support_every_filter(filters: dict[str, Any], threads: set[str]) -> None:
    """Archives can be filtered by query, dates, agents, groups and properties."""
    assert {thread for _, thread in list_archives(LicenseClient(), **filters)} == threads


def test_archives_are_paged_by_number() -> None:
    """The pages list every thread once; total counts all threads; limit may be 0."""
    client = LicenseClient()
    expected = list_archives(client)
    listed = []
    for number in range(1, 4):
        page = {"page": number, "limit": 6}
        response = client.call("get_archives", pagination=page).payload
        assert response["pagination"] == {"page": number, "total": len(expected)}
        listed += [(each["chat"]["id"], each["chat"]["thread"]["id"]) for each in response["chats"]]
    empty = client.call("get_archives", pagination={"limit": 0}).payload

    assert listed == expected
    assert empty == {"chats": [], "pagination": {"page": 1, "total": len(expected)}}


def test_archives_are_limited_by_scopes() -> None:
    """Threads without access are not listed unless the agent is one of their users."""
    listed = list_archives(normal_agent("chats--access:ro"))

    assert GROUP3_CHAT not in {chat for chat, _ in listed}
    assert "Z8X6C4V2B0" not in {thread for _, thread in listed}
    mine = list_archives(normal_agent("chats--my:ro"))
    assert (CHAT, THREAD) in mine
    assert GROUP2_CHAT not in {chat for chat, _ in mine}


@pytest.mark.parametrize(
    "payload",
    [
        {"pagination": {"page": 0}},
        {"pagination": {"page": 1001}},
        {"pagination": {"limit": 101}},
        {"pagination": {"limit": -1}},
        {"filters": {"date_from": "yesterday"}},
        {"filters": {"date_from": "2018-02-30"}},
        {"filters": {"properties": {"x": {"y": {"exists": True}}}}},
        {"filters": {"properties": {"rating": {"score": {"exists": True, "values": [1]}}}}},
    ],
)
def test_archives_reject_invalid_arguments(payload: dict[str, Any]) -> None:
    """Pages and limits have ranges, dates a format, property filters one operator each."""
    assert LicenseClient().expect_error("get_archives", payload).startswith("validation: ")


def test_threads_can_be_requested_by_id() -> None:
    """The threads in thread_ids have their events; threads_summary lists all threads."""
    chat = LicenseClient().fetch_chat(CHAT, THREAD, "PT039DS6IP")

    assert [each["id"] for each in chat["threads"]] == [THREAD, "PT039DS6IP"]
    assert chat["threads"][0]["events"][0]["id"] == EVENT
    assert chat["threads_summary"] == [
        {"thread_id": "PT039DS6IP", "order": 1},
        {"thread_id": "PT039ES4OG", "order": 2},
        {"thread_id": THREAD, "order": 3},
    ]
    assert chat["is_followed"] is False


def test_without_thread_ids_there_are_no_threads() -> None:
    """Without thread_ids the response has only threads_summary."""
    assert "threads" not in LicenseClient().fetch_chat()


def test_a_restricted_thread_has_no_events() -> None:
    """A thread that the agent has no access to has restricted_access instead of events."""
    agent = normal_agent("chats--access:ro")
    restricted, accessible = agent.fetch_chat("VM9B7N5C3X", "Z8X6C4V2B0", "N1M3Q5W7E9")["threads"]

    assert restricted["restricted_access"] is True
    assert "events" not in restricted
    assert accessible["events"]
    assert "restricted_access" not in accessible


def test_unknown_threads_are_rejected() -> None:
    """A thread of another chat is not found."""
    error = LicenseClient().expect_error(
        "get_chat_threads", chat_id=CHAT, thread_ids=["T1B7ZQ4MKD"]
    )
    assert error == f"validation: thread T1B7ZQ4MKD not found in chat {CHAT}"


def test_reading_threads_requires_the_access_scope() -> None:
    """chats--my:ro is not sufficient to read threads."""
    error = normal_agent("chats--my:ro").expect_error("get_chat_threads", chat_id=CHAT)
    assert error.startswith("authorization: ")


def test_thread_summaries_are_sorted_by_order() -> None:
    """The newest thread is first; each has the number of its events."""
    response = LicenseClient().call("get_chat_threads_summary", chat_id=CHAT, limit=2).payload

    assert response == {
        "threads_summary": [
            {"id": THREAD, "order": 3, "events_count": 4},
            {"id": "PT039ES4OG", "order": 2, "events_count": 3},
        ],
        "found_threads": 3,
        "next_page_id": "MjpkZXNj",
    }


def button_user_ids(client: LicenseClient) -> dict[str, list[str]]:
    """Map the postbacks of the sample rich message to the users who pressed their buttons."""
    event = client.fetch_thread()["events"][1]
    return {
        each["postback_id"]: each["user_ids"]
        for element in event["elements"]
        for each in element["buttons"]
    }


def test_a_button_is_pressed_and_released() -> None:
    """Pressing adds the requester to the button's users; releasing removes it."""
    client = LicenseClient()
    pressed = client.call("send_rich_message_postback", POSTBACK_EXAMPLE).deliveries
    during = button_user_ids(client)
    client.call(
        "send_rich_message_postback",
        {**POSTBACK_EXAMPLE, "postback": {"id": "action_yes", "toggled": False}},
    )

    assert during == {"action_yes": [AGENT1], "action_no": []}
    assert button_user_ids(client) == {"action_yes": [], "action_no": []}
    assert pressed[0].payload == {"user_id": AGENT1, **POSTBACK_EXAMPLE}
    assert pressed[1].payload["event"]["elements"][0]["buttons"][0]["user_ids"] == [AGENT1]


def test_pressing_a_pressed_button_does_not_update_the_event() -> None:
    """The second press is pushed, too, but without event_updated."""
    client = LicenseClient()
    client.call("send_rich_message_postback", POSTBACK_EXAMPLE)

    assert client.push_names("send_rich_message_postback", POSTBACK_EXAMPLE) == [
        "incoming_rich_message_postback"
    ]
    assert button_user_ids(client)["action_yes"] == [AGENT1]


def test_pressing_a_button_of_a_closed_thread_causes_no_push() -> None:
    """Only active threads have the push; the button is pressed all the same."""
    client = LicenseClient()
    client.call("close_thread", chat_id=CHAT)

    assert client.push_names("send_rich_message_postback", POSTBACK_EXAMPLE) == []
    assert button_user_ids(client)["action_yes"] == [AGENT1]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"postback": {"id": "maybe", "toggled": True}}, "button maybe not found"),
        ({"event_id": EVENT}, "button action_yes not found"),
        ({"event_id": "x"}, "event x not found"),
    ],
)
def test_unknown_buttons_are_rejected(change: dict[str, Any], message: str) -> None:
    """A postback that is not in the event, and an unknown event, are not found."""
    assert message in LicenseClient().expect_error(
        "send_rich_message_postback", {**POSTBACK_EXAMPLE, **change}
    )


@pytest.mark.parametrize(
    ("scopes", "agents"),
    [
        ({"agents": {"all": True}}, {AGENT1, AGENT2, AGENT3, AGENT4, SUPERVISOR, BOT}),
        ({"agents": {"ids": [AGENT2]}}, {AGENT2}),
        ({"agents": {"groups": [2]}}, {AGENT1, AGENT3, SUPERVISOR, BOT}),
        ({"agents": {"groups": [3], "ids": [AGENT3]}}, {AGENT3, AGENT4, SUPERVISOR}),
        ({"customers": {"ids": [CUSTOMER]}}, set()),
    ],
)
def test_a_multicast_is_sent_to_the_named_agents(scopes: dict[str, Any], agents: set[str]) -> None:
    """Recipients are all agents, some agents or groups; the requester only if included."""
    [delivery] = LicenseClient().call("multicast", scopes=scopes, content=[1, None]).deliveries

    assert delivery.payload == {"content": [1, None], "author_id": AGENT1}
    assert (delivery.agent_ids, delivery.to_requester) == (frozenset(agents), False)


@pytest.mark.parametrize(
    ("scopes", "message"),
    [
        ({}, "scopes requires"),
        ({"agents": {"ids": ["x"]}}, "agent x not found"),
        ({"agents": {"groups": [9]}}, "group 9 not found"),
        ({"customers": {"ids": ["x"]}}, "customer x not found"),
    ],
)
def test_a_multicast_without_known_recipients_is_rejected(
    scopes: dict[str, Any], message: str
) -> None:
    """At least one recipient is required, and all must exist."""
    assert message in LicenseClient().expect_error("multicast", scopes=scopes, content="x")


def test_typing_indicators_are_sent_to_the_other_members() -> None:
    """All members except the requester get incoming_typing_indicator."""
    client = LicenseClient()
    client.call("add_user_to_chat", chat_id=CHAT, user_id=AGENT2, user_type="agent")
    delivery = client.first_push(
        "send_typing_indicator", chat_id=CHAT, is_typing=True, recipients="agents"
    )
    indicator = delivery.payload["typing_indicator"]

    assert delivery.payload["thread_id"] == THREAD
    assert isinstance(indicator.pop("timestamp"), int)
    assert indicator == {"author_id": AGENT1, "recipients": "agents", "is_typing": True}
    assert (delivery.agent_ids, delivery.to_requester) == (frozenset({AGENT2}), False)


def test_typing_in_a_closed_chat_causes_no_push() -> None:
    """Without an active thread there is no typing indicator."""
    assert (
        LicenseClient().push_names("send_typing_indicator", chat_id=CLOSED_CHAT, is_typing=True)
        == []
    )


def test_closing_adds_a_system_message_and_closes() -> None:
    """The system message is pushed first, then thread_closed with the requester's ID."""
    client = LicenseClient()
    message, closed = client.call("close_thread", chat_id=CHAT).deliveries

    assert message.payload["event"]["system_message_type"] == "manual_archived_agent"
    assert message.payload["event"]["text"] == "Agent One archived the chat"
    assert closed.payload == {"chat_id": CHAT, "thread_id": THREAD, "user_id": AGENT1}
    assert {AGENT1, AGENT2, AGENT3, AGENT4, SUPERVISOR} <= closed.agent_ids
    assert client.fetch_thread()["active"] is False


def test_closing_a_closed_chat_does_nothing() -> None:
    """Without an active thread it succeeds without a push."""
    assert LicenseClient().call("close_thread", chat_id=CLOSED_CHAT) == ({}, [], False)


def test_closing_may_require_presence() -> None:
    """With require_requester_presence only a present agent may close the thread."""
    client = LicenseClient()
    error = client.expect_error(
        "close_thread", chat_id=GROUP2_CHAT, require_requester_presence=True
    )

    assert error == f"validation: {AGENT1} is not present in chat {GROUP2_CHAT}"
    closed = client.push_names("close_thread", chat_id=CHAT, require_requester_presence=True)
    assert closed[-1] == "thread_closed"


def test_devices_are_stored_until_disabled() -> None:
    """An enabled device is stored once; disabling removes it."""
    client = LicenseClient()
    device = {"firebase_token": "abc", "platform": "ios"}
    for enabled in (True, True, False, False):
        assert (
            client.call("change_push_notifications", {**device, "enabled": enabled}).payload == {}
        )
        assert bool(client.license.state.devices) is enabled


def test_the_last_seen_timestamp_is_set() -> None:
    """The response, the push and the chat's user have the given timestamp."""
    client = LicenseClient()
    result = client.call("update_last_seen_timestamp", chat_id=CHAT, timestamp=123456789)
    [user] = [each for each in client.fetch_chat()["users"] if each["id"] == AGENT1]

    assert result.payload == {"timestamp": 123456789}
    assert result.deliveries[0].payload == {
        "user_id": AGENT1,
        "chat_id": CHAT,
        "timestamp": 123456789,
    }
    assert user["last_seen_timestamp"] == 123456789


def test_the_default_last_seen_timestamp_is_now() -> None:
    """Without timestamp it is the server's current time in seconds."""
    response = LicenseClient().call("update_last_seen_timestamp", chat_id=CHAT).payload
    assert datetime.fromtimestamp(response["timestamp"], UTC).year == 2019


def test_events_are_pushed_to_members_only() -> None:
    """Without followers the push of an event is sent to the members of the chat only."""
    deliveries = LicenseClient().call("close_thread", chat_id=GROUP2_CHAT).deliveries

    assert push_names(deliveries) == ["incoming_event", "thread_closed"]
    assert deliveries[0].agent_ids == {AGENT3}
