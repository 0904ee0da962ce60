"""Chat users: adding, removing, routing status and away status."""

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
    GROUP2_CHAT,
    SUPERVISOR,
    THREAD,
    UNASSIGNED_CHAT,
    LicenseClient,
    normal_agent,
)


def system_message_types(client: LicenseClient, action: str, **payload: Any) -> list[str]:
    """Send a request; list the types of the system messages it adds."""
    return [
        each.payload["event"]["system_message_type"]
        for each in client.call(action, payload).deliveries
        if each.name == "incoming_event"
    ]


@pytest.mark.parametrize(
    ("chat_id", "user_id", "messages"),
    [
        (CHAT, AGENT2, ["agent_added"]),
        (GROUP2_CHAT, AGENT1, ["agent_joined"]),
        (UNASSIGNED_CHAT, AGENT1, []),  # the chat's first agent
        (UNASSIGNED_CHAT, AGENT2, []),
        (CHAT, AGENT1, []),  # is already present
        (CLOSED_CHAT, AGENT2, []),  # no thread is active
    ],
)
def test_adding_an_agent_adds_a_system_message(
    chat_id: str, user_id: str, messages: list[str]
) -> None:
    """Agents who are added and who join have different messages; the first agent has none."""
    message_types = system_message_types(
        LicenseClient(), "add_user_to_chat", chat_id=chat_id, user_id=user_id, user_type="agent"
    )
    assert message_types == messages


def test_an_added_agent_gets_the_push() -> None:
    """chat_user_added has the user and is sent to the new user, too."""
    delivery = LicenseClient().first_push(
        "add_user_to_chat", chat_id=CHAT, user_id=AGENT2, user_type="agent"
    )

    assert delivery.payload["user"]["id"] == AGENT2
    assert delivery.payload["user"]["present"] is True
    assert (delivery.payload["thread_id"], delivery.payload["user_type"]) == (THREAD, "agent")
    assert delivery.agent_ids == {AGENT1, AGENT2}


def test_a_chat_has_at_most_one_customer() -> None:
    """A second customer in a chat and a second chat of a customer are rejected."""
    client = LicenseClient()
    chat_id = client.call("start_chat").payload["chat"]["id"]
    add = {"user_id": CUSTOMER, "user_type": "customer"}

    assert system_message_types(client, "add_user_to_chat", chat_id=chat_id, **add) == [
        "customer_added"
    ]
    assert "already has a customer" in client.expect_error("add_user_to_chat", chat_id=CHAT, **add)
    other_id = client.call("start_chat").payload["chat"]["id"]
    assert "already has a chat" in client.expect_error("add_user_to_chat", chat_id=other_id, **add)


def test_a_banned_customer_cannot_be_added() -> None:
    """A banned customer is rejected with authorization."""
    client = LicenseClient()
    chat_id = client.call("start_chat").payload["chat"]["id"]
    client.call("ban_customer", customer_id=CUSTOMER, ban={"days": 1})
    error = client.expect_error(
        "add_user_to_chat", chat_id=chat_id, user_id=CUSTOMER, user_type="customer"
    )

    assert error == f"authorization: customer {CUSTOMER} is banned"


@pytest.mark.parametrize(
    ("user_id", "message"), [(AGENT1, "agent_left"), (AGENT2, "agent_removed")]
)
def test_removing_an_agent_adds_a_system_message(user_id: str, message: str) -> None:
    """Agents who leave and who are removed have different messages."""
    client = LicenseClient()
    client.call("add_user_to_chat", chat_id=CHAT, user_id=AGENT2, user_type="agent")
    remove = {"chat_id": CHAT, "user_id": user_id, "user_type": "agent"}

    assert system_message_types(client, "remove_user_from_chat", **remove) == [message]
    assert system_message_types(client, "remove_user_from_chat", **remove) == []


def test_a_removed_agent_gets_the_push() -> None:
    """chat_user_removed is the last push about the chat that a removed agent gets."""
    client = LicenseClient()
    client.call("add_user_to_chat", chat_id=CHAT, user_id=AGENT2, user_type="agent")
    removed, message = client.call(
        "remove_user_from_chat", chat_id=CHAT, user_id=AGENT2, user_type="agent"
    ).deliveries

    assert removed.payload == {
        "chat_id": CHAT,
        "thread_id": THREAD,
        "user_id": AGENT2,
        "user_type": "agent",
    }
    assert removed.agent_ids == {AGENT1, AGENT2}
    assert message.agent_ids == {AGENT1}


