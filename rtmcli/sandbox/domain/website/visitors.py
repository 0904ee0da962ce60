"""Actions of simulated customers: visit, open pages, chat, rate and leave.

Each action returns what happened; it has no requester. An action that is not possible raises
`DomainError` and changes nothing.
"""

from rtmcli.sandbox.domain import seed_data
from rtmcli.sandbox.domain.chats import routing, threads
from rtmcli.sandbox.domain.customers import add_customer
from rtmcli.sandbox.domain.errors import reject
from rtmcli.sandbox.domain.facts import (
    CustomerCreated,
    EventAdded,
    Fact,
    MarkedAsSeen,
    PropertiesUpdated,
    SneakPeek,
    ThreadOpened,
    Typing,
)
from rtmcli.sandbox.domain.model import Access, Chat, Customer, Event, Thread
from rtmcli.sandbox.domain.properties import get_value, merge
from rtmcli.sandbox.domain.state import State
from rtmcli.sandbox.domain.timestamps import MICROSECONDS
from rtmcli.sandbox.domain.website import visits

_INACTIVITY_MINUTES = 30


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

    def start_visit(self, customer_id: str = "") -> tuple[str, list[Fact]]:
        """Start a visit of a known or a new customer; return the customer's ID, too."""
        state = self._update_now()
        facts: list[Fact] = []
        if customer_id:
            customer = state.customer(customer_id)
            if customer_id in state.visits:
                reject(f"customer {customer_id} is already on the website")
            state.reject_if_banned(customer)
        else:
            customer = add_customer(state, visits.random_customer(state))
            facts = [CustomerCreated(customer)]
        facts.append(visits.start_visit(state, customer))
        return customer.id, [*facts, visits.open_page(state, customer, *seed_data.PAGES[0])]

    def open_page(self, customer_id: str, page: tuple[str, str]) -> list[Fact]:
        """Open a page, given as its path and title."""
        customer = self._get_online_customer(customer_id)
        return [visits.open_page(self._state, customer, *page)]

    def start_chat(self, customer_id: str, text: str = "") -> list[Fact]:
        """Start a chat, or a new thread of the customer's chat."""
        state, customer = self._state, self._get_online_customer(customer_id)
        if state.active_chat(customer):
            reject(f"customer {customer_id} has an active chat")
        state.reject_if_banned(customer)
        chat = state.chats.get(customer.chat_id) or Chat(state.new_id(), Access())
        previous_audience = chat.audience
        state.chats[chat.id] = chat
        threads.add_member(state, chat, customer_id, "customer")
        self._assign_agent(chat)
        thread = threads.open_thread(state, chat)
        threads.update_unassigned_property(chat)
        if text:
            message = Event("message", customer_id, fields={"text": text})
            threads.add_event(state, chat, thread, message)
        return [ThreadOpened(chat, thread, chat.audience, previous_audience)]

    def send_message(self, customer_id: str, text: str) -> list[Fact]:
        """Send a message; start a chat first if none is active."""
        return self.send_event(customer_id, Event("message", fields={"text": text}))

    def send_event(self, customer_id: str, draft: Event) -> list[Fact]:
        """Send an event of any type; start a chat first if none is active."""
        state, customer = self._state, self._get_online_customer(customer_id)
        facts = [] if state.active_chat(customer) else self.start_chat(customer_id)
        chat, thread = self._get_active_chat(customer)
        event = threads.add_event(state, chat, thread, draft._replace(author_id=customer_id))
        return [*facts, EventAdded(chat, thread, chat.audience, event)]

    def sneak_peek(self, customer_id: str, text: str) -> list[Fact]:
        """Show agents what the customer has typed so far."""
        chat, thread = self._get_active_chat(self._get_online_customer(customer_id))
        return [SneakPeek(chat, thread, chat.audience, customer_id, text)]

    def send_typing_indicator(self, customer_id: str, *, is_typing: bool = True) -> list[Fact]:
        """Start or stop typing."""
        chat, thread = self._get_active_chat(self._get_online_customer(customer_id))
        return [Typing(chat, thread, chat.audience, customer_id, "all", is_typing)]

    def mark_as_seen(self, customer_id: str) -> list[Fact]:
        """See all events of the chat."""
        chat, _ = self._get_active_chat(self._get_online_customer(customer_id))
        chat.users[customer_id].seen_up_to = chat.updated
        return [MarkedAsSeen(chat, chat.audience, customer_id, chat.updated)]

    def rate_chat(self, customer_id: str, score: int, comment: str = "") -> list[Fact]:
        """Rate the active thread, with or without a comment."""
        state, customer = self._state, self._get_online_customer(customer_id)
        chat, thread = self._get_active_chat(customer)
        update = {"rating": {"score": score, **({"comment": comment} if comment else {})}}
        thread.properties = merge(thread.properties, update)
        facts: list[Fact] = [PropertiesUpdated(chat, chat.audience, update, thread.id)]
        customer_name = customer.display_name
        facts += threads.add_system_message(
            state, chat, "rating.chat_rated", customer=customer_name, score=str(score)
        )
        if comment:
            facts += threads.add_system_message(
                state, chat, "rating.chat_commented", customer=customer_name, comment=comment
            )
        return facts

    def close_chat(self, customer_id: str) -> list[Fact]:
        """Close the active thread."""
        state, customer = self._state, self._get_online_customer(customer_id)
        chat, _ = self._get_active_chat(customer)
        message_type = "manual_archived_customer"
        return threads.close_thread(
            state, chat, message_type, user_id=customer_id, customer=customer.display_name
        )

    def end_visit(self, customer_id: str) -> list[Fact]:
        """Leave the website; this closes the active chat unless it is continuous."""
        state, customer = self._state, self._get_online_customer(customer_id)
        chat = state.active_chat(customer)
        facts: list[Fact] = []
        if chat:
            if not get_value(chat.properties, "routing", "continuous"):
                message_type = "archived_customer_disconnected"
                facts = threads.close_thread(
                    state, chat, message_type, customer=customer.display_name
                )
            threads.mark_absent(chat, customer)
        return facts + visits.end_visit(state, customer)

    def close_inactive(self) -> list[Fact]:
        """Close the threads without an event in the last 30 minutes."""
        state = self._update_now()
        cutoff = state.now - _INACTIVITY_MINUTES * 60 * MICROSECONDS
        inactive = [chat for chat in state.active_chats.values() if chat.updated < cutoff]
        return [
            fact
            for chat in inactive
            for fact in threads.close_thread(
                state, chat, "routing.archived_inactive", duration=str(_INACTIVITY_MINUTES)
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
