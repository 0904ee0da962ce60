"""The chapter "other": archives, threads, buttons, multicasts, typing, closing, seeing."""

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

from rtmcli.catalogue import API

ARCHIVES_SAMPLE = dict(API.methods["get_archives"].example)
POSTBACK_SAMPLE = dict(API.methods["send_rich_message_postback"].example)


def list_archives(client: LicenseClient, **filters: Any) -> list[tuple[str, str]]:
    """List the chats and threads of the archives that pass filters."""
    answer = client.call("get_archives", filters=filters, pagination={"limit": 100}).payload
    assert len(answer["chats"]) == answer["pagination"]["total"]
    return [(each["chat"]["id"], each["chat"]["thread"]["id"]) for each in answer["chats"]]


def test_archives_list_one_thread_per_item() -> None:
    """Items are nested, {chat: {…, thread}}; a chat comes once for each of its threads."""
    client = LicenseClient()
    [item] = client.call("get_archives", ARCHIVES_SAMPLE).payload["chats"]

    assert item["chat"].keys() == {"id", "users", "properties", "access", "thread"}
    assert [chat for chat, _ in list_archives(client)].count(CHAT) == 3


def test_archives_list_active_threads_too_the_newest_first() -> None:
    """All threads are there, sorted by their beginning."""
    client = LicenseClient()
    chats = client.call("get_archives", pagination={"limit": 100}).payload["chats"]
    began = [each["chat"]["thread"]["timestamp"] for each in chats]

    assert (CHAT, THREAD) in list_archives(client)
    assert began == sorted(began, reverse=True)


@pytest.mark.parametrize(
    ("filters", "threads"),
    [
        ({"query": "KETTLE"}, {"PT039DS6IP", "PT039ES4OG", THREAD}),
        ({"query": "john@example"}, {"D2F4G6H8J0", "L1K3J5H7G9"}),
        ({"query": "nobody said this"}, set()),
        ({"date_to": "2016-09-15"}, {"PT039DS6IP"}),
        ({"date_from": "2018-03-04", "date_to": "2018-03-04"}, {"D2F4G6H8J0"}),
        ({"agent_ids": [AGENT2], "date_to": "2018-12-31"}, {"D2F4G6H8J0", "Z8X6C4V2B0"}),
        ({"group_ids": [2], "query": "?"}, {"T1B7ZQ4MKD", "E3S7A1Z9CX", "A9S8D7F6G5"}),
        ({"properties": {"rating": {"score": {"values": [0]}}}}, {"PT039ES4OG"}),
        ({"properties": {"test": {"int_property": {"exists": True}}}}, {"A9S8D7F6G5"}),
    ],
)
def test_archives_are_found_by_every_filter(filters: dict[str, Any], threads: set[str]) -> None:
    """Query, days, agents, groups and properties each narrow the list."""
    assert {thread for _, thread in list_archives(LicenseClient(), **filters)} == threads


def test_archives_are_paged_by_number() -> None:
    """All pages together hold every thread once; total counts all; 0 items are allowed."""
    client = LicenseClient()
    everything = list_archives(client)
    walked = []
    for number in range(1, 4):
        page = {"page": number, "limit": 6}
        answer = client.call("get_archives", pagination=page).payload
        assert answer["pagination"] == {"page": number, "total": len(everything)}
        walked += [(each["chat"]["id"], each["chat"]["thread"]["id"]) for each in answer["chats"]]
    nothing = client.call("get_archives", pagination={"limit": 0}).payload

    assert walked == everything
    assert nothing == {"chats": [], "pagination": {"page": 1, "total": len(everything)}}


def test_archives_are_within_reach() -> None:
    """Threads of groups without the agent are left out, unless it took part in them."""
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
def test_archives_refuse_what_is_out_of_range(payload: dict[str, Any]) -> None:
    """Pages and limits have ranges, days a format, filters one operator each."""
    assert LicenseClient().expect_error("get_archives", payload).startswith("validation: ")


