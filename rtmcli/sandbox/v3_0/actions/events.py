"""Chapter "events"."""

from rtmcli.sandbox.domain.chats import threads
from rtmcli.sandbox.domain.errors import forbid, reject
from rtmcli.sandbox.domain.facts import EventAdded, Fact, ThreadOpened
from rtmcli.sandbox.domain.model import Chat, Thread
from rtmcli.sandbox.interface import ActionResult, Payload
from rtmcli.sandbox.request_context import RequestContext
from rtmcli.sandbox.v3_0 import events


def send_event(context: RequestContext, payload: Payload) -> ActionResult:
    """Send an event to the active thread; if there is none, open one unless flags forbid it."""
    state, chat = context.state, context.chat(payload["chat_id"])
    thread = _select_thread(context, chat, payload)
    draft = events.build_event(payload["event"], context.user_id)
    membership = chat.users.get(context.user_id)
    if membership and membership.visibility == "agents" and draft.visibility == "all":
        forbid(f"{context.user_id} may only send to agents in chat {chat.id}")
    if not thread and chat.customer_id:
        state.reject_if_banned(state.customer(chat.customer_id))
    previous_audience = chat.audience
    opens_thread = thread is None
    thread = thread or threads.open_thread(state, chat)
    facts: list[Fact] = []
    if not membership:
        facts += threads.add_user(state, chat, context.user_id, "agent", is_present=False)
    event = threads.add_event(state, chat, thread, draft)
    if opens_thread:
        agent_id = context.agent.id
        facts.append(ThreadOpened(chat, thread, chat.audience, previous_audience, agent_id))
    else:
        facts.append(EventAdded(chat, thread, chat.audience, event))
    return ActionResult({"thread_id": thread.id, "event": events.render_event(event)}, facts)


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
