"""Ban customers."""

from rtmcli.sandbox.domain.chats import threads
from rtmcli.sandbox.domain.facts import CustomerBanned, Fact
from rtmcli.sandbox.domain.model import Agent, Customer
from rtmcli.sandbox.domain.state import State
from rtmcli.sandbox.domain.timestamps import MICROSECONDS
from rtmcli.sandbox.domain.website import visits


def ban(state: State, customer: Customer, days: int, requester: Agent) -> list[Fact]:
    """Ban a customer: close the active chats, end the visit, and refuse new chats."""
    customer.banned_until = state.now + days * 86_400 * MICROSECONDS
    facts: list[Fact] = [CustomerBanned(customer, days)]
    active = [chat for chat in state.active_chats.values() if chat.customer_id == customer.id]
    for chat in active:
        facts += threads.close_thread(
            state,
            chat,
            "customer_banned",
            user_id=requester.id,
            agent=requester.name,
            duration=str(days),
        )
        threads.mark_absent(chat, customer)
    return facts + visits.end_visit(state, customer)
