"""Render what happened as the pushes of v3.0."""

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from rtmcli.sandbox.domain import facts
from rtmcli.sandbox.domain.facts import Fact
from rtmcli.sandbox.domain.model import Chat, JSONObject
from rtmcli.sandbox.domain.state import State
from rtmcli.sandbox.domain.timestamps import format_datetime, to_seconds
from rtmcli.sandbox.interface import PushDelivery
from rtmcli.sandbox.v3_0 import views
from rtmcli.sandbox.v3_0.audiences import (
    agents_with_access,
    agents_with_scope,
    chat_agents,
    key_change_agents,
)
from rtmcli.sandbox.v3_0.events import is_shown, render_event
from rtmcli.sandbox.v3_0.properties import wrap


def _thread_opened(state: State, fact: facts.ThreadOpened) -> list[PushDelivery]:
    """Show a chat to its agents, or without any, to all agents with access to it."""
    agents = chat_agents(state, fact.audience)
    if fact.previous_audience:
        agents |= chat_agents(state, fact.previous_audience)
    if not fact.audience.present:
        agents |= agents_with_access(state, fact.chat.access)
    return _show_chat(state, fact.chat, agents, fact.requester_id)


def _chat_followed(state: State, fact: facts.ChatFollowed) -> list[PushDelivery]:
    return _show_chat(state, fact.chat, frozenset({fact.agent_id}), fact.agent_id)


def _show_chat(
    state: State, chat: Chat, agents: frozenset[str], requester_id: str
) -> list[PushDelivery]:
    """Show a chat with its newest thread.

    `is_followed` depends on the recipient, so followers get their own push.
    """
    rendered_chat = views.render_chat(state, chat, thread=views.render_thread(chat.last_thread))
    followers = agents & chat.followers
    deliveries = []
    for recipients, is_followed in ((agents - followers, False), (followers, True)):
        to_requester = bool(requester_id) and is_followed is (requester_id in chat.followers)
        if recipients or to_requester:
            payload = {"chat": {**rendered_chat, "is_followed": is_followed}}
            deliveries.append(
                PushDelivery("incoming_chat_thread", payload, recipients, to_requester=to_requester)
            )
    return deliveries


def _thread_closed(state: State, fact: facts.ThreadClosed) -> list[PushDelivery]:
    payload: JSONObject = {"chat_id": fact.chat.id, "thread_id": fact.thread.id}
    if fact.user_id:
        payload["user_id"] = fact.user_id
    return [PushDelivery("thread_closed", payload, key_change_agents(state, fact.audience))]


def _access_changed(state: State, fact: facts.AccessChanged) -> list[PushDelivery]:
    recipients = agents_with_access(state, fact.before, fact.after)
    if isinstance(fact.resource, Chat) and fact.audience:
        recipients |= chat_agents(state, fact.audience)
    payload = {
        "resource": "chat" if isinstance(fact.resource, Chat) else "customer",
        "id": fact.resource.id,
        "access": views.render_access(fact.requested),
    }
    return [PushDelivery(f"access_{fact.change}", payload, recipients)]


def _chat_transferred(state: State, fact: facts.ChatTransferred) -> list[PushDelivery]:
    """Show the transfers of agents; the router's choices are shown as added users only."""
    if not fact.requester_id:
        return []
    payload = {
        "chat_id": fact.chat.id,
        "thread_id": fact.thread.id,
        "requester_id": fact.requester_id,
        "type": fact.target_type,
        "ids": list(fact.ids),
    }
    recipients = key_change_agents(state, fact.audience)
    recipients |= key_change_agents(state, fact.previous_audience)
    return [PushDelivery("chat_transferred", payload, recipients)]


def _user_added(state: State, fact: facts.UserAdded) -> list[PushDelivery]:
    membership = fact.chat.users[fact.user_id]
    payload = {
        "chat_id": fact.chat.id,
        "thread_id": fact.thread.id,
        "user": views.render_user(state, fact.chat, fact.user_id, membership),
        "user_type": membership.user_type,
    }
    return [PushDelivery("chat_user_added", payload, chat_agents(state, fact.audience))]


