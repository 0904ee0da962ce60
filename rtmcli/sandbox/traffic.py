"""Customers who live: they come, look around, chat, rate and leave, one act at a time."""

import random
from collections.abc import Iterator

from rtmcli.sandbox import seed_data as rows
from rtmcli.sandbox.interface import PushDelivery, RequestError
from rtmcli.sandbox.license import License

MAX_ONLINE = 12  # customers on the website at the same time
_ARRIVAL_PROBABILITY = 0.15  # the chance that the next act is an arrival
_NEW_CUSTOMER_PROBABILITY = 0.3  # that who comes was never there before
_CHAT_PROBABILITY = 0.6  # that a visitor begins to chat
_RATING_PROBABILITY = 0.5
_COMMENT_PROBABILITY = 0.5
_CLOSE_PROBABILITY = 0.3  # the chat, rather than just leaving
_REPLY_PROBABILITY = 0.5  # that the next to act is one to whom an agent has written
_MAX_CUSTOMERS = 200  # customers: from then on no new ones come

_GREETING_TEXTS = (
    "Hello!",
    "Hi, is anybody there?",
    "Good morning, I have a question about my order.",
    "My kettle leaks.",
)
_QUESTION_TEXTS = (
    "When will it arrive?",
    "Can I pay by invoice?",
    "Do you have it in red?",
    "How do I return it?",
    "Is there a guarantee?",
    "The page does not load for me.",
)
_REPLY_TEXTS = (
    "Thank you.",
    "I see. And what does it cost?",
    "That did not help.",
    "Yes, please.",
    "No, not that one.",
    "Great, that works!",
)
_RATING_COMMENTS = ("Very good", "Quick and friendly", "I had to wait", "")

Deliveries = list[PushDelivery]


class TrafficGenerator:
    """The lives of all customers on the website; the same seed leads to the same acts."""

    def __init__(self, license_: License, seed: int | None = None) -> None:
        """Find the customers who are there already."""
        self._visitors = license_.visitors
        self._state = license_.state
        self._random = random.Random(seed)  # noqa: S311  # chance, not secrecy
        self._scenarios = {each: self._scenario(each) for each in self._visitors.online()}

    def step(self) -> Deliveries:
        """Let somebody do the next thing; return the pushes it causes."""
        while True:
            if not self._scenarios or (
                len(self._scenarios) < MAX_ONLINE and self._random.random() < _ARRIVAL_PROBABILITY
            ):
                return self._arrive()
            customer_id = self._pick_customer()
            try:
                return next(self._scenarios[customer_id])
            except StopIteration:
                del self._scenarios[customer_id]
            except RequestError:  # an agent has closed the chat or banned the customer
                self._scenarios[customer_id] = self._leave_early(customer_id)

    def _arrive(self) -> Deliveries:
        offline = self._visitors.offline()
        is_new = (
            len(self._state.customers) < _MAX_CUSTOMERS
            and self._random.random() < _NEW_CUSTOMER_PROBABILITY
        )
        returning_id = "" if is_new or not offline else self._random.choice(offline)
        customer_id, deliveries = self._visitors.start_visit(returning_id)
        self._scenarios[customer_id] = self._scenario(customer_id)
        return deliveries

    def _leave_early(self, customer_id: str) -> Iterator[Deliveries]:
        """Leave before the time; who is gone already has nothing left to do."""
        if customer_id in self._visitors.online():
            yield self._visitors.end_visit(customer_id)

    def _pick_customer(self) -> str:
        awaiting_reply = [each for each in self._scenarios if self._awaits_reply(each)]
        if awaiting_reply and self._random.random() < _REPLY_PROBABILITY:
            return self._random.choice(awaiting_reply)
        return self._random.choice(list(self._scenarios))

    def _awaits_reply(self, customer_id: str) -> bool:
        """Tell whether the last word in the customer's chat is an agent's."""
        chat = self._state.active_chat(self._state.customers[customer_id])
        events = chat.last_thread.events if chat else []
        return bool(events) and events[-1].get("author_id") in self._state.agents

    def _scenario(self, customer_id: str) -> Iterator[Deliveries]:
        """Live a customer's visit, one act at a time, up to leaving."""
        visitors, rng = self._visitors, self._random
        for _ in range(rng.randint(0, 3)):
            yield visitors.open_page(customer_id, rng.choice(rows.PAGES))
        if customer_id in visitors.chatting() or rng.random() < _CHAT_PROBABILITY:
            if customer_id not in visitors.chatting():
                yield visitors.start_chat(customer_id, rng.choice(_GREETING_TEXTS))
            for _ in range(rng.randint(1, 5)):
                yield from self._send_message(customer_id)
            if rng.random() < _RATING_PROBABILITY:
                comment = rng.choice(_RATING_COMMENTS)
                yield visitors.rate_chat(customer_id, rng.randint(0, 1), comment)
            if rng.random() < _CLOSE_PROBABILITY:
                yield visitors.close_chat(customer_id)
        yield visitors.end_visit(customer_id)

    def _send_message(self, customer_id: str) -> Iterator[Deliveries]:
        """Type, show what is typed, and send it; answer the agent, if the word was the agent's."""
        visitors = self._visitors
        yield visitors.send_typing_indicator(customer_id)
        texts = _REPLY_TEXTS if self._awaits_reply(customer_id) else _QUESTION_TEXTS
        text = self._random.choice(texts)
        yield visitors.sneak_peek(customer_id, text[: len(text) // 2])
        yield visitors.send_message(customer_id, text)