def test_threads_come_when_they_are_named() -> None:
    """With thread_ids the threads come with their events, and always the order of all."""
    chat = LicenseClient().fetch_chat(CHAT, THREAD, "PT039DS6IP")

    assert [each["id"] for each in chat["threads"]] == [THREAD, "PT039DS6IP"]
    assert chat["threads"][0]["events"][0]["id"] == EVENT
    assert chat["threads_summary"] == [
        {"thread_id": "PT039DS6IP", "order": 1},
        {"thread_id": "PT039ES4OG", "order": 2},
        {"thread_id": THREAD, "order": 3},
    ]
    assert chat["is_followed"] is False


def test_without_names_only_the_summary_comes() -> None:
    """Without thread_ids there is no member `threads`."""
    assert "threads" not in LicenseClient().fetch_chat()


def test_a_restricted_thread_shows_no_events() -> None:
    """A thread whose access leaves the agent out says so instead of showing its events."""
    agent = normal_agent("chats--access:ro")
    restricted, shown = agent.fetch_chat("VM9B7N5C3X", "Z8X6C4V2B0", "N1M3Q5W7E9")["threads"]

    assert restricted["restricted_access"] is True
    assert "events" not in restricted
    assert shown["events"]
    assert "restricted_access" not in shown


def test_unknown_threads_are_refused() -> None:
    """A thread of another chat is not found."""
    error = LicenseClient().expect_error(
        "get_chat_threads", chat_id=CHAT, thread_ids=["T1B7ZQ4MKD"]
    )
    assert error == f"validation: thread T1B7ZQ4MKD not found in chat {CHAT}"


def test_ones_own_chats_alone_do_not_open_threads() -> None:
    """chats--my:ro does not suffice to read threads."""
    error = normal_agent("chats--my:ro").expect_error("get_chat_threads", chat_id=CHAT)
    assert error.startswith("authorization: ")


def test_thread_summaries_come_by_order() -> None:
    """The newest thread comes first, with the number of its events."""
    answer = LicenseClient().call("get_chat_threads_summary", chat_id=CHAT, limit=2).payload

    assert answer == {
        "threads_summary": [
            {"id": THREAD, "order": 3, "events_count": 4},
            {"id": "PT039ES4OG", "order": 2, "events_count": 3},
        ],
        "found_threads": 3,
        "next_page_id": "MjpkZXNj",
    }


def button_user_ids(client: LicenseClient) -> dict[str, list[str]]:
    """Map the buttons of the sample's rich message to who pressed them."""
    event = client.fetch_thread()["events"][1]
    return {
        each["postback_id"]: each["user_ids"]
        for element in event["elements"]
        for each in element["buttons"]
    }


def test_a_button_is_pressed_and_released() -> None:
    """Toggling puts the requester among the button's users, and takes it out again."""
    client = LicenseClient()
    pressed = client.call("send_rich_message_postback", POSTBACK_SAMPLE).deliveries
    during = button_user_ids(client)
    client.call(
        "send_rich_message_postback",
        {**POSTBACK_SAMPLE, "postback": {"id": "action_yes", "toggled": False}},
    )

    assert during == {"action_yes": [AGENT1], "action_no": []}
    assert button_user_ids(client) == {"action_yes": [], "action_no": []}
    assert pressed[0].payload == {"user_id": AGENT1, **POSTBACK_SAMPLE}
    assert pressed[1].payload["event"]["elements"][0]["buttons"][0]["user_ids"] == [AGENT1]


def test_a_button_that_changes_nothing_updates_no_event() -> None:
    """Pressing twice is told twice, but the event changes once."""
    client = LicenseClient()
    client.call("send_rich_message_postback", POSTBACK_SAMPLE)

    assert client.push_names("send_rich_message_postback", POSTBACK_SAMPLE) == [
        "incoming_rich_message_postback"
    ]
    assert button_user_ids(client)["action_yes"] == [AGENT1]


