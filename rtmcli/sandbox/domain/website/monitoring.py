"""Which customers an agent monitors, by the agent's monitoring level.

Each level includes those before it; `my` are the customers of the agent's chats who are online or
have an active chat. The sandbox has no invitations, so `invited` is the same as
`chatting`, and the highest available level is `online`.
"""

from rtmcli.sandbox.domain.model import Access, Agent, Customer
from rtmcli.sandbox.domain.state import State


def is_monitored(
    state: State,
    agent: Agent,
    customer: Customer,
    *,
    is_online: bool,
    access: Access | None = None,
) -> bool:
    """Return whether an agent monitors a customer; `access` replaces the customer's if given."""
    chat = state.chats.get(customer.chat_id)
    if chat and chat.is_present(agent.id) and (chat.active_thread or is_online):
        return True
    if agent.monitoring_level == "my":
        return False
    if chat and chat.active_thread and agent.is_allowed_by(chat.access):
        return True
    return (
        agent.monitoring_level in ("online", "highest_available")
        and is_online
        and agent.is_allowed_by(access or customer.access)
    )


def monitored_customers(state: State, agent: Agent) -> list[Customer]:
    """List the customers an agent monitors."""
    return [
        customer
        for customer in state.customers.values()
        if is_monitored(state, agent, customer, is_online=customer.id in state.visits)
    ]
