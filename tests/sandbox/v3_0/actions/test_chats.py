"""Chats: start, activate, follow, list and transfer."""

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
    """A new chat has one active thread with order 1; the requester is present."""
    chat = LicenseClient().call("start_chat").payload["chat"]

    assert (chat["thread"]["active"], chat["thread"]["order"]) == (True, 1)
    assert [(each["id"], each["present"]) for each in chat["users"]] == [(AGENT1, True)]
    assert chat["thread"]["user_ids"] == [AGENT1]
    assert chat["access"] == {"group_ids": [0]}


def test_a_chat_starts_with_the_initial_data() -> None:
    """Customer, access, properties, tags, events and is_followed are those of the request."""
    client = LicenseClient()
    initial_chat: dict[str, Any] = {
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
    chat = client.call("start_chat", chat=initial_chat, continuous=True).payload["chat"]

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


def test_the_push_of_a_new_chat_equals_the_response() -> None:
    """incoming_chat_thread has the chat of the response: thread, users, is_followed."""
    result = LicenseClient().call("start_chat", chat={"users": USERS})

    assert result.deliveries[0].payload == result.payload


@pytest.mark.parametrize(
    ("chat", "message"),
    [
        ({"users": USERS * 2}, "chat.users must have at most one user, of type customer"),
        (
            {"users": [{"id": AGENT2, "type": "agent"}]},
            "chat.users must have at most one user, of type customer",
        ),
        ({"users": [{"id": "x", "type": "customer"}]}, "customer x not found"),
        (
            {"users": [{"id": CUSTOMER_OF_CLOSED_CHAT}]},
            f"customer {CUSTOMER_OF_CLOSED_CHAT} already has a chat: activate chat {CLOSED_CHAT}",
        ),
        ({"access": {"group_ids": [9]}}, "group 9 not found"),
        ({"thread": {"events": [{"text": "hi"}]}}, "events[0]: an event requires a type"),
        (
            {"thread": {"events": [{"type": "message"}]}},
            "events[0]: an event of type message requires text",
        ),
        ({"properties": {"source": {"color": "red"}}}, "property source.color not found"),
    ],
)
def test_invalid_initial_data_is_rejected(chat: dict[str, Any], message: str) -> None:
    """Invalid customers, groups, properties and events are rejected; no chat is created."""
    client = LicenseClient()
    before = len(client.license.state.chats)
    error = client.expect_error("start_chat", chat=chat)

    assert " ".join(error.split()) == f"validation: {message}"
    assert len(client.license.state.chats) == before


def test_a_banned_customer_gets_no_chat() -> None:
    """New chats and new threads are rejected for a banned customer."""
    client = LicenseClient()
    for customer_id in (CUSTOMER, CUSTOMER_OF_CLOSED_CHAT):
        client.call("ban_customer", customer_id=customer_id, ban={"days": 1})

    banned = "authorization: customer {} is banned"
    assert client.expect_error("start_chat", chat={"users": USERS}) == banned.format(CUSTOMER)
    error = client.expect_error("activate_chat", chat={"id": CLOSED_CHAT})
    assert error == banned.format(CUSTOMER_OF_CLOSED_CHAT)


def test_activating_a_chat_opens_a_new_thread() -> None:
    """A closed chat gets a thread with the next order; the response has only this thread."""
    client = LicenseClient()
    chat = client.call("activate_chat", chat={"id": CLOSED_CHAT}).payload["chat"]

    assert [(each["active"], each["order"]) for each in chat["threads"]] == [(True, 3)]
    summary = client.fetch_chat(CLOSED_CHAT)["threads_summary"]
    assert [each["order"] for each in summary] == [1, 2, 3]


def test_an_active_chat_cannot_be_activated() -> None:
    """A chat has at most one active thread."""
    error = LicenseClient().expect_error("activate_chat", chat={"id": CHAT})
    assert error == f"validation: chat {CHAT} is already active: thread {THREAD}"


def test_a_chat_keeps_its_customer_when_activated() -> None:
    """Activating a chat with another customer is rejected."""
    error = LicenseClient().expect_error("activate_chat", chat={"id": CLOSED_CHAT, "users": USERS})
    assert "already has a customer" in error


def test_activating_a_chat_may_add_a_customer() -> None:
    """A chat without a customer accepts a customer who has no chat."""
    client = LicenseClient()
    chat_id = client.call("start_chat").payload["chat"]["id"]
    client.call("close_thread", chat_id=chat_id)
    users = [{"id": CUSTOMER_OF_CLOSED_CHAT, "type": "customer"}]

    error = client.expect_error("activate_chat", chat={"id": chat_id, "users": users})
    assert "already has a chat" in error
    chat = client.call("activate_chat", chat={"id": chat_id, "users": USERS}).payload["chat"]
    assert CUSTOMER in {each["id"] for each in chat["users"]}


def test_a_follower_gets_all_pushes_about_a_chat() -> None:
    """A new follower gets the current chat, and from then on every push about it."""
    client, message = LicenseClient(), {"type": "message", "text": "hi"}
    second = LicenseClient(client.license, AGENT3, connection=2)
    before = second.first_push("send_event", chat_id=GROUP2_CHAT, event=message)
    [followed] = client.call("follow_chat", chat_id=GROUP2_CHAT).deliveries
    after = second.first_push("send_event", chat_id=GROUP2_CHAT, event=message)

    assert followed.name == "incoming_chat_thread"
    assert followed.payload["chat"]["is_followed"] is True
    assert followed.agent_ids == {AGENT1}
    assert before.agent_ids == {AGENT3}
    assert after.agent_ids == {AGENT1, AGENT3}


@pytest.mark.parametrize("chat_id", [CHAT, GROUP2_CHAT])
def test_following_again_does_not_cause_a_push(chat_id: str) -> None:
    """There is no push if the agent already follows the chat or is present in it."""
    client = LicenseClient()
    client.call("follow_chat", chat_id=chat_id)

    assert client.call("follow_chat", chat_id=chat_id) == ({}, [], False)


def test_activating_a_chat_removes_its_followers() -> None:
    """A new thread removes the followers; they get its push with is_followed false."""
    client = LicenseClient()
    client.call("follow_chat", chat_id=GROUP2_CHAT)
    second = LicenseClient(client.license, AGENT3, connection=2)
    second.call("close_thread", chat_id=GROUP2_CHAT)
    delivery = second.first_push("activate_chat", chat={"id": GROUP2_CHAT})

    assert AGENT1 in delivery.agent_ids
    assert delivery.payload["chat"]["is_followed"] is False
    assert client.fetch_chat(GROUP2_CHAT)["is_followed"] is False


def test_after_unfollowing_only_key_changes_are_pushed() -> None:
    """An agent with access gets pushes of transfers and closed threads only."""
    client = LicenseClient()
    client.call("follow_chat", chat_id=GROUP2_CHAT)
    client.call("unfollow_chat", chat_id=GROUP2_CHAT)
    second = LicenseClient(client.license, AGENT3, connection=2)
    deliveries = second.call("close_thread", chat_id=GROUP2_CHAT).deliveries

    received = {each.name: AGENT1 in each.agent_ids for each in deliveries}
    assert received == {"incoming_event": False, "thread_closed": True}


def test_members_cannot_unfollow() -> None:
    """A present agent cannot unfollow a chat; for others who do not follow it, it succeeds."""
    client = LicenseClient()

    assert "cannot unfollow" in client.expect_error("unfollow_chat", chat_id=CHAT)
    assert client.call("unfollow_chat", chat_id=GROUP2_CHAT) == ({}, [], False)


def summary_ids(client: LicenseClient, **payload: Any) -> list[str]:
    """List the IDs of chats."""
    listed = client.call("get_chats_summary", payload).payload["chats_summary"]
    return [each["id"] for each in listed]


def test_summaries_are_sorted_by_last_event() -> None:
    """The chat with the latest event is first, or last with order asc."""
    client = LicenseClient()
    client.call("send_event", chat_id=GROUP2_CHAT, event={"type": "message", "text": "hi"})
    listed = summary_ids(client)

    assert listed[0] == GROUP2_CHAT
    assert summary_ids(client, order="asc") == listed[::-1]


def test_summaries_can_exclude_active_chats() -> None:
    """If include_active is false, only closed chats are listed."""
    closed = summary_ids(LicenseClient(), filters={"include_active": False})

    assert CLOSED_CHAT in closed
    assert not {CHAT, GROUP2_CHAT, GROUP3_CHAT, UNASSIGNED_CHAT} & set(closed)


def test_summaries_can_be_filtered_by_properties() -> None:
    """Property filters compare the properties of chats."""
    client = LicenseClient()
    scored = {"properties": {"rating": {"score": {"exists": True}}}}

    assert summary_ids(client, filters=scored) == [CHAT]
    error = client.expect_error(
        "get_chats_summary", filters={"properties": {"x": {"y": {"exists": True}}}}
    )
    assert error == "validation: property x.y not found"


def test_summaries_are_limited_by_scopes() -> None:
    """chats--access lists chats that the agent has access to, chats--my those it is present in."""
    accessible = set(summary_ids(normal_agent("chats--access:ro")))

    assert {CHAT, GROUP2_CHAT, UNASSIGNED_CHAT} <= accessible
    assert GROUP3_CHAT not in accessible
    mine = set(summary_ids(normal_agent("chats--my:ro")))
    assert CHAT in mine
    assert GROUP2_CHAT not in mine


def test_a_summary_shows_the_last_event_of_each_type() -> None:
    """last_event_per_type has the last event of each type and its thread."""
    client = LicenseClient()
    sent = client.call("send_event", chat_id=CHAT, event={"type": "message", "text": "hi"}).payload
    [summary] = client.call("get_chats_summary", limit=1).payload["chats_summary"]
    last = summary["last_event_per_type"]

    assert last["message"] == {"thread_id": THREAD, "thread_order": 3, "event": sent["event"]}
    assert set(last) == {"message", "rich_message", "file", "system_message"}
    assert summary["last_thread_summary"]["id"] == THREAD


def test_summaries_reject_pagination() -> None:
    """Summaries are paged by page_id; the error names the supported members."""
    error = LicenseClient().expect_error("get_chats_summary", pagination={"page": 1})
    assert error == (
        "validation: pagination is not supported: use page_id, limit, order and filters"
    )


def transfer_chat(client: LicenseClient, **payload: Any) -> list[str]:
    """Transfer the sample chat; list the agents who are present afterwards."""
    client.call("transfer_chat", {"chat_id": CHAT, **payload})
    return [
        each["id"]
        for each in client.fetch_chat()["users"]
        if each["present"] and each["type"] == "agent"
    ]


def test_a_transfer_to_a_group_picks_an_agent_of_the_group() -> None:
    """The chat gets access for the group, and an agent of the group who accepts chats."""
    client = LicenseClient()

    assert transfer_chat(client, target={"type": "group", "ids": [2]}) == [AGENT3]
    assert client.fetch_chat()["access"] == {"group_ids": [2]}


def test_a_transfer_to_an_agent_keeps_the_access() -> None:
    """The agent gets the chat; the chat's groups do not change."""
    client = LicenseClient()

    assert transfer_chat(client, target={"type": "agent", "ids": [AGENT2]}) == [AGENT2]
    assert client.fetch_chat()["access"] == {"group_ids": [0]}


def test_a_transfer_without_target_stays_in_the_group() -> None:
    """Another agent of the chat's current group gets it."""
    assert transfer_chat(LicenseClient()) in ([AGENT2], [AGENT3])


def test_a_transfer_fails_if_no_agent_is_available() -> None:
    """Without an online agent in the group it is rejected; with force no agent is present."""
    client = LicenseClient()
    target = {"type": "group", "ids": [3]}

    error = client.expect_error("transfer_chat", chat_id=CHAT, target=target)
    assert error == "validation: no agent of group 3 can take the chat"
    assert transfer_chat(client, target=target, force=True) == []


def test_force_transfers_a_chat_to_an_offline_agent() -> None:
    """An offline agent gets the chat only with force."""
    client = LicenseClient()
    target = {"type": "agent", "ids": [SUPERVISOR]}

    assert "can take the chat" in client.expect_error("transfer_chat", chat_id=CHAT, target=target)
    assert transfer_chat(client, target=target, force=True) == [SUPERVISOR]


def test_a_transfer_causes_four_pushes() -> None:
    """Transfer, removal, addition and system message are sent to the members at that point."""
    client = LicenseClient()
    target = {"type": "agent", "ids": [AGENT2]}
    transferred, *others = client.call("transfer_chat", chat_id=CHAT, target=target).deliveries

    assert transferred.payload == {
        "chat_id": CHAT,
        "thread_id": THREAD,
        "requester_id": AGENT1,
        **target,
    }
    assert {AGENT1, AGENT2, AGENT3, AGENT4, SUPERVISOR} <= transferred.agent_ids
    assert [(each.name, sorted(each.agent_ids)) for each in others] == [
        ("chat_user_removed", [AGENT1]),
        ("chat_user_added", [AGENT2]),
        ("incoming_event", [AGENT2]),
    ]
    event = others[-1].payload["event"]
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
def test_an_invalid_transfer_is_rejected(
    chat_id: str, target: dict[str, Any], message: str
) -> None:
    """It requires an active thread and known groups or agents with access."""
    client = LicenseClient()
    before = client.fetch_chat(chat_id)
    error = client.expect_error("transfer_chat", chat_id=chat_id, target=target, force=True)

    assert message in error
    assert client.fetch_chat(chat_id) == before


def test_the_least_busy_agent_gets_a_chat() -> None:
    """Of several available agents the one with the fewest active chats gets it."""
    client = LicenseClient()
    second = LicenseClient(client.license, AGENT2, connection=2)
    third = LicenseClient(client.license, AGENT3, connection=3)
    third.call("close_thread", chat_id=GROUP2_CHAT)
    second.call("start_chat")

    assert transfer_chat(client) == [AGENT3]


def test_connected_agents_come_first() -> None:
    """An agent connected to the sandbox gets a chat before one with an external connection."""
    client = LicenseClient()
    second = LicenseClient(client.license, AGENT2, connection=2)
    chat_id = second.call("start_chat").payload["chat"]["id"]
    client.call("transfer_chat", chat_id=chat_id)

    present = [each["id"] for each in client.fetch_chat(chat_id)["users"] if each["present"]]
    assert present == [AGENT1]
