"""Chat users: adding, removing, routing status and being away."""

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
    """Perform a request; name the system messages it wrote."""
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
        (UNASSIGNED_CHAT, AGENT1, []),  # it is the chat's first agent
        (UNASSIGNED_CHAT, AGENT2, []),
        (CHAT, AGENT1, []),  # it takes part already
        (CLOSED_CHAT, AGENT2, []),  # no thread is active
    ],
)
def test_adding_an_agent_is_told_in_the_thread(
    chat_id: str, user_id: str, messages: list[str]
) -> None:
    """An added agent and one who joins have messages of their own; a chat's first has none."""
    found = system_message_types(
        LicenseClient(), "add_user_to_chat", chat_id=chat_id, user_id=user_id, user_type="agent"
    )
    assert found == messages


def test_an_added_agent_is_told_at_once() -> None:
    """chat_user_added shows the user, and goes to the new one too."""
    delivery = LicenseClient().first_push(
        "add_user_to_chat", chat_id=CHAT, user_id=AGENT2, user_type="agent"
    )

    assert delivery.payload["user"]["id"] == AGENT2
    assert delivery.payload["user"]["present"] is True
    assert (delivery.payload["thread_id"], delivery.payload["user_type"]) == (THREAD, "agent")
    assert delivery.agent_ids == {AGENT1, AGENT2}


def test_a_chat_has_one_customer_at_most() -> None:
    """The first customer may join a chat; a second is refused, and so is a second chat."""
    client = LicenseClient()
    chat_id = client.call("start_chat").payload["chat"]["id"]
    add = {"user_id": CUSTOMER, "user_type": "customer"}

    assert system_message_types(client, "add_user_to_chat", chat_id=chat_id, **add) == [
        "customer_added"
    ]
    assert "has its customer already" in client.expect_error(
        "add_user_to_chat", chat_id=CHAT, **add
    )
    other_id = client.call("start_chat").payload["chat"]["id"]
    assert "has a chat already" in client.expect_error("add_user_to_chat", chat_id=other_id, **add)


def test_a_banned_customer_cannot_be_added() -> None:
    """A customer who is banned joins no chat."""
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
def test_removing_an_agent_is_told_in_the_thread(user_id: str, message: str) -> None:
    """An agent who leaves and one who is removed have messages of their own."""
    client = LicenseClient()
    client.call("add_user_to_chat", chat_id=CHAT, user_id=AGENT2, user_type="agent")
    remove = {"chat_id": CHAT, "user_id": user_id, "user_type": "agent"}

    assert system_message_types(client, "remove_user_from_chat", **remove) == [message]
    assert system_message_types(client, "remove_user_from_chat", **remove) == []


def test_a_removed_agent_is_told_so() -> None:
    """chat_user_removed goes to those who stay and to who goes; then the chat is silent to it."""
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


def test_without_an_active_thread_the_push_names_none() -> None:
    """chat_user_removed of a closed chat has no thread_id."""
    delivery = LicenseClient().first_push(
        "remove_user_from_chat", chat_id=CLOSED_CHAT, user_id=AGENT1, user_type="agent"
    )
    assert "thread_id" not in delivery.payload


def test_customers_cannot_be_removed() -> None:
    """Removing a customer is forbidden."""
    error = LicenseClient().expect_error(
        "remove_user_from_chat", chat_id=CHAT, user_id=CUSTOMER, user_type="customer"
    )
    assert error == "validation: customers cannot be removed from a chat"


def test_agents_may_always_remove_themselves() -> None:
    """Removing oneself takes no scope; removing another does."""
    agent = normal_agent("customers:ro")
    remove = {"chat_id": CHAT, "user_type": "agent"}

    assert agent.push_names("remove_user_from_chat", {**remove, "user_id": AGENT1}) == [
        "chat_user_removed",
        "incoming_event",
    ]
    error = agent.expect_error("remove_user_from_chat", {**remove, "user_id": AGENT2})
    assert error.startswith("authorization: ")


@pytest.mark.parametrize("action", ["add_user_to_chat", "remove_user_from_chat"])
def test_unknown_users_are_refused(action: str) -> None:
    """An agent who does not exist is refused with validation."""
    error = LicenseClient().expect_error(action, chat_id=CHAT, user_id="x", user_type="agent")
    assert error == "validation: agent x not found"


def test_agents_set_their_own_routing_status() -> None:
    """Without agent_id it is the requester's; agents--my:rw suffices."""
    agent = normal_agent("agents--my:rw")
    delivery = agent.first_push("update_agent", routing_status="not_accepting_chats")

    assert delivery.payload == {"agent_id": AGENT1, "routing_status": "not_accepting_chats"}


def test_anothers_routing_status_takes_a_wider_scope() -> None:
    """agents--all:rw reaches other agents, as long as they are logged in."""
    other = {"agent_id": AGENT2, "routing_status": "not_accepting_chats"}

    assert LicenseClient().first_push("update_agent", other).payload == other
    assert "agents--all:rw" in normal_agent("agents--my:rw").expect_error("update_agent", other)
    error = LicenseClient().expect_error("update_agent", {**other, "agent_id": AGENT4})
    assert error == f"validation: agent {AGENT4} is not logged in"


def test_an_update_without_change_is_accepted() -> None:
    """update_agent without routing_status succeeds, and nobody hears of it."""
    assert LicenseClient().call("update_agent", agent_id=AGENT2) == ({}, [], False)


def test_who_may_read_agents_hears_of_their_status() -> None:
    """agent_updated goes to the agent and to those with agents--all:ro."""
    delivery = LicenseClient().first_push(
        "update_agent", agent_id=AGENT2, routing_status="not_accepting_chats"
    )

    assert delivery.agent_ids == {AGENT1, AGENT2, SUPERVISOR}


def test_an_agent_who_is_away_everywhere_accepts_no_chats() -> None:
    """Only when all connections are away the status changes; one that is back restores it."""
    first = LicenseClient()
    second = LicenseClient(first.license, connection=2)

    assert first.push_names("set_away_status", away=True) == []
    [away] = second.call("set_away_status", away=True).deliveries
    [back] = first.call("set_away_status", away=False).deliveries
    assert away.payload["routing_status"] == "not_accepting_chats"
    assert back.payload["routing_status"] == "accepting_chats"
    assert first.push_names("set_away_status", away=False) == []


def test_an_agent_who_accepts_no_chats_stays_so() -> None:
    """Being away and back does not change the status of who accepted none before."""
    client = LicenseClient()
    client.call("update_agent", routing_status="not_accepting_chats")

    assert client.push_names("set_away_status", away=True) == []
    assert client.push_names("set_away_status", away=False) == []


def test_a_transfer_passes_over_who_accepts_no_chats() -> None:
    """Routing asks only agents who accept chats."""
    client = LicenseClient()
    client.call("update_agent", agent_id=AGENT3, routing_status="not_accepting_chats")
    error = client.expect_error("transfer_chat", chat_id=CHAT, target={"type": "group", "ids": [2]})

    assert error == "validation: no agent of group 2 can take the chat"
