"""Chats: they start, are activated, followed, listed and transferred."""

from typing import Any

import pytest
from support.license_client import (
    AGENT1,
    AGENT2,
    AGENT3,
    AGENT4,
    CHAT,
    CLOSED_CHAT,
    CUSTOMER,
    CUSTOMER_OF_CLOSED_CHAT,
    GROUP2_CHAT,
    GROUP3_CHAT,
    SUPERVISOR,
    THREAD,
    UNASSIGNED_CHAT,
    LicenseClient,
    normal_agent,
)

USERS = [{"id": CUSTOMER, "type": "customer"}]


def test_a_new_chat_starts_with_an_active_thread() -> None:
    """A chat that starts has one thread, active, of order 1; the requester takes part."""
    chat = LicenseClient().call("start_chat").payload["chat"]

    assert (chat["thread"]["active"], chat["thread"]["order"]) == (True, 1)
    assert [(each["id"], each["present"]) for each in chat["users"]] == [(AGENT1, True)]
    assert chat["thread"]["user_ids"] == [AGENT1]
    assert chat["access"] == {"group_ids": [0]}


def test_a_chat_starts_with_what_it_is_given() -> None:
    """Customer, access, properties, tags, events and following are those of the request."""
    client = LicenseClient()
    given: dict[str, Any] = {
        "users": USERS,
        "access": {"group_ids": [1]},
        "properties": {"source": {"type": "facebook"}},
        "is_followed": True,
        "thread": {
            "tags": ["bug_report", "bug_report"],
            "properties": {"rating": {"score": {"value": 1}}},
            "events": [{"type": "message", "text": "hi"}, {"type": "system_message", "text": "x"}],
        },
    }
    chat = client.call("start_chat", chat=given, continuous=True).payload["chat"]

    assert {each["id"] for each in chat["users"]} == {CUSTOMER, AGENT1}
    assert chat["properties"] == {
        "source": {"type": {"value": "facebook"}},
        "routing": {"continuous": {"value": True}},
    }
    assert chat["thread"]["access"] == chat["access"] == {"group_ids": [1]}
    assert chat["thread"]["tags"] == ["bug_report"]
    assert chat["thread"]["properties"] == {"rating": {"score": {"value": 1}}}
    assert [(each["order"], each.get("author_id")) for each in chat["thread"]["events"]] == [
        (1, AGENT1),
        (2, None),
    ]
    assert chat["is_followed"] is True


def test_the_push_of_a_new_chat_shows_the_whole_thread() -> None:
    """incoming_chat_thread carries the chat as answered: thread, users, is_followed."""
    outcome = LicenseClient().call("start_chat", chat={"users": USERS})

    assert outcome.deliveries[0].payload == outcome.payload


@pytest.mark.parametrize(
    ("chat", "message"),
    [
        ({"users": USERS * 2}, "chat.users takes one user at most, of type customer"),
        (
            {"users": [{"id": AGENT2, "type": "agent"}]},
            "chat.users takes one user at most, of type customer",
        ),
        ({"users": [{"id": "x", "type": "customer"}]}, "customer x not found"),
        (
            {"users": [{"id": CUSTOMER_OF_CLOSED_CHAT}]},
            f"customer {CUSTOMER_OF_CLOSED_CHAT} has a chat already: activate_chat {CLOSED_CHAT}",
        ),
        ({"access": {"group_ids": [9]}}, "group 9 not found"),
        ({"thread": {"events": [{"text": "hi"}]}}, "events[0]: an event requires a type"),
        (
            {"thread": {"events": [{"type": "message"}]}},
            "events[0]: an event of type message requires text",
        ),
        ({"properties": {"source": {"colour": "red"}}}, "property source.colour not found"),
    ],
)
def test_a_chat_that_cannot_start_is_refused(chat: dict[str, Any], message: str) -> None:
    """One customer at most, who has no other chat; known groups and properties; sound events."""
    client = LicenseClient()
    before = len(client.license.state.chats)
    error = client.expect_error("start_chat", chat=chat)

    assert " ".join(error.split()) == f"validation: {message}"
    assert len(client.license.state.chats) == before


