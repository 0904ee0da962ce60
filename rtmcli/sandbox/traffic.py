"""Customers who live: they come, look around, chat, rate and leave, one act at a time."""

import random
from collections.abc import Iterator

from rtmcli.sandbox import seed as rows
from rtmcli.sandbox.licence import Licence
from rtmcli.sandbox.seam import Delivery, Refusal

CROWD = 12  # customers on the website at the same time
_COMES = 0.15  # the chance that the next act is an arrival
_IS_NEW = 0.3  # that who comes was never there before
_CHATS = 0.6  # that a visitor begins to chat
_RATES = 0.5
_COMMENTS = 0.5
_CLOSES = 0.3  # the chat, rather than just leaving
_REPLIES = 0.5  # that the next to act is one to whom an agent has written
_KNOWN = 200  # customers: from then on no new ones come

_GREETINGS = (
    "Hello!",
    "Hi, is anybody there?",
    "Good morning, I have a question about my order.",
    "My kettle leaks.",
)
_QUESTIONS = (
    "When will it arrive?",
    "Can I pay by invoice?",
    "Do you have it in red?",
    "How do I return it?",
    "Is there a guarantee?",
    "The page does not load for me.",
)
_REPLIES_TO_AGENTS = (
    "Thank you.",
    "I see. And what does it cost?",
    "That did not help.",
    "Yes, please.",
    "No, not that one.",
    "Great, that works!",
)
_COMMENTS_ON_CHATS = ("Very good", "Quick and friendly", "I had to wait", "")

Act = list[Delivery]


class Traffic:
    """The lives of all customers on the website; the same seed leads to the same acts."""

    def __init__(self, licence: Licence, seed: int | None = None) -> None:
        """Find the customers who are there already."""
        self._visitors = licence.visitors
        self._state = licence.state
        self._random = random.Random(seed)  # noqa: S311  # chance, not secrecy
        self._lives = {each: self._life(each) for each in self._visitors.around()}

    def act(self) -> Act:
        """Let somebody do the next thing; return the pushes it causes."""
        while True:
            if not self._lives or (len(self._lives) < CROWD and self._random.random() < _COMES):
                return self._arrive()
            customer_id = self._choose()
            try:
                return next(self._lives[customer_id])
            except StopIteration:
                del self._lives[customer_id]
            except Refusal:  # an agent has closed the chat or banned the customer
                self._lives[customer_id] = self._end(customer_id)

    def _arrive(self) -> Act:
        away = self._visitors.away()
        is_new = len(self._state.customers) < _KNOWN and self._random.random() < _IS_NEW
        known = "" if is_new or not away else self._random.choice(away)
        customer_id, told = self._visitors.arrive(known)
        self._lives[customer_id] = self._life(customer_id)
        return told

    def _end(self, customer_id: str) -> Iterator[Act]:
        """Leave before the time; who is gone already has nothing left to do."""
        if customer_id in self._visitors.around():
            yield self._visitors.leave(customer_id)

    def _choose(self) -> str:
        addressed = [each for each in self._lives if self._is_addressed(each)]
        if addressed and self._random.random() < _REPLIES:
            return self._random.choice(addressed)
        return self._random.choice(list(self._lives))

    def _is_addressed(self, customer_id: str) -> bool:
        """Tell whether the last word in the customer's chat is an agent's."""
        chat = self._state.active_chat(self._state.customers[customer_id])
        events = chat.last_thread.events if chat else []
        return bool(events) and events[-1].get("author_id") in self._state.agents

    def _life(self, customer_id: str) -> Iterator[Act]:
        """Live a customer's visit, one act at a time, up to leaving."""
        visitors, chance = self._visitors, self._random
        for _ in range(chance.randint(0, 3)):
            yield visitors.open_page(customer_id, chance.choice(rows.PAGES))
        if customer_id in visitors.chatting() or chance.random() < _CHATS:
            if customer_id not in visitors.chatting():
                yield visitors.start_chat(customer_id, chance.choice(_GREETINGS))
            for _ in range(chance.randint(1, 5)):
                yield from self._say(customer_id)
            if chance.random() < _RATES:
                comment = chance.choice(_COMMENTS_ON_CHATS)
                yield visitors.rate(customer_id, chance.randint(0, 1), comment)
            if chance.random() < _CLOSES:
                yield visitors.close_chat(customer_id)
        yield visitors.leave(customer_id)

    def _say(self, customer_id: str) -> Iterator[Act]:
        """Type, show what is typed, and send it; answer the agent, if the word was the agent's."""
        visitors = self._visitors
        yield visitors.type(customer_id)
        choices = _REPLIES_TO_AGENTS if self._is_addressed(customer_id) else _QUESTIONS
        words = self._random.choice(choices)
        yield visitors.peek(customer_id, words[: len(words) // 2])
        yield visitors.write(customer_id, words)
