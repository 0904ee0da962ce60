"""Chapter "login/logout"."""

import re
from typing import Any

from rtmcli.sandbox import scopes, views
from rtmcli.sandbox.actions import chat_users
from rtmcli.sandbox.api import API
from rtmcli.sandbox.interface import ActionResult, Caller, Payload, PushDelivery, RequestError
from rtmcli.sandbox.model import EXTERNAL_CONNECTION, Agent
from rtmcli.sandbox.request_context import RequestContext
from rtmcli.sandbox.state import State, reject

_REGION_PREFIX = re.compile(rf"(?:{'|'.join(API.regions)})[:-]")
_CHATS_SUMMARY_SCOPES = ("chats--all:ro", "chats--access:ro", "chats--my:ro")


def login(
    state: State, token: Any, payload: Payload, connection: int
) -> tuple[Caller, ActionResult]:
    """Log an agent in on a connection; restore its routing status or apply the default one."""
    agent = _authenticate(state, token)
    previous_status = agent.routing_status if agent.is_online else ""
    agent.away_by_connection.pop(EXTERNAL_CONNECTION, None)
    agent.away_by_connection[connection] = False
    if not payload.get("reconnect", False):
        agent.routing_status, agent.status_before_away = agent.default_routing_status, ""
    device = payload.get("push_notifications", {})
    if "firebase_token" in device:
        state.devices[agent.id, device["firebase_token"]] = device["platform"]
    deliveries = []
    if agent.routing_status != previous_status:
        delivery = chat_users.agent_updated(state, agent, agent.routing_status)
        deliveries.append(delivery._replace(to_requester=False))
    deliveries += chat_users.sync_routing_status(state, agent)
    caller = Caller(agent.id, agent.scopes, connection)
    scope_level = scopes.scope_level(agent.effective_scopes, _CHATS_SUMMARY_SCOPES)
    context = RequestContext(state, caller, agent, agent.id, scope_level)
    return caller, ActionResult(_initial_state(context), deliveries)


def _authenticate(state: State, token: Any) -> Agent:
    """Return the agent of a token, which is a scheme, a space and an access token."""
    if not isinstance(token, str) or not token:
        reject("token is required and must be a string")
    scheme, _, secret = token.partition(" ")
    if not secret:
        raise RequestError("authentication", "token must have the form: Bearer <access_token>")
    agent_ids_by_secret = {
        _REGION_PREFIX.sub("", each, count=1): agent_id
        for each, agent_id in state.agent_by_token.items()
    }
    agent_id = agent_ids_by_secret.get(_REGION_PREFIX.sub("", secret.strip(), count=1))
    if scheme.lower() != "bearer" or agent_id is None:
        raise RequestError("authentication", "Invalid access token")
    return state.agents[agent_id]


def _initial_state(context: RequestContext) -> Payload:
    state = context.state
    active_chats = [chat for chat in state.active_chats.values() if context.can_access(chat)]
    active_chats.sort(key=lambda chat: chat.order, reverse=True)
    return {
        "license": state.license,
        "my_profile": views.render_profile(context.agent, state.timestamp),
        "chats_summary": [views.render_summary(context, chat) for chat in active_chats],
    }


def logout(context: RequestContext, payload: Payload) -> ActionResult:  # noqa: ARG001  # the signature of all handlers
    """Log the agent out: the server closes the connection after the response."""
    return ActionResult({}, [], close_connection=True)


def connection_closed(state: State, agent: Agent, connection: int) -> list[PushDelivery]:
    """Remove a closed connection; without any other the agent is offline."""
    if agent.away_by_connection.pop(connection, None) is None:
        return []
    if agent.is_online:
        deliveries = chat_users.sync_routing_status(state, agent)
    else:
        if agent.status_before_away:
            agent.routing_status, agent.status_before_away = agent.status_before_away, ""
        deliveries = [chat_users.agent_updated(state, agent, "offline")]
    return [each._replace(to_requester=False) for each in deliveries]
