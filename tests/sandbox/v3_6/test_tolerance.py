"""What v3.6 accepts because its documents contradict each other, or leave a choice."""

from typing import Any

import pytest
from support.independent_client import Client
from support.sample_ids import (
    AGENT1,
    CHAT,
    CUSTOMER,
    RICH_MESSAGE,
    THREAD,
)

MESSAGE = {"type": "message", "text": "hi"}
POSTBACK = {"id": "action_yes", "toggled": True}
RICH_MESSAGE_IDS = {"chat_id": CHAT, "thread_id": THREAD, "event_id": RICH_MESSAGE}


def archive(**filters: Any) -> tuple[str, dict[str, Any]]:
    """Return a request for the archives."""
    return "list_archives", {"filters": filters}


def button(**fields: Any) -> tuple[str, dict[str, Any]]:
    """Return a request that sends a card with one button."""
    card = {"title": "Card", "buttons": [{"text": "Yes", "postback_id": "yes", **fields}]}
    event = {"type": "rich_message", "template_id": "cards", "elements": [card]}
    return "send_event", {"chat_id": CHAT, "event": event}


def press(**postback: Any) -> tuple[str, dict[str, Any]]:
    """Return a request that presses a button."""
    return "send_rich_message_postback", {**RICH_MESSAGE_IDS, "postback": {**POSTBACK, **postback}}


def multicast_to(group_id: Any) -> tuple[str, dict[str, Any]]:
    """Return a request that sends to a group."""
    return "multicast", {"recipients": {"agents": {"groups": [group_id]}}, "content": 1}


ACCEPTED: list[tuple[str, tuple[str, dict[str, Any]]]] = [
    ("B1 the form of RTM", archive(forms=[{"type": "pre_chat", "answer_id": "1"}])),
    ("B1 the form of the Web", archive(forms=[{"exists": True, "groups": {"values": [1]}}])),
    ("B1 the former name", archive(surveys={"type": "prechat", "exists": True})),
    ("B4 a string", multicast_to("1")),
    ("B4 an integer", multicast_to(1)),
    ("B6 type and value", button(type="message", value="yes", user_ids=[])),
    ("B6 neither", button()),
    ("B6 a misplaced height", button(type="phone", value="+1", webview_height="tall")),
    ("B7 any type", press(button_type="postback", button_value="x")),
    ("B14 sales", archive(sales={"values": [1, "2"]})),
    ("B14 goals", archive(goals={"values": [1, "2"]})),
    ("B15 several members", archive(greetings={"values": [1], "groups": {"values": [2]}})),
    (
        "C15 the id of a group_chooser's answer",
        (
            "send_event",
            {
                "chat_id": CHAT,
                "event": {
                    "type": "form",
                    "form_id": "1",
                    "fields": [
                        {
                            "type": "group_chooser",
                            "id": "1",
                            "label": "Which?",
                            "options": [{"id": 1, "group_id": 1, "label": "One"}],
                        }
                    ],
                },
            },
        ),
    ),
    (
        "D10 attach_to_last_thread",
        ("send_event", {"chat_id": CHAT, "event": MESSAGE, "attach_to_last_thread": True}),
    ),
    (
        "D12 in an active chat",
        ("update_customer", {"id": CUSTOMER, "session_fields": [{"a": "b"}]}),
    ),
    ("E2 push_notifications", ("set_away_status", {"away": False, "push_notifications": {}})),
    (
        "a user who is named twice",
        ("start_chat", {"chat": {"users": [{"id": AGENT1, "type": "agent"}] * 2}}),
    ),
    (
        "an unknown member",
        ("tag_thread", {"chat_id": CHAT, "thread_id": THREAD, "tag": "a", "note": 1}),
    ),
    ("an unknown group of a filter", ("list_chats", {"filters": {"group_ids": [0, 999]}})),
    ("a null filter", ("list_chats", {"filters": {"active": None}})),
]


@pytest.fixture(scope="module")
def client(connect_to_shared: Any) -> Client:
    """Log the first agent in to a sandbox of all tests of this module."""
    logged_in: Client = connect_to_shared()
    return logged_in


@pytest.mark.parametrize(
    ("action", "payload"), [each for _, each in ACCEPTED], ids=[name for name, _ in ACCEPTED]
)
def test_a_request_is_accepted(client: Client, action: str, payload: dict[str, Any]) -> None:
    """It succeeds, in each of the forms that the documents show."""
    client.result(action, **payload)


REFUSED: list[tuple[str, tuple[str, dict[str, Any]]]] = [
    ("B3 product_id is required", press(ecommerce={"quantity": 1})),
    ("B5 two kinds of filters", archive(properties={"a": {"b": {"exists": True, "values": [1]}}})),
    ("B6 a type without a value", button(type="message")),
    ("B12 a limit below one", ("subscribe_customers", {"limit": 0})),
    ("B12 no days", ("ban_customer", {"id": CUSTOMER, "ban": {"days": 0}})),
    ("B15 one list", archive(greetings={"values": [1], "exclude_values": [2]})),
    ("B15 agents", archive(agent_response={"groups": {"values": [1], "exclude_values": [2]}})),
    (
        "B16 names and values",
        ("delete_chat_properties", {"id": CHAT, "properties": {"test": {"int_property": 1}}}),
    ),
    ("B18 nothing to update", ("update_customer", {"id": CUSTOMER})),
    ("B19 not a UUID", ("update_customer", {"id": "1", "name": "A"})),
    ("A2 close_active_thread", ("close_active_thread", {"chat_id": CHAT})),
    ("D8 follow_customer", ("follow_customer", {"id": CUSTOMER})),
    ("E2 change_push_notifications", ("change_push_notifications", {})),
    ("E5 send_message_preview", ("send_message_preview", {"chat_id": CHAT})),
    ("D22 a method of 3.0", ("get_chats_summary", {})),
]


@pytest.mark.parametrize(
    ("action", "payload"), [each for _, each in REFUSED], ids=[name for name, _ in REFUSED]
)
def test_a_request_is_not_valid(client: Client, action: str, payload: dict[str, Any]) -> None:
    """It fails with validation where the documents are clear."""
    assert client.error_type(action, **payload) == "validation"
