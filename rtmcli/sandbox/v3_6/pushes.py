"""Render what happened as the pushes of v3.6."""

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from rtmcli.sandbox.domain import facts, queues
from rtmcli.sandbox.domain.model import Chat, Customer, JSONObject, Profile
from rtmcli.sandbox.domain.monitoring import is_monitored
from rtmcli.sandbox.domain.state import State
from rtmcli.sandbox.domain.timestamps import format_datetime
from rtmcli.sandbox.interface import PushDelivery
from rtmcli.sandbox.v3_6 import views
from rtmcli.sandbox.v3_6.audiences import (
    agents_with_access,
    agents_with_scope,
    chat_agents,
    has_scope,
    key_change_agents,
    watchers,
)
from rtmcli.sandbox.v3_6.events import is_shown, render_event

Deliveries = list[PushDelivery]


def _thread_opened(state: State, fact: facts.ThreadOpened) -> Deliveries:
    agents = key_change_agents(state, fact.audience)
    if fact.previous_audience:
        agents |= chat_agents(state, fact.previous_audience)
    payload: JSONObject = {"requester_id": fact.requester_id} if fact.requester_id else {}
    deliveries = _show_chat(state, fact.chat, agents, fact.requester_id, payload)
    customer = state.customers.get(fact.chat.customer_id)
    return deliveries + (_statistics(state, customer) if customer else [])


def _chat_followed(state: State, fact: facts.ChatFollowed) -> Deliveries:
    return _show_chat(state, fact.chat, frozenset({fact.agent_id}), fact.agent_id, {})


def _show_chat(
    state: State, chat: Chat, agents: frozenset[str], requester_id: str, other_fields: JSONObject
) -> Deliveries:
    """Show a chat with its newest thread; followers get their own push."""
    thread = views.render_thread(state, chat, chat.last_thread)
    followers = agents & chat.followers
    deliveries = []
    for recipients, is_followed in ((agents - followers, False), (followers, True)):
        to_requester = bool(requester_id) and is_followed is (requester_id in chat.followers)
        if recipients or to_requester:
            rendered = views.render_chat(state, chat, thread, is_followed=is_followed)
            payload = {**other_fields, "chat": rendered}
            deliveries.append(
                PushDelivery("incoming_chat", payload, recipients, to_requester=to_requester)
            )
    return deliveries


def _chat_unfollowed(_: State, fact: facts.ChatUnfollowed) -> Deliveries:
    payload = {"chat_id": fact.chat.id}
    return [PushDelivery("chat_unfollowed", payload, frozenset({fact.agent_id}))]


def _thread_closed(state: State, fact: facts.ThreadClosed) -> Deliveries:
    payload: JSONObject = {"chat_id": fact.chat.id, "thread_id": fact.thread.id}
    if fact.user_id:
        payload["user_id"] = fact.user_id
    return [PushDelivery("chat_deactivated", payload, key_change_agents(state, fact.audience))]


def _access_changed(state: State, fact: facts.AccessChanged) -> Deliveries:
    if isinstance(fact.resource, Customer):
        return _customer_moved(state, fact.resource, fact)
    assert fact.audience
    agents = key_change_agents(state, fact.audience) | agents_with_access(state, fact.before)
    payload = {"id": fact.resource.id, "access": views.render_access(fact.after)}
    return [PushDelivery("chat_access_updated", payload, agents)]


def _customer_moved(state: State, customer: Customer, fact: facts.AccessChanged) -> Deliveries:
    """Tell the agents who monitor a customer no longer, and those who do from now on."""
    is_online = customer.id in state.visits
    before, after = (
        frozenset(
            agent.id
            for agent in state.agents.values()
            if is_monitored(state, agent, customer, is_online=is_online, access=access)
            and has_scope(state, agent.id, "customers:ro")
        )
        for access in (fact.before, fact.after)
    )
    transferred = {
        "id": customer.id,
        "transferred_to": views.render_access(fact.after),
        "followed": False,
    }
    deliveries = []
    if before - after:
        deliveries.append(_unrequested("customer_transferred", transferred, before - after))
    if after - before:
        visitor = views.render_visitor(state, customer)
        deliveries.append(_unrequested("incoming_customer", visitor, after - before))
    return deliveries


