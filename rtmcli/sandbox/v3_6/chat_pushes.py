"""Render what happened in chats as the pushes of v3.6."""

from typing import Any

from rtmcli.sandbox.domain import facts
from rtmcli.sandbox.domain.chats import queues
from rtmcli.sandbox.domain.model import Chat, Customer, JSONObject
from rtmcli.sandbox.domain.state import State
from rtmcli.sandbox.domain.timestamps import format_datetime
from rtmcli.sandbox.interface import PushDelivery
from rtmcli.sandbox.v3_6 import views
from rtmcli.sandbox.v3_6.audiences import (
    agents_with_access,
    chat_agents,
    has_scope,
    key_change_agents,
)
from rtmcli.sandbox.v3_6.customer_pushes import customer_moved, statistics
from rtmcli.sandbox.v3_6.deliveries import Deliveries, unrequested
from rtmcli.sandbox.v3_6.events import is_shown, render_event


def thread_opened(state: State, fact: facts.ThreadOpened) -> Deliveries:
    """Show a chat with its new thread."""
    agents = key_change_agents(state, fact.audience)
    if fact.previous_audience:
        agents |= chat_agents(state, fact.previous_audience)
    payload: JSONObject = {"requester_id": fact.requester_id} if fact.requester_id else {}
    deliveries = _show_chat(state, fact.chat, agents, fact.requester_id, payload)
    customer = state.customers.get(fact.chat.customer_id)
    return deliveries + (statistics(state, customer) if customer else [])


def chat_followed(state: State, fact: facts.ChatFollowed) -> Deliveries:
    """Show a chat to its new follower."""
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


def chat_unfollowed(_: State, fact: facts.ChatUnfollowed) -> Deliveries:
    """Inform all connections of an agent who no longer follows a chat."""
    payload = {"chat_id": fact.chat.id}
    return [PushDelivery("chat_unfollowed", payload, frozenset({fact.agent_id}))]


def thread_closed(state: State, fact: facts.ThreadClosed) -> Deliveries:
    """Render a closed thread."""
    payload: JSONObject = {"chat_id": fact.chat.id, "thread_id": fact.thread.id}
    if fact.user_id:
        payload["user_id"] = fact.user_id
    return [PushDelivery("chat_deactivated", payload, key_change_agents(state, fact.audience))]


def access_changed(state: State, fact: facts.AccessChanged) -> Deliveries:
    """Render another access of a chat or a customer."""
    if isinstance(fact.resource, Customer):
        return customer_moved(state, fact.resource, fact)
    assert fact.audience
    agents = key_change_agents(state, fact.audience) | agents_with_access(state, fact.before)
    payload = {"id": fact.resource.id, "access": views.render_access(fact.after)}
    return [PushDelivery("chat_access_updated", payload, agents)]


def chat_transferred(state: State, fact: facts.ChatTransferred) -> Deliveries:
    """Render a transfer, for the gaining agent with the chat."""
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
        deliveries.append(unrequested("chat_access_updated", access, agents))
    if fact.gaining_agent_id and has_scope(state, fact.gaining_agent_id, "chats--access:ro"):
        shown: JSONObject = {"requester_id": fact.requester_id} if fact.requester_id else {}
        shown["transferred_from"] = {
            "group_ids": list(previous.access.group_ids),
            "agent_ids": list(fact.losing_agent_ids),
        }
        deliveries += _show_chat(state, chat, frozenset({fact.gaining_agent_id}), "", shown)
    return deliveries


def user_added(state: State, fact: facts.UserAdded) -> Deliveries:
    """Render a new user."""
    chat = fact.chat
    payload: JSONObject = {"chat_id": chat.id}
    if fact.thread.active:
        payload["thread_id"] = fact.thread.id
    payload["user"] = views.render_user(state, chat, fact.user_id, chat.users[fact.user_id])
    payload["reason"] = fact.reason
    if fact.requester_id:
        payload["requester_id"] = fact.requester_id
    return [PushDelivery("user_added_to_chat", payload, chat_agents(state, fact.audience))]


