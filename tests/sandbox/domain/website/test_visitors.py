"""Actions of simulated customers and the pushes they cause."""

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
    RenderedVisitors,
    push_names,
)

from rtmcli.catalogue.v3_0 import API
from rtmcli.sandbox.domain.errors import DomainError
from rtmcli.sandbox.domain.license import License
from rtmcli.sandbox.domain.model import Profile
from rtmcli.sandbox.interface import PushDelivery
from rtmcli.sandbox.v3_0.views import render_customer

PUSH_MEMBERS = {push.name: push.payload_fields for push in API.pushes}
CUSTOMER_PUSH_RECIPIENTS = {AGENT1, AGENT2, AGENT3, "agent4@example.com", SUPERVISOR}
PAGE = ("/kettle", "Kettle")


def checked_push_names(deliveries: list[PushDelivery]) -> list[str]:
    """List the names of pushes in order; check that each has its documented members."""
    for each in deliveries:
        required = {name for name in PUSH_MEMBERS[each.name] if not name.endswith("?")}
        known = {name.removesuffix("?") for name in PUSH_MEMBERS[each.name]}
        assert required <= each.payload.keys() <= known, each.name
    return push_names(deliveries)


def start_chat() -> tuple[LicenseClient, RenderedVisitors, str]:
    """Start a chat of a customer with agent1, the only connected agent."""
    client = LicenseClient()
    visitors = RenderedVisitors(client.license)
    visitors.start_chat(CUSTOMER, "hello")
    return client, visitors, client.license.state.customers[CUSTOMER].chat_id


def customer_data(license_: License, customer_id: str) -> dict[str, Any]:
    """Return a customer in the API's JSON form."""
    return render_customer(license_.state.customers[customer_id])


def test_a_new_customer_is_created_and_opens_a_page() -> None:
    """A new customer causes three pushes to the agents who may read customers."""
    visitors = RenderedVisitors(License(seed=1))
    customer_id, deliveries = visitors.start_visit()

    assert checked_push_names(deliveries) == [
        "customer_created",
        "customer_visit_started",
        "customer_page_updated",
    ]
    assert {each.payload.get("customer_id", customer_id) for each in deliveries} == {customer_id}
    assert all(each.agent_ids >= CUSTOMER_PUSH_RECIPIENTS for each in deliveries)
    assert customer_id in visitors.online()


def test_a_known_customer_visits_again() -> None:
    """A returning customer starts another visit from the same location."""
    license_ = License(seed=1)
    before = customer_data(license_, CUSTOMER_OF_CLOSED_CHAT)
    _, deliveries = RenderedVisitors(license_).start_visit(CUSTOMER_OF_CLOSED_CHAT)
    after = customer_data(license_, CUSTOMER_OF_CLOSED_CHAT)

    assert checked_push_names(deliveries) == ["customer_visit_started", "customer_page_updated"]
    assert after["statistics"]["visits_count"] == before["statistics"]["visits_count"] + 1
    assert after["last_visit"]["geolocation"] == before["last_visit"]["geolocation"]
    with pytest.raises(DomainError, match="is already on the website"):
        RenderedVisitors(license_).start_visit(CUSTOMER_OF_CLOSED_CHAT)


def test_pages_are_counted_and_the_last_ten_are_kept() -> None:
    """The referrer of a page is the previous page; last_pages has at most ten."""
    license_ = License(seed=1)
    customer_id, _ = RenderedVisitors(license_).start_visit()
    [first] = RenderedVisitors(license_).open_page(customer_id, PAGE)
    for _ in range(12):
        [last] = RenderedVisitors(license_).open_page(customer_id, PAGE)

    assert first.payload["url"] == "https://shop.example.com/kettle"
    assert first.payload["referrer"] == "https://shop.example.com/"
    assert last.payload["referrer"] == first.payload["url"]
    assert customer_data(license_, customer_id)["statistics"]["page_views_count"] == 14
    assert len(customer_data(license_, customer_id)["last_visit"]["last_pages"]) == 10


def test_a_new_chat_is_assigned_to_a_connected_agent() -> None:
    """The agent becomes a member and gets a push with the whole thread."""
    client = LicenseClient()
    [delivery] = RenderedVisitors(client.license).start_chat(CUSTOMER, "hello")
    thread = delivery.payload["chat"]["thread"]

    assert delivery.name == "incoming_chat_thread"
    assert delivery.agent_ids == {AGENT1}
    assert [(each["text"], each["author_id"]) for each in thread["events"]] == [("hello", CUSTOMER)]
    assert thread["user_ids"] == [CUSTOMER, AGENT1]
    assert customer_data(client.license, CUSTOMER)["statistics"]["chats_count"] == 1


def test_a_returning_customer_gets_a_new_thread_in_the_same_chat() -> None:
    """A customer who has a chat does not get a second one."""
    client = LicenseClient()
    RenderedVisitors(client.license).start_visit(CUSTOMER_OF_CLOSED_CHAT)
    [delivery] = RenderedVisitors(client.license).start_chat(CUSTOMER_OF_CLOSED_CHAT)

    assert delivery.payload["chat"]["id"] == CLOSED_CHAT
    assert delivery.payload["chat"]["thread"]["order"] == 3