def _unrequested(name: str, payload: Any, agents: frozenset[str]) -> PushDelivery:
    """Build a push that goes to the requester only as one of these agents."""
    return PushDelivery(name, payload, agents, to_requester=False)


def _chat_transferred(state: State, fact: facts.ChatTransferred) -> Deliveries:
    chat, previous = fact.chat, fact.previous_audience
    payload: JSONObject = {"chat_id": chat.id, "thread_id": fact.thread.id}
    if fact.requester_id:
        payload["requester_id"] = fact.requester_id
    payload["reason"] = fact.reason
    payload["transferred_to"] = {
        "group_ids": list(chat.access.group_ids),
        "agent_ids": chat.present_agents(),
    }
    queue = queues.place(state, chat)
    if queue:
        payload["queue"] = views.render_queue(queue)
    agents = key_change_agents(state, fact.audience) | key_change_agents(state, previous)
    deliveries = [PushDelivery("chat_transferred", payload, agents)]
    if chat.access != previous.access:
        access = {"id": chat.id, "access": views.render_access(chat.access)}
        deliveries.append(_unrequested("chat_access_updated", access, agents))
    if fact.gaining_agent_id and has_scope(state, fact.gaining_agent_id, "chats--access:ro"):
        shown: JSONObject = {"requester_id": fact.requester_id} if fact.requester_id else {}
        shown["transferred_from"] = {
            "group_ids": list(previous.access.group_ids),
            "agent_ids": list(fact.losing_agent_ids),
        }
        deliveries += _show_chat(state, chat, frozenset({fact.gaining_agent_id}), "", shown)
    return deliveries


def _user_added(state: State, fact: facts.UserAdded) -> Deliveries:
    chat = fact.chat
    payload: JSONObject = {"chat_id": chat.id}
    if fact.thread.active:
        payload["thread_id"] = fact.thread.id
    payload["user"] = views.render_user(state, chat, fact.user_id, chat.users[fact.user_id])
    payload["reason"] = fact.reason
    if fact.requester_id:
        payload["requester_id"] = fact.requester_id
    return [PushDelivery("user_added_to_chat", payload, chat_agents(state, fact.audience))]


def _user_removed(state: State, fact: facts.UserRemoved) -> Deliveries:
    payload: JSONObject = {"chat_id": fact.chat.id}
    if fact.thread:
        payload["thread_id"] = fact.thread.id
    payload |= {"user_id": fact.user_id, "reason": fact.reason}
    if fact.requester_id:
        payload["requester_id"] = fact.requester_id
    return [PushDelivery("user_removed_from_chat", payload, chat_agents(state, fact.audience))]


def _thread_ids(fact: Any) -> JSONObject:
    """Return the members that most pushes about threads start with."""
    return {"chat_id": fact.chat.id, "thread_id": fact.thread.id}


def _event(name: str, state: State, fact: facts.EventAdded | facts.EventUpdated) -> Deliveries:
    if not is_shown(fact.event):
        return []
    payload = {**_thread_ids(fact), "event": render_event(fact.event)}
    return [PushDelivery(name, payload, chat_agents(state, fact.audience))]


def _postback_sent(state: State, fact: facts.PostbackSent) -> Deliveries:
    payload = {
        "user_id": fact.user_id,
        **_thread_ids(fact),
        "event_id": fact.event_id,
        "postback": fact.postback,
    }
    agents = chat_agents(state, fact.audience)
    return [PushDelivery("incoming_rich_message_postback", payload, agents)]


def _properties(
    name: str, state: State, fact: facts.PropertiesUpdated | facts.PropertiesDeleted
) -> Deliveries:
    payload: JSONObject = {"chat_id": fact.chat.id}
    if fact.thread_id:
        payload["thread_id"] = fact.thread_id
    if fact.event_id:
        payload["event_id"] = fact.event_id
    target = "event" if fact.event_id else "thread" if fact.thread_id else "chat"
    payload["properties"] = (
        fact.properties if isinstance(fact, facts.PropertiesUpdated) else fact.names
    )
    agents = chat_agents(state, fact.audience)
    return [PushDelivery(f"{target}_properties_{name}", payload, agents)]


