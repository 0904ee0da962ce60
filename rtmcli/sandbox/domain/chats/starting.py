"""Start chats and new threads of chats with initial data."""

from typing import NamedTuple

from rtmcli.sandbox.domain.chats import memberships, threads
from rtmcli.sandbox.domain.errors import reject
from rtmcli.sandbox.domain.facts import ThreadOpened
from rtmcli.sandbox.domain.model import Access, Chat, Customer, Event, Properties
from rtmcli.sandbox.domain.properties import merge
from rtmcli.sandbox.domain.state import State


class InitialChat(NamedTuple):
    """The initial data of a chat or a new thread, validated before anything changes."""

    access: Access | None = None  # None: keep
    properties: Properties = {}  # noqa: RUF012  # never changed
    thread_properties: Properties = {}  # noqa: RUF012  # never changed
    tags: tuple[str, ...] = ()
    events: tuple[Event, ...] = ()
    customer: Customer | None = None
    agent_ids: tuple[str, ...] = ()  # besides the requester
    is_active: bool = True
    is_followed: bool = False  # by the requester


def start(state: State, initial: InitialChat, user_id: str, agent_id: str) -> list[ThreadOpened]:
    """Start a chat; `user_id` is the author, `agent_id` the agent whose request it is."""
    memberships.reject_second_agent(state, (user_id, *initial.agent_ids))
    chat = Chat(state.new_id(), Access())
    state.chats[chat.id] = chat
    _apply(state, chat, initial, user_id, agent_id)
    return [ThreadOpened(chat, chat.last_thread, chat.audience, None, agent_id)]


def resume(
    state: State, chat: Chat, initial: InitialChat, user_id: str, agent_id: str
) -> list[ThreadOpened]:
    """Open a new thread in a chat that has no active one."""
    if chat.active_thread:
        reject(f"chat {chat.id} is already active: thread {chat.last_thread.id}")
    customer = initial.customer
    if customer and chat.customer_id and chat.customer_id != customer.id:
        reject(f"chat {chat.id} already has a customer: {chat.customer_id}")
    if customer and not chat.customer_id:
        reject_second_chat(customer, "activate")
    if chat.customer_id:
        state.reject_if_banned(state.customer(chat.customer_id))
    agent_ids = (user_id, *initial.agent_ids, *chat.present_agents())
    memberships.reject_second_agent(state, agent_ids)
    previous_audience = chat.audience
    _apply(state, chat, initial, user_id, agent_id)
    return [ThreadOpened(chat, chat.last_thread, chat.audience, previous_audience, agent_id)]


def reject_second_chat(customer: Customer, verb: str) -> None:
    """Refuse a customer who has a chat; `verb` says what to do with that chat instead."""
    if customer.chat_id:
        reject(f"customer {customer.id} already has a chat: {verb} chat {customer.chat_id}")


def _apply(state: State, chat: Chat, initial: InitialChat, user_id: str, agent_id: str) -> None:
    """Apply the data and open a thread with the requester, the customer and other agents."""
    chat.access = initial.access or chat.access
    chat.properties = merge(chat.properties, initial.properties)
    if initial.customer:
        threads.add_member(state, chat, initial.customer.id, "customer")
    for each in (user_id, *initial.agent_ids):
        threads.add_member(state, chat, each, "agent")
    thread = threads.open_thread(state, chat, is_active=initial.is_active)
    thread.properties, thread.tags = initial.thread_properties, initial.tags
    if initial.is_followed:
        chat.followers.add(agent_id)
        chat.invalidate_audience()
    for event in initial.events:
        threads.add_event(state, chat, thread, event)
