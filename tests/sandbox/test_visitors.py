"""Customers' actions, and the pushes of each."""

from typing import Any

import pytest
from support.license_client import (
    AGENT1,
    AGENT2,
    AGENT3,
    CHAT,
    CLOSED_CHAT,
    CUSTOMER,
    CUSTOMER_OF_CLOSED_CHAT,
    SUPERVISOR,
    UNASSIGNED_CHAT,
    LicenseClient,
    push_names,
)

from rtmcli.catalogue import API
from rtmcli.sandbox.interface import PushDelivery, RequestError
from rtmcli.sandbox.license import License
from rtmcli.sandbox.visitors import Visitors

PUSH_MEMBERS = {push.name: push.payload_fields for push in API.pushes}
CUSTOMER_PUSH_RECIPIENTS = {AGENT1, AGENT2, AGENT3, "agent4@example.com", SUPERVISOR}
PAGE = ("/kettle", "Kettle")


def checked_push_names(deliveries: list[PushDelivery]) -> list[str]:
    """Return the names of pushes; check their members against the catalogue."""
    for each in deliveries:
        required = {name for name in PUSH_MEMBERS[each.name] if not name.endswith("?")}
        known = {name.removesuffix("?") for name in PUSH_MEMBERS[each.name]}
        assert required <= each.payload.keys() <= known, each.name
    return push_names(deliveries)


def start_chat() -> tuple[LicenseClient, Visitors, str]:
    """Start a customer's chat with agent1, the only connected agent."""
    client = LicenseClient()
    visitors = client.license.visitors
    visitors.start_chat(CUSTOMER, "hello")
    return client, visitors, client.license.state.customers[CUSTOMER].chat_id


def customer_data(license_: License, customer_id: str) -> dict[str, Any]:
    """Return the data of a customer."""
    return license_.state.customers[customer_id].data


def test_a_new_customer_visits_and_opens_a_page() -> None:
    """Three pushes go to the agents who may read customers."""
    visitors = License(seed=1).visitors
    customer_id, deliveries = visitors.start_visit()

    assert checked_push_names(deliveries) == [
        "customer_created",
        "customer_visit_started",
        "customer_page_updated",
    ]
    assert {each.payload.get("customer_id", customer_id) for each in deliveries} == {customer_id}
    assert all(each.agent_ids >= CUSTOMER_PUSH_RECIPIENTS for each in deliveries)
    assert customer_id in visitors.online()


def test_a_known_customer_returns() -> None:
    """A returning customer has another visit, from the same location."""
    license_ = License(seed=1)
    before = customer_data(license_, CUSTOMER_OF_CLOSED_CHAT)
    _, deliveries = license_.visitors.start_visit(CUSTOMER_OF_CLOSED_CHAT)
    after = customer_data(license_, CUSTOMER_OF_CLOSED_CHAT)

    assert checked_push_names(deliveries) == ["customer_visit_started", "customer_page_updated"]
    assert after["statistics"]["visits_count"] == before["statistics"]["visits_count"] + 1
    assert after["last_visit"]["geolocation"] == before["last_visit"]["geolocation"]
    with pytest.raises(RequestError, match="is on the website already"):
        license_.visitors.start_visit(CUSTOMER_OF_CLOSED_CHAT)


def test_pages_are_counted() -> None:
    """Each page has the previous one as referrer; the last ten are kept."""
    license_ = License(seed=1)
    customer_id, _ = license_.visitors.start_visit()
    [first] = license_.visitors.open_page(customer_id, PAGE)
    for _ in range(12):
        [last] = license_.visitors.open_page(customer_id, PAGE)

    assert first.payload["url"] == "https://shop.example.com/kettle"
    assert first.payload["referrer"] == "https://shop.example.com/"
    assert last.payload["referrer"] == first.payload["url"]
    assert customer_data(license_, customer_id)["statistics"]["page_views_count"] == 14
    assert len(customer_data(license_, customer_id)["last_visit"]["last_pages"]) == 10


def test_a_first_chat_is_assigned_to_the_connected_agent() -> None:
    """The agent is added and gets the whole thread."""
    client = LicenseClient()
    [delivery] = client.license.visitors.start_chat(CUSTOMER, "hello")
    thread = delivery.payload["chat"]["thread"]

    assert delivery.name == "incoming_chat_thread"
    assert delivery.agent_ids == {AGENT1}
    assert [(each["text"], each["author_id"]) for each in thread["events"]] == [("hello", CUSTOMER)]
    assert thread["user_ids"] == [CUSTOMER, AGENT1]
    assert customer_data(client.license, CUSTOMER)["statistics"]["chats_count"] == 1


