"""Agents: their connections, routing statuses, and the statuses of groups.

These functions do not validate anything; their callers do.
"""

from rtmcli.sandbox.domain.chats.assignment import assign_waiting
from rtmcli.sandbox.domain.facts import Fact, GroupStatusSet, RoutingStatusSet
from rtmcli.sandbox.domain.model import EXTERNAL_CONNECTION, Agent
from rtmcli.sandbox.domain.state import State

OFFLINE = "offline"
_ACCEPTING, _NOT_ACCEPTING = "accepting_chats", "not_accepting_chats"
_BEST_FIRST = (_ACCEPTING, _NOT_ACCEPTING, OFFLINE)


def current_status(agent: Agent) -> str:
    """Return an agent's routing status; offline without a connection."""
    return agent.routing_status if agent.is_online else OFFLINE


def connect(
    state: State, agent: Agent, connection: int, *, reconnect: bool, away: bool = False
) -> list[Fact]:
    """Add a connection; restore the agent's routing status or apply the default one."""
    before = group_statuses(state)
    previous_status = agent.routing_status if agent.is_online else ""
    agent.away_by_connection.pop(EXTERNAL_CONNECTION, None)
    agent.away_by_connection[connection] = away
    if not reconnect:
        agent.routing_status, agent.status_before_away = agent.default_routing_status, ""
    facts: list[Fact] = []
    if agent.routing_status != previous_status:
        facts.append(RoutingStatusSet(agent, agent.routing_status, to_requester=False))
    facts += _sync_with_connections(agent)
    return [*facts, *changed_groups(state, before), *assign_waiting(state)]


def disconnect(state: State, agent: Agent, connection: int) -> list[Fact]:
    """Remove a closed connection; without any other the agent is offline."""
    for subscription_id, subscription in list(state.subscriptions.items()):
        if subscription.connection_id == connection:
            del state.subscriptions[subscription_id]
    before = group_statuses(state)
    if agent.away_by_connection.pop(connection, None) is None:
        return []
    if agent.is_online:
        facts: list[RoutingStatusSet] = _sync_with_connections(agent)
    else:
        if agent.status_before_away:
            agent.routing_status, agent.status_before_away = agent.status_before_away, ""
        facts = [RoutingStatusSet(agent, OFFLINE)]
    facts = [each._replace(to_requester=False) for each in facts]
    return [*facts, *changed_groups(state, before)]


def set_away(state: State, agent: Agent, connection: int, *, away: bool) -> list[Fact]:
    """Mark a connection as away or back; if all are away, the agent does not accept chats."""
    before = group_statuses(state)
    agent.away_by_connection[connection] = away
    facts = _sync_with_connections(agent)
    return [*facts, *changed_groups(state, before), *assign_waiting(state)]


def set_routing_status(state: State, agent: Agent, status: str) -> list[Fact]:
    """Set an agent's routing status."""
    before = group_statuses(state)
    agent.status_before_away = ""
    facts = [_set_status(agent, status), *changed_groups(state, before)]
    return [*facts, *assign_waiting(state)]


def _set_status(agent: Agent, status: str) -> RoutingStatusSet:
    agent.routing_status = status
    return RoutingStatusSet(agent, status)


def _sync_with_connections(agent: Agent) -> list[RoutingStatusSet]:
    """Update an agent's routing status after its connections changed."""
    all_away = bool(agent.away_by_connection) and all(agent.away_by_connection.values())
    if all_away and agent.routing_status == _ACCEPTING:
        agent.status_before_away = agent.routing_status
        return [_set_status(agent, _NOT_ACCEPTING)]
    if not all_away and agent.status_before_away:
        status, agent.status_before_away = agent.status_before_away, ""
        return [_set_status(agent, status)]
    return []


def group_statuses(state: State) -> dict[int, str]:
    """Return the status of each group: the best one of its agents."""
    return {
        group_id: min(
            (current_status(each) for each in state.agents.values() if group_id in each.group_ids),
            key=_BEST_FIRST.index,
            default=OFFLINE,
        )
        for group_id in state.group_names
    }


def changed_groups(state: State, before: dict[int, str]) -> list[Fact]:
    """Return the groups that have another status now."""
    return [
        GroupStatusSet(group_id, status)
        for group_id, status in group_statuses(state).items()
        if before[group_id] != status
    ]
