"""What v3.6 refuses, and with which error type; nothing is documented, so these are choices."""

from collections.abc import Callable
from typing import Any

import pytest
from support.independent_client import Client
from support.sample_ids import (
    AGENT1,
    AGENT2,
    AGENT4,
    CHAT,
    CLOSED_CHAT,
    CUSTOMER,
    CUSTOMER_OF_CLOSED_CHAT,
    EVENT,
    GROUP2_CHAT,
    GROUP2_THREAD,
    GROUP3_CHAT,
    GROUP3_THREAD,
    NOBODY,
    RICH_MESSAGE,
    SUPERVISOR,
    THREAD,
)

MESSAGE = {"type": "message", "text": "hi"}
LONG_MESSAGE = {"type": "message", "text": "ä" * 8193}
PROPERTIES = {"test": {"int_property": 1}}
NAMES = {"test": ["int_property"]}
NEW_USER = {"user_id": AGENT2, "user_type": "agent", "visibility": "all"}
USERS = [{"id": CUSTOMER, "type": "customer"}]
POSTBACK = {"id": "action_yes", "toggled": True}
KETTLE = {"query": "kettle"}


def thread(**fields: Any) -> dict[str, Any]:
    """Return the IDs of the sample thread, and other members."""
    return {"chat_id": CHAT, "thread_id": THREAD, **fields}


