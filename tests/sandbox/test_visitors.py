"""Customers: they come, look around, chat, rate and leave, and each act is told."""

from typing import Any

import pytest
from asking import (
    AGENT1,
    AGENT2,
    AGENT3,
    CHAT,
    CLOSED_CHAT,
    CUSTOMER,
    CUSTOMER_OF_CLOSED_CHAT,
    SUPERVISOR,
    UNTAKEN_CHAT,
    Asker,
    pushes,
)

from rtmcli.catalogue import API
from rtmcli.sandbox.licence import Licence
from rtmcli.sandbox.seam import Delivery, Refusal
from rtmcli.sandbox.visitors import Visitors

MEMBERS = {push.name: push.payload for push in API.pushes}
WATCHERS = {AGENT1, AGENT2, AGENT3, "agent4@example.com", SUPERVISOR}
PAGE = ("/kettle", "Kettle")


def told(deliveries: list[Delivery]) -> list[str]:
    """Name pushes in order; each has the members that the catalogue knows."""
    for each in deliveries:
        required = {name for name in MEMBERS[each.push] if not name.endswith("?")}
        known = {name.removesuffix("?") for name in MEMBERS[each.push]}
        assert required <= each.payload.keys() <= known, each.push
    return pushes(deliveries)


def chatting() -> tuple[Asker, Visitors, str]:
    """Let a customer chat with agent1, the only one connected."""
    asker = Asker()
    visitors = asker.licence.visitors
    visitors.start_chat(CUSTOMER, "hello")
    return asker, visitors, asker.licence.state.customers[CUSTOMER].chat_id


def facts(licence: Licence, customer_id: str) -> dict[str, Any]:
    """Look a customer up."""
    return licence.state.customers[customer_id].facts


def test_a_newcomer_is_created_visits_and_opens_a_page() -> None:
    """A new customer is told of in three pushes, to those who may read customers."""
    visitors = Licence(seed=1).visitors
    customer_id, came = visitors.arrive()

    assert told(came) == ["customer_created", "customer_visit_started", "customer_page_updated"]
    assert {each.payload.get("customer_id", customer_id) for each in came} == {customer_id}
    assert all(each.agents >= WATCHERS for each in came)
    assert customer_id in visitors.around()


def test_a_known_customer_comes_back() -> None:
    """A customer who was here before visits once more, from the same place."""
    licence = Licence(seed=1)
    before = facts(licence, CUSTOMER_OF_CLOSED_CHAT)
    _, came = licence.visitors.arrive(CUSTOMER_OF_CLOSED_CHAT)
    after = facts(licence, CUSTOMER_OF_CLOSED_CHAT)

    assert told(came) == ["customer_visit_started", "customer_page_updated"]
    assert after["statistics"]["visits_count"] == before["statistics"]["visits_count"] + 1
    assert after["last_visit"]["geolocation"] == before["last_visit"]["geolocation"]
    with pytest.raises(Refusal, match="is on the website already"):
        licence.visitors.arrive(CUSTOMER_OF_CLOSED_CHAT)


def test_pages_are_counted_and_the_last_ones_remembered() -> None:
    """Each page names the one before as its referrer; ten are remembered."""
    licence = Licence(seed=1)
    customer_id, _ = licence.visitors.arrive()
    [first] = licence.visitors.open_page(customer_id, PAGE)
    for _ in range(12):
        [last] = licence.visitors.open_page(customer_id, PAGE)

    assert first.payload["url"] == "https://shop.example.com/kettle"
    assert first.payload["referrer"] == "https://shop.example.com/"
    assert last.payload["referrer"] == first.payload["url"]
    assert facts(licence, customer_id)["statistics"]["page_views_count"] == 14
    assert len(facts(licence, customer_id)["last_visit"]["last_pages"]) == 10


def test_a_first_chat_goes_to_the_agent_who_is_connected() -> None:
    """The agent takes part and is told of the whole thread."""
    asker = Asker()
    [shown] = asker.licence.visitors.start_chat(CUSTOMER, "hello")
    thread = shown.payload["chat"]["thread"]

    assert shown.push == "incoming_chat_thread"
    assert shown.agents == {AGENT1}
    assert [(each["text"], each["author_id"]) for each in thread["events"]] == [("hello", CUSTOMER)]
    assert thread["user_ids"] == [CUSTOMER, AGENT1]
    assert facts(asker.licence, CUSTOMER)["statistics"]["chats_count"] == 1


