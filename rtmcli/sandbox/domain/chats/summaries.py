"""Summaries of threads, made some time after they are requested."""

from rtmcli.sandbox.domain.chats import threads
from rtmcli.sandbox.domain.errors import reject
from rtmcli.sandbox.domain.facts import EventAdded, Fact, SummaryFailed, SummarySet
from rtmcli.sandbox.domain.model import Chat, Event, Summary, Thread
from rtmcli.sandbox.domain.state import State
from rtmcli.sandbox.variants import Variant

DELAY = 0.05  # seconds
_MAX_LENGTH = 60  # characters of each quoted message


def check(thread: Thread) -> None:
    """Refuse a second summary of a closed thread."""
    if thread.summary and not thread.active:
        reject(f"thread {thread.id} is closed and has a summary already")


def make(state: State, chat: Chat, thread: Thread, user_id: str, connection_id: int) -> list[Fact]:
    """Summarize a thread; this fails if it has no messages, or always if that was chosen."""
    state.update_now()
    texts = [event.fields["text"] for event in thread.events if event.type == "message"]
    if not texts or Variant.FAILING_SUMMARIES in state.variants:
        return [SummaryFailed(chat, thread, connection_id)]
    quoted = [text[:_MAX_LENGTH] for text in (texts[0], texts[-1])]
    text = f"{len(texts)} messages, from {quoted[0]!r} to {quoted[-1]!r}."
    thread.summary = Summary("ok", text, state.now)
    facts: list[Fact] = []
    if thread.active:
        details = {"summary": {"text": text, "status": "ok"}, "requested_by": user_id}
        fields = {"source": "messaging", "subtype": "summary", "version": 1, "details": details}
        event = threads.add_event(state, chat, thread, Event("system", fields=fields))
        facts.append(EventAdded(chat, thread, chat.audience, event))
    return [*facts, SummarySet(chat, thread, chat.audience, thread.summary, connection_id)]
