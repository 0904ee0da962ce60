"""One request as its action sees it: who asks, and how far the scopes reach."""

from rtmcli.row import Row
from rtmcli.sandbox import scopes
from rtmcli.sandbox.model import Access, Agent, Chat, Thread
from rtmcli.sandbox.seam import Caller, Refusal
from rtmcli.sandbox.state import State


class Call(Row):
    """A request that its action is about to carry out."""

    state: State
    caller: Caller
    agent: Agent
    user_id: str  # in whose name: the agent, or the bot that it acts as
    reach: int  # how far the scopes reach

    def chat(self, chat_id: str) -> Chat:
        """Find a chat; refuse it where the scopes do not reach it."""
        chat = self.state.chat(chat_id)
        if self.reach != scopes.ALL and not self.reaches(chat):
            raise Refusal("authorization", f"the token's scopes do not reach chat {chat_id}")
        return chat

    def reaches(self, chat: Chat) -> bool:
        """Tell whether the scopes reach a chat."""
        if self.reach == scopes.ALL:
            return True
        if self.reach != scopes.NOWHERE and chat.has(self.agent.id):
            return True
        return self.reach == scopes.ACCESS and self.agent.is_in(chat.access)

    def sees(self, chat: Chat, thread: Thread) -> bool:
        """Tell whether a thread of a chat within reach is open to the caller."""
        if self.reach == scopes.ALL or self.agent.id in thread.user_ids:
            return True
        if thread.active and chat.has(self.agent.id):
            return True
        return self.reach == scopes.ACCESS and self.agent.is_in(thread.access)

    def thread(self, chat: Chat, thread_id: str) -> Thread:
        """Find a thread of a chat; refuse it where the caller has no access to it."""
        thread = self.state.thread(chat, thread_id)
        if self.reach != scopes.ALL and not self.sees(chat, thread):
            raise Refusal("authorization", f"the token's scopes do not reach thread {thread_id}")
        return thread

    def require_access(self, access: Access, what: str) -> None:
        """Refuse what is guarded by an access that does not let the caller in."""
        if self.reach != scopes.ALL and not self.agent.is_in(access):
            raise Refusal("authorization", f"the token's scopes do not reach {what}")
