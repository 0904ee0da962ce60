"""Chapter "Events"."""

from rtmcli.sandbox.domain.chats import annotations, threads
from rtmcli.sandbox.domain.errors import forbid
from rtmcli.sandbox.domain.facts import EventAdded
from rtmcli.sandbox.interface import ActionResult, Payload
from rtmcli.sandbox.request_context import RequestContext
from rtmcli.sandbox.v3_6 import events
from rtmcli.sandbox.v3_6.presence import require_active_thread, require_presence

_NO_OVERRIDE: Payload = {}


def send_event_preview(context: RequestContext, payload: Payload) -> ActionResult:
    """Show a message to the customer without storing it; agents get no push."""
    chat = context.chat(payload["chat_id"])
    require_presence(context, chat, _NO_OVERRIDE)
    require_active_thread(chat)
    if chat.users[context.user_id].visibility == "agents":
        forbid(f"{context.user_id} may only send to agents in chat {chat.id}")
    return ActionResult({})


def send_event(context: RequestContext, payload: Payload) -> ActionResult:
    """Send an event to the active thread; the requester has seen all events then."""
    state, chat = context.state, context.chat(payload["chat_id"])
    require_presence(context, chat, _NO_OVERRIDE)
    thread = require_active_thread(chat)
    draft = events.build_event(payload["event"], context.user_id)
    membership = chat.users[context.user_id]
    if membership.visibility == "agents" and draft.visibility == "all":
        forbid(f"{context.user_id} may only send to agents in chat {chat.id}")
    event = threads.add_event(state, chat, thread, draft)
    membership.seen_up_to = event.created
    return ActionResult({"event_id": event.id}, [EventAdded(chat, thread, chat.audience, event)])


def send_rich_message_postback(context: RequestContext, payload: Payload) -> ActionResult:
    """Press or release the buttons of a postback; push it if the thread is active."""
    chat = context.chat(payload["chat_id"])
    thread = context.thread(chat, payload["thread_id"])
    event = context.state.event(thread, payload["event_id"])
    facts = annotations.send_postback(chat, thread, event, context.user_id, payload["postback"])
    return ActionResult({}, facts)
