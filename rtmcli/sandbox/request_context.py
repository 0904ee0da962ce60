"""One request as its action sees it: who asks, and how far the scopes reach."""

from typing import NamedTuple

from rtmcli.sandbox import scopes
from rtmcli.sandbox.interface import Caller, RequestError
from rtmcli.sandbox.model import Access, Agent, Chat, Thread
from rtmcli.sandbox.state import State


class RequestContext(NamedTuple):
    """A request that its action is about to carry out."""

    state: State
    caller: Caller
    agent: Agent
    user_id: str  # in whose name: the agent, or the bot that it acts as
    scope_level: int  # how far the scopes reach

    def chat(self, chat_id: str) -> Chat:
        """Find a chat; refuse it where the scopes do not reach it."""
        chat = self.state.chat(chat_id)
        if self.scope_level != scopes.ALL and not self.can_access(chat):
            raise RequestError("authorization", f"the token's scopes do not reach chat {chat_id}")
        return chat

    def can_access(self, chat: Chat) -> bool:
        """Tell whether the scopes reach a chat."""
        if self.scope_level == scopes.ALL:
            return True
        if self.scope_level != scopes.NONE and chat.is_present(self.agent.id):
            return True
        return self.scope_level == scopes.ACCESS and self.agent.is_allowed_by(chat.access)

    def can_access_thread(self, chat: Chat, thread: Thread) -> bool:
        """Tell whether a thread of a chat within reach is open to the caller."""
        if self.scope_level == scopes.ALL or self.agent.id in thread.user_ids:
            return True
        if thread.active and chat.is_present(self.agent.id):
            return True
        return self.scope_level == scopes.ACCESS and self.agent.is_allowed_by(thread.access)

    def thread(self, chat: Chat, thread_id: str) -> Thread:
        """Find a thread of a chat; refuse it where the caller has no access to it."""
        thread = self.state.thread(chat, thread_id)
        if self.scope_level != scopes.ALL and not self.can_access_thread(chat, thread):
            raise RequestError(
                "authorization", f"the token's scopes do not reach thread {thread_id}"
            )
        return thread

    def require_access(self, access: Access, target: str) -> None:
        """Refuse what is guarded by an access that does not let the caller in."""
        if self.scope_level != scopes.ALL and not self.agent.is_allowed_by(access):
            raise RequestError("authorization", f"the token's scopes do not reach {target}")