def _user_removed(state: State, fact: facts.UserRemoved) -> list[PushDelivery]:
    payload: JSONObject = {"chat_id": fact.chat.id}
    if fact.thread:
        payload["thread_id"] = fact.thread.id
    payload |= {"user_id": fact.user_id, "user_type": "agent"}
    return [PushDelivery("chat_user_removed", payload, chat_agents(state, fact.audience))]


def _event(
    name: str, state: State, fact: facts.EventAdded | facts.EventUpdated
) -> list[PushDelivery]:
    if not is_shown(fact.event):
        return []
    payload = {
        "chat_id": fact.chat.id,
        "thread_id": fact.thread.id,
        "event": render_event(fact.event),
    }
    return [PushDelivery(name, payload, chat_agents(state, fact.audience))]


def _postback_sent(state: State, fact: facts.PostbackSent) -> list[PushDelivery]:
    payload = {
        "user_id": fact.user_id,
        "chat_id": fact.chat.id,
        "thread_id": fact.thread.id,
        "event_id": fact.event_id,
        "postback": {name: fact.postback[name] for name in ("id", "toggled")},
    }
    agents = chat_agents(state, fact.audience)
    return [PushDelivery("incoming_rich_message_postback", payload, agents)]


def _properties(
    name: str, state: State, fact: facts.PropertiesUpdated | facts.PropertiesDeleted
) -> list[PushDelivery]:
    payload: JSONObject = {"chat_id": fact.chat.id}
    if fact.thread_id:
        payload["thread_id"] = fact.thread_id
    if fact.event_id:
        payload["event_id"] = fact.event_id
    target = "event" if fact.event_id else "chat_thread" if fact.thread_id else "chat"
    payload["properties"] = (
        wrap(fact.properties) if isinstance(fact, facts.PropertiesUpdated) else fact.names
    )
    agents = chat_agents(state, fact.audience)
    return [PushDelivery(f"{target}_properties_{name}", payload, agents)]


def _tag(
    name: str, state: State, fact: facts.ThreadTagged | facts.ThreadUntagged
) -> list[PushDelivery]:
    payload = {"chat_id": fact.chat.id, "thread_id": fact.thread.id, "tag": fact.tag}
    return [PushDelivery(name, payload, chat_agents(state, fact.audience))]


def _marked_as_seen(state: State, fact: facts.MarkedAsSeen) -> list[PushDelivery]:
    payload = {
        "user_id": fact.user_id,
        "chat_id": fact.chat.id,
        "timestamp": to_seconds(fact.seen_up_to),
    }
    agents = chat_agents(state, fact.audience)
    return [PushDelivery("last_seen_timestamp_updated", payload, agents)]


def _typing(state: State, fact: facts.Typing) -> list[PushDelivery]:
    payload = {
        "chat_id": fact.chat.id,
        "thread_id": fact.thread.id,
        "typing_indicator": {
            "author_id": fact.author_id,
            "recipients": fact.visibility,
            "timestamp": state.timestamp,
            "is_typing": fact.is_typing,
        },
    }
    agents = chat_agents(state, fact.audience) - {fact.sender_id}
    return [PushDelivery("incoming_typing_indicator", payload, agents, to_requester=False)]


def _sneak_peek(state: State, fact: facts.SneakPeek) -> list[PushDelivery]:
    payload = {
        "chat_id": fact.chat.id,
        "thread_id": fact.thread.id,
        "sneak_peek": {
            "author_id": fact.author_id,
            "recipients": "all",
            "timestamp": state.timestamp,
            "text": fact.text,
        },
    }
    return [PushDelivery("incoming_sneak_peek", payload, chat_agents(state, fact.audience))]


