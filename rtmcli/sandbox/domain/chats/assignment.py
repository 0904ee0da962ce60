"""Assign chats that wait in the queue to agents who become available."""

from rtmcli.sandbox.domain.chats import routing, threads
from rtmcli.sandbox.domain.facts import ChatTransferred, Fact
from rtmcli.sandbox.domain.model import Chat
from rtmcli.sandbox.domain.state import State


def assign_waiting(state: State) -> list[Fact]:
    """Give each waiting chat, in order, to an available agent with access, if there is one."""
    return [fact for chat in list(state.queue.values()) for fact in _assign(state, chat)]


def _assign(state: State, chat: Chat) -> list[Fact]:
    candidates = [
        agent
        for agent in state.agents.values()
        if not agent.is_bot and agent.is_allowed_by(chat.access)
    ]
    assignee = routing.pick_agent(state, candidates, chat)
    if not assignee:
        return []
    before = chat.audience
    group_ids = chat.access.group_ids
    added = threads.add_user(state, chat, assignee.id, "agent", reason="assigned")
    transferred = ChatTransferred(
        chat, chat.last_thread, chat.audience, before, "group", group_ids, "assigned", assignee.id
    )
    message = threads.add_system_message(state, chat, "routing.assigned", agent=assignee.name)
    return [transferred, *added, *message]
