"""A walk over all methods of v3.6 by a client that is written from the documents alone."""

from typing import Any, NamedTuple

from support.independent_client import Client, connected_client
from support.sample_ids import (
    AGENT1,
    AGENT2,
    CHAT,
    CLOSED_CHAT,
    CUSTOMER,
    CUSTOMER_OF_CLOSED_CHAT,
    EVENT,
    GROUP2_CHAT,
    RICH_MESSAGE,
    THREAD,
)

from rtmcli.sandbox.server_thread import Sandbox

IDS = {"chat_id": CHAT, "thread_id": THREAD}
EVENT_IDS = {**IDS, "event_id": EVENT}
VALUES = {"test": {"int_property": 3}}
NAMES = {"test": ["int_property"]}
MESSAGE = {"type": "message", "text": "hello"}
AGENT = {"user_id": AGENT2, "user_type": "agent"}


class Step(NamedTuple):
    """A request that succeeds, and what the reference says about its outcome."""

    action: str
    payload: dict[str, Any]
    push: str = ""  # that of the reference; the requester gets it with the request_id
    members: str = ""  # of the response; those with a ? are optional
    is_list: bool = False  # of such members


# In the order of a working day: what a step needs, an earlier one has made.
STEPS = (
    Step("set_routing_status", {"status": "accepting_chats"}),
    Step("set_away_status", {"away": True}),
    Step("set_away_status", {"away": False}),
    Step("set_routing_status", {"status": "not_accepting_chats"}, "routing_status_set"),
    Step("list_routing_statuses", {}, "", "agent_id status", is_list=True),
    Step(
        "list_chats",
        {"limit": 1},
        "",
        "chats_summary next_page_id? previous_page_id? found_chats",
    ),
    Step(
        "list_threads",
        {"chat_id": CHAT},
        "",
        "threads next_page_id? previous_page_id? found_threads",
    ),
    Step(
        "get_chat",
        {"chat_id": CHAT},
        "",
        "id users thread properties access is_followed",
    ),
    Step(
        "list_archives",
        {"filters": {"query": "kettle"}},
        "",
        "chats next_page_id? previous_page_id? found_chats",
    ),
    Step("follow_chat", {"id": GROUP2_CHAT}, "incoming_chat"),
    Step("unfollow_chat", {"id": GROUP2_CHAT}, "chat_unfollowed", "chat_id"),
    Step(
        "start_chat",
        {
            "chat": {
                "users": [{"id": CUSTOMER, "type": "customer"}],
                "thread": {"events": [MESSAGE]},
            }
        },
        "incoming_chat",
        "chat_id thread_id event_ids?",
    ),
    Step("resume_chat", {"chat": {"id": CLOSED_CHAT}}, "incoming_chat", "thread_id event_ids?"),
    Step("send_event", {"chat_id": CHAT, "event": MESSAGE}, "incoming_event", "event_id"),
    Step("send_event_preview", {"chat_id": CHAT, "event": MESSAGE}),
    Step(
        "send_rich_message_postback",
        {
            **IDS,
            "event_id": RICH_MESSAGE,
            "postback": {"id": "action_yes", "toggled": True},
        },
        "incoming_rich_message_postback",
    ),
    Step("update_chat_properties", {"id": CHAT, "properties": VALUES}, "chat_properties_updated"),
    Step("delete_chat_properties", {"id": CHAT, "properties": NAMES}, "chat_properties_deleted"),
    Step("update_thread_properties", {**IDS, "properties": VALUES}, "thread_properties_updated"),
    Step("delete_thread_properties", {**IDS, "properties": NAMES}, "thread_properties_deleted"),
    Step(
        "update_event_properties", {**EVENT_IDS, "properties": VALUES}, "event_properties_updated"
    ),
    Step("delete_event_properties", {**EVENT_IDS, "properties": NAMES}, "event_properties_deleted"),
    Step("tag_thread", {**IDS, "tag": "walk"}, "thread_tagged"),
    Step("untag_thread", {**IDS, "tag": "walk"}, "thread_untagged"),
    Step(
        "mark_events_as_seen",
        {"chat_id": CHAT, "seen_up_to": "2026-05-04T09:31:00.000000Z"},
        "events_marked_as_seen",
    ),
    Step("send_thinking_indicator", {"chat_id": CHAT}),
    Step("send_typing_indicator", {"chat_id": CHAT, "is_typing": True}),
    Step(
        "multicast",
        {"recipients": {"agents": {"ids": [AGENT1]}}, "content": [1]},
        "incoming_multicast",
    ),
    Step("list_agents_for_transfer", {"chat_id": CHAT}, "", "agent_id active_chats", is_list=True),
    Step("request_thread_summary", IDS),
    Step(
        "add_user_to_chat",
        {"chat_id": CHAT, **AGENT, "visibility": "all"},
        "user_added_to_chat",
    ),
    Step("remove_user_from_chat", {"chat_id": CHAT, **AGENT}, "user_removed_from_chat"),
    Step("transfer_chat", {"id": CHAT, "target": {"type": "agent", "ids": [AGENT2]}}),
    Step(
        "deactivate_chat",
        {"id": CHAT, "ignore_requester_presence": True},
        "chat_deactivated",
    ),
    Step(
        "get_customer",
        {"id": CUSTOMER_OF_CLOSED_CHAT},
        "",
        "id type name? email? avatar? phone_number? created_at session_fields? statistics visit?"
        " chat_ids? omnichannel? address? agent_last_event_created_at? tickets?"
        " customer_last_event_created_at?",
    ),
    Step("update_customer", {"id": CUSTOMER, "name": "Thomas"}, "customer_updated"),
    Step("ban_customer", {"id": CUSTOMER, "ban": {"days": 3}}, "customer_banned"),
    Step(
        "subscribe_customers",
        {"group_ids": [0]},
        "",
        "subscription_id customers",
    ),
)
LOGIN_MEMBERS = {"license", "my_profile", "chats_summary"}


