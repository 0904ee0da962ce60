"""Call the sandbox's license as an agent, without a socket."""

from typing import Any

import pytest

from rtmcli.sandbox.interface import ActionResult, PushDelivery, RequestError
from rtmcli.sandbox.license import License

CHAT = "PJ0MRSHTDG"  # active: agent1 is present
THREAD = "K600PKZON8"
EVENT = "2_EW2WQSA8"
GROUP2_CHAT = "QX5T2L9WAB"  # active in group 2: agent3 is present
GROUP3_CHAT = "R8C3N6VYEF"  # active in group 3, where agent1 is not
UNASSIGNED_CHAT = "SD1F7G0HJK"  # active in group 1, without an agent
CLOSED_CHAT = "UK6J5H4G3F"  # closed: agent1 is present
AGENT1, AGENT2, AGENT3, AGENT4 = (f"agent{number}@example.com" for number in range(1, 5))
SUPERVISOR = "supervisor@example.com"
BOT = "5c9871d5372c824cbf22d860a707a578"
CUSTOMER = "b7eff798-f8df-4364-8059-649c35c9ed0c"  # on the website, without a chat
CUSTOMER_OF_CLOSED_CHAT = "d4efab70-984f-40ee-aa09-c9cc3c4b0882"


class LicenseClient:
    """An agent who is logged in on one connection."""

    def __init__(
        self,
        license_: License | None = None,
        agent_id: str = AGENT1,
        connection: int = 1,
        **login_fields: Any,
    ) -> None:
        """Log in, to a new license by default."""
        self.license = license_ or License(seed=1)
        [token] = [each.token for each in self.license.tokens if each.agent_id == agent_id]
        self.caller, self.login_response = self.license.login(
            f"Bearer {token}", login_fields, connection
        )

    def call(
        self, action: str, payload: dict[str, Any] | None = None, /, **fields: Any
    ) -> ActionResult:
        """Execute a request."""
        return self.license.execute(self.caller, action, payload or fields)

    def push_names(
        self, action: str, payload: dict[str, Any] | None = None, /, **fields: Any
    ) -> list[str]:
        """Execute a request; return the names of the pushes it caused, in order."""
        return [each.name for each in self.call(action, payload, **fields).deliveries]

    def first_push(
        self, action: str, payload: dict[str, Any] | None = None, /, **fields: Any
    ) -> PushDelivery:
        """Execute a request; return the first push it caused."""
        return self.call(action, payload, **fields).deliveries[0]

    def expect_error(
        self, action: str, payload: dict[str, Any] | None = None, /, **fields: Any
    ) -> str:
        """Execute a request that must fail; return the error's type and message."""
        with pytest.raises(RequestError) as caught:
            self.call(action, payload, **fields)
        return str(caught.value)

    def fetch_chat(self, chat_id: str = CHAT, *thread_ids: str) -> Any:
        """Fetch a chat, with the given threads."""
        payload: dict[str, Any] = {"chat_id": chat_id}
        if thread_ids:
            payload["thread_ids"] = list(thread_ids)
        return self.call("get_chat_threads", payload).payload["chat"]

    def fetch_thread(self, chat_id: str = CHAT, thread_id: str = THREAD) -> Any:
        """Fetch a thread."""
        return self.fetch_chat(chat_id, thread_id)["threads"][0]


def normal_agent(*scopes: str) -> LicenseClient:
    """Log in as agent1 with the role normal, and with the given scopes if any."""
    return LicenseClient(License(seed=1, role="normal", scopes=scopes or None))


def push_names(deliveries: list[PushDelivery]) -> list[str]:
    """Return the names of pushes, in order."""
    return [each.name for each in deliveries]