def test_an_unassigned_chat_is_pushed_to_all_agents_with_access() -> None:
    """If no agent accepts chats, the thread is unassigned and all with access get the push."""
    client = LicenseClient()
    for agent in (AGENT1, AGENT2, AGENT3):
        client.call("update_agent", agent_id=agent, routing_status="not_accepting_chats")
    [delivery] = RenderedVisitors(client.license).start_chat(CUSTOMER)
    chat = delivery.payload["chat"]

    assert chat["thread"]["properties"] == {"routing": {"unassigned": {"value": True}}}
    assert delivery.agent_ids >= CUSTOMER_PUSH_RECIPIENTS
    assert [each["type"] for each in chat["users"]] == ["customer"]


def test_a_customer_has_at_most_one_active_thread() -> None:
    """Starting a chat while one is active is rejected."""
    _, visitors, _ = start_chat()
    with pytest.raises(DomainError, match="has an active chat"):
        visitors.start_chat(CUSTOMER)


def test_actions_in_a_chat_are_pushed_to_its_agent() -> None:
    """Sneak peeks, typing indicators and messages are pushed to the present agents."""
    _, visitors, _ = start_chat()
    deliveries = [
        *visitors.sneak_peek(CUSTOMER, "I w"),
        *visitors.send_typing_indicator(CUSTOMER),
        *visitors.send_message(CUSTOMER, "I wonder"),
    ]

    assert checked_push_names(deliveries) == [
        "incoming_sneak_peek",
        "incoming_typing_indicator",
        "incoming_event",
    ]
    assert {each.agent_ids for each in deliveries} == {frozenset({AGENT1})}
    assert deliveries[0].payload["sneak_peek"]["text"] == "I w"
    assert deliveries[1].payload["typing_indicator"]["is_typing"] is True
    assert deliveries[2].payload["event"]["author_id"] == CUSTOMER


def test_a_message_without_a_chat_starts_one() -> None:
    """A first message starts a chat; its push follows that of the chat."""
    client = LicenseClient()
    assert checked_push_names(RenderedVisitors(client.license).send_message(CUSTOMER, "hello")) == [
        "incoming_chat_thread",
        "incoming_event",
    ]


def test_a_rating_sets_properties_and_adds_system_messages() -> None:
    """Score and comment become properties of the thread; each has a system message."""
    client, visitors, chat_id = start_chat()
    deliveries = visitors.rate_chat(CUSTOMER, 1, "Quick")
    [thread] = client.fetch_chat(chat_id, deliveries[0].payload["thread_id"])["threads"]

    assert checked_push_names(deliveries) == [
        "chat_thread_properties_updated",
        "incoming_event",
        "incoming_event",
    ]
    assert thread["properties"]["rating"] == {"score": {"value": 1}, "comment": {"value": "Quick"}}
    assert [each.payload["event"]["system_message_type"] for each in deliveries[1:]] == [
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


def test_leaving_closes_the_chat() -> None:
    """The server closes the thread, so there is no user_id; then the visit ends."""
    client, visitors, chat_id = start_chat()
    deliveries = visitors.end_visit(CUSTOMER)
    message, closed, _ = (each.payload for each in deliveries)

    assert checked_push_names(deliveries) == [
        "incoming_event",
        "thread_closed",
        "customer_visit_ended",
    ]
    assert message["event"]["system_message_type"] == "archived_customer_disconnected"
    assert "user_id" not in closed
    [customer] = [each for each in client.fetch_chat(chat_id)["users"] if each["id"] == CUSTOMER]
    assert customer["present"] is False
    assert CUSTOMER in visitors.offline()


def test_a_continuous_chat_outlasts_the_visit() -> None:
    """A continuous chat stays active if its customer leaves the website."""
    client = LicenseClient()
    users = [{"id": CUSTOMER, "type": "customer"}]
    client.call("start_chat", chat={"users": users}, continuous=True)

    assert checked_push_names(RenderedVisitors(client.license).end_visit(CUSTOMER)) == [
        "customer_visit_ended"
    ]


def test_customer_fields_are_shown_while_the_chat_is_active() -> None:
    """The chat's user has `fields` until the thread is closed."""
    client, visitors, chat_id = start_chat()
    client.license.state.customers[CUSTOMER].profile = Profile(session_fields=(("a", "b"),))

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
def test_an_impossible_action_is_rejected(action: Any) -> None:
    """Actions require a customer on the website; actions in a chat an active chat."""
    with pytest.raises(DomainError, match="customer"):
        action(RenderedVisitors(License(seed=1)))


def test_inactive_threads_are_closed_after_30_minutes() -> None:
    """The server closes threads without an event in the last 30 minutes; others stay active."""
    now = [1_600_000_000.0]
    client = LicenseClient(License(clock=lambda: now[0]))
    now[0] += 29 * 60
    client.call("send_event", chat_id=CHAT, event={"type": "message", "text": "still here"})
    now[0] += 2 * 60
    deliveries = RenderedVisitors(client.license).close_inactive()
    closed = [each.payload["chat_id"] for each in deliveries if each.name == "thread_closed"]

    assert UNASSIGNED_CHAT in closed
    assert CHAT not in closed
    event = deliveries[0].payload["event"]
    assert event["system_message_type"] == "routing.archived_inactive"


def test_customers_are_online_or_offline() -> None:
    """Each customer is online or offline; chatting customers are online."""
    license_ = License(seed=1)
    visitors = RenderedVisitors(license_)

    assert {*visitors.online(), *visitors.offline()} == license_.state.customers.keys()
    assert set(visitors.chatting()) <= set(visitors.online())