def test_a_returning_customer_continues_the_chat() -> None:
    """The same chat gets a new thread."""
    client = LicenseClient()
    client.license.visitors.start_visit(CUSTOMER_OF_CLOSED_CHAT)
    [delivery] = client.license.visitors.start_chat(CUSTOMER_OF_CLOSED_CHAT)

    assert delivery.payload["chat"]["id"] == CLOSED_CHAT
    assert delivery.payload["chat"]["thread"]["order"] == 3


def test_an_unassigned_chat_is_pushed_to_all_agents_with_access() -> None:
    """No agent accepts chats, so the thread is unassigned."""
    client = LicenseClient()
    for agent in (AGENT1, AGENT2, AGENT3):
        client.call("update_agent", agent_id=agent, routing_status="not_accepting_chats")
    [delivery] = client.license.visitors.start_chat(CUSTOMER)
    chat = delivery.payload["chat"]

    assert chat["thread"]["properties"] == {"routing": {"unassigned": {"value": True}}}
    assert delivery.agent_ids >= CUSTOMER_PUSH_RECIPIENTS
    assert [each["type"] for each in chat["users"]] == ["customer"]


def test_a_customer_has_at_most_one_active_thread() -> None:
    """Starting a chat while one is active is rejected."""
    _, visitors, _ = start_chat()
    with pytest.raises(RequestError, match="has an active chat"):
        visitors.start_chat(CUSTOMER)


def test_members_get_the_pushes_of_a_customer() -> None:
    """Sneak peeks, typing, seeing and messages are pushed."""
    _, visitors, _ = start_chat()
    deliveries = [
        *visitors.sneak_peek(CUSTOMER, "I w"),
        *visitors.send_typing_indicator(CUSTOMER),
        *visitors.mark_seen(CUSTOMER),
        *visitors.send_message(CUSTOMER, "I wonder"),
    ]

    assert checked_push_names(deliveries) == [
        "incoming_sneak_peek",
        "incoming_typing_indicator",
        "last_seen_timestamp_updated",
        "incoming_event",
    ]
    assert {each.agent_ids for each in deliveries} == {frozenset({AGENT1})}
    assert deliveries[0].payload["sneak_peek"]["text"] == "I w"
    assert deliveries[1].payload["typing_indicator"]["is_typing"] is True
    assert deliveries[3].payload["event"]["author_id"] == CUSTOMER


def test_a_first_message_starts_a_chat() -> None:
    """The chat is pushed before the message."""
    client = LicenseClient()
    assert checked_push_names(client.license.visitors.send_message(CUSTOMER, "hello")) == [
        "incoming_chat_thread",
        "incoming_event",
    ]


def test_an_invalid_event_starts_no_chat() -> None:
    """The event is rejected before anything changes."""
    client = LicenseClient()
    with pytest.raises(RequestError, match="needs text"):
        client.license.visitors.send_event(CUSTOMER, {"type": "message"})

    assert client.license.state.customers[CUSTOMER].chat_id == ""


def test_a_customer_presses_a_button() -> None:
    """The postback and the changed event are pushed."""
    client, visitors, chat_id = start_chat()
    button = {"text": "Yes", "postback_id": "yes"}
    rich = {"type": "rich_message", "template_id": "cards", "elements": [{"buttons": [button]}]}
    event = client.call("send_event", chat_id=chat_id, event=rich).payload["event"]
    deliveries = visitors.press_button(CUSTOMER, event["id"], "yes")

    assert checked_push_names(deliveries) == ["incoming_rich_message_postback", "event_updated"]
    assert deliveries[0].payload["user_id"] == CUSTOMER
    assert deliveries[1].payload["event"]["elements"][0]["buttons"][0]["user_ids"] == [CUSTOMER]


def test_a_rating_sets_properties_and_sends_messages() -> None:
    """Score and comment become properties of the thread and system messages."""
    client, visitors, chat_id = start_chat()
    rated = visitors.rate_chat(CUSTOMER, 1, "Quick")
    [thread] = client.fetch_chat(chat_id, rated[0].payload["thread_id"])["threads"]

    assert checked_push_names(rated) == [
        "chat_thread_properties_updated",
        "incoming_event",
        "incoming_event",
    ]
    assert thread["properties"]["rating"] == {"score": {"value": 1}, "comment": {"value": "Quick"}}
    assert [each.payload["event"]["system_message_type"] for each in rated[1:]] == [
        "rating.chat_rated",
        "rating.chat_commented",
    ]