def test_buttons_of_closed_threads_are_pressed_in_silence() -> None:
    """The push comes for active threads only; the button is pressed anyway."""
    client = LicenseClient()
    client.call("close_thread", chat_id=CHAT)

    assert client.push_names("send_rich_message_postback", POSTBACK_SAMPLE) == []
    assert button_user_ids(client)["action_yes"] == [AGENT1]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"postback": {"id": "maybe", "toggled": True}}, "button maybe not found"),
        ({"event_id": EVENT}, "button action_yes not found"),
        ({"event_id": "x"}, "event x not found"),
    ],
)
def test_unknown_buttons_are_refused(change: dict[str, Any], message: str) -> None:
    """What is no button of the event is not found."""
    assert message in LicenseClient().expect_error(
        "send_rich_message_postback", {**POSTBACK_SAMPLE, **change}
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
def test_a_multicast_reaches_whom_it_names(scopes: dict[str, Any], agents: set[str]) -> None:
    """All agents, some, or those of groups get it; the requester only if among them."""
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
def test_a_multicast_to_nobody_is_refused(scopes: dict[str, Any], message: str) -> None:
    """At least one recipient is named, and all named exist."""
    assert message in LicenseClient().expect_error("multicast", scopes=scopes, content="x")


def test_typing_is_told_to_the_others() -> None:
    """The members get incoming_typing_indicator; the one who types does not."""
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


def test_typing_in_a_closed_chat_is_told_to_nobody() -> None:
    """Without an active thread there is nothing to show."""
    assert (
        LicenseClient().push_names("send_typing_indicator", chat_id=CLOSED_CHAT, is_typing=True)
        == []
    )


def test_closing_says_so_then_closes() -> None:
    """A system message comes first, then thread_closed with who closed it."""
    client = LicenseClient()
    message, closed = client.call("close_thread", chat_id=CHAT).deliveries

    assert message.payload["event"]["system_message_type"] == "manual_archived_agent"
    assert message.payload["event"]["text"] == "Agent One archived the chat"
    assert closed.payload == {"chat_id": CHAT, "thread_id": THREAD, "user_id": AGENT1}
    assert {AGENT1, AGENT2, AGENT3, AGENT4, SUPERVISOR} <= closed.agent_ids
    assert client.fetch_thread()["active"] is False


def test_closing_what_is_closed_does_nothing() -> None:
    """Without an active thread it succeeds, and nobody hears of it."""
    assert LicenseClient().call("close_thread", chat_id=CLOSED_CHAT) == ({}, [], False)


def test_closing_may_require_presence() -> None:
    """With require_requester_presence only those who take part may close."""
    client = LicenseClient()
    error = client.expect_error(
        "close_thread", chat_id=GROUP2_CHAT, require_requester_presence=True
    )

    assert error == f"validation: {AGENT1} does not take part in chat {GROUP2_CHAT}"
    closed = client.push_names("close_thread", chat_id=CHAT, require_requester_presence=True)
    assert closed[-1] == "thread_closed"


def test_devices_are_remembered_until_disabled() -> None:
    """A device that is enabled counts once, one that is disabled no longer."""
    client = LicenseClient()
    device = {"firebase_token": "abc", "platform": "ios"}
    for enabled in (True, True, False, False):
        assert (
            client.call("change_push_notifications", {**device, "enabled": enabled}).payload == {}
        )
        assert bool(client.license.state.devices) is enabled


def test_seeing_a_chat_sets_the_time() -> None:
    """The answer, the push and the chat's user have the timestamp that was given."""
    client = LicenseClient()
    outcome = client.call("update_last_seen_timestamp", chat_id=CHAT, timestamp=123456789)
    [me] = [each for each in client.fetch_chat()["users"] if each["id"] == AGENT1]

    assert outcome.payload == {"timestamp": 123456789}
    assert outcome.deliveries[0].payload == {
        "user_id": AGENT1,
        "chat_id": CHAT,
        "timestamp": 123456789,
    }
    assert me["last_seen_timestamp"] == 123456789


def test_seeing_without_a_time_means_now() -> None:
    """Without timestamp it is the server's now, in seconds."""
    timestamp = (
        LicenseClient().call("update_last_seen_timestamp", chat_id=CHAT).payload["timestamp"]
    )
    assert datetime.fromtimestamp(timestamp, UTC).year == 2019


def test_what_was_missed_while_following_is_not_replayed() -> None:
    """Pushes go to those who are there: a chat that nobody follows is told to its members."""
    deliveries = LicenseClient().call("close_thread", chat_id=GROUP2_CHAT).deliveries

    assert push_names(deliveries) == ["incoming_event", "thread_closed"]
    assert deliveries[0].agent_ids == {AGENT3}