def assert_members(payload: Any, members: str) -> None:
    """Check the members of a payload against those of the reference."""
    names = members.split()
    required = {each for each in names if not each.endswith("?")}
    assert required <= payload.keys() <= {each.removesuffix("?") for each in names}


def take(client: Client, step: Step) -> Any:
    """Send the request of a step; check its response and its push."""
    request_id = client.send_request(step.action, step.payload)
    response = client.wait_for_response(request_id)
    assert response["success"], (step.action, response)
    assert response["action"] == step.action
    assert "version" not in response
    for item in response["payload"] if step.is_list else [response["payload"]]:
        assert_members(item, step.members)
    if step.push:
        while (push := client.wait_for_push(step.push)).get("request_id") != request_id:
            pass  # that of an earlier step
        assert push["version"] == "3.6"
    return response["payload"]


def test_a_client_of_the_documents_walks_all_methods(sandbox: Sandbox) -> None:
    """All 40 methods, on one connection that logs in, renews its token and logs out."""
    second_agent = next(each for each in sandbox.license.tokens if each.agent_id == AGENT2)
    url, token = sandbox.urls["3.6"], f"Bearer {sandbox.token}"
    with (
        connected_client(url, second_agent.token) as colleague,
        connected_client(url) as client,
    ):
        assert client.result("login", token=token).keys() == LOGIN_MEMBERS
        for step in STEPS:
            result = take(client, step)
        take(client, Step("unsubscribe_customers", {"subscription_id": result["subscription_id"]}))
        take(client, Step("update_session", {"token": token}))
        assert client.wait_for_push("thread_summary_set")["payload"]["chat_id"] == CHAT
        take(client, Step("logout", {}))
        assert client.read_until_closed()[1] == 1000
        colleague.wait_for_push("chat_transferred")
    walked = {step.action for step in STEPS}
    assert len(walked | {"login", "unsubscribe_customers", "update_session", "logout"}) == 40
