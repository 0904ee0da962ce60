"""What the server and the licence behind it say to each other.

The server asks a `rtmcli.sandbox.licence.Licence`; the licence answers with an `Outcome` or
raises a `Refusal`, and then nothing was changed. Neither side waits: time and randomness come in
as arguments, sockets stay with the server.

What an outcome carries is never changed afterwards: it may be encoded at once or later, and parts
of it are shared between outcomes, so the server must not change it either.
"""

from typing import Any

from rtmcli.row import Row

Payload = dict[str, Any]
NOBODY: frozenset[str] = frozenset()
NOWHERE: frozenset[int] = frozenset()


class Caller(Row):
    """Who asks, on which connection."""

    agent_id: str
    scopes: frozenset[str]
    connection: int  # the server's number of the connection
    author_id: str = ""  # the bot it acts as, if any: the server sets it from the envelope


class Delivery(Row):
    """One push and who gets it; each connection gets it once.

    The copy for the causing connection, wherever it comes from, carries the `request_id`.
    """

    push: str
    payload: Payload
    agents: frozenset[str] = NOBODY  # every connection of these agents gets it
    connections: frozenset[int] = NOWHERE  # and so do these
    requester: bool = True  # and so does the causing connection


class Outcome(Row):
    """What a successful request leads to."""

    answer: Payload  # the response's payload
    deliveries: list[Delivery]  # in order
    close: bool = False  # answer, then close the connection with 1000


class Token(Row):
    """A token with which an agent may log in."""

    agent_id: str
    token: str  # without the scheme
    permission: str
    scopes: frozenset[str]


class Refusal(Exception):
    """A failing answer; nothing was changed."""

    def __init__(self, type: str, message: str, data: Payload | None = None) -> None:  # noqa: A002  # the wire's own word
        """Keep the error's type, its message for people and the data that belong to it."""
        super().__init__(f"{type}: {message}")
        self.type = type
        self.message = message
        self.data = data
