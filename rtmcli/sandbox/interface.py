"""The interface between the server and the dialects.

The server calls a `Dialect`, which returns an `ActionResult` or raises a `RequestError`; if it
raises, nothing was changed. What happened on the license is returned as facts; the server asks the
dialect of each connection to render them as pushes. Neither side blocks: the license gets time and
randomness as arguments, and only the server has sockets.

Treat results as immutable: they may be encoded later, and they share data.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, Protocol

from rtmcli.catalogue.api import Api
from rtmcli.sandbox.domain.facts import Fact
from rtmcli.sandbox.domain.license import License

Payload = dict[str, Any]
NO_AGENTS: frozenset[str] = frozenset()
NO_CONNECTIONS: frozenset[int] = frozenset()
NO_MEMBERS: Mapping[str, str] = {}


class Caller(NamedTuple):
    """The agent and the connection that make a request."""

    agent_id: str
    scopes: frozenset[str]
    connection_id: int
    token: str = ""  # without the scheme
    pushes: frozenset[str] | None = None  # the only ones to send; None: all


class PushDelivery(NamedTuple):
    """A push and its recipients; each connection of the dialect gets it once.

    The requesting connection's copy carries the `request_id`.
    """

    name: str
    payload: Any  # JSON
    agent_ids: frozenset[str] = NO_AGENTS  # send to every connection of these agents
    connection_ids: frozenset[int] = NO_CONNECTIONS  # and to these
    to_requester: bool = True  # and to the requesting connection


class Later(NamedTuple):
    """Something that happens some time after a request."""

    delay: float  # seconds
    happen: Callable[[], Sequence[Fact]]


class ActionResult(NamedTuple):
    """The result of a successful request."""

    payload: Any  # JSON: the response's payload
    facts: Sequence[Fact] = ()  # in order
    close_connection: bool = False  # respond, then close the connection with 1000
    own_pushes: Sequence[PushDelivery] = ()  # in the requester's dialect, without request_id
    later: Sequence[Later] = ()
    logged_out_agent_id: str = ""  # disconnect the other connections of this agent
    token: str = ""  # that of the connection from now on, if it was replaced


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


class URLCheck(NamedTuple):
    """What a dialect says to the query of a URL; empty texts stand for nothing."""

    bad_request: str = ""  # refuse the handshake with HTTP 400 and this text
    disconnect_reason: str = ""  # accept it, then disconnect at once
    warning: str = ""  # accept it, and warn


class Dialect(Protocol):
    """A version of the API, as the server sees it."""

    api: Api
    push_version: str  # the member `version` of pushes; empty: they have none

    def check_query(self, license_: License, query: str) -> URLCheck:
        """Check the query of a URL."""

    def login(
        self, license_: License, payload: Payload, connection_id: int
    ) -> tuple[Caller, ActionResult]:
        """Log an agent in on a connection; raise `RequestError` if that fails."""

    def execute(
        self,
        license_: License,
        caller: Caller,
        action: str,
        payload: Payload,
        members: Mapping[str, str] = NO_MEMBERS,
    ) -> ActionResult:
        """Execute a request of a logged-in agent; raise `RequestError` if it fails.

        `members` are the other members of the envelope that the version defines.
        """

    def render(self, license_: License, facts: Sequence[Fact]) -> list[PushDelivery]:
        """Render what happened as pushes."""
