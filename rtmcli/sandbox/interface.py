"""The interface between the server and the license.

The server calls a `rtmcli.sandbox.license.License`, which returns an `ActionResult` or raises a
`RequestError`; if it raises, nothing was changed. Neither side blocks: the license gets time and
randomness as arguments, and only the server has sockets.

Treat an `ActionResult` as immutable: it may be encoded later, and results share data.
"""

from typing import Any, NamedTuple

Payload = dict[str, Any]
NO_AGENTS: frozenset[str] = frozenset()
NO_CONNECTIONS: frozenset[int] = frozenset()


class Caller(NamedTuple):
    """The agent and the connection that make a request."""

    agent_id: str
    scopes: frozenset[str]
    connection_id: int
    author_id: str = ""  # the bot it acts as, if any; from the envelope


class PushDelivery(NamedTuple):
    """A push and its recipients; each connection gets it once.

    The requesting connection's copy carries the `request_id`.
    """

    name: str
    payload: Payload
    agent_ids: frozenset[str] = NO_AGENTS  # send to every connection of these agents
    connection_ids: frozenset[int] = NO_CONNECTIONS  # and to these
    to_requester: bool = True  # and to the requesting connection


class ActionResult(NamedTuple):
    """The result of a successful request."""

    payload: Payload  # the response's payload
    deliveries: list[PushDelivery]  # in order
    close_connection: bool = False  # respond, then close the connection with 1000


class Token(NamedTuple):
    """An access token of an agent."""

    agent_id: str
    token: str  # without the scheme
    permission: str
    scopes: frozenset[str]


class RequestError(Exception):
    """A request failed; nothing was changed."""

    def __init__(
        self,
        type: str,  # noqa: A002  # the API's word
        message: str,
        data: Payload | None = None,
    ) -> None:
        """Create the error from the members of the response's `error`."""
        super().__init__(f"{type}: {message}")
        self.type = type
        self.message = message
        self.data = data
