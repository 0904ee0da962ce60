"""What the server and the licence behind it say to each other.

The server asks a `rtmcli.sandbox.license.Licence`; the licence answers with an `Outcome` or
raises a `Refusal`, and then nothing was changed. Neither side waits: time and randomness come in
as arguments, sockets stay with the server.

What an outcome carries is never changed afterwards: it may be encoded at once or later, and parts
of it are shared between outcomes, so the server must not change it either.
"""

from typing import Any, NamedTuple

Payload = dict[str, Any]
NO_AGENTS: frozenset[str] = frozenset()
NO_CONNECTIONS: frozenset[int] = frozenset()


class Caller(NamedTuple):
    """Who asks, on which connection."""

    agent_id: str
    scopes: frozenset[str]
    connection_id: int  # the server's number of the connection
    author_id: str = ""  # the bot it acts as, if any: the server sets it from the envelope


class PushDelivery(NamedTuple):
    """One push and who gets it; each connection gets it once.

    The copy for the causing connection, wherever it comes from, carries the `request_id`.
    """

    name: str
    payload: Payload
    agent_ids: frozenset[str] = NO_AGENTS  # every connection of these agents gets it
    connection_ids: frozenset[int] = NO_CONNECTIONS  # and so do these
    to_requester: bool = True  # and so does the causing connection


class ActionResult(NamedTuple):
    """What a successful request leads to."""

    payload: Payload  # the response's payload
    deliveries: list[PushDelivery]  # in order
    close_connection: bool = False  # answer, then close the connection with 1000


class Token(NamedTuple):
    """A token with which an agent may log in."""

    agent_id: str
    token: str  # without the scheme
    permission: str
    scopes: frozenset[str]


class RequestError(Exception):
    """A failing answer; nothing was changed."""

    def __init__(
        self,
        type: str,  # noqa: A002  # the wire's own word
        message: str,
        data: Payload | None = None,
    ) -> None:
        """Keep the error's type, its message for people and the data that belong to it."""
        super().__init__(f"{type}: {message}")
        self.type = type
        self.message = message
        self.data = data
