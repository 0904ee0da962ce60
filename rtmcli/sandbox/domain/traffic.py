"""Simulated customers: they visit, browse, chat, rate and leave, one action at a time."""

import random
from collections.abc import Iterator

from rtmcli.sandbox.domain import seed_data
from rtmcli.sandbox.domain.errors import DomainError
from rtmcli.sandbox.domain.facts import Fact
from rtmcli.sandbox.domain.license import License

MAX_ONLINE = 12  # customers on the website at the same time
_MAX_CUSTOMERS = 200  # no new customers are created beyond this number
_ARRIVAL_PROBABILITY = 0.15  # the next action is an arrival
_NEW_CUSTOMER_PROBABILITY = 0.3  # the arriving customer is new
_CHAT_PROBABILITY = 0.6  # a visitor starts a chat
_RATING_PROBABILITY = 0.5  # a customer rates the chat
_CLOSE_PROBABILITY = 0.3  # a customer closes the chat before leaving
_REPLY_PROBABILITY = 0.5  # the next action is that of a customer with an unanswered message

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

Facts = list[Fact]


class TrafficGenerator:
    """Generates the actions of simulated customers; the same seed gives the same actions."""

    def __init__(self, license_: License, seed: int | None = None) -> None:
        """Start a scenario for each customer who is on the website."""
        self._visitors = license_.visitors
        self._state = license_.state
        self._random = random.Random(seed)  # noqa: S311  # not for secrets
        self._scenarios = {each: self._scenario(each) for each in self._visitors.online()}

    def step(self) -> Facts:
        """Perform the next action of some customer; return what happened."""
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
            except DomainError:  # an agent has closed the chat or banned the customer
                self._scenarios[customer_id] = self._leave_early(customer_id)

    def _arrive(self) -> Facts:
        offline = self._visitors.offline()
        is_new = (
            len(self._state.customers) < _MAX_CUSTOMERS
            and self._random.random() < _NEW_CUSTOMER_PROBABILITY
        )
        returning_id = "" if is_new or not offline else self._random.choice(offline)
        customer_id, facts = self._visitors.start_visit(returning_id)
        self._scenarios[customer_id] = self._scenario(customer_id)
        return facts

    def _leave_early(self, customer_id: str) -> Iterator[Facts]:
        """Leave the website early, unless the customer has left already."""
        if customer_id in self._visitors.online():
            yield self._visitors.end_visit(customer_id)

    def _pick_customer(self) -> str:
        awaiting_reply = [each for each in self._scenarios if self._awaits_reply(each)]
        if awaiting_reply and self._random.random() < _REPLY_PROBABILITY:
            return self._random.choice(awaiting_reply)
        return self._random.choice(list(self._scenarios))

    def _awaits_reply(self, customer_id: str) -> bool:
        """Return whether the last event of the customer's chat is from an agent."""
        chat = self._state.active_chat(self._state.customers[customer_id])
        events = chat.last_thread.events if chat else []
        return bool(events) and events[-1].author_id in self._state.agents

    def _scenario(self, customer_id: str) -> Iterator[Facts]:
        """Perform a customer's visit until the customer leaves, one action per iteration."""
        visitors, rng = self._visitors, self._random
        for _ in range(rng.randint(0, 3)):
            yield visitors.open_page(customer_id, rng.choice(seed_data.PAGES))
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

    def _send_message(self, customer_id: str) -> Iterator[Facts]:
        """Type, show a sneak peek, and send a message: a reply, if the agent wrote last."""
        visitors = self._visitors
        yield visitors.send_typing_indicator(customer_id)
        texts = _REPLY_TEXTS if self._awaits_reply(customer_id) else _QUESTION_TEXTS
        text = self._random.choice(texts)
        yield visitors.sneak_peek(customer_id, text[: len(text) // 2])
        yield visitors.send_message(customer_id, text)
