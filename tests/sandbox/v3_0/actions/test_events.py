"""Events: the thread that gets an event, and the event's fields."""

from typing import Any

import pytest
from support.license_client import (
    AGENT1,
    AGENT3,
    CHAT,
    CLOSED_CHAT,
    CUSTOMER_OF_CLOSED_CHAT,
    GROUP2_CHAT,
    THREAD,
    LicenseClient,
    normal_agent,
    push_names,
)

MESSAGE = {"type": "message", "text": "hi"}


def test_the_server_adds_fields_to_an_event() -> None:
    """The server sets id, order, timestamp and author_id; recipients has a default."""
    client = LicenseClient()
    response = client.call("send_event", chat_id=CHAT, event=MESSAGE).payload
    now = client.call("update_last_seen_timestamp", chat_id=CHAT).payload["timestamp"]

    assert response == {
        "thread_id": THREAD,
        "event": {
            "id": f"{THREAD}_5",
            "order": 5,
            "timestamp": now,
            "author_id": AGENT1,
            "recipients": "all",
            **MESSAGE,
        },
    }


def test_an_active_thread_gets_the_event() -> None:
    """The push has the event of the response and is sent to the members."""
    result = LicenseClient().call(
        "send_event", chat_id=CHAT, event=MESSAGE, attach_to_last_thread=True
    )
    [delivery] = result.deliveries

    assert delivery.name == "incoming_event"
    assert delivery.payload == {"chat_id": CHAT, **result.payload}
    assert delivery.agent_ids == {AGENT1}


def test_without_an_active_thread_a_new_one_is_opened() -> None:
    """The push is incoming_chat_thread, which contains the event."""
    client = LicenseClient()
    result = client.call("send_event", chat_id=CLOSED_CHAT, event=MESSAGE)
    [delivery] = result.deliveries
    thread = delivery.payload["chat"]["thread"]

    assert delivery.name == "incoming_chat_thread"
    assert (thread["id"], thread["order"]) == (result.payload["thread_id"], 3)
    assert thread["events"] == [result.payload["event"]]
    assert client.fetch_thread(CLOSED_CHAT, thread["id"])["active"] is True


def test_an_event_may_be_attached_to_the_last_thread() -> None:
    """attach_to_last_thread appends to the closed thread, which stays closed."""
    client = LicenseClient()
    result = client.call(
        "send_event", chat_id=CLOSED_CHAT, event=MESSAGE, attach_to_last_thread=True
    )

    assert result.payload["thread_id"] == "L1K3J5H7G9"
    assert push_names(result.deliveries) == ["incoming_event"]
    assert client.fetch_thread(CLOSED_CHAT, "L1K3J5H7G9")["active"] is False


@pytest.mark.parametrize("attach", [True, False])
def test_an_active_thread_may_be_required(attach: bool) -> None:
    """require_active_thread rejects a closed chat, even with attach_to_last_thread."""
    flags = {"require_active_thread": True, "attach_to_last_thread": attach}
    error = LicenseClient().expect_error("send_event", chat_id=CLOSED_CHAT, event=MESSAGE, **flags)

    assert error == f"validation: chat {CLOSED_CHAT} has no active thread"


def test_an_annotation_does_not_open_a_thread() -> None:
    """An annotation is added to the last thread, active or not."""
    annotation = {"type": "annotation", "annotation_type": "rating", "text": "good"}
    result = LicenseClient().call("send_event", chat_id=CLOSED_CHAT, event=annotation)

    assert result.payload["thread_id"] == "L1K3J5H7G9"
    assert push_names(result.deliveries) == ["incoming_event"]


def test_an_author_becomes_an_absent_user() -> None:
    """An author who is not a user of the chat is added once, as not present."""
    client = LicenseClient()
    first = client.call("send_event", chat_id=GROUP2_CHAT, event=MESSAGE).deliveries
    second = client.push_names("send_event", chat_id=GROUP2_CHAT, event=MESSAGE)

    assert push_names(first) == ["chat_user_added", "incoming_event"]
    assert (first[0].payload["user"]["id"], first[0].payload["user"]["present"]) == (AGENT1, False)
    assert first[1].agent_ids == {AGENT3}
    assert second == ["incoming_event"]


def test_a_banned_customers_chat_is_not_reopened() -> None:
    """An event does not open a thread for a banned customer."""
    client = LicenseClient()
    client.call("ban_customer", customer_id=CUSTOMER_OF_CLOSED_CHAT, ban={"days": 1})
    error = client.expect_error("send_event", chat_id=CLOSED_CHAT, event=MESSAGE)

    assert error == f"authorization: customer {CUSTOMER_OF_CLOSED_CHAT} is banned"
    assert len(client.fetch_chat(CLOSED_CHAT)["threads_summary"]) == 2


def test_attaching_requires_access_to_the_thread() -> None:
    """Attaching an event to a thread without access is rejected with authorization."""
    agent = normal_agent("chats.conversation--access:rw")
    owner = LicenseClient(agent.license, "supervisor@example.com", connection=2)
    owner.call("set_access", resource="chat", id=GROUP2_CHAT, access={"type": "group", "id": 3})
    owner.call("close_thread", chat_id=GROUP2_CHAT)
    owner.call("set_access", resource="chat", id=GROUP2_CHAT, access={"type": "group", "id": 1})
    error = agent.expect_error(
        "send_event", chat_id=GROUP2_CHAT, event=MESSAGE, attach_to_last_thread=True
    )

    assert error.startswith("authorization: the token's scopes do not cover thread")


@pytest.mark.parametrize(
    ("event", "message"),
    [
        ({}, "an event requires a type"),
        ({"type": "dance"}, "event.type must be"),
        ({"type": "message"}, "requires text"),
        ({"type": "message", "text": 1}, "event.text must be a string"),
        ({"type": "message", "text": "é" * 8193}, "event.text must be at most 16 KB"),
        ({"type": "message", "text": "a", "recipients": "some"}, "event.recipients must be"),
        ({"type": "message", "text": "a", "postback": {"id": "b"}}, "event.postback requires"),
        ({"type": "message", "text": "a", "properties": {"x": {"y": 1}}}, "namespace x not found"),
        ({"type": "annotation"}, "requires annotation_type"),
        ({"type": "rich_message", "template_id": "cards"}, "event.elements must have 1 to 10"),
    ],
)
def test_an_invalid_event_is_rejected(event: dict[str, Any], message: str) -> None:
    """The error names the missing or invalid member, and nothing is added."""
    client = LicenseClient()
    before = client.fetch_chat(CLOSED_CHAT)
    error = client.expect_error("send_event", chat_id=CLOSED_CHAT, event=event)

    assert error.startswith("validation: ")
    assert message in error
    assert client.fetch_chat(CLOSED_CHAT) == before


def test_a_text_of_exactly_16_kb_is_accepted() -> None:
    """The limit is in bytes of UTF-8 and inclusive."""
    event = {"type": "message", "text": "é" * 8192}
    assert LicenseClient().push_names("send_event", chat_id=CHAT, event=event) == ["incoming_event"]