def test_a_banned_customer_gets_no_chat() -> None:
    """Neither a new chat nor a new thread for a customer who is banned."""
    client = LicenseClient()
    for customer_id in (CUSTOMER, CUSTOMER_OF_CLOSED_CHAT):
        client.call("ban_customer", customer_id=customer_id, ban={"days": 1})

    banned = "authorization: customer {} is banned"
    assert client.expect_error("start_chat", chat={"users": USERS}) == banned.format(CUSTOMER)
    error = client.expect_error("activate_chat", chat={"id": CLOSED_CHAT})
    assert error == banned.format(CUSTOMER_OF_CLOSED_CHAT)


def test_activating_opens_the_next_thread() -> None:
    """A closed chat gets a new thread, of the next order; the answer has this one only."""
    client = LicenseClient()
    chat = client.call("activate_chat", chat={"id": CLOSED_CHAT}).payload["chat"]

    assert [(each["active"], each["order"]) for each in chat["threads"]] == [(True, 3)]
    summary = client.fetch_chat(CLOSED_CHAT)["threads_summary"]
    assert [each["order"] for each in summary] == [1, 2, 3]


def test_an_active_chat_cannot_be_activated() -> None:
    """A chat has at most one active thread."""
    error = LicenseClient().expect_error("activate_chat", chat={"id": CHAT})
    assert error == f"validation: chat {CHAT} is active already: thread {THREAD}"


def test_a_chat_keeps_its_customer_when_activated() -> None:
    """Activating with another customer is refused: one customer per chat."""
    error = LicenseClient().expect_error("activate_chat", chat={"id": CLOSED_CHAT, "users": USERS})
    assert "has its customer already" in error


def test_activating_brings_a_customer_in_who_has_no_chat() -> None:
    """A chat without a customer takes one; not one who has a chat."""
    client = LicenseClient()
    chat_id = client.call("start_chat").payload["chat"]["id"]
    client.call("close_thread", chat_id=chat_id)
    taken = [{"id": CUSTOMER_OF_CLOSED_CHAT, "type": "customer"}]

    error = client.expect_error("activate_chat", chat={"id": chat_id, "users": taken})
    assert "has a chat already" in error
    chat = client.call("activate_chat", chat={"id": chat_id, "users": USERS}).payload["chat"]
    assert CUSTOMER in {each["id"] for each in chat["users"]}


def test_following_brings_all_pushes_of_a_chat() -> None:
    """A follower is told of the chat as it is, and from then on of everything."""
    client, other = LicenseClient(), {"type": "message", "text": "hi"}
    second = LicenseClient(client.license, AGENT3, connection=2)
    before = second.first_push("send_event", chat_id=GROUP2_CHAT, event=other)
    [shown] = client.call("follow_chat", chat_id=GROUP2_CHAT).deliveries
    after = second.first_push("send_event", chat_id=GROUP2_CHAT, event=other)

    assert (shown.name, shown.payload["chat"]["is_followed"]) == ("incoming_chat_thread", True)
    assert shown.agent_ids == {AGENT1}
    assert before.agent_ids == {AGENT3}
    assert after.agent_ids == {AGENT1, AGENT3}


@pytest.mark.parametrize("chat_id", [CHAT, GROUP2_CHAT])
def test_following_what_one_gets_already_pushes_nothing(chat_id: str) -> None:
    """Who follows a chat or takes part in it hears nothing new."""
    client = LicenseClient()
    client.call("follow_chat", chat_id=chat_id)

    assert client.call("follow_chat", chat_id=chat_id) == ({}, [], False)


def test_following_ends_when_the_chat_is_activated() -> None:
    """With a new thread nobody follows; those who did are told of it all the same."""
    client = LicenseClient()
    client.call("follow_chat", chat_id=GROUP2_CHAT)
    second = LicenseClient(client.license, AGENT3, connection=2)
    second.call("close_thread", chat_id=GROUP2_CHAT)
    delivery = second.first_push("activate_chat", chat={"id": GROUP2_CHAT})

    assert AGENT1 in delivery.agent_ids
    assert delivery.payload["chat"]["is_followed"] is False
    assert client.fetch_chat(GROUP2_CHAT)["is_followed"] is False


