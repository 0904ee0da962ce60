"""Render what happened as the pushes of v3.6: the table of all facts, and those of agents."""

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from rtmcli.sandbox.domain import facts
from rtmcli.sandbox.domain.state import State
from rtmcli.sandbox.interface import PushDelivery
from rtmcli.sandbox.v3_6 import chat_pushes, customer_pushes
from rtmcli.sandbox.v3_6.audiences import (
    agents_with_scope,
)
from rtmcli.sandbox.v3_6.deliveries import Deliveries, unrequested


def _routing_status_set(state: State, fact: facts.RoutingStatusSet) -> Deliveries:
    agent = fact.agent
    scope = "agents-bot--all:ro" if agent.is_bot else "agents--all:ro"
    payload = {"agent_id": agent.id, "status": fact.status}
    agents = agents_with_scope(state, scope)
    return [PushDelivery("routing_status_set", payload, agents, to_requester=fact.to_requester)]


def _group_status_set(state: State, fact: facts.GroupStatusSet) -> Deliveries:
    payload = {"groups": [{"id": fact.group_id, "status": fact.status}]}
    agents = frozenset(
        agent.id for agent in state.agents.values() if fact.group_id in agent.group_ids
    )
    return [unrequested("groups_status_updated", payload, agents)]


def _multicast_sent(state: State, fact: facts.MulticastSent) -> Deliveries:
    payload = {"author_id": fact.author_id, "content": fact.content}
    if fact.type is not None:
        payload["type"] = fact.type
    agents = agents_with_scope(state, "multicast:ro") & fact.agent_ids
    return [unrequested("incoming_multicast", payload, agents)]


RENDERERS: dict[type, Callable[[State, Any], Iterable[PushDelivery]]] = {
    facts.ThreadOpened: chat_pushes.thread_opened,
    facts.ChatFollowed: chat_pushes.chat_followed,
    facts.ChatUnfollowed: chat_pushes.chat_unfollowed,
    facts.ThreadClosed: chat_pushes.thread_closed,
    facts.AccessChanged: chat_pushes.access_changed,
    facts.ChatTransferred: chat_pushes.chat_transferred,
    facts.UserAdded: chat_pushes.user_added,
    facts.UserRemoved: chat_pushes.user_removed,
    facts.EventAdded: partial(chat_pushes.event, "incoming_event"),
    facts.EventUpdated: partial(chat_pushes.event, "event_updated"),
    facts.PostbackSent: chat_pushes.postback_sent,
    facts.PropertiesUpdated: partial(chat_pushes.properties, "updated"),
    facts.PropertiesDeleted: partial(chat_pushes.properties, "deleted"),
    facts.ThreadTagged: partial(chat_pushes.tag, "thread_tagged"),
    facts.ThreadUntagged: partial(chat_pushes.tag, "thread_untagged"),
    facts.MarkedAsSeen: chat_pushes.marked_as_seen,
    facts.Typing: chat_pushes.typing,
    facts.Thinking: chat_pushes.thinking,
    facts.SneakPeek: chat_pushes.sneak_peek,
    facts.CustomerCreated: customer_pushes.customer_created,
    facts.CustomerUpdated: customer_pushes.customer_updated,
    facts.CustomerBanned: customer_pushes.customer_banned,
    facts.VisitStarted: customer_pushes.visit_started,
    facts.PageOpened: customer_pushes.page_opened,
    facts.VisitEnded: customer_pushes.visit_ended,
    facts.RoutingStatusSet: _routing_status_set,
    facts.GroupStatusSet: _group_status_set,
    facts.MulticastSent: _multicast_sent,
    facts.QueueMoved: chat_pushes.queue_moved,
    facts.SummarySet: chat_pushes.summary_set,
    facts.SummaryFailed: chat_pushes.summary_failed,
    facts.SubscriptionTotals: customer_pushes.subscription_totals,
}
