"""Chats of v3.6: start, resume, deactivate, follow and transfer."""

from collections.abc import Callable
from typing import Any

import pytest
from support.independent_client import Client
from support.sample_ids import (
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
)

Connect = Callable[..., Client]
USERS = [{"id": CUSTOMER, "type": "customer"}]
MESSAGE = {"type": "message", "text": "hi", "custom_id": "c"}


def present_users(agent: Client, chat_id: str) -> dict[str, str]:
    """Return the visibility of each present user of a chat."""
    users = agent.result("get_chat", chat_id=chat_id)["users"]
    return {user["id"]: user["visibility"] for user in users if user["present"]}


def test_a_chat_starts_with_its_initial_data(agent: Client) -> None:
    """Users, access, properties and events are those of the request; the rest is default."""
    chat = {
        "users": [*USERS, {"id": AGENT2, "type": "agent"}, {"id": AGENT1, "type": "agent"}],
        "access": {"group_ids": [1]},
        "properties": {"test": {"string_property": "x"}},
        "thread": {"events": [MESSAGE, {"type": "system_message", "system_message_type": "own"}]},
    }
    [(name, push), _, *_] = agent.pushes_of("start_chat", chat=chat, continuous=True)
    started = push["chat"]
    shown = agent.result("get_chat", chat_id=started["id"])

    assert (name, push["requester_id"]) == ("incoming_chat", AGENT1)
    assert shown == started
    assert present_users(agent, started["id"]) == {CUSTOMER: "all", AGENT1: "all", AGENT2: "all"}
    assert started["access"] == started["thread"]["access"] == {"group_ids": [1]}
    assert started["properties"] == {
        "test": {"string_property": "x"},
        "routing": {"continuous": True},
    }
    events = started["thread"]["events"]
    assert [(each["type"], each.get("author_id")) for each in events] == [
        ("message", AGENT1),
        ("system_message", None),
    ]
    assert all(each["visibility"] == "all" for each in events)
    assert started["is_followed"] is False


def test_the_response_has_ids_only(agent: Client) -> None:
    """event_ids names the events of users, and is absent without initial events."""
    plain = agent.result("start_chat")
    events = [MESSAGE, {"type": "system_message", "system_message_type": "own"}]
    chat = agent.result("start_chat", chat={"thread": {"events": events}})

    assert plain.keys() == {"chat_id", "thread_id"}
    assert chat["event_ids"] == [f"{chat['thread_id']}_1"]


def test_a_chat_may_start_inactive(agent: Client) -> None:
    """active: false creates an inactive thread, so that nothing can be sent to it."""
    chat_id = agent.result("start_chat", active=False)["chat_id"]

    assert agent.result("get_chat", chat_id=chat_id)["thread"]["active"] is False
    assert agent.error_type("send_event", chat_id=chat_id, event=MESSAGE) == "chat_inactive"


def test_a_customer_may_have_a_second_chat_if_it_is_continuous(agent: Client) -> None:
    """get_customer lists both."""
    first = agent.result("start_chat", chat={"users": USERS})["chat_id"]
    assert agent.error_type("start_chat", chat={"users": USERS}) == "validation"
    second = agent.result("start_chat", chat={"users": USERS}, continuous=True)["chat_id"]

    assert agent.result("get_customer", id=CUSTOMER)["chat_ids"] == [first, second]


def test_resuming_opens_a_new_thread(agent: Client) -> None:
    """Access becomes that of all agents by default; the previous thread is named."""
    [(name, push), *_] = agent.pushes_of(
        "resume_chat", chat={"id": CLOSED_CHAT, "thread": {"events": [MESSAGE]}}
    )
    new_thread = push["chat"]["thread"]

    assert (name, push["chat"]["id"], new_thread["active"]) == ("incoming_chat", CLOSED_CHAT, True)
    assert new_thread["previous_thread_id"] == "L1K3J5H7G9"
    assert "next_thread_id" not in new_thread
    assert push["chat"]["access"] == {"group_ids": [0]}
    found = agent.result("list_threads", chat_id=CLOSED_CHAT)["threads"]
    assert found[1]["next_thread_id"] == new_thread["id"]


def test_deactivating_closes_the_thread(agent: Client, connect_as: Connect) -> None:
    """A system message comes first; agents with access get the key change only."""
    outsider = connect_as("agent2")
    agent.drain()
    pushes = agent.pushes_of("deactivate_chat", id=CHAT)

    assert [name for name, _ in pushes] == ["incoming_event", "chat_deactivated"]
    assert pushes[0][1]["event"]["system_message_type"] == "manual_archived_agent"
    assert pushes[1][1] == {"chat_id": CHAT, "thread_id": THREAD, "user_id": AGENT1}
    assert [name for name, _ in outsider.drain()] == ["chat_deactivated"]
    assert agent.error_type("deactivate_chat", id=CHAT) == "chat_inactive"


@pytest.mark.parametrize("action", ["deactivate_chat", "transfer_chat"])
def test_presence_can_be_ignored(agent: Client, action: str) -> None:
    """ignore_requester_presence permits it to an agent with access."""
    assert agent.error_type(action, id=GROUP2_CHAT) == "authorization"
    names = agent.push_names(
        action, id=GROUP2_CHAT, ignore_requester_presence=True, **_forced(action)
    )
    assert names[-1 if action == "deactivate_chat" else 0] in (
        "chat_deactivated",
        "chat_transferred",
    )


def _forced(action: str) -> dict[str, Any]:
    return {"ignore_agents_availability": True} if action == "transfer_chat" else {}


