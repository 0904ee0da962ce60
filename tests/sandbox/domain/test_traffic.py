"""Simulated customers."""

from collections import Counter

from support.license_client import LicenseClient, render

from rtmcli.sandbox.domain.license import License
from rtmcli.sandbox.domain.traffic import MAX_ONLINE, TrafficGenerator
from rtmcli.sandbox.interface import PushDelivery

REPLY_TEXTS = (
    "Thank you.",
    "I see. And what does it cost?",
    "That did not help.",
    "Yes, please.",
    "No, not that one.",
    "Great, that works!",
)


def generate(steps: int, seed: int) -> list[PushDelivery]:
    """Perform a number of actions on a new license; return all pushes."""
    license_ = License(seed=1)
    traffic = TrafficGenerator(license_, seed)
    return [delivery for _ in range(steps) for delivery in render(license_, traffic.step())]


def test_customers_perform_all_actions() -> None:
    """They visit, browse, chat, type, rate, close and leave: each of their pushes occurs."""
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


def test_the_same_seed_gives_the_same_pushes() -> None:
    """Pushes and payloads are equal for the same seed and differ for another."""
    assert generate(500, seed=1) == generate(500, seed=1)
    assert generate(500, seed=1) != generate(500, seed=2)


def test_every_step_causes_a_push() -> None:
    """No step is spent on a customer without a further action."""
    traffic = TrafficGenerator(License(seed=1), 3)
    assert all(traffic.step() for _ in range(1000))


def test_the_number_of_customers_is_limited() -> None:
    """Both the number of online customers and the total number are limited."""
    license_ = License(seed=1)
    traffic = TrafficGenerator(license_, 4)
    for _ in range(3000):
        traffic.step()
        assert len(license_.visitors.online()) <= MAX_ONLINE
    assert len(license_.state.customers) < 250


def test_customers_reply_to_the_agent() -> None:
    """A customer replies soon if the agent wrote last."""
    license_ = License(seed=1)
    traffic = TrafficGenerator(license_, 5)
    client = LicenseClient(license_)
    replies = 0
    for _ in range(200):
        for delivery in render(license_, traffic.step()):
            event = delivery.payload.get("event", {})
            if delivery.name == "incoming_event" and event["type"] == "message":
                chat_id = delivery.payload["chat_id"]
                replies += event["text"] in REPLY_TEXTS
                message = {"type": "message", "text": "How can I help?"}
                client.call("send_event", {"chat_id": chat_id, "event": message})
    assert replies > 5


def test_an_agent_may_interfere_at_any_time() -> None:
    """If agents close chats and ban customers, the other customers go on."""
    license_ = License(seed=1)
    traffic = TrafficGenerator(license_, 6)
    client = LicenseClient(license_)
    for step in range(600):
        traffic.step()
        chatting = license_.visitors.chatting()
        if step % 20 == 0 and chatting:
            payload = {"customer_id": chatting[0], "ban": {"days": 1}}
            client.call("ban_customer", payload)
        elif step % 7 == 0 and chatting:
            chat_id = license_.state.customers[chatting[-1]].chat_id
            client.call("close_thread", {"chat_id": chat_id})
    assert traffic.step()