def test_a_customer_closes_the_chat() -> None:
    """The customer closes the thread and stays on the website."""
    _, visitors, _ = start_chat()
    message, closed = visitors.close_chat(CUSTOMER)

    assert message.payload["event"]["system_message_type"] == "manual_archived_customer"
    assert closed.payload["user_id"] == CUSTOMER
    assert CUSTOMER in visitors.online()
    assert CUSTOMER not in visitors.chatting()


def test_leaving_the_website_closes_the_chat() -> None:
    """The server closes the thread, so without user_id; then the visit ends."""
    client, visitors, chat_id = start_chat()
    deliveries = visitors.end_visit(CUSTOMER)

    assert checked_push_names(deliveries) == [
        "incoming_event",
        "thread_closed",
        "customer_visit_ended",
    ]
    assert deliveries[0].payload["event"]["system_message_type"] == "archived_customer_disconnected"
    assert "user_id" not in deliveries[1].payload
    [customer] = [each for each in client.fetch_chat(chat_id)["users"] if each["id"] == CUSTOMER]
    assert customer["present"] is False
    assert CUSTOMER in visitors.offline()


def test_a_continuous_chat_outlasts_the_visit() -> None:
    """A chat started with continuous stays active when its customer leaves."""
    client = LicenseClient()
    users = [{"id": CUSTOMER, "type": "customer"}]
    client.call("start_chat", chat={"users": users}, continuous=True)

    assert checked_push_names(client.license.visitors.end_visit(CUSTOMER)) == [
        "customer_visit_ended"
    ]


def test_fields_are_shown_while_the_chat_is_active() -> None:
    """A customer's fields are not shown in an archived chat."""
    client, visitors, chat_id = start_chat()
    client.license.state.customers[CUSTOMER].update(fields={"a": "b"})

    def customer_in_chat() -> dict[str, Any]:
        [customer] = [
            each for each in client.fetch_chat(chat_id)["users"] if each["id"] == CUSTOMER
        ]
        return dict(customer)

    assert customer_in_chat()["fields"] == {"a": "b"}
    visitors.close_chat(CUSTOMER)
    assert "fields" not in customer_in_chat()


@pytest.mark.parametrize(
    "action",
    [
        lambda visitors: visitors.open_page(CUSTOMER_OF_CLOSED_CHAT, PAGE),
        lambda visitors: visitors.start_chat(CUSTOMER_OF_CLOSED_CHAT),
        lambda visitors: visitors.end_visit(CUSTOMER_OF_CLOSED_CHAT),
        lambda visitors: visitors.sneak_peek(CUSTOMER, "a"),
        lambda visitors: visitors.send_typing_indicator(CUSTOMER),
        lambda visitors: visitors.rate_chat(CUSTOMER, 1),
        lambda visitors: visitors.close_chat(CUSTOMER),
        lambda visitors: visitors.start_visit("unknown"),
    ],
)
def test_impossible_actions_are_rejected(action: Any) -> None:
    """Actions need a visit, and actions in a chat need an active chat."""
    with pytest.raises(RequestError, match="validation: customer"):
        action(License(seed=1).visitors)


def test_inactive_threads_are_archived_after_half_an_hour() -> None:
    """Threads without an event for 30 minutes are closed; others stay."""
    now = [1_600_000_000.0]
    client = LicenseClient(License(clock=lambda: now[0]))
    now[0] += 29 * 60
    client.call("send_event", chat_id=CHAT, event={"type": "message", "text": "still here"})
    now[0] += 2 * 60
    deliveries = client.license.visitors.close_inactive()
    closed = [each.payload["chat_id"] for each in deliveries if each.name == "thread_closed"]

    assert UNASSIGNED_CHAT in closed
    assert CHAT not in closed
    assert deliveries[0].payload["event"]["system_message_type"] == "routing.archived_inactive"


def test_customers_are_online_or_offline() -> None:
    """Each customer is one of the two; those who chat are online."""
    license_ = License(seed=1)
    visitors = license_.visitors

    assert {*visitors.online(), *visitors.offline()} == license_.state.customers.keys()
    assert set(visitors.chatting()) <= set(visitors.online())
