"""Chapter "Chat users"."""

from rtmcli.sandbox.domain.chats import memberships
from rtmcli.sandbox.domain.errors import Refusal, refuse, reject
from rtmcli.sandbox.interface import ActionResult, Payload
from rtmcli.sandbox.request_context import RequestContext
from rtmcli.sandbox.v3_6.presence import require_active_thread, require_presence


def add_user_to_chat(context: RequestContext, payload: Payload) -> ActionResult:
    """Add an agent, or the chat's only customer, to an active chat."""
    state, user_id, user_type = context.state, payload["user_id"], payload["user_type"]
    chat = state.chat(payload["chat_id"])
    agent = state.agent(user_id) if user_type == "agent" else None
    if agent is None:
        state.customer(user_id)
    chat = context.chat(chat.id)
    require_presence(context, chat, payload)
    require_active_thread(chat)
    if agent is None and payload["visibility"] != "all":
        reject("a customer must be added with the visibility all")
    if agent and not agent.is_allowed_by(chat.access) and not chat.is_present(agent.id):
        refuse(Refusal.TARGET_OUT_OF_REACH, f"agent {agent.id} has no access to chat {chat.id}")
    facts = memberships.add(
        state, chat, user_id, user_type, context.user, visibility=payload["visibility"]
    )
    return ActionResult({}, facts)


def remove_user_from_chat(context: RequestContext, payload: Payload) -> ActionResult:
    """Remove an agent."""
    state = context.state
    chat, agent = state.chat(payload["chat_id"]), state.agent(payload["user_id"])
    chat = context.chat(chat.id)
    require_presence(context, chat, payload)
    is_self = agent.id == context.user_id
    return ActionResult({}, memberships.remove(state, chat, agent, context.user, is_self=is_self))
