"""The queue of active chats that wait for an agent."""

from rtmcli.sandbox.domain.facts import Fact, QueueMoved
from rtmcli.sandbox.domain.model import Chat, Queue
from rtmcli.sandbox.domain.state import State

_SECONDS_PER_POSITION = 60  # an estimate of the time until an agent takes the next chat


def join(state: State, chat: Chat) -> None:
    """Put a chat at the end of the queue."""
    state.queue[chat.id] = chat
    chat.last_thread.queued = state.now


def leave(state: State, chat: Chat) -> list[Fact]:
    """Take a chat from the queue, if it is there; the chats behind it move up."""
    if chat.id not in state.queue:
        return []
    behind = list(state.queue.values())[list(state.queue).index(chat.id) + 1 :]
    del state.queue[chat.id]
    chat.last_thread.queued = 0
    return [QueueMoved(tuple(behind))] if behind else []


def place(state: State, chat: Chat) -> Queue | None:
    """Return the place of a chat in the queue, or None."""
    if chat.id not in state.queue:
        return None
    position = list(state.queue).index(chat.id) + 1
    return Queue(position, position * _SECONDS_PER_POSITION, chat.last_thread.queued)
