"""Change the properties and tags of chats, threads and events, and the buttons of events."""

from typing import Any

from rtmcli.sandbox.domain.chats import rich_messages
from rtmcli.sandbox.domain.errors import not_found
from rtmcli.sandbox.domain.facts import (
    EventUpdated,
    Fact,
    PostbackSent,
    PropertiesDeleted,
    PropertiesUpdated,
    ThreadTagged,
    ThreadUntagged,
)
from rtmcli.sandbox.domain.model import Chat, Event, Properties, Thread
from rtmcli.sandbox.domain.properties import merge, remove, validate_names


def update_chat_properties(chat: Chat, update: Properties) -> list[Fact]:
    """Set properties of a chat."""
    chat.properties = merge(chat.properties, update)
    return [PropertiesUpdated(chat, chat.audience, update)]


def delete_chat_properties(chat: Chat, names: dict[str, list[str]]) -> list[Fact]:
    """Delete properties of a chat."""
    validate_names(names, "chat")
    chat.properties = remove(chat.properties, names)
    return [PropertiesDeleted(chat, chat.audience, names)]


def update_thread_properties(chat: Chat, thread: Thread, update: Properties) -> list[Fact]:
    """Set properties of a thread."""
    thread.properties = merge(thread.properties, update)
    return [PropertiesUpdated(chat, chat.audience, update, thread.id)]


def delete_thread_properties(chat: Chat, thread: Thread, names: dict[str, list[str]]) -> list[Fact]:
    """Delete properties of a thread."""
    validate_names(names, "thread")
    thread.properties = remove(thread.properties, names)
    return [PropertiesDeleted(chat, chat.audience, names, thread.id)]


def update_event_properties(
    chat: Chat, thread: Thread, event: Event, update: Properties
) -> list[Fact]:
    """Set properties of an event."""
    thread.replace_event(event._replace(properties=merge(event.properties, update)))
    return [PropertiesUpdated(chat, chat.audience, update, thread.id, event.id)]


def delete_event_properties(
    chat: Chat, thread: Thread, event: Event, names: dict[str, list[str]]
) -> list[Fact]:
    """Delete properties of an event."""
    validate_names(names, "event")
    thread.replace_event(event._replace(properties=remove(event.properties, names)))
    return [PropertiesDeleted(chat, chat.audience, names, thread.id, event.id)]


def tag(chat: Chat, thread: Thread, name: str) -> list[Fact]:
    """Add a tag to a thread; this is a fact even if the thread has it already."""
    if name not in thread.tags:
        thread.tags = (*thread.tags, name)
    return [ThreadTagged(chat, thread, chat.audience, name)]


def untag(chat: Chat, thread: Thread, name: str) -> list[Fact]:
    """Remove a tag from a thread; this is a fact even if the thread does not have it."""
    if name in thread.tags:
        thread.tags = tuple(each for each in thread.tags if each != name)
    return [ThreadUntagged(chat, thread, chat.audience, name)]


def send_postback(
    chat: Chat, thread: Thread, event: Event, user_id: str, postback: dict[str, Any]
) -> list[Fact]:
    """Press or release the buttons of a postback; this is a fact if the thread is active."""
    postback_id, pressed = postback["id"], postback["toggled"]
    updated = rich_messages.toggle_buttons(event, postback_id, user_id, pressed=pressed)
    if updated is None:
        not_found(f"button {postback_id} not found in event {event.id}")
    thread.replace_event(updated)
    if not thread.active:
        return []
    facts: list[Fact] = [PostbackSent(chat, thread, chat.audience, event.id, user_id, postback)]
    if updated != event:
        facts.append(EventUpdated(chat, thread, chat.audience, updated))
    return facts
