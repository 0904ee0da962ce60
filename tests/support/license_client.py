"""Call the sandbox's license as an agent, without a socket."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import pytest

from rtmcli.sandbox.domain.facts import Fact
from rtmcli.sandbox.domain.license import License
from rtmcli.sandbox.interface import PushDelivery, RequestError
from rtmcli.sandbox.versions import load

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


class Result(NamedTuple):
    """The result of a request, with its pushes."""

    payload: Any
    deliveries: list[PushDelivery]
    close_connection: bool = False


def render(license_: License, facts: Sequence[Fact], version: str = "3.0") -> list[PushDelivery]:
    """Render what happened as the pushes of a version."""
    return load(version).render(license_, facts)


class RenderedVisitors:
    """The simulated customers of a license; what they do is rendered as pushes of v3.0."""

    def __init__(self, license_: License) -> None:
        self.license = license_

    def __getattr__(self, name: str) -> Callable[..., Any]:
        """Return a method that renders the facts of the license's method."""

        def act(*args: Any, **kwargs: Any) -> Any:
            result = getattr(self.license.visitors, name)(*args, **kwargs)
            if isinstance(result, tuple):
                customer_id, facts = result
                return customer_id, render(self.license, facts)
            is_list_of_facts = any(not isinstance(each, str) for each in result)
            return render(self.license, result) if is_list_of_facts else result

        return act


class LicenseClient:
    """An agent who is logged in on one connection, in v3.0."""

    version = "3.0"

    def __init__(
        self,
        license_: License | None = None,
        agent_id: str = AGENT1,
        connection: int = 1,
        **login_fields: Any,
    ) -> None:
        """Log in, to a new license by default."""
        self.license = license_ or License(seed=1)
        self._dialect = load(self.version)
        [token] = [each.token for each in self.license.tokens if each.agent_id == agent_id]
        payload = {"token": f"Bearer {token}", **login_fields}
        self.caller, result = self._dialect.login(self.license, payload, connection)
        self.login_response = Result(result.payload, self.render(result.facts))
        self.members: dict[str, str] = {}  # of the envelope, besides action and payload

    def call(self, action: str, payload: dict[str, Any] | None = None, /, **fields: Any) -> Result:
        """Execute a request."""
        result = self._dialect.execute(
            self.license, self.caller, action, payload or fields, self.members
        )
        return Result(result.payload, self.render(result.facts), result.close_connection)

    def disconnect(self) -> list[PushDelivery]:
        """Close the connection; return the pushes that causes."""
        facts = self.license.connection_closed(self.caller.agent_id, self.caller.connection_id)
        return self.render(facts)

    def render(self, facts: Sequence[Fact]) -> list[PushDelivery]:
        """Render what happened as pushes."""
        return render(self.license, facts, self.version)

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


class LicenseClient36(LicenseClient):
    """An agent who is logged in on one connection, in v3.6."""

    version = "3.6"


def normal_agent(*scopes: str) -> LicenseClient:
    """Log in as agent1 with the role normal, and with the given scopes if any."""
    return LicenseClient(License(seed=1, role="normal", scopes=scopes or None))


def push_names(deliveries: list[PushDelivery]) -> list[str]:
    """Return the names of pushes, in order."""
    return [each.name for each in deliveries]
