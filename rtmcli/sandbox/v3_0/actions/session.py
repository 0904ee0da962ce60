"""Chapter "login/logout"."""

from collections.abc import Mapping

from rtmcli.sandbox.domain import agents
from rtmcli.sandbox.domain.errors import reject
from rtmcli.sandbox.domain.state import State
from rtmcli.sandbox.interface import ActionResult, Caller, Payload
from rtmcli.sandbox.request_context import RequestContext
from rtmcli.sandbox.scopes import scope_level
from rtmcli.sandbox.v3_0 import views
from rtmcli.sandbox.v3_0.scopes import RULES

_CHATS_SUMMARY_SCOPES = ("chats--all:ro", "chats--access:ro", "chats--my:ro")


def login(context: RequestContext, payload: Payload) -> tuple[Caller, ActionResult]:
    """Log an agent in on a connection; restore its routing status or apply the default one."""
    state, agent = context.state, context.agent
    facts = agents.connect(
        state,
        agent,
        context.caller.connection_id,
        reconnect=payload.get("reconnect", False),
    )
    device = payload.get("push_notifications", {})
    if "firebase_token" in device:
        state.devices[agent.id, device["firebase_token"]] = device["platform"]
    level = scope_level(RULES.effective(agent), _CHATS_SUMMARY_SCOPES)
    initial_state = _initial_state(context._replace(scope_level=level))
    return context.caller, ActionResult(initial_state, facts)


def _initial_state(context: RequestContext) -> Payload:
    state = context.state
    active_chats = [chat for chat in state.active_chats.values() if context.can_access(chat)]
    active_chats.sort(key=lambda chat: chat.updated, reverse=True)
    return {
        "license": state.license,
        "my_profile": views.render_profile(context.agent, state.timestamp),
        "chats_summary": [views.render_summary(context, chat) for chat in active_chats],
    }


def logout(context: RequestContext, payload: Payload) -> ActionResult:  # noqa: ARG001  # the signature of all handlers
    """Log the agent out: the server closes the connection after the response."""
    return ActionResult({}, [], close_connection=True)


def find_author(state: State, caller: Caller, members: Mapping[str, str]) -> str:
    """Return the bot as which the request acts, if any, otherwise the agent."""
    author_id = members.get("author_id", "")
    if not author_id:
        return caller.agent_id
    bot = state.agents.get(author_id)
    if bot is None or not bot.is_bot:
        reject(f"author_id {author_id} is not a bot of this license")
    return author_id