def test_a_follower_gets_everything_until_the_chat_is_unfollowed(
    agent: Client, connect_as: Connect
) -> None:
    """chat_unfollowed goes to all connections of the agent."""
    member, second = connect_as("agent3"), connect_as()
    member.drain()
    [(name, push)] = agent.pushes_of("follow_chat", id=GROUP2_CHAT)
    assert (name, push["chat"]["is_followed"]) == ("incoming_chat", True)
    assert agent.push_names("follow_chat", id=GROUP2_CHAT) == []
    member.result("send_event", chat_id=GROUP2_CHAT, event=MESSAGE)
    assert [name for name, _ in agent.drain()] == ["incoming_event"]

    second.drain()
    assert agent.result("unfollow_chat", id=GROUP2_CHAT) == {"chat_id": GROUP2_CHAT}
    expected = [("chat_unfollowed", {"chat_id": GROUP2_CHAT})]
    assert (agent.drain(), second.drain()) == (expected, expected)
    member.result("send_event", chat_id=GROUP2_CHAT, event=MESSAGE)
    assert agent.drain() == []
    assert agent.push_names("unfollow_chat", id=GROUP2_CHAT) == []


def test_following_ends_with_a_new_thread(agent: Client, connect_as: Connect) -> None:
    """When the chat is reactivated, its followers are gone."""
    member = connect_as("agent3")
    agent.result("follow_chat", id=GROUP2_CHAT)
    member.result("deactivate_chat", id=GROUP2_CHAT)
    member.result("resume_chat", chat={"id": GROUP2_CHAT})

    assert agent.result("get_chat", chat_id=GROUP2_CHAT)["is_followed"] is False


def test_a_transfer_to_a_group(agent: Client, connect_as: Connect) -> None:
    """The gaining agent is shown the chat and where it came from."""
    gaining = connect_as("agent3")
    agent.drain()
    pushes = agent.pushes_of("transfer_chat", id=CHAT, target={"type": "group", "ids": [2]})

    assert [name for name, _ in pushes] == [
        "chat_transferred",
        "chat_access_updated",
        "user_removed_from_chat",
        "user_added_to_chat",
        "incoming_event",
    ]
    assert pushes[0][1] == {
        "chat_id": CHAT,
        "thread_id": THREAD,
        "requester_id": AGENT1,
        "reason": "manual",
        "transferred_to": {"group_ids": [2], "agent_ids": [AGENT3]},
    }
    assert pushes[1][1] == {"id": CHAT, "access": {"group_ids": [2]}}
    received = dict(gaining.drain())
    assert received["incoming_chat"]["transferred_from"] == {
        "group_ids": [0],
        "agent_ids": [AGENT1],
    }
    assert received["user_added_to_chat"]["reason"] == "manual"
    assert received["user_added_to_chat"]["requester_id"] == AGENT1


def test_a_transfer_without_an_agent_queues_the_chat(agent: Client, connect_as: Connect) -> None:
    """The chat has a place in the queue until an agent joins; chats behind it move up."""
    target = {"type": "group", "ids": [3]}
    owner = connect_as("supervisor")
    owner.result("set_routing_status", status="not_accepting_chats")
    owner.drain()
    for chat_id in (CHAT, GROUP2_CHAT):
        agent.result(
            "transfer_chat",
            id=chat_id,
            target=target,
            ignore_agents_availability=True,
            ignore_requester_presence=True,
        )
    transferred = [each for name, each in owner.drain() if name == "chat_transferred"]
    queues = [each["queue"] for each in transferred]
    assert [queue["position"] for queue in queues] == [1, 2]
    assert all(queue.keys() == {"position", "wait_time", "queued_at"} for queue in queues)
    assert all(each["transferred_to"]["agent_ids"] == [] for each in transferred)
    assert owner.result("get_chat", chat_id=CHAT)["thread"]["queue"] == queues[0]

    names = owner.pushes_of(
        "add_user_to_chat",
        chat_id=CHAT,
        user_id=SUPERVISOR,
        user_type="agent",
        visibility="all",
        ignore_requester_presence=True,
    )
    moved = dict(names)["queue_positions_updated"]
    assert [(each["chat_id"], each["queue"]["position"]) for each in moved] == [(GROUP2_CHAT, 1)]
    assert "queue" not in owner.result("get_chat", chat_id=CHAT)["thread"]


def test_a_waiting_chat_is_assigned(agent: Client, connect_as: Connect) -> None:
    """The first agent with access who accepts chats gets it; the router has no requester."""
    target = {"type": "group", "ids": [3]}
    owner = connect_as("supervisor")
    owner.result("set_routing_status", status="not_accepting_chats")
    agent.result("transfer_chat", id=CHAT, target=target, ignore_agents_availability=True)
    owner.drain()
    connect_as("agent4")
    pushes = dict(owner.drain())

    assert pushes["chat_transferred"] == {
        "chat_id": CHAT,
        "thread_id": THREAD,
        "reason": "assigned",
        "transferred_to": {"group_ids": [3], "agent_ids": [AGENT4]},
    }
    assert "queue" not in owner.result("get_chat", chat_id=CHAT)["thread"]


def test_a_transfer_to_an_agent_needs_access(agent: Client, connect_as: Connect) -> None:
    """A target that is not in the chat's groups is refused; others get the chat."""
    connect_as("agent4")
    chat_id = agent.result("start_chat", chat={"access": {"group_ids": [1]}})["chat_id"]

    target = {"type": "agent", "ids": [AGENT4]}
    assert agent.error_type("transfer_chat", id=chat_id, target=target) == "missing_access"
    agent.result("transfer_chat", id=chat_id, target={"type": "agent", "ids": [AGENT2]})
    assert present_users(agent, chat_id) == {AGENT2: "all"}
