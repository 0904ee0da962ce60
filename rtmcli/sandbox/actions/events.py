"""Chapter "events"."""

from rtmcli.sandbox import events, threads
from rtmcli.sandbox.actions.chats import refuse_banned
from rtmcli.sandbox.call import Call
from rtmcli.sandbox.model import Chat, Thread
from rtmcli.sandbox.seam import Outcome, Payload
from rtmcli.sandbox.state import refuse


def send_event(call: Call, payload: Payload) -> Outcome:
    """Send an event to the active thread; without one, open a thread unless told otherwise."""
    state, chat = call.state, call.chat(payload["chat_id"])
    thread = _thread(call, chat, payload)
    composed = events.compose(payload["event"], call.user_id)
    if not thread and chat.customer_id:
        refuse_banned(state, state.customer(chat.customer_id))
    former = state.told(chat)
    opens = thread is None
    thread = thread or threads.open_thread(state, chat)
    deliveries = []
    if call.user_id not in chat.users:
        deliveries = [threads.join(state, chat, call.user_id, "agent", present=False)]
    event = threads.add_event(state, chat, thread, composed)
    if opens:
        deliveries += threads.incoming_chat_thread(
            state, chat, also=former, requester=call.agent.id
        )
    else:
        deliveries.append(threads.incoming_event(state, chat, thread, event))
    return Outcome({"thread_id": thread.id, "event": event}, deliveries)


def _thread(call: Call, chat: Chat, payload: Payload) -> Thread | None:
    """Choose the thread that gets the event; None: a new one."""
    if chat.active_thread:
        return chat.active_thread
    if payload.get("require_active_thread", False):
        refuse(f"chat {chat.id} has no active thread")
    attached = payload.get("attach_to_last_thread", False)
    if attached or payload["event"]["type"] == "annotation":
        return call.thread(chat, chat.last_thread.id)
    return None