def test_after_unfollowing_only_key_changes_are_told() -> None:
    """Who has access hears of transfers and closed threads, and of nothing else."""
    client = LicenseClient()
    client.call("follow_chat", chat_id=GROUP2_CHAT)
    client.call("unfollow_chat", chat_id=GROUP2_CHAT)
    second = LicenseClient(client.license, AGENT3, connection=2)
    deliveries = second.call("close_thread", chat_id=GROUP2_CHAT).deliveries

    heard = {each.name: AGENT1 in each.agent_ids for each in deliveries}
    assert heard == {"incoming_event": False, "thread_closed": True}


def test_members_cannot_unfollow() -> None:
    """Who takes part in a chat cannot unfollow it; who neither follows nor does, may."""
    client = LicenseClient()

    assert "cannot unfollow" in client.expect_error("unfollow_chat", chat_id=CHAT)
    assert client.call("unfollow_chat", chat_id=GROUP2_CHAT) == ({}, [], False)


def summary_ids(client: LicenseClient, **payload: Any) -> list[str]:
    """List chats by id."""
    listed = client.call("get_chats_summary", payload).payload["chats_summary"]
    return [each["id"] for each in listed]


def test_summaries_come_by_their_last_event() -> None:
    """The chat with the latest event comes first; last with order asc."""
    client = LicenseClient()
    client.call("send_event", chat_id=GROUP2_CHAT, event={"type": "message", "text": "hi"})
    listed = summary_ids(client)

    assert listed[0] == GROUP2_CHAT
    assert summary_ids(client, order="asc") == listed[::-1]


def test_summaries_can_leave_active_chats_out() -> None:
    """With include_active false only closed chats are listed."""
    closed = summary_ids(LicenseClient(), filters={"include_active": False})

    assert CLOSED_CHAT in closed
    assert not {CHAT, GROUP2_CHAT, GROUP3_CHAT, UNASSIGNED_CHAT} & set(closed)


def test_summaries_can_be_found_by_properties() -> None:
    """A property filter looks at the properties of chats."""
    client = LicenseClient()
    scored = {"properties": {"rating": {"score": {"exists": True}}}}

    assert summary_ids(client, filters=scored) == [CHAT]
    error = client.expect_error(
        "get_chats_summary", filters={"properties": {"x": {"y": {"exists": True}}}}
    )
    assert error == "validation: property x.y not found"


def test_summaries_are_within_reach() -> None:
    """chats--access lists what is shared with the agent's groups, chats--my where it takes part."""
    reached = set(summary_ids(normal_agent("chats--access:ro")))

    assert {CHAT, GROUP2_CHAT, UNASSIGNED_CHAT} <= reached
    assert GROUP3_CHAT not in reached
    mine = set(summary_ids(normal_agent("chats--my:ro")))
    assert CHAT in mine
    assert GROUP2_CHAT not in mine


def test_a_summary_shows_the_last_event_of_each_type() -> None:
    """last_event_per_type maps types to where their last event is, and to the event."""
    client = LicenseClient()
    sent = client.call("send_event", chat_id=CHAT, event={"type": "message", "text": "hi"}).payload
    [summary] = client.call("get_chats_summary", limit=1).payload["chats_summary"]
    last = summary["last_event_per_type"]

    assert last["message"] == {"thread_id": THREAD, "thread_order": 3, "event": sent["event"]}
    assert set(last) == {"message", "rich_message", "file", "system_message"}
    assert summary["last_thread_summary"]["id"] == THREAD


def test_the_pages_of_other_documents_are_refused() -> None:
    """Summaries take page_id, not pagination: the refusal names the right members."""
    error = LicenseClient().expect_error("get_chats_summary", pagination={"page": 1})
    assert error == ("validation: pagination is not taken: use page_id, limit, order and filters")


def transfer_chat(client: LicenseClient, **payload: Any) -> list[str]:
    """Transfer the sample chat; name who is present afterwards."""
    client.call("transfer_chat", {"chat_id": CHAT, **payload})
    return [
        each["id"]
        for each in client.fetch_chat()["users"]
        if each["present"] and each["type"] == "agent"
    ]


def test_a_transfer_to_a_group_finds_an_agent_there() -> None:
    """The chat gets the access of the group, and an agent of it who accepts chats."""
    client = LicenseClient()

    assert transfer_chat(client, target={"type": "group", "ids": [2]}) == [AGENT3]
    assert client.fetch_chat()["access"] == {"group_ids": [2]}


