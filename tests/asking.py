"""Ask the sandbox's licence as an agent, without a socket."""

from typing import Any

import pytest

from rtmcli.sandbox.licence import Licence
from rtmcli.sandbox.seam import Delivery, Outcome, Refusal

CHAT = "PJ0MRSHTDG"  # active: agent1 is present
THREAD = "K600PKZON8"
EVENT = "2_EW2WQSA8"
OTHERS_CHAT = "QX5T2L9WAB"  # active in group 2: agent3 is present
FOREIGN_CHAT = "R8C3N6VYEF"  # active in group 3, where agent1 is not
UNTAKEN_CHAT = "SD1F7G0HJK"  # active in group 1, nobody is present
CLOSED_CHAT = "UK6J5H4G3F"  # closed: agent1 is present
AGENT1, AGENT2, AGENT3, AGENT4 = (f"agent{number}@example.com" for number in range(1, 5))
SUPERVISOR = "supervisor@example.com"
BOT = "5c9871d5372c824cbf22d860a707a578"
CUSTOMER = "b7eff798-f8df-4364-8059-649c35c9ed0c"  # on the website, without a chat
CUSTOMER_OF_CLOSED_CHAT = "d4efab70-984f-40ee-aa09-c9cc3c4b0882"


class Asker:
    """An agent who is logged in on a connection of its own."""

    def __init__(
        self, licence: Licence | None = None, agent: str = AGENT1, connection: int = 1, **login: Any
    ) -> None:
        """Log in; without a licence a fresh one is founded."""
        self.licence = licence or Licence(seed=1)
        [token] = [each.token for each in self.licence.tokens if each.agent_id == agent]
        self.caller, self.welcome = self.licence.login(f"Bearer {token}", login, connection)

    def ask(self, action: str, payload: dict[str, Any] | None = None, /, **members: Any) -> Outcome:
        """Perform a request."""
        return self.licence.perform(self.caller, action, payload or members)

    def told(
        self, action: str, payload: dict[str, Any] | None = None, /, **members: Any
    ) -> list[str]:
        """Perform a request; name the pushes it caused, in order."""
        return [each.push for each in self.ask(action, payload, **members).deliveries]

    def push(
        self, action: str, payload: dict[str, Any] | None = None, /, **members: Any
    ) -> Delivery:
        """Perform a request; return the first push it caused."""
        return self.ask(action, payload, **members).deliveries[0]

    def refused(self, action: str, payload: dict[str, Any] | None = None, /, **members: Any) -> str:
        """Perform a request that must be refused; return its type and message."""
        with pytest.raises(Refusal) as refusal:
            self.ask(action, payload, **members)
        return str(refusal.value)

    def chat(self, chat_id: str = CHAT, *thread_ids: str) -> Any:
        """Fetch a chat, with some of its threads."""
        payload: dict[str, Any] = {"chat_id": chat_id}
        if thread_ids:
            payload["thread_ids"] = list(thread_ids)
        return self.ask("get_chat_threads", payload).answer["chat"]

    def thread(self, chat_id: str = CHAT, thread_id: str = THREAD) -> Any:
        """Fetch a thread."""
        return self.chat(chat_id, thread_id)["threads"][0]


def normal(*scopes: str) -> Asker:
    """Log in as agent1 with the role normal; with its own scopes, if any are given."""
    return Asker(Licence(seed=1, role="normal", scopes=scopes or None))


def pushes(deliveries: list[Delivery]) -> list[str]:
    """Name pushes, in order."""
    return [each.push for each in deliveries]