def test_without_an_active_thread_the_push_has_no_thread_id() -> None:
    """chat_user_removed has a thread_id only if a thread is active."""
    delivery = LicenseClient().first_push(
        "remove_user_from_chat", chat_id=CLOSED_CHAT, user_id=AGENT1, user_type="agent"
    )
    assert "thread_id" not in delivery.payload


def test_customers_cannot_be_removed() -> None:
    """Removing a customer is rejected."""
    error = LicenseClient().expect_error(
        "remove_user_from_chat", chat_id=CHAT, user_id=CUSTOMER, user_type="customer"
    )
    assert error == "validation: customers cannot be removed from a chat"


def test_agents_may_always_remove_themselves() -> None:
    """Removing oneself requires no scope; removing another agent does."""
    agent = normal_agent("customers:ro")
    remove = {"chat_id": CHAT, "user_type": "agent"}

    assert agent.push_names("remove_user_from_chat", {**remove, "user_id": AGENT1}) == [
        "chat_user_removed",
        "incoming_event",
    ]
    error = agent.expect_error("remove_user_from_chat", {**remove, "user_id": AGENT2})
    assert error.startswith("authorization: ")


@pytest.mark.parametrize("action", ["add_user_to_chat", "remove_user_from_chat"])
def test_unknown_users_are_rejected(action: str) -> None:
    """An unknown agent is rejected with validation."""
    error = LicenseClient().expect_error(action, chat_id=CHAT, user_id="x", user_type="agent")
    assert error == "validation: agent x not found"


def test_agents_set_their_own_routing_status() -> None:
    """The default agent_id is the requester's; agents--my:rw is sufficient."""
    agent = normal_agent("agents--my:rw")
    delivery = agent.first_push("update_agent", routing_status="not_accepting_chats")

    assert delivery.payload == {"agent_id": AGENT1, "routing_status": "not_accepting_chats"}


def test_another_agents_routing_status_requires_another_scope() -> None:
    """agents--all:rw permits updates of other agents who are logged in."""
    update = {"agent_id": AGENT2, "routing_status": "not_accepting_chats"}

    assert LicenseClient().first_push("update_agent", update).payload == update
    assert "agents--all:rw" in normal_agent("agents--my:rw").expect_error("update_agent", update)
    error = LicenseClient().expect_error("update_agent", {**update, "agent_id": AGENT4})
    assert error == f"validation: agent {AGENT4} is not logged in"


def test_an_empty_update_is_accepted() -> None:
    """update_agent without routing_status succeeds without a push."""
    assert LicenseClient().call("update_agent", agent_id=AGENT2) == ({}, [], False)


def test_agent_updated_is_sent_to_agents_with_the_scope() -> None:
    """agent_updated is sent to the agent itself and to agents with agents--all:ro."""
    delivery = LicenseClient().first_push(
        "update_agent", agent_id=AGENT2, routing_status="not_accepting_chats"
    )

    assert delivery.agent_ids == {AGENT1, AGENT2, SUPERVISOR}


def test_an_agent_is_away_if_all_connections_are_away() -> None:
    """The status changes if all connections are away, and is restored if one is back."""
    first = LicenseClient()
    second = LicenseClient(first.license, connection=2)

    assert first.push_names("set_away_status", away=True) == []
    [away] = second.call("set_away_status", away=True).deliveries
    [back] = first.call("set_away_status", away=False).deliveries
    assert away.payload["routing_status"] == "not_accepting_chats"
    assert back.payload["routing_status"] == "accepting_chats"
    assert first.push_names("set_away_status", away=False) == []


def test_away_status_does_not_change_not_accepting_chats() -> None:
    """If the agent does not accept chats, away and back do not change the status."""
    client = LicenseClient()
    client.call("update_agent", routing_status="not_accepting_chats")

    assert client.push_names("set_away_status", away=True) == []
    assert client.push_names("set_away_status", away=False) == []


def test_a_transfer_skips_agents_who_do_not_accept_chats() -> None:
    """Only agents who accept chats are candidates of a transfer."""
    client = LicenseClient()
    client.call("update_agent", agent_id=AGENT3, routing_status="not_accepting_chats")
    error = client.expect_error("transfer_chat", chat_id=CHAT, target={"type": "group", "ids": [2]})

    assert error == "validation: no agent of group 2 can take the chat"
