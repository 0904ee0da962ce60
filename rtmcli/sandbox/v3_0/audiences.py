"""The agents who get a push in v3.0, by their scopes."""

from rtmcli.sandbox.domain.model import Access, Audience
from rtmcli.sandbox.domain.state import State
from rtmcli.sandbox.v3_0.scopes import RULES

_VERSION = "3.0"


def has_scope(state: State, agent_id: str, scope: str) -> bool:
    """Return whether an agent's token grants a scope."""
    return scope in RULES.effective(state.agents[agent_id])


def agents_with_scope(state: State, scope: str) -> frozenset[str]:
    """Return the agents who have a scope."""
    return frozenset(each for each in state.agents if has_scope(state, each, scope))


def chat_agents(state: State, audience: Audience) -> frozenset[str]:
    """Return the agents who get all pushes about a chat: those present, and its followers.

    Present agents need the scope chats--my:ro, followers chats--access:ro.
    """
    agents = audience.agents_by_rule.get(_VERSION)
    if agents is None:
        agents = frozenset(
            [each for each in audience.present if has_scope(state, each, "chats--my:ro")]
            + [each for each in audience.followers if has_scope(state, each, "chats--access:ro")]
        )
        audience.agents_by_rule[_VERSION] = agents
    return agents


def key_change_agents(state: State, audience: Audience) -> frozenset[str]:
    """Return the agents who get a chat's key changes: in addition, all with access to it."""
    agents = audience.agents_by_rule.get((_VERSION, "key change"))
    if agents is None:
        agents = chat_agents(state, audience) | agents_with_access(state, audience.access)
        audience.agents_by_rule[_VERSION, "key change"] = agents
    return agents


def agents_with_access(state: State, *accesses: Access) -> frozenset[str]:
    """Return the agents included in any of the accesses who have the scope chats--access:ro."""
    return frozenset(
        agent.id
        for agent in state.agents.values()
        if any(agent.is_allowed_by(access) for access in accesses)
        and has_scope(state, agent.id, "chats--access:ro")
    )
