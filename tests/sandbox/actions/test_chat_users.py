"""Chat users: adding, removing, routing status and being away."""

from typing import Any

import pytest
from asking import (
    AGENT1,
    AGENT2,
    AGENT3,
    AGENT4,
    CHAT,
    CLOSED_CHAT,
    CUSTOMER,
    OTHERS_CHAT,
    SUPERVISOR,
    THREAD,
    UNTAKEN_CHAT,
    Asker,
    normal,
)


def system_messages(asker: Asker, action: str, **payload: Any) -> list[str]:
    """Perform a request; name the system messages it wrote."""
    return [
        each.payload["event"]["system_message_type"]
        for each in asker.ask(action, payload).deliveries
        if each.push == "incoming_event"
    ]


@pytest.mark.parametrize(
    ("chat_id", "user_id", "messages"),
    [
        (CHAT, AGENT2, ["agent_added"]),
        (OTHERS_CHAT, AGENT1, ["agent_joined"]),
        (UNTAKEN_CHAT, AGENT1, []),  # it is the chat's first agent
        (UNTAKEN_CHAT, AGENT2, []),
        (CHAT, AGENT1, []),  # it takes part already
        (CLOSED_CHAT, AGENT2, []),  # no thread is active
    ],
)
def test_adding_an_agent_is_told_in_the_thread(
    chat_id: str, user_id: str, messages: list[str]
) -> None:
    """An added agent and one who joins have messages of their own; a chat's first has none."""
    found = system_messages(
        Asker(), "add_user_to_chat", chat_id=chat_id, user_id=user_id, user_type="agent"
    )
    assert found == messages


def test_an_added_agent_is_told_at_once() -> None:
    """chat_user_added shows the user, and goes to the new one too."""
    told = Asker().push("add_user_to_chat", chat_id=CHAT, user_id=AGENT2, user_type="agent")

    assert told.payload["user"]["id"] == AGENT2
    assert told.payload["user"]["present"] is True
    assert (told.payload["thread_id"], told.payload["user_type"]) == (THREAD, "agent")
    assert told.agents == {AGENT1, AGENT2}


def test_a_chat_has_one_customer_at_most() -> None:
    """The first customer may join a chat; a second is refused, and so is a second chat."""
    asker = Asker()
    chat_id = asker.ask("start_chat").answer["chat"]["id"]
    add = {"user_id": CUSTOMER, "user_type": "customer"}

    assert system_messages(asker, "add_user_to_chat", chat_id=chat_id, **add) == ["customer_added"]
    assert "has its customer already" in asker.refused("add_user_to_chat", chat_id=CHAT, **add)
    other_id = asker.ask("start_chat").answer["chat"]["id"]
    assert "has a chat already" in asker.refused("add_user_to_chat", chat_id=other_id, **add)


def test_a_banned_customer_cannot_be_added() -> None:
    """A customer who is banned joins no chat."""
    asker = Asker()
    chat_id = asker.ask("start_chat").answer["chat"]["id"]
    asker.ask("ban_customer", customer_id=CUSTOMER, ban={"days": 1})
    refusal = asker.refused(
        "add_user_to_chat", chat_id=chat_id, user_id=CUSTOMER, user_type="customer"
    )

    assert refusal == f"authorization: customer {CUSTOMER} is banned"


@pytest.mark.parametrize(
    ("user_id", "message"), [(AGENT1, "agent_left"), (AGENT2, "agent_removed")]
)
def test_removing_an_agent_is_told_in_the_thread(user_id: str, message: str) -> None:
    """An agent who leaves and one who is removed have messages of their own."""
    asker = Asker()
    asker.ask("add_user_to_chat", chat_id=CHAT, user_id=AGENT2, user_type="agent")
    remove = {"chat_id": CHAT, "user_id": user_id, "user_type": "agent"}

    assert system_messages(asker, "remove_user_from_chat", **remove) == [message]
    assert system_messages(asker, "remove_user_from_chat", **remove) == []


def test_a_removed_agent_is_told_so() -> None:
    """chat_user_removed goes to those who stay and to who goes; then the chat is silent to it."""
    asker = Asker()
    asker.ask("add_user_to_chat", chat_id=CHAT, user_id=AGENT2, user_type="agent")
    removed, message = asker.ask(
        "remove_user_from_chat", chat_id=CHAT, user_id=AGENT2, user_type="agent"
    ).deliveries

    assert removed.payload == {
        "chat_id": CHAT,
        "thread_id": THREAD,
        "user_id": AGENT2,
        "user_type": "agent",
    }
    assert removed.agents == {AGENT1, AGENT2}
    assert message.agents == {AGENT1}


