"""Events, properties, tags and users of chats in v3.6."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from support.independent_client import Client
from support.sample_ids import (
    AGENT1,
    AGENT2,
    BOT,
    CHAT,
    CLOSED_CHAT,
    CUSTOMER,
    EVENT,
    RICH_MESSAGE,
    THREAD,
)

Connect = Callable[..., Client]
IDS = {"chat_id": CHAT, "thread_id": THREAD}
MESSAGE = {"type": "message", "text": "hi"}
BUTTON = {"text": "Yes", "postback_id": "yes"}


def last_event(agent: Client) -> dict[str, Any]:
    """Return the last event of the sample thread."""
    events: list[dict[str, Any]] = agent.result("get_chat", chat_id=CHAT)["thread"]["events"]
    return events[-1]


@pytest.mark.parametrize(
    ("event", "added"),
    [
        (MESSAGE, {}),
        ({**MESSAGE, "visibility": "agents", "custom_id": "c-1"}, {}),
        ({**MESSAGE, "properties": {"test": {"int_property": 1}}}, {}),
        ({**MESSAGE, "text": "ä" * 8192}, {}),
        (
            {**MESSAGE, "postback": {"id": "a", "thread_id": THREAD, "event_id": EVENT}},
            {},
        ),
        (
            {"type": "file", "url": "https://cdn.example.com/a/kettle.png"},
            {"name": "kettle.png", "content_type": "image/png", "size": 1024},
        ),
        ({"type": "rich_message", "template_id": "sticker"}, {}),
        (
            {"type": "rich_message", "template_id": "cards", "elements": [{"buttons": [BUTTON]}]},
            {"elements": [{"buttons": [{**BUTTON, "user_ids": []}]}]},
        ),
        (
            {
                "type": "form",
                "form_id": "1",
                "fields": [{"type": "name", "id": "1", "label": "Name"}],
            },
            {},
        ),
        (
            {
                "type": "filled_form",
                "form_id": "1",
                "fields": [{"type": "name", "id": "1", "label": "Name", "answer": "A"}],
            },
            {},
        ),
        ({"type": "custom", "content": {"a": [1]}}, {}),
        ({"type": "custom"}, {}),
    ],
)
def test_an_event_is_sent(agent: Client, event: dict[str, Any], added: dict[str, Any]) -> None:
    """The response has its ID only; the push and the thread have the whole event."""
    agent.drain()
    event_id = agent.result("send_event", chat_id=CHAT, event={**event, "unknown": 1})["event_id"]
    [(name, push)] = agent.drain()
    created_at = push["event"].pop("created_at")

    assert name == "incoming_event"
    expected = {"visibility": "all", **event, **added, "author_id": AGENT1, "id": event_id}
    assert push == {**IDS, "event": expected}
    assert last_event(agent) == {**expected, "created_at": created_at}


def test_sending_marks_events_as_seen(agent: Client) -> None:
    """The requester has seen everything up to the new event."""
    agent.result("send_event", chat_id=CHAT, event=MESSAGE)
    users = agent.result("get_chat", chat_id=CHAT)["users"]
    [requester] = [user for user in users if user["id"] == AGENT1]

    assert requester["events_seen_up_to"] == last_event(agent)["created_at"]


def test_events_are_in_order(agent: Client) -> None:
    """created_at increases with each event, however quickly they come."""
    for _ in range(5):
        agent.send_request("send_event", {"chat_id": CHAT, "event": MESSAGE})
    agent.drain()
    times = [
        each["created_at"] for each in agent.result("get_chat", chat_id=CHAT)["thread"]["events"]
    ]

    assert times == sorted(set(times))
    assert len(times) == 9


def test_a_system_message_has_no_author(agent: Client) -> None:
    """Its type is free."""
    event = {"type": "system_message", "system_message_type": "own", "text": "x"}
    agent.result("send_event", chat_id=CHAT, event=event)

    assert last_event(agent).items() >= event.items()
    assert "author_id" not in last_event(agent)


def test_a_preview_is_not_stored(agent: Client) -> None:
    """Agents get no push of it."""
    before = last_event(agent)

    assert agent.push_names("send_event_preview", chat_id=CHAT, event=MESSAGE) == []
    assert last_event(agent) == before


def test_a_supervisor_sends_to_agents_only(agent: Client, connect_as: Connect) -> None:
    """A user of visibility agents may not send to all; v3.0 refuses it, too."""
    hidden, hidden_in_3_0 = connect_as("agent2"), connect_as("agent2", "3.0")
    agent.result(
        "add_user_to_chat", chat_id=CHAT, user_id=AGENT2, user_type="agent", visibility="agents"
    )
    whisper = {**MESSAGE, "visibility": "agents"}

    assert hidden.error_type("send_event", chat_id=CHAT, event=MESSAGE) == "authorization"
    assert hidden.error_type("send_event_preview", chat_id=CHAT, event=MESSAGE) == "authorization"
    assert hidden_in_3_0.error_type("send_event", chat_id=CHAT, event=MESSAGE) == "authorization"
    hidden.result("send_event", chat_id=CHAT, event=whisper)
    assert last_event(agent)["visibility"] == "agents"


def test_a_button_is_pressed(agent: Client) -> None:
    """The push has what the request says; event_updated has who pressed it."""
    postback = {
        "id": "action_yes",
        "toggled": True,
        "button_type": "message",
        "ecommerce": {"product_id": "p", "quantity": 1},
    }
    pushes = agent.pushes_of(
        "send_rich_message_postback", **IDS, event_id=RICH_MESSAGE, postback=postback
    )

    assert pushes[0] == (
        "incoming_rich_message_postback",
        {"user_id": AGENT1, **IDS, "event_id": RICH_MESSAGE, "postback": postback},
    )
    assert pushes[1][0] == "event_updated"
    assert pushes[1][1]["event"]["elements"][0]["buttons"][0]["user_ids"] == [AGENT1]


@pytest.mark.parametrize(
    ("target", "ids"),
    [
        ("chat", {"id": CHAT}),
        ("thread", IDS),
        ("event", {**IDS, "event_id": EVENT}),
    ],
)
def test_properties_are_set_and_deleted(agent: Client, target: str, ids: dict[str, str]) -> None:
    """Values are bare everywhere; a push has only what changed; others stay."""
    value = {"test": {"string_property": "x", "int_property": 3}}
    names = {"test": ["int_property"]}
    keys = {"chat_id": CHAT, **{name: each for name, each in ids.items() if name != "id"}}
    updated = agent.pushes_of(f"update_{target}_properties", **ids, properties=value)
    deleted = agent.pushes_of(f"delete_{target}_properties", **ids, properties=names)

    assert updated == [(f"{target}_properties_updated", {**keys, "properties": value})]
    assert deleted == [(f"{target}_properties_deleted", {**keys, "properties": names})]
    chat = agent.result("get_chat", chat_id=CHAT)
    resources = {"chat": chat, "thread": chat["thread"], "event": chat["thread"]["events"][0]}
    properties = resources[target]["properties"]
    assert properties["test"] == {"string_property": "x"}
    assert properties["rating"] == {"score": 1, "comment": "Very good"}


def test_threads_are_tagged(agent: Client) -> None:
    """Tags are case-sensitive; removing a tag that is not there causes no push."""
    tagged = agent.pushes_of("tag_thread", **IDS, tag="Slow")
    assert tagged == [("thread_tagged", {**IDS, "tag": "Slow"})]
    assert agent.pushes_of("untag_thread", **IDS, tag="slow") == []
    assert agent.result("get_chat", chat_id=CHAT)["thread"]["tags"] == ["Slow"]
    untagged = agent.pushes_of("untag_thread", **IDS, tag="Slow")
    assert untagged == [("thread_untagged", {**IDS, "tag": "Slow"})]
    assert "tags" not in agent.result("get_chat", chat_id=CHAT)["thread"]


def test_users_are_added_with_a_visibility(agent: Client) -> None:
    """The push has the user, the reason and the requester."""
    user = {"user_id": BOT, "user_type": "agent", "visibility": "agents"}
    added, message = agent.pushes_of("add_user_to_chat", chat_id=CHAT, **user)

    assert added[0] == "user_added_to_chat"
    assert added[1].keys() == {"chat_id", "thread_id", "user", "reason", "requester_id"}
    assert (added[1]["user"]["id"], added[1]["user"]["visibility"]) == (BOT, "agents")
    assert message[1]["event"]["system_message_type"] == "agent_added"
    removed, message = agent.pushes_of(
        "remove_user_from_chat", chat_id=CHAT, user_id=BOT, user_type="agent"
    )
    assert removed == (
        "user_removed_from_chat",
        {**IDS, "user_id": BOT, "reason": "manual", "requester_id": AGENT1},
    )
    assert message[1]["event"]["system_message_type"] == "agent_removed"


def test_an_agent_may_enter_a_chat(connect_as: Connect) -> None:
    """ignore_requester_presence is the way in."""
    agent = connect_as("agent2")
    me = {"chat_id": CHAT, "user_id": AGENT2, "user_type": "agent", "visibility": "all"}

    assert agent.error_type("add_user_to_chat", **me) == "authorization"
    added, message = agent.pushes_of("add_user_to_chat", **me, ignore_requester_presence=True)
    assert added[0] == "user_added_to_chat"
    assert message[1]["event"]["system_message_type"] == "agent_joined"
    agent.result("send_event", chat_id=CHAT, event=MESSAGE)
    agent.result("remove_user_from_chat", chat_id=CHAT, user_id=AGENT2, user_type="agent")
    assert agent.error_type("send_event", chat_id=CHAT, event=MESSAGE) == "authorization"


def test_a_customer_joins_a_chat_without_one(agent: Client) -> None:
    """A banned customer may not."""
    chat_id = agent.result("start_chat")["chat_id"]
    user = {"user_id": CUSTOMER, "user_type": "customer", "visibility": "all"}
    names = agent.push_names("add_user_to_chat", chat_id=chat_id, **user)
    assert names == ["user_added_to_chat", "incoming_event"]

    agent.result("ban_customer", id=CUSTOMER, ban={"days": 1})
    other = agent.result("start_chat")["chat_id"]
    assert agent.error_type("add_user_to_chat", chat_id=other, **user) in (
        "authorization",
        "validation",
    )


def test_a_user_can_be_removed_from_a_closed_chat(agent: Client) -> None:
    """The push has no thread then."""
    [(name, push)] = agent.pushes_of(
        "remove_user_from_chat", chat_id=CLOSED_CHAT, user_id=AGENT1, user_type="agent"
    )

    assert name == "user_removed_from_chat"
    assert "thread_id" not in push


def test_indicators_go_to_the_other_agents(agent: Client, connect_as: Connect) -> None:
    """No connection of the author gets them."""
    second, member = connect_as(), connect_as("agent2")
    agent.result(
        "add_user_to_chat", chat_id=CHAT, user_id=AGENT2, user_type="agent", visibility="all"
    )
    for client in (agent, second, member):
        client.drain()
    agent.result("send_typing_indicator", chat_id=CHAT, is_typing=True, visibility="agents")
    agent.result("send_thinking_indicator", chat_id=CHAT, title="T", custom_id="c")

    assert (agent.drain(), second.drain()) == ([], [])
    (typing, indicator), (thinking, payload) = member.drain()
    assert (typing, thinking) == ("incoming_typing_indicator", "incoming_thinking_indicator")
    assert indicator.keys() == {"chat_id", "thread_id", "typing_indicator"}
    assert (
        indicator["typing_indicator"].items()
        >= {
            "author_id": AGENT1,
            "visibility": "agents",
            "is_typing": True,
        }.items()
    )
    assert payload.keys() == {
        *IDS, "author_id", "sent_at", "title", "custom_id"
    }  # fmt: skip


def test_an_active_thread_is_summarized(agent: Client) -> None:
    """The summary comes as a system event and as a push, later, without request_id."""
    for _ in range(2):
        agent.result("request_thread_summary", **IDS)
        event = agent.wait_for_push("incoming_event")
        summary = agent.wait_for_push("thread_summary_set")
        assert "request_id" not in event
        assert "request_id" not in summary
    details = json.loads(event["payload"]["event"]["details"])
    stored = agent.result("get_chat", chat_id=CHAT)["thread"]["summary"]

    assert (
        event["payload"]["event"].items()
        >= {
            "type": "system",
            "source": "messaging",
            "subtype": "summary",
            "version": 1,
        }.items()
    )
    assert details == {
        "summary": {"text": stored["text"], "status": "ok"},
        "requested_by": AGENT1,
    }
    assert summary["payload"] == {**IDS, "summary": stored}


def test_a_closed_thread_is_summarized_once(connect_as: Connect) -> None:
    """The requester gets the push, although it is not in the chat."""
    agent = connect_as("agent2")
    ids = {"chat_id": CLOSED_CHAT, "thread_id": "L1K3J5H7G9"}
    agent.result("request_thread_summary", **ids)

    assert agent.wait_for_push("thread_summary_set")["payload"].items() >= ids.items()
    assert agent.error_type("request_thread_summary", **ids) == "validation"


def test_a_summary_of_nothing_fails(agent: Client) -> None:
    """A thread without messages brings incoming_error."""
    ids = agent.result("start_chat")
    agent.result("request_thread_summary", **ids)

    error = agent.wait_for_push("incoming_error")["payload"]
    assert error == {"action": "set_thread_summary", **ids}


def test_events_are_marked_as_seen(agent: Client) -> None:
    """The push and the chat's user have the time, in UTC."""
    [(name, push)] = agent.pushes_of(
        "mark_events_as_seen", chat_id=CHAT, seen_up_to="2026-05-04T10:31:00+01:00"
    )
    users = agent.result("get_chat", chat_id=CHAT)["users"]
    [requester] = [user for user in users if user["id"] == AGENT1]

    assert name == "events_marked_as_seen"
    assert push == {
        "user_id": AGENT1,
        "chat_id": CHAT,
        "seen_up_to": "2026-05-04T09:31:00.000000Z",
    }
    assert requester["events_seen_up_to"] == push["seen_up_to"]