def test_a_transfer_to_an_agent_keeps_the_access() -> None:
    """The chat goes to the agent and stays in its group."""
    client = LicenseClient()

    assert transfer_chat(client, target={"type": "agent", "ids": [AGENT2]}) == [AGENT2]
    assert client.fetch_chat()["access"] == {"group_ids": [0]}


def test_a_transfer_without_target_stays_in_the_group() -> None:
    """Another agent of the chat's present group takes it."""
    assert transfer_chat(LicenseClient()) in ([AGENT2], [AGENT3])


def test_a_transfer_fails_where_no_agent_is_free() -> None:
    """Group 3 has nobody online: refused; with force the chat is left to nobody."""
    client = LicenseClient()
    target = {"type": "group", "ids": [3]}

    error = client.expect_error("transfer_chat", chat_id=CHAT, target=target)
    assert error == "validation: no agent of group 3 can take the chat"
    assert transfer_chat(client, target=target, force=True) == []


def test_force_gives_a_chat_to_an_agent_who_accepts_none() -> None:
    """An agent who is offline gets the chat with force only."""
    client = LicenseClient()
    target = {"type": "agent", "ids": [SUPERVISOR]}

    assert "can take the chat" in client.expect_error("transfer_chat", chat_id=CHAT, target=target)
    assert transfer_chat(client, target=target, force=True) == [SUPERVISOR]


def test_a_transfer_tells_who_it_concerns() -> None:
    """Transfer, parting, joining and system message, each to those who take part then."""
    client = LicenseClient()
    target = {"type": "agent", "ids": [AGENT2]}
    told = client.call("transfer_chat", chat_id=CHAT, target=target).deliveries

    assert told[0].payload == {
        "chat_id": CHAT,
        "thread_id": THREAD,
        "requester_id": AGENT1,
        **target,
    }
    assert {AGENT1, AGENT2, AGENT3, AGENT4, SUPERVISOR} <= told[0].agent_ids
    assert [(each.name, sorted(each.agent_ids)) for each in told[1:]] == [
        ("chat_user_removed", [AGENT1]),
        ("chat_user_added", [AGENT2]),
        ("incoming_event", [AGENT2]),
    ]
    event = told[-1].payload["event"]
    assert event["system_message_type"] == "chat_transferred"
    assert event["text_vars"] == {"initiator": "Agent One", "targets": "Agent Two"}


@pytest.mark.parametrize(
    ("chat_id", "target", "message"),
    [
        (CLOSED_CHAT, {"type": "group", "ids": [1]}, "has no active thread to transfer"),
        (CHAT, {"type": "group", "ids": []}, "target.ids must not be empty"),
        (CHAT, {"type": "group", "ids": [9]}, "group 9 not found"),
        (CHAT, {"type": "group", "ids": ["1"]}, "group 1 not found"),
        (CHAT, {"type": "agent", "ids": ["x"]}, "agent x not found"),
        (GROUP3_CHAT, {"type": "agent", "ids": [AGENT2]}, "has no access"),
    ],
)
def test_a_transfer_that_leads_nowhere_is_refused(
    chat_id: str, target: dict[str, Any], message: str
) -> None:
    """Only active chats go, to known groups, or to agents who have access."""
    client = LicenseClient()
    before = client.fetch_chat(chat_id)
    error = client.expect_error("transfer_chat", chat_id=chat_id, target=target, force=True)

    assert message in error
    assert client.fetch_chat(chat_id) == before


def test_the_least_busy_agent_takes_a_chat() -> None:
    """Of several free agents the one with the fewest active chats is chosen."""
    client = LicenseClient()
    second = LicenseClient(client.license, AGENT2, connection=2)
    third = LicenseClient(client.license, AGENT3, connection=3)
    third.call("close_thread", chat_id=GROUP2_CHAT)
    second.call("start_chat")

    assert transfer_chat(client) == [AGENT3]


def test_connected_agents_come_first() -> None:
    """An agent who is connected takes a chat before those who are said to work elsewhere."""
    client = LicenseClient()
    chat_id = (
        LicenseClient(client.license, AGENT2, connection=2).call("start_chat").payload["chat"]["id"]
    )
    client.call("transfer_chat", chat_id=chat_id)

    present = [each["id"] for each in client.fetch_chat(chat_id)["users"] if each["present"]]
    assert present == [AGENT1]
