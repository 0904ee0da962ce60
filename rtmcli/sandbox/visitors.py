"""What customers do: come, look around, chat, rate, leave.

Each act answers with the pushes it causes; no connection is their requester. An act that its
customer cannot do raises `Refusal` and changes nothing.
"""

from typing import Any

from rtmcli.sandbox import events, seed, threads, website
from rtmcli.sandbox.actions.chats import free_agent, refuse_banned
from rtmcli.sandbox.actions.customers import new_customer
from rtmcli.sandbox.actions.other import press, typing
from rtmcli.sandbox.model import Access, Chat, Customer, Thread, Wire
from rtmcli.sandbox.properties import merged, value_of
from rtmcli.sandbox.seam import Delivery
from rtmcli.sandbox.state import State, refuse

_SILENCE = 30 * 60  # seconds after which a thread is archived


class Visitors:
    """The customers of a licence, as they act on its website."""

    def __init__(self, state: State) -> None:
        self._state = state

    def around(self) -> list[str]:
        """Name the customers who are on the website."""
        return list(self._state.visits)

    def away(self) -> list[str]:
        """Name the customers who could come: neither on the website nor banned."""
        state = self._state
        return [
            each.id
            for each in state.customers.values()
            if each.id not in state.visits and each.banned_until <= state.now
        ]

    def chatting(self) -> list[str]:
        """Name the customers who are on the website and have an active chat."""
        state = self._state
        return [
            chat.customer_id for chat in state.active.values() if chat.customer_id in state.visits
        ]

    def arrive(self, customer_id: str = "") -> tuple[str, list[Delivery]]:
        """Come to the website: a known customer, or a new one. Return who it is, too."""
        state = self._begin()
        deliveries = []
        if customer_id:
            customer = state.customer(customer_id)
            if customer_id in state.visits:
                refuse(f"customer {customer_id} is on the website already")
            refuse_banned(state, customer)
        else:
            customer = new_customer(state, website.invent(state))
            pushed = {"customer": customer.facts}
            deliveries = [Delivery("customer_created", pushed, state.customer_watchers)]
        deliveries.append(website.begin_visit(state, customer))
        return customer.id, [*deliveries, website.look_at(state, customer, *seed.PAGES[0])]

    def open_page(self, customer_id: str, page: tuple[str, str]) -> list[Delivery]:
        """Open another page of the website: its path and title."""
        customer = self._visitor(customer_id)
        return [website.look_at(self._state, customer, *page)]

    def start_chat(self, customer_id: str, words: str = "") -> list[Delivery]:
        """Begin to chat: in a new chat or in a new thread of the old one."""
        state, customer = self._state, self._visitor(customer_id)
        if state.active_chat(customer):
            refuse(f"customer {customer_id} has an active chat")
        refuse_banned(state, customer)
        chat = state.chats.get(customer.chat_id) or Chat(state.new_id(), Access())
        former = state.told(chat)
        state.chats[chat.id] = chat
        threads.seat(state, chat, customer_id, "customer")
        self._assign(chat)
        thread = threads.open_thread(state, chat)
        threads.note_routing(chat)
        if words:
            threads.add_event(state, chat, thread, _message(customer, words))
        return threads.incoming_chat_thread(state, chat, also=former)

    def write(self, customer_id: str, words: str) -> list[Delivery]:
        """Write a message; without an active chat it begins one."""
        return self.send(customer_id, {"type": "message", "text": words})

    def send(self, customer_id: str, event: dict[str, Any]) -> list[Delivery]:
        """Send an event of any type; without an active chat it begins one."""
        state, customer = self._state, self._visitor(customer_id)
        events.check_first([event])
        composed = events.compose(event, customer.id)
        deliveries = []
        if not state.active_chat(customer):
            deliveries = self.start_chat(customer_id)
        chat, thread = self._chat(customer)
        sent = threads.add_event(state, chat, thread, composed)
        return [*deliveries, threads.incoming_event(state, chat, thread, sent)]

    def peek(self, customer_id: str, words: str) -> list[Delivery]:
        """Show what the customer has typed so far."""
        customer = self._visitor(customer_id)
        chat, thread = self._chat(customer)
        payload = {
            "chat_id": chat.id,
            "thread_id": thread.id,
            "sneak_peek": {
                "author_id": customer_id,
                "recipients": "all",
                "timestamp": self._state.seconds,
                "text": words,
            },
        }
        return [self._state.push(chat, "incoming_sneak_peek", payload)]

    def type(self, customer_id: str, *, is_typing: bool = True) -> list[Delivery]:
        """Begin or stop typing."""
        chat, _ = self._chat(self._visitor(customer_id))
        return [typing(self._state, chat, customer_id, recipients="all", is_typing=is_typing)]

    def press(self, customer_id: str, event_id: str, postback_id: str) -> list[Delivery]:
        """Press a button of a rich message."""
        state, customer = self._state, self._visitor(customer_id)
        chat, thread = self._chat(customer)
        event = state.event(thread, event_id)
        postback = {"id": postback_id, "toggled": True}
        return press(state, chat, thread, event, user_id=customer_id, postback=postback)

    def see(self, customer_id: str) -> list[Delivery]:
        """Look at the chat."""
        state, customer = self._state, self._visitor(customer_id)
        chat, _ = self._chat(customer)
        chat.users[customer_id].last_seen = state.seconds
        payload = {"user_id": customer_id, "chat_id": chat.id, "timestamp": state.seconds}
        return [state.push(chat, "last_seen_timestamp_updated", payload)]

    def rate(self, customer_id: str, score: int, comment: str = "") -> list[Delivery]:
        """Rate the active thread, with or without a comment."""
        state, customer = self._state, self._visitor(customer_id)
        chat, thread = self._chat(customer)
        given: Wire = {"score": {"value": score}}
        if comment:
            given["comment"] = {"value": comment}
        thread.properties = merged(thread.properties, {"rating": given})
        payload = {"chat_id": chat.id, "thread_id": thread.id, "properties": {"rating": given}}
        told = [state.push(chat, "chat_thread_properties_updated", payload)]
        name = _name(customer)
        told += threads.say(state, chat, "rating.chat_rated", customer=name, score=str(score))
        if comment:
            told += threads.say(
                state, chat, "rating.chat_commented", customer=name, comment=comment
            )
        return told

    def close_chat(self, customer_id: str) -> list[Delivery]:
        """Close the active thread."""
        state, customer = self._state, self._visitor(customer_id)
        chat, _ = self._chat(customer)
        kind = "manual_archived_customer"
        return threads.close(state, chat, kind, user_id=customer_id, customer=_name(customer))

    def leave(self, customer_id: str) -> list[Delivery]:
        """Leave the website; an active chat is closed, unless it is a continuous one."""
        state, customer = self._state, self._visitor(customer_id)
        chat, deliveries = state.active_chat(customer), []
        if chat:
            if not value_of(chat.properties, "routing", "continuous"):
                kind = "archived_customer_disconnected"
                deliveries = threads.close(state, chat, kind, customer=_name(customer))
            threads.see_off(chat, customer)
        return deliveries + website.end_visit(state, customer)

    def fall_silent(self) -> list[Delivery]:
        """Close the threads in which nothing has happened for half an hour."""
        state = self._begin()
        limit = (state.now - _SILENCE) * 1_000_000
        silent = [chat for chat in state.active.values() if chat.order < limit]
        duration = str(_SILENCE // 60)
        return [
            told
            for chat in silent
            for told in threads.close(state, chat, "routing.archived_inactive", duration=duration)
        ]

    # What the acts share.

    def _begin(self) -> State:
        self._state.read_clock()
        return self._state

    def _visitor(self, customer_id: str) -> Customer:
        """Find who acts: a customer on the website."""
        customer = self._begin().customer(customer_id)
        if customer_id not in self._state.visits:
            refuse(f"customer {customer_id} is not on the website")
        return customer

    def _chat(self, customer: Customer) -> tuple[Chat, Thread]:
        chat = self._state.active_chat(customer)
        if not chat:
            refuse(f"customer {customer.id} has no active chat")
        return chat, chat.last_thread

    def _assign(self, chat: Chat) -> None:
        """Give a chat to an agent, unless one is there."""
        state = self._state
        if any(state.agents[each].online for each in chat.agents()):
            return
        able = [each for each in state.agents.values() if not each.bot and each.is_in(chat.access)]
        taker = free_agent(state, able, chat)
        if taker:
            threads.seat(state, chat, taker.id, "agent")


def _name(customer: Customer) -> str:
    return str(customer.facts.get("name", "Customer"))


def _message(customer: Customer, words: str) -> Wire:
    return events.compose({"type": "message", "text": words}, customer.id)
