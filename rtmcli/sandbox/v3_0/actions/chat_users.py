"""Chapter "chat users"."""

from rtmcli.sandbox import scopes
from rtmcli.sandbox.domain import agents
from rtmcli.sandbox.domain.chats import memberships
from rtmcli.sandbox.domain.errors import Refusal, forbid, refuse
from rtmcli.sandbox.interface import ActionResult, Payload
from rtmcli.sandbox.request_context import RequestContext


def add_user_to_chat(context: RequestContext, payload: Payload) -> ActionResult:
    """Add an agent, or the chat's only customer; the push is sent even if the user is present."""
    chat = context.chat(payload["chat_id"])
    facts = memberships.add(
        context.state, chat, payload["user_id"], payload["user_type"], context.user
    )
    return ActionResult({}, facts)


def remove_user_from_chat(context: RequestContext, payload: Payload) -> ActionResult:
    """Remove an agent; agents may always remove themselves."""
    state, user_id = context.state, payload["user_id"]
    is_self = user_id in (context.agent.id, context.user_id)
    chat = state.chat(payload["chat_id"]) if is_self else context.chat(payload["chat_id"])
    agent = state.agent(user_id)
    return ActionResult({}, memberships.remove(state, chat, agent, context.user, is_self=is_self))


def update_agent(context: RequestContext, payload: Payload) -> ActionResult:
    """Set an agent's routing status; for another agent this requires agents--all:rw."""
    agent = context.state.agent(payload.get("agent_id", context.user_id))
    if agent.id not in (context.agent.id, context.user_id) and context.scope_level != scopes.ALL:
        forbid(f"updating agent {agent.id} requires the scope agents--all:rw")
    if "routing_status" not in payload:
        return ActionResult({}, [])
    if not agent.is_online:
        refuse(Refusal.OFFLINE, f"agent {agent.id} is not logged in")
    facts = agents.set_routing_status(context.state, agent, payload["routing_status"])
    return ActionResult({}, facts)


def set_away_status(context: RequestContext, payload: Payload) -> ActionResult:
    """Mark a connection as away or back; if all are away, the agent does not accept chats."""
    connection_id = context.caller.connection_id
    return ActionResult(
        {}, agents.set_away(context.state, context.agent, connection_id, away=payload["away"])
    )
