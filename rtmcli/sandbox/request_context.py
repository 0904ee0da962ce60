"""The context of one request: its caller and the level that the caller's scopes grant."""

from typing import NamedTuple

from rtmcli.sandbox import scopes
from rtmcli.sandbox.domain.errors import out_of_reach
from rtmcli.sandbox.domain.model import Access, Agent, Chat, Thread
from rtmcli.sandbox.domain.state import State
from rtmcli.sandbox.interface import Caller


class RequestContext(NamedTuple):
    """The context in which an action handles its request."""

    state: State
    caller: Caller
    agent: Agent
    user_id: str  # the author: the agent, or the bot it acts as
    scope_level: int  # one of the levels in `scopes`

    @property
    def user(self) -> Agent:
        """The author."""
        return self.state.agents[self.user_id]

    def chat(self, chat_id: str) -> Chat:
        """Return a chat; refuse it if it is unknown or the scopes do not cover it."""
        chat = self.state.chat(chat_id)
        if self.scope_level != scopes.ALL and not self.can_access(chat):
            out_of_reach(f"the token's scopes do not cover chat {chat_id}")
        return chat

    def can_access(self, chat: Chat) -> bool:
        """Return whether the scopes cover a chat."""
        if self.scope_level == scopes.ALL:
            return True
        if self.scope_level != scopes.NONE and chat.is_present(self.agent.id):
            return True
        return self.scope_level == scopes.ACCESS and self.agent.is_allowed_by(chat.access)

    def can_access_thread(self, chat: Chat, thread: Thread) -> bool:
        """Return whether the caller may read a thread of a chat that the scopes cover."""
        if self.scope_level == scopes.ALL or self.agent.id in thread.user_ids:
            return True
        if thread.active and chat.is_present(self.agent.id):
            return True
        return self.scope_level == scopes.ACCESS and self.agent.is_allowed_by(thread.access)

    def thread(self, chat: Chat, thread_id: str) -> Thread:
        """Return a thread of a chat; refuse it if the caller has no access to it."""
        thread = self.state.thread(chat, thread_id)
        if self.scope_level != scopes.ALL and not self.can_access_thread(chat, thread):
            out_of_reach(f"the token's scopes do not cover thread {thread_id}")
        return thread

    def require_access(self, access: Access, target: str) -> None:
        """Refuse a `target` whose access does not include the caller."""
        if self.scope_level != scopes.ALL and not self.agent.is_allowed_by(access):
            out_of_reach(f"the token's scopes do not cover {target}")
