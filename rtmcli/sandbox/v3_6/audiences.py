"""The agents and connections that get a push in v3.6, by scopes, monitoring and subscriptions."""

from typing import NamedTuple

from rtmcli.sandbox.domain.model import Access, Audience, Customer
from rtmcli.sandbox.domain.state import State
from rtmcli.sandbox.domain.website import subscriptions
from rtmcli.sandbox.domain.website.monitoring import is_monitored
from rtmcli.sandbox.v3_6.scopes import RULES

_VERSION = "3.6"
_CHATS_SCOPE = "chats--access:ro"


class Watchers(NamedTuple):
    """Who gets pushes about a customer."""

    agent_ids: frozenset[str]  # because of their monitoring level
    connection_ids: frozenset[int]  # because of their subscriptions


def has_scope(state: State, agent_id: str, scope: str) -> bool:
    """Return whether an agent's token grants a scope."""
    return scope in RULES.effective(state.agents[agent_id])


def agents_with_scope(state: State, scope: str) -> frozenset[str]:
    """Return the agents who have a scope."""
    return frozenset(each for each in state.agents if has_scope(state, each, scope))


def chat_agents(state: State, audience: Audience) -> frozenset[str]:
    """Return the agents who get all pushes about a chat: those present, and its followers."""
    agents = audience.agents_by_rule.get(_VERSION)
    if agents is None:
        agents = frozenset(
            each
            for each in audience.present | audience.followers
            if has_scope(state, each, _CHATS_SCOPE)
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


def agents_with_access(state: State, access: Access) -> frozenset[str]:
    """Return the agents included in an access who have the scope to read chats."""
    return frozenset(
        agent.id
        for agent in state.agents.values()
        if agent.is_allowed_by(access) and has_scope(state, agent.id, _CHATS_SCOPE)
    )


def watchers(state: State, customer: Customer, *, was_online: bool = False) -> Watchers:
    """Return who gets pushes about a customer; `was_online` is for one who has just left."""
    is_online = was_online or customer.id in state.visits
    agent_ids = frozenset(
        agent.id
        for agent in state.agents.values()
        if is_monitored(state, agent, customer, is_online=is_online)
        and has_scope(state, agent.id, "customers:ro")
    )
    return Watchers(agent_ids, subscriptions.connections_for(state, customer))