def test_an_old_chat_goes_on_with_its_agent() -> None:
    """A customer who chatted before gets a new thread in the same chat."""
    asker = Asker()
    asker.licence.visitors.arrive(CUSTOMER_OF_CLOSED_CHAT)
    [shown] = asker.licence.visitors.start_chat(CUSTOMER_OF_CLOSED_CHAT)

    assert shown.payload["chat"]["id"] == CLOSED_CHAT
    assert shown.payload["chat"]["thread"]["order"] == 3


def test_a_chat_that_no_agent_can_take_is_told_to_all_with_access() -> None:
    """With nobody accepting chats the thread is unassigned; whoever has access hears of it."""
    asker = Asker()
    for agent in (AGENT1, AGENT2, AGENT3):
        asker.ask("update_agent", agent_id=agent, routing_status="not_accepting_chats")
    [shown] = asker.licence.visitors.start_chat(CUSTOMER)
    chat = shown.payload["chat"]

    assert chat["thread"]["properties"] == {"routing": {"unassigned": {"value": True}}}
    assert shown.agents >= WATCHERS
    assert [each["type"] for each in chat["users"]] == ["customer"]


def test_a_customer_has_one_active_thread_at_most() -> None:
    """Starting again while a chat is active is refused."""
    _, visitors, _ = chatting()
    with pytest.raises(Refusal, match="has an active chat"):
        visitors.start_chat(CUSTOMER)


def test_what_a_customer_does_is_told_to_the_agent() -> None:
    """Sneak peeks, typing, seeing and messages reach who takes part."""
    _, visitors, _ = chatting()
    acts = [
        *visitors.peek(CUSTOMER, "I w"),
        *visitors.type(CUSTOMER),
        *visitors.see(CUSTOMER),
        *visitors.write(CUSTOMER, "I wonder"),
    ]

    assert told(acts) == [
        "incoming_sneak_peek",
        "incoming_typing_indicator",
        "last_seen_timestamp_updated",
        "incoming_event",
    ]
    assert {each.agents for each in acts} == {frozenset({AGENT1})}
    assert acts[0].payload["sneak_peek"]["text"] == "I w"
    assert acts[1].payload["typing_indicator"]["is_typing"] is True
    assert acts[3].payload["event"]["author_id"] == CUSTOMER


def test_writing_without_a_chat_begins_one() -> None:
    """A first message opens the chat, and is told after it."""
    asker = Asker()
    assert told(asker.licence.visitors.write(CUSTOMER, "hello")) == [
        "incoming_chat_thread",
        "incoming_event",
    ]


def test_an_unsound_event_begins_no_chat() -> None:
    """An event that breaks the rules is refused before anything happens."""
    asker = Asker()
    with pytest.raises(Refusal, match="needs text"):
        asker.licence.visitors.send(CUSTOMER, {"type": "message"})

    assert asker.licence.state.customers[CUSTOMER].chat_id == ""


def test_a_customer_presses_buttons() -> None:
    """The press is told, and the event that it changed."""
    asker, visitors, chat_id = chatting()
    button = {"text": "Yes", "postback_id": "yes"}
    rich = {"type": "rich_message", "template_id": "cards", "elements": [{"buttons": [button]}]}
    event = asker.ask("send_event", chat_id=chat_id, event=rich).answer["event"]
    acts = visitors.press(CUSTOMER, event["id"], "yes")

    assert told(acts) == ["incoming_rich_message_postback", "event_updated"]
    assert acts[0].payload["user_id"] == CUSTOMER
    assert acts[1].payload["event"]["elements"][0]["buttons"][0]["user_ids"] == [CUSTOMER]


def test_a_rating_is_a_property_and_a_message() -> None:
    """Score and comment become properties of the thread, told and said."""
    asker, visitors, chat_id = chatting()
    rated = visitors.rate(CUSTOMER, 1, "Quick")
    [thread] = asker.chat(chat_id, rated[0].payload["thread_id"])["threads"]

    assert told(rated) == ["chat_thread_properties_updated", "incoming_event", "incoming_event"]
    assert thread["properties"]["rating"] == {"score": {"value": 1}, "comment": {"value": "Quick"}}
    assert [each.payload["event"]["system_message_type"] for each in rated[1:]] == [
        "rating.chat_rated",
        "rating.chat_commented",
    ]