REFUSALS: list[tuple[str, str, dict[str, Any]]] = [
    # Unknown IDs.
    ("not_found", "get_chat", {"chat_id": "X"}),
    ("not_found", "get_chat", {"chat_id": CHAT, "thread_id": "X"}),
    ("not_found", "get_chat", {"chat_id": CHAT, "thread_id": GROUP2_THREAD}),
    ("not_found", "list_threads", {"chat_id": "X"}),
    ("not_found", "resume_chat", {"chat": {"id": "X"}}),
    ("not_found", "deactivate_chat", {"id": "X"}),
    ("not_found", "deactivate_chat", {"id": "X", "ignore_requester_presence": True}),
    ("not_found", "follow_chat", {"id": "X"}),
    ("not_found", "unfollow_chat", {"id": "X"}),
    ("not_found", "transfer_chat", {"id": "X"}),
    ("not_found", "transfer_chat", {"id": CHAT, "target": {"type": "group", "ids": [9]}}),
    ("not_found", "transfer_chat", {"id": CHAT, "target": {"type": "agent", "ids": ["x"]}}),
    ("not_found", "add_user_to_chat", {"chat_id": "X", **NEW_USER}),
    ("not_found", "add_user_to_chat", {"chat_id": CHAT, **NEW_USER, "user_id": "x"}),
    (
        "not_found",
        "remove_user_from_chat",
        {"chat_id": CHAT, "user_id": "x", "user_type": "agent"},
    ),
    ("not_found", "send_event", {"chat_id": "X", "event": MESSAGE}),
    ("not_found", "send_event_preview", {"chat_id": "X", "event": MESSAGE}),
    (
        "not_found",
        "send_rich_message_postback",
        thread(event_id="X", postback=POSTBACK),
    ),
    (
        "not_found",
        "send_rich_message_postback",
        thread(event_id=RICH_MESSAGE, postback={"id": "maybe", "toggled": True}),
    ),
    ("not_found", "update_chat_properties", {"id": "X", "properties": PROPERTIES}),
    ("not_found", "delete_chat_properties", {"id": "X", "properties": NAMES}),
    (
        "not_found",
        "update_thread_properties",
        {"chat_id": CHAT, "thread_id": "X", "properties": PROPERTIES},
    ),
    ("not_found", "update_event_properties", thread(event_id="X", properties=PROPERTIES)),
    ("not_found", "tag_thread", {"chat_id": CHAT, "thread_id": "X", "tag": "a"}),
    ("not_found", "untag_thread", {"chat_id": "X", "thread_id": THREAD, "tag": "a"}),
    ("not_found", "get_customer", {"id": NOBODY}),
    ("not_found", "update_customer", {"id": NOBODY, "name": "A"}),
    ("not_found", "ban_customer", {"id": NOBODY, "ban": {"days": 1}}),
    ("not_found", "subscribe_customers", {"group_ids": [9]}),
    ("not_found", "unsubscribe_customers", {"subscription_id": "0" * 32}),
    ("not_found", "set_routing_status", {"status": "accepting_chats", "agent_id": "x"}),
    ("not_found", "list_routing_statuses", {"filters": {"group_ids": [9]}}),
    ("not_found", "mark_events_as_seen", {"chat_id": "X", "seen_up_to": "2026-05-04T09:31:00Z"}),
    ("not_found", "multicast", {"recipients": {"agents": {"ids": ["x"]}}, "content": 1}),
    ("not_found", "multicast", {"recipients": {"agents": {"groups": [9]}}, "content": 1}),
    ("not_found", "multicast", {"recipients": {"agents": {"groups": ["one"]}}, "content": 1}),
    ("not_found", "list_agents_for_transfer", {"chat_id": "X"}),
    ("not_found", "request_thread_summary", {"chat_id": CHAT, "thread_id": "X"}),
    ("not_found", "start_chat", {"chat": {"users": [{"id": NOBODY, "type": "customer"}]}}),
    ("not_found", "start_chat", {"chat": {"users": [{"id": "x", "type": "agent"}]}}),
    ("not_found", "start_chat", {"chat": {"access": {"group_ids": [9]}}}),
    # Presence.
    ("authorization", "send_event", {"chat_id": GROUP2_CHAT, "event": MESSAGE}),
    ("authorization", "send_event_preview", {"chat_id": GROUP2_CHAT, "event": MESSAGE}),
    (
        "authorization",
        "send_event",
        {"chat_id": GROUP2_CHAT, "event": MESSAGE, "ignore_requester_presence": True},
    ),
    ("authorization", "deactivate_chat", {"id": GROUP2_CHAT}),
    ("authorization", "transfer_chat", {"id": GROUP2_CHAT}),
    ("authorization", "add_user_to_chat", {"chat_id": GROUP2_CHAT, **NEW_USER}),
    (
        "authorization",
        "remove_user_from_chat",
        {"chat_id": GROUP2_CHAT, "user_id": AGENT2, "user_type": "agent"},
    ),
    # An active thread.
    ("chat_inactive", "deactivate_chat", {"id": CLOSED_CHAT}),
    ("chat_inactive", "transfer_chat", {"id": CLOSED_CHAT}),
    ("chat_inactive", "send_event", {"chat_id": CLOSED_CHAT, "event": MESSAGE}),
    (
        "chat_inactive",
        "send_event",
        {"chat_id": CLOSED_CHAT, "event": MESSAGE, "attach_to_last_thread": True},
    ),
    ("chat_inactive", "send_event_preview", {"chat_id": CLOSED_CHAT, "event": MESSAGE}),
    ("chat_inactive", "add_user_to_chat", {"chat_id": CLOSED_CHAT, **NEW_USER}),
    ("chat_inactive", "send_typing_indicator", {"chat_id": CLOSED_CHAT, "is_typing": True}),
    ("chat_inactive", "send_thinking_indicator", {"chat_id": CLOSED_CHAT}),
    # Agents who cannot take part.
    ("agent_offline", "transfer_chat", {"id": CHAT, "target": {"type": "group", "ids": [3]}}),
    (
        "agent_offline",
        "transfer_chat",
        {"id": CHAT, "target": {"type": "agent", "ids": [SUPERVISOR]}},
    ),
    (
        "agent_offline",
        "set_routing_status",
        {"status": "accepting_chats", "agent_id": SUPERVISOR},
    ),
    (
        "missing_access",
        "add_user_to_chat",
        {"chat_id": GROUP2_CHAT, **NEW_USER, "ignore_requester_presence": True},
    ),
    (
        "missing_access",
        "start_chat",
        {"chat": {"access": {"group_ids": [1]}, "users": [{"id": AGENT4, "type": "agent"}]}},
    ),
    # States and combinations.
    ("validation", "resume_chat", {"chat": {"id": CHAT}}),
    ("validation", "unfollow_chat", {"id": CHAT}),
    (
        "validation",
        "start_chat",
        {"chat": {"users": [{"id": CUSTOMER_OF_CLOSED_CHAT, "type": "customer"}]}},
    ),
    (
        "validation",
        "start_chat",
        {
            "chat": {
                "users": [*USERS, {"id": CUSTOMER_OF_CLOSED_CHAT, "type": "customer"}],
            }
        },
    ),
    ("validation", "start_chat", {"chat": {"users": [{"id": AGENT2}]}}),
    (
        "validation",
        "start_chat",
        {"chat": {"thread": {"events": [{**MESSAGE, "author_id": AGENT2}]}}},
    ),
    (
        "validation",
        "start_chat",
        {"chat": {"thread": {"events": [{**MESSAGE, "visibility": "agents"}]}}},
    ),
    ("validation", "start_chat", {"chat": {"thread": {"events": [{"type": "message"}]}}}),
    ("validation", "start_chat", {"chat": {"properties": {"test": {"int_property": "1"}}}}),
    ("validation", "start_chat", {"chat": {"properties": {"test": {"no_property": 1}}}}),
    (
        "validation",
        "add_user_to_chat",
        {"chat_id": CHAT, "user_id": CUSTOMER, "user_type": "customer", "visibility": "agents"},
    ),
    (
        "validation",
        "add_user_to_chat",
        {"chat_id": CHAT, "user_id": CUSTOMER, "user_type": "customer", "visibility": "all"},
    ),
    ("validation", "add_user_to_chat", {"chat_id": CHAT, "user_id": AGENT2, "user_type": "agent"}),
    (
        "validation",
        "remove_user_from_chat",
        {"chat_id": CHAT, "user_id": CUSTOMER, "user_type": "customer"},
    ),
    ("validation", "transfer_chat", {"id": CHAT, "target": {"type": "group"}}),
    ("validation", "transfer_chat", {"id": CHAT, "target": {"type": "group", "ids": []}}),
    ("validation", "transfer_chat", {"id": CHAT, "target": {"type": "team", "ids": [1]}}),
    ("validation", "send_event", {"chat_id": CHAT, "event": LONG_MESSAGE}),
    ("validation", "send_event", {"chat_id": CHAT, "event": {"type": "message"}}),
    ("validation", "send_event", {"chat_id": CHAT, "event": {"type": "system", "details": "{}"}}),
    ("validation", "send_event", {"chat_id": CHAT, "event": {"type": "annotation", "text": "a"}}),
    ("validation", "send_event", {"chat_id": CHAT, "event": {"type": "rich_message"}}),
    ("validation", "send_event", {"chat_id": CHAT, "event": {"type": "file"}}),
    ("validation", "send_event", {"chat_id": CHAT, "event": {"type": "custom", "content": 1}}),
    (
        "validation",
        "send_event",
        {"chat_id": CHAT, "event": {**MESSAGE, "properties": {"test": {"int_property": {}}}}},
    ),
    ("validation", "send_event_preview", {"chat_id": CHAT, "event": {"type": "custom"}}),
    (
        "validation",
        "send_event_preview",
        {"chat_id": CHAT, "event": {**MESSAGE, "visibility": "agents"}},
    ),
    (
        "validation",
        "send_rich_message_postback",
        thread(event_id=RICH_MESSAGE, postback={**POSTBACK, "ecommerce": {}}),
    ),
    ("validation", "update_chat_properties", {"id": CHAT, "properties": {"x": {"y": 1}}}),
    (
        "validation",
        "update_chat_properties",
        {"id": CHAT, "properties": {"test": {"int_property": {"value": 1}}}},
    ),
    (
        "authorization",
        "update_chat_properties",
        {"id": CHAT, "properties": {"routing": {"unassigned": True}}},
    ),
    (
        "validation",
        "delete_event_properties",
        thread(event_id=EVENT, properties={"test": {"int_property": 1}}),
    ),
    ("validation", "update_customer", {"id": CUSTOMER}),
    ("validation", "update_customer", {"id": "x", "name": "A"}),
    ("validation", "update_customer", {"id": CUSTOMER, "session_fields": [{"a": 1, "b": 2}]}),
    ("validation", "update_customer", {"id": CUSTOMER, "omnichannel": {"twilio": {}}}),
    ("validation", "ban_customer", {"id": CUSTOMER, "ban": {"days": 0}}),
    ("validation", "subscribe_customers", {"limit": 0}),
    ("validation", "set_routing_status", {"status": "offline"}),
    ("validation", "set_routing_status", {"status": "offline", "agent_id": AGENT2}),
    ("validation", "set_routing_status", {}),
    ("validation", "mark_events_as_seen", {"chat_id": CHAT}),
    ("validation", "mark_events_as_seen", {"chat_id": CHAT, "seen_up_to": "yesterday"}),
    ("validation", "mark_events_as_seen", {"chat_id": CHAT, "seen_up_to": "2026-02-30T00:00:00Z"}),
    ("validation", "multicast", {"recipients": {}, "content": 1}),
    ("validation", "multicast", {"recipients": {"agents": {"all": True}}}),
    ("validation", "multicast", {"recipients": {"agents": {"groups": [True]}}, "content": 1}),
    ("validation", "update_session", {"token": ""}),
    ("authentication", "update_session", {"token": "Bearer unknown"}),
    # Lists.
    ("validation", "list_chats", {"limit": 101}),
    ("validation", "list_chats", {"limit": 0}),
    ("validation", "list_chats", {"sort_order": "up"}),
    ("validation", "list_chats", {"filters": {"active": "yes"}}),
    ("validation", "list_chats", {"filters": {"group_ids": list(range(201))}}),
    ("validation", "list_chats", {"filters": {"properties": {"x": {"y": {"exists": True}}}}}),
    ("validation", "list_chats", {"page_id": "x"}),
    ("validation", "list_chats", {"page_id": "MTIz"}),
    ("validation", "list_threads", {"chat_id": CHAT, "min_events_count": 0}),
    ("validation", "list_threads", {"chat_id": CHAT, "min_events_count": 5, "limit": 3}),
    ("validation", "list_threads", {"chat_id": CHAT, "filters": {"from": "2018-02-30T00:00:00Z"}}),
    ("validation", "list_archives", {"limit": 0}),
    ("validation", "list_archives", {"filters": {"thread_ids": [THREAD], **KETTLE}}),
    ("validation", "list_archives", {"filters": {"thread_ids": [THREAD]}, "limit": 5}),
    ("validation", "list_archives", {"filters": {"thread_ids": ["T"] * 21}}),
    ("validation", "list_archives", {"filters": {"tags": {"exists": True, "values": ["a"]}}}),
    ("validation", "list_archives", {"filters": {"agents": {"require_every_value": True}}}),
    (
        "validation",
        "list_archives",
        {"filters": {"agent_types": {"any_values": ["human"], "exclude_values": ["human"]}}},
    ),
    ("validation", "list_archives", {"filters": KETTLE, "highlights": {"pre_tag": "<b>"}}),
    ("validation", "list_archives", {"filters": {"from": "2018-01-01"}}),
]


