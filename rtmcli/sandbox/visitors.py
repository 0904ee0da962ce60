"""What customers do: come, look around, chat, rate, leave.

Each act answers with the pushes it causes; no connection is their requester. An act that its
customer cannot do raises `Refusal` and changes nothing.
"""

from typing import Any

from rtmcli.sandbox import events, seed_data, threads, visits
from rtmcli.sandbox.actions.chats import pick_agent, reject_if_banned
from rtmcli.sandbox.actions.customers import add_customer
from rtmcli.sandbox.actions.other import apply_postback, incoming_typing_indicator
from rtmcli.sandbox.interface import PushDelivery
from rtmcli.sandbox.model import Access, Chat, Customer, JSONObject, Thread
from rtmcli.sandbox.properties import get_value, merge
from rtmcli.sandbox.state import State, reject

_INACTIVITY_TIMEOUT = 30 * 60  # seconds after which a thread is archived


class Visitors:
    """The customers of a licence, as they act on its website."""

    def __init__(self, state: State) -> None:
        self._state = state

    def online(self) -> list[str]:
        """Name the customers who are on the website."""
        return list(self._state.visits)

    def offline(self) -> list[str]:
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
            chat.customer_id
            for chat in state.active_chats.values()
            if chat.customer_id in state.visits
        ]

    def start_visit(self, customer_id: str = "") -> tuple[str, list[PushDelivery]]:
        """Come to the website: a known customer, or a new one. Return who it is, too."""
        state = self._update_now()
        deliveries = []
        if customer_id:
            customer = state.customer(customer_id)
            if customer_id in state.visits:
                reject(f"customer {customer_id} is on the website already")
            reject_if_banned(state, customer)
        else:
            customer = add_customer(state, visits.random_customer(state))
            payload = {"customer": customer.data}
            deliveries = [PushDelivery("customer_created", payload, state.customer_push_recipients)]
        deliveries.append(visits.start_visit(state, customer))
        return customer.id, [*deliveries, visits.open_page(state, customer, *seed_data.PAGES[0])]

    def open_page(self, customer_id: str, page: tuple[str, str]) -> list[PushDelivery]:
        """Open another page of the website: its path and title."""
        customer = self._get_online_customer(customer_id)
        return [visits.open_page(self._state, customer, *page)]

    def start_chat(self, customer_id: str, text: str = "") -> list[PushDelivery]:
        """Begin to chat: in a new chat or in a new thread of the old one."""
        state, customer = self._state, self._get_online_customer(customer_id)
        if state.active_chat(customer):
            reject(f"customer {customer_id} has an active chat")
        reject_if_banned(state, customer)
        chat = state.chats.get(customer.chat_id) or Chat(state.new_id(), Access())
        previous_recipients = state.recipients(chat)
        state.chats[chat.id] = chat
        threads.add_member(state, chat, customer_id, "customer")
        self._assign_agent(chat)
        thread = threads.open_thread(state, chat)
        threads.update_unassigned_property(chat)
        if text:
            threads.add_event(state, chat, thread, _build_message(customer, text))
        return threads.incoming_chat_thread(state, chat, extra_recipients=previous_recipients)

    def send_message(self, customer_id: str, text: str) -> list[PushDelivery]:
        """Write a message; without an active chat it begins one."""
        return self.send_event(customer_id, {"type": "message", "text": text})

    def send_event(self, customer_id: str, event: dict[str, Any]) -> list[PushDelivery]:
        """Send an event of any type; without an active chat it begins one."""
        state, customer = self._state, self._get_online_customer(customer_id)
        events.validate_initial_events([event])
        event_fields = events.build_event(event, customer.id)
        deliveries = []
        if not state.active_chat(customer):
            deliveries = self.start_chat(customer_id)
        chat, thread = self._get_active_chat(customer)
        added = threads.add_event(state, chat, thread, event_fields)
        return [*deliveries, threads.incoming_event(state, chat, thread, added)]

    def sneak_peek(self, customer_id: str, text: str) -> list[PushDelivery]:
        """Show what the customer has typed so far."""
        customer = self._get_online_customer(customer_id)
        chat, thread = self._get_active_chat(customer)
        payload = {
            "chat_id": chat.id,
            "thread_id": thread.id,
            "sneak_peek": {
                "author_id": customer_id,
                "recipients": "all",
                "timestamp": self._state.timestamp,
                "text": text,
            },
        }
        return [self._state.chat_push(chat, "incoming_sneak_peek", payload)]

    def send_typing_indicator(
        self, customer_id: str, *, is_typing: bool = True
    ) -> list[PushDelivery]:
        """Begin or stop typing."""
        chat, _ = self._get_active_chat(self._get_online_customer(customer_id))
        return [
            incoming_typing_indicator(
                self._state, chat, customer_id, recipients="all", is_typing=is_typing
            )
        ]

    def press_button(self, customer_id: str, event_id: str, postback_id: str) -> list[PushDelivery]:
        """Press a button of a rich message."""
        state, customer = self._state, self._get_online_customer(customer_id)
        chat, thread = self._get_active_chat(customer)
        event = state.event(thread, event_id)
        postback = {"id": postback_id, "toggled": True}
        return apply_postback(state, chat, thread, event, user_id=customer_id, postback=postback)

    def mark_seen(self, customer_id: str) -> list[PushDelivery]:
        """Look at the chat."""
        state, customer = self._state, self._get_online_customer(customer_id)
        chat, _ = self._get_active_chat(customer)
        chat.users[customer_id].last_seen = state.timestamp
        payload = {"user_id": customer_id, "chat_id": chat.id, "timestamp": state.timestamp}
        return [state.chat_push(chat, "last_seen_timestamp_updated", payload)]

    def rate_chat(self, customer_id: str, score: int, comment: str = "") -> list[PushDelivery]:
        """Rate the active thread, with or without a comment."""
        state, customer = self._state, self._get_online_customer(customer_id)
        chat, thread = self._get_active_chat(customer)
        rating: JSONObject = {"score": {"value": score}}
        if comment:
            rating["comment"] = {"value": comment}
        thread.properties = merge(thread.properties, {"rating": rating})
        payload = {"chat_id": chat.id, "thread_id": thread.id, "properties": {"rating": rating}}
        deliveries = [state.chat_push(chat, "chat_thread_properties_updated", payload)]
        customer_name = _customer_name(customer)
        deliveries += threads.add_system_message(
            state, chat, "rating.chat_rated", customer=customer_name, score=str(score)
        )
        if comment:
            deliveries += threads.add_system_message(
                state, chat, "rating.chat_commented", customer=customer_name, comment=comment
            )
        return deliveries

    def close_chat(self, customer_id: str) -> list[PushDelivery]:
        """Close the active thread."""
        state, customer = self._state, self._get_online_customer(customer_id)
        chat, _ = self._get_active_chat(customer)
        message_type = "manual_archived_customer"
        return threads.close_thread(
            state, chat, message_type, user_id=customer_id, customer=_customer_name(customer)
        )

    def end_visit(self, customer_id: str) -> list[PushDelivery]:
        """Leave the website; an active chat is closed, unless it is a continuous one."""
        state, customer = self._state, self._get_online_customer(customer_id)
        chat, deliveries = state.active_chat(customer), []
        if chat:
            if not get_value(chat.properties, "routing", "continuous"):
                message_type = "archived_customer_disconnected"
                deliveries = threads.close_thread(
                    state, chat, message_type, customer=_customer_name(customer)
                )
            threads.mark_absent(chat, customer)
        return deliveries + visits.end_visit(state, customer)

    def close_inactive(self) -> list[PushDelivery]:
        """Close the threads in which nothing has happened for half an hour."""
        state = self._update_now()
        cutoff = (state.now - _INACTIVITY_TIMEOUT) * 1_000_000
        inactive = [chat for chat in state.active_chats.values() if chat.order < cutoff]
        duration = str(_INACTIVITY_TIMEOUT // 60)
        return [
            delivery
            for chat in inactive
            for delivery in threads.close_thread(
                state, chat, "routing.archived_inactive", duration=duration
            )
        ]

    # What the acts share.

    def _update_now(self) -> State:
        self._state.update_now()
        return self._state

    def _get_online_customer(self, customer_id: str) -> Customer:
        """Find who acts: a customer on the website."""
        customer = self._update_now().customer(customer_id)
        if customer_id not in self._state.visits:
            reject(f"customer {customer_id} is not on the website")
        return customer

    def _get_active_chat(self, customer: Customer) -> tuple[Chat, Thread]:
        chat = self._state.active_chat(customer)
        if not chat:
            reject(f"customer {customer.id} has no active chat")
        return chat, chat.last_thread

    def _assign_agent(self, chat: Chat) -> None:
        """Give a chat to an agent, unless one is there."""
        state = self._state
        if any(state.agents[each].is_online for each in chat.present_agents()):
            return
        candidates = [
            each
            for each in state.agents.values()
            if not each.is_bot and each.is_allowed_by(chat.access)
        ]
        assignee = pick_agent(state, candidates, chat)
        if assignee:
            threads.add_member(state, chat, assignee.id, "agent")


def _customer_name(customer: Customer) -> str:
    return str(customer.data.get("name", "Customer"))


def _build_message(customer: Customer, text: str) -> JSONObject:
    return events.build_event({"type": "message", "text": text}, customer.id)