def test_a_customer_closes_the_chat() -> None:
    """The thread is closed by the customer, who stays on the website."""
    _, visitors, _ = chatting()
    message, closed = visitors.close_chat(CUSTOMER)

    assert message.payload["event"]["system_message_type"] == "manual_archived_customer"
    assert closed.payload["user_id"] == CUSTOMER
    assert CUSTOMER in visitors.around()
    assert CUSTOMER not in visitors.chatting()


def test_a_customer_who_leaves_ends_the_chat() -> None:
    """The thread is closed by the server, so without user_id; then the visit ends."""
    asker, visitors, chat_id = chatting()
    acts = visitors.leave(CUSTOMER)

    assert told(acts) == ["incoming_event", "thread_closed", "customer_visit_ended"]
    assert acts[0].payload["event"]["system_message_type"] == "archived_customer_disconnected"
    assert "user_id" not in acts[1].payload
    [customer] = [each for each in asker.chat(chat_id)["users"] if each["id"] == CUSTOMER]
    assert customer["present"] is False
    assert CUSTOMER in visitors.away()


def test_a_continuous_chat_outlasts_the_visit() -> None:
    """A chat that was started as continuous stays active when its customer leaves."""
    asker = Asker()
    users = [{"id": CUSTOMER, "type": "customer"}]
    asker.ask("start_chat", chat={"users": users}, continuous=True)

    assert told(asker.licence.visitors.leave(CUSTOMER)) == ["customer_visit_ended"]


def test_fields_are_shown_while_the_chat_is_active() -> None:
    """A customer's fields disappear from the chat once it is archived."""
    asker, visitors, chat_id = chatting()
    asker.licence.state.customers[CUSTOMER].change(fields={"a": "b"})

    def shown() -> dict[str, Any]:
        [customer] = [each for each in asker.chat(chat_id)["users"] if each["id"] == CUSTOMER]
        return dict(customer)

    assert shown()["fields"] == {"a": "b"}
    visitors.close_chat(CUSTOMER)
    assert "fields" not in shown()


@pytest.mark.parametrize(
    "act",
    [
        lambda visitors: visitors.open_page(CUSTOMER_OF_CLOSED_CHAT, PAGE),
        lambda visitors: visitors.start_chat(CUSTOMER_OF_CLOSED_CHAT),
        lambda visitors: visitors.leave(CUSTOMER_OF_CLOSED_CHAT),
        lambda visitors: visitors.peek(CUSTOMER, "a"),
        lambda visitors: visitors.type(CUSTOMER),
        lambda visitors: visitors.rate(CUSTOMER, 1),
        lambda visitors: visitors.close_chat(CUSTOMER),
        lambda visitors: visitors.arrive("nobody"),
    ],
)
def test_an_act_out_of_place_is_refused(act: Any) -> None:
    """Who is not on the website does nothing there; who does not chat does nothing in a chat."""
    with pytest.raises(Refusal, match="validation: customer"):
        act(Licence(seed=1).visitors)


def test_silent_threads_are_archived_after_half_an_hour() -> None:
    """Threads without an event for 30 minutes are closed by the server; others stay."""
    now = [1_600_000_000.0]
    asker = Asker(Licence(clock=lambda: now[0]))
    now[0] += 29 * 60
    asker.ask("send_event", chat_id=CHAT, event={"type": "message", "text": "still here"})
    now[0] += 2 * 60
    acts = asker.licence.visitors.fall_silent()
    closed = [each.payload["chat_id"] for each in acts if each.push == "thread_closed"]

    assert UNTAKEN_CHAT in closed
    assert CHAT not in closed
    assert acts[0].payload["event"]["system_message_type"] == "routing.archived_inactive"


def test_customers_are_somewhere_or_away() -> None:
    """Each customer is around or away; those who chat are around."""
    licence = Licence(seed=1)
    visitors = licence.visitors

    assert {*visitors.around(), *visitors.away()} == licence.state.customers.keys()
    assert set(visitors.chatting()) <= set(visitors.around())
