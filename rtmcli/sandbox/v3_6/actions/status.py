"""Chapter "Status"."""

import re
from collections.abc import Mapping
from typing import Any

from rtmcli.catalogue.versions import load
from rtmcli.sandbox.dialect import authenticate
from rtmcli.sandbox.domain import agents
from rtmcli.sandbox.domain.errors import Refusal, forbid, refuse, reject
from rtmcli.sandbox.domain.model import Agent
from rtmcli.sandbox.domain.state import State
from rtmcli.sandbox.domain.website.monitoring import monitored_customers
from rtmcli.sandbox.interface import (
    ActionResult,
    Caller,
    Payload,
    PushDelivery,
    RequestError,
)
from rtmcli.sandbox.request_context import RequestContext
from rtmcli.sandbox.scopes import scope_level
from rtmcli.sandbox.v3_6 import views
from rtmcli.sandbox.v3_6.scopes import RULES

_VERSION = "3.6"
_VERSION_PATTERN = re.compile(r"([0-9]+)\.([0-9]+)")
_PUSH_NAMES = frozenset(push.name for push in load(_VERSION).pushes)
_ALL_PUSHES = "all"
_CHATS_SCOPES = ("chats--all:ro", "chats--access:ro")
_HIGHEST_LEVEL = "online"


def login(context: RequestContext, payload: Payload) -> tuple[Caller, ActionResult]:
    """Log an agent in on a connection; then show the customers that the agent monitors."""
    state, agent, caller = context.state, context.agent, context.caller
    pushes = _parse_pushes(payload)
    level = payload.get("customer_monitoring_level")
    if level:
        agent.monitoring_level = _HIGHEST_LEVEL if level == "highest_available" else level
    facts = agents.connect(
        state,
        agent,
        caller.connection_id,
        reconnect=payload.get("reconnect", False),
        away=payload.get("away", False),
    )
    context = context._replace(scope_level=scope_level(RULES.effective(agent), _CHATS_SCOPES))
    own_pushes = []
    if "customers:ro" in RULES.effective(agent):
        own_pushes.append(_incoming_customers(context))
    return caller._replace(pushes=pushes), ActionResult(
        _initial_state(context), facts, own_pushes=own_pushes
    )


def _parse_pushes(payload: Payload) -> frozenset[str] | None:
    """Return the pushes to send; None stands for all."""
    if "pushes" not in payload:
        return None
    for version in payload["pushes"]:
        if _compare_version(version) < 0:
            reject(f"pushes.{version}: the connection's version is {_VERSION}")
    names = payload["pushes"].get(_VERSION, [])
    unknown = [each for each in names if each not in _PUSH_NAMES and each != _ALL_PUSHES]
    if unknown:
        reject(f"pushes.{_VERSION}: unknown push {unknown[0]}")
    return None if _ALL_PUSHES in names else frozenset(names)


def _compare_version(version: str) -> int:
    """Return a negative, zero or positive number, as a version is lower, equal or higher."""
    match = _VERSION_PATTERN.fullmatch(version)
    if not match:
        reject(f"{version} is not a version, such as {_VERSION}")
    own = tuple(map(int, _VERSION.split(".")))
    other = tuple(map(int, match.groups()))
    return (other > own) - (other < own)


def _incoming_customers(context: RequestContext) -> PushDelivery:
    customers = monitored_customers(context.state, context.agent)
    payload = {
        "customer_monitoring_level": context.agent.monitoring_level,
        "customers": [views.render_visitor(context.state, customer) for customer in customers],
    }
    connection = frozenset({context.caller.connection_id})
    return PushDelivery("incoming_customers", payload, connection_ids=connection)


def _initial_state(context: RequestContext) -> Payload:
    state = context.state
    active_chats = [chat for chat in state.active_chats.values() if context.can_access(chat)]
    active_chats.sort(key=lambda chat: chat.last_thread.created, reverse=True)
    return {
        "license": {**state.license, "organization_id": state.organization_id},
        "my_profile": views.render_my_profile(context.agent, state.now),
        "chats_summary": [views.render_summary(context, chat) for chat in active_chats],
    }