def _tag(name: str, state: State, fact: facts.ThreadTagged | facts.ThreadUntagged) -> Deliveries:
    payload = {**_thread_ids(fact), "tag": fact.tag}
    return [PushDelivery(name, payload, chat_agents(state, fact.audience))]


def _marked_as_seen(state: State, fact: facts.MarkedAsSeen) -> Deliveries:
    payload = {
        "user_id": fact.user_id,
        "chat_id": fact.chat.id,
        "seen_up_to": format_datetime(fact.seen_up_to),
    }
    return [PushDelivery("events_marked_as_seen", payload, chat_agents(state, fact.audience))]


def _typing(state: State, fact: facts.Typing) -> Deliveries:
    if fact.author_id not in state.agents:  # the push is about agents and bots only
        return []
    indicator = {
        "author_id": fact.author_id,
        "visibility": fact.visibility,
        "timestamp": state.timestamp,
        "is_typing": fact.is_typing,
    }
    payload = {**_thread_ids(fact), "typing_indicator": indicator}
    agents = chat_agents(state, fact.audience) - {fact.sender_id}
    return [_unrequested("incoming_typing_indicator", payload, agents)]


def _thinking(state: State, fact: facts.Thinking) -> Deliveries:
    payload = {
        **_thread_ids(fact),
        "author_id": fact.author_id,
        "sent_at": format_datetime(state.now),
        **fact.texts,
    }
    agents = chat_agents(state, fact.audience) - {fact.sender_id}
    return [_unrequested("incoming_thinking_indicator", payload, agents)]


def _sneak_peek(state: State, fact: facts.SneakPeek) -> Deliveries:
    sneak_peek = {
        "author_id": fact.author_id,
        "text": fact.text,
        "timestamp": state.timestamp,
    }
    payload = {**_thread_ids(fact), "sneak_peek": sneak_peek}
    return [PushDelivery("incoming_sneak_peek", payload, chat_agents(state, fact.audience))]


def _about_customer(
    state: State,
    customer: Customer,
    name: str,
    payload: JSONObject,
    *,
    to_requester: bool = False,
    was_online: bool = False,
) -> Deliveries:
    """Send a push to those who watch a customer."""
    agent_ids, connection_ids = watchers(state, customer, was_online=was_online)
    return [PushDelivery(name, payload, agent_ids, connection_ids, to_requester)]


def _customer_created(state: State, fact: facts.CustomerCreated) -> Deliveries:
    if fact.customer.id in state.visits:  # shown because of the visit
        return []
    payload = views.render_visitor(state, fact.customer)
    return _about_customer(state, fact.customer, "incoming_customer", payload)


def _customer_updated(state: State, fact: facts.CustomerUpdated) -> Deliveries:
    customer, profile = fact.customer, fact.customer.profile
    changed = Profile(**{name: getattr(profile, name) for name in fact.changed})
    payload = {"id": customer.id, "type": "customer", **views.render_profile(changed)}
    [push] = _about_customer(state, customer, "customer_updated", payload, to_requester=True)
    chat = state.chats.get(customer.chat_id)
    if chat:
        push = push._replace(agent_ids=push.agent_ids | chat_agents(state, chat.audience))
    return [push]


def _customer_banned(state: State, fact: facts.CustomerBanned) -> Deliveries:
    customer = fact.customer
    payload = {"customer_id": customer.id, "ban": {"days": fact.days}}
    return _about_customer(
        state, customer, "customer_banned", payload, to_requester=True, was_online=True
    )


def _visit_started(state: State, fact: facts.VisitStarted) -> Deliveries:
    payload = views.render_visitor(state, fact.customer)
    return _about_customer(state, fact.customer, "incoming_customer", payload)


def _page_opened(state: State, fact: facts.PageOpened) -> Deliveries:
    payload = {
        "customer_id": fact.customer.id,
        "visit_id": fact.visit.number,
        **views.render_page(fact.page),
    }
    opened = _about_customer(state, fact.customer, "customer_page_updated", payload)
    return opened + _statistics(state, fact.customer)


