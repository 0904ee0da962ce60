"""Customers who live."""

from collections import Counter

from rtmcli.sandbox.interface import PushDelivery
from rtmcli.sandbox.license import License
from rtmcli.sandbox.traffic import MAX_ONLINE, TrafficGenerator


def generate(steps: int, seed: int) -> list[PushDelivery]:
    """Let a new licence's customers do so many things; return all pushes."""
    traffic = TrafficGenerator(License(seed=1), seed)
    return [delivery for _ in range(steps) for delivery in traffic.step()]


def test_customers_do_all_that_customers_do() -> None:
    """They come, browse, chat, peek, type, rate, close and leave: each push of theirs comes."""
    deliveries = Counter(delivery.name for delivery in generate(2000, seed=1))
    assert deliveries.keys() == {
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
    assert generate(500, seed=1) == generate(500, seed=1)
    assert generate(500, seed=1) != generate(500, seed=2)


def test_every_act_tells_something() -> None:
    """No turn is lost on a customer who has nothing left to do."""
    traffic = TrafficGenerator(License(seed=1), 3)
    assert all(traffic.step() for _ in range(1000))


def test_the_website_is_never_crowded_and_never_empty_for_long() -> None:
    """There is a limit to how many customers are there at once, and to how many there are."""
    license_ = License(seed=1)
    traffic = TrafficGenerator(license_, 4)
    for _ in range(3000):
        traffic.step()
        assert len(license_.visitors.online()) <= MAX_ONLINE
    assert len(license_.state.customers) < 250


def test_customers_answer_the_agent() -> None:
    """When the last word is the agent's, the customer soon has another one."""
    license_ = License(seed=1)
    traffic = TrafficGenerator(license_, 5)
    token = license_.tokens[0].token
    caller, _ = license_.login(f"Bearer {token}", {"token": f"Bearer {token}"}, 1)
    replies = 0
    for _ in range(200):
        for delivery in traffic.step():
            event = delivery.payload.get("event", {})
            if delivery.name == "incoming_event" and event["type"] == "message":
                chat_id = delivery.payload["chat_id"]
                replies += event["text"] in REPLY_TEXTS
                answer = {"type": "message", "text": "How can I help?"}
                license_.execute(caller, "send_event", {"chat_id": chat_id, "event": answer})
    assert replies > 5


REPLY_TEXTS = (
    "Thank you.",
    "I see. And what does it cost?",
    "That did not help.",
    "Yes, please.",
    "No, not that one.",
    "Great, that works!",
)


def test_an_agent_may_interfere_at_any_time() -> None:
    """Chats that agents close and customers whom they ban do not stop the others' lives."""
    license_ = License(seed=1)
    traffic = TrafficGenerator(license_, 6)
    token = license_.tokens[0].token
    caller, _ = license_.login(f"Bearer {token}", {"token": f"Bearer {token}"}, 1)
    for context in range(600):
        traffic.step()
        chatting = license_.visitors.chatting()
        if context % 20 == 0 and chatting:
            payload = {"customer_id": chatting[0], "ban": {"days": 1}}
            license_.execute(caller, "ban_customer", payload)
        elif context % 7 == 0 and chatting:
            chat_id = license_.state.customers[chatting[-1]].chat_id
            license_.execute(caller, "close_thread", {"chat_id": chat_id})
    assert traffic.step()
