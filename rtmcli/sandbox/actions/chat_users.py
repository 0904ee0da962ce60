"""Chapter "chat users"."""

from rtmcli.sandbox import scopes, threads
from rtmcli.sandbox.customers import display_name
from rtmcli.sandbox.interface import ActionResult, Payload, PushDelivery, RequestError
from rtmcli.sandbox.model import Agent, Chat
from rtmcli.sandbox.request_context import RequestContext
from rtmcli.sandbox.state import State, reject


def add_user_to_chat(context: RequestContext, payload: Payload) -> ActionResult:
    """Add an agent, or the chat's only customer; the push is sent even if the user is present."""
    state, chat = context.state, context.chat(payload["chat_id"])
    user_id, user_type = payload["user_id"], payload["user_type"]
    if user_type == "agent":
        name = state.agent(user_id).name
    else:
        name = _validate_customer(state, chat, user_id)
    is_new, is_first_agent = not chat.is_present(user_id), not chat.present_agents()
    deliveries = [threads.add_user(state, chat, user_id, user_type)]
    initiator = state.agents[context.user_id].name
    if is_new and user_type == "customer":
        deliveries += threads.add_system_message(
            state, chat, "customer_added", initiator=initiator, customer=name
        )
    elif is_new and not is_first_agent and user_id == context.user_id:
        deliveries += threads.add_system_message(state, chat, "agent_joined", agent=name)
    elif is_new and not is_first_agent:
        deliveries += threads.add_system_message(
            state, chat, "agent_added", initiator=initiator, agent=name
        )
    return ActionResult({}, deliveries)


def _validate_customer(state: State, chat: Chat, user_id: str) -> str:
    """Reject a customer who may not join the chat; return the customer's name."""
    customer = state.customer(user_id)
    if chat.customer_id and chat.customer_id != user_id:
        reject(f"chat {chat.id} already has a customer: {chat.customer_id}")
    if customer.chat_id and customer.chat_id != chat.id:
        reject(f"customer {user_id} already has a chat: {customer.chat_id}")
    state.reject_if_banned(customer)
    return display_name(customer)


def remove_user_from_chat(context: RequestContext, payload: Payload) -> ActionResult:
    """Remove an agent; agents may always remove themselves."""
    state, user_id = context.state, payload["user_id"]
    is_self = user_id in (context.agent.id, context.user_id)
    chat = state.chat(payload["chat_id"]) if is_self else context.chat(payload["chat_id"])
    agent, was_present = state.agent(user_id), chat.is_present(user_id)
    deliveries = [threads.remove_user(state, chat, user_id)]
    if was_present and is_self:
        deliveries += threads.add_system_message(state, chat, "agent_left", agent=agent.name)
    elif was_present:
        initiator = state.agents[context.user_id].name
        deliveries += threads.add_system_message(
            state, chat, "agent_removed", initiator=initiator, agent=agent.name
        )
    return ActionResult({}, deliveries)


def update_agent(context: RequestContext, payload: Payload) -> ActionResult:
    """Set an agent's routing status; for another agent this requires agents--all:rw."""
    agent = context.state.agent(payload.get("agent_id", context.user_id))
    if agent.id not in (context.agent.id, context.user_id) and context.scope_level != scopes.ALL:
        raise RequestError(
            "authorization", f"updating agent {agent.id} requires the scope agents--all:rw"
        )
    if "routing_status" not in payload:
        return ActionResult({}, [])
    if not agent.is_online:
        reject(f"agent {agent.id} is not logged in")
    agent.status_before_away = ""
    return ActionResult({}, [set_routing_status(context.state, agent, payload["routing_status"])])


def set_away_status(context: RequestContext, payload: Payload) -> ActionResult:
    """Mark a connection as away or back; if all are away, the agent does not accept chats."""
    context.agent.away_by_connection[context.caller.connection_id] = payload["away"]
    return ActionResult({}, sync_routing_status(context.state, context.agent))


def sync_routing_status(state: State, agent: Agent) -> list[PushDelivery]:
    """Update an agent's routing status after its connections changed; return the push, if any."""
    all_away = bool(agent.away_by_connection) and all(agent.away_by_connection.values())
    if all_away and agent.routing_status == "accepting_chats":
        agent.status_before_away = agent.routing_status
        return [set_routing_status(state, agent, "not_accepting_chats")]
    if not all_away and agent.status_before_away:
        status, agent.status_before_away = agent.status_before_away, ""
        return [set_routing_status(state, agent, status)]
    return []


def set_routing_status(state: State, agent: Agent, status: str) -> PushDelivery:
    """Set an agent's routing status; return its push."""
    agent.routing_status = status
    return agent_updated(state, agent, status)


def agent_updated(state: State, agent: Agent, status: str) -> PushDelivery:
    """Return the push `agent_updated`."""
    scope = "agents-bot--all:ro" if agent.is_bot else "agents--all:ro"
    payload = {"agent_id": agent.id, "routing_status": status}
    return PushDelivery("agent_updated", payload, state.agents_with_scope(scope) | {agent.id})
