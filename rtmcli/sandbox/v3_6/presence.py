"""Two conditions that several actions share: presence in a chat, and an active thread."""

from rtmcli.sandbox.domain.errors import Refusal, forbid, refuse
from rtmcli.sandbox.domain.model import Chat, Thread
from rtmcli.sandbox.interface import Payload
from rtmcli.sandbox.request_context import RequestContext


def require_presence(context: RequestContext, chat: Chat, payload: Payload) -> None:
    """Refuse a requester who is not a user of the chat, unless the request ignores that."""
    if not payload.get("ignore_requester_presence", False) and not chat.is_present(context.user_id):
        forbid(f"{context.user_id} is not a user of chat {chat.id}")


def require_active_thread(chat: Chat) -> Thread:
    """Return the active thread; refuse a chat that has none."""
    return chat.active_thread or refuse(Refusal.INACTIVE, f"chat {chat.id} is not active")
