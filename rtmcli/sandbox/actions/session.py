"""Chapter "login/logout"."""

import re
from typing import Any

from rtmcli.catalogue import API
from rtmcli.sandbox import scopes, views
from rtmcli.sandbox.actions import chat_users
from rtmcli.sandbox.call import Call
from rtmcli.sandbox.model import ELSEWHERE, Agent
from rtmcli.sandbox.seam import Caller, Delivery, Outcome, Payload, Refusal
from rtmcli.sandbox.state import State, refuse

_REGION = re.compile(rf"(?:{'|'.join(API.regions)})[:-]")
_REACH_WANTED = ("chats--all:ro", "chats--access:ro", "chats--my:ro")


def login(state: State, token: Any, payload: Payload, connection: int) -> tuple[Caller, Outcome]:
    """Log an agent in on a connection; restore its routing status or apply the default one."""
    agent = _owner(state, token)
    before = agent.routing_status if agent.online else ""
    agent.connections.pop(ELSEWHERE, None)
    agent.connections[connection] = False
    if not payload.get("reconnect", False):
        agent.routing_status, agent.present_before_away = agent.default_status, ""
    device = payload.get("push_notifications", {})
    if "firebase_token" in device:
        state.devices[agent.id, device["firebase_token"]] = device["platform"]
    deliveries = []
    if agent.routing_status != before:
        told = chat_users.told_status(state, agent, agent.routing_status)
        deliveries.append(told._replace(requester=False))
    deliveries += chat_users.follow_presence(state, agent)
    caller = Caller(agent.id, agent.scopes, connection)
    reach = scopes.reach(agent.granted, _REACH_WANTED)
    call = Call(state, caller, agent, agent.id, reach)
    return caller, Outcome(_initial_state(call), deliveries)


def _owner(state: State, token: Any) -> Agent:
    """Find whose token it is: a scheme, a space, and an access token."""
    if not isinstance(token, str) or not token:
        refuse("token is required, a string")
    scheme, _, secret = token.partition(" ")
    if not secret:
        raise Refusal("authentication", "the token lacks its scheme: Bearer <access_token>")
    known = {_REGION.sub("", each, count=1): owner for each, owner in state.tokens.items()}
    owner = known.get(_REGION.sub("", secret.strip(), count=1))
    if scheme.lower() != "bearer" or owner is None:
        raise Refusal("authentication", "Invalid access token")
    return state.agents[owner]


def _initial_state(call: Call) -> Payload:
    state = call.state
    active = [chat for chat in state.active.values() if call.reaches(chat)]
    active.sort(key=lambda chat: chat.order, reverse=True)
    return {
        "license": state.licence,
        "my_profile": views.profile(call.agent, state.seconds),
        "chats_summary": [views.summary(call, chat) for chat in active],
    }


def logout(call: Call, payload: Payload) -> Outcome:  # noqa: ARG001  # an action like the others
    """Log the agent out: its connection is to be closed after the answer."""
    return Outcome({}, [], close=True)


def leave(state: State, agent: Agent, connection: int) -> list[Delivery]:
    """Note that a connection is gone; with the last one the agent is offline."""
    if agent.connections.pop(connection, None) is None:
        return []
    if agent.online:
        told = chat_users.follow_presence(state, agent)
    else:
        if agent.present_before_away:
            agent.routing_status, agent.present_before_away = agent.present_before_away, ""
        told = [chat_users.told_status(state, agent, "offline")]
    return [each._replace(requester=False) for each in told]