def _about_customers(
    render: Callable[[State, Any], tuple[str, JSONObject]], state: State, fact: Fact
) -> list[PushDelivery]:
    """Send a push to the agents who get pushes about customers."""
    name, payload = render(state, fact)
    return [PushDelivery(name, payload, agents_with_scope(state, "customers:ro"))]


def _customer_created(_: State, fact: facts.CustomerCreated) -> tuple[str, JSONObject]:
    return "customer_created", {"customer": views.render_customer(fact.customer)}


def _customer_updated(state: State, fact: facts.CustomerUpdated) -> tuple[str, JSONObject]:
    customer, profile = fact.customer, fact.customer.profile
    contact = {name: getattr(profile, name) for name in ("name", "email", "avatar")}
    payload = {
        "id": customer.id,
        **{name: value for name, value in contact.items() if value is not None},
        "type": "customer",
        "present": customer.id in state.visits,
        "banned": customer.banned_until > state.now,
        "fields": dict(profile.session_fields or ()),
    }
    return "customer_updated", payload


def _customer_banned(_: State, fact: facts.CustomerBanned) -> tuple[str, JSONObject]:
    return "customer_banned", {"customer_id": fact.customer.id, "ban": {"days": fact.days}}


def _visit_started(_: State, fact: facts.VisitStarted) -> tuple[str, JSONObject]:
    visit = views.render_visit(fact.visit)
    payload = {"customer_id": fact.customer.id, "visit_id": fact.visit.id, **visit}
    return "customer_visit_started", payload


def _page_opened(_: State, fact: facts.PageOpened) -> tuple[str, JSONObject]:
    payload = {
        "customer_id": fact.customer.id,
        "visit_id": fact.visit.id,
        **views.render_page(fact.page),
        "referrer": fact.referrer,
    }
    return "customer_page_updated", payload


def _visit_ended(_: State, fact: facts.VisitEnded) -> tuple[str, JSONObject]:
    payload = {
        "customer_id": fact.customer.id,
        "visit_id": fact.visit.id,
        "ended_at": format_datetime(fact.visit.ended),
    }
    return "customer_visit_ended", payload


def _routing_status_set(state: State, fact: facts.RoutingStatusSet) -> list[PushDelivery]:
    agent = fact.agent
    scope = "agents-bot--all:ro" if agent.is_bot else "agents--all:ro"
    recipients = agents_with_scope(state, scope) | {agent.id}
    payload = {"agent_id": agent.id, "routing_status": fact.status}
    return [PushDelivery("agent_updated", payload, recipients, to_requester=fact.to_requester)]


def _multicast_sent(state: State, fact: facts.MulticastSent) -> list[PushDelivery]:
    payload: JSONObject = {"content": fact.content, "author_id": fact.author_id}
    if fact.type is not None:
        payload["type"] = fact.type
    recipients = agents_with_scope(state, "multicast:ro") & fact.agent_ids
    return [PushDelivery("incoming_multicast", payload, recipients, to_requester=False)]


RENDERERS: dict[type, Callable[[State, Any], Iterable[PushDelivery]]] = {
    facts.ThreadOpened: _thread_opened,
    facts.ChatFollowed: _chat_followed,
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
    facts.ThreadTagged: partial(_tag, "chat_thread_tagged"),
    facts.ThreadUntagged: partial(_tag, "chat_thread_untagged"),
    facts.MarkedAsSeen: _marked_as_seen,
    facts.Typing: _typing,
    facts.SneakPeek: _sneak_peek,
    facts.CustomerCreated: partial(_about_customers, _customer_created),
    facts.CustomerUpdated: partial(_about_customers, _customer_updated),
    facts.CustomerBanned: partial(_about_customers, _customer_banned),
    facts.VisitStarted: partial(_about_customers, _visit_started),
    facts.PageOpened: partial(_about_customers, _page_opened),
    facts.VisitEnded: partial(_about_customers, _visit_ended),
    facts.RoutingStatusSet: _routing_status_set,
    facts.MulticastSent: _multicast_sent,
}