def _statistics(state: State, customer: Customer) -> Deliveries:
    payload: JSONObject = {"customer_id": customer.id, "statistics": customer.statistics}
    return _about_customer(state, customer, "customer_statistics_updated", payload)


def _visit_ended(state: State, fact: facts.VisitEnded) -> Deliveries:
    payload = {"id": fact.customer.id, "left_at": format_datetime(fact.visit.ended)}
    return _about_customer(state, fact.customer, "customer_left", payload, was_online=True)


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
    return [_unrequested("groups_status_updated", payload, agents)]


def _multicast_sent(state: State, fact: facts.MulticastSent) -> Deliveries:
    payload: JSONObject = {"author_id": fact.author_id, "content": fact.content}
    if fact.type is not None:
        payload["type"] = fact.type
    agents = agents_with_scope(state, "multicast:ro") & fact.agent_ids
    return [_unrequested("incoming_multicast", payload, agents)]


def _queue_moved(state: State, fact: facts.QueueMoved) -> Deliveries:
    """Send the new places; queued chats have no agents, so it goes to those with access."""
    deliveries = []
    for chat in fact.chats:
        queue = queues.place(state, chat)
        if queue:
            place = {"position": queue.position, "wait_time": queue.wait_time}
            payload = [{"chat_id": chat.id, "thread_id": chat.last_thread.id, "queue": place}]
            agents = key_change_agents(state, chat.audience)
            deliveries.append(_unrequested("queue_positions_updated", payload, agents))
    return deliveries


def _summary_set(state: State, fact: facts.SummarySet) -> Deliveries:
    payload = {**_thread_ids(fact), "summary": views.render_summary_of_thread(fact.summary)}
    agents = chat_agents(state, fact.audience)
    requester = frozenset({fact.connection_id})
    return [PushDelivery("thread_summary_set", payload, agents, requester)]


def _summary_failed(_: State, fact: facts.SummaryFailed) -> Deliveries:
    # C21: the reference's sample has this action, although it is not a method.
    payload = {"action": "set_thread_summary", **_thread_ids(fact)}
    return [PushDelivery("incoming_error", payload, connection_ids=frozenset({fact.connection_id}))]


def _subscription_totals(_: State, fact: facts.SubscriptionTotals) -> Deliveries:
    connection = frozenset({fact.connection_id})
    name = "subscribed_customers_totals_updated"
    return [PushDelivery(name, fact.totals, connection_ids=connection)]


RENDERERS: dict[type, Callable[[State, Any], Iterable[PushDelivery]]] = {
    facts.ThreadOpened: _thread_opened,
    facts.ChatFollowed: _chat_followed,
    facts.ChatUnfollowed: _chat_unfollowed,
    facts.ThreadClosed: _thread_closed,
    facts.AccessChanged: _access_changed,
    facts.ChatTransferred: _chat_transferred,
    facts.UserAdded: _user_added,
    facts.UserRemoved: _user_removed,
    facts.EventAdded: partial(_event, "incoming_event"),
    facts.EventUpdated: partial(_event, "event_updated"),
    facts.PostbackSent: _postback_sent,
    facts.PropertiesUpdated: partial(_properties, "updated"),
    facts.PropertiesDeleted: partial(_properties, "deleted"),
    facts.ThreadTagged: partial(_tag, "thread_tagged"),
    facts.ThreadUntagged: partial(_tag, "thread_untagged"),
    facts.MarkedAsSeen: _marked_as_seen,
    facts.Typing: _typing,
    facts.Thinking: _thinking,
    facts.SneakPeek: _sneak_peek,
    facts.CustomerCreated: _customer_created,
    facts.CustomerUpdated: _customer_updated,
    facts.CustomerBanned: _customer_banned,
    facts.VisitStarted: _visit_started,
    facts.PageOpened: _page_opened,
    facts.VisitEnded: _visit_ended,
    facts.RoutingStatusSet: _routing_status_set,
    facts.GroupStatusSet: _group_status_set,
    facts.MulticastSent: _multicast_sent,
    facts.QueueMoved: _queue_moved,
    facts.SummarySet: _summary_set,
    facts.SummaryFailed: _summary_failed,
    facts.SubscriptionTotals: _subscription_totals,
}