def test_without_an_active_thread_the_push_names_none() -> None:
    """chat_user_removed of a closed chat has no thread_id."""
    told = Asker().push(
        "remove_user_from_chat", chat_id=CLOSED_CHAT, user_id=AGENT1, user_type="agent"
    )
    assert "thread_id" not in told.payload


def test_customers_cannot_be_removed() -> None:
    """Removing a customer is forbidden."""
    refusal = Asker().refused(
        "remove_user_from_chat", chat_id=CHAT, user_id=CUSTOMER, user_type="customer"
    )
    assert refusal == "validation: customers cannot be removed from a chat"


def test_agents_may_always_remove_themselves() -> None:
    """Removing oneself takes no scope; removing another does."""
    agent = normal("customers:ro")
    remove = {"chat_id": CHAT, "user_type": "agent"}

    assert agent.told("remove_user_from_chat", {**remove, "user_id": AGENT1}) == [
        "chat_user_removed",
        "incoming_event",
    ]
    refusal = agent.refused("remove_user_from_chat", {**remove, "user_id": AGENT2})
    assert refusal.startswith("authorization: ")


@pytest.mark.parametrize("action", ["add_user_to_chat", "remove_user_from_chat"])
def test_unknown_users_are_refused(action: str) -> None:
    """An agent who does not exist is refused with validation."""
    refusal = Asker().refused(action, chat_id=CHAT, user_id="x", user_type="agent")
    assert refusal == "validation: agent x not found"


def test_agents_set_their_own_routing_status() -> None:
    """Without agent_id it is the requester's; agents--my:rw suffices."""
    agent = normal("agents--my:rw")
    told = agent.push("update_agent", routing_status="not_accepting_chats")

    assert told.payload == {"agent_id": AGENT1, "routing_status": "not_accepting_chats"}


def test_anothers_routing_status_takes_a_wider_scope() -> None:
    """agents--all:rw reaches other agents, as long as they are logged in."""
    other = {"agent_id": AGENT2, "routing_status": "not_accepting_chats"}

    assert Asker().push("update_agent", other).payload == other
    assert "agents--all:rw" in normal("agents--my:rw").refused("update_agent", other)
    refusal = Asker().refused("update_agent", {**other, "agent_id": AGENT4})
    assert refusal == f"validation: agent {AGENT4} is not logged in"


def test_an_update_without_change_is_accepted() -> None:
    """update_agent without routing_status succeeds, and nobody hears of it."""
    assert Asker().ask("update_agent", agent_id=AGENT2) == ({}, [], False)


def test_who_may_read_agents_hears_of_their_status() -> None:
    """agent_updated goes to the agent and to those with agents--all:ro."""
    told = Asker().push("update_agent", agent_id=AGENT2, routing_status="not_accepting_chats")

    assert told.agents == {AGENT1, AGENT2, SUPERVISOR}


def test_an_agent_who_is_away_everywhere_accepts_no_chats() -> None:
    """Only when all connections are away the status changes; one that is back restores it."""
    first = Asker()
    second = Asker(first.licence, connection=2)

    assert first.told("set_away_status", away=True) == []
    [away] = second.ask("set_away_status", away=True).deliveries
    [back] = first.ask("set_away_status", away=False).deliveries
    assert away.payload["routing_status"] == "not_accepting_chats"
    assert back.payload["routing_status"] == "accepting_chats"
    assert first.told("set_away_status", away=False) == []


def test_an_agent_who_accepts_no_chats_stays_so() -> None:
    """Being away and back does not change the status of who accepted none before."""
    asker = Asker()
    asker.ask("update_agent", routing_status="not_accepting_chats")

    assert asker.told("set_away_status", away=True) == []
    assert asker.told("set_away_status", away=False) == []


def test_a_transfer_passes_over_who_accepts_no_chats() -> None:
    """Routing asks only agents who accept chats."""
    asker = Asker()
    asker.ask("update_agent", agent_id=AGENT3, routing_status="not_accepting_chats")
    refusal = asker.refused("transfer_chat", chat_id=CHAT, target={"type": "group", "ids": [2]})

    assert refusal == "validation: no agent of group 2 can take the chat"
