"""Choose the agent who gets a chat."""

from collections.abc import Iterable

from rtmcli.sandbox.domain.model import EXTERNAL_CONNECTION, Agent, Chat
from rtmcli.sandbox.domain.state import State


def pick_agent(
    state: State, candidates: Iterable[Agent], chat: Chat, *, force: bool = False
) -> Agent | None:
    """Return the candidate who accepts chats and has the fewest other active chats, or None.

    Agents connected to the sandbox come before those with an external connection only. With
    `force`, candidates who are offline or do not accept chats are eligible, too.
    """
    available = [agent for agent in candidates if force or agent.accepts_chats]
    if not available:
        return None
    chat_counts = dict.fromkeys((agent.id for agent in available), 0)
    for each in state.active_chats.values():
        if each is not chat:
            for agent_id in each.present_agents():
                if agent_id in chat_counts:
                    chat_counts[agent_id] += 1
    return min(
        available,
        key=lambda agent: (EXTERNAL_CONNECTION in agent.away_by_connection, chat_counts[agent.id]),
    )
