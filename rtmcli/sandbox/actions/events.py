"""Chapter "events"."""

from rtmcli.sandbox import events, threads
from rtmcli.sandbox.interface import ActionResult, Payload
from rtmcli.sandbox.model import Chat, Thread
from rtmcli.sandbox.request_context import RequestContext
from rtmcli.sandbox.state import reject


def send_event(context: RequestContext, payload: Payload) -> ActionResult:
    """Send an event to the active thread; if there is none, open one unless flags forbid it."""
    state, chat = context.state, context.chat(payload["chat_id"])
    thread = _select_thread(context, chat, payload)
    event_fields = events.build_event(payload["event"], context.user_id)
    if not thread and chat.customer_id:
        state.reject_if_banned(state.customer(chat.customer_id))
    previous_recipients = state.recipients(chat)
    opens_thread = thread is None
    thread = thread or threads.open_thread(state, chat)
    deliveries = []
    if context.user_id not in chat.users:
        deliveries = [threads.add_user(state, chat, context.user_id, "agent", is_present=False)]
    event = threads.add_event(state, chat, thread, event_fields)
    if opens_thread:
        deliveries += threads.incoming_chat_thread(
            state, chat, extra_recipients=previous_recipients, requester_id=context.agent.id
        )
    else:
        deliveries.append(threads.incoming_event(state, chat, thread, event))
    return ActionResult({"thread_id": thread.id, "event": event}, deliveries)


def _select_thread(context: RequestContext, chat: Chat, payload: Payload) -> Thread | None:
    """Return the thread that gets the event, or None for a new one."""
    if chat.active_thread:
        return chat.active_thread
    if payload.get("require_active_thread", False):
        reject(f"chat {chat.id} has no active thread")
    attach = payload.get("attach_to_last_thread", False)
    if attach or payload["event"]["type"] == "annotation":
        return context.thread(chat, chat.last_thread.id)
    return None
