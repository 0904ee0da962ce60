"""Actions of simulated customers: visit, open pages, chat, rate and leave.

Each action returns the pushes it causes; they have no requester. An action that is not possible
raises `RequestError` and changes nothing.
"""

from typing import Any

from rtmcli.sandbox import events, routing, seed_data, threads, visits
from rtmcli.sandbox.customers import add_customer, display_name
from rtmcli.sandbox.interface import PushDelivery
from rtmcli.sandbox.model import Access, Chat, Customer, JSONObject, Thread
from rtmcli.sandbox.properties import get_value, merge
from rtmcli.sandbox.state import State, reject

_INACTIVITY_TIMEOUT = 30 * 60  # seconds


class Visitors:
    """The customers of a license, as they use its website."""

    def __init__(self, state: State) -> None:
        self._state = state

    def online(self) -> list[str]:
        """List the IDs of the customers who are on the website."""
        return list(self._state.visits)

    def offline(self) -> list[str]:
        """List the IDs of the customers who can start a visit: not on the website, not banned."""
        state = self._state
        return [
            each.id
            for each in state.customers.values()
            if each.id not in state.visits and each.banned_until <= state.now
        ]

    def chatting(self) -> list[str]:
        """List the IDs of the customers who are on the website and have an active chat."""
        state = self._state
        return [
            chat.customer_id
            for chat in state.active_chats.values()
            if chat.customer_id in state.visits
        ]

    def start_visit(self, customer_id: str = "") -> tuple[str, list[PushDelivery]]:
        """Start a visit of a known or a new customer; return the customer's ID, too."""
        state = self._update_now()
        deliveries = []
        if customer_id:
            customer = state.customer(customer_id)
            if customer_id in state.visits:
                reject(f"customer {customer_id} is already on the website")
            state.reject_if_banned(customer)
        else:
            customer = add_customer(state, visits.random_customer(state))
            payload = {"customer": customer.data}
            deliveries = [PushDelivery("customer_created", payload, state.customer_push_recipients)]
        deliveries.append(visits.start_visit(state, customer))
        return customer.id, [*deliveries, visits.open_page(state, customer, *seed_data.PAGES[0])]

    def open_page(self, customer_id: str, page: tuple[str, str]) -> list[PushDelivery]:
        """Open a page, given as its path and title."""
        customer = self._get_online_customer(customer_id)
        return [visits.open_page(self._state, customer, *page)]

    def start_chat(self, customer_id: str, text: str = "") -> list[PushDelivery]:
        """Start a chat, or a new thread of the customer's chat."""
        state, customer = self._state, self._get_online_customer(customer_id)
        if state.active_chat(customer):
            reject(f"customer {customer_id} has an active chat")
        state.reject_if_banned(customer)
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
        """Send a message; start a chat first if none is active."""
        return self.send_event(customer_id, {"type": "message", "text": text})

    def send_event(self, customer_id: str, event: dict[str, Any]) -> list[PushDelivery]:
        """Send an event of any type; start a chat first if none is active."""
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
        """Show agents what the customer has typed so far."""
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
        """Start or stop typing."""
        chat, _ = self._get_active_chat(self._get_online_customer(customer_id))
        return [
            threads.incoming_typing_indicator(
                self._state, chat, customer_id, recipients="all", is_typing=is_typing
            )
        ]

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
        customer_name = display_name(customer)
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
            state, chat, message_type, user_id=customer_id, customer=display_name(customer)
        )

    def end_visit(self, customer_id: str) -> list[PushDelivery]:
        """Leave the website; this closes the active chat unless it is continuous."""
        state, customer = self._state, self._get_online_customer(customer_id)
        chat, deliveries = state.active_chat(customer), []
        if chat:
            if not get_value(chat.properties, "routing", "continuous"):
                message_type = "archived_customer_disconnected"
                deliveries = threads.close_thread(
                    state, chat, message_type, customer=display_name(customer)
                )
            threads.mark_absent(chat, customer)
        return deliveries + visits.end_visit(state, customer)

    def close_inactive(self) -> list[PushDelivery]:
        """Close the threads without an event in the last 30 minutes."""
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

    def _update_now(self) -> State:
        self._state.update_now()
        return self._state

    def _get_online_customer(self, customer_id: str) -> Customer:
        """Return a customer; reject it unless it is on the website."""
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
        """Add an agent to a chat unless one is present and online."""
        state = self._state
        if any(state.agents[each].is_online for each in chat.present_agents()):
            return
        candidates = [
            each
            for each in state.agents.values()
            if not each.is_bot and each.is_allowed_by(chat.access)
        ]
        assignee = routing.pick_agent(state, candidates, chat)
        if assignee:
            threads.add_member(state, chat, assignee.id, "agent")


def _build_message(customer: Customer, text: str) -> JSONObject:
    return events.build_event({"type": "message", "text": text}, customer.id)
