"""Chapter "chat users"."""

from rtmcli.sandbox import scopes, threads
from rtmcli.sandbox.call import Call
from rtmcli.sandbox.model import Agent, Chat
from rtmcli.sandbox.seam import Delivery, Outcome, Payload, Refusal
from rtmcli.sandbox.state import State, refuse


def add_user_to_chat(call: Call, payload: Payload) -> Outcome:
    """Add an agent, or the one customer; who is there already is told of again."""
    state, chat = call.state, call.chat(payload["chat_id"])
    user_id, user_type = payload["user_id"], payload["user_type"]
    known = state.agent(user_id).name if user_type == "agent" else ""
    name = known or _customer(state, chat, user_id)
    new, first = not chat.has(user_id), not chat.agents()
    deliveries = [threads.join(state, chat, user_id, user_type)]
    initiator = state.agents[call.user_id].name
    if new and user_type == "customer":
        deliveries += threads.say(state, chat, "customer_added", initiator=initiator, customer=name)
    elif new and not first and user_id == call.user_id:
        deliveries += threads.say(state, chat, "agent_joined", agent=name)
    elif new and not first:
        deliveries += threads.say(state, chat, "agent_added", initiator=initiator, agent=name)
    return Outcome({}, deliveries)


def _customer(state: State, chat: Chat, user_id: str) -> str:
    """Check that a customer may join; return the name."""
    customer = state.customer(user_id)
    if chat.customer_id and chat.customer_id != user_id:
        refuse(f"chat {chat.id} has its customer already: {chat.customer_id}")
    if customer.chat_id and customer.chat_id != chat.id:
        refuse(f"customer {user_id} has a chat already: {customer.chat_id}")
    if customer.banned_until > state.now:
        raise Refusal("authorization", f"customer {user_id} is banned")
    return str(customer.facts.get("name", "Customer"))


def remove_user_from_chat(call: Call, payload: Payload) -> Outcome:
    """Remove an agent; agents may always remove themselves."""
    state, user_id = call.state, payload["user_id"]
    myself = user_id in (call.agent.id, call.user_id)
    chat = state.chat(payload["chat_id"]) if myself else call.chat(payload["chat_id"])
    agent, was_there = state.agent(user_id), chat.has(user_id)
    deliveries = [threads.part(state, chat, user_id)]
    if was_there and myself:
        deliveries += threads.say(state, chat, "agent_left", agent=agent.name)
    elif was_there:
        initiator = state.agents[call.user_id].name
        deliveries += threads.say(
            state, chat, "agent_removed", initiator=initiator, agent=agent.name
        )
    return Outcome({}, deliveries)


def update_agent(call: Call, payload: Payload) -> Outcome:
    """Set an agent's routing status; another's than the requester's takes another scope."""
    agent = call.state.agent(payload.get("agent_id", call.user_id))
    if agent.id not in (call.agent.id, call.user_id) and call.reach != scopes.ALL:
        raise Refusal("authorization", f"agent {agent.id} takes the scope agents--all:rw")
    if "routing_status" not in payload:
        return Outcome({}, [])
    if not agent.online:
        refuse(f"agent {agent.id} is not logged in")
    agent.present_before_away = ""
    return Outcome({}, [set_status(call.state, agent, payload["routing_status"])])


def set_away_status(call: Call, payload: Payload) -> Outcome:
    """Mark a connection as away or back; with all away the agent accepts no chats."""
    call.agent.connections[call.caller.connection] = payload["away"]
    return Outcome({}, follow_presence(call.state, call.agent))


def follow_presence(state: State, agent: Agent) -> list[Delivery]:
    """Fit an agent's routing status to which of its connections are away."""
    away = bool(agent.connections) and all(agent.connections.values())
    if away and agent.routing_status == "accepting_chats":
        agent.present_before_away = agent.routing_status
        return [set_status(state, agent, "not_accepting_chats")]
    if not away and agent.present_before_away:
        status, agent.present_before_away = agent.present_before_away, ""
        return [set_status(state, agent, status)]
    return []


def set_status(state: State, agent: Agent, status: str) -> Delivery:
    """Set an agent's routing status; tell of it."""
    agent.routing_status = status
    return told_status(state, agent, status)


def told_status(state: State, agent: Agent, status: str) -> Delivery:
    """Tell of an agent's routing status."""
    scope = "agents-bot--all:ro" if agent.bot else "agents--all:ro"
    payload = {"agent_id": agent.id, "routing_status": status}
    return Delivery("agent_updated", payload, state.those_granted(scope) | {agent.id})
