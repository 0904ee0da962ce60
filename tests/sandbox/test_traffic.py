"""Customers who live."""

from collections import Counter

from rtmcli.sandbox.licence import Licence
from rtmcli.sandbox.seam import Delivery
from rtmcli.sandbox.traffic import CROWD, Traffic


def acts(count: int, seed: int) -> list[Delivery]:
    """Let a new licence's customers do so many things; return all pushes."""
    traffic = Traffic(Licence(seed=1), seed)
    return [told for _ in range(count) for told in traffic.act()]


def test_customers_do_all_that_customers_do() -> None:
    """They come, browse, chat, peek, type, rate, close and leave: each push of theirs comes."""
    told = Counter(delivery.push for delivery in acts(2000, seed=1))
    assert told.keys() == {
        "customer_created",
        "customer_visit_started",
        "customer_page_updated",
        "customer_visit_ended",
        "incoming_chat_thread",
        "incoming_typing_indicator",
        "incoming_sneak_peek",
        "incoming_event",
        "chat_thread_properties_updated",
        "thread_closed",
    }


def test_the_same_seed_leads_to_the_same_lives() -> None:
    """Pushes and payloads repeat, byte by byte; another seed tells another story."""
    assert acts(500, seed=1) == acts(500, seed=1)
    assert acts(500, seed=1) != acts(500, seed=2)


def test_every_act_tells_something() -> None:
    """No turn is lost on a customer who has nothing left to do."""
    traffic = Traffic(Licence(seed=1), 3)
    assert all(traffic.act() for _ in range(1000))


def test_the_website_is_never_crowded_and_never_empty_for_long() -> None:
    """There is a limit to how many customers are there at once, and to how many there are."""
    licence = Licence(seed=1)
    traffic = Traffic(licence, 4)
    for _ in range(3000):
        traffic.act()
        assert len(licence.visitors.around()) <= CROWD
    assert len(licence.state.customers) < 250


def test_customers_answer_the_agent() -> None:
    """When the last word is the agent's, the customer soon has another one."""
    licence = Licence(seed=1)
    traffic = Traffic(licence, 5)
    token = licence.tokens[0].token
    caller, _ = licence.login(f"Bearer {token}", {"token": f"Bearer {token}"}, 1)
    replies = 0
    for _ in range(200):
        for delivery in traffic.act():
            event = delivery.payload.get("event", {})
            if delivery.push == "incoming_event" and event["type"] == "message":
                chat_id = delivery.payload["chat_id"]
                replies += event["text"] in REPLIES
                answer = {"type": "message", "text": "How can I help?"}
                licence.perform(caller, "send_event", {"chat_id": chat_id, "event": answer})
    assert replies > 5


REPLIES = (
    "Thank you.",
    "I see. And what does it cost?",
    "That did not help.",
    "Yes, please.",
    "No, not that one.",
    "Great, that works!",
)


def test_an_agent_may_interfere_at_any_time() -> None:
    """Chats that agents close and customers whom they ban do not stop the others' lives."""
    licence = Licence(seed=1)
    traffic = Traffic(licence, 6)
    token = licence.tokens[0].token
    caller, _ = licence.login(f"Bearer {token}", {"token": f"Bearer {token}"}, 1)
    for turn in range(600):
        traffic.act()
        chatting = licence.visitors.chatting()
        if turn % 20 == 0 and chatting:
            payload = {"customer_id": chatting[0], "ban": {"days": 1}}
            licence.perform(caller, "ban_customer", payload)
        elif turn % 7 == 0 and chatting:
            chat_id = licence.state.customers[chatting[-1]].chat_id
            licence.perform(caller, "close_thread", {"chat_id": chat_id})
    assert traffic.act()
