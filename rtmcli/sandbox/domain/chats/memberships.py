"""Agents add and remove users, and follow chats; system messages say who did it.

These functions do not validate permissions; their callers do.
"""

from collections.abc import Iterable

from rtmcli.sandbox.domain.chats import threads
from rtmcli.sandbox.domain.errors import reject
from rtmcli.sandbox.domain.facts import ChatFollowed, ChatUnfollowed, Fact
from rtmcli.sandbox.domain.model import Agent, Chat
from rtmcli.sandbox.domain.state import State
from rtmcli.sandbox.variants import Variant


def add(
    state: State,
    chat: Chat,
    user_id: str,
    user_type: str,
    requester: Agent,
    *,
    visibility: str = "all",
) -> list[Fact]:
    """Add an agent, or the chat's only customer; this is a fact even if the user is present."""
    if user_type == "agent":
        name = state.agent(user_id).name
        if not chat.is_present(user_id):
            reject_second_agent(state, [user_id, *chat.present_agents()])
    else:
        name = _validate_customer(state, chat, user_id)
    is_new, is_first_agent = not chat.is_present(user_id), not chat.present_agents()
    facts = threads.add_user(
        state, chat, user_id, user_type, visibility=visibility, requester_id=requester.id
    )
    if is_new and user_type == "customer":
        facts += threads.add_system_message(
            state, chat, "customer_added", initiator=requester.name, customer=name
        )
    elif is_new and not is_first_agent and user_id == requester.id:
        facts += threads.add_system_message(state, chat, "agent_joined", agent=name)
    elif is_new and not is_first_agent:
        facts += threads.add_system_message(
            state, chat, "agent_added", initiator=requester.name, agent=name
        )
    return facts


def reject_second_agent(state: State, agent_ids: Iterable[str]) -> None:
    """Refuse several agents in a chat if the license allows only one."""
    if Variant.ONE_AGENT in state.variants and len({*agent_ids}) > 1:
        reject("the license allows one agent per chat")


def _validate_customer(state: State, chat: Chat, user_id: str) -> str:
    """Reject a customer who may not join the chat; return the customer's name."""
    customer = state.customer(user_id)
    if chat.customer_id and chat.customer_id != user_id:
        reject(f"chat {chat.id} already has a customer: {chat.customer_id}")
    if customer.chat_id and customer.chat_id != chat.id:
        reject(f"customer {user_id} already has a chat: {customer.chat_id}")
    state.reject_if_banned(customer)
    return customer.display_name


def remove(
    state: State, chat: Chat, agent: Agent, requester: Agent, *, is_self: bool
) -> list[Fact]:
    """Remove an agent; this is a fact even if the agent is not present."""
    was_present = chat.is_present(agent.id)
    facts = [threads.remove_user(chat, agent.id, requester_id=requester.id)]
    if was_present and is_self:
        facts += threads.add_system_message(state, chat, "agent_left", agent=agent.name)
    elif was_present:
        facts += threads.add_system_message(
            state, chat, "agent_removed", initiator=requester.name, agent=agent.name
        )
    return facts


def follow(chat: Chat, agent_id: str) -> list[Fact]:
    """Follow a chat; if the agent follows it or is present already, do nothing."""
    if agent_id in chat.followers or chat.is_present(agent_id):
        return []
    chat.followers.add(agent_id)
    chat.invalidate_audience()
    return [ChatFollowed(chat, agent_id)]


def unfollow(chat: Chat, agent_id: str) -> list[Fact]:
    """Stop following a chat."""
    if chat.is_present(agent_id):
        reject(f"{agent_id} is present in chat {chat.id} and cannot unfollow it")
    was_follower = agent_id in chat.followers
    chat.followers.discard(agent_id)
    chat.invalidate_audience()
    return [ChatUnfollowed(chat, agent_id)] if was_follower else []