def user_removed(state: State, fact: facts.UserRemoved) -> Deliveries:
    """Render the end of a membership."""
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


def event(name: str, state: State, fact: facts.EventAdded | facts.EventUpdated) -> Deliveries:
    """Render a new or changed event, if v3.6 has its type."""
    if not is_shown(fact.event):
        return []
    payload = {**_thread_ids(fact), "event": render_event(fact.event)}
    return [PushDelivery(name, payload, chat_agents(state, fact.audience))]


def postback_sent(state: State, fact: facts.PostbackSent) -> Deliveries:
    """Render a pressed button."""
    payload = {
        "user_id": fact.user_id,
        **_thread_ids(fact),
        "event_id": fact.event_id,
        "postback": fact.postback,
    }
    agents = chat_agents(state, fact.audience)
    return [PushDelivery("incoming_rich_message_postback", payload, agents)]


def properties(
    name: str, state: State, fact: facts.PropertiesUpdated | facts.PropertiesDeleted
) -> Deliveries:
    """Render changed properties."""
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


def tag(name: str, state: State, fact: facts.ThreadTagged | facts.ThreadUntagged) -> Deliveries:
    """Render a changed tag."""
    payload = {**_thread_ids(fact), "tag": fact.tag}
    return [PushDelivery(name, payload, chat_agents(state, fact.audience))]


def marked_as_seen(state: State, fact: facts.MarkedAsSeen) -> Deliveries:
    """Render up to when a user has seen events."""
    payload = {
        "user_id": fact.user_id,
        "chat_id": fact.chat.id,
        "seen_up_to": format_datetime(fact.seen_up_to),
    }
    return [PushDelivery("events_marked_as_seen", payload, chat_agents(state, fact.audience))]


def typing(state: State, fact: facts.Typing) -> Deliveries:
    """Render a typing indicator of an agent or a bot."""
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
    return [unrequested("incoming_typing_indicator", payload, agents)]


def thinking(state: State, fact: facts.Thinking) -> Deliveries:
    """Render a thinking indicator."""
    payload = {
        **_thread_ids(fact),
        "author_id": fact.author_id,
        "sent_at": format_datetime(state.now),
        **fact.texts,
    }
    agents = chat_agents(state, fact.audience) - {fact.sender_id}
    return [unrequested("incoming_thinking_indicator", payload, agents)]


def sneak_peek(state: State, fact: facts.SneakPeek) -> Deliveries:
    """Render what a customer is typing."""
    sneak_peek = {
        "author_id": fact.author_id,
        "text": fact.text,
        "timestamp": state.timestamp,
    }
    payload = {**_thread_ids(fact), "sneak_peek": sneak_peek}
    return [PushDelivery("incoming_sneak_peek", payload, chat_agents(state, fact.audience))]


def queue_moved(state: State, fact: facts.QueueMoved) -> Deliveries:
    """Send the new places; queued chats have no agents, so it goes to those with access."""
    deliveries = []
    for chat in fact.chats:
        queue = queues.place(state, chat)
        if queue:
            place = {"position": queue.position, "wait_time": queue.wait_time}
            payload = [{"chat_id": chat.id, "thread_id": chat.last_thread.id, "queue": place}]
            agents = key_change_agents(state, chat.audience)
            deliveries.append(unrequested("queue_positions_updated", payload, agents))
    return deliveries


def summary_set(state: State, fact: facts.SummarySet) -> Deliveries:
    """Render the summary of a thread."""
    payload = {**_thread_ids(fact), "summary": views.render_summary_of_thread(fact.summary)}
    agents = chat_agents(state, fact.audience)
    requester = frozenset({fact.connection_id})
    return [PushDelivery("thread_summary_set", payload, agents, requester)]


def summary_failed(_: State, fact: facts.SummaryFailed) -> Deliveries:
    """Render the failure of a summary."""
    # C21: the reference's sample has this action, although it is not a method.
    payload = {"action": "set_thread_summary", **_thread_ids(fact)}
    return [PushDelivery("incoming_error", payload, connection_ids=frozenset({fact.connection_id}))]
