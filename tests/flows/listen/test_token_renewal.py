"""When the token of a session is renewed, and what is sent."""

import json
from collections.abc import Callable, Iterator
from contextlib import closing
from math import inf
from time import monotonic

import pytest
from support.connect import connect_options, short_deadline
from support.fault_server import FaultServer

from rtmcli.catalogue.versions import load
from rtmcli.flows.listen.token_renewal import TokenRenewal
from rtmcli.session.connector import Connector
from rtmcli.session.login import open_session
from rtmcli.session.options import Credentials, Token


@pytest.fixture
def server() -> Iterator[FaultServer]:
    """Run a server."""
    with FaultServer() as fault_server:
        yield fault_server


def expiring_token(text: str = "Bearer dal:old", lifetime: float = 100.0) -> Token:
    """Make a token whose source says how long it is valid."""
    token = Token(text)
    token.lifetime, token.read_at = lifetime, monotonic()
    return token


def connector_with(
    server: FaultServer,
    version: str,
    token: str,
    refresh: Callable[[float], str | None] = lambda _: None,
) -> Connector:
    """Make a connector for a version, with a token and its source."""
    options = connect_options(server, credentials=Credentials(token, refresh))
    return Connector(options._replace(api=load(version)))


def test_a_token_is_renewed_when_a_tenth_of_its_time_is_left(server: FaultServer) -> None:
    """Counted from when its source was read."""
    token = expiring_token()
    token.read_at -= 60.0  # it has outlived a session
    renewal = TokenRenewal(connector_with(server, "3.6", token))
    assert renewal.due_at == token.read_at + 90.0


@pytest.mark.parametrize(
    ("version", "token"), [("3.0", expiring_token()), ("3.6", "Bearer dal:plain")]
)
def test_otherwise_it_is_never_renewed_in_place(
    version: str, token: str, server: FaultServer
) -> None:
    """API 3.0 has no action for it, and most sources name no time."""
    assert TokenRenewal(connector_with(server, version, token)).due_at == inf


@pytest.mark.parametrize("current", [None, "Bearer dal:old"])
def test_a_source_without_another_token_is_not_asked_again(
    current: str | None, server: FaultServer
) -> None:
    """Nothing is sent; the session lasts as long as its token."""
    connector = connector_with(server, "3.6", expiring_token(), lambda _: current)
    renewal = TokenRenewal(connector)
    with closing(open_session(connector.options, short_deadline(), short_deadline())) as session:
        renewal.renew(session)
    assert (renewal.due_at, server.requests) == (inf, [])


def test_the_next_login_uses_the_new_token(server: FaultServer) -> None:
    """It is due again when a tenth of the new token's time is left."""
    connector = connector_with(
        server, "3.6", expiring_token(), lambda _: expiring_token("Bearer dal:new", 50.0)
    )
    renewal = TokenRenewal(connector)
    with closing(open_session(connector.options, short_deadline(), short_deadline())) as session:
        renewal.renew(session)
        server.wait_for("update_session")
    assert [request.payload for request in server.requests] == [{"token": "Bearer dal:new"}]
    assert connector.options.credentials.token == "Bearer dal:new"
    assert renewal.due_at == pytest.approx(monotonic() + 45, abs=5)


def test_only_the_response_to_the_renewal_says_that_a_token_was_refused(
    server: FaultServer,
) -> None:
    """Other responses, and messages that cannot be read, are ignored; a refusal counts once."""
    connector = connector_with(
        server, "3.6", expiring_token(), lambda _: expiring_token("Bearer dal:new")
    )
    renewal = TokenRenewal(connector)
    with closing(open_session(connector.options, short_deadline(), short_deadline())) as session:
        renewal.renew(session)
        server.wait_for("update_session")
        request_id = server.requests[0].request_id
    refused = {"type": "response", "action": "update_session", "success": False}
    error = {"error": {"type": "authentication", "message": "expired"}}
    others = [b"{", json.dumps({**refused, "request_id": "x", "payload": error}).encode()]
    own = json.dumps({**refused, "request_id": request_id, "payload": error}).encode()
    assert renewal.check(others) is None
    notice = renewal.check([*others, own])
    assert notice
    assert notice.message == "the new token was refused: authentication: expired"
    assert renewal.check([own]) is None