@pytest.mark.parametrize(
    ("error_type", "action", "payload"),
    REFUSALS,
    ids=[f"{index}-{action}" for index, (_, action, _) in enumerate(REFUSALS)],
)
def test_a_request_is_refused(
    reader: Client, error_type: str, action: str, payload: dict[str, Any]
) -> None:
    """It fails with this type, causes no push, and the connection stays open."""
    assert reader.error_type(action, **payload) == error_type
    assert reader.drain() == []


@pytest.mark.parametrize(
    ("action", "payload"),
    [
        ("get_chat", {"chat_id": GROUP3_CHAT}),
        ("list_threads", {"chat_id": GROUP3_CHAT}),
        ("deactivate_chat", {"id": GROUP3_CHAT, "ignore_requester_presence": True}),
        ("follow_chat", {"id": GROUP3_CHAT}),
        ("send_event", {"chat_id": GROUP3_CHAT, "event": MESSAGE}),
        ("tag_thread", {"chat_id": GROUP3_CHAT, "thread_id": GROUP3_THREAD, "tag": "a"}),
        ("start_chat", {"chat": {"access": {"group_ids": [3]}}}),
        ("resume_chat", {"chat": {"id": CLOSED_CHAT, "access": {"group_ids": [3]}}}),
    ],
)
def test_chats_of_other_groups_are_out_of_reach(
    connect_to_shared: Callable[..., Client], action: str, payload: dict[str, Any]
) -> None:
    """An agent with the role normal has access to the chats of its groups only."""
    normal = connect_to_shared("agent2")

    assert normal.error_type(action, **payload) == "missing_access"


@pytest.mark.parametrize(
    ("action", "payload"),
    [
        ("set_routing_status", {"status": "not_accepting_chats", "agent_id": AGENT1}),
        ("logout", {"agent_id": AGENT1}),
    ],
)
def test_normal_agents_act_for_themselves_only(
    connect_to_shared: Callable[..., Client], action: str, payload: dict[str, Any]
) -> None:
    """Without agents--all:rw other agents are out of question."""
    assert connect_to_shared("agent2").error_type(action, **payload) == "authorization"