def find_author(_: State, caller: Caller, members: Mapping[str, str]) -> str:
    """Return the requester; refuse a request of a version that is not served."""
    version = members.get("version")
    if version is None:
        return caller.agent_id
    difference = _compare_version(version)
    if difference < 0:
        reject(f"version {version} is lower than that of the connection, {_VERSION}")
    if difference > 0:
        raise RequestError("unsupported_version", f"the sandbox does not speak version {version}")
    return caller.agent_id


def set_away_status(context: RequestContext, payload: Payload) -> ActionResult:
    """Mark a connection as away or back; if all are away, the agent does not accept chats."""
    connection_id = context.caller.connection_id
    facts = agents.set_away(context.state, context.agent, connection_id, away=payload["away"])
    return ActionResult({}, facts)


def set_routing_status(context: RequestContext, payload: Payload) -> ActionResult:
    """Set whether an agent or a bot accepts chats; only bots can be set offline."""
    agent = context.state.agent(payload.get("agent_id", context.agent.id))
    status = payload["status"]
    if status == agents.OFFLINE and not agent.is_bot:
        reject(f"status of an agent must be accepting_chats or not_accepting_chats, not {status}")
    _require_scope_for(context, agent)
    if not agent.is_online:
        refuse(Refusal.OFFLINE, f"agent {agent.id} is not logged in")
    return ActionResult({}, agents.set_routing_status(context.state, agent, status))


def _require_scope_for(context: RequestContext, agent: Agent) -> None:
    """Refuse to set the status of an agent or a bot without the scope for it."""
    sufficient: tuple[str, ...]
    if agent.is_bot:
        sufficient = ("agents-bot--my:rw", "agents-bot--all:rw")
    elif agent.id == context.agent.id:
        sufficient = ("agents--my:rw", "agents--all:rw")
    else:
        sufficient = ("agents--all:rw",)
    granted = RULES.with_implied(context.caller.scopes)
    if granted.isdisjoint(sufficient):
        forbid(f"setting the status of {agent.id} requires {' or '.join(sufficient)}")


def logout(context: RequestContext, payload: Payload) -> ActionResult:
    """Log the agent out: the server closes the connection after the response."""
    # E1: only the vendor's SDK sends agent_id.
    agent_id = payload.get("agent_id", context.agent.id)
    agent = context.state.agent(agent_id if isinstance(agent_id, str) else "")
    if agent.id != context.agent.id:
        granted = RULES.with_implied(context.caller.scopes)
        if "agents--all:rw" not in granted:
            forbid(f"logging {agent.id} out requires agents--all:rw")
    logged_out = agent.id if "agent_id" in payload else ""
    return ActionResult(
        {}, close_connection=agent.id == context.agent.id, logged_out_agent_id=logged_out
    )


def list_routing_statuses(context: RequestContext, payload: Payload) -> ActionResult:
    """List the status of agents and bots, each kind only with the scope for it."""
    granted = RULES.with_implied(context.caller.scopes)
    state, wanted = context.state, payload.get("filters", {}).get("group_ids")
    groups = None if wanted is None else {state.group(each) for each in wanted}
    statuses: list[Any] = [
        {"agent_id": agent.id, "status": views.routing_status_of(agent)}
        for agent in state.agents.values()
        if ("agents-bot--all:ro" if agent.is_bot else "agents--all:ro") in granted
        and (groups is None or not groups.isdisjoint(agent.group_ids))
    ]
    return ActionResult(statuses)


def update_session(context: RequestContext, payload: Payload) -> ActionResult:
    """Replace the token of the connection by another one of the same agent."""
    agent, token = authenticate(context.state, payload.get("token"))
    if agent is not context.agent:
        raise RequestError("authentication", "the token belongs to another agent")
    return ActionResult({}, token=token)
